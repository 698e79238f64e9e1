//! How readings are printed, one file a format.

mod csv;
mod flat;
mod full;
mod json;
mod table;

use amshan::{Origin, Reading};

pub use crate::args::Format;

pub(crate) use json::Json;

/// Prints readings in one format.
#[derive(Debug)]
pub struct Printer {
    format: Format,
    coloured: bool,
    derive: bool,
    started: bool,
}

impl Printer {
    /// With `derive`, what follows from a message is printed with it.
    pub const fn new(format: Format, coloured: bool, derive: bool) -> Self {
        Self { format, coloured, derive, started: false }
    }

    /// Appends a reading to `out`.
    pub fn print(&mut self, origin: &Origin, reading: &Reading<'_>, out: &mut String) {
        let first = !std::mem::replace(&mut self.started, true);
        match self.format {
            Format::Table => table::print(origin, reading, self.coloured, self.derive, first, out),
            Format::Json => flat::print(reading, self.derive, out),
            Format::Full => full::print(origin, reading, self.derive, out),
            Format::Csv => csv::print(reading, first, out),
        }
    }
}
