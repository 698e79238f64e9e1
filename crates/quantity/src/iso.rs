//! Dates and times as ISO 8601 writes them.

use core::fmt;
use core::str::FromStr;

use crate::clock::{Date, DateTime, NONE, Time};
use crate::error::{Error, ErrorKind};

/// Writes the number with this many digits, or as many dashes where it is not given.
fn part(f: &mut fmt::Formatter<'_>, value: Option<impl Into<u16>>, digits: usize) -> fmt::Result {
    match value {
        Some(value) => write!(f, "{:0digits$}", value.into()),
        None => write!(f, "{:-<digits$}", ""),
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        part(f, self.year(), 4)?;
        f.write_str("-")?;
        part(f, self.month(), 2)?;
        f.write_str("-")?;
        part(f, self.day(), 2)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        part(f, self.hour(), 2)?;
        f.write_str(":")?;
        part(f, self.minute(), 2)?;
        if self.second().is_some() {
            f.write_str(":")?;
            part(f, self.second(), 2)?;
        }
        match self.hundredths() {
            Some(hundredths @ 1..) => write!(f, ".{hundredths:02}"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date(), self.time())?;
        match self.offset_minutes() {
            Some(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                let minutes = minutes.unsigned_abs();
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
            None => Ok(()),
        }
    }
}

macro_rules! debug_as_display {
    ($($name:ty),+) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        })+
    };
}
debug_as_display!(Date, Time, DateTime);

/// Reads ISO 8601 as it is printed: `2022-08-04T13:50:21.05+02:00`, dashes for parts that are not given. There may be no
/// seconds, no fraction and no offset; `Z` is the offset 0.
impl FromStr for DateTime {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut text = Iso { text: text.as_bytes(), at: 0 };
        let [y0, y1] = text.part(4)?.unwrap_or(u16::MAX).to_be_bytes();
        text.mark(b'-')?;
        let month = text.octet()?;
        text.mark(b'-')?;
        let day = text.octet()?;
        text.mark(b'T')?;
        let hour = text.octet()?;
        text.mark(b':')?;
        let minute = text.octet()?;
        let second = if text.goes_on_with(b':') { text.octet()? } else { NONE };
        let hundredths = if text.goes_on_with(b'.') { text.octet()? } else { NONE };
        let [d0, d1] = text.deviation()?;
        Self::from_octets([y0, y1, month, day, NONE, hour, minute, second, hundredths, d0, d1, NONE])
            .map_err(|error| Error { offset: 0, ..error })
    }
}

/// A text in ISO 8601, and how far it has been read.
struct Iso<'a> {
    text: &'a [u8],
    at: usize,
}

impl Iso<'_> {
    fn fault(&self) -> Error {
        let kind = match self.text.get(self.at) {
            Some(octet) => ErrorKind::Character(*octet),
            None => ErrorKind::Length(self.text.len()),
        };
        Error { kind, offset: self.at }
    }

    fn goes_on_with(&mut self, mark: u8) -> bool {
        let there = self.text.get(self.at) == Some(&mark);
        self.at = self.at.saturating_add(usize::from(there));
        there
    }

    fn mark(&mut self, mark: u8) -> Result<(), Error> {
        if self.goes_on_with(mark) { Ok(()) } else { Err(self.fault()) }
    }

    /// A number of so many digits, or as many dashes.
    fn part(&mut self, digits: usize) -> Result<Option<u16>, Error> {
        let end = self.at.saturating_add(digits);
        if self.text.get(self.at..end).is_some_and(|part| part.iter().all(|octet| *octet == b'-')) {
            self.at = end;
            return Ok(None);
        }
        let mut value = 0u16;
        while self.at < end {
            let digit =
                self.text.get(self.at).filter(|octet| octet.is_ascii_digit()).ok_or_else(|| self.fault())?;
            value = value.wrapping_mul(10).wrapping_add(u16::from(digit.wrapping_sub(b'0')));
            self.at = self.at.saturating_add(1);
        }
        Ok(Some(value))
    }

    /// A number of two digits, or two dashes.
    fn octet(&mut self) -> Result<u8, Error> {
        let [_, octet] = self.part(2)?.unwrap_or(u16::from(NONE)).to_be_bytes();
        Ok(octet)
    }

    /// What is left: nothing, `Z`, or the offset from UTC, whose sign is the other way round.
    fn deviation(&mut self) -> Result<[u8; 2], Error> {
        if self.at == self.text.len() {
            return Ok([0x80, 0]);
        }
        let east = match self.text.get(self.at) {
            Some(b'Z') => None,
            Some(b'+') => Some(true),
            Some(b'-') => Some(false),
            _ => return Err(self.fault()),
        };
        self.at = self.at.saturating_add(1);
        let mut minutes = 0i16;
        if let Some(east) = east {
            let start = self.at;
            let hours = self.part(2)?.ok_or(Error { kind: ErrorKind::Character(b'-'), offset: start })?;
            self.mark(b':')?;
            let rest = self.part(2)?.filter(|minutes| *minutes < 60);
            let rest = rest.ok_or(Error { kind: ErrorKind::Character(b'-'), offset: start })?;
            let limit = if east { 840 } else { 720 };
            let total = i16::try_from(hours.wrapping_mul(60).wrapping_add(rest)).ok();
            let Some(total) = total.filter(|total| *total <= limit) else {
                let kind = ErrorKind::Calendar { part: "hours from UTC", value: hours };
                return Err(Error { kind, offset: start });
            };
            minutes = if east { total.wrapping_neg() } else { total };
        }
        if self.at == self.text.len() { Ok(minutes.to_be_bytes()) } else { Err(self.fault()) }
    }
}
