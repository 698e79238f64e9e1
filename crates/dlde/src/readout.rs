//! One readout: identification, data sets, checksum.

use core::fmt;

use crate::error::{Error, ErrorKind};
use crate::parse::Progress;
use crate::scan::{Check, Rules};
use crate::sets::DataSets;

/// How many octets a readout may have before its end mark. The longest seen have 3 to 4 KiB, and a message of up to
/// 2,048 digits may come on top.
pub const LIMIT: usize = 16384;

/// A readout: what a meter sends at once, from `/` to `!` and its checksum. IEC 62056-21, 6.3.5 and 6.5.
///
/// ```text
/// /XYZ5EXAMPLE               identification
///
/// 1-0:1.8.1(000123.456*kWh)  data sets, mostly one a line
/// 0-1:24.2.1(240115123000W)(00012.345*m3)
/// !F80F                      end mark, and a checksum unless the meter sends none
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Readout<'a> {
    raw: &'a [u8],
    unit: Unit,
}

impl<'a> Readout<'a> {
    /// Parses the readout at the start of `input`, behind which nothing will follow. Returns it and the rest.
    ///
    /// # Errors
    ///
    /// Every [`ErrorKind`] of a readout but [`ErrorKind::ChecksumMissing`].
    pub fn parse_prefix(input: &'a [u8]) -> Result<(Self, &'a [u8]), Error> {
        let rules = Rules { check: Check::Arc, limit: LIMIT, checksum_due: false };
        let mut progress = Progress::new();
        let (rest, mark) = progress.end_mark(input, rules, true).map_err(|error| match error {
            nom::Err::Error(fault) | nom::Err::Failure(fault) => fault.within(input),
            nom::Err::Incomplete(_) => {
                Error { kind: ErrorKind::Truncated { available: input.len() }, offset: input.len() }
            }
        })?;
        let unit = progress.check(input, mark, rules).map_err(|fault| fault.within(input))?;
        Ok((unit.readout(input.get(..mark.end).unwrap_or(input)), rest))
    }

    /// The octets as received, from `/` to the checksum.
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The same, up to the end mark.
    pub fn text(&self) -> &'a [u8] {
        self.raw.get(..self.unit.mark).unwrap_or(self.raw)
    }

    /// The identification line.
    pub fn identification(&self) -> Identification<'a> {
        let end = memchr::memchr2(b'\r', b'\n', self.raw).unwrap_or(self.raw.len());
        Identification { line: self.raw.get(1..end).unwrap_or_default() }
    }

    /// The checksum, as the readout has it. `None`: it has none, and what it says was not checked.
    pub const fn crc(&self) -> Option<u16> {
        self.unit.crc
    }

    /// Its data sets, in order. A line that makes no sense is an error and costs that line only.
    pub fn data_sets(&self) -> DataSets<'a> {
        let identification = self.identification().line.len().saturating_add(1);
        let body = self.text().get(identification..).unwrap_or_default();
        DataSets::new(body, identification)
    }
}

impl fmt::Debug for Readout<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Readout").field(&format_args!("\"{}\"", self.raw.escape_ascii())).finish()
    }
}

/// What the search knows of a readout, so that a [`Readout`] is made of its octets without checking them again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    pub(crate) mark: usize,
    pub(crate) crc: Option<u16>,
}

impl Unit {
    /// The readout that was found in `octets`.
    pub const fn readout(self, octets: &[u8]) -> Readout<'_> {
        Readout { raw: octets, unit: self }
    }

    /// The checksum, as the readout has it.
    pub const fn crc(self) -> Option<u16> {
        self.crc
    }
}

/// The identification line: who made the meter, and what the maker calls it. IEC 62056-21, 6.3.2.
///
/// ```text
/// / XXX Z text
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Identification<'a> {
    line: &'a [u8],
}

impl<'a> Identification<'a> {
    /// The line as received, without its `/` and without blanks at its end.
    pub const fn line(&self) -> &'a [u8] {
        self.line.trim_ascii_end()
    }

    /// XXX, three letters: the FLAG identification of the maker, or letters that a grid company chose.
    pub fn manufacturer(&self) -> &'a [u8] {
        self.line.get(..3).unwrap_or_default()
    }

    /// Z, a digit that stands for a baud rate, which P1 ports do not keep. Some meters leave it out.
    pub fn baud(&self) -> Option<char> {
        self.line.get(3).filter(|octet| octet.is_ascii_digit()).map(|octet| char::from(*octet))
    }

    /// What stands behind it, mostly the type of the meter; a backslash included, for whether one is an escape or
    /// a mere separator can't be told.
    pub fn text(&self) -> &'a [u8] {
        let start = if self.baud().is_some() { 4 } else { 3 };
        self.line.get(start..).unwrap_or_default().trim_ascii()
    }
}

impl fmt::Display for Identification<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.line().iter().try_for_each(|octet| write!(f, "{}", char::from(*octet)))
    }
}

impl fmt::Debug for Identification<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identification(\"{}\")", self.line.escape_ascii())
    }
}

pub(crate) const fn is_line_end(octet: u8) -> bool {
    matches!(octet, b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{TELEGRAM, sealed};
    use std::format;
    use std::string::ToString;

    #[test]
    fn identification_lines_in_the_wild() {
        for (line, manufacturer, baud, text) in [
            (r"/Ene5\XS210 ESMR 5.0", "Ene", Some('5'), r"\XS210 ESMR 5.0"),
            (r"/Ene5\T210-D ESMR5.0", "Ene", Some('5'), r"\T210-D ESMR5.0"),
            (r"/Ene5\T211 ESMR 5.0", "Ene", Some('5'), r"\T211 ESMR 5.0"),
            (r"/Lux5\253663629_D", "Lux", Some('5'), r"\253663629_D"),
            (r"/ISk5\2MT382-1000", "ISk", Some('5'), r"\2MT382-1000"),
            (r"/ISk5\2ME382-1003", "ISk", Some('5'), r"\2ME382-1003"),
            (r"/ISk5\2MIE5T-200", "ISk", Some('5'), r"\2MIE5T-200"),
            (r"/ISK9\2M551T-200", "ISK", Some('9'), r"\2M551T-200"),
            ("/XMX5LGBBFFB231216240", "XMX", Some('5'), "LGBBFFB231216240"),
            ("/XMX5LGBBFFB2313142390", "XMX", Some('5'), "LGBBFFB2313142390"),
            ("/XMX5LGF0010455863326", "XMX", Some('5'), "LGF0010455863326"),
            ("/XMX5XMXABCE000012345", "XMX", Some('5'), "XMXABCE000012345"),
            ("/HLY5/D545-METER", "HLY", Some('5'), "/D545-METER"),
            ("/KFM5KAIFA-METER", "KFM", Some('5'), "KAIFA-METER"),
            ("/KMP5 ZABF001587315111", "KMP", Some('5'), "ZABF001587315111"),
            ("/KAM5", "KAM", Some('5'), ""),
            ("/LGF5E360", "LGF", Some('5'), "E360"),
            ("/ADN9 6534", "ADN", Some('9'), "6534"),
            (r"/FLU5\253769484_A", "FLU", Some('5'), r"\253769484_A"),
            (r"/EST5\253710000_A", "EST", Some('5'), r"\253710000_A"),
            ("/NES5:83335-3E", "NES", Some('5'), ":83335-3E"),
            ("/SAG5SAG-METER", "SAG", Some('5'), "SAG-METER"),
            ("/EGM5G35", "EGM", Some('5'), "G35"),
            (r"/GRE5\253000000_A", "GRE", Some('5'), r"\253000000_A"),
            ("/NWA-WARMTELINK", "NWA", None, "-WARMTELINK"),
            ("/ESY5Q3DB1024 V3.04", "ESY", Some('5'), "Q3DB1024 V3.04"),
            (r"/ELL5\253833635_A", "ELL", Some('5'), r"\253833635_A"),
            ("/WSE5Wasion--Meter---  ", "WSE", Some('5'), "Wasion--Meter---"),
        ] {
            let telegram = sealed(format!("{line}\r\n\r\n1-0:1.8.0(1*kWh)\r\n!"));
            let (readout, _) = Readout::parse_prefix(&telegram).unwrap();
            let id = readout.identification();
            assert_eq!(id.manufacturer(), manufacturer.as_bytes(), "{line}");
            assert_eq!(id.baud(), baud, "{line}");
            assert_eq!(id.text(), text.as_bytes(), "{line}");
            assert_eq!(id.to_string(), line[1..].trim_end(), "{line}");
            assert_eq!(readout.data_sets().count(), 1, "{line}");
        }
    }

    #[test]
    fn the_end_of_the_input_is_the_end_of_a_line() {
        let digits = TELEGRAM.len() - 6;
        let (readout, rest) = Readout::parse_prefix(&TELEGRAM[..digits]).unwrap();
        assert_eq!((readout.crc(), rest), (None, &b""[..]));
        let checksum = |found| ErrorKind::Checksum { found, computed: 0x3FFA };
        for (length, kind, offset) in [
            (0, ErrorKind::Truncated { available: 0 }, 0),
            (digits - 1, ErrorKind::Truncated { available: digits - 1 }, digits - 1),
            (digits + 1, checksum(3), digits),
            (digits + 3, checksum(0x3FF), digits),
        ] {
            assert_eq!(Readout::parse_prefix(&TELEGRAM[..length]), Err(Error { kind, offset }), "{length}");
        }
    }

    #[test]
    fn data_sets_of_the_telegram() {
        let (readout, _) = Readout::parse_prefix(TELEGRAM).unwrap();
        let addresses: std::vec::Vec<_> = readout.data_sets().map(|set| set.unwrap().address()).collect();
        assert_eq!(addresses, [&b"1-3:0.2.8"[..], b"0-0:1.0.0", b"1-0:1.8.1", b"1-0:1.7.0", b"0-1:24.2.1"]);
    }
}
