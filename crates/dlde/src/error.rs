//! What can be wrong with a readout, or with a line of a good one.

use core::fmt;

/// A stretch of a stream that gave no readout, and why.
pub type Gap = amshan_stream::Gap<ErrorKind>;

/// What is wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The octet at which it was noticed, counted from the start of the slice that was parsed; for a line, from
    /// the `/` of its readout.
    pub offset: usize,
}

/// What is wrong with a readout, or with a line of a good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The identification line does not begin with `/` and three letters.
    Identification {
        /// What stands there.
        found: u8,
    },
    /// An octet that no readout has there: a control character, one beyond ASCII in the identification line or in
    /// a readout that no checksum vouches for.
    Character {
        /// What stands there.
        found: u8,
    },
    /// Another readout begins before the end mark.
    Cut,
    /// Behind the end mark stands neither a checksum nor the end of the line.
    EndMark {
        /// What stands there.
        found: u8,
    },
    /// The checksum is wrong.
    Checksum {
        /// What the readout says.
        found: u16,
        /// What its octets give (CRC-16/ARC).
        computed: u16,
    },
    /// The checksum is missing, though readouts before it had one.
    ChecksumMissing,
    /// There is no end mark within this many octets.
    TooLong {
        /// The octets a readout may have.
        limit: usize,
    },
    /// The input ended inside the readout.
    Truncated {
        /// The octets there are.
        available: usize,
    },
    /// A line: it has no value in parentheses.
    ValueMissing,
    /// A line: its value stands behind no address, and no data set goes on in it.
    AddressMissing,
    /// A line: a parenthesis is not closed.
    Unclosed,
    /// A combinator that someone built around [`parse`](crate::parse) failed.
    Combinator,
}

impl amshan_stream::Fault for ErrorKind {
    fn rank(&self) -> u8 {
        match self {
            Self::Checksum { .. } => 3,
            Self::ChecksumMissing | Self::Cut | Self::Truncated { .. } | Self::TooLong { .. } => 2,
            Self::EndMark { .. } | Self::Character { .. } => 1,
            _ => 0,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identification { found } => {
                write!(f, "identification is not / and three letters, but holds 0x{found:02x}")
            }
            Self::Character { found } => write!(f, "readout has the octet {found:02x}"),
            Self::Cut => f.write_str("readout is cut, another one begins"),
            Self::EndMark { found } => {
                write!(f, "end mark is followed by {found:02x}, not by a checksum or the line's end")
            }
            Self::Checksum { found, computed } => {
                write!(f, "readout checksum is {found:04x}, computed {computed:04x}")
            }
            Self::ChecksumMissing => f.write_str("readout checksum is missing, earlier ones were there"),
            Self::TooLong { limit } => write!(f, "readout has no end mark within {limit} bytes"),
            Self::Truncated { available } => write!(f, "readout ends after {available} bytes"),
            Self::ValueMissing => f.write_str("line has no value in parentheses"),
            Self::AddressMissing => f.write_str("value has no address"),
            Self::Unclosed => f.write_str("parenthesis is not closed"),
            Self::Combinator => f.write_str("input does not match"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.offset)
    }
}

impl core::error::Error for Error {}
impl core::error::Error for ErrorKind {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn messages() {
        for (kind, text) in [
            (ErrorKind::Checksum { found: 0x3FFA, computed: 0xB }, "readout checksum is 3ffa, computed 000b"),
            (
                ErrorKind::EndMark { found: b'x' },
                "end mark is followed by 78, not by a checksum or the line's end",
            ),
            (ErrorKind::TooLong { limit: 16384 }, "readout has no end mark within 16384 bytes"),
            (ErrorKind::Character { found: 0 }, "readout has the octet 00"),
        ] {
            assert_eq!(kind.to_string(), text);
        }
        let error = Error { kind: ErrorKind::Unclosed, offset: 17 };
        assert_eq!(error.to_string(), "parenthesis is not closed at byte 17");
    }
}
