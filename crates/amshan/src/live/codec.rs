//! Messages split off a buffer.

use core::mem;
use std::io;

use amshan_stream::{Event, Search};
use bytes::BytesMut;
use tokio_util::codec::Decoder;

use crate::assemble::{Assembler, JOIN_LIMIT, Taken};
use crate::error::Error;
use crate::message::{Checked, Message, Origin};
use crate::scan::{Fault, Scanner};

/// Splits messages off a buffer, without copying them: for `tokio_util::codec::FramedRead`. Only a message that the
/// meter cut in pieces is copied, once, when it is joined.
///
/// A broken stretch is an item and not the end of the stream. What nothing but its tag could vouch for (a ciphered
/// message without a frame) is not split off, as it could not be taken back; [`AsyncMessages`](super::AsyncMessages) and
/// [`Connection`](super::Connection) read such meters.
///
/// ```
/// use amshan::live::MessageCodec;
/// use amshan::{Decoder, Field};
/// use futures_util::StreamExt;
/// use tokio_util::codec::FramedRead;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let socket = &b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n"[..];
/// let mut messages = FramedRead::new(socket, MessageCodec::new());
/// while let Some(message) = messages.next().await {
///     let Ok(mut message) = message? else { continue };
///     for reading in Decoder::new().readings(message.lend()) {
///         assert_eq!(reading?.get(Field::ACTIVE_POWER_IMPORT).unwrap().to_string(), "543 W");
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct MessageCodec {
    search: Search<Scanner>,
    assembler: Assembler,
    /// The pieces of the message that is open.
    held: BytesMut,
    /// Where in the stream the buffer begins.
    offset: u64,
    /// An error that is still to be told.
    owed: Option<Error>,
}

/// A message that its octets go with.
#[derive(Debug)]
pub struct Whole {
    origin: Origin,
    checked: Checked,
    bytes: BytesMut,
}

impl Whole {
    /// The message, to be decoded. What is ciphered is opened where it lies, so that this works once.
    pub fn lend(&mut self) -> Message<'_> {
        Message { origin: self.origin, bytes: &mut self.bytes, checked: self.checked, vouched: None }
    }

    /// Where it came from.
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// Its octets.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its octets alone, to be sent on.
    pub fn into_bytes(self) -> BytesMut {
        self.bytes
    }
}

/// The longest unit (a P1 readout), twice: what is not whole within so many octets is none.
const ROOM: usize = 32_768;

impl MessageCodec {
    /// A codec for every framing.
    pub fn new() -> Self {
        Self {
            search: Search::new(Scanner::new(None)),
            assembler: Assembler::new(),
            held: BytesMut::new(),
            offset: 0,
            owed: None,
        }
    }

    fn next(&mut self, buffer: &mut BytesMut, ended: bool) -> Option<Result<Whole, Error>> {
        loop {
            if self.owed.is_some() {
                return self.owed.take().map(Err);
            }
            let offset = self.offset;
            let (done, event) = self.search.next(buffer, offset, ended, ROOM);
            let mut octets = buffer.split_to(done);
            self.offset = offset.saturating_add(done as u64);
            let (range, unit) = match event? {
                Event::Unit(range, unit) => (range, unit),
                Event::Gap(gap) => {
                    self.owed = self.assembler.interrupt().inspect(|_| self.held.clear());
                    return Some(Err(Error::of_gap(gap)));
                }
            };
            let start = offset.saturating_add(range.start as u64);
            let mut octets = octets.split_off(range.start);
            if unit.is_doubtful() {
                // The search goes on one octet behind its start.
                let mut behind = octets.split_off(1.min(octets.len()));
                behind.unsplit(mem::take(buffer));
                *buffer = behind;
                self.offset = start.saturating_add(1);
                self.search.reject(start, Fault::Bare);
                continue;
            }
            let (taken, dropped) = self.assembler.take(start, unit, &mut octets);
            self.owed = dropped.inspect(|_| self.held.clear());
            match taken {
                Taken::Nothing => {}
                Taken::Whole { origin, range, checked } => {
                    octets.truncate(range.end);
                    return Some(Ok(Whole { origin, checked, bytes: octets.split_off(range.start) }));
                }
                Taken::Piece { range, .. } if self.held.len().saturating_add(range.len()) > JOIN_LIMIT => {
                    self.held.clear();
                    self.owed = Some(self.assembler.too_long(JOIN_LIMIT));
                }
                Taken::Piece { range, last } => {
                    self.held.extend_from_slice(octets.get(range).unwrap_or_default());
                    if let Some(origin) = last {
                        return Some(Ok(Whole {
                            origin,
                            checked: Checked::Not,
                            bytes: mem::take(&mut self.held),
                        }));
                    }
                }
            }
        }
    }
}

impl Default for MessageCodec {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder for MessageCodec {
    type Item = Result<Whole, Error>;
    type Error = io::Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Self::Item>> {
        Ok(self.next(buffer, false))
    }

    fn decode_eof(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Self::Item>> {
        let item = self.next(buffer, true);
        Ok(item.or_else(|| self.assembler.give_up().inspect(|_| self.held.clear()).map(Err)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reader;
    use amshan_sim::{START_MS, lists};
    use std::string::{String, ToString};
    use std::vec::Vec;

    /// A stream with messages of every list: whole, with a bit changed, and with noise in it, at several places.
    fn stream() -> Vec<u8> {
        let mut stream = Vec::new();
        for list in lists() {
            let octets = list.message(1, START_MS).bytes;
            stream.extend_from_slice(&octets);
            for quarter in 1..4 {
                let (front, behind) = octets.split_at(octets.len() * quarter / 4);
                let mut changed = octets.clone();
                changed[front.len()] ^= 0x10;
                stream.extend(changed);
                // Between two frames of a message, too.
                let between =
                    front.windows(2).rposition(|flags| flags == [0x7E, 0x7E]).map_or(0, |at| at + 1);
                stream.extend([&octets[..between], b"\xAA\xBB\xCC", &octets[between..]].concat());
                stream.extend([front, b"\xAA\xBB\xCC", behind].concat());
            }
        }
        stream
    }

    fn said(item: Result<(&[u8], Origin), Error>) -> String {
        match item {
            Ok((bytes, origin)) => {
                std::format!("{} {} {}", origin.offset, origin.framing, bytes.escape_ascii())
            }
            Err(error) => error.to_string(),
        }
    }

    /// What a reader finds that takes the whole stream, but for what needs a tag to be a message.
    fn read(stream: &[u8]) -> Vec<String> {
        let (mut reader, mut left, mut found) = (Reader::new(), stream, Vec::new());
        loop {
            let space = reader.space();
            let (now, later) = left.split_at(left.len().min(space.len()));
            space[..now.len()].copy_from_slice(now);
            if now.is_empty() {
                reader.finish()
            } else {
                reader.advance(now.len())
            }
            while let Some(message) = reader.next_message() {
                let doubtful = message.as_ref().is_ok_and(|message| message.vouched.is_some());
                found.extend(
                    (!doubtful)
                        .then(|| said(message.as_ref().map(|m| (m.bytes(), m.origin())).map_err(|e| *e))),
                );
            }
            if now.is_empty() {
                return found;
            }
            left = later;
        }
    }

    fn split(stream: &[u8], size: usize) -> (Vec<String>, usize) {
        let (mut codec, mut buffer, mut found, mut joined) =
            (MessageCodec::new(), BytesMut::new(), Vec::new(), 0);
        let mut note = |item: Result<Whole, Error>| {
            joined += usize::from(item.as_ref().is_ok_and(|whole| whole.origin().frames > 1));
            found.push(said(
                item.as_ref().map(|whole| (whole.bytes(), whole.origin())).map_err(|error| *error),
            ));
        };
        for chunk in stream.chunks(size) {
            buffer.extend_from_slice(chunk);
            while let Some(item) = codec.decode(&mut buffer).unwrap() {
                note(item);
            }
        }
        while let Some(item) = codec.decode_eof(&mut buffer).unwrap() {
            note(item);
        }
        assert!(buffer.is_empty());
        (found, joined)
    }

    #[test]
    fn what_is_split_off_is_what_a_reader_finds() {
        let stream = stream();
        let expected = read(&stream);
        for size in [1, 7, 512, 100_000] {
            let (found, joined) = split(&stream, size);
            assert_eq!(found, expected, "by {size}");
            assert!(joined > 5, "{joined}");
        }
    }

    #[test]
    fn a_message_in_one_piece_is_not_copied() {
        let octets = lists()[0].message(1, START_MS).bytes;
        let mut buffer = BytesMut::from(&octets[..]);
        let place = buffer.as_ptr().addr();
        let whole = MessageCodec::new().decode(&mut buffer).unwrap().unwrap().unwrap();
        let taken = whole.bytes().as_ptr().addr();
        assert!((place..place + octets.len()).contains(&taken), "{place:x} {taken:x}");
    }
}
