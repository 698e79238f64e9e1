//! `csv`: a header, then one line a reading (RFC 4180). The columns are always the same: every named quantity, or those
//! that were chosen.

use std::io::Write;

use amshan::{Field, Reading, Value};

use super::Seen;
use crate::zone::Times;

/// Sub-meters have columns up to this channel.
const CHANNELS: u8 = 4;

/// The header.
pub(crate) fn head(only: &'static [Field]) -> Vec<u8> {
    let mut head = Vec::new();
    line(&mut head, columns(only).map(|field| field.to_string()));
    head
}

/// Appends the line of a reading.
pub(crate) fn print(reading: &Reading<'_>, times: Times<'_>, seen: &mut Seen, out: &mut Vec<u8>) {
    let mut values = Vec::new();
    seen.each(reading, |field, value| values.push((field, *value)), drop);
    line(
        out,
        columns(seen.only).map(|column| match values.iter().find(|(field, _)| *field == column) {
            // The unit of a quantity is fixed; a cell that has it is no number to others.
            Some((_, Value::Number(number, _))) => number.to_string(),
            Some((_, value)) => times.text(value),
            None => String::new(),
        }),
    );
}

fn columns(only: &'static [Field]) -> impl Iterator<Item = Field> {
    let all = only.is_empty();
    let main = Field::all().filter(move |field| all && !field.has_channel());
    let channels =
        (1..=CHANNELS).flat_map(|n| Field::all().filter(|f| f.has_channel()).map(move |f| f.at(n)));
    only.iter().copied().chain(main).chain(channels.filter(move |_| all))
}

fn line(out: &mut Vec<u8>, cells: impl Iterator<Item = String>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        if cell.contains(['"', ',', '\r', '\n']) {
            let _ = write!(out, "\"{}\"", cell.replace('"', "\"\""));
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
    }
    out.push(b'\n');
}
