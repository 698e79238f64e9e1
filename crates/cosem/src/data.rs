//! One value of A-XDR data.

use core::fmt;

use amshan_quantity::{Decimal, Obis, Unit};

use crate::compact::CompactArray;

/// One value, or the head of a container whose elements follow it in the walk.
///
/// Types and tags are those of DLMS UA 1000-1, 4.1.5. Date-times mostly come as octet strings of 12: the type alone
/// does not tell, the object does. IEEE floats compare as floats do: one that is no number equals nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Data<'a> {
    /// 0: no value.
    Null,
    /// 1: this many elements of one type follow.
    Array(usize),
    /// 2: this many elements follow.
    Structure(usize),
    /// 3
    Boolean(bool),
    /// 4
    BitString(BitString<'a>),
    /// 5
    DoubleLong(i32),
    /// 6
    DoubleLongUnsigned(u32),
    /// 7: an old form of floating point whose layout is not public; its octets.
    FloatingPoint([u8; 4]),
    /// 9
    OctetString(&'a [u8]),
    /// 10: ASCII.
    VisibleString(&'a [u8]),
    /// 12
    Utf8String(&'a [u8]),
    /// 13: two decimal digits in one octet.
    Bcd(u8),
    /// 15
    Integer(i8),
    /// 16
    Long(i16),
    /// 17
    Unsigned(u8),
    /// 18
    LongUnsigned(u16),
    /// 19: values of one described type, without tags.
    CompactArray(CompactArray<'a>),
    /// 20
    Long64(i64),
    /// 21
    Long64Unsigned(u64),
    /// 22
    Enum(u8),
    /// 23
    Float32(f32),
    /// 24
    Float64(f64),
    /// 25: see [`amshan_quantity::DateTime`].
    DateTime([u8; 12]),
    /// 26: see [`amshan_quantity::Date`].
    Date([u8; 5]),
    /// 27: see [`amshan_quantity::Time`].
    Time([u8; 4]),
    /// 28: difference to a base value that the list's definition tells.
    DeltaInteger(i8),
    /// 29
    DeltaLong(i16),
    /// 30
    DeltaDoubleLong(i32),
    /// 31
    DeltaUnsigned(u8),
    /// 32
    DeltaLongUnsigned(u16),
    /// 33
    DeltaDoubleLongUnsigned(u32),
    /// 255
    DontCare,
    /// No type of its own: class, OBIS code and attribute of the value behind it, without a tag, as some Czech
    /// meters (Sagemcom XT211, EG.D) put them into a structure of two.
    Descriptor(Descriptor),
}

/// Types of [`Data`], by their tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Type(pub u8);

impl Type {
    /// null-data
    pub const NULL: Self = Self(0);
    /// array
    pub const ARRAY: Self = Self(1);
    /// structure
    pub const STRUCTURE: Self = Self(2);
    /// boolean
    pub const BOOLEAN: Self = Self(3);
    /// double-long, 32 bits signed
    pub const DOUBLE_LONG: Self = Self(5);
    /// double-long-unsigned, 32 bits
    pub const DOUBLE_LONG_UNSIGNED: Self = Self(6);
    /// octet-string
    pub const OCTET_STRING: Self = Self(9);
    /// visible-string
    pub const VISIBLE_STRING: Self = Self(10);
    /// integer, 8 bits signed
    pub const INTEGER: Self = Self(15);
    /// long, 16 bits signed
    pub const LONG: Self = Self(16);
    /// unsigned, 8 bits
    pub const UNSIGNED: Self = Self(17);
    /// long-unsigned, 16 bits
    pub const LONG_UNSIGNED: Self = Self(18);
    /// long64, 64 bits signed
    pub const LONG64: Self = Self(20);
    /// long64-unsigned, 64 bits
    pub const LONG64_UNSIGNED: Self = Self(21);
    /// enum
    pub const ENUM: Self = Self(22);

    /// date-time
    pub const DATE_TIME: Self = Self(25);
    /// date
    pub const DATE: Self = Self(26);
    /// time
    pub const TIME: Self = Self(27);

    /// The name that the standard gives the type; `None` for a tag it does not have.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "null-data",
            1 => "array",
            2 => "structure",
            3 => "boolean",
            4 => "bit-string",
            5 => "double-long",
            6 => "double-long-unsigned",
            7 => "floating-point",
            9 => "octet-string",
            10 => "visible-string",
            12 => "utf8-string",
            13 => "bcd",
            15 => "integer",
            16 => "long",
            17 => "unsigned",
            18 => "long-unsigned",
            19 => "compact-array",
            20 => "long64",
            21 => "long64-unsigned",
            22 => "enum",
            23 => "float32",
            24 => "float64",
            25 => "date-time",
            26 => "date",
            27 => "time",
            28 => "delta-integer",
            29 => "delta-long",
            30 => "delta-double-long",
            31 => "delta-unsigned",
            32 => "delta-long-unsigned",
            33 => "delta-double-long-unsigned",
            255 => "dont-care",
            _ => return None,
        })
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "type {}", self.0),
        }
    }
}

/// Which attribute of which object a value is (cosem-attribute-descriptor).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor {
    /// Interface class: 1 data, 3 register, 40 push setup, 70 disconnect control, 71 limiter.
    pub class: u16,
    /// The object.
    pub obis: Obis,
    /// The attribute's number; 2 is the value.
    pub attribute: i8,
}

/// Bits, the first of them the most significant of the first octet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BitString<'a> {
    /// How many bits.
    pub bits: usize,
    /// The octets that hold them; unused bits at the end are of no meaning.
    pub octets: &'a [u8],
}

/// How a register's number is to be read: times 10 to the power of `scaler`, in `unit` (DLMS UA 1000-1, 4.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScalerUnit {
    /// The power of ten.
    pub scaler: i8,
    /// The unit.
    pub unit: Unit,
}

impl ScalerUnit {
    /// The structure of {integer, enum} that `octets` begin with, and what is behind it. `None`: they begin with none.
    pub const fn at_start(octets: &[u8]) -> Option<(Self, &[u8])> {
        match octets {
            [0x02, 0x02, 0x0F, scaler, 0x16, unit, behind @ ..] => {
                Some((Self { scaler: i8::from_be_bytes([*scaler]), unit: Unit::from_code(*unit) }, behind))
            }
            _ => None,
        }
    }
}

impl<'a> Data<'a> {
    /// The type; a [`Data::Descriptor`] has none.
    pub const fn kind(&self) -> Option<Type> {
        Some(Type(match self {
            Self::Null => 0,
            Self::Array(_) => 1,
            Self::Structure(_) => 2,
            Self::Boolean(_) => 3,
            Self::BitString(_) => 4,
            Self::DoubleLong(_) => 5,
            Self::DoubleLongUnsigned(_) => 6,
            Self::FloatingPoint(_) => 7,
            Self::OctetString(_) => 9,
            Self::VisibleString(_) => 10,
            Self::Utf8String(_) => 12,
            Self::Bcd(_) => 13,
            Self::Integer(_) => 15,
            Self::Long(_) => 16,
            Self::Unsigned(_) => 17,
            Self::LongUnsigned(_) => 18,
            Self::CompactArray(_) => 19,
            Self::Long64(_) => 20,
            Self::Long64Unsigned(_) => 21,
            Self::Enum(_) => 22,
            Self::Float32(_) => 23,
            Self::Float64(_) => 24,
            Self::DateTime(_) => 25,
            Self::Date(_) => 26,
            Self::Time(_) => 27,
            Self::DeltaInteger(_) => 28,
            Self::DeltaLong(_) => 29,
            Self::DeltaDoubleLong(_) => 30,
            Self::DeltaUnsigned(_) => 31,
            Self::DeltaLongUnsigned(_) => 32,
            Self::DeltaDoubleLongUnsigned(_) => 33,
            Self::DontCare => 255,
            Self::Descriptor(_) => return None,
        }))
    }

    /// How many elements follow, if it is a container.
    pub const fn elements(&self) -> Option<usize> {
        match self {
            Self::Array(count) | Self::Structure(count) => Some(*count),
            _ => None,
        }
    }

    /// The number, if it is an integer, an enum or two BCD digits.
    pub fn number(&self) -> Option<Decimal> {
        Some(match *self {
            Self::DoubleLong(value) | Self::DeltaDoubleLong(value) => value.into(),
            Self::DoubleLongUnsigned(value) | Self::DeltaDoubleLongUnsigned(value) => value.into(),
            Self::Integer(value) | Self::DeltaInteger(value) => value.into(),
            Self::Long(value) | Self::DeltaLong(value) => value.into(),
            Self::Unsigned(value) | Self::Enum(value) | Self::DeltaUnsigned(value) => value.into(),
            Self::LongUnsigned(value) | Self::DeltaLongUnsigned(value) => value.into(),
            Self::Long64(value) => value.into(),
            Self::Long64Unsigned(value) => value.into(),
            Self::Bcd(value) if value >> 4 < 10 && value & 15 < 10 => {
                (value >> 4).saturating_mul(10).saturating_add(value & 15).into()
            }
            _ => return None,
        })
    }

    /// The octets, if it is a string of any kind.
    pub const fn octets(&self) -> Option<&'a [u8]> {
        match self {
            Self::OctetString(octets) | Self::VisibleString(octets) | Self::Utf8String(octets) => {
                Some(*octets)
            }
            _ => None,
        }
    }
}
