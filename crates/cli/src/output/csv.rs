//! `csv`: a header, then one line a reading (RFC 4180). The columns are always the same: every named quantity.

use std::fmt::Write;

use amshan::{Field, Reading, Value};

/// Sub-meters have columns up to this channel.
const CHANNELS: u8 = 4;

/// Appends the line of a reading, and before the first one the header.
pub(crate) fn print(reading: &Reading<'_>, first: bool, out: &mut String) {
    if first {
        line(out, columns().map(|field| field.to_string()));
    }
    let values: Vec<_> = reading.fields().collect();
    line(
        out,
        columns().map(|column| match values.iter().find(|(field, _)| *field == column) {
            // The unit of a quantity is fixed; a cell that has it is no number to others.
            Some((_, Value::Number(number, _))) => number.to_string(),
            Some((_, value)) => value.to_string(),
            None => String::new(),
        }),
    );
}

fn columns() -> impl Iterator<Item = Field> {
    let main = Field::all().filter(|field| !field.has_channel());
    let channels =
        (1..=CHANNELS).flat_map(|n| Field::all().filter(|f| f.has_channel()).map(move |f| f.at(n)));
    main.chain(channels)
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(',');
        }
        if cell.contains(['"', ',', '\r', '\n']) {
            let _ = write!(out, "\"{}\"", cell.replace('"', "\"\""));
        } else {
            out.push_str(&cell);
        }
    }
    out.push('\n');
}
