//! Base64, line by line.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::Pause;
use super::error::{Error, ErrorKind, Fault};

/// The standard alphabet; padding may be left out.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The octets that what a meter sends starts with: HDLC, M-Bus, P1, ciphered and plain APDU, LLC, Tibber Pulse.
const STARTS: [u8; 7] = [0x7E, 0x68, b'/', 0xDB, 0x0F, 0xE6, 0x08];

/// How many characters without a blank are no word, whatever they start with.
const LONG: usize = 64;

/// Whether `text` is base64 by its looks, and either long or starting as a meter's message does. `cut` says that it
/// goes on.
pub(super) fn is_base64(text: &str, cut: bool) -> bool {
    let characters = || text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let has = |wanted: fn(&u8) -> bool| characters().any(|byte| wanted(&byte));
    let words = text.lines().all(|line| line.split_whitespace().count() <= 1);
    let length = characters().count();
    let start: Vec<u8> = characters().take(4).collect();
    words
        && length >= 16
        && (cut || length % 4 == 0)
        && characters().all(|byte| is_letter(byte) || byte == b'=')
        && has(|byte| !byte.is_ascii_hexdigit())
        && has(u8::is_ascii_uppercase)
        && has(|byte| !byte.is_ascii_alphabetic())
        && (length >= LONG
            || ENGINE
                .decode(start)
                .is_ok_and(|octets| octets.first().is_some_and(|first| STARTS.contains(first))))
}

/// Reads base64 line by line.
#[derive(Debug, Default)]
pub(super) struct Base64 {
    line: u64,
    /// The characters of a group that isn't whole yet.
    group: Vec<u8>,
}

impl Base64 {
    /// Adds the octets of the next line to `out`. Padding ends a message, and an empty line.
    ///
    /// # Errors
    ///
    /// `NotBase64` or `ShortBase64`.
    pub(super) fn line(&mut self, text: &str, out: &mut Vec<u8>) -> Result<Option<Pause>, Error> {
        self.line = self.line.saturating_add(1);
        let text = text.trim_matches(['\u{feff}', ' ', '\t', '\r', '"', '\'']);
        if let Some((at, wrong)) = text.char_indices().find(|(_, found)| !may_stand(*found)) {
            let fault = Fault { kind: ErrorKind::NotBase64(wrong), at };
            self.group.clear();
            return Err(fault.in_line(text, self.line));
        }
        let mut parts = text.split('=');
        self.add(parts.next().unwrap_or_default(), out);
        for part in parts {
            self.finish(out)?;
            self.add(part, out);
        }
        if text.is_empty() {
            self.finish(out)?;
            return Ok(Some(Pause::After));
        }
        Ok(text.ends_with('=').then_some(Pause::After))
    }

    /// The number of the last line.
    pub(super) fn number(&self) -> u64 {
        self.line
    }

    /// Ends the text behind its last line.
    ///
    /// # Errors
    ///
    /// `ShortBase64`.
    pub(super) fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.finish(out)
    }

    /// Adds characters without padding.
    fn add(&mut self, part: &str, out: &mut Vec<u8>) {
        self.group.extend(part.bytes().filter(|byte| is_letter(*byte)));
        let rest = self.group.len() % 4;
        let rest = self.group.split_off(self.group.len().saturating_sub(rest));
        // Whole groups of the alphabet can't fail.
        let _ = ENGINE.decode_vec(&self.group, out);
        self.group = rest;
    }

    /// Decodes the group that is left.
    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        let group = core::mem::take(&mut self.group);
        let short = Fault { kind: ErrorKind::ShortBase64, at: 0 };
        ENGINE.decode_vec(group, out).map_err(|_| short.in_line("", self.line))
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

fn may_stand(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=' | ' ' | '\t')
}

#[cfg(test)]
mod tests {
    use super::super::error::ErrorKind;
    use super::{Base64, is_base64};

    #[test]
    fn looks() {
        for (text, cut, expected) in [
            ("fqAnAQIBEFqH5ucADw==", false, true),
            ("fqAnAQIB\nEFqH5ucADw==\n", false, true),
            ("fqAnAQIBEFqH5ucADw", true, true),
            ("fqAnAQIBEFqH5ucADw", false, false),
            ("qqAnAQIBEFqH5ucADw==", false, false),
            ("from here and there 1=", false, false),
            ("7EA0270102011000", false, false),
            ("fromherefromhere", false, false),
            ("", false, false),
        ] {
            assert_eq!(is_base64(text, cut), expected, "{text}");
        }
    }

    #[test]
    fn any_wrapping_says_the_same() {
        let text = "fqAnAQIBEFqH5ucADw==";
        let expected = [0x7E, 0xA0, 0x27, 1, 2, 1, 0x10, 0x5A, 0x87, 0xE6, 0xE7, 0, 0x0F];
        for width in 1..=text.len() {
            let (mut base64, mut out) = (Base64::default(), Vec::new());
            for line in text.as_bytes().chunks(width) {
                base64.line(core::str::from_utf8(line).unwrap(), &mut out).unwrap();
            }
            base64.end(&mut out).unwrap();
            assert_eq!(out, expected, "{width}");
        }
    }

    #[test]
    fn damage() {
        let mut out = Vec::new();
        let error = Base64::default().line("fqAn!A", &mut out).unwrap_err();
        assert_eq!((error.kind, error.line, error.column), (ErrorKind::NotBase64('!'), 1, 5));
        let mut base64 = Base64::default();
        base64.line("fqAnA", &mut out).unwrap();
        assert_eq!(base64.end(&mut out).unwrap_err().kind, ErrorKind::ShortBase64);
    }
}
