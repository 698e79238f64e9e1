//! What can be wrong with the text or the octets of a quantity.

use core::fmt;

/// What was wrong, and at which octet of what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    /// What was wrong.
    pub kind: ErrorKind,
    /// Octet at which it was noticed, counted from the start of what was given.
    pub offset: usize,
}

/// What was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing was given.
    Empty,
    /// A character that does not belong there.
    Character(u8),
    /// A group of an OBIS code is more than 255, or there are too few or too many groups.
    Group,
    /// More digits than a [`Decimal`](crate::Decimal) holds: 64 bits, exponent −128..=127.
    Range,
    /// A part of a date or a time that no calendar or clock has.
    Calendar {
        /// Which part.
        part: &'static str,
        /// Its value.
        value: u16,
    },
    /// A time that stands for none: the first day of 1970 or 2000.
    Unset,
    /// Not the length that a date or a time has.
    Length(usize),
}

impl Error {
    /// Whether this is how meters say that there is no time: an impossible date, or one that stands for none.
    pub const fn is_no_time(&self) -> bool {
        matches!(self.kind, ErrorKind::Calendar { .. } | ErrorKind::Unset)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "value is empty"),
            Self::Character(octet) => write!(f, "character '{}' does not belong there", octet.escape_ascii()),
            Self::Group => write!(f, "OBIS code does not have groups of 0 to 255"),
            Self::Range => write!(f, "number has more digits than 64 bits hold"),
            Self::Calendar { part, value } => write!(f, "{part} cannot be {value}"),
            Self::Unset => write!(f, "time was never set"),
            Self::Length(length) => write!(f, "{length} characters are no date and time"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.offset)
    }
}

impl core::error::Error for Error {}
