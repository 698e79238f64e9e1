//! Octets to messages: through the reader, or as they stand where there is no framing; out of what a bridge wrapped
//! them in.

use amshan::cosem::SecurityControl;
use amshan::dlde::Check;
use amshan::envelope::{Body, Pulse};
use amshan::{Decoder, Error, ErrorKind, Framing, Message, Messages, Reader};
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

/// A message without framing and the payload of a bridge are not longer than this; what is, is framed.
const LIMIT: usize = 65_536;

/// Takes the octets of an input and gives its messages.
#[derive(Debug)]
pub(crate) struct Feed {
    mode: Mode,
    reader: Box<Reader>,
    /// The octets of a message without framing or of a payload, as far as they are there.
    held: Vec<u8>,
    /// How many octets have come.
    octets: u64,
    /// How many of them the reader has got.
    fed: u64,
}

/// Whether octets are framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Not known yet: nothing has come since the start or the last pause.
    Unknown,
    /// They may be a message without framing, by the way they begin.
    MaybeBare,
    /// They may be the payload of a Tibber Pulse.
    MaybePulse,
    /// They are messages without framing: they were said to be.
    Bare(Framing),
    /// They are framed.
    Framed,
    /// They were framed, and something stood between these and those that follow.
    Paused,
}

/// What a feed hands out.
pub(crate) type Item<'a> = Result<Message<'a>, Error>;

impl Feed {
    /// A feed for this framing, or for any, with this idea of a right P1 checksum.
    pub(crate) fn new(framing: Option<Framing>, check: Check) -> Self {
        let (mode, only) = match framing {
            None => (Mode::Unknown, None),
            Some(bare @ (Framing::Apdu | Framing::Body)) => (Mode::Bare(bare), Some(Framing::Apdu)),
            framed => (Mode::Framed, framed),
        };
        Self {
            mode,
            reader: Box::new(Reader::sized(only).check_p1(check)),
            held: Vec::new(),
            octets: 0,
            fed: 0,
        }
    }

    /// Takes octets and hands out the messages that are whole.
    pub(crate) fn octets(&mut self, octets: &[u8], each: &mut impl FnMut(Item<'_>)) {
        if octets.is_empty() {
            return;
        }
        self.octets = self.octets.saturating_add(octets.len() as u64);
        self.mode = match self.mode {
            Mode::Unknown if begins_bare(octets) => Mode::MaybeBare,
            Mode::Unknown | Mode::Paused if may_be_pulse(octets) => Mode::MaybePulse,
            Mode::Unknown | Mode::Paused => Mode::Framed,
            known => known,
        };
        if self.mode == Mode::Framed {
            return self.framed(self.octets.saturating_sub(octets.len() as u64), octets, each);
        }
        self.held.extend_from_slice(octets);
        let no_pulse = self.mode == Mode::MaybePulse && !may_be_pulse(&self.held);
        if no_pulse || self.held.len() > LIMIT {
            self.unframed(each);
            self.mode = if self.mode == Mode::Unknown { Mode::Framed } else { self.mode };
        }
    }

    /// The text between the octets before and those that follow says that a message without framing ends here.
    pub(crate) fn pause(&mut self, each: &mut impl FnMut(Item<'_>)) {
        self.unframed(each);
        if self.mode == Mode::Framed {
            self.mode = if self.reader.is_empty() { Mode::Unknown } else { Mode::Paused };
        }
    }

    /// The line has paused for longer than meters do within a message.
    pub(crate) fn idle(&mut self, each: &mut impl FnMut(Item<'_>)) {
        self.reader.idle();
        self.drain(each);
    }

    /// The input has ended.
    pub(crate) fn finish(&mut self, each: &mut impl FnMut(Item<'_>)) {
        self.unframed(each);
        self.reader.finish();
        self.drain(each);
    }

    /// Octets that stand at `offset` of the input.
    fn framed(&mut self, offset: u64, octets: &[u8], each: &mut impl FnMut(Item<'_>)) {
        // What the reader did not get is fill to it, so that it counts as we do.
        while self.fed < offset {
            let space = self.reader.space();
            let n = space.len().min(usize::try_from(offset.saturating_sub(self.fed)).unwrap_or(usize::MAX));
            space.get_mut(..n).unwrap_or_default().fill(0);
            self.advance(n, each);
        }
        let mut octets = octets;
        while !octets.is_empty() {
            let space = self.reader.space();
            let n = space.len().min(octets.len());
            let (now, later) = octets.split_at(n);
            if let Some(space) = space.get_mut(..n) {
                space.copy_from_slice(now);
            }
            octets = later;
            self.advance(n, each);
        }
    }

    fn advance(&mut self, n: usize, each: &mut impl FnMut(Item<'_>)) {
        self.reader.advance(n);
        self.fed = self.fed.saturating_add(n as u64);
        self.drain(each);
    }

    fn drain(&mut self, each: &mut impl FnMut(Item<'_>)) {
        while let Some(item) = self.reader.next_message() {
            each(item);
        }
    }

    /// The octets of a message without framing or of a payload are all there.
    fn unframed(&mut self, each: &mut impl FnMut(Item<'_>)) {
        let mut octets = std::mem::take(&mut self.held);
        if octets.is_empty() {
            return;
        }
        let offset = self.octets.saturating_sub(octets.len() as u64);
        if self.mode == Mode::MaybePulse {
            self.mode = Mode::Framed;
            return self.pulses(offset, &octets, each);
        }
        let framing = match self.mode {
            Mode::Bare(framing) => framing,
            _ => Framing::Apdu,
        };
        let maybe = self.mode == Mode::MaybeBare;
        if maybe {
            self.mode = Mode::Unknown;
        }
        // Not one message after all: perhaps a capture that began in the middle of a frame, or ciphered messages one
        // behind the other with something between.
        let only = if maybe { None } else { Some(Framing::Apdu) };
        if framing == Framing::Apdu && !is_whole(&mut octets, offset) && has_messages(&octets, only) {
            return self.framed(offset, &octets, each);
        }
        each(Ok(Message::bare(framing, offset, &mut octets)));
    }

    /// Payloads of a Tibber Pulse, which stand at `offset` of the input: what is inside, and what is none as it is.
    fn pulses(&mut self, offset: u64, octets: &[u8], each: &mut impl FnMut(Item<'_>)) {
        let mut rest = octets;
        let at = |part: &[u8]| {
            offset.saturating_add((part.as_ptr() as usize).saturating_sub(octets.as_ptr() as usize) as u64)
        };
        while let Some((pulse, behind)) = Pulse::parse_prefix(rest) {
            match pulse.body {
                Body::Plain(body) => self.framed(at(body), body, each),
                Body::Compressed(body) => match decompress_to_vec_zlib_with_limit(body, LIMIT) {
                    // From here on, offsets count the octets as they were before they were compressed.
                    Ok(octets) => self.framed(at(body), &octets, each),
                    Err(_) => self.framed(at(body), body, each),
                },
            }
            rest = behind;
        }
        self.framed(at(rest), rest, each);
    }
}

/// Whether a message without framing may begin so: an LLC header, or the tag of an application message that meters
/// push. Ciphered ones with a tag mark their start well enough to be found in a stream.
fn begins_bare(octets: &[u8]) -> bool {
    let authenticated = |control: &u8| SecurityControl(*control).authenticated();
    match octets {
        [0xDB, 0x08, _, _, _, _, _, _, _, _, 0x82, _, _, control, ..]
        | [0xDB, 0x08, _, _, _, _, _, _, _, _, 0x81, _, control, ..]
        | [0xDB, 0x08, _, _, _, _, _, _, _, _, 0..=0x7F, control, ..] => !authenticated(control),
        _ => matches!(octets, [0xE6, 0xE6 | 0xE7, 0x00, ..] | [0x0F | 0xDB, ..]),
    }
}

/// Whether octets are a message without framing to their end, as far as can be told without a key.
fn is_whole(octets: &mut [u8], offset: u64) -> bool {
    let ciphered = |error: &Error| matches!(error.kind, ErrorKind::Security { .. });
    let readings = Decoder::new().readings(Message::bare(Framing::Apdu, offset, octets));
    readings.into_iter().all(|reading| reading.map_or_else(|error| ciphered(&error), |_| true))
}

/// Whether the payload of a Tibber Pulse may begin so: `08`, a number, `12`.
fn may_be_pulse(octets: &[u8]) -> bool {
    let Some((0x08, behind)) = octets.split_first() else { return false };
    match behind.iter().take(10).position(|octet| *octet < 0x80) {
        Some(last) => behind.get(last.saturating_add(1)).is_none_or(|tag| *tag == 0x12),
        None => behind.len() < 10,
    }
}

/// Whether framed messages stand in the octets.
fn has_messages(octets: &[u8], only: Option<Framing>) -> bool {
    let mut messages = Messages::with(octets, Reader::sized(only));
    std::iter::from_fn(|| messages.next_message().map(|message| message.is_ok())).any(|good| good)
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec_zlib;

    /// An invented HDLC frame: a data-notification of one number.
    const FRAME: &[u8] =
        b"\x7E\xA0\x27\x01\x02\x01\x10\x5A\x87\xE6\xE7\x00\x0F\x40\x00\x00\x00\x09\x0C\x07\xE4\
        \x02\x0F\x06\x01\x19\x22\xFF\x80\x00\x00\x02\x01\x06\x00\x00\x15\x7E\xEA\x5E\x7E";
    const TELEGRAM: &[u8] = b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n";

    fn pulse(port: &[u8], body: &[u8]) -> Vec<u8> {
        let length = |octets: usize| [octets as u8 | 0x80, (octets >> 7) as u8];
        let port = [&[0x12, port.len() as u8], port].concat();
        let inside =
            [b"\x09\x01\x02\x03\x04\x05\x06\x07\x08", &port[..], b"\x1A", &length(body.len()), body].concat();
        [b"\x08\xDC\xD9\x02\x12", &length(inside.len())[..], &inside].concat()
    }

    /// Messages as framing, offset and length; errors as their text.
    fn items(chunks: &[&[u8]], pauses: bool) -> Vec<Result<(Framing, u64, u64), String>> {
        let mut feed = Feed::new(None, Check::Arc);
        let mut found = Vec::new();
        let mut each = |item: Item<'_>| {
            found.push(
                item.map(|message| {
                    let origin = message.origin();
                    (origin.framing, origin.offset, origin.length)
                })
                .map_err(|error| error.to_string()),
            );
        };
        for chunk in chunks {
            feed.octets(chunk, &mut each);
            if pauses {
                feed.pause(&mut each);
            }
        }
        feed.finish(&mut each);
        found
    }

    #[test]
    fn the_payload_of_a_pulse_is_unwrapped() {
        let (frame, telegram) = (FRAME.len() as u64 - 1, TELEGRAM.len() as u64 - 2);
        let han = pulse(b"HAN", FRAME);
        let two = pulse(b"HAN", &FRAME.repeat(2));
        let p1 = pulse(b"P1", TELEGRAM);
        let zlib = pulse(b"P1", &compress_to_vec_zlib(TELEGRAM, 6));
        let hdlc = |offset| Ok((Framing::Hdlc, offset, frame));
        assert_eq!(items(&[&han], false), [hdlc(24)]);
        assert_eq!(items(&[&two], false), [hdlc(24), hdlc(24 + frame + 1)]);
        assert_eq!(items(&[&p1], false), [Ok((Framing::P1, 23, telegram))]);
        assert_eq!(items(&[&zlib], false), [Ok((Framing::P1, 23, telegram))]);
        // One octet at a time, several with a pause between, several without.
        assert_eq!(items(&han.chunks(1).collect::<Vec<_>>(), false), [hdlc(24)]);
        let second = han.len() as u64 + 24;
        assert_eq!(items(&[&han, &han], true), [hdlc(24), hdlc(second)]);
        assert_eq!(items(&[&han, &han], false), [hdlc(24), hdlc(second)]);
        assert_eq!(items(&[FRAME, &han], true), [hdlc(0), hdlc(FRAME.len() as u64 + 24)]);
    }

    #[test]
    fn what_only_begins_like_a_pulse_is_read_as_it_stands() {
        for start in [
            &b"\x08"[..],
            b"\x08\xDC\xD9",
            b"\x08\x01\x12\x09",
            b"\x08\x01\x13",
            b"\x08\x01\x12\x03\x1A\x01~",
        ] {
            let stream = [start, FRAME].concat();
            let found = items(&[&stream], false);
            let [gap, Ok((Framing::Hdlc, offset, _))] = &found[..] else { panic!("{found:?}") };
            assert_eq!(*offset, start.len() as u64);
            assert!(gap.is_err());
            assert_eq!(items(&stream.chunks(1).collect::<Vec<_>>(), false), found);
        }
    }
}
