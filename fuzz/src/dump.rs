//! Octets out of what people paste.

use std::io::{self, Read};

use amshan_cli::input::{Chunk, Form, Octets};

use crate::input::Input;

/// However a text is cut and whatever room there is, the same octets, pauses and errors; and octets written as a dump come
/// back.
pub fn dump(octets: &[u8]) {
    let Some(input) = Input::new(octets) else { return };
    let stream = &input.stream[..];

    let whole = items(stream, 65_536, None);
    for room in [65_536, 7] {
        let pieces = Pieces { pieces: input.pieces(), left: &[] };
        assert_eq!(items(pieces, room, None), whole, "chunking, with room for {room}");
    }

    // Octets that are digits themselves would be taken for octets that someone spelled twice.
    let octets = [b"\x7E\xA0", stream].concat();
    for (style, text) in dumps(&octets) {
        let form = if style == "base64" { Form::Base64 } else { Form::Hex };
        let found = items(text.as_bytes(), 65_536, Some(form));
        let found: Vec<u8> = found.into_iter().flat_map(|item| item.expect(style)).collect();
        assert_eq!(found, octets, "as {style}: {text}");
    }
}

/// The octets between pauses, and the errors.
fn items(source: impl Read, room: usize, form: Option<Form>) -> Vec<Result<Vec<u8>, String>> {
    let mut octets = Octets::new(source, form);
    let mut buffer = vec![0; room];
    let mut items = vec![Ok(Vec::new())];
    loop {
        match octets.read_chunk(&mut buffer) {
            Ok(Chunk::Octets(count)) => match items.last_mut() {
                Some(Ok(octets)) => octets.extend_from_slice(&buffer[..count]),
                _ => items.push(Ok(buffer[..count].to_vec())),
            },
            Ok(Chunk::Pause) => items.push(Ok(Vec::new())),
            Ok(Chunk::End) => return items,
            Err(error) => items.push(Err(error.to_string())),
        }
    }
}

/// Gives a piece at each read, or as much of it as there is room for.
struct Pieces<'a, I> {
    pieces: I,
    left: &'a [u8],
}

impl<'a, I: Iterator<Item = &'a [u8]>> Read for Pieces<'a, I> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.is_empty() {
            self.left = self.pieces.next().unwrap_or_default();
        }
        self.left.read(buffer)
    }
}

/// The octets in the styles that no ASCII column makes ambiguous.
fn dumps(octets: &[u8]) -> [(&'static str, String); 8] {
    let hex = |before: &str, between: &str| {
        let octets: Vec<_> = octets.iter().map(|octet| format!("{before}{octet:02x}")).collect();
        octets.join(between)
    };
    let rows = |row: &dyn Fn(usize, &[u8]) -> String| -> String {
        octets.chunks(16).enumerate().map(|(n, octets)| row(n * 16, octets) + "\n").collect()
    };
    let spaced = |octets: &[u8]| octets.iter().map(|octet| format!(" {octet:02X}")).collect::<String>();
    [
        ("digits", hex("", "")),
        ("octets", hex("", " ")),
        ("octets with colons", hex("", ":")),
        ("an array of C", hex("0x", ", ")),
        ("escapes", hex("\\x", "")),
        ("rows", rows(&|_, octets| spaced(octets))),
        ("rows with offsets", rows(&|at, octets| format!("{at:08x} {}", spaced(octets)))),
        ("base64", base64(octets)),
    ]
}

/// RFC 4648, 4.
fn base64(octets: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in octets.chunks(3) {
        let word = three.iter().chain(&[0, 0]).take(3).fold(0, |word, octet| word << 8 | usize::from(*octet));
        for n in 0..4 {
            let digit = char::from(DIGITS[word >> (18 - 6 * n) & 63]);
            text.push(if n <= three.len() { digit } else { '=' });
        }
    }
    text
}
