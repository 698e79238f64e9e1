//! The owned form of a reading.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::convert::Infallible;
use core::fmt;
use core::str::FromStr;

use amshan_cosem::{Data, Security};
use amshan_quantity::{DateTime, Decimal, Obis, Unit};

use crate::field::Field;
use crate::history::Entry;
use crate::object::{Flaw, Object};
use crate::reading::{By, MeterClock, Reading};
use crate::value::{Raw, Value, hex};

/// What a meter said, without the message: for channels, threads and stores. From [`Reading::to_buf`].
///
/// It has every named quantity and every object without a name, each once, and all that is known of the list. What it
/// does not have is what the wire said before scaling; that is in the [`Reading`].
///
/// ```
/// # use amshan_cosem::Apdu;
/// # use amshan_meters::{Field, LAYOUTS, Reading};
/// # let message = [0x0F, 0x40, 0, 0, 0, 0x00, 0x02, 0x01, 0x06, 0x00, 0x00, 0x15, 0x7E];
/// # let (Apdu::DataNotification(notification), _) = Apdu::parse(&message)? else { panic!("a push") };
/// # let reading = Reading::of_notification(&notification, LAYOUTS);
/// let owned = reading.to_buf();
/// let thread = std::thread::spawn(move || owned.get(Field::ACTIVE_POWER_IMPORT).unwrap().to_string());
/// assert_eq!(thread.join().unwrap(), "5502 W");
/// # Ok::<(), amshan_cosem::Error>(())
/// ```
///
/// With the feature `serde` it is written and read, in any format. In JSON:
///
/// ```json
/// {
///   "layout": "kaifa-no-list-1", "by": "layout", "clock": null, "security": null, "cut": null,
///   "values": {"meter_manufacturer": {"text": "Kaifa"}, "active_power_import": {"number": ["5502", "W"]}},
///   "flaws": []
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ReadingBuf {
    /// The name of the layout that the list fits.
    pub layout: Option<String>,
    /// How it is known what the values are.
    pub by: By,
    /// When the list was made, and whose word that is.
    pub clock: Option<MeterClock>,
    /// How the message was ciphered, if it was.
    pub security: Option<SecurityBuf>,
    /// How many elements the list announced, if the message ended before all were there.
    pub cut: Option<usize>,
    #[cfg_attr(feature = "serde", serde(with = "crate::serial::values"))]
    values: Vec<(Name, ValueBuf)>,
    /// What made no sense, in words.
    pub flaws: Vec<String>,
}

/// How a message was ciphered. There is no key in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SecurityBuf {
    /// Who sent it, in hexadecimal digits.
    pub system_title: String,
    /// The security control octet.
    pub control: u8,
    /// The invocation counter.
    pub counter: u32,
    /// Whether a tag vouched for it.
    pub authenticated: bool,
}

/// What a value is called. As text: `active_power_import`, `1-0:96.5.5`, `element_3`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Name {
    /// A quantity of the dictionary.
    Field(Field),
    /// An object without a name, by its code.
    Obis(Obis),
    /// A value without a code, by its place in the list, counted from 1.
    Place(usize),
    /// A quantity that a layout has added to the dictionary, or a line of P1 whose address is no code.
    Other(String),
}

/// A value, after all scaling; the owned form of [`Value`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum ValueBuf {
    /// A number, exact, and its unit.
    Number(Decimal, Unit),
    /// Text.
    Text(String),
    /// Octets that are no text; of a nested value, its A-XDR ([`amshan_cosem::Body::parse`] reads it).
    Octets(#[cfg_attr(feature = "serde", serde(with = "crate::serial::octets"))] Vec<u8>),
    /// A date and time.
    Time(DateTime),
    /// Yes or no.
    Flag(bool),
    /// An IEEE floating point number.
    Float(#[cfg_attr(feature = "serde", serde(with = "crate::serial::float"))] f64),
    /// A list of events or past values.
    History(Vec<Entry>),
    /// The values of a P1 line that carries several, as they stand.
    Texts(Vec<String>),
}

impl Reading<'_> {
    /// The same without the message.
    pub fn to_buf(&self) -> ReadingBuf {
        let (mut values, mut nameless, mut flaws) = (Vec::new(), Vec::<(Name, ValueBuf)>::new(), Vec::new());
        let other = |object: Result<Object<'_>, Flaw<'_>>| match object {
            Err(flaw) => flaws.push(flaw.to_string()),
            Ok(object) => {
                let name = Name::of_object(&object);
                let new = nameless.iter().all(|(other, _)| *other != name);
                nameless.extend(ValueBuf::of_object(&object).filter(|_| new).map(|value| (name, value)));
            }
        };
        self.each_field(|field, value| values.push((Name::of(field), ValueBuf::of(value))), other);
        values.append(&mut nameless);
        ReadingBuf {
            layout: self.layout().map(|layout| layout.name.to_owned()),
            by: self.by(),
            clock: self.clock(),
            security: self.security().map(Into::into),
            cut: self.cut(),
            values,
            flaws,
        }
    }
}

impl ReadingBuf {
    /// The quantity of this name.
    pub fn get(&self, field: Field) -> Option<&ValueBuf> {
        let name = Name::of(field);
        self.iter().find(|(other, _)| **other == name).map(|(_, value)| value)
    }

    /// Every value: the named quantities, then the objects without a name.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &ValueBuf)> {
        self.values.iter().map(|(name, value)| (name, value))
    }

    /// Every quantity of the dictionary.
    pub fn fields(&self) -> impl Iterator<Item = (Field, &ValueBuf)> {
        self.iter().filter_map(|(name, value)| match name {
            Name::Field(field) => Some((*field, value)),
            _ => None,
        })
    }
}

impl From<Security> for SecurityBuf {
    fn from(security: Security) -> Self {
        Self {
            system_title: security.system_title.to_string(),
            control: security.control.0,
            counter: security.counter,
            authenticated: security.authenticated,
        }
    }
}

impl Name {
    fn of(field: Field) -> Self {
        if field.is_own() { Self::Other(field.to_string()) } else { Self::Field(field) }
    }

    fn of_object(object: &Object<'_>) -> Self {
        match (object.obis, object.address) {
            (Some(obis), _) => Self::Obis(obis),
            (None, Some(address)) => Self::Other(address.to_string()),
            (None, None) => Self::Place(object.position.unwrap_or(0)),
        }
    }
}

/// How places are called.
const PLACE: &str = "element_";

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => fmt::Display::fmt(field, f),
            // That of a past billing period has its number behind it.
            Self::Obis(obis) if obis.f() == 255 => fmt::Display::fmt(&obis.reduced(), f),
            Self::Obis(obis) => fmt::Display::fmt(obis, f),
            Self::Place(place) => write!(f, "{PLACE}{place}"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// Any text is one: what is neither in the dictionary nor a code nor a place is the name of something else.
impl FromStr for Name {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let place = || text.strip_prefix(PLACE).and_then(|place| place.parse().ok()).map(Self::Place);
        let code = || text.parse().ok().map(Self::Obis);
        let field = Field::named(text).map(Self::Field);
        Ok(field.or_else(code).or_else(place).unwrap_or_else(|| Self::Other(text.to_owned())))
    }
}

impl ValueBuf {
    fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Number(number, unit) => Self::Number(*number, *unit),
            Value::Text(text) => Self::Text(text.to_string()),
            Value::Octets(octets) => Self::Octets((*octets).to_owned()),
            Value::Time(time) => Self::Time(*time),
            Value::Flag(flag) => Self::Flag(*flag),
            Value::Float(float) => Self::Float(*float),
            Value::History(history) => Self::History(history.entries().collect()),
        }
    }

    /// That of an object; none of one that says nothing.
    fn of_object(object: &Object<'_>) -> Option<Self> {
        if let Some(value) = &object.value {
            return Some(Self::of(value));
        }
        let octets: &[u8] = match &object.raw {
            Raw::Groups(groups) => {
                let text = |group: &[u8]| group.iter().copied().map(char::from).collect();
                return Some(Self::Texts(groups.clone().map(|group| text(group.raw())).collect()));
            }
            Raw::Nested(body) => body.bytes(),
            Raw::Data(Data::BitString(bits)) => bits.octets,
            Raw::Data(Data::FloatingPoint(octets)) => octets,
            Raw::Data(Data::Bcd(octet)) => core::slice::from_ref(octet),
            Raw::Data(Data::Date(octets)) => octets,
            Raw::Data(Data::Time(octets)) => octets,
            Raw::Data(Data::CompactArray(array)) => array.contents(),
            Raw::Data(_) | Raw::Text(_) => return None,
        };
        Some(Self::Octets(octets.to_owned()))
    }

    /// The number, if it is one.
    pub const fn number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number, _) => Some(*number),
            _ => None,
        }
    }

    /// The unit of the number.
    pub const fn unit(&self) -> Unit {
        match self {
            Self::Number(_, unit) => *unit,
            _ => Unit::NONE,
        }
    }
}

/// As [`Value`] prints.
impl fmt::Display for ValueBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number, unit) => fmt::Display::fmt(&Value::Number(*number, *unit), f),
            Self::Text(text) => f.write_str(text),
            Self::Octets(octets) => hex(f, octets),
            Self::Time(time) => fmt::Display::fmt(time, f),
            Self::Flag(flag) => fmt::Display::fmt(flag, f),
            Self::Float(float) => fmt::Display::fmt(float, f),
            Self::History(entries) => listed(f, entries),
            Self::Texts(texts) => listed(f, texts),
        }
    }
}

fn listed(f: &mut fmt::Formatter<'_>, items: &[impl fmt::Display]) -> fmt::Result {
    let mut items = items.iter();
    items.next().map_or(Ok(()), |item| write!(f, "{item}"))?;
    items.try_for_each(|item| write!(f, ", {item}"))
}
