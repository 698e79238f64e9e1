//! The lines of a telegram that came before: where they are, and what was found out about them.

use core::slice;

use amshan_dlde::{DataSet, DataSets, Error, Spelled, data_sets};
use amshan_quantity::{DateTime, Decimal, Digits, Obis, Unit};

use crate::field::Field;
use crate::object::{Meaning, Measured};
use crate::value::{Text, Value};

/// A line of a telegram that came before, without its values; or several, if they are one data set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub(crate) place: Place,
    pub(crate) told: Told,
}

/// Where in a telegram some octets stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) start: u16,
    pub(crate) end: u16,
}

/// What a line means, whatever the digits of its values are.
#[cfg_attr(not(feature = "std"), allow(dead_code, reason = "nothing remembers what came before"))]
#[derive(Debug, Clone, Copy)]
pub(crate) enum Told {
    /// A measured number.
    Number(Number),
    /// The same, taken at a time of its own.
    Timed(Number, Place),
    /// A time.
    Time(Field, Place),
    /// A text, which may be spelled in hexadecimal digits.
    Text { field: Field, obis: Option<Obis>, place: Place, hexed: bool },
    /// That depends on more.
    Other,
}

/// A number without its digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number {
    /// Where in the telegram they begin.
    pub(crate) start: u16,
    pub(crate) digits: Digits,
    pub(crate) field: Field,
    /// What its unit adds to its exponent.
    pub(crate) scale: i8,
    pub(crate) unit: Unit,
}

/// The lines of a telegram.
#[derive(Debug, Clone)]
pub(crate) enum Lines<'a> {
    /// To be read.
    Read(DataSets<'a>),
    /// Of a telegram that came before, by their places.
    Known { lines: slice::Iter<'a, Line>, telegram: &'a [u8] },
}

/// What a line says.
#[allow(clippy::large_enum_variant, reason = "there is no heap to put the larger one on")]
pub(crate) enum Said<'a> {
    /// A measured number.
    Number(Measured),
    /// Something else with a name and a value.
    Field(Meaning<'a>),
    /// What is still to be found out.
    Other(Result<DataSet<'a>, Error>),
}

impl<'a> Lines<'a> {
    /// The number that the next line is, if that is known of it.
    #[inline(always)]
    pub(crate) fn next_number(&mut self) -> Option<Measured> {
        let Self::Known { lines, telegram } = self else { return None };
        let [Line { told: Told::Number(number), .. }, ..] = lines.as_slice() else { return None };
        let number = number.measured(telegram)?;
        lines.next();
        Some(number)
    }

    /// What the next line says.
    #[inline(always)]
    pub(crate) fn next_said(&mut self) -> Option<Said<'a>> {
        match self {
            Self::Read(sets) => {
                let set = sets.next()?;
                let measured = set.as_ref().ok().and_then(Measured::of_data_set);
                Some(measured.map_or(Said::Other(set), Said::Number))
            }
            Self::Known { lines, telegram } => {
                let line = lines.next()?;
                let said = match line.told {
                    Told::Number(number) => number.measured(telegram).map(Said::Number),
                    told => told.meaning(telegram).map(Said::Field),
                };
                said.or_else(|| line.set(telegram).map(Said::Other))
            }
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Result<DataSet<'a>, Error>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Read(sets) => sets.next(),
            Self::Known { lines, telegram } => lines.next()?.set(telegram),
        }
    }
}

impl Line {
    /// The data set, read in this telegram.
    pub(crate) fn set<'a>(&self, telegram: &'a [u8]) -> Option<Result<DataSet<'a>, Error>> {
        let set = data_sets(self.place.octets(telegram)?).next()?;
        let start = usize::from(self.place.start);
        Some(set.map_err(|error| Error { offset: error.offset.saturating_add(start), ..error }))
    }
}

impl Place {
    fn octets<'a>(&self, telegram: &'a [u8]) -> Option<&'a [u8]> {
        telegram.get(usize::from(self.start)..usize::from(self.end))
    }
}

impl Told {
    /// What a line of this telegram means that is more than a number. `None`: that has to be found out.
    #[inline(never)]
    fn meaning<'a>(&self, telegram: &'a [u8]) -> Option<Meaning<'a>> {
        let time = |place: &Place| DateTime::parse_p1(place.octets(telegram)?).ok();
        let (field, obis, value, time) = match self {
            Self::Number(_) | Self::Other => return None,
            Self::Timed(number, place) => {
                let Measured { field, number, unit } = number.measured(telegram)?;
                (field, None, Value::Number(number, unit), Some(time(place)?))
            }
            Self::Time(field, place) => (*field, None, Value::Time(time(place)?), None),
            Self::Text { field, obis, place, hexed } => {
                let text = place.octets(telegram)?;
                let spelled = if *hexed { Spelled::of(text).map(Text::spelled) } else { None };
                (*field, *obis, Value::Text(spelled.unwrap_or(Text::new(text))), None)
            }
        };
        Some(Meaning { obis, field: Some(field), value: Some(value), time, scale: None })
    }
}

impl Number {
    /// What it is in this telegram.
    #[inline(always)]
    fn measured(self, telegram: &[u8]) -> Option<Measured> {
        let Self { start, digits, field, scale, unit } = self;
        let number = Decimal::of_digits(telegram.get(usize::from(start)..)?, digits)?;
        Some(Measured { field, number: number.scaled(scale), unit })
    }
}
