//! Text telegrams of IEC 62056-21 mode D ("P1").

use crate::crc;

/// What stands behind the `!`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Nothing: DSMR 2 and 3.
    None,
    /// CRC-16/ARC in four upper-case digits.
    Arc,
    /// CRC-16/X-25 in four upper-case digits.
    X25,
    /// CRC-16/ARC in lower-case digits without leading zeros.
    Short,
}

/// A telegram under construction.
///
/// ```
/// use amshan_sim::p1::{Check, Telegram};
///
/// let mut telegram = Telegram::new("XYZ5EXAMPLE");
/// telegram.line("1-0:1.7.0", &["00.543*kW"]);
/// assert_eq!(telegram.end(Check::None), "/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telegram {
    text: String,
    line_end: &'static str,
}

impl Telegram {
    /// The identification line (without `/`) and the empty line.
    pub fn new(identification: &str) -> Self {
        Self::with_line_end(identification, "\r\n")
    }

    /// The same with another line end.
    pub fn with_line_end(identification: &str, line_end: &'static str) -> Self {
        Self { text: format!("/{identification}{line_end}{line_end}"), line_end }
    }

    /// A line: an address, which may be empty, and the values without their parentheses.
    pub fn line(&mut self, address: &str, values: &[&str]) {
        self.text.push_str(address);
        for value in values {
            self.text.extend(["(", value, ")"]);
        }
        self.text.push_str(self.line_end);
    }

    /// A line as it stands.
    pub fn raw(&mut self, line: &str) {
        self.text.extend([line, self.line_end]);
    }

    /// The whole telegram.
    pub fn end(mut self, check: Check) -> String {
        self.text.push('!');
        let octets = self.text.as_bytes();
        let digits = match check {
            Check::None => String::new(),
            Check::Arc => format!("{:04X}", crc::arc(octets)),
            Check::X25 => format!("{:04X}", crc::x25(octets)),
            Check::Short => format!("{:x}", crc::arc(octets)),
        };
        self.text + &digits + self.line_end
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The telegram of dlde.md 1.3.
    pub(crate) const EXAMPLE: &str = "/XYZ5EXAMPLE\r\n\r\n1-3:0.2.8(50)\r\n0-0:1.0.0(240115123015W)\r\n1-0:1.8.1(000123.456*kWh)\r\n1-0:1.7.0(00.543*kW)\r\n0-1:24.2.1(240115123000W)(00012.345*m3)\r\n!3FFA\r\n";

    #[test]
    fn the_example_of_154_octets() {
        let mut telegram = Telegram::new("XYZ5EXAMPLE");
        telegram.line("1-3:0.2.8", &["50"]);
        telegram.line("0-0:1.0.0", &["240115123015W"]);
        telegram.line("1-0:1.8.1", &["000123.456*kWh"]);
        telegram.raw("1-0:1.7.0(00.543*kW)");
        telegram.line("0-1:24.2.1", &["240115123000W", "00012.345*m3"]);
        let text = telegram.end(Check::Arc);
        assert_eq!(text, EXAMPLE);
        assert_eq!(text.len(), 154);
    }

    #[test]
    fn other_checks_and_line_ends() {
        let end = |check| Telegram::with_line_end("X", "\n").end(check);
        assert_eq!(end(Check::None), "/X\n\n!\n");
        assert_eq!(end(Check::X25), format!("/X\n\n!{:04X}\n", crc::x25(b"/X\n\n!")));
        assert_eq!(end(Check::Short), format!("/X\n\n!{:x}\n", crc::arc(b"/X\n\n!")));
    }
}
