//! Times as those of the crate `jiff`, and the offset of a wall clock in a time zone.

use jiff::civil::{self, date};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use crate::clock::{DateTime, Season};
use crate::time_error::TimeError;

/// How far a time is from UTC, and how that is known; from [`DateTime::offset_in`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZoneOffset {
    /// The offset.
    pub offset: Offset,
    /// How it is known.
    pub by: OffsetBy,
}

/// How the offset of a time is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffsetBy {
    /// The message says it.
    Message,
    /// By the rules of the zone.
    Zone,
    /// The zone has two for this hour, and the meter says whether it is summer or winter time.
    Season,
    /// The meter says winter time in summer, the other way round, or shows an hour that the zone skips: its clock does not
    /// follow the rules of the zone. It is taken for the zone's winter (or summer) time, as it says.
    SeasonAgainstZone,
}

/// The wall clock. Seconds and hundredths that are not given are 0.
impl TryFrom<DateTime> for civil::DateTime {
    type Error = TimeError;

    fn try_from(time: DateTime) -> Result<Self, TimeError> {
        let (year, month, day, hour, minute) = time.to_the_minute()?;
        let clock = time.time();
        let year = i16::try_from(year).map_err(|_| TimeError::Range)?;
        let nanoseconds = i32::from(clock.hundredths().unwrap_or(0)).wrapping_mul(10_000_000);
        let small = |part: u8| i8::try_from(part).unwrap_or(i8::MAX); // all are below 60
        let second = clock.second().unwrap_or(0);
        Self::new(year, small(month), small(day), small(hour), small(minute), small(second), nanoseconds)
            .map_err(|_| TimeError::Range)
    }
}

/// The instant, where the message says how far its clock is from UTC.
impl TryFrom<DateTime> for Timestamp {
    type Error = TimeError;

    fn try_from(time: DateTime) -> Result<Self, TimeError> {
        let wall = civil::DateTime::try_from(time)?;
        sent(time)?.ok_or(TimeError::NoOffset)?.to_timestamp(wall).map_err(|_| TimeError::Range)
    }
}

impl DateTime {
    /// The instant, on the clocks of the zone where the meter is.
    ///
    /// Where the message says how far its clock is from UTC, that holds. Else its clock is taken for one of the zone: in
    /// summer or winter time as it says ([`DateTime::season`]), or else as the zone has it. Of a DLMS list, whose status may be
    /// one that never says summer time, take [`offset_in`](Self::offset_in) with what its maker's word is worth.
    ///
    /// ```
    /// use amshan_quantity::{DateTime, TimeError};
    /// use jiff::tz::{TimeZone, TimeZoneDatabase};
    ///
    /// let zone = TimeZoneDatabase::bundled().get("Europe/Amsterdam")?;
    /// // The hour that is there twice, in winter time.
    /// let time = DateTime::parse_p1(b"251026023000W")?;
    /// assert_eq!(time.zoned(&zone)?.to_string(), "2025-10-26T02:30:00+01:00[Europe/Amsterdam]");
    /// // The same without the letter.
    /// assert_eq!(DateTime::parse_p1(b"251026023000")?.zoned(&zone), Err(TimeError::Ambiguous));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`offset_in`](Self::offset_in).
    pub fn zoned(self, zone: &TimeZone) -> Result<Zoned, TimeError> {
        let found = self.offset_in(zone, self.season())?;
        let instant = found.offset.to_timestamp(self.try_into()?).map_err(|_| TimeError::Range)?;
        Ok(instant.to_zoned(zone.clone()))
    }

    /// How far it is from UTC, if it is the time of a clock in this zone; `season` is what is known of it (mostly
    /// [`DateTime::season`]; there are meters whose word on it means nothing).
    ///
    /// The zone says what summer and winter time are there, the season which of them it is. So a meter that keeps winter
    /// time all year, and says so, is understood; that it contradicts the zone is told.
    ///
    /// # Errors
    ///
    /// [`TimeError::Incomplete`]; without a season [`TimeError::Ambiguous`] and [`TimeError::Missing`] in the nights when
    /// clocks are changed; [`TimeError::NoSummerTime`]; [`TimeError::Range`].
    pub fn offset_in(self, zone: &TimeZone, season: Option<Season>) -> Result<ZoneOffset, TimeError> {
        let wall = civil::DateTime::try_from(self)?;
        if let Some(offset) = sent(self)? {
            return Ok(ZoneOffset { offset, by: OffsetBy::Message });
        }
        let by_rule = zone.to_ambiguous_timestamp(wall).offset();
        let Some(season) = season else {
            return match by_rule {
                AmbiguousOffset::Unambiguous { offset } => Ok(ZoneOffset { offset, by: OffsetBy::Zone }),
                AmbiguousOffset::Fold { .. } => Err(TimeError::Ambiguous),
                AmbiguousOffset::Gap { .. } => Err(TimeError::Missing),
            };
        };
        let (one, other) = match by_rule {
            AmbiguousOffset::Fold { before, after } | AmbiguousOffset::Gap { before, after } => {
                (before, after)
            }
            AmbiguousOffset::Unambiguous { .. } => half_years(zone, wall.year())?,
        };
        let (winter, summer) = (one.min(other), one.max(other));
        let offset = match season {
            Season::Winter => winter,
            Season::Summer if summer > winter => summer,
            Season::Summer => return Err(TimeError::NoSummerTime),
        };
        let by = match by_rule {
            AmbiguousOffset::Fold { .. } => OffsetBy::Season,
            AmbiguousOffset::Unambiguous { offset: now } if now == offset => OffsetBy::Zone,
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => OffsetBy::SeasonAgainstZone,
        };
        Ok(ZoneOffset { offset, by })
    }
}

/// The offset that the message says.
fn sent(time: DateTime) -> Result<Option<Offset>, TimeError> {
    let offset = |minutes| Offset::from_seconds(i32::from(minutes).wrapping_mul(60));
    time.offset_minutes().map(offset).transpose().map_err(|_| TimeError::Range)
}

/// The offsets at the two ends of a year's seasons: one of them is summer on each half of the earth.
fn half_years(zone: &TimeZone, year: i16) -> Result<(Offset, Offset), TimeError> {
    let at = |month| {
        let noon = date(year, month, 1).at(12, 0, 0, 0);
        zone.to_timestamp(noon).map(|instant| zone.to_offset(instant)).map_err(|_| TimeError::Range)
    };
    Ok((at(1)?, at(7)?))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use jiff::tz::TimeZoneDatabase;
    use std::string::ToString;

    fn zone(name: &str) -> TimeZone {
        TimeZoneDatabase::bundled().get(name).unwrap()
    }

    fn found(text: &str, name: &str) -> Result<(std::string::String, OffsetBy), TimeError> {
        let time = DateTime::parse_p1(text.as_bytes()).unwrap();
        let found = time.offset_in(&zone(name), time.season())?;
        Ok((found.offset.to_string(), found.by))
    }

    #[test]
    fn the_season_decides_where_the_zone_does_not() {
        for (text, name, offset, by) in [
            ("260115120000", "Europe/Oslo", "+01", OffsetBy::Zone),
            ("260715120000", "Europe/Oslo", "+02", OffsetBy::Zone),
            ("260715120000S", "Europe/Oslo", "+02", OffsetBy::Zone),
            ("261025023000S", "Europe/Oslo", "+02", OffsetBy::Season),
            ("261025023000W", "Europe/Oslo", "+01", OffsetBy::Season),
            ("261025023000S", "Europe/Vilnius", "+03", OffsetBy::Zone),
            ("261025033000W", "Europe/Vilnius", "+02", OffsetBy::Season),
            // A clock that did not follow: Sweden's.
            ("260329023000W", "Europe/Stockholm", "+01", OffsetBy::SeasonAgainstZone),
            ("260715120000W", "Europe/Stockholm", "+01", OffsetBy::SeasonAgainstZone),
            ("260115120000S", "Europe/Oslo", "+02", OffsetBy::SeasonAgainstZone),
            // Where summer time is in the other half of the year, and where the data base has it the wrong way round.
            ("260115120000S", "Australia/Sydney", "+11", OffsetBy::Zone),
            ("260715120000W", "Australia/Sydney", "+10", OffsetBy::Zone),
            ("260715120000S", "Europe/Dublin", "+01", OffsetBy::Zone),
            ("260715120000W", "Etc/GMT-1", "+01", OffsetBy::Zone),
        ] {
            assert_eq!(found(text, name), Ok((offset.to_string(), by)), "{text} {name}");
        }
    }

    #[test]
    fn what_cannot_be_decided_is_an_error() {
        for (text, name, error) in [
            ("261025023000", "Europe/Oslo", TimeError::Ambiguous),
            ("260329023000", "Europe/Oslo", TimeError::Missing),
            ("260715120000S", "Etc/GMT-1", TimeError::NoSummerTime),
        ] {
            assert_eq!(found(text, name), Err(error), "{text} {name}");
        }
        let unset = DateTime::from_octets([0xFF; 12]).unwrap();
        assert_eq!(unset.zoned(&TimeZone::UTC), Err(TimeError::Incomplete));
        assert_eq!(civil::DateTime::try_from(unset), Err(TimeError::Incomplete));
        let local = DateTime::parse_p1(b"260715120000S").unwrap();
        assert_eq!(Timestamp::try_from(local), Err(TimeError::NoOffset));
    }

    #[test]
    fn what_the_message_says_holds() {
        let octets = [0x07, 0xE5, 9, 27, 1, 9, 47, 15, 5, 0xFF, 0x88, 0x80];
        let time = DateTime::from_octets(octets).unwrap();
        assert_eq!(Timestamp::try_from(time).unwrap().to_string(), "2021-09-27T07:47:15.05Z");
        let other = time.zoned(&zone("Europe/London")).unwrap();
        assert_eq!(other.to_string(), "2021-09-27T08:47:15.05+01:00[Europe/London]");
        assert_eq!(time.offset_in(&zone("Europe/London"), None).unwrap().by, OffsetBy::Message);
        let wall = civil::DateTime::try_from(time.without_deviation()).unwrap();
        assert_eq!(wall.to_string(), "2021-09-27T09:47:15.05");
    }

    /// Two independent implementations of the rules of a zone agree: the instant, turned back, shows the same wall clock.
    #[test]
    fn every_hour_of_a_year_is_turned_there_and_back() {
        for name in
            ["Europe/Oslo", "Europe/Lisbon", "Europe/Vilnius", "Australia/Lord_Howe", "America/St_Johns"]
        {
            let zone = zone(name);
            let mut wall = date(2026, 1, 1).at(0, 30, 0, 0);
            while wall.year() == 2026 {
                let text = std::format!("{}", wall.strftime("%y%m%d%H%M%S"));
                let time = DateTime::parse_p1(text.as_bytes()).unwrap();
                match time.zoned(&zone) {
                    Ok(zoned) => assert_eq!(zoned.datetime(), wall),
                    Err(error) => {
                        let ambiguous = zone.to_ambiguous_timestamp(wall).is_ambiguous();
                        assert!(ambiguous, "{name} {wall} {error}");
                    }
                }
                wall = wall.checked_add(jiff::Span::new().minutes(60)).unwrap();
            }
        }
    }
}
