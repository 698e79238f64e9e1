//! Trees of data: what the simulator encodes is read as it was.

use amshan_cosem::{Apdu, Body, Data, ErrorKind, MAX_DEPTH, Node};
use amshan_sim::axdr::{Shape, Value};

use crate::cosem::assert_walked;
use crate::input::Choices;

/// No tree has more values.
const MOST: usize = 1000;
/// The tag of floating-point, which the simulator does not know.
const FLOATING_POINT: u8 = 7;

/// A tree of all types comes back value by value, at their places; one that is nested too deep is refused, and one
/// with elements missing is cut.
///
/// ```text
/// options | tree …
/// ```
///
/// | option | meaning |
/// |---|---|
/// | bits 0–3 | octets behind the tree |
/// | bits 4–7 | how many structures more it is in, where that makes it too deep |
///
/// A value is its type (the high bit: its length in the long form) and what the type needs.
pub fn axdr(octets: &[u8]) {
    let mut choices = Choices::new(octets);
    let options = choices.octet();
    let mut budget = MOST;
    let tree = value(&mut choices, 0, &mut budget);
    let encoded = tree.to_vec();
    let trailing = [0x02].repeat(usize::from(options & 0x0F));
    let stream = [&encoded[..], &trailing].concat();

    let (body, rest) = Body::parse(&stream).expect("a tree");
    // A structure of an enum and an array of pairs that begin with null-data may be taken for a list of descriptors.
    if let [0x02, 0x02, 0x16, _, 0x01, _, 0x02, 0x02, 0x00, ..] = encoded[..] {
        return;
    }
    assert!(!body.has_descriptors());
    assert_eq!((rest, body.bytes()), (&trailing[..], &encoded[..]));
    assert_eq!((body.elements(), body.cut()), (elements(&tree).map_or(0, <[Value]>::len), None));
    assert_walked(&body);
    let mut wanted = Vec::new();
    flatten(&tree, 0, &mut wanted);
    let mut walk = body.walk();
    for (value, depth) in wanted {
        let node = walk.next().expect("as many values as were encoded");
        assert_eq!(node.depth, depth, "{value:?}");
        assert!(encoded[node.offset..].starts_with(&value.to_vec()), "{value:?} at {}", node.offset);
        assert_same(value, &node);
    }
    assert!(walk.next().is_none(), "a value that nobody encoded");

    let announced = usize::from(options >> 4) + 1;
    assert_too_deep(&tree, announced);
    if let Value::Structure(items) = plain(&tree) {
        assert_cut(items, items.len() + announced);
    }
}

/// In enough structures, any tree is too deep.
fn assert_too_deep(tree: &Value, more: usize) {
    let deep = (0..more).fold(tree.clone(), |tree, _| Value::Structure(vec![Value::Null, tree]));
    let depth = height(tree) + more;
    match Body::parse(&deep.to_vec()) {
        Ok((body, rest)) => assert!(rest.is_empty() && body.elements() == 2 && depth <= MAX_DEPTH),
        Err(error) => {
            assert!(error.kind == ErrorKind::Depth && depth > MAX_DEPTH, "{error} at depth {depth}")
        }
    }
}

/// A structure that announces more than it has is none, but something that is vouched for keeps what is there.
fn assert_cut(items: &[Value], announced: usize) {
    let encoded = Value::Announcing(announced, items.to_vec()).to_vec();
    let refused = Body::parse(&encoded).expect_err("elements are missing").kind;
    assert!(matches!(refused, ErrorKind::Truncated { .. }), "{refused}");
    let message = [&[0x0F, 0, 0, 0, 0, 0], &encoded[..]].concat();
    match Apdu::parse_vouched(&message) {
        Ok((Apdu::DataNotification(notification), rest)) => {
            let body = notification.body;
            assert!(!items.is_empty() && rest.is_empty());
            assert_eq!(
                (body.elements(), body.cut(), body.bytes()),
                (items.len(), Some(announced), &encoded[..])
            );
            assert_walked(&body);
        }
        Ok(other) => panic!("{other:?}"),
        Err(error) => assert!(items.is_empty(), "{error}"),
    }
}

/// The next value that the octets choose.
fn value(choices: &mut Choices<'_>, depth: usize, budget: &mut usize) -> Value {
    *budget = budget.saturating_sub(1);
    let kind = choices.octet();
    // A container in the deepest place has nothing in it.
    let room = if depth + 1 < MAX_DEPTH { *budget } else { 0 };
    let value = match kind & 0x7F {
        container @ (1 | 2) => {
            let count = usize::from(choices.octet()).min(room);
            let mut items = Vec::new();
            while items.len() < count && *budget > 0 && (items.is_empty() || !choices.is_empty()) {
                items.push(self::value(choices, depth + 1, budget));
            }
            if container == 1 { Value::Array(items) } else { Value::Structure(items) }
        }
        19 => {
            let shape = shape(choices, 0, &mut 40);
            let count = usize::from(choices.octet() & 0x0F);
            let entries = (0..count).map(|_| entry(&shape, choices)).collect();
            Value::Compact(shape, entries)
        }
        tag => return scalar(tag, choices).map_or(Value::Null, |value| long(kind, value)),
    };
    long(kind, value)
}

/// A value with a length is written with the long form of it.
fn long(kind: u8, value: Value) -> Value {
    let has_length = matches!(
        value,
        Value::Array(_)
            | Value::Structure(_)
            | Value::Bits(..)
            | Value::Octets(_)
            | Value::Text(_)
            | Value::Utf8(_)
    );
    if has_length && kind & 0x80 != 0 { Value::Long(Box::new(value)) } else { value }
}

/// A value that holds no others.
fn scalar(tag: u8, choices: &mut Choices<'_>) -> Option<Value> {
    let octets = |choices: &mut Choices<'_>| {
        let count = choices.octet().into();
        choices.octets(count).to_vec()
    };
    Some(match tag {
        3 => Value::Bool(choices.octet() & 1 != 0),
        4 => {
            let octets = octets(choices);
            let unused = usize::from(choices.octet() & 0b111);
            Value::Bits((octets.len() * 8).saturating_sub(unused), octets)
        }
        5 => Value::I32(i32::from_be_bytes(choices.array())),
        6 => Value::U32(u32::from_be_bytes(choices.array())),
        FLOATING_POINT => Value::Raw([&[FLOATING_POINT], &choices.array::<4>()[..]].concat()),
        9 => Value::Octets(octets(choices)),
        10 => Value::Text(octets(choices)),
        12 => Value::Utf8(String::from_utf8_lossy(&octets(choices)).into_owned()),
        13 => Value::Bcd(choices.octet()),
        15 => Value::I8(i8::from_be_bytes(choices.array())),
        16 => Value::I16(i16::from_be_bytes(choices.array())),
        17 => Value::U8(choices.octet()),
        18 => Value::U16(choices.u16()),
        20 => Value::I64(i64::from_be_bytes(choices.array())),
        21 => Value::U64(u64::from_be_bytes(choices.array())),
        22 => Value::Enum(choices.octet()),
        23 => Value::F32(f32::from_be_bytes(choices.array())),
        24 => Value::F64(f64::from_be_bytes(choices.array())),
        25 => Value::DateTime(choices.array()),
        26 => Value::Date(choices.array()),
        27 => Value::Time(choices.array()),
        28 => Value::DeltaI8(i8::from_be_bytes(choices.array())),
        29 => Value::DeltaI16(i16::from_be_bytes(choices.array())),
        30 => Value::DeltaI32(i32::from_be_bytes(choices.array())),
        31 => Value::DeltaU8(choices.octet()),
        32 => Value::DeltaU16(choices.u16()),
        33 => Value::DeltaU32(u32::from_be_bytes(choices.array())),
        0x7F => Value::DontCare,
        _ => return None,
    })
}

/// The description of an entry; `budget` is how many values it may have.
fn shape(choices: &mut Choices<'_>, depth: usize, budget: &mut usize) -> Shape {
    *budget = budget.saturating_sub(1);
    let room = if depth + 1 < MAX_DEPTH { *budget } else { 0 };
    match choices.octet() {
        1 if room > 0 => {
            let count = 1 + usize::from(choices.octet()) % room.min(4);
            // What is in it is there as often.
            let mut each = room / count;
            let element = shape(choices, depth + 1, &mut each);
            *budget = each * count;
            Shape::Array(count as u16, Box::new(element))
        }
        2 if room > 0 => {
            let count = 1 + usize::from(choices.octet() & 0b11);
            Shape::Structure((0..count).map(|_| shape(choices, depth + 1, budget)).collect())
        }
        // Values without octets may not stand there.
        tag @ (3..=7 | 9 | 10 | 12 | 13 | 15..=18 | 20..=33) => Shape::Tag(tag),
        _ => Shape::Tag(17),
    }
}

/// An entry of this shape.
fn entry(shape: &Shape, choices: &mut Choices<'_>) -> Value {
    match shape {
        Shape::Tag(FLOATING_POINT) => Value::Raw(choices.array::<4>().to_vec()),
        Shape::Tag(tag) => scalar(*tag, choices).expect("a type that holds no others"),
        Shape::Array(count, element) => Value::Array((0..*count).map(|_| entry(element, choices)).collect()),
        Shape::Structure(elements) => {
            Value::Structure(elements.iter().map(|element| entry(element, choices)).collect())
        }
    }
}

/// The value, whatever form its length has.
fn plain(value: &Value) -> &Value {
    match value {
        Value::Long(value) => plain(value),
        value => value,
    }
}

fn elements(value: &Value) -> Option<&[Value]> {
    match plain(value) {
        Value::Array(items) | Value::Structure(items) => Some(items),
        _ => None,
    }
}

/// A tree in the order in which it is written, each value with its depth.
fn flatten<'a>(value: &'a Value, depth: usize, out: &mut Vec<(&'a Value, usize)>) {
    out.push((value, depth));
    for item in elements(value).unwrap_or_default() {
        flatten(item, depth + 1, out);
    }
}

/// How many values stand in each other. What nothing stands in needs no place for elements.
fn height(value: &Value) -> usize {
    1 + elements(value).unwrap_or_default().iter().map(height).max().unwrap_or(0)
}

fn assert_same(value: &Value, node: &Node<'_>) {
    let data = &node.data;
    let value = plain(value);
    assert_eq!(data.kind().map(|kind| kind.0), Some(tag(value)), "{value:?}");
    let number = match (value, data) {
        (Value::Null, Data::Null) | (Value::DontCare, Data::DontCare) => None,
        (Value::Array(items), Data::Array(count)) | (Value::Structure(items), Data::Structure(count)) => {
            assert_eq!(items.len(), *count);
            None
        }
        (Value::Bool(value), Data::Boolean(data)) => {
            assert_eq!(value, data);
            None
        }
        (Value::Bits(bits, octets), Data::BitString(data)) => {
            assert_eq!((*bits, &octets[..bits.div_ceil(8)]), (data.bits, data.octets));
            None
        }
        (Value::Raw(octets), Data::FloatingPoint(data)) => {
            assert!(octets.ends_with(data));
            None
        }
        (Value::Octets(octets), Data::OctetString(data))
        | (Value::Text(octets), Data::VisibleString(data)) => {
            assert_eq!(octets, data);
            None
        }
        (Value::Utf8(text), Data::Utf8String(data)) => {
            assert_eq!(text.as_bytes(), *data);
            None
        }
        (Value::Bcd(value), Data::Bcd(data)) => {
            assert_eq!(value, data);
            format!("{value:X}").parse::<i128>().ok()
        }
        (Value::I8(value), Data::Integer(_)) | (Value::DeltaI8(value), Data::DeltaInteger(_)) => {
            Some((*value).into())
        }
        (Value::I16(value), Data::Long(_)) | (Value::DeltaI16(value), Data::DeltaLong(_)) => {
            Some((*value).into())
        }
        (Value::I32(value), Data::DoubleLong(_)) | (Value::DeltaI32(value), Data::DeltaDoubleLong(_)) => {
            Some((*value).into())
        }
        (Value::U8(value), Data::Unsigned(_))
        | (Value::DeltaU8(value), Data::DeltaUnsigned(_))
        | (Value::Enum(value), Data::Enum(_)) => Some((*value).into()),
        (Value::U16(value), Data::LongUnsigned(_)) | (Value::DeltaU16(value), Data::DeltaLongUnsigned(_)) => {
            Some((*value).into())
        }
        (Value::U32(value), Data::DoubleLongUnsigned(_))
        | (Value::DeltaU32(value), Data::DeltaDoubleLongUnsigned(_)) => Some((*value).into()),
        (Value::I64(value), Data::Long64(_)) => Some((*value).into()),
        (Value::U64(value), Data::Long64Unsigned(_)) => Some((*value).into()),
        (Value::F32(value), Data::Float32(data)) => {
            assert_eq!(value.to_bits(), data.to_bits());
            None
        }
        (Value::F64(value), Data::Float64(data)) => {
            assert_eq!(value.to_bits(), data.to_bits());
            None
        }
        (Value::DateTime(octets), Data::DateTime(data)) => {
            assert_eq!(octets, data);
            None
        }
        (Value::Date(octets), Data::Date(data)) => {
            assert_eq!(octets, data);
            None
        }
        (Value::Time(octets), Data::Time(data)) => {
            assert_eq!(octets, data);
            None
        }
        (Value::Compact(shape, entries), Data::CompactArray(data)) => {
            let mut wanted = Vec::new();
            entries.iter().for_each(|entry| flatten(entry, 0, &mut wanted));
            let mut found = data.entries();
            for (value, depth) in wanted {
                let node = found.next().expect("as many values as were encoded");
                assert_eq!(node.depth, depth, "{value:?} in {shape:?}");
                assert_same(value, &node);
            }
            assert!(found.next().is_none(), "a value that nobody encoded");
            None
        }
        _ => panic!("{value:?} is read as {data:?}"),
    };
    assert_eq!(
        data.number().map(|number| number.to_string()),
        number.map(|number| number.to_string()),
        "{value:?}"
    );
}

fn tag(value: &Value) -> u8 {
    if let Value::Raw(_) = value { FLOATING_POINT } else { value.tag() }
}
