//! A telegram that came before, and is known again.

use std::vec::Vec;

use amshan_dlde::{DataSet, Readout};
use amshan_quantity::{Decimal, Digits};

use crate::line::{Line, Number};
use crate::object::Measured;
use crate::reading::Reading;

/// A telegram that came before.
///
/// One with the same lines has the same octets in all places but those of digits between parentheses, and digits there:
/// so each of its numbers is as long, and no sign or unit is another. Lines that make no sense are the same.
#[derive(Debug)]
pub(crate) struct Telegram {
    /// Its text, with `0` for each digit that may be another.
    text: Vec<u8>,
    /// For each octet, the most that it may differ from that by: exclusive or.
    open: Vec<u8>,
    lines: Vec<Line>,
}

impl Telegram {
    /// What is known of a readout. `None`: nothing, as it is too long.
    pub(crate) fn of(readout: &Readout<'_>) -> Option<Self> {
        let mut text = Vec::from(readout.text());
        let mut open = std::vec![0; text.len()];
        let place = |octets: &[u8]| octets.as_ptr().addr().checked_sub(readout.raw().as_ptr().addr());
        let (mut sets, mut lines) = (readout.data_sets(), Vec::new());
        loop {
            let start = place(sets.rest())?;
            let Some(set) = sets.next() else { break };
            let mut line = Line {
                start: u16::try_from(start).ok()?,
                end: u16::try_from(place(sets.rest())?).ok()?,
                number: None,
            };
            // By itself, it must be what it is among the others.
            if line.set(readout.raw()).as_ref() != Some(&set) {
                return None;
            }
            if let Ok(set) = &set {
                let digits = set.value().map(|value| value.text());
                line.number =
                    digits.and_then(|digits| Number::of(set, place(digits)?, digits.len(), readout.raw()));
                // Of a number, the digits of its unit stay: cubic metres.
                let values = digits.filter(|_| line.number.is_some()).unwrap_or(set.groups());
                let octets = text.iter_mut().zip(&mut open).skip(place(values)?).take(values.len());
                for (octet, open) in octets.filter(|(octet, _)| octet.is_ascii_digit()) {
                    (*octet, *open) = (b'0', 9);
                }
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

impl Number {
    /// What is known of a data set that is a measured number as most are, and whose digits take so many octets from a place
    /// in its telegram on.
    fn of(set: &DataSet<'_>, start: usize, length: usize, telegram: &[u8]) -> Option<Self> {
        let text = telegram.get(start..)?;
        let digits = Digits::of(text).filter(|digits| digits.length() == length)?;
        let number = Decimal::of_digits(text, digits)?;
        let Measured { field, number: measured, unit } = Measured::of_data_set(set)?;
        let scale = measured.exponent().checked_sub(number.exponent())?;
        let start = u16::try_from(start).ok()?;
        (number.scaled(scale) == measured).then_some(Self { start, digits, field, scale, unit })
    }
}
