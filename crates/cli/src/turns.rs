//! What is printed stays in the order of the files, also where several are worked on at once.
//!
//! One file at a time has its turn: what comes of it goes out at once. What comes of those behind it is put aside, a
//! little in memory and the rest in a temporary file without a name, so that a slow file keeps no job from going on and
//! no long one fills the memory.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tempfile::{SpooledTempFile, spooled_tempfile};

/// So many files for each job are begun before the turn of the first of them has come.
const AHEAD: usize = 4;
/// So much of what comes of a file is put aside in memory.
const IN_MEMORY: usize = 1 << 20;

/// The files that are left, and whose turn it is.
#[derive(Debug)]
pub(crate) struct Turns {
    files: usize,
    ahead: usize,
    /// What stands before everything on stdout, and between two files.
    head: Vec<u8>,
    between: &'static str,
    /// The file that goes out now.
    turn: AtomicUsize,
    /// Whether nothing more can go out.
    stopped: AtomicBool,
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The first file that nobody has begun.
    next: usize,
    /// What came of files that were done before their turn.
    done: BTreeMap<usize, SpooledTempFile>,
    /// Whether something went to stdout.
    headed: bool,
    failure: Option<Failure>,
}

/// Why nothing more can go out.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Stdout takes no more.
    Stdout(io::Error),
    /// Nothing can be put aside, or nothing read of it.
    Aside(io::Error),
}

/// Where a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    Stdout = 1,
    Stderr = 2,
}

/// Where what comes of one file goes.
#[derive(Debug)]
pub(crate) struct Output<'t> {
    turns: &'t Turns,
    file: usize,
    /// What waits for the turn of the file: for each text where it goes, its length, and the text.
    aside: SpooledTempFile,
    /// Whether something of this file went to stdout.
    began: bool,
}

impl Turns {
    /// For so many files and jobs, with what stands before everything on stdout, and between what comes of two files.
    pub(crate) fn new(files: usize, jobs: usize, head: Vec<u8>, between: &'static str) -> Self {
        Self {
            files,
            ahead: jobs.saturating_mul(AHEAD),
            head,
            between,
            turn: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            state: Mutex::default(),
            moved: Condvar::new(),
        }
    }

    /// The next file to work on, and where its output goes. Waits where too many are done before their turn.
    pub(crate) fn next(&self) -> Option<(usize, Output<'_>)> {
        let too_far = |state: &mut State| {
            let limit = self.turn.load(Ordering::Acquire).saturating_add(self.ahead);
            !self.stopped() && state.next < self.files && state.next >= limit
        };
        let waited = self.moved.wait_while(self.state(), too_far);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        let file = state.next;
        if self.stopped() || file >= self.files {
            return None;
        }
        state.next = file.saturating_add(1);
        Some((file, Output { turns: self, file, aside: spooled_tempfile(IN_MEMORY), began: false }))
    }

    fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Why nothing more could go out, if that was so.
    pub(crate) fn into_failure(self) -> Option<Failure> {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).failure
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self, state: &mut State, failure: Failure) {
        state.failure.get_or_insert(failure);
        self.stopped.store(true, Ordering::Relaxed);
        self.moved.notify_all();
    }
}

impl Output<'_> {
    /// Whether it is the turn of this file.
    pub(crate) fn is_now(&self) -> bool {
        self.turns.turn.load(Ordering::Acquire) == self.file
    }

    /// Whether nothing more can go out, so that there is no use in going on.
    pub(crate) fn stopped(&self) -> bool {
        self.turns.stopped()
    }

    /// Writes a text, now or when it is the turn of this file.
    pub(crate) fn put(&mut self, to: To, text: &[u8]) {
        let put = if self.is_now() {
            let mut state = self.turns.state();
            self.release(&mut state).and_then(|()| self.write(&mut state, to, text))
        } else {
            self.put_aside(to, text).map_err(Failure::Aside)
        };
        if let Err(failure) = put {
            self.turns.stop(&mut self.turns.state(), failure);
        }
    }

    /// The file is done. If it was its turn, the next one has it, and those that are done already go out.
    pub(crate) fn finish(mut self) {
        let turns = self.turns;
        let mut state = turns.state();
        if !self.is_now() {
            state.done.insert(self.file, self.aside);
            return;
        }
        loop {
            if let Err(failure) = self.release(&mut state) {
                return turns.stop(&mut state, failure);
            }
            let file = self.file.saturating_add(1);
            turns.turn.store(file, Ordering::Release);
            turns.moved.notify_all();
            let Some(aside) = state.done.remove(&file) else { return };
            self = Output { turns, file, aside, began: false };
        }
    }

    fn put_aside(&mut self, to: To, text: &[u8]) -> io::Result<()> {
        self.aside.write_all(&[to as u8])?;
        self.aside.write_all(&text.len().to_ne_bytes())?;
        self.aside.write_all(text)
    }

    /// Writes what was put aside.
    fn release(&mut self, state: &mut State) -> Result<(), Failure> {
        if self.aside.stream_position().map_err(Failure::Aside)? == 0 {
            return Ok(());
        }
        let mut aside = std::mem::replace(&mut self.aside, spooled_tempfile(0));
        aside.rewind().map_err(Failure::Aside)?;
        let mut text = Vec::new();
        while let Some(to) = take(&mut aside, &mut text).map_err(Failure::Aside)? {
            self.write(state, to, &text)?;
        }
        Ok(())
    }

    fn write(&mut self, state: &mut State, to: To, text: &[u8]) -> Result<(), Failure> {
        if to == To::Stderr {
            // Nobody need listen there.
            let _ = io::stderr().write_all(text);
            return Ok(());
        }
        let before =
            match (std::mem::replace(&mut self.began, true), std::mem::replace(&mut state.headed, true)) {
                (true, _) => &[][..],
                (false, false) => &self.turns.head,
                (false, true) => self.turns.between.as_bytes(),
            };
        let mut stdout = io::stdout().lock();
        let mut write = || {
            stdout.write_all(before)?;
            stdout.write_all(text)?;
            stdout.flush()
        };
        write().map_err(Failure::Stdout)
    }
}

/// The next text that was put aside, and where it goes; none at the end.
fn take(aside: &mut impl Read, text: &mut Vec<u8>) -> io::Result<Option<To>> {
    let mut to = [0];
    if aside.read(&mut to)? == 0 {
        return Ok(None);
    }
    let mut length = [0; size_of::<usize>()];
    aside.read_exact(&mut length)?;
    text.resize(usize::from_ne_bytes(length), 0);
    aside.read_exact(text)?;
    Ok(Some(if to == [To::Stderr as u8] { To::Stderr } else { To::Stdout }))
}
