//! The data of a message: every value of A-XDR, and what it means.

use std::collections::BTreeMap;

use amshan::cosem::{Body, Data, ErrorKind, MAX_DEPTH, ScalerUnit, Type, parse};
use amshan::{DateTime, Decimal, Obis, Raw, Reading, Text, Unit, Value};

use super::Trust;
use super::sheet::{Pen, count, hex};

/// How many values of a compact array are looked at; descriptions can make millions of few octets.
const COMPACT: usize = 100_000;

/// What a reading makes of the values, by where in a message they begin.
#[derive(Debug, Default)]
pub(super) struct Notes(BTreeMap<usize, Note>);

#[derive(Debug)]
struct Note {
    means: String,
    /// What is wrong with it.
    flaw: Option<String>,
}

impl Notes {
    /// Those of a reading whose values lie in these octets.
    pub(super) fn of(&mut self, reading: &Reading<'_>, octets: &[u8]) {
        for (value, object) in reading.placed() {
            let place = (value.as_ptr() as usize).saturating_sub(octets.as_ptr() as usize);
            let note = match object {
                Ok(object) => {
                    let name = match (object.field, object.obis) {
                        (Some(field), _) => field.to_string(),
                        (None, Some(obis)) => obis.reduced().to_string(),
                        (None, None) => String::new(),
                    };
                    let nested = matches!(object.raw, Raw::Nested(_));
                    // Octets without a name say nothing more than they say by themselves.
                    let bare = object.field.is_none() && matches!(object.value, Some(Value::Octets(_)));
                    match object.value.filter(|_| !name.is_empty() && !bare) {
                        Some(value) => Note { means: format!("{name} {}", said(&value)), flaw: None },
                        None if nested => Note { means: name, flaw: None },
                        None => continue,
                    }
                }
                Err(flaw) => Note { means: String::new(), flaw: Some(flaw.to_string()) },
            };
            self.0.insert(place, note);
        }
    }

    /// The values begin so many octets later.
    pub(super) fn shift(&mut self, by: usize) {
        let notes = std::mem::take(&mut self.0);
        self.0 = notes.into_iter().map(|(place, note)| (place.saturating_add(by), note)).collect();
    }
}

/// A value without control characters.
pub(super) fn said(value: &Value<'_>) -> String {
    clean(&value.to_string())
}

/// A text on one line: what can't be seen of it is escaped.
pub(super) fn clean(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars() {
        if c.is_control() { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

/// The body that octets are to their end, cut or not.
pub(super) fn parsed(octets: &[u8]) -> Option<Body<'_>> {
    Body::parse(octets).ok().map(|(body, _)| body)
}

/// A body whose outermost container announces only the elements of it that are whole: so a message that breaks off can
/// be read up to there.
pub(super) fn whole(octets: &[u8]) -> Vec<u8> {
    let [tag @ (0x01 | 0x02), announced @ 0..=0x7F, inside @ ..] = octets else { return Vec::new() };
    let (mut rest, mut count) = (inside, 0u8);
    while count < *announced {
        let Ok((_, behind)) = Body::parse(rest) else { break };
        rest = behind;
        count = count.saturating_add(1);
    }
    let elements = inside.get(..inside.len().saturating_sub(rest.len())).unwrap_or_default();
    [&[*tag, count], elements].concat()
}

/// A container that is being read.
#[derive(Debug)]
struct Level {
    kind: Type,
    announced: usize,
    due: usize,
    place: usize,
}

/// Says what the data is that begins here. `before`: how many octets of the message stand before it, as the notes count.
/// Returns whether it was read to its end.
pub(super) fn body(pen: &mut Pen<'_, '_>, notes: &Notes, before: usize, trust: Trust) -> bool {
    pen.layer = "data";
    let (octets, start, base) = (pen.left(), pen.place(), pen.depth);
    let described = match Body::parse(octets) {
        Ok((body, _)) => body.has_descriptors(),
        Err(_) => matches!(octets, [0x02, 0x02, 0x16, _, 0x01, 1..=0x7F, 0x02, 0x02, 0x00, ..]),
    };
    let mut levels: Vec<Level> = Vec::new();
    let mut began = false;
    // What the elements of a structure are that begins here.
    let mut labels: &[Label] = &[];
    while !began || !levels.is_empty() {
        began = true;
        pen.depth = base.saturating_add(levels.len());
        let left = pen.left();
        if left.is_empty() {
            cut(pen, &levels, base, trust);
            return false;
        }
        let place = pen.place().saturating_sub(start).saturating_add(before);
        let descriptor = described
            && left.first() == Some(&0)
            && levels.len() == 3
            && levels.last().is_some_and(|level| level.due == 2);
        let read = if descriptor {
            parse::attribute_descriptor(left)
                .ok()
                .map(|(rest, descriptor)| (rest, Data::Descriptor(descriptor)))
        } else {
            parse::value(left).ok()
        };
        let Some((rest, data)) = read else {
            broken(pen, &levels, trust);
            pen.depth = base;
            return false;
        };
        let size = left.len().saturating_sub(rest.len());
        if let Some(level) = levels.last_mut() {
            level.due = level.due.saturating_sub(1);
        }
        let label = match labels.split_first() {
            Some((label, others)) if data.elements().is_none() => {
                labels = others;
                *label
            }
            _ => {
                labels = Label::of(left);
                Label::None
            }
        };
        value(pen, size, &data, label, notes.0.get(&place));
        if let (Some(announced @ 1..), Some(kind)) = (data.elements(), data.kind()) {
            if levels.len() >= MAX_DEPTH {
                pen.stop(0, format_args!("the data is nested deeper than {MAX_DEPTH}"), "");
                pen.depth = base;
                return false;
            }
            levels.push(Level { kind, announced, due: announced, place: pen.place().saturating_sub(size) });
        }
        while levels.last().is_some_and(|level| level.due == 0) {
            levels.pop();
        }
    }
    pen.depth = base;
    true
}

/// What an element is of a structure that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    None,
    Scale,
    Unit,
    Class,
    Attribute,
    Index,
}

impl Label {
    /// Those of the elements of the structure that octets begin with: {scaler, unit}, or {class, code, attribute, index}
    /// of a definition.
    fn of(octets: &[u8]) -> &'static [Self] {
        match octets {
            [0x02, 0x04..=0x7F, 0x12, _, _, 0x09, 0x06, _, _, _, _, _, _, 0x0F, _, 0x12, ..] => {
                &[Self::Class, Self::None, Self::Attribute, Self::Index]
            }
            _ if ScalerUnit::at_start(octets).is_some() => &[Self::Scale, Self::Unit],
            _ => &[],
        }
    }

    fn say(self, data: &Data<'_>) -> String {
        let said = content(data);
        match (self, data) {
            (Self::Scale, Data::Integer(scaler)) => format!("scale: times {}", Decimal::new(1, *scaler)),
            (Self::Unit, Data::Enum(code)) => match Unit::from_code(*code).to_string() {
                none if none.is_empty() => "unit: none".to_owned(),
                unit => format!("unit: {unit}"),
            },
            (Self::Class, _) => format!("class: {said}"),
            (Self::Attribute, _) => format!("attribute: {said}"),
            (Self::Index, _) => format!("index: {said}"),
            _ => said,
        }
    }
}

/// The row of one value.
fn value(pen: &mut Pen<'_, '_>, size: usize, data: &Data<'_>, label: Label, note: Option<&Note>) {
    if let Data::CompactArray(array) = data {
        let head = size.saturating_sub(array.contents().len());
        pen.row(head, "compact-array", count(array.contents().len(), "octet"));
        let depth = pen.depth;
        let (contents, first) = (array.contents().len(), pen.place());
        let mut leaves =
            array.entries().take(COMPACT).filter(|node| node.data.elements().is_none()).peekable();
        while let Some(node) = leaves.next() {
            let next = leaves.peek().map_or(contents, |next| next.offset);
            let size = next.saturating_sub(node.offset);
            // Only what has octets has a row.
            if size > 0 {
                pen.depth = depth.saturating_add(1).saturating_add(node.depth);
                pen.row(size, name(&node.data), content(&node.data));
            }
        }
        pen.depth = depth;
        let done = pen.place().saturating_sub(first);
        if done < contents {
            pen.row(contents.saturating_sub(done), "not read", "");
        }
        return;
    }
    let said = label.say(data);
    match note {
        Some(Note { flaw: Some(flaw), .. }) => {
            pen.doubt(0, flaw, "the value is left out; its neighbours are read");
            pen.flaw(size, name(data), said, flaw);
        }
        Some(note) => pen.quantity(size, name(data), said, note.means.clone()),
        None => pen.row(size, name(data), said),
    }
}

/// What kind of value it is.
fn name(data: &Data<'_>) -> String {
    let kind = data.kind().and_then(Type::name).unwrap_or("attribute descriptor");
    match data {
        Data::Array(count) | Data::Structure(count) => format!("{kind} of {count}"),
        Data::OctetString(octets) | Data::VisibleString(octets) | Data::Utf8String(octets) => {
            format!("{kind} of {}", octets.len())
        }
        _ => kind.to_owned(),
    }
}

/// What the wire says.
fn content(data: &Data<'_>) -> String {
    if let Some(number) = data.number() {
        return number.to_string();
    }
    let time = |octets: &[u8; 12]| DateTime::from_octets(*octets).ok().filter(|time| time.is_complete());
    if let Some(octets) = data.octets() {
        if let Data::OctetString([a @ 0..=15, b, c, d, e, f]) = data {
            let obis = Obis::new(*a, *b, *c, *d, *e, *f);
            return format!("code: {}", obis.reduced());
        }
        let text = Text::printable(octets).filter(|text| !text.is_empty());
        let time = octets.first_chunk().filter(|_| octets.len() == 12).and_then(time);
        return match (text, time) {
            (Some(text), _) => format!("\"{text}\""),
            (None, Some(time)) => time.to_string(),
            (None, None) => hex(octets),
        };
    }
    match data {
        Data::Null => "nothing".to_owned(),
        Data::Boolean(flag) => flag.to_string(),
        Data::Float32(float) => float.to_string(),
        Data::Float64(float) => float.to_string(),
        Data::BitString(bits) => format!("{} bits: {}", bits.bits, hex(bits.octets)),
        Data::DateTime(octets) => time(octets).map_or_else(|| hex(octets), |time| time.to_string()),
        Data::Descriptor(descriptor) => {
            let (code, class) = (descriptor.obis.reduced(), descriptor.class);
            format!("code: {code}, class {class}, attribute {}", descriptor.attribute)
        }
        Data::FloatingPoint(octets) | Data::Time(octets) => hex(octets),
        Data::Date(octets) => hex(octets),
        Data::Bcd(octet) => hex(&[*octet]),
        _ => String::new(),
    }
}

/// The octets end before the data does.
fn cut(pen: &mut Pen<'_, '_>, levels: &[Level], base: usize, trust: Trust) {
    pen.depth = base;
    if let Some(level) = levels.first() {
        // Inside another container the element that was begun is not whole.
        let begun = usize::from(levels.len() > 1);
        let there = level.announced.saturating_sub(level.due).saturating_sub(begun);
        let offset = pen.offset_of(level.place);
        pen.stop(
            0,
            format_args!(
                "the data ends early: the {} at byte {offset} announces {}, and {there} of them are whole",
                level.kind,
                count(level.announced, "element")
            ),
            if trust.vouches() {
                "the meter sends it so: what is whole can be used"
            } else {
                "octets are missing from here on, or one before was changed"
            },
        );
    }
    pen.check(0, "end of the data", "elements are missing", false);
}

/// The octets here are no value.
fn broken(pen: &mut Pen<'_, '_>, levels: &[Level], trust: Trust) {
    let left = pen.left();
    let tag = left.first().copied().unwrap_or_default();
    let kind = match Body::parse(left) {
        Err(error) => error.kind,
        Ok(_) => ErrorKind::Empty,
    };
    let (reason, row) = match kind {
        ErrorKind::UnknownType(tag) => (
            format!(
                "{tag:02x} is no data type; how long its value is can't be known, so that nothing behind it can be read"
            ),
            "no data type".to_owned(),
        ),
        ErrorKind::Truncated { missing } => {
            let missing = count(missing, "octet");
            (
                format!("the {} here is cut: {missing} more would follow", Type(tag)),
                format!("cut: {missing} missing"),
            )
        }
        ErrorKind::Length(first) => (
            format!("the length {first:02x} of the {} here is not allowed", Type(tag)),
            "wrong length".to_owned(),
        ),
        other => (other.to_string(), "makes no sense".to_owned()),
    };
    let inside = levels.first().map(|level| {
        let begun = usize::from(levels.len() > 1);
        let there = level.announced.saturating_sub(level.due).saturating_sub(begun);
        format!(" ({there} of the {} before it are whole)", count(level.announced, "element"))
    });
    let hint = match (trust.vouches(), kind) {
        (false, ErrorKind::Truncated { .. }) => {
            "octets are missing: the message was cut, or some were lost before"
        }
        (false, _) => "the octet was changed, or others were lost before it",
        _ => "the checks are right, so the meter sends it so: please report it, with this text",
    };
    pen.stop(0, format!("{reason}{}", inside.unwrap_or_default()), hint);
    match kind {
        ErrorKind::UnknownType(tag) => pen.check(1, format_args!("data type {tag:02x}"), row, false),
        _ => pen.check(usize::MAX, Type(tag), row, false),
    }
}
