//! Messages from a blocking source.

use core::fmt;
use std::io::{self, Read};

use crate::error::Error;
use crate::message::Message;
use crate::reader::Reader;

/// Reads messages from a file, a pipe, a socket: anything that blocks until there is something to read.
///
/// ```
/// use amshan::{Decoder, Field, Messages};
///
/// let telegram = b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n";
/// let mut messages = Messages::new(&telegram[..]);
/// while let Some(message) = messages.next_message() {
///     for reading in Decoder::new().readings(message?) {
///         assert_eq!(reading?.get(Field::ACTIVE_POWER_IMPORT).unwrap().to_string(), "543 W");
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Messages<R> {
    source: R,
    reader: Reader,
    ended: bool,
}

/// Why there is no message.
#[derive(Debug)]
pub enum ReadError {
    /// The source could not be read.
    Source(io::Error),
    /// The stream has a stretch that gave no message. It goes on behind it.
    Stream(Error),
}

impl<R: Read> Messages<R> {
    /// Reads every framing.
    pub const fn new(source: R) -> Self {
        Self::with(source, Reader::new())
    }

    /// Reads with a reader of the caller's making.
    pub const fn with(source: R, reader: Reader) -> Self {
        Self { source, reader, ended: false }
    }

    /// The next message; `None` at the end of the source.
    ///
    /// # Errors
    ///
    /// [`ReadError::Source`] if the source can't be read, [`ReadError::Stream`] for a stretch that gave no message.
    pub fn next_message(&mut self) -> Option<Result<Message<'_>, ReadError>> {
        loop {
            match self.reader.locate() {
                Some(Ok(located)) => return Some(Ok(self.reader.lend(located))),
                Some(Err(error)) => return Some(Err(ReadError::Stream(error))),
                None if self.ended => return None,
                None => {}
            }
            match self.source.read(self.reader.space()) {
                Ok(0) => {
                    self.ended = true;
                    self.reader.finish();
                }
                Ok(n) => self.reader.advance(n),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Some(Err(ReadError::Source(error))),
            }
        }
    }

    /// The source.
    pub const fn source(&self) -> &R {
        &self.source
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(error) => fmt::Display::fmt(error, f),
            Self::Stream(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl core::error::Error for ReadError {}
