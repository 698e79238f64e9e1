//! Finds out from its first block what an input is.

use super::Form;
use super::base64::is_base64;
use super::dump::Layout;

/// What an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Octets as they are, P1 text among them.
    Raw,
    /// A hex dump.
    Hex(Layout),
    /// Base64.
    Base64,
}

/// How much of an input is looked at.
pub(super) const BLOCK: usize = 64 * 1024;

/// The longest P1 identification; what is longer is base64 that starts with `/`.
const IDENTIFICATION: usize = 48;

/// How many lines with octets tell that a text is a dump.
const LINES: usize = 4;

/// Looks at an input as it grows.
///
/// The verdict depends on what the input says, not on how it was cut: a byte that no text has makes it raw, and so
/// does a line of P1; otherwise it is decided at the fourth line with octets, or at the end of the block.
#[derive(Debug)]
pub(super) struct Sniffer {
    forced: Option<Form>,
    /// Up to where the lines were looked at.
    lines: usize,
    /// Up to where the bytes are text.
    text: usize,
    /// How many lines had octets.
    found: usize,
}

impl Sniffer {
    /// Starts before the first byte of an input whose form may be known.
    pub(super) fn new(forced: Option<Form>) -> Self {
        Self { forced, lines: 0, text: 0, found: 0 }
    }

    /// The verdict on an input that starts with `held`; `None` if more must be seen. `ended` says that it is all.
    pub(super) fn look(&mut self, held: &[u8], ended: bool) -> Option<Verdict> {
        match self.forced {
            Some(Form::Raw) => return Some(Verdict::Raw),
            Some(Form::Base64) => return Some(Verdict::Base64),
            Some(Form::Hex) | None => {}
        }
        let block = held.get(..BLOCK).unwrap_or(held);
        while let Some(line) = next_line(block, self.lines) {
            let end = self.lines.saturating_add(line.len());
            if self.is_raw(block.get(..end).unwrap_or_default(), true) || self.is_p1(line) {
                return Some(Verdict::Raw);
            }
            self.lines = end;
            self.found = self.found.saturating_add(Layout::of(&[&String::from_utf8_lossy(line)]).1);
            if self.found >= LINES {
                return Some(Verdict::Hex(layout(block.get(..end).unwrap_or_default()).0));
            }
        }
        let full = block.len() == BLOCK;
        if self.is_raw(block, ended && !full) {
            return Some(Verdict::Raw);
        }
        (ended || full).then(|| self.decide(block, full))
    }

    /// The verdict on a text.
    fn decide(&self, block: &[u8], cut: bool) -> Verdict {
        let last = block.get(self.lines..).unwrap_or_default();
        if self.is_p1(last) {
            return Verdict::Raw;
        }
        let (layout, found) = layout(block);
        match self.forced {
            Some(_) => Verdict::Hex(layout),
            None if is_base64(String::from_utf8_lossy(block).trim_start_matches('\u{feff}'), cut) => {
                Verdict::Base64
            }
            None if found > 0 => Verdict::Hex(layout),
            None => Verdict::Raw,
        }
    }

    /// Whether there is a byte that no text has. `whole` says that what is cut at the end stays so.
    fn is_raw(&mut self, bytes: &[u8], whole: bool) -> bool {
        let new = bytes.get(self.text..).unwrap_or_default();
        let (text, cut) = match core::str::from_utf8(new) {
            Ok(text) => (text, false),
            Err(error) => {
                let text = new.get(..error.valid_up_to()).and_then(|text| core::str::from_utf8(text).ok());
                if self.forced.is_none() && error.error_len().is_some() {
                    return true;
                }
                (text.unwrap_or_default(), true)
            }
        };
        let colour = text.ends_with('\x1B');
        self.text = self.text.saturating_add(text.len()).saturating_sub(usize::from(colour));
        let control = text.split_inclusive(is_control).any(|part| part.ends_with(is_control));
        let escape = text.split('\x1B').skip(1).any(|behind| !behind.is_empty() && !behind.starts_with('['));
        self.forced.is_none() && (control || escape || (whole && (cut || colour)))
    }

    /// Whether this is a line of a P1 telegram: `/KFM5…` or `1-0:1.8.0(…`.
    fn is_p1(&self, line: &[u8]) -> bool {
        if self.forced.is_some() {
            return false;
        }
        if let [b'/', maker @ .., baud] = line.get(..5).unwrap_or_default() {
            let short = line.len() <= IDENTIFICATION;
            return short && maker.iter().all(u8::is_ascii_alphabetic) && baud.is_ascii_digit();
        }
        let mut parts = line.split(|byte| *byte == b'(');
        let (Some(code), Some(_)) = (parts.next(), parts.next()) else { return false };
        let of_code = |byte: &u8| byte.is_ascii_digit() || b"-:.*CFL".contains(byte);
        code.contains(&b'.') && code.iter().all(of_code)
    }
}

fn is_control(character: char) -> bool {
    character.is_control() && !matches!(character, '\t' | '\n' | '\r' | '\x0C' | '\x1B')
}

/// The line that starts at `from`, with its line feed; `None` if it isn't whole.
fn next_line(block: &[u8], from: usize) -> Option<&[u8]> {
    let rest = block.get(from..)?;
    rest.split_inclusive(|byte| *byte == b'\n').next().filter(|line| line.ends_with(b"\n"))
}

fn layout(block: &[u8]) -> (Layout, usize) {
    let text = String::from_utf8_lossy(block);
    let lines: Vec<&str> = text.lines().collect();
    Layout::of(&lines)
}

#[cfg(test)]
mod tests {
    use super::{Sniffer, Verdict};

    fn kind(input: &[u8]) -> &'static str {
        match Sniffer::new(None).look(input, true).unwrap() {
            Verdict::Raw => "raw",
            Verdict::Hex(_) => "hex",
            Verdict::Base64 => "base64",
        }
    }

    #[test]
    fn kinds() {
        for (input, expected) in [
            (&b""[..], "raw"),
            (b"\x7e\xa0\x27", "raw"),
            (b"7ea027\0", "raw"),
            (b"7ea027\n7ea027\n7e\x7f", "raw"),
            (b"7ea027\xc3", "raw"),
            (b"7ea027\x1b", "raw"),
            (b"/KFM5KAIFA\r\n\r\n1-0:1.8.0(1*kWh)\r\n!AA00\r\n", "raw"),
            (b"!7A3B\r\n/KFM5KAIFA\r\n", "raw"),
            (b"0-0:96.1.1(4530303034303031353934373534343134)\r\n", "raw"),
            (b"1.8.0*255(0001)\r\n", "raw"),
            (b"Debug: No HAN data", "raw"),
            (b"7ea027", "hex"),
            (b"7ea", "hex"),
            ("\u{feff}7ea027 \u{b0}".as_bytes(), "hex"),
            (b"\x1b[0;36m[D]: 7E:A0:27:01\x1b[0m", "hex"),
            (b"# comment\nStarting up...\n7e a0 27", "hex"),
            (b"fqAnAQIBEFqH5ucADw==", "base64"),
        ] {
            assert_eq!(kind(input), expected, "{}", String::from_utf8_lossy(input));
        }
    }

    #[test]
    fn decides_as_soon_as_it_can() {
        let mut sniffer = Sniffer::new(None);
        assert_eq!(sniffer.look(b"7ea0", false), None);
        assert_eq!(sniffer.look(b"7ea0\xff", false), Some(Verdict::Raw));
        assert_eq!(Sniffer::new(None).look(b"/KFM5KAIFA\r\n", false), Some(Verdict::Raw));
        assert!(matches!(Sniffer::new(None).look(b"7e\na0\n27\n01\n", false), Some(Verdict::Hex(_))));
    }
}
