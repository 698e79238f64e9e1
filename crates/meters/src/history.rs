//! P1 lines that hold a list: power failures, and the peaks of past months.

use core::fmt;

use amshan_dlde as dlde;
use amshan_quantity::{DateTime, Decimal, Obis, Unit};

use crate::field::Field;

/// A list of events or past values.
#[derive(Debug, Clone, Copy)]
pub struct History<'a> {
    set: dlde::DataSet<'a>,
    peaks: bool,
}

/// One item of a [`History`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Entry {
    /// A long power failure (`1-0:99.97.0`).
    Failure {
        /// When it ended.
        end: Option<DateTime>,
        /// How long it was.
        seconds: Decimal,
    },
    /// The highest quarter-hour of a month (`0-0:98.1.0`, Belgium).
    Peak {
        /// The end of the month.
        month_end: Option<DateTime>,
        /// When the peak was; none if the meter does not know.
        time: Option<DateTime>,
        /// How high it was, in W.
        power: Decimal,
    },
}

impl<'a> History<'a> {
    /// The list in a data set of this field, if it has the form of one:
    ///
    /// ```text
    /// 1-0:99.97.0(2)(0-0:96.7.19)(101208152415W)(0000000240*s)(101208151004W)(0000000301*s)
    /// 0-0:98.1.0(1)(1-0:1.6.0)(1-0:1.6.0)(230201000000W)(230117224500W)(04.329*kW)
    /// ```
    pub(crate) fn of(field: Field, set: &dlde::DataSet<'a>) -> Option<Self> {
        let peaks = match field {
            Field::POWER_FAILURE_LOG => false,
            Field::MAX_DEMAND_IMPORT_HISTORY => true,
            _ => return None,
        };
        let mut values = set.values();
        let empty = values.next()?.number()? == Decimal::ZERO;
        let coded = values.by_ref().take(codes(peaks)).all(|value| Obis::parse(value.text()).is_ok());
        let mut entries = Entries { values, peaks };
        let all = entries.by_ref().count() > 0 && entries.values.next().is_none();
        // Behind a count of 0 new meters send something unclear.
        (empty || coded && all).then_some(Self { set: *set, peaks })
    }

    /// Its items, in the order of the message; mostly the newest first.
    pub fn entries(&self) -> Entries<'a> {
        let mut values = self.set.values();
        let header = if values.next().and_then(|count| count.number()) == Some(Decimal::ZERO) {
            usize::MAX
        } else {
            codes(self.peaks)
        };
        values.by_ref().take(header).for_each(drop);
        Entries { values, peaks: self.peaks }
    }
}

/// How many codes stand between the count and the items.
const fn codes(peaks: bool) -> usize {
    if peaks { 2 } else { 1 }
}

/// Iterator over the items of a [`History`].
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    values: dlde::Values<'a>,
    peaks: bool,
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let mut ahead = self.values.clone();
        let first = ahead.next()?.time();
        let entry = if self.peaks {
            let time = ahead.next()?.time();
            let (power, _) = ahead.next()?.quantity().filter(|(_, unit)| *unit == Unit::WATT)?;
            Entry::Peak { month_end: first, time, power }
        } else {
            let (seconds, _) = ahead.next()?.quantity().filter(|(_, unit)| *unit == Unit::SECOND)?;
            Entry::Failure { end: first, seconds }
        };
        self.values = ahead;
        Some(entry)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |f: &mut fmt::Formatter<'_>, time: Option<DateTime>| match time {
            Some(time) => write!(f, "{time}"),
            None => f.write_str("unknown"),
        };
        match *self {
            Self::Failure { end, seconds } => {
                write!(f, "{seconds} s until ")?;
                time(f, end)
            }
            Self::Peak { time: peak, power, .. } => {
                write!(f, "{power} W at ")?;
                time(f, peak)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;
    use std::vec::Vec;

    fn entries(line: &str) -> Option<Vec<std::string::String>> {
        let telegram = std::format!("/XYZ5EXAMPLE\r\n\r\n{line}\r\n!\r\n");
        let (readout, _) = dlde::Readout::parse_prefix(telegram.as_bytes()).unwrap();
        let set = readout.data_sets().next().unwrap().unwrap();
        let field = Field::of(set.obis().unwrap()).unwrap();
        History::of(field, &set).map(|history| history.entries().map(|entry| entry.to_string()).collect())
    }

    #[test]
    fn lists_of_every_known_form() {
        let expected = |texts: &[&str]| Some(texts.iter().map(ToString::to_string).collect());
        let log = "1-0:99.97.0(2)(0-0:96.7.19)(101208152415W)(0000000240*s)(101208151004W)(0000000301*s)";
        assert_eq!(
            entries(log),
            expected(&["240 s until 2010-12-08T15:24:15", "301 s until 2010-12-08T15:10:04"])
        );
        assert_eq!(entries("1-0:99.97.0(0)(0-0:96.7.19)"), expected(&[]));
        assert_eq!(entries("1-0:99.97.0()"), None);
        let peaks = "0-0:98.1.0(2)(1-0:1.6.0)(1-0:1.6.0)(230201000000W)(230117224500W)(04.329*kW)\
                     (230301000000W)(632525252525W)(00.000*kW)";
        assert_eq!(entries(peaks), expected(&["4329 W at 2023-01-17T22:45:00", "0 W at unknown"]));
        assert_eq!(entries("0-0:98.1.0(0)(garbage)"), expected(&[]));
        // Hungary: a time and unlabelled month-end values
        assert_eq!(entries("0-0:98.1.0(230701000000S)(000173.640*kWh)(000047.719*kWh)"), None);
    }
}
