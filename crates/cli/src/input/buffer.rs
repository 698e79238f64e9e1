//! What is read and not yet decoded, and what is decoded and not yet given.

use std::io::{self, Read};

use super::error::{Error, ErrorKind};
use super::{Chunk, Pause};

/// How much is read at once, at first.
const READ: usize = 64 * 1024;

/// The longest line of text; a single line of hex this long says 4 MiB.
const LINE: usize = 8 * 1024 * 1024;

/// Reads into `buffer`, again if a signal came between.
///
/// # Errors
///
/// What the source says.
pub(super) fn read(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// What is read and not yet decoded.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Room for bytes, of which those from `used` to `filled` are held.
    room: Vec<u8>,
    used: usize,
    filled: usize,
    /// Up to where there is no line's end.
    searched: usize,
    ended: bool,
}

impl Held {
    /// The bytes that are not used yet.
    pub(super) fn bytes(&self) -> &[u8] {
        self.room.get(self.used..self.filled).unwrap_or_default()
    }

    /// Whether the source has no more.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Reads more.
    ///
    /// # Errors
    ///
    /// What the source says; nothing is lost then.
    pub(super) fn fill(&mut self, source: &mut impl Read) -> io::Result<()> {
        self.room.copy_within(self.used..self.filled, 0);
        self.searched = self.searched.saturating_sub(self.used);
        self.filled = self.filled.saturating_sub(self.used);
        self.used = 0;
        if self.room.is_empty() {
            self.room = vec![0; READ];
        } else if self.filled == self.room.len() {
            self.room.resize(self.filled.saturating_mul(2), 0);
        }
        let count = read(source, self.room.get_mut(self.filled..).unwrap_or_default())?;
        self.filled = self.filled.saturating_add(count);
        self.ended = count == 0;
        Ok(())
    }

    /// Moves bytes into `buffer`.
    pub(super) fn take(&mut self, buffer: &mut [u8]) -> usize {
        let count = copy(self.bytes(), buffer);
        self.used = self.used.saturating_add(count);
        count
    }

    /// The next line, without its end; the last one may have none.
    pub(super) fn line(&mut self) -> Option<&[u8]> {
        let start = self.used;
        let searched = self.searched.max(start);
        let feed = self.room.get(searched..self.filled)?.iter().position(|byte| *byte == b'\n');
        let end = feed.map_or(self.filled, |at| searched.saturating_add(at));
        self.searched = end;
        if feed.is_none() && (!self.ended || start == end) {
            return None;
        }
        self.used = end.saturating_add(usize::from(feed.is_some()));
        self.room.get(start..end)
    }

    /// Makes sure that the line after number `line` doesn't grow without end.
    ///
    /// # Errors
    ///
    /// `LongLine`; then what is held of it is dropped.
    pub(super) fn check_line(&mut self, line: u64) -> Result<(), Error> {
        if self.searched.saturating_sub(self.used) <= LINE {
            return Ok(());
        }
        self.used = self.filled;
        Err(Error { kind: ErrorKind::LongLine, line: line.saturating_add(1), column: LINE })
    }
}

/// What is decoded and not yet given.
#[derive(Debug, Default)]
pub(super) struct Ready {
    octets: Vec<u8>,
    given: usize,
    /// A pause comes before the octets, and after them.
    before: bool,
    after: bool,
    /// Whether octets were given since the last pause, and at all.
    flowing: bool,
    any: bool,
}

impl Ready {
    /// Decodes a line; the one before must be given.
    ///
    /// # Errors
    ///
    /// What `decode` says.
    pub(super) fn put(
        &mut self,
        decode: impl FnOnce(&mut Vec<u8>) -> Result<Option<Pause>, Error>,
    ) -> Result<(), Error> {
        self.octets.clear();
        self.given = 0;
        let pause = decode(&mut self.octets).inspect_err(|_| self.octets.clear())?;
        self.before |= pause == Some(Pause::Before);
        self.after |= pause == Some(Pause::After);
        self.any |= !self.octets.is_empty();
        Ok(())
    }

    /// Puts octets into `buffer`, or tells a pause; nothing if there is neither.
    ///
    /// A pause is told only behind octets.
    pub(super) fn take(&mut self, buffer: &mut [u8]) -> Option<Chunk> {
        let rest = self.octets.get(self.given..).unwrap_or_default();
        if rest.is_empty() {
            self.before |= core::mem::take(&mut self.after);
        }
        if core::mem::take(&mut self.before) && core::mem::take(&mut self.flowing) {
            return Some(Chunk::Pause);
        }
        if rest.is_empty() {
            return None;
        }
        let count = copy(rest, buffer);
        self.given = self.given.saturating_add(count);
        self.flowing = true;
        Some(Chunk::Octets(count))
    }

    /// Whether there were any octets so far.
    pub(super) fn has_given(&self) -> bool {
        self.any
    }
}

/// Copies what there is room for.
fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let count = from.len().min(to.len());
    if let (Some(from), Some(to)) = (from.get(..count), to.get_mut(..count)) {
        to.copy_from_slice(from);
    }
    count
}
