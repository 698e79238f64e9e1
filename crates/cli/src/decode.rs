//! `amshan decode`: captured bytes or a text dump to readings.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::thread;

use amshan::cosem::{ReplayGuard, SecurityError};
use amshan::{Decoder, Error, ErrorKind, Message, Origin, Reading};

use crate::Status;
use crate::args::{Decode, Format, KeyOptions, LayoutOptions};
use crate::feed::Feed;
use crate::input::{Chunk, Octets};
use crate::keys::KeyRing;
use crate::layouts::Layouts;
use crate::output::Printer;
use crate::progress::Progress;
use crate::tally::Tally;
use crate::turns::{Failure, Output, To, Turns};
use crate::wrong;

/// Decodes all inputs.
pub(crate) fn run(options: &Decode) -> Status {
    let terminal = io::stdout().is_terminal();
    let format = options.format.unwrap_or(if terminal { Format::Table } else { Format::Json });
    let coloured = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let (keys, layouts) = match given(&options.keys, &options.layouts) {
        Ok(given) => given,
        Err(status) => return status,
    };
    // One zone until the program ends.
    let zone = options.timezone.clone().map(|zone| &*Box::leak(Box::new(zone)));
    let printer = Printer::new(format, coloured, options.derive).in_zone(zone);
    let stdin = [Path::new("-").to_path_buf()];
    let files = if options.files.is_empty() { &stdin[..] } else { &options.files };
    // What one file says of the counters of a meter holds for the next.
    let jobs = if options.refuse_replayed { 1 } else { options.jobs.get().min(files.len()) };
    let turns = Turns::new(files.len(), jobs, printer.head(), printer.between());

    let work = || {
        let mut guard = options.refuse_replayed.then(ReplayGuard::default);
        let (mut tally, mut unreadable) = (Tally::default(), false);
        while let Some((index, output)) = turns.next() {
            let Some(path) = files.get(index) else { break };
            let mut run = Run {
                options,
                decoder: layouts.decoder().keys(&keys).unverified(options.keys.unverified),
                guard: &mut guard,
                printer,
                said: [false; wrong::KINDS],
                repaired: 0,
                told: false,
                out: Vec::new(),
                output,
                named: files.len() > 1,
                path,
                progress: Progress::new(None),
                tally: Tally::default(),
            };
            if let Err(error) = run.file() {
                unreadable = true;
                run.say(format_args!("{}: {error}", path.display()));
            }
            run.progress.clear();
            run.output.finish();
            tally = tally.and(run.tally);
        }
        (tally, unreadable)
    };
    let (tally, unreadable) = thread::scope(|scope| {
        let others: Vec<_> = (1..jobs).map(|_| scope.spawn(work)).collect();
        others.into_iter().fold(work(), |(tally, unreadable), other| {
            let (more, failed) = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            (tally.and(more), unreadable || failed)
        })
    });

    match turns.into_failure() {
        Some(Failure::Stdout(error)) => return unwritten(&error),
        Some(Failure::Aside(error)) => {
            say(format_args!("temporary file for what waits for its turn: {error}"));
            return Status::Unreadable;
        }
        None => {}
    }
    if !options.quiet {
        say(tally);
    }
    match tally {
        _ if unreadable => Status::Unreadable,
        tally if tally.is_good() => Status::Good,
        _ => Status::Incomplete,
    }
}

/// A source that ends where it breaks, so that what came before is dealt with as at any other end.
#[derive(Debug)]
struct UntilBroken<R> {
    source: R,
    error: Option<io::Error>,
}

impl<R: Read> Read for UntilBroken<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.error.is_some() {
            return Ok(0);
        }
        match self.source.read(buffer) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.error = Some(error);
                Ok(0)
            }
            read => read,
        }
    }
}

/// The work on one input.
struct Run<'o, 't> {
    options: &'o Decode,
    decoder: Decoder<'o>,
    /// The counters of the inputs before as well.
    guard: &'t mut Option<ReplayGuard>,
    printer: Printer,
    /// The kinds of things that are said once, and were.
    said: [bool; wrong::KINDS],
    /// How many messages an adapter had bent.
    repaired: u64,
    /// Whether something was said.
    told: bool,
    out: Vec<u8>,
    output: Output<'t>,
    /// Whether to name the file in messages.
    named: bool,
    path: &'o Path,
    progress: Progress,
    tally: Tally,
}

impl Run<'_, '_> {
    fn file(&mut self) -> io::Result<()> {
        if self.path == Path::new("-") {
            return self.input(io::stdin().lock());
        }
        let file = File::open(self.path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory, not a capture"));
        }
        self.progress = Progress::new(Some(metadata.len()).filter(|_| metadata.is_file()));
        self.input(file)
    }

    fn input(&mut self, source: impl Read) -> io::Result<()> {
        let mut source = UntilBroken { source, error: None };
        let mut octets = Octets::new(&mut source, self.options.input.input.map(Into::into));
        let mut feed =
            Feed::new(self.options.input.framing.map(Into::into), self.options.input.p1_check.into());
        let mut buffer = vec![0; 65_536];
        let mut read = 0u64;
        loop {
            let chunk = octets.read_chunk(&mut buffer);
            let mut each = |item: Result<Message<'_>, Error>| self.item(item);
            match chunk {
                Ok(Chunk::Octets(n)) => {
                    feed.octets(buffer.get(..n).unwrap_or_default(), &mut each);
                    read = read.saturating_add(n as u64);
                }
                Ok(Chunk::Pause) => feed.pause(&mut each),
                Ok(Chunk::End) => {
                    feed.finish(&mut each);
                    if let Some(error) = source.error.take() {
                        self.flush();
                        return Err(error);
                    }
                    if !self.told && read == 0 {
                        self.complain("the input is empty");
                    } else if !self.told && self.tally.messages == 0 {
                        self.complain("no message found");
                    }
                    if let repaired @ 2.. = self.repaired {
                        self.complain(format_args!("{repaired} messages had 0D 0A for 0A, which was undone"));
                    }
                    self.flush();
                    return Ok(());
                }
                // A damaged line of a text dump; what follows can be read.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    self.tally.broken = self.tally.broken.saturating_add(1);
                    self.complain(error);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            self.flush();
            if self.output.stopped() {
                return Ok(());
            }
            if self.output.is_now() {
                self.progress.at(read);
            }
        }
    }

    /// Decodes a message.
    fn item(&mut self, item: Result<Message<'_>, Error>) {
        let message = match item {
            Ok(message) => message,
            Err(error) => {
                self.tally.broken(&error);
                self.complain(error);
                return;
            }
        };
        self.tally.messages = self.tally.messages.saturating_add(1);
        let origin = message.origin();
        if origin.repaired {
            self.repaired = self.repaired.saturating_add(1);
            if self.repaired == 1 {
                let offset = origin.offset;
                self.complain(format_args!(
                    "byte {offset}: an adapter turned 0A into 0D 0A; undone (said once)"
                ));
            }
        }
        for reading in self.decoder.readings(message) {
            match reading.and_then(|reading| admit(self.guard.as_mut(), &origin, reading)) {
                Ok(reading) => self.reading(&origin, &reading),
                Err(error) => {
                    self.tally.undecodable = self.tally.undecodable.saturating_add(1);
                    match hint(&error.kind) {
                        Some(hint) => self.complain(format_args!("{error}: {hint}")),
                        None => self.complain(error),
                    }
                }
            }
        }
    }

    fn reading(&mut self, origin: &Origin, reading: &Reading<'_>) {
        self.tally.decoded = self.tally.decoded.saturating_add(1);
        let seen = self.printer.print(origin, reading, &mut self.out);
        if reading.cut().is_some() {
            self.tally.undecodable = self.tally.undecodable.saturating_add(1);
        }
        let offset = origin.offset;
        wrong::tell(reading, &seen, self.options.layouts.meter.as_deref(), |kind, what| {
            match kind.and_then(|kind| self.said.get_mut(kind)) {
                None => self.complain(format_args!("byte {offset}: {what}")),
                Some(said @ false) => {
                    *said = true;
                    self.complain(format_args!("byte {offset}: {what} (said once)"));
                }
                Some(true) => {}
            }
        });
    }

    /// Says on stderr what is wrong.
    fn complain(&mut self, what: impl Display) {
        self.told = true;
        let name = if self.named { format!("{}: ", self.path.display()) } else { String::new() };
        self.say(format_args!("{name}{what}"));
    }

    fn say(&mut self, what: impl Display) {
        self.progress.clear();
        self.output.put(To::Stderr, format!("amshan: {what}\n").as_bytes());
    }

    fn flush(&mut self) {
        if !self.out.is_empty() {
            self.progress.clear();
            self.output.put(To::Stdout, &self.out);
            self.out.clear();
        }
    }
}

/// The status when stdout takes no more, which is said unless the reader downstream has merely seen enough.
pub(crate) fn unwritten(error: &io::Error) -> Status {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Status::Good;
    }
    say(format_args!("standard output: {error}"));
    Status::Unreadable
}

/// Writes to stderr. Nobody need listen there.
/// The keys and the layouts that the user gave; or what is wrong with them is said.
pub(crate) fn given(keys: &KeyOptions, layouts: &LayoutOptions) -> Result<(KeyRing, Layouts), Status> {
    let keys = KeyRing::new(keys).map_err(|error| {
        say(error);
        Status::Usage
    })?;
    let layouts = Layouts::new(layouts).map_err(|error| {
        say(&error);
        error.status()
    })?;
    Ok((keys, layouts))
}

pub(crate) fn say(what: impl Display) {
    let _ = writeln!(io::stderr(), "amshan: {what}");
}

/// Refuses a reading whose message was sent before, if there is a guard.
pub(crate) fn admit<'a>(
    guard: Option<&mut ReplayGuard>,
    origin: &Origin,
    reading: Reading<'a>,
) -> Result<Reading<'a>, Error> {
    let (Some(guard), Some(security)) = (guard, reading.security()) else { return Ok(reading) };
    guard.admit(&security).map(|()| reading).map_err(|error| Error {
        kind: ErrorKind::Security { error, sender: security.system_title },
        offset: origin.offset,
        length: origin.length,
    })
}

/// What would help.
pub(crate) fn hint(kind: &ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::Security { error, .. } => match error {
            SecurityError::NoKey => {
                "give --key, or --keys with a table for this sender; the grid company has the key"
            }
            SecurityError::NoAuthenticationKey => {
                "give --auth-key, or --unverified to read it without checking the tag"
            }
            SecurityError::WrongKey | SecurityError::NoApdu => {
                "check --key against what the grid company sent for this meter"
            }
            SecurityError::WrongAuthenticationKey => "check --auth-key; --key is right",
            SecurityError::Damaged { .. } => "look at the line and the adapter between meter and computer",
            SecurityError::Replayed { .. } => "leave out --refuse-replayed to read it all the same",
            _ => return None,
        },
        _ => return None,
    })
}
