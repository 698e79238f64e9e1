//! `json`: one flat object a line, by the names of the Python package.

use std::fmt::Display;

use amshan::{Raw, Reading, Value};

use super::json::Json;

/// Appends the line of a reading.
pub(crate) fn print(reading: &Reading<'_>, out: &mut String) {
    write(reading, &mut Json::new(out));
    out.push('\n');
}

/// Writes the object: every quantity by its name, the others by their reduced code, those without a code by their
/// place.
pub(super) fn write(reading: &Reading<'_>, json: &mut Json<'_>) {
    json.object(|json| {
        for (field, value) in reading.fields() {
            self::value(json.key(field), value);
        }
        let mut seen = Vec::new();
        for object in reading.objects().flatten().filter(|object| object.field.is_none()) {
            match (object.obis, object.address) {
                (Some(obis), _) if seen.contains(&obis) => {}
                (Some(obis), _) => {
                    seen.push(obis);
                    item(json, obis.reduced(), &object.raw, object.value);
                }
                (None, Some(address)) => item(json, address, &object.raw, object.value),
                (None, None) => {
                    let place = format_args!("element_{}", object.position.unwrap_or(0)).to_string();
                    item(json, place, &object.raw, object.value);
                }
            }
        }
    });
}

fn item(json: &mut Json<'_>, key: impl Display, raw: &Raw<'_>, value: Option<Value<'_>>) {
    match (raw, value) {
        (_, Some(value)) => self::value(json.key(key), value),
        (Raw::Nested(..) | Raw::Groups(_), None) => super::full::raw(json.key(key), raw),
        (Raw::Data(_) | Raw::Text(_), None) => {}
    }
}

/// Writes a value.
pub(super) fn value(json: &mut Json<'_>, value: Value<'_>) {
    match value {
        Value::Number(number) => json.plain(number),
        Value::Flag(flag) => json.plain(flag),
        Value::Float(float) => json.float(float),
        Value::Time(time) => json.text(time),
        other => json.text(other),
    }
}
