//! What can be wrong with an application message.

use core::fmt;

use nom::Offset;
use nom::error::{ErrorKind as NomKind, ParseError};

use crate::apdu::Service;

/// What was wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    /// What was wrong.
    pub kind: ErrorKind,
    /// At which octet, counted from the start of what was given.
    pub offset: usize,
}

/// What was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is nothing at all.
    Empty,
    /// The message ends inside a field.
    Truncated {
        /// Octets that the field still needs.
        missing: usize,
    },
    /// A data type that the standard does not have; how long its value is cannot be known.
    UnknownType(u8),
    /// A length in the indefinite form, or of more than four octets.
    Length(u8),
    /// Data nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    Depth,
    /// A compact array whose contents are not a whole number of its entries.
    CompactArray,
    /// The application message is of a kind that meters do not push.
    NoApdu(u8),
    /// The application message is a known service that carries no reading by itself.
    Service(Service),
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "application message is empty"),
            Self::Truncated { missing } => write!(f, "data ends {missing} bytes early"),
            Self::UnknownType(tag) => write!(f, "data type {tag} is unknown"),
            Self::Length(first) => write!(f, "length octet {first:02x} is not allowed"),
            Self::Depth => write!(f, "data is nested deeper than {}", crate::MAX_DEPTH),
            Self::CompactArray => write!(f, "compact array is not filled by its entries"),
            Self::NoApdu(tag) => write!(f, "application message begins with {tag:02x}, which no push does"),
            Self::Service(service) => write!(f, "application message is a {service}, which is not supported"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.offset)
    }
}

impl core::error::Error for Error {}

/// What a parser of [`parse`](crate::parse) found wrong, with the rest of the input at that place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault<'a> {
    /// The input from the fault on.
    pub at: &'a [u8],
    /// What was wrong.
    pub kind: ErrorKind,
}

impl<'a> ParseError<&'a [u8]> for Fault<'a> {
    fn from_error_kind(at: &'a [u8], _: NomKind) -> Self {
        Self { at, kind: ErrorKind::Truncated { missing: 1 } }
    }

    fn append(_: &'a [u8], _: NomKind, other: Self) -> Self {
        other
    }
}

impl Error {
    /// A parser's failure, with its place in the input that was given to it.
    pub(crate) fn locate(input: &[u8], error: nom::Err<Fault<'_>>) -> Self {
        match error {
            nom::Err::Error(fault) | nom::Err::Failure(fault) => {
                Self { kind: fault.kind, offset: input.offset(fault.at) }
            }
            // The parsers here are complete ones; that they ask for more means that the input is too short.
            nom::Err::Incomplete(_) => {
                Self { kind: ErrorKind::Truncated { missing: 1 }, offset: input.len() }
            }
        }
    }
}
