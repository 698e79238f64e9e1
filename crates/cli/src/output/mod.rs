//! How readings are printed, one file a format.

mod csv;
mod flat;
mod full;
mod json;
mod table;

use amshan::{Origin, Reading};

pub use crate::args::Format;

pub(crate) use json::Json;

/// Prints the readings of one input in one format.
#[derive(Debug, Clone, Copy)]
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

    /// What stands before the readings of all inputs.
    pub fn head(&self) -> Vec<u8> {
        if self.format == Format::Csv { csv::head() } else { Vec::new() }
    }

    /// What stands between the readings of two inputs.
    pub const fn between(&self) -> &'static str {
        if matches!(self.format, Format::Table) { table::BETWEEN } else { "" }
    }

    /// Appends a reading to `out`.
    pub fn print(&mut self, origin: &Origin, reading: &Reading<'_>, out: &mut Vec<u8>) {
        let first = !std::mem::replace(&mut self.started, true);
        match self.format {
            Format::Table => {
                out.extend_from_slice(if first { "" } else { table::BETWEEN }.as_bytes());
                table::print(origin, reading, self.coloured, self.derive, out);
            }
            Format::Json => flat::print(reading, self.derive, out),
            Format::Full => full::print(origin, reading, self.derive, out),
            Format::Csv => csv::print(reading, out),
        }
    }
}
