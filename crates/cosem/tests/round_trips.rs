//! What the simulator encodes is read as it was, type by type; what is cut short gives nothing.

use amshan_cosem::{Apdu, BitString, Block, BlockPart, BlockSeries, Body, Data, ErrorKind};
use amshan_sim::apdu::{HeaderTime, blocks, data_notification};
use amshan_sim::axdr::{Shape, Value};
use proptest::array::{uniform4, uniform12};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// The types that hold no others.
const SCALARS: [u8; 29] = [
    0, 3, 4, 5, 6, 7, 9, 10, 12, 13, 15, 16, 17, 18, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33,
    255,
];

/// A value of a type that holds no others. The simulator has no floating-point (7): its octets stand for it.
fn scalar(tag: u8) -> BoxedStrategy<Value> {
    let octets = || vec(any::<u8>(), 0..200);
    match tag {
        0 => Just(Value::Null).boxed(),
        3 => any::<bool>().prop_map(Value::Bool).boxed(),
        4 => (octets(), 0..8usize)
            .prop_map(|(octets, unused)| Value::Bits((octets.len() * 8).saturating_sub(unused), octets))
            .boxed(),
        5 => any::<i32>().prop_map(Value::I32).boxed(),
        6 => any::<u32>().prop_map(Value::U32).boxed(),
        7 => uniform4(any::<u8>()).prop_map(|octets| Value::Raw(octets.to_vec())).boxed(),
        9 => octets().prop_map(Value::Octets).boxed(),
        10 => octets().prop_map(Value::Text).boxed(),
        12 => any::<String>().prop_map(Value::Utf8).boxed(),
        13 => any::<u8>().prop_map(Value::Bcd).boxed(),
        15 => any::<i8>().prop_map(Value::I8).boxed(),
        16 => any::<i16>().prop_map(Value::I16).boxed(),
        17 => any::<u8>().prop_map(Value::U8).boxed(),
        18 => any::<u16>().prop_map(Value::U16).boxed(),
        20 => any::<i64>().prop_map(Value::I64).boxed(),
        21 => any::<u64>().prop_map(Value::U64).boxed(),
        22 => any::<u8>().prop_map(Value::Enum).boxed(),
        23 => any::<u32>().prop_map(|bits| Value::F32(f32::from_bits(bits))).boxed(),
        24 => any::<u64>().prop_map(|bits| Value::F64(f64::from_bits(bits))).boxed(),
        25 => uniform12(any::<u8>()).prop_map(Value::DateTime).boxed(),
        26 => any::<[u8; 5]>().prop_map(Value::Date).boxed(),
        27 => any::<[u8; 4]>().prop_map(Value::Time).boxed(),
        28 => any::<i8>().prop_map(Value::DeltaI8).boxed(),
        29 => any::<i16>().prop_map(Value::DeltaI16).boxed(),
        30 => any::<i32>().prop_map(Value::DeltaI32).boxed(),
        31 => any::<u8>().prop_map(Value::DeltaU8).boxed(),
        32 => any::<u16>().prop_map(Value::DeltaU16).boxed(),
        33 => any::<u32>().prop_map(Value::DeltaU32).boxed(),
        255 => Just(Value::DontCare).boxed(),
        _ => unreachable!("{tag} is no type of these"),
    }
}

/// The same with its tag, and perhaps with its length in the long form.
fn leaf() -> impl Strategy<Value = Value> {
    let value = select(&SCALARS).prop_flat_map(|tag| scalar(tag).prop_map(move |value| (tag, value)));
    (value, any::<bool>()).prop_map(|((tag, value), long)| match (tag, value) {
        (7, Value::Raw(octets)) => Value::Raw([&[7], &octets[..]].concat()),
        (4 | 9 | 10 | 12, value) if long => Value::Long(Box::new(value)),
        (_, value) => value,
    })
}

/// The description of an entry of a compact array. What has no octets may not stand there.
fn shape() -> impl Strategy<Value = Shape> {
    let tags: Vec<u8> = SCALARS.into_iter().filter(|tag| !matches!(tag, 0 | 255)).collect();
    select(tags).prop_map(Shape::Tag).prop_recursive(3, 8, 3, |element| {
        prop_oneof![
            (1..4u16, element.clone()).prop_map(|(count, element)| Shape::Array(count, Box::new(element))),
            vec(element, 1..4).prop_map(Shape::Structure),
        ]
    })
}

/// An entry of this shape.
fn entry(shape: &Shape) -> BoxedStrategy<Value> {
    match shape {
        Shape::Tag(tag) => scalar(*tag),
        Shape::Array(count, element) => {
            vec(entry(element), usize::from(*count)).prop_map(Value::Array).boxed()
        }
        Shape::Structure(elements) => {
            elements.iter().map(entry).collect::<Vec<_>>().prop_map(Value::Structure).boxed()
        }
    }
}

fn compact() -> impl Strategy<Value = Value> {
    shape().prop_flat_map(|shape| {
        vec(entry(&shape), 0..4).prop_map(move |all| Value::Compact(shape.clone(), all))
    })
}

fn tree() -> impl Strategy<Value = Value> {
    prop_oneof![8 => leaf(), 1 => compact()]
        .prop_recursive(5, 40, 6, |element| {
            (vec(element, 0..6), 0..4u8).prop_map(|(items, form)| match form {
                0 => Value::Array(items),
                1 => Value::Long(Box::new(Value::Array(items))),
                2 => Value::Structure(items),
                _ => Value::Long(Box::new(Value::Structure(items))),
            })
        })
        // A structure of an enum and an array of pairs that begin with null-data may be a list of descriptors.
        .prop_filter("descriptors", |tree| {
            !matches!(tree.to_vec()[..], [0x02, 0x02, 0x16, _, 0x01, _, 0x02, 0x02, 0x00, ..])
        })
}

/// The value, whatever form its length has.
fn plain(value: &Value) -> &Value {
    if let Value::Long(value) = value { plain(value) } else { value }
}

/// A tree in the order in which it is written, each value with its depth.
fn flatten<'a>(value: &'a Value, depth: usize, out: &mut Vec<(usize, &'a Value)>) {
    out.push((depth, plain(value)));
    if let Value::Array(items) | Value::Structure(items) = plain(value) {
        items.iter().for_each(|item| flatten(item, depth + 1, out));
    }
}

/// What a value must be read as; a number is told as text, too. Compact arrays are compared by their entries.
fn wanted(value: &Value) -> (Data<'_>, Option<String>) {
    macro_rules! number {
        ($type:ident, $value:expr) => {
            (Data::$type(*$value), Some($value.to_string()))
        };
    }
    match value {
        Value::I32(value) => number!(DoubleLong, value),
        Value::U32(value) => number!(DoubleLongUnsigned, value),
        Value::I8(value) => number!(Integer, value),
        Value::I16(value) => number!(Long, value),
        Value::U8(value) => number!(Unsigned, value),
        Value::U16(value) => number!(LongUnsigned, value),
        Value::I64(value) => number!(Long64, value),
        Value::U64(value) => number!(Long64Unsigned, value),
        Value::Enum(value) => number!(Enum, value),
        Value::DeltaI8(value) => number!(DeltaInteger, value),
        Value::DeltaI16(value) => number!(DeltaLong, value),
        Value::DeltaI32(value) => number!(DeltaDoubleLong, value),
        Value::DeltaU8(value) => number!(DeltaUnsigned, value),
        Value::DeltaU16(value) => number!(DeltaLongUnsigned, value),
        Value::DeltaU32(value) => number!(DeltaDoubleLongUnsigned, value),
        // Two decimal digits are a number, others are none.
        Value::Bcd(value) => {
            (Data::Bcd(*value), format!("{value:x}").parse::<u8>().ok().map(|number| number.to_string()))
        }
        Value::Null => (Data::Null, None),
        Value::DontCare => (Data::DontCare, None),
        Value::Array(items) => (Data::Array(items.len()), None),
        Value::Structure(items) => (Data::Structure(items.len()), None),
        Value::Bool(value) => (Data::Boolean(*value), None),
        Value::Bits(bits, octets) => (Data::BitString(BitString { bits: *bits, octets }), None),
        Value::Raw(octets) => (Data::FloatingPoint(*octets.last_chunk().unwrap()), None),
        Value::Octets(octets) => (Data::OctetString(octets), None),
        Value::Text(octets) => (Data::VisibleString(octets), None),
        Value::Utf8(text) => (Data::Utf8String(text.as_bytes()), None),
        Value::DateTime(octets) => (Data::DateTime(*octets), None),
        Value::Date(octets) => (Data::Date(*octets), None),
        Value::Time(octets) => (Data::Time(*octets), None),
        other => unreachable!("{other:?}"),
    }
}

fn assert_same(value: &Value, data: &Data<'_>) {
    if let (Value::Compact(_, entries), Data::CompactArray(array)) = (value, data) {
        let mut wanted = Vec::new();
        entries.iter().for_each(|entry| flatten(entry, 0, &mut wanted));
        let found: Vec<_> = array.entries().collect();
        assert_eq!(found.len(), wanted.len());
        for (node, (depth, value)) in found.iter().zip(wanted) {
            assert_eq!(node.depth, depth, "{value:?}");
            assert_same(value, &node.data);
        }
        return;
    }
    // A float that is no number is not equal to itself.
    match (value, data) {
        (Value::F32(value), Data::Float32(data)) => return assert_eq!(value.to_bits(), data.to_bits()),
        (Value::F64(value), Data::Float64(data)) => return assert_eq!(value.to_bits(), data.to_bits()),
        _ => {}
    }
    let (wanted, number) = wanted(value);
    assert_eq!(*data, wanted);
    assert_eq!(data.number().map(|number| number.to_string()), number, "{value:?}");
}

fn assert_tree(tree: &Value, body: &Body<'_>) {
    let mut wanted = Vec::new();
    flatten(tree, 0, &mut wanted);
    let found: Vec<_> = body.walk().collect();
    assert_eq!(found.len(), wanted.len(), "{tree:?}");
    for (node, (depth, value)) in found.iter().zip(wanted) {
        assert_eq!(node.depth, depth, "{value:?}");
        assert_same(value, &node.data);
    }
}

fn header_time() -> impl Strategy<Value = HeaderTime> {
    (0..4u8, uniform12(any::<u8>())).prop_map(|(form, octets)| match form {
        0 => HeaderTime::Absent,
        1 => HeaderTime::Plain(octets),
        2 => HeaderTime::Octets(octets),
        _ => HeaderTime::Tagged(octets),
    })
}

/// Octets are missing, at a place that is there, and never more than were cut off.
fn assert_truncated(error: amshan_cosem::Error, length: usize, whole: usize) {
    match error.kind {
        ErrorKind::Truncated { missing } => {
            assert!(missing > 0 && error.offset <= length && length + missing <= whole, "{error} of {whole}");
        }
        kind => assert!(kind == ErrorKind::Empty && length == 0, "{error} at {length} of {whole}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_type_comes_back(values in SCALARS.map(scalar)) {
        for (tag, value) in SCALARS.into_iter().zip(values) {
            let mut octets = value.to_vec();
            if tag == 7 {
                octets.insert(0, tag);
            }
            octets.push(0xFF);
            let (body, rest) = Body::parse(&octets).unwrap();
            prop_assert_eq!(rest, [0xFF], "{:?}", value);
            let node = body.walk().next().unwrap();
            prop_assert_eq!(node.data.kind().map(|kind| kind.0), Some(tag));
            assert_same(&value, &node.data);
        }
    }

    #[test]
    fn a_tree_comes_back(tree in tree()) {
        let octets = tree.to_vec();
        let (body, rest) = Body::parse(&octets).unwrap();
        prop_assert_eq!((rest.len(), body.bytes(), body.cut()), (0, &octets[..], None));
        assert_tree(&tree, &body);
    }

    #[test]
    fn a_compact_array_comes_back(array in compact()) {
        assert_tree(&array, &Body::parse(&array.to_vec()).unwrap().0);
    }

    #[test]
    fn a_notification_comes_back(invoke: u32, time in header_time(), tree in tree()) {
        let octets = data_notification(invoke, time, &tree);
        let (Apdu::DataNotification(found), rest) = Apdu::parse(&octets).unwrap() else { unreachable!() };
        prop_assert_eq!((rest.len(), found.invoke_id.0), (0, invoke));
        match time {
            HeaderTime::Absent => prop_assert_eq!(found.time, b""),
            HeaderTime::Plain(octets) | HeaderTime::Octets(octets) | HeaderTime::Tagged(octets) => {
                prop_assert_eq!(found.time, octets);
            }
        }
        assert_tree(&tree, &found.body);
    }

    #[test]
    fn blocks_come_back_as_one(apdu in vec(any::<u8>(), 1..800), size in 1..300usize, streaming: bool) {
        let mut series = BlockSeries::new();
        let (mut joined, mut parts) = (Vec::<u8>::new(), Vec::new());
        for octets in blocks(&apdu, size, streaming) {
            let (block, rest) = Block::parse(&octets).unwrap();
            prop_assert!(rest.is_empty() && block.acknowledged == 0);
            let placed = series.place(&block);
            prop_assert_eq!(placed.dropped, None);
            parts.extend(placed.part);
            joined.extend(block.data);
            for length in 0..octets.len() {
                assert_truncated(Block::parse(&octets[..length]).unwrap_err(), length, octets.len());
            }
        }
        prop_assert_eq!(joined, apdu.clone());
        let wanted = match apdu.len().div_ceil(size) {
            1 => vec![BlockPart::Whole],
            count => [vec![BlockPart::First], vec![BlockPart::Middle; count - 2], vec![BlockPart::Last]].concat(),
        };
        prop_assert_eq!(parts, wanted);
    }

    /// Something that a frame check or a tag vouches for keeps the elements that are whole, and says that it is cut.
    #[test]
    fn cut_anywhere_is_truncated(time in header_time(), tree in tree()) {
        let octets = data_notification(1, time, &tree);
        let body = octets.len() - tree.to_vec().len();
        let elements = match plain(&tree) {
            Value::Structure(items) => &items[..],
            _ => &[],
        };
        for length in 0..octets.len() {
            let cut = &octets[..length];
            assert_truncated(Apdu::parse(cut).unwrap_err(), length, octets.len());
            if length >= body {
                assert_truncated(Body::parse(&cut[body..]).unwrap_err(), length - body, octets.len() - body);
            }
            match Apdu::parse_vouched(cut) {
                Err(error) => assert_truncated(error, length, octets.len()),
                Ok((Apdu::DataNotification(found), rest)) => {
                    let whole = found.body.elements();
                    prop_assert_eq!((rest.len(), found.body.cut()), (0, Some(elements.len())));
                    prop_assert!(whole > 0 && whole < elements.len());
                    let kept: Vec<u8> = elements[..whole].iter().flat_map(Value::to_vec).collect();
                    prop_assert!(found.body.bytes().ends_with(&kept));
                }
                Ok(other) => panic!("{other:?}"),
            }
        }
    }
}
