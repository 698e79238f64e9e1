//! What can be wrong with a frame.

use core::fmt;

use crate::parse::{SHORTEST_FRAME, announced};

/// A stretch of a stream that gave no frame, and why.
pub type Gap = amshan_stream::Gap<ErrorKind>;

/// What is wrong with a frame, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The octet at which the field in question starts, counted from the start of the slice that was parsed.
    pub offset: usize,
}

/// What is wrong with a frame. Its octets are counted from the first start octet to the stop octet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A start octet, the first or the fourth, is not `68`.
    Start {
        /// What stands there.
        found: u8,
    },
    /// The two length octets differ.
    Length {
        /// The first.
        first: u8,
        /// The second.
        second: u8,
    },
    /// The checksum is wrong.
    Checksum {
        /// What the frame says.
        found: u8,
        /// What its octets give.
        computed: u8,
    },
    /// The stop octet is not `16`.
    Stop {
        /// What stands there.
        found: u8,
    },
    /// The input ended inside the frame.
    Truncated {
        /// The octets there are.
        available: u16,
        /// The octets the frame should have; the least possible, if its length is not there yet.
        announced: u16,
    },
    /// The frame is longer than its receiver can hold.
    TooLong {
        /// The octets the frame has.
        announced: u16,
        /// The octets it may have.
        limit: u16,
    },
    /// A combinator that someone built around [`parse`](crate::parse) failed.
    Combinator,
}

impl ErrorKind {
    /// `input` starts like a frame and ends inside it.
    pub(crate) fn truncated(input: &[u8]) -> Self {
        let announced = match *input {
            [_, length, ..] => announced(length),
            _ => SHORTEST_FRAME,
        };
        Self::Truncated { available: u16::try_from(input.len()).unwrap_or(u16::MAX), announced }
    }
}

impl amshan_stream::Fault for ErrorKind {
    fn rank(&self) -> u8 {
        match self {
            Self::Checksum { .. } | Self::Stop { .. } => 2,
            Self::Truncated { .. } | Self::TooLong { .. } => 1,
            _ => 0,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start { found } => write!(f, "start is {found:02x}, not 68"),
            Self::Length { first, second } => write!(f, "length is 0x{first:02x} and then 0x{second:02x}"),
            Self::Checksum { found, computed } => {
                write!(f, "checksum is {found:02x}, computed {computed:02x}")
            }
            Self::Stop { found } => write!(f, "stop is {found:02x}, not 16"),
            Self::Truncated { available, announced } => {
                write!(f, "frame ends after {available} of {announced} bytes")
            }
            Self::TooLong { announced, limit } => {
                write!(f, "frame has {announced} bytes, more than {limit}")
            }
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
        let table = [
            (ErrorKind::Start { found: 1 }, "start is 01, not 68"),
            (ErrorKind::Length { first: 0xFA, second: 3 }, "length is 0xfa and then 0x03"),
            (ErrorKind::Checksum { found: 0xDC, computed: 7 }, "checksum is dc, computed 07"),
            (ErrorKind::Truncated { available: 40, announced: 131 }, "frame ends after 40 of 131 bytes"),
        ];
        for (kind, text) in table {
            assert_eq!(kind.to_string(), text);
        }
        assert_eq!(
            Error { kind: ErrorKind::Stop { found: 0 }, offset: 8 }.to_string(),
            "stop is 00, not 16 at byte 8"
        );
    }
}
