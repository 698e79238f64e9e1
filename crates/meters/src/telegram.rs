//! A telegram that came before, and is known again.

use std::vec::Vec;

use amshan_dlde::{self as dlde, DataSet, Readout};
use amshan_quantity::{Decimal, Digits};

use crate::field::Kind;
use crate::line::{Line, Number, Place, Told};
use crate::object::{Measured, Object, is_hexed};
use crate::reading::Reading;
use crate::value::Value;

/// How many octets and lines a telegram may have to be remembered; one of a Hungarian meter, with the registers of a month
/// ago, has 1,600 and 68.
const LONGEST: usize = 8192;
const MOST_LINES: usize = 256;

/// A telegram that came before.
///
/// One with the same lines has the same octets in all places but those of digits between parentheses, and digits there:
/// so all lines begin and end where they did. Of lines that are read by place, numbers are as long, and no sign or unit is
/// another; lines that make no sense are the same.
#[derive(Debug)]
pub(crate) struct Telegram {
    /// Its text, with `0` for each digit that may be another.
    text: Vec<u8>,
    /// For each octet, the most that it may differ from that by: exclusive or.
    open: Vec<u8>,
    lines: Vec<Line>,
}

impl Telegram {
    /// What is known of a readout. `None`: nothing, as it is longer than those of meters are.
    pub(crate) fn of(readout: &Readout<'_>) -> Option<Self> {
        if readout.text().len() > LONGEST {
            return None;
        }
        let mut text = Vec::from(readout.text());
        let mut open = std::vec![0; text.len()];
        let (mut sets, mut lines) = (readout.data_sets(), Vec::new());
        loop {
            let start = start_of(sets.rest(), readout)?;
            let Some(set) = sets.next() else { break };
            let place = Place { start, end: start_of(sets.rest(), readout)? };
            let told = set.as_ref().ok().and_then(|set| Told::of(set, readout));
            let line = Line { place, told: told.unwrap_or(Told::Other) };
            // By itself, it must be what it is among the others.
            if line.set(readout.raw()).as_ref() != Some(&set) {
                return None;
            }
            for value in set.iter().flat_map(DataSet::values) {
                // Of a number, the digits of its unit stay: cubic metres.
                let digits = if let Told::Other = line.told { value.raw() } else { value.text() };
                let start = usize::from(start_of(digits, readout)?);
                let octets = text.iter_mut().zip(&mut open).skip(start).take(digits.len());
                for (octet, open) in octets.filter(|(octet, _)| octet.is_ascii_digit()) {
                    (*octet, *open) = (b'0', 9);
                }
            }
            if lines.len() == MOST_LINES {
                return None;
            }
            lines.push(line);
        }
        Some(Self { text, open, lines })
    }

    /// What a readout says if it is this telegram.
    pub(crate) fn reading<'a>(&'a self, readout: Readout<'a>) -> Option<Reading<'a>> {
        let text = readout.text();
        if text.len() != self.text.len() {
            return None;
        }
        let octets = text.iter().zip(&self.text).zip(&self.open);
        let others =
            octets.fold(0, |others, ((octet, known), open)| others | (octet ^ known).saturating_sub(*open));
        (others == 0).then(|| Reading::of_known_readout(readout, &self.lines))
    }
}

/// Where in a readout some of its octets begin.
fn start_of(octets: &[u8], readout: &Readout<'_>) -> Option<u16> {
    u16::try_from(octets.as_ptr().addr().checked_sub(readout.raw().as_ptr().addr())?).ok()
}

impl Place {
    fn of(octets: &[u8], readout: &Readout<'_>) -> Option<Self> {
        let start = start_of(octets, readout)?;
        Some(Self { start, end: start.checked_add(u16::try_from(octets.len()).ok()?)? })
    }
}

impl Told {
    /// What a data set means whatever its digits are. `None`: that depends on more.
    fn of(set: &DataSet<'_>, readout: &Readout<'_>) -> Option<Self> {
        let mut values = set.values();
        let values = (values.next()?, values.next(), values.next());
        if let ((value, None, _), Some(measured)) = (values, Measured::of_data_set(set)) {
            return Number::of(&value, measured, readout).map(Self::Number);
        }
        let Object { obis, field, value, time, .. } = Object::of_data_set(set, 0, None).ok()?;
        let field = field?;
        match (values, value?, time) {
            ((time, Some(value), None), Value::Number(number, unit), Some(_))
                if field.is_measured() && time.time().is_some() =>
            {
                let number = Number::of(&value, Measured { field, number, unit }, readout)?;
                Some(Self::Timed(number, Place::of(time.text(), readout)?))
            }
            ((value, None, _), Value::Time(_), None) => {
                Some(Self::Time(field, Place::of(value.text(), readout)?))
            }
            ((value, None, _), Value::Text(_), None) if field.kind() == Kind::Text => {
                let place = Place::of(value.text(), readout)?;
                Some(Self::Text { field, obis, place, hexed: is_hexed(obis) })
            }
            _ => None,
        }
    }
}

impl Number {
    /// What is known of a value that is this number, if it is written as most are.
    fn of(value: &dlde::Value<'_>, measured: Measured, readout: &Readout<'_>) -> Option<Self> {
        let Measured { field, number: measured, unit } = measured;
        let start = start_of(value.text(), readout)?;
        let text = readout.raw().get(usize::from(start)..)?;
        let digits = Digits::of(text).filter(|digits| digits.length() == value.text().len())?;
        let number = Decimal::of_digits(text, digits)?;
        let scale = measured.exponent().checked_sub(number.exponent())?;
        (number.scaled(scale) == measured).then_some(Self { start, digits, field, scale, unit })
    }
}
