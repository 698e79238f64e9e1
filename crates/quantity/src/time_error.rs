//! Why a meter's time can't be given as another crate's.

use core::fmt;

use crate::clock::DateTime;

/// Why a meter's time can't be given as one of another crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeError {
    /// It does not name a minute: a part of its date, its hour or its minute is not given.
    Incomplete,
    /// Nothing in it says how far it is from UTC.
    NoOffset,
    /// The zone's clocks showed it twice, in summer and in winter time, and it does not say which.
    Ambiguous,
    /// The zone's clocks never showed it: they were put forward over it, and it does not say that it did not follow.
    Missing,
    /// It says that it is summer time, which the zone does not have in that year.
    NoSummerTime,
    /// The other crate has no such time, or no such offset.
    Range,
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Incomplete => "time does not name a minute",
            Self::NoOffset => "time does not say how far it is from UTC",
            Self::Ambiguous => "hour is there twice, as clocks were put back, and nothing says which it is",
            Self::Missing => "hour does not exist, as clocks were put forward",
            Self::NoSummerTime => "time says summer time, which the zone does not have",
            Self::Range => "time is out of range",
        })
    }
}

impl core::error::Error for TimeError {}

impl DateTime {
    /// Year, month, day, hour and minute, all of which must be given.
    pub(crate) fn to_the_minute(self) -> Result<(u16, u8, u8, u8, u8), TimeError> {
        let (date, time) = (self.date(), self.time());
        match (date.year(), date.month(), date.day(), time.hour(), time.minute()) {
            (Some(year), Some(month), Some(day), Some(hour), Some(minute)) => {
                Ok((year, month, day, hour, minute))
            }
            _ => Err(TimeError::Incomplete),
        }
    }
}
