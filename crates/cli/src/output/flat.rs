//! `json`: one flat object a line, by the names of the Python package.

use std::fmt::{self, Display};

use amshan::cosem::Data;
use amshan::{DateTime, Entry, Field, Obis, Object, Raw, Reading, Text, Value};

use super::Seen;
use super::json::Json;
use crate::zone::Times;

/// Appends the line of a reading.
pub(crate) fn print(
    reading: &Reading<'_>,
    times: Times<'_>,
    derive: bool,
    seen: &mut Seen,
    out: &mut Vec<u8>,
) {
    write(reading, derive, seen, &mut Json::new(out).with_times(times));
    out.push(b'\n');
}

/// Writes the object: every quantity by its name, the others by their reduced code, those without a code by their
/// place; what follows from them in an object of its own.
pub(super) fn write(reading: &Reading<'_>, derive: bool, seen: &mut Seen, json: &mut Json<'_>) {
    let (mut nameless, mut keys, times) = (Vec::new(), Vec::new(), json.times());
    json.object(|json| {
        let each = |field: Field, value: &Value<'_>| match value {
            Value::Number(number, _) => json.field_number(field, *number),
            value => self::field(json, field, value),
        };
        // They stand behind the fields, the first of each code.
        seen.each(reading, each, |object| {
            let key = Nameless::of(&object);
            // Room for those of most meters at once.
            if keys.is_empty() {
                keys.reserve(8);
                nameless.reserve(256);
            }
            if !keys.contains(&key) {
                item(
                    &mut Json::behind(&mut nameless).with_times(times),
                    key,
                    &object.raw,
                    object.value.as_ref(),
                );
                keys.push(key);
            }
        });
        json.items(&nameless);
        if derive {
            json.key("derived").object(|json| {
                for (field, value) in reading.derived().filter(|(field, _)| seen.prints(Some(*field))) {
                    self::value(json.field(field), &value);
                }
            });
        }
    });
}

/// Writes a field that is no number.
#[inline(never)]
fn field(json: &mut Json<'_>, field: Field, value: &Value<'_>) {
    match value {
        Value::Text(text) => json.field_text(field, *text),
        value => self::value(json.field(field), value),
    }
}

/// What an object without a name is called: its code, with the billing period where that is a past one, its address, or its
/// place.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Nameless<'a> {
    Code(Obis),
    Address(Text<'a>),
    Place(usize),
}

impl<'a> Nameless<'a> {
    pub(super) fn of(object: &Object<'a>) -> Self {
        match (object.obis, object.address) {
            (Some(obis), _) => Self::Code(obis),
            (None, Some(address)) => Self::Address(address),
            (None, None) => Self::Place(object.position.unwrap_or(0)),
        }
    }
}

impl Display for Nameless<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(obis) if obis.f() == 255 => Display::fmt(&obis.reduced(), f),
            Self::Code(obis) => Display::fmt(obis, f),
            Self::Address(address) => Display::fmt(address, f),
            Self::Place(place) => write!(f, "element_{place}"),
        }
    }
}

fn item(json: &mut Json<'_>, key: Nameless<'_>, raw: &Raw<'_>, value: Option<&Value<'_>>) {
    match (raw, value) {
        (_, Some(value)) => self::value(json.key(key), value),
        // An empty text and an element that is not there.
        (Raw::Text(_) | Raw::Data(Data::Null | Data::OctetString(_) | Data::VisibleString(_)), None) => {}
        _ => super::full::raw(json.key(key), raw),
    }
}

/// Writes a value.
pub(super) fn value(json: &mut Json<'_>, value: &Value<'_>) {
    match value {
        Value::Number(number, _) => json.number(*number),
        Value::Text(text) => json.characters(*text),
        Value::Flag(flag) => json.flag(*flag),
        Value::Float(float) => json.float(*float),
        Value::History(history) => json.array(|json| {
            for entry in history.entries() {
                json.object(|json| self::entry(json, entry));
            }
        }),
        Value::Time(time) => json.time(*time),
        other => json.text(other),
    }
}

fn entry(json: &mut Json<'_>, entry: Entry) {
    let mut time = |key, time: Option<DateTime>| {
        if let Some(time) = time {
            json.key(key).time(time);
        }
    };
    match entry {
        Entry::Failure { end, seconds } => {
            time("end_time", end);
            json.key("seconds").number(seconds);
        }
        Entry::Peak { month_end, time: peak, power } => {
            time("month_end", month_end);
            time("peak_time", peak);
            json.key("W").number(power);
        }
        _ => {}
    }
}
