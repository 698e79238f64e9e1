//! The lines of a telegram that came before: where they are, and what was found out about them.

use core::slice;

use amshan_dlde::{DataSet, DataSets, Error, data_sets};
use amshan_quantity::{Decimal, Digits, Unit};

use crate::field::Field;
use crate::object::Measured;

/// A line of a telegram that came before, without its values; or several, if they are one data set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    /// Where in the telegram it begins and ends.
    pub(crate) start: u16,
    pub(crate) end: u16,
    /// What it means if that is a measured number, whatever its digits are.
    pub(crate) number: Option<Number>,
}

/// A measured number without its digits.
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
pub(crate) enum Said<'a> {
    /// A measured number.
    Number(Measured),
    /// Something else.
    Other(Result<DataSet<'a>, Error>),
}

impl<'a> Lines<'a> {
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
                match line.number.and_then(|number| number.measured(telegram)) {
                    Some(measured) => Some(Said::Number(measured)),
                    None => line.set(telegram).map(Said::Other),
                }
            }
        }
    }
}

impl Line {
    /// The data set, read in this telegram.
    pub(crate) fn set<'a>(&self, telegram: &'a [u8]) -> Option<Result<DataSet<'a>, Error>> {
        let start = usize::from(self.start);
        let set = data_sets(telegram.get(start..usize::from(self.end))?).next()?;
        Some(set.map_err(|error| Error { offset: error.offset.saturating_add(start), ..error }))
    }
}

impl Number {
    /// What it is in this telegram.
    #[inline(always)]
    pub(crate) fn measured(self, telegram: &[u8]) -> Option<Measured> {
        let Self { start, digits, field, scale, unit } = self;
        let number = Decimal::of_digits(telegram.get(usize::from(start)..)?, digits)?;
        Some(Measured { field, number: number.scaled(scale), unit })
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
