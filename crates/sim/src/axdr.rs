//! A-XDR data (DLMS UA 1000-1, 4.1.5): an owned tree of values, and its octets.
//!
//! The constructors are named after the types and meant for tables:
//!
//! ```
//! use amshan_quantity::Unit;
//! use amshan_sim::axdr::{array, obis, scaler_unit, structure, u16};
//!
//! let list = array([structure([obis("1-0:32.7.0"), u16(2276), scaler_unit(-1, Unit::VOLT)])]);
//! let octets = list.to_vec();
//! assert_eq!(octets[..4], [0x01, 0x01, 0x02, 0x03]);
//! ```

use amshan_quantity::{Obis, Unit};

/// One value with its type.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// `00`, null-data.
    Null,
    /// `01`, array.
    Array(Vec<Self>),
    /// `02`, structure.
    Structure(Vec<Self>),
    /// `03`, boolean; true is `FF`.
    Bool(bool),
    /// `04`, bit-string: length in bits, and the octets that hold them.
    Bits(usize, Vec<u8>),
    /// `05`, double-long.
    I32(i32),
    /// `06`, double-long-unsigned.
    U32(u32),
    /// `09`, octet-string.
    Octets(Vec<u8>),
    /// `0A`, visible-string.
    Text(Vec<u8>),
    /// `0C`, utf8-string.
    Utf8(String),
    /// `0D`, bcd: one octet.
    Bcd(u8),
    /// `0F`, integer.
    I8(i8),
    /// `10`, long.
    I16(i16),
    /// `11`, unsigned.
    U8(u8),
    /// `12`, long-unsigned.
    U16(u16),
    /// `13`, compact-array: the description of an entry, and the entries, whose values must be of that shape.
    Compact(Shape, Vec<Self>),
    /// `14`, long64.
    I64(i64),
    /// `15`, long64-unsigned.
    U64(u64),
    /// `16`, enum.
    Enum(u8),
    /// `17`, float32.
    F32(f32),
    /// `18`, float64.
    F64(f64),
    /// `19`, date-time.
    DateTime([u8; 12]),
    /// `1A`, date.
    Date([u8; 5]),
    /// `1B`, time.
    Time([u8; 4]),
    /// `1C`, delta-integer.
    DeltaI8(i8),
    /// `1D`, delta-long.
    DeltaI16(i16),
    /// `1E`, delta-double-long.
    DeltaI32(i32),
    /// `1F`, delta-unsigned.
    DeltaU8(u8),
    /// `20`, delta-long-unsigned.
    DeltaU16(u16),
    /// `21`, delta-double-long-unsigned.
    DeltaU32(u32),
    /// `FF`, dont-care.
    DontCare,
    /// A structure that announces another number of elements than it has.
    Announcing(usize, Vec<Self>),
    /// A value whose length is written in the long form `82 hh ll`: strings, arrays, structures.
    Long(Box<Self>),
    /// Octets as they stand.
    Raw(Vec<u8>),
}

/// The description of the entries of a compact array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A simple type, by its tag.
    Tag(u8),
    /// An array of that many elements.
    Array(u16, Box<Self>),
    /// A structure.
    Structure(Vec<Self>),
}

/// How a length is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// As short as it can be: `05`, `81 F8`, `82 01 D0`.
    Shortest,
    /// Always `82` and two octets.
    Two,
}

impl Length {
    /// Writes `length` in this form; more than two octets' worth is written as it must be.
    pub fn encode(self, length: usize, out: &mut Vec<u8>) {
        let octets = (length as u64).to_be_bytes();
        match (self, length) {
            (Self::Shortest, 0..0x80) => out.push(octets[7]),
            (Self::Shortest, 0x80..0x100) => out.extend([0x81, octets[7]]),
            (_, 0..0x1_0000) => out.extend([0x82, octets[6], octets[7]]),
            (_, 0x1_0000..0x100_0000) => out.extend([0x83, octets[5], octets[6], octets[7]]),
            _ => out.extend([0x84, octets[4], octets[5], octets[6], octets[7]]),
        }
    }
}

impl Value {
    /// Appends tag and contents.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Raw(octets) => out.extend(octets),
            Self::Long(value) => {
                out.push(value.tag());
                value.contents(Length::Two, out);
            }
            _ => {
                out.push(self.tag());
                self.contents(Length::Shortest, out);
            }
        }
    }

    /// The octets of this value.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut out);
        out
    }

    /// The tag octet; of no use for [`Value::Raw`].
    pub fn tag(&self) -> u8 {
        match self {
            Self::Null | Self::Raw(_) => 0x00,
            Self::Array(_) => 0x01,
            Self::Structure(_) | Self::Announcing(..) => 0x02,
            Self::Bool(_) => 0x03,
            Self::Bits(..) => 0x04,
            Self::I32(_) => 0x05,
            Self::U32(_) => 0x06,
            Self::Octets(_) => 0x09,
            Self::Text(_) => 0x0A,
            Self::Utf8(_) => 0x0C,
            Self::Bcd(_) => 0x0D,
            Self::I8(_) => 0x0F,
            Self::I16(_) => 0x10,
            Self::U8(_) => 0x11,
            Self::U16(_) => 0x12,
            Self::Compact(..) => 0x13,
            Self::I64(_) => 0x14,
            Self::U64(_) => 0x15,
            Self::Enum(_) => 0x16,
            Self::F32(_) => 0x17,
            Self::F64(_) => 0x18,
            Self::DateTime(_) => 0x19,
            Self::Date(_) => 0x1A,
            Self::Time(_) => 0x1B,
            Self::DeltaI8(_) => 0x1C,
            Self::DeltaI16(_) => 0x1D,
            Self::DeltaI32(_) => 0x1E,
            Self::DeltaU8(_) => 0x1F,
            Self::DeltaU16(_) => 0x20,
            Self::DeltaU32(_) => 0x21,
            Self::DontCare => 0xFF,
            Self::Long(value) => value.tag(),
        }
    }

    /// What follows the tag.
    fn contents(&self, length: Length, out: &mut Vec<u8>) {
        match self {
            Self::Null | Self::DontCare => {}
            Self::Array(items) | Self::Structure(items) => {
                length.encode(items.len(), out);
                items.iter().for_each(|item| item.encode(out));
            }
            Self::Announcing(count, items) => {
                length.encode(*count, out);
                items.iter().for_each(|item| item.encode(out));
            }
            Self::Bool(value) => out.push(if *value { 0xFF } else { 0x00 }),
            Self::Bits(bits, octets) => {
                length.encode(*bits, out);
                out.extend(octets);
            }
            Self::Octets(octets) | Self::Text(octets) => {
                length.encode(octets.len(), out);
                out.extend(octets);
            }
            Self::Utf8(text) => {
                length.encode(text.len(), out);
                out.extend(text.as_bytes());
            }
            Self::I8(value) | Self::DeltaI8(value) => out.extend(value.to_be_bytes()),
            Self::U8(value) | Self::DeltaU8(value) | Self::Bcd(value) | Self::Enum(value) => out.push(*value),
            Self::I16(value) | Self::DeltaI16(value) => out.extend(value.to_be_bytes()),
            Self::U16(value) | Self::DeltaU16(value) => out.extend(value.to_be_bytes()),
            Self::I32(value) | Self::DeltaI32(value) => out.extend(value.to_be_bytes()),
            Self::U32(value) | Self::DeltaU32(value) => out.extend(value.to_be_bytes()),
            Self::I64(value) => out.extend(value.to_be_bytes()),
            Self::U64(value) => out.extend(value.to_be_bytes()),
            Self::F32(value) => out.extend(value.to_be_bytes()),
            Self::F64(value) => out.extend(value.to_be_bytes()),
            Self::DateTime(octets) => out.extend(octets),
            Self::Date(octets) => out.extend(octets),
            Self::Time(octets) => out.extend(octets),
            Self::Compact(shape, entries) => {
                shape.encode(out);
                let mut contents = Vec::new();
                entries.iter().for_each(|entry| entry.bare(&mut contents));
                length.encode(contents.len(), out);
                out.extend(contents);
            }
            Self::Long(value) => value.contents(Length::Two, out),
            Self::Raw(octets) => out.extend(octets),
        }
    }

    /// As an entry of a compact array: without tags, arrays and structures without counts.
    fn bare(&self, out: &mut Vec<u8>) {
        match self {
            Self::Array(items) | Self::Structure(items) => items.iter().for_each(|item| item.bare(out)),
            _ => self.contents(Length::Shortest, out),
        }
    }
}

impl Shape {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Tag(tag) => out.push(*tag),
            Self::Array(count, element) => {
                out.push(0x01);
                out.extend(count.to_be_bytes());
                element.encode(out);
            }
            Self::Structure(elements) => {
                out.push(0x02);
                Length::Shortest.encode(elements.len(), out);
                elements.iter().for_each(|element| element.encode(out));
            }
        }
    }
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident($type:ty) $variant:ident;)+) => {
        $($(#[$doc])* pub const fn $name(value: $type) -> Value { Value::$variant(value) })+
    };
}

constructors! {
    /// double-long
    i32(i32) I32;
    /// double-long-unsigned
    u32(u32) U32;
    /// integer
    i8(i8) I8;
    /// unsigned
    u8(u8) U8;
    /// long
    i16(i16) I16;
    /// long-unsigned
    u16(u16) U16;
    /// long64
    i64(i64) I64;
    /// long64-unsigned
    u64(u64) U64;
    /// float32
    f32(f32) F32;
    /// float64
    f64(f64) F64;
    /// boolean
    boolean(bool) Bool;
    /// enum
    enumerated(u8) Enum;
}

/// octet-string
pub fn octets(octets: impl AsRef<[u8]>) -> Value {
    Value::Octets(octets.as_ref().to_vec())
}

/// visible-string
pub fn text(text: impl AsRef<[u8]>) -> Value {
    Value::Text(text.as_ref().to_vec())
}

/// An OBIS code as an octet-string of six.
///
/// # Panics
///
/// If the text is no code: it is a literal of a table.
pub fn obis(code: &str) -> Value {
    octets(parse_obis(code).octets())
}

/// structure { integer scaler, enum unit }; a unit without a code is written as 255.
pub fn scaler_unit(scaler: i8, unit: Unit) -> Value {
    structure([i8(scaler), enumerated(unit.code().unwrap_or(255))])
}

/// structure
pub fn structure(items: impl IntoIterator<Item = Value>) -> Value {
    Value::Structure(items.into_iter().collect())
}

/// array
pub fn array(items: impl IntoIterator<Item = Value>) -> Value {
    Value::Array(items.into_iter().collect())
}

/// A date-time as pushes mostly have it: an octet-string of twelve.
pub fn date_time(octets: [u8; 12]) -> Value {
    Value::Octets(octets.to_vec())
}

/// The value with its length in the form `82 hh ll`.
pub fn long(value: Value) -> Value {
    Value::Long(Box::new(value))
}

pub(crate) fn parse_obis(code: &str) -> Obis {
    code.parse().expect("a code in a table")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_as_the_table_says() {
        for (value, octets) in [
            (Value::Null, &[0x00][..]),
            (array([u8(1), u8(2)]), &[0x01, 2, 0x11, 1, 0x11, 2]),
            (structure([]), &[0x02, 0]),
            (boolean(true), &[0x03, 0xFF]),
            (Value::Bits(9, vec![0xAA, 0x80]), &[0x04, 9, 0xAA, 0x80]),
            (i32(-2), &[0x05, 0xFF, 0xFF, 0xFF, 0xFE]),
            (u32(280), &[0x06, 0, 0, 1, 24]),
            (super::octets([1, 2]), &[0x09, 2, 1, 2]),
            (text("ab"), &[0x0A, 2, b'a', b'b']),
            (Value::Utf8("å".into()), &[0x0C, 2, 0xC3, 0xA5]),
            (Value::Bcd(0x42), &[0x0D, 0x42]),
            (i8(-1), &[0x0F, 0xFF]),
            (i16(-2), &[0x10, 0xFF, 0xFE]),
            (u8(3), &[0x11, 3]),
            (u16(300), &[0x12, 1, 44]),
            (i64(-1), &[0x14, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
            (u64(1), &[0x15, 0, 0, 0, 0, 0, 0, 0, 1]),
            (enumerated(35), &[0x16, 35]),
            (f32(1.0), &[0x17, 0x3F, 0x80, 0, 0]),
            (f64(1.0), &[0x18, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0]),
            (Value::DateTime([7; 12]), &[0x19, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7]),
            (Value::Date([7; 5]), &[0x1A, 7, 7, 7, 7, 7]),
            (Value::Time([7; 4]), &[0x1B, 7, 7, 7, 7]),
            (Value::DeltaI8(-1), &[0x1C, 0xFF]),
            (Value::DeltaI16(-1), &[0x1D, 0xFF, 0xFF]),
            (Value::DeltaI32(-1), &[0x1E, 0xFF, 0xFF, 0xFF, 0xFF]),
            (Value::DeltaU8(1), &[0x1F, 1]),
            (Value::DeltaU16(1), &[0x20, 0, 1]),
            (Value::DeltaU32(1), &[0x21, 0, 0, 0, 1]),
            (Value::DontCare, &[0xFF]),
            (obis("1-0:1.7.0"), &[0x09, 6, 1, 0, 1, 7, 0, 255]),
            (scaler_unit(-1, Unit::VOLT), &[0x02, 2, 0x0F, 0xFF, 0x16, 0x23]),
            (long(text("a")), &[0x0A, 0x82, 0, 1, b'a']),
            (Value::Announcing(12, vec![u8(1)]), &[0x02, 12, 0x11, 1]),
        ] {
            assert_eq!(value.to_vec(), octets, "{value:?}");
        }
    }

    #[test]
    fn a_compact_array_has_no_tags_inside() {
        let shape = Shape::Structure(vec![Shape::Tag(0x12), Shape::Array(2, Box::new(Shape::Tag(0x09)))]);
        let entry = |n| structure([u16(n), array([super::octets([n as u8]), super::octets([])])]);
        let value = Value::Compact(shape, vec![entry(1), entry(2)]);
        let octets = [0x13, 0x02, 2, 0x12, 0x01, 0, 2, 0x09, 10, 0, 1, 1, 1, 0, 0, 2, 1, 2, 0];
        assert_eq!(value.to_vec(), octets);
    }

    #[test]
    fn lengths_are_as_short_as_they_can_be() {
        for (length, octets) in [
            (0x7F, &[0x7F][..]),
            (0x80, &[0x81, 0x80]),
            (248, &[0x81, 0xF8]),
            (464, &[0x82, 0x01, 0xD0]),
            (0x1_0000, &[0x83, 1, 0, 0]),
            (0x100_0000, &[0x84, 1, 0, 0, 0]),
        ] {
            let mut out = Vec::new();
            Length::Shortest.encode(length, &mut out);
            assert_eq!(out, octets);
        }
        let mut out = Vec::new();
        Length::Two.encode(0xAB, &mut out);
        assert_eq!(out, [0x82, 0x00, 0xAB]);
    }
}
