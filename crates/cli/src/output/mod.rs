//! How readings are printed, one file a format.

mod csv;
mod flat;
mod full;
mod json;
mod table;

use amshan::{Origin, Reading};

use crate::args::Format;

/// Prints readings in one format.
#[derive(Debug)]
pub(crate) struct Printer {
    format: Format,
    coloured: bool,
    started: bool,
}

impl Printer {
    pub(crate) const fn new(format: Format, coloured: bool) -> Self {
        Self { format, coloured, started: false }
    }

    /// Appends a reading to `out`.
    pub(crate) fn print(&mut self, origin: &Origin, reading: &Reading<'_>, out: &mut String) {
        let first = !std::mem::replace(&mut self.started, true);
        match self.format {
            Format::Table => table::print(origin, reading, self.coloured, first, out),
            Format::Json => flat::print(reading, out),
            Format::Full => full::print(origin, reading, out),
            Format::Csv => csv::print(reading, first, out),
        }
    }
}
