//! What can be wrong with a text dump, and where.

use core::fmt;
use std::io;

/// A place in a text dump that says no octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The line, counted from 1.
    pub line: u64,
    /// The character in the line, counted from 1.
    pub column: usize,
}

/// What is wrong with a text dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// An octet takes two hex digits, and one of them is missing.
    OddDigits,
    /// A character within hex digits that is none.
    NotHex(char),
    /// `*` in a dump stands for rows that are left out.
    RowsLeftOut,
    /// Words of 16 bits, as plain `hexdump` and `od -x` print them, have their octets swapped.
    Words,
    /// A character that base64 doesn't have.
    NotBase64(char),
    /// The last group of base64 has a single character, which is less than an octet.
    ShortBase64,
    /// A line longer than anybody's dump.
    LongLine,
    /// Hex or base64 was asked for, and there is none.
    Nothing,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ErrorKind::OddDigits => f.write_str("odd number of hex digits: an octet takes two"),
            ErrorKind::NotHex(found) => write!(f, "{found:?} is not a hex digit"),
            ErrorKind::RowsLeftOut => {
                f.write_str("rows are left out at '*': dump again with hexdump -Cv or od -v")
            }
            ErrorKind::Words => {
                f.write_str("words of 16 bits with swapped octets: dump again with hexdump -C or od -tx1")
            }
            ErrorKind::NotBase64(found) => write!(f, "{found:?} is not a base64 character"),
            ErrorKind::ShortBase64 => f.write_str("base64 ends within an octet"),
            ErrorKind::LongLine => f.write_str("line too long for a text dump"),
            ErrorKind::Nothing => f.write_str("no octets found in the text"),
        }?;
        write!(f, ", at line {}, column {}", self.line, self.column)
    }
}

impl core::error::Error for Error {}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}

/// A fault within one line, whose number its reader doesn't know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// What is wrong.
    pub(super) kind: ErrorKind,
    /// Where, in bytes from the start of the line.
    pub(super) at: usize,
}

impl Fault {
    /// The fault as an error of the line `text`, which is number `line`.
    pub(super) fn in_line(self, text: &str, line: u64) -> Error {
        let before = text.char_indices().take_while(|(at, _)| *at < self.at).count();
        Error { kind: self.kind, line, column: before.saturating_add(1) }
    }
}
