//! What bridges wrap a message in, before they publish it (to an MQTT topic, mostly).
//!
//! | who | payload | here |
//! |---|---|---|
//! | most bridges; Tibber Pulse, older firmware | frames or a telegram, as on the wire | [`Payload::Bare`] |
//! | Tibber Pulse, firmware since about 1.0.8 | the same in a protobuf message | [`Payload::Pulse`] |
//! | some bridges, from application message or body on | hexadecimal text, at times of hexadecimal text | [`Payload::Hex`] |
//!
//! What is inside goes to a [`Reader`](crate::Reader), or stands for itself
//! ([`Message::bare`](crate::Message::bare)).
//!
//! ```
//! use amshan::envelope::{Body, Payload};
//!
//! let payload = b"\x08\xDC\xD9\x02\x12\x14\x09\x00\x00\x00\x00\x00\x00\x00\x00\x12\x03HAN\x1A\x04~...";
//! let Payload::Pulse(pulse) = Payload::of(payload) else { panic!("a Pulse") };
//! assert_eq!((pulse.port, pulse.body), (&b"HAN"[..], Body::Plain(b"~...")));
//! ```

use core::cell::Cell;
use core::iter;

/// What a bridge has published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Payload<'a> {
    /// It wrapped nothing: what the meter sent, or a text of the bridge's own.
    Bare(&'a [u8]),
    /// A Tibber Pulse did.
    Pulse(Pulse<'a>),
    /// Hexadecimal digits, with or without white space.
    Hex {
        /// How often they have to be decoded ([`decode_hex_in_place`]): once, or twice where the digits are digits again.
        times: u8,
    },
}

/// The envelope of a Tibber Pulse, a protobuf message in a protobuf message:
///
/// ```text
/// 08 n                       1: a number
/// 12 length                  2:
///    09 time (8)                1: a time
///    12 length port             2: `HAN` or `P1`
///    1a length body             3: what the meter sent: a frame, or several after a reconnect; a telegram
/// ```
///
/// It is known from a few payloads that people posted (toreamun/amshan-homeassistant, issues 97, 99 and 101), not from
/// its maker. What `n` and the octets of the time count is not known. Other fields are skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulse<'a> {
    /// The meter's port: `HAN` or `P1`.
    pub port: &'a [u8],
    /// When, in octets that nobody has explained yet.
    pub time: Option<[u8; 8]>,
    /// What the meter sent.
    pub body: Body<'a>,
}

/// What a Tibber Pulse carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body<'a> {
    /// Frames or a telegram, as on the wire.
    Plain(&'a [u8]),
    /// A zlib stream (RFC 1950), which the caller has to inflate.
    ///
    /// This is inferred: bodies of P1 ports were seen that begin with `38`, as a zlib stream with a window of 2 KiB does,
    /// next to a status that says `mdb_zlib`. No whole one is public.
    Compressed(&'a [u8]),
}

impl<'a> Payload<'a> {
    /// Looks at a whole payload. What is not known is bare.
    pub fn of(payload: &'a [u8]) -> Self {
        if let Some((pulse, [])) = Pulse::parse_prefix(payload) {
            return Self::Pulse(pulse);
        }
        match hex(payload.iter().copied()) {
            None => Self::Bare(payload),
            Some(octets) => Self::Hex { times: if hex(octets).is_some() { 2 } else { 1 } },
        }
    }
}

impl<'a> Pulse<'a> {
    /// Reads the envelope at the start of `octets`. Returns what stands behind it: mostly nothing; another one, where
    /// several payloads were written one after the other.
    pub fn parse_prefix(octets: &'a [u8]) -> Option<(Self, &'a [u8])> {
        // A number comes first, so that the next one begins another envelope.
        let (Field { number: 1, value: Value::Number }, mut rest) = field(octets)? else { return None };
        let mut found = None;
        while !(rest.is_empty() || found.is_some() && rest.starts_with(&[NUMBER])) {
            let (field, behind) = field(rest)?;
            rest = behind;
            if let Field { number: 2, value: Value::Octets(inside) } = field {
                found = Some(Self::inside(inside)?);
            }
        }
        Some((found?, rest))
    }

    fn inside(mut rest: &'a [u8]) -> Option<Self> {
        let (mut port, mut time, mut body) = (None, None, None);
        while !rest.is_empty() {
            let (field, behind) = field(rest)?;
            rest = behind;
            match field {
                Field { number: 1, value: Value::Eight(octets) } => time = Some(octets),
                Field { number: 2, value: Value::Octets(octets) } => port = Some(octets),
                Field { number: 3, value: Value::Octets(octets) } => body = Some(octets),
                _ => {}
            }
        }
        let (port, body) = (port?, body?);
        // An M-Bus frame of a HAN port may begin as a zlib stream does; a telegram never does.
        let body = if port == b"P1" && is_zlib(body) { Body::Compressed(body) } else { Body::Plain(body) };
        Some(Self { port, time, body })
    }
}

/// Decodes hexadecimal text where it stands; white space in it is skipped. Returns how many octets there are, at the
/// start; `None` if it is no such text, which then is as it was.
///
/// ```
/// let mut text = *b"7E a0\r\n";
/// assert_eq!(amshan::envelope::decode_hex_in_place(&mut text), Some(2));
/// assert_eq!(text[..2], [0x7E, 0xA0]);
/// ```
pub fn decode_hex_in_place(text: &mut [u8]) -> Option<usize> {
    let _ = hex(text.iter().copied())?;
    // What is read is never behind what is written.
    let cells = Cell::from_mut(text).as_slice_of_cells();
    let octets = pairs(cells.iter().map(Cell::get));
    Some(cells.iter().zip(octets).map(|(to, octet)| to.set(octet)).count())
}

/// The octets that hexadecimal text says, if it is nothing else.
fn hex(text: impl Iterator<Item = u8> + Clone) -> Option<impl Iterator<Item = u8> + Clone> {
    let digits = text.clone().filter(u8::is_ascii_hexdigit).count();
    let fits = text.clone().all(|octet| octet.is_ascii_hexdigit() || octet.is_ascii_whitespace());
    (fits && digits > 0 && digits % 2 == 0).then(|| pairs(text))
}

/// Two digits to an octet; all else is skipped.
fn pairs(text: impl Iterator<Item = u8> + Clone) -> impl Iterator<Item = u8> + Clone {
    let digit = |octet| char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut digits = text.filter_map(digit);
    iter::from_fn(move || Some(digits.next()? << 4 | digits.next()?))
}

/// Whether octets begin as a zlib stream does that needs no dictionary. RFC 1950, 2.2.
const fn is_zlib(octets: &[u8]) -> bool {
    match octets {
        [method, flags, ..] => {
            *method & 0x0F == 8
                && *method < 0x80
                && *flags & 0x20 == 0
                && u16::from_be_bytes([*method, *flags]) % 31 == 0
        }
        _ => false,
    }
}

/// A field of a protobuf message.
struct Field<'a> {
    number: u64,
    value: Value<'a>,
}

/// A value, by its wire type.
enum Value<'a> {
    /// 0: a number, which nothing here needs.
    Number,
    /// 1: eight octets.
    Eight([u8; 8]),
    /// 2: octets with their length.
    Octets(&'a [u8]),
    /// 5: four octets.
    Four,
}

/// One field. The groups of old (wire types 3 and 4) are none.
fn field(i: &[u8]) -> Option<(Field<'_>, &[u8])> {
    let (tag, i) = number(i)?;
    let (value, rest) = match tag & 0b111 {
        0 => (Value::Number, number(i)?.1),
        1 => i.split_first_chunk().map(|(octets, rest)| (Value::Eight(*octets), rest))?,
        2 => {
            let (length, i) = number(i)?;
            let (octets, rest) = i.split_at_checked(usize::try_from(length).ok()?)?;
            (Value::Octets(octets), rest)
        }
        5 => (Value::Four, i.get(4..)?),
        _ => return None,
    };
    Some((Field { number: tag >> 3, value }, rest))
}

/// A number: seven bits an octet, the lowest first, the last octet below `80`.
fn number(i: &[u8]) -> Option<(u64, &[u8])> {
    let last = i.iter().take(10).position(|octet| *octet < 0x80)?;
    let (octets, rest) = i.split_at_checked(last.saturating_add(1))?;
    Some((octets.iter().rev().fold(0, |number, octet| number << 7 | u64::from(octet & 0x7F)), rest))
}

/// The tag of field 1, a number.
const NUMBER: u8 = 0x08;

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    fn pulse(port: &[u8], body: &[u8]) -> Vec<u8> {
        let mut inside = b"\x09\x01\x02\x03\x04\x05\x06\x07\x08".to_vec();
        inside.extend([0x12, port.len() as u8]);
        inside.extend(port);
        inside.push(0x1A);
        inside.extend(length(body.len()));
        inside.extend(body);
        [&b"\x08\xDC\xD9\x02\x12"[..], &length(inside.len()), &inside].concat()
    }

    fn length(octets: usize) -> Vec<u8> {
        if octets < 0x80 {
            std::vec![octets as u8]
        } else {
            std::vec![octets as u8 | 0x80, (octets >> 7) as u8]
        }
    }

    #[test]
    fn pulses() {
        let long = [0x7E; 300];
        for (port, body, compressed) in [
            (&b"HAN"[..], &b"\x7E\xA0\x07\x03\x21\x93\x0F\x01\x7E"[..], false),
            (b"HAN", &long, false),
            (b"P1", b"/XYZ5EXAMPLE\r\n", false),
            (b"P1", b"\x38\x11compressed", true),
            (b"P1", b"\x78\x9Ccompressed", true),
            (b"P1", b"\x38\x12not", false),
            (b"HAN", b"\x68\x81\x81\x68", false),
            (b"HAN", b"", false),
        ] {
            let payload = pulse(port, body);
            let body = if compressed { Body::Compressed(body) } else { Body::Plain(body) };
            let expected = Pulse { port, time: Some([1, 2, 3, 4, 5, 6, 7, 8]), body };
            assert_eq!(Payload::of(&payload), Payload::Pulse(expected));
            let twice = payload.repeat(2);
            assert_eq!(Pulse::parse_prefix(&twice), Some((expected, &payload[..])));
            for cut in 0..payload.len() {
                assert_eq!(Pulse::parse_prefix(&payload[..cut]), None, "{cut} octets");
            }
        }
    }

    #[test]
    fn fields_that_are_not_known_are_skipped() {
        let inside = b"\x20\x85\x01\x12\x02P1\x2D\x01\x02\x03\x04\x1A\x01/\x52\x01x\x59\x01\x02\x03\x04\x05\x06\x07\x08";
        let payload = [b"\x08\x01\x18\x07\x12", &[inside.len() as u8][..], inside, b"\x20\x01"].concat();
        let expected = Pulse { port: b"P1", time: None, body: Body::Plain(b"/") };
        assert_eq!(Payload::of(&payload), Payload::Pulse(expected));
    }

    #[test]
    fn what_is_no_envelope_is_bare() {
        for payload in [
            &b""[..],
            b"Debug: No HAN data",
            b"\x7E\xA0\x07\x03\x21\x93\x0F\x01\x7E",
            b"/XYZ5EXAMPLE\r\n\r\n!\r\n",
            b"\x08\x01",
            b"\x08\x01\x12\x00",
            b"\x08\x01\x12\x05\x12\x03HAN",
            b"\x08\x01\x12\x03\x1A\x01~",
            b"\x08\x01\x12\x07\x12\x03HAN\x1A\x01~", // lengths that do not fit
            b"\x08\x01\x12\x09\x12\x03HAN\x1A\x01~",
            b"\x12\x08\x12\x03HAN\x1A\x01~",
            b"\x08\x01\x13\x14", // groups
            b"\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01",
            b"7E A",
            b"7E-A0",
            b" \r\n",
        ] {
            assert_eq!(Payload::of(payload), Payload::Bare(payload), "{}", payload.escape_ascii());
        }
    }

    #[test]
    fn hexadecimal_text() {
        for (text, times, octets) in [
            (&b"7EA0"[..], 1, &b"\x7E\xA0"[..]),
            (b"7e a0\r\n07", 1, b"\x7E\xA0\x07"),
            (b"37454130", 2, b"\x7E\xA0"),
            (b"37 45 41 30\n", 2, b"\x7E\xA0"),
            (b"374541", 1, b"7EA"),
        ] {
            assert_eq!(Payload::of(text), Payload::Hex { times });
            let mut buffer = text.to_vec();
            for _ in 0..times {
                let length = decode_hex_in_place(&mut buffer).unwrap();
                buffer.truncate(length);
            }
            assert_eq!(buffer, octets);
        }
        let mut other = *b"7E A0!";
        assert_eq!(decode_hex_in_place(&mut other), None);
        assert_eq!(&other, b"7E A0!");
    }
}
