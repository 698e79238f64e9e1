//! `full`: one object a line with everything known of a message.

use amshan::cosem::{Data, Walk};
use amshan::{By, DateTime, Flaw, Object, Origin, Raw, Reading, Text, Unit, Value};

use super::json::Json;
use super::{Seen, flat};
use crate::zone::Times;

/// Appends the line of a reading.
pub(crate) fn print(
    origin: &Origin,
    reading: &Reading<'_>,
    times: Times<'_>,
    derive: bool,
    seen: &mut Seen,
    out: &mut Vec<u8>,
) {
    Json::new(out).with_times(times).object(|json| {
        json.key("offset").plain(origin.offset);
        json.key("length").plain(origin.length);
        json.key("framing").text(origin.framing);
        json.key("frames").plain(origin.frames);
        json.key("link");
        match origin.link {
            None => json.null(),
            Some(link) => json.object(|json| {
                json.key("destination").text(link.destination);
                json.key("source").text(link.source);
                json.key("control").text(format_args!("{:02x}", link.control));
            }),
        }
        json.key("security");
        match reading.security() {
            None => json.null(),
            Some(security) => json.object(|json| {
                json.key("system_title").text(security.system_title);
                json.key("control").plain(security.control.0);
                json.key("counter").plain(security.counter);
                json.key("authenticated").plain(security.authenticated);
            }),
        }
        json.key("layout").object(|json| {
            json.key("name");
            match reading.layout() {
                Some(layout) => json.text(layout.name),
                None => json.null(),
            }
            json.key("by").text(match reading.by() {
                By::Layout => "layout",
                By::Obis => "obis",
                By::Tree => "tree",
            });
        });
        json.key("clock");
        match reading.clock() {
            None => json.null(),
            Some(clock) => json.object(|json| {
                self::clock(json, clock.time, times);
                json.key("from").text(if clock.in_list { "list" } else { "notification" });
            }),
        }
        flat::write(reading, derive, seen, json.key("fields"));
        json.key("objects").array(|json| {
            for item in reading.objects() {
                match item {
                    Ok(object) if seen.prints(object.field) => self::object(json, &object),
                    Ok(_) => {}
                    Err(flaw) => self::flaw(json, &flaw),
                }
            }
        });
    });
    out.push(b'\n');
}

/// A clock, and where there is a zone, whose word the offset is.
fn clock(json: &mut Json<'_>, time: DateTime, times: Times<'_>) {
    json.key("local").text(time.without_deviation());
    json.key("offset_minutes");
    let (sent, offset) = (time.offset_minutes(), times.of(time).offset_minutes());
    match offset {
        Some(minutes) => json.plain(minutes),
        None => json.null(),
    }
    if times.are_placed() {
        json.key("offset_from");
        match (sent, offset) {
            (Some(_), _) => json.text("message"),
            (None, Some(_)) => json.text("timezone"),
            (None, None) => json.null(),
        }
    }
    json.key("status");
    match time.status() {
        Some(status) => json.plain(status.0),
        None => json.null(),
    }
}

fn object(json: &mut Json<'_>, object: &Object<'_>) {
    json.object(|json| {
        if let Some(position) = object.position {
            json.key("position").plain(position);
        }
        if let Some(obis) = object.obis {
            json.key("obis").text(obis);
        }
        if let Some(address) = object.address {
            json.key("address").text(address);
        }
        if let Some(field) = object.field {
            json.key("field").text(field);
        }
        match &object.raw {
            Raw::Groups(_) => raw(json.key("texts"), &object.raw),
            other => raw(json.key("raw"), other),
        }
        if let Some(scale) = object.scale {
            json.key("scale").plain(scale);
        }
        match (&object.value, &object.raw) {
            (Some(value), _) => flat::value(json.key("value"), value),
            (None, Raw::Text(text)) => json.key("value").characters(Text::new(text)),
            (None, _) => {}
        }
        if let Some(unit) = object.value.as_ref().map(Value::unit).filter(|unit| *unit != Unit::NONE) {
            json.key("unit").text(unit);
        }
        if let Some(time) = object.time {
            json.key("time").time(time);
        }
    });
}

fn flaw(json: &mut Json<'_>, flaw: &Flaw<'_>) {
    json.object(|json| {
        json.key("position").plain(flaw.position);
        if let Some(obis) = flaw.obis {
            json.key("obis").text(obis);
        }
        raw(json.key("raw"), &flaw.raw);
        json.key("error").text(flaw.kind);
    });
}

/// Writes what the wire says.
pub(super) fn raw(json: &mut Json<'_>, raw: &Raw<'_>) {
    match raw {
        Raw::Text(text) => json.characters(Text::new(text)),
        Raw::Groups(values) => json.array(|json| {
            for value in values.clone() {
                json.characters(Text::new(value.raw()));
            }
        }),
        Raw::Data(data) => self::data(json, data),
        Raw::Nested(body) => {
            let mut walk = body.walk();
            walk.next();
            json.array(|json| elements(json, walk));
        }
    }
}

fn elements(json: &mut Json<'_>, mut walk: Walk<'_>) {
    while let Some(node) = walk.next() {
        match node.data.elements() {
            Some(_) => json.array(|json| elements(json, walk.children(&node))),
            None => data(json, &node.data),
        }
    }
}

/// A value without elements: numbers as such, octets as text where they are text, else in hex.
fn data(json: &mut Json<'_>, data: &Data<'_>) {
    if let Some(number) = data.number() {
        return json.number(number);
    }
    if let Some(octets) = data.octets() {
        return match Text::printable(octets) {
            Some(text) => json.characters(text),
            None => json.text(Value::Octets(octets)),
        };
    }
    match data {
        Data::Boolean(flag) => json.flag(*flag),
        Data::Float32(float) => json.float(f64::from(*float)),
        Data::Float64(float) => json.float(*float),
        Data::BitString(bits) => json.text(Value::Octets(bits.octets)),
        Data::FloatingPoint(octets) => json.text(Value::Octets(octets)),
        Data::Bcd(octet) => json.text(Value::Octets(&[*octet])),
        Data::DateTime(octets) => json.text(Value::Octets(octets)),
        Data::Date(octets) => json.text(Value::Octets(octets)),
        Data::Time(octets) => json.text(Value::Octets(octets)),
        Data::CompactArray(array) => json.array(|json| {
            array
                .entries()
                .filter(|node| node.data.elements().is_none())
                .for_each(|node| self::data(json, &node.data));
        }),
        _ => json.null(),
    }
}
