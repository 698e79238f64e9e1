//! How readings are printed, one file a format.

mod csv;
mod flat;
mod full;
mod json;
mod key;
mod short;
mod table;

use std::cell::RefCell;

use amshan::meters::Telling;
use amshan::{Field, Object, Origin, Reading, Value};

pub use crate::args::Format;
use crate::zone::{Doubt, Doubts, Times, Zone};

pub(crate) use json::Json;

/// Prints the readings of one input in one format.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    format: Format,
    coloured: bool,
    derive: bool,
    /// These fields and nothing else; everything if there are none.
    only: &'static [Field],
    started: bool,
    zone: Option<&'static Zone>,
}

impl Printer {
    /// With `derive`, what follows from a message is printed with it.
    pub const fn new(format: Format, coloured: bool, derive: bool) -> Self {
        Self { format, coloured, derive, only: &[], started: false, zone: None }
    }

    /// Times that say no offset are printed with that of this zone.
    pub(crate) const fn in_zone(self, zone: Option<&'static Zone>) -> Self {
        Self { zone, ..self }
    }

    /// The same for these fields and nothing else; for everything if there are none.
    #[must_use]
    pub const fn only(self, fields: &'static [Field]) -> Self {
        Self { only: fields, ..self }
    }

    /// What stands before the readings of all inputs.
    pub fn head(&self) -> Vec<u8> {
        if self.format == Format::Csv { csv::head(self.only) } else { Vec::new() }
    }

    /// What stands between the readings of two inputs.
    pub const fn between(&self) -> &'static str {
        if matches!(self.format, Format::Table) { table::BETWEEN } else { "" }
    }

    /// Appends a reading to `out`, and tells what came by.
    pub fn print(&mut self, origin: &Origin, reading: &Reading<'_>, out: &mut Vec<u8>) -> Seen {
        let doubts = RefCell::default();
        let times = Times::new(self.zone, reading, &doubts);
        let first = !std::mem::replace(&mut self.started, true);
        let mut seen = Seen { only: self.only, ..Seen::default() };
        match self.format {
            Format::Table => {
                out.extend_from_slice(if first { "" } else { table::BETWEEN }.as_bytes());
                table::print(origin, reading, times, self.coloured, self.derive, &mut seen, out);
            }
            Format::Json => flat::print(reading, times, self.derive, &mut seen, out),
            Format::Full => full::print(origin, reading, times, self.derive, &mut seen, out),
            Format::Csv => csv::print(reading, times, &mut seen, out),
        }
        seen.misplaced = doubts.into_inner();
        seen.misplaced.sort_by_key(Doubt::number);
        seen
    }
}

/// What came by while a reading was printed, so that it need not be looked at again.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Whether there are objects that make no sense.
    pub flaws: bool,
    /// What tells whether the reading can be right.
    pub telling: Telling,
    /// What is to be said of its times in the zone.
    pub(crate) misplaced: Doubts,
    /// What is printed of it.
    only: &'static [Field],
}

impl Seen {
    /// Whether something is printed; of no field: what is none.
    #[inline(never)]
    fn prints(&self, field: Option<Field>) -> bool {
        self.only.is_empty() || field.is_some_and(|field| self.only.contains(&field))
    }

    /// Does something with every field of a reading, and something else with every object that is none.
    fn each<'a>(
        &mut self,
        reading: &Reading<'a>,
        mut each: impl FnMut(Field, &Value<'a>),
        mut other: impl FnMut(Object<'a>),
    ) {
        let mut flaws = false;
        let all = self.prints(None);
        let other = |object: Result<Object<'a>, _>| match object {
            Ok(object) if all => other(object),
            Ok(_) => {}
            Err(_) => flaws = true,
        };
        let telling = &mut self.telling;
        let mut note = |field, value: &Value<'a>| {
            if let Value::Number(number, _) = value {
                telling.note(field, *number);
            }
        };
        if self.only.is_empty() {
            reading.each_field(
                |field, value| {
                    note(field, value);
                    each(field, value);
                },
                other,
            );
        } else {
            let chosen = |field, value: &Value<'a>| {
                note(field, value);
                if self.only.contains(&field) {
                    each(field, value);
                }
            };
            reading.each_field(chosen, other);
        }
        self.flaws = flaws;
    }
}
