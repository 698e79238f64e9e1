//! The zone in which the user says that the meter's clock is.

use std::cell::RefCell;
use std::fmt;

use amshan::quantity::{OffsetBy, TimeError, ZoneOffset};
use amshan::{DateTime, Entry, Reading, Value};
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// A zone, by the name that the user gave.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    name: String,
    zone: TimeZone,
}

/// The zone of `--timezone`: an IANA name, or an offset.
///
/// The data base is part of the program: containers often have none, and what is printed is the same everywhere.
pub(crate) fn parse(name: &str) -> Result<Zone, String> {
    let database = &TimeZoneDatabase::bundled();
    match DateTimeParser::new().parse_time_zone_with(database, name) {
        Ok(zone) => Ok(Zone { name: name.to_owned(), zone }),
        Err(_) => Err(match closest(database, name) {
            Some(other) => format!("there is no such zone; did you mean {other}?"),
            None => "there is no such zone; zones are called as Europe/Oslo, or +01:00".to_owned(),
        }),
    }
}

/// The zone whose name is most like this one, if any is.
fn closest(database: &TimeZoneDatabase, name: &str) -> Option<String> {
    let name = name.to_lowercase();
    let likeness = |zone: &str| {
        let zone = zone.to_lowercase();
        let city = zone.rsplit('/').next().unwrap_or_default();
        let alike = |other| strsim::normalized_damerau_levenshtein(&name, other);
        alike(&zone).max(alike(city))
    };
    let zones = database.available().map(|zone| (likeness(zone.as_str()), zone.to_string()));
    // Of zones that are as much alike, the first in the alphabet.
    let closest = zones.max_by(|(one, first), (other, second)| one.total_cmp(other).then(second.cmp(first)));
    closest.filter(|(likeness, _)| *likeness > 0.6).map(|(_, zone)| zone)
}

/// How the times of a reading are printed: those that say no offset with that of the zone, if there is one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Times<'r>(Option<InZone<'r>>);

#[derive(Debug, Clone, Copy)]
struct InZone<'r> {
    zone: &'static Zone,
    reading: &'r Reading<'r>,
    doubts: &'r RefCell<Doubts>,
}

/// Times that came by of which something is to be said, one of each kind.
pub(crate) type Doubts = Vec<Doubt>;

impl<'r> Times<'r> {
    pub(crate) fn new(
        zone: Option<&'static Zone>,
        reading: &'r Reading<'r>,
        doubts: &'r RefCell<Doubts>,
    ) -> Self {
        Self(zone.map(|zone| InZone { zone, reading, doubts }))
    }

    /// Whether there is a zone.
    pub(crate) const fn are_placed(self) -> bool {
        self.0.is_some()
    }

    /// The time with what is known of its offset.
    pub(crate) fn of(self, time: DateTime) -> DateTime {
        match self.0 {
            Some(place) if time.offset_minutes().is_none() => place.of(time),
            _ => time,
        }
    }

    /// A value as it prints.
    pub(crate) fn text(self, value: &Value<'_>) -> String {
        match value {
            Value::Time(time) => self.of(*time).to_string(),
            Value::History(history) => {
                let entries: Vec<_> = history.entries().map(|entry| self.entry(entry).to_string()).collect();
                entries.join(", ")
            }
            other => other.to_string(),
        }
    }

    fn entry(self, entry: Entry) -> Entry {
        let of = |time: Option<DateTime>| time.map(|time| self.of(time));
        match entry {
            Entry::Failure { end, seconds } => Entry::Failure { end: of(end), seconds },
            Entry::Peak { month_end, time, power } => {
                Entry::Peak { month_end: of(month_end), time: of(time), power }
            }
            other => other,
        }
    }
}

impl InZone<'_> {
    /// The time with the offset that it has in the zone. What is to be said of it is noted.
    fn of(self, time: DateTime) -> DateTime {
        let found = time.offset_in(&self.zone.zone, self.reading.season(time));
        let doubt = match found {
            Err(TimeError::Ambiguous) => Some(DoubtKind::Ambiguous),
            Err(TimeError::Missing) => Some(DoubtKind::Missing),
            Err(TimeError::NoSummerTime) => Some(DoubtKind::NoSummerTime),
            Ok(ZoneOffset { by: OffsetBy::SeasonAgainstZone, .. }) => Some(DoubtKind::AgainstZone),
            _ => None,
        };
        if let Some(kind) = doubt {
            let mut doubts = self.doubts.borrow_mut();
            if doubts.iter().all(|doubt| doubt.kind != kind) {
                doubts.push(Doubt { time, zone: self.zone, kind });
            }
        }
        // Offsets were in seconds until the early twentieth century.
        let seconds = found.ok().map(|found| found.offset.seconds()).filter(|seconds| seconds % 60 == 0);
        let minutes = seconds.and_then(|seconds| i16::try_from(seconds / 60).ok());
        minutes.map_or(time, |minutes| time.with_offset_minutes(minutes))
    }
}

/// What is to be said of a time in its zone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Doubt {
    time: DateTime,
    zone: &'static Zone,
    kind: DoubtKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DoubtKind {
    Ambiguous,
    Missing,
    NoSummerTime,
    AgainstZone,
}

impl Doubt {
    /// Kinds of doubt.
    pub(crate) const KINDS: usize = 4;

    /// The number of its kind.
    pub(crate) const fn number(&self) -> usize {
        self.kind as usize
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { time, zone: Zone { name, .. }, kind } = self;
        match kind {
            DoubtKind::Ambiguous => write!(
                f,
                "{time} is there twice in {name}, as clocks are put back, and the meter does not say which it is: \
                 no offset is given"
            ),
            DoubtKind::Missing => {
                write!(f, "{time} does not exist in {name}, as clocks are put forward: no offset is given")
            }
            DoubtKind::NoSummerTime => {
                write!(f, "{time} is summer time by the meter, and {name} has none: no offset is given")
            }
            DoubtKind::AgainstZone => {
                let (season, other) = match time.season() {
                    Some(amshan::Season::Summer) => ("summer", "winter"),
                    _ => ("winter", "summer"),
                };
                write!(
                    f,
                    "{time} is {season} time by the meter, and {other} time in {name}: the offset of {season} time is \
                     given"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_names_or_offsets() {
        for name in ["Europe/Oslo", "europe/oslo", "UTC", "Etc/GMT-1", "+01:00", "-03:30"] {
            assert!(parse(name).is_ok(), "{name}");
        }
        for (name, hint) in [
            ("Europe/Olso", "Europe/Oslo?"),
            ("oslo", "Europe/Oslo?"),
            ("Amsterdam", "Europe/Amsterdam?"),
            ("Europe/Köbenhavn", "Europe/Copenhagen?"),
            ("xyzzy", "+01:00"),
            ("", "+01:00"),
        ] {
            let error = parse(name).unwrap_err();
            assert!(error.ends_with(hint), "{name}: {error}");
        }
    }
}
