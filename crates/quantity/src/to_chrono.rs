//! Times as those of the crate `chrono`.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime};

use crate::clock::DateTime;
use crate::time_error::TimeError;

/// The wall clock. Seconds and hundredths that are not given are 0.
impl TryFrom<DateTime> for NaiveDateTime {
    type Error = TimeError;

    fn try_from(time: DateTime) -> Result<Self, TimeError> {
        let (year, month, day, hour, minute) = time.to_the_minute()?;
        let clock = time.time();
        let milliseconds = u32::from(clock.hundredths().unwrap_or(0)).wrapping_mul(10);
        let second = u32::from(clock.second().unwrap_or(0));
        NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))
            .and_then(|date| date.and_hms_milli_opt(u32::from(hour), u32::from(minute), second, milliseconds))
            .ok_or(TimeError::Range)
    }
}

/// The instant, where the message says how far its clock is from UTC.
impl TryFrom<DateTime> for chrono::DateTime<FixedOffset> {
    type Error = TimeError;

    fn try_from(time: DateTime) -> Result<Self, TimeError> {
        let wall = NaiveDateTime::try_from(time)?;
        let minutes = time.offset_minutes().ok_or(TimeError::NoOffset)?;
        let offset = FixedOffset::east_opt(i32::from(minutes).wrapping_mul(60)).ok_or(TimeError::Range)?;
        wall.and_local_timezone(offset).single().ok_or(TimeError::Range)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn times_are_given_or_why_not() {
        let octets = [0x07, 0xE5, 9, 27, 1, 9, 47, 15, 5, 0xFF, 0x88, 0x80];
        let time = DateTime::from_octets(octets).unwrap();
        let instant = chrono::DateTime::<FixedOffset>::try_from(time).unwrap();
        assert_eq!(instant.to_string(), "2021-09-27 09:47:15.050 +02:00");
        assert_eq!(instant.timestamp(), 1_632_728_835);

        let local = DateTime::parse_p1(b"240229235959W").unwrap();
        assert_eq!(NaiveDateTime::try_from(local).unwrap().to_string(), "2024-02-29 23:59:59");
        assert_eq!(chrono::DateTime::<FixedOffset>::try_from(local), Err(TimeError::NoOffset));
        let unset = DateTime::from_octets([0xFF; 12]).unwrap();
        assert_eq!(NaiveDateTime::try_from(unset), Err(TimeError::Incomplete));
    }
}
