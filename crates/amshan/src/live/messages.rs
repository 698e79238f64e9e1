//! Messages from anything that can be read without blocking.

use core::time::Duration;
use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time;

use crate::blocking::ReadError;
use crate::message::Message;
use crate::reader::{Located, Reader};

/// Reads messages from a socket, a port, a pipe.
///
/// ```
/// use amshan::live::AsyncMessages;
/// use amshan::{Decoder, Field};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let socket = &b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n"[..];
/// let mut messages = AsyncMessages::new(socket);
/// let decoder = Decoder::new();
/// while let Some(message) = messages.next_message().await {
///     for reading in decoder.readings(message?) {
///         assert_eq!(reading?.get(Field::ACTIVE_POWER_IMPORT).unwrap().to_string(), "543 W");
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct AsyncMessages<R> {
    source: R,
    reader: Reader,
    pause: Duration,
    ended: bool,
}

/// A pause on the line after which nothing more of a message comes: no meter makes one within a message.
pub(super) const PAUSE: Duration = Duration::from_millis(500);

impl<R: AsyncRead + Unpin> AsyncMessages<R> {
    /// Reads every framing.
    pub const fn new(source: R) -> Self {
        Self::with(source, Reader::new())
    }

    /// Reads with a reader of the caller's making.
    pub const fn with(source: R, reader: Reader) -> Self {
        Self { source, reader, pause: PAUSE, ended: false }
    }

    /// With another pause on the line after which what is incomplete is given up; half a second without this.
    #[must_use]
    pub fn pause(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// The next message, or why there is none; `None` at the end of the source.
    ///
    /// Cancel-safe: no octet is lost if this is dropped before it is done.
    ///
    /// # Errors
    ///
    /// [`ReadError::Source`] if the source can't be read, [`ReadError::Stream`] for a stretch that gave no message.
    pub async fn next_message(&mut self) -> Option<Result<Message<'_>, ReadError>> {
        match self.locate().await? {
            Ok(located) => Some(Ok(self.reader.lend(located))),
            Err(error) => Some(Err(error)),
        }
    }

    /// The octets of the next message that its checks vouch for, with nothing around them: what was in its frames,
    /// joined. What is broken is left out. Cancel-safe.
    ///
    /// # Errors
    ///
    /// If the source can't be read.
    pub async fn next_payload(&mut self) -> Option<io::Result<&[u8]>> {
        loop {
            match self.locate().await? {
                Ok(located) => return Some(Ok(self.reader.lend(located).into_bytes())),
                Err(ReadError::Source(error)) => return Some(Err(error)),
                Err(ReadError::Stream(_)) => {}
            }
        }
    }

    async fn locate(&mut self) -> Option<Result<Located, ReadError>> {
        loop {
            match self.reader.locate() {
                Some(located) => return Some(located.map_err(ReadError::Stream)),
                None if self.ended => return None,
                None => {}
            }
            let incomplete = !self.reader.is_empty();
            let read = self.source.read(self.reader.space());
            let read = if incomplete { time::timeout(self.pause, read).await } else { Ok(read.await) };
            match read {
                Ok(Ok(0)) => {
                    self.ended = true;
                    self.reader.finish();
                }
                Ok(Ok(n)) => self.reader.advance(n),
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(Err(error)) => return Some(Err(ReadError::Source(error))),
                Err(_paused) => self.reader.idle(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;

    const TELEGRAM: &[u8] = b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n";

    #[tokio::test(start_paused = true)]
    async fn dropped_half_way_it_loses_nothing() {
        let (mut meter, port) = tokio::io::duplex(64);
        let mut messages = AsyncMessages::new(port).pause(Duration::from_secs(60));
        let sender = tokio::spawn(async move {
            for octet in TELEGRAM.repeat(3) {
                meter.write_all(&[octet]).await.unwrap();
                time::sleep(Duration::from_millis(7)).await;
            }
        });
        let (mut found, mut dropped) = (0, 0);
        loop {
            match time::timeout(Duration::from_millis(10), messages.next_message()).await {
                Err(_) => dropped += 1,
                Ok(Some(message)) => {
                    found += usize::from(message.unwrap().bytes() == TELEGRAM.trim_ascii_end())
                }
                Ok(None) => break,
            }
        }
        assert_eq!(found, 3);
        assert!(dropped > 50, "{dropped}");
        sender.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_ends_what_is_incomplete() {
        let (mut meter, port) = tokio::io::duplex(4096);
        let mut messages = AsyncMessages::new(port);
        meter.write_all(&TELEGRAM[..20]).await.unwrap();
        assert!(matches!(messages.next_message().await, Some(Err(ReadError::Stream(_)))));
        meter.write_all(TELEGRAM).await.unwrap();
        assert_eq!(messages.next_payload().await.unwrap().unwrap(), TELEGRAM.trim_ascii_end());
    }

    #[tokio::test]
    async fn payloads_are_what_is_right_only() {
        let stream = [TELEGRAM, &TELEGRAM[..25], b"\r\nnoise\r\n", TELEGRAM].concat();
        let mut messages = AsyncMessages::new(&stream[..]);
        let mut found = 0;
        while let Some(payload) = messages.next_payload().await {
            assert_eq!(payload.unwrap(), TELEGRAM.trim_ascii_end());
            found += 1;
        }
        assert_eq!(found, 2);
    }
}
