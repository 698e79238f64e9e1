//! What can be wrong with a frame.

use core::fmt;

use crate::parse;

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

/// What is wrong with a frame.
///
/// Frames are counted from the opening flag to the last octet of the frame check: one octet more than the length
/// that the frame announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The first octet is not the flag `7E`.
    Flag {
        /// What stands there.
        found: u8,
    },
    /// The frame format is not type 3: its first octet is not `A0` to `AF`.
    Format {
        /// What stands there.
        found: u8,
    },
    /// The length leaves 0, 1 or 3 octets behind the header, or not even the header fits.
    Length {
        /// The length that the format field announces.
        announced: u16,
        /// The octets of format, addresses and control, or as much of them as there must be.
        header: u16,
    },
    /// An address has three octets; one, two and four are legal.
    AddressLength,
    /// An address does not end within four octets.
    AddressEnd,
    /// The header check (HCS) is wrong.
    HeaderCheck {
        /// What the frame says.
        found: u16,
        /// What its octets give.
        computed: u16,
    },
    /// The frame check (FCS) is wrong.
    FrameCheck {
        /// What the frame says.
        found: u16,
        /// What its octets give.
        computed: u16,
    },
    /// The input ended inside the frame.
    Truncated {
        /// The octets there are.
        available: u16,
        /// The octets the frame should have; the least possible, if its length is not there yet.
        announced: u16,
    },
    /// The frame is longer than its receiver can hold. Its header check is right.
    TooLong {
        /// The octets the frame has.
        announced: u16,
        /// The octets it may have.
        limit: u16,
    },
    /// Octet stuffing: the sender threw the frame away (`7D 7E`).
    Abort,
    /// Octet stuffing: there are more octets between the flags than the frame announces.
    Surplus {
        /// The octets there are, unstuffed.
        available: u16,
        /// The octets the frame should have.
        announced: u16,
    },
    /// Octet stuffing: no flag ends the frame.
    Unclosed {
        /// The octets within which it should have ended, stuffed.
        limit: u16,
    },
    /// A combinator that someone built around [`parse`](crate::parse) failed.
    Combinator,
}

impl ErrorKind {
    /// `input` starts like a frame and ends inside it.
    pub(crate) fn truncated(input: &[u8]) -> Self {
        let available = u16::try_from(input.len()).unwrap_or(u16::MAX);
        Self::Truncated { available, announced: parse::announced(input) }
    }
}

impl amshan_stream::Fault for ErrorKind {
    fn rank(&self) -> u8 {
        match self {
            Self::FrameCheck { .. } => 3,
            Self::Truncated { .. } | Self::TooLong { .. } => 2,
            Self::HeaderCheck { .. } => 1,
            _ => 0,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag { found } => write!(f, "opening flag is {found:02x}, not 7e"),
            Self::Format { found } => write!(f, "frame format is {found:02x}, not a0 to af"),
            Self::Length { announced, header } => {
                write!(f, "frame length is {announced}, impossible with a header of {header} bytes")
            }
            Self::AddressLength => f.write_str("address has 3 bytes"),
            Self::AddressEnd => f.write_str("address does not end within 4 bytes"),
            Self::HeaderCheck { found, computed } => {
                write!(f, "header check is {found:04x}, computed {computed:04x}")
            }
            Self::FrameCheck { found, computed } => {
                write!(f, "frame check is {found:04x}, computed {computed:04x}")
            }
            Self::Truncated { available, announced } => {
                write!(f, "frame ends after {available} of {announced} bytes")
            }
            Self::TooLong { announced, limit } => {
                write!(f, "frame has {announced} bytes, more than {limit}")
            }
            Self::Abort => f.write_str("frame is aborted by its sender"),
            Self::Surplus { available, announced } => {
                write!(f, "frame has {available} bytes between its flags, announced {announced}")
            }
            Self::Unclosed { limit } => write!(f, "frame does not end within {limit} bytes"),
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
            (ErrorKind::FrameCheck { found: 0x1b25, computed: 0x3f01 }, "frame check is 1b25, computed 3f01"),
            (ErrorKind::HeaderCheck { found: 0x25, computed: 0 }, "header check is 0025, computed 0000"),
            (ErrorKind::Truncated { available: 40, announced: 131 }, "frame ends after 40 of 131 bytes"),
            (ErrorKind::TooLong { announced: 2048, limit: 64 }, "frame has 2048 bytes, more than 64"),
            (
                ErrorKind::Length { announced: 8, header: 5 },
                "frame length is 8, impossible with a header of 5 bytes",
            ),
        ];
        for (kind, text) in table {
            assert_eq!(kind.to_string(), text);
        }
        assert_eq!(
            Error { kind: ErrorKind::AddressEnd, offset: 3 }.to_string(),
            "address does not end within 4 bytes at byte 3"
        );
    }
}
