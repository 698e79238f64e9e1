//! `table`: for people.

use std::io::Write;

use amshan::{Origin, Raw, Reading, Value};

use super::Seen;
use super::flat::Nameless;
use crate::zone::Times;

/// What stands between two readings.
pub(crate) const BETWEEN: &str = "\n";
/// Width of the column of names.
const NAMES: usize = 34;
/// Width of the column of numbers.
const NUMBERS: usize = 14;

/// Appends the table of a reading.
pub(crate) fn print(
    origin: &Origin,
    reading: &Reading<'_>,
    times: Times<'_>,
    coloured: bool,
    derive: bool,
    seen: &mut Seen,
    out: &mut Vec<u8>,
) {
    let (bold, plain) = if coloured { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    let layout = reading.layout().map_or("no layout", |layout| layout.name);
    let time = reading.clock().map_or_else(|| "no time".to_owned(), |clock| times.of(clock.time).to_string());
    let _ = writeln!(out, "{bold}{time}  {}, {layout}, byte {}{plain}", origin.framing, origin.offset);
    // In the order of the dictionary, so that tables of all meters look alike.
    let mut fields = Vec::new();
    seen.each(reading, |field, value| fields.push((field, *value)), drop);
    fields.sort_by_key(|(field, _)| *field);
    for (field, value) in fields {
        row(out, &field.to_string(), &value, times);
    }
    for (field, value) in reading.derived().filter(|(field, _)| derive && seen.prints(Some(*field))) {
        row(out, &format!("{field} (derived)"), &value, times);
    }
    for object in reading.objects().flatten().filter(|object| object.field.is_none() && seen.prints(None)) {
        let name = Nameless::of(&object).to_string();
        if let Some(value) = &object.value {
            row(out, &name, value, times);
        } else if let Raw::Groups(groups) = &object.raw {
            let texts: Vec<_> =
                groups.clone().map(|group| String::from_utf8_lossy(group.raw()).into_owned()).collect();
            let _ = writeln!(out, "  {name:NAMES$} {}", texts.join("  "));
        }
    }
}

fn row(out: &mut Vec<u8>, name: &str, value: &Value<'_>, times: Times<'_>) {
    let _ = match value {
        Value::Number(number, unit) => {
            let line = format!("  {name:NAMES$} {:>NUMBERS$} {unit}", number.to_string());
            writeln!(out, "{}", line.trim_end())
        }
        other => writeln!(out, "  {name:NAMES$} {}", times.text(other)),
    };
}
