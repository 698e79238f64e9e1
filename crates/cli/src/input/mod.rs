//! What users pipe and paste: the raw bytes of a capture, or text that says them in hex or base64.
//!
//! [`Octets`] gives the bytes of the wire, however the input says them. It finds that out from the first block:
//!
//! 1. a byte that no text has (NUL and other control characters, what isn't UTF-8), or a P1 line: raw;
//! 2. nothing but base64, which is long or starts as a meter's message does: base64;
//! 3. a line with octets in hex: a hex dump, of which all lines without octets are skipped;
//! 4. anything else is raw.
//!
//! ```text
//! sniff    which of them                      margin          offset and ASCII column
//! dump     lines of hex, one after another    line, escaped   the octets of one line
//! base64   lines of base64                    words, clock    what a line consists of
//! buffer   what is read and not yet given
//! ```
//!
//! Raw bytes are read straight into the caller's buffer. Of text, no more than a block or a line is held.

mod base64;
mod buffer;
mod clock;
mod dump;
mod error;
mod escaped;
mod line;
mod margin;
mod sniff;
#[cfg(test)]
mod tests;
mod words;

use std::io::{self, Read};

use self::base64::Base64;
use self::buffer::{Held, Ready};
use self::dump::Dump;
pub use self::error::{Error, ErrorKind};
use self::sniff::{Sniffer, Verdict};

/// How an input says its octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As they are.
    Raw,
    /// In hex, as any dump or log.
    Hex,
    /// In base64.
    Base64,
}

/// What [`Octets::read_chunk`] comes upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// So many octets are in the buffer: at least one, if it has room.
    Octets(usize),
    /// The text has something between the octets before and those that follow: an empty line, other text, an offset
    /// that starts anew, padding, or the end of a line where each is a message.
    ///
    /// This ends a message that has no framing of its own. It says nothing of framed ones, whose frames people log
    /// with text between.
    Pause,
    /// The input is at its end.
    End,
}

/// Where a line of text has a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pause {
    Before,
    After,
}

/// The octets of the wire, read from an input that says them in any [`Form`].
///
/// As a [`Read`] it gives the octets without the pauses.
#[derive(Debug)]
pub struct Octets<R> {
    source: R,
    sniffer: Sniffer,
    /// How to read the input, once that is known.
    decoder: Option<Decoder>,
    held: Held,
    ready: Ready,
    /// Whether the last line is decoded.
    finished: bool,
}

/// How to read an input.
#[derive(Debug)]
enum Decoder {
    Raw,
    Hex(Dump),
    Base64(Base64),
}

impl<R: Read> Octets<R> {
    /// Reads `source`, whose form is found out unless it is given.
    pub fn new(source: R, form: Option<Form>) -> Self {
        Self {
            source,
            sniffer: Sniffer::new(form),
            decoder: None,
            held: Held::default(),
            ready: Ready::default(),
            finished: false,
        }
    }

    /// Puts octets into `buffer`, or tells a pause or the end.
    ///
    /// # Errors
    ///
    /// What the source says, and an [`Error`] within an `InvalidData` for a line of text that is damaged. That line is
    /// left out; reading may go on.
    pub fn read_chunk(&mut self, buffer: &mut [u8]) -> io::Result<Chunk> {
        loop {
            if let Some(chunk) = self.ready.take(buffer) {
                return Ok(chunk);
            }
            let Some(decoder) = &mut self.decoder else {
                self.sniff()?;
                continue;
            };
            if let Decoder::Raw = decoder {
                let count = match self.held.take(buffer) {
                    0 => buffer::read(&mut self.source, buffer)?,
                    count => count,
                };
                return Ok(if count == 0 && !buffer.is_empty() { Chunk::End } else { Chunk::Octets(count) });
            }
            if self.finished {
                return Ok(Chunk::End);
            }
            if let Some(line) = self.held.line() {
                decoder.line(line, &mut self.ready)?;
            } else if self.held.ended() {
                self.finished = true;
                self.finish()?;
            } else {
                self.held.fill(&mut self.source)?;
                self.held.check_line(decoder.number())?;
            }
        }
    }

    /// Reads until the form is known.
    fn sniff(&mut self) -> io::Result<()> {
        loop {
            if let Some(verdict) = self.sniffer.look(self.held.bytes(), self.held.ended()) {
                self.decoder = Some(match verdict {
                    Verdict::Raw => Decoder::Raw,
                    Verdict::Hex(layout) => Decoder::Hex(Dump::new(layout)),
                    Verdict::Base64 => Decoder::Base64(Base64::default()),
                });
                return Ok(());
            }
            self.held.fill(&mut self.source)?;
        }
    }

    /// Ends a text.
    fn finish(&mut self) -> Result<(), Error> {
        let line = self.decoder.as_ref().map_or(0, Decoder::number);
        self.ready.put(|out| match &mut self.decoder {
            Some(Decoder::Hex(dump)) => dump.end().map(|()| None),
            Some(Decoder::Base64(base64)) => base64.end(out).map(|()| None),
            Some(Decoder::Raw) | None => Ok(None),
        })?;
        if self.ready.has_given() { Ok(()) } else { Err(Error { kind: ErrorKind::Nothing, line, column: 1 }) }
    }
}

impl<R: Read> Read for Octets<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.read_chunk(buffer)? {
                Chunk::Octets(count) => return Ok(count),
                Chunk::Pause => {}
                Chunk::End => return Ok(0),
            }
        }
    }
}

impl Decoder {
    /// Decodes a line.
    fn line(&mut self, line: &[u8], ready: &mut Ready) -> Result<(), Error> {
        let line = String::from_utf8_lossy(line);
        ready.put(|out| match self {
            Self::Hex(dump) => dump.line(&line, out),
            Self::Base64(base64) => base64.line(&line, out),
            Self::Raw => Ok(None),
        })
    }

    /// The number of the line that was decoded last.
    fn number(&self) -> u64 {
        match self {
            Self::Hex(dump) => dump.number(),
            Self::Base64(base64) => base64.number(),
            Self::Raw => 0,
        }
    }
}
