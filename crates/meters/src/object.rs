//! One object of a reading: what the meter says about one quantity.

use core::fmt;

use amshan_cosem::Data;
use amshan_dlde::DataSet;
use amshan_quantity::{DateTime, Decimal, Obis, Unit};

use crate::field::{Field, Kind};
use crate::history::History;
use crate::layout::{Element, Layout, Transformers};
use crate::record::Record;
use crate::value::{Raw, Text, Value};

/// What the meter says about one quantity.
#[derive(Debug, Clone)]
pub struct Object<'a> {
    /// Its code, from the message or from the layout.
    pub obis: Option<Obis>,
    /// The quantity, if it has a name.
    pub field: Option<Field>,
    /// Where in the list it stands, counted from 1, if the message does not give its code.
    pub position: Option<usize>,
    /// Its address as a P1 telegram writes it, if that is no OBIS code.
    pub address: Option<Text<'a>>,
    /// What the wire says.
    pub raw: Raw<'a>,
    /// The power of ten between raw number and value, where there is one.
    pub scale: Option<i8>,
    /// What it means, in its base unit. `None`: a nested value, several values, or nothing.
    pub value: Option<Value<'a>>,
    /// When the value was taken, if it comes with a time of its own.
    pub time: Option<DateTime>,
}

/// An object that makes no sense; its neighbours do.
#[derive(Debug, Clone)]
pub struct Flaw<'a> {
    /// Its code, if that much is clear.
    pub obis: Option<Obis>,
    /// Where in the list it stands, counted from 1.
    pub position: usize,
    /// What the wire says.
    pub raw: Raw<'a>,
    /// What is wrong.
    pub kind: FlawKind,
}

/// What is wrong with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlawKind {
    /// Its time is none.
    Time(amshan_quantity::Error),
    /// Its number is none.
    Number(amshan_quantity::Error),
    /// Before the transformers that its layout tells of, its number has too many digits.
    Large,
    /// The line of the telegram makes no sense.
    Line(amshan_dlde::Error),
}

impl fmt::Display for FlawKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(error) => write!(f, "time makes no sense: {error}"),
            Self::Number(error) => write!(f, "number makes no sense: {error}"),
            Self::Large => f.write_str("times the transformers' ratio, the number has too many digits"),
            Self::Line(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl fmt::Display for Flaw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.obis {
            Some(obis) => write!(f, "{}: {}", obis.reduced(), self.kind),
            None => write!(f, "element {}: {}", self.position, self.kind),
        }
    }
}

impl core::error::Error for Flaw<'_> {}

impl Flaw<'_> {
    /// A line of a telegram that makes no sense.
    pub(crate) const fn of_line(error: amshan_dlde::Error, position: usize) -> Self {
        Self { obis: None, position, raw: Raw::Text(&[]), kind: FlawKind::Line(error) }
    }
}

impl<'a> Object<'a> {
    /// What a record of a COSEM list means, with what its layout adds to it.
    pub(crate) fn of_record(record: &Record<'a>, layout: Adds<'_>) -> Result<Self, Flaw<'a>> {
        Self::of_meaning(record, layout, &Meaning::of_record(*record, layout))
    }

    /// The same where that is known.
    pub(crate) fn of_meaning(
        record: &Record<'a>,
        layout: Adds<'_>,
        meaning: &Result<Meaning<'a>, FlawKind>,
    ) -> Result<Self, Flaw<'a>> {
        let position = record.position;
        let raw = record.raw().unwrap_or(Raw::Text(&[]));
        match *meaning {
            Ok(Meaning { obis, field, value, time, scale }) => Ok(Self {
                obis,
                field,
                position: record.obis.is_none().then_some(position),
                address: None,
                raw,
                scale,
                value,
                time,
            }),
            Err(kind) => Err(Flaw { obis: layout.obis(record), position, raw, kind }),
        }
    }

    /// What a data set of a P1 telegram means, and what its layout makes of that.
    pub(crate) fn of_data_set(
        set: &DataSet<'a>,
        position: usize,
        layout: Option<&Layout<'_>>,
    ) -> Result<Self, Flaw<'a>> {
        let object = Self::of_line(set, position)?;
        match layout {
            Some(layout) => object.corrected(layout, position),
            None => Ok(object),
        }
    }

    /// As a layout names it and corrects its numbers.
    fn corrected(mut self, layout: &Layout<'_>, position: usize) -> Result<Self, Flaw<'a>> {
        let element = self.obis.and_then(|obis| layout.line(obis));
        self.field = element.and_then(|element| element.field).or(self.field);
        let fixed = element.filter(|element| element.fixed);
        let number = match (&self.raw, &self.value, fixed) {
            (Raw::Text(text), Some(Value::Number(..)), Some(element)) => {
                Decimal::parse(text).ok().map(|number| (number.scaled(element.scale), element.unit))
            }
            (_, Some(Value::Number(number, unit)), _) => Some((*number, *unit)),
            _ => None,
        };
        let Some((number, unit)) = number else { return Ok(self) };
        match layout.transformers.map_or(Ok(number), |transformers| transformers.primary(number, unit)) {
            Ok(number) => Ok(Self { value: Some(Value::Number(number, unit)), ..self }),
            Err(kind) => Err(Flaw { obis: self.obis, position, raw: self.raw, kind }),
        }
    }

    fn of_line(set: &DataSet<'a>, position: usize) -> Result<Self, Flaw<'a>> {
        let obis = set.obis();
        let field = set.measured().and_then(Field::of);
        let address = obis.is_none().then(|| Text::new(set.address()));
        let object =
            |raw, value, time| Self { obis, field, position: None, address, raw, scale: None, value, time };
        if let Some(history) = field.and_then(|field| History::of(field, set)) {
            return Ok(object(Raw::Groups(set.values()), Some(Value::History(history)), None));
        }
        let groups = || Raw::Groups(set.values());
        let (single, time, raw) = match set.value() {
            Some(value) => (value, None, Raw::Text(value.text())),
            None => match set.timed() {
                // A time and a number are one value; DSMR 3 says more of it.
                Some((time, value)) if set.values().nth(2).is_none() => {
                    (value, Some(time), Raw::Text(value.text()))
                }
                Some((time, value)) => (value, Some(time), groups()),
                // A list of texts, not the value that objects of this code have elsewhere.
                None => return Ok(Self { field: None, ..object(groups(), None, None) }),
            },
        };
        let text = single.text();
        if text.is_empty() {
            return Ok(object(raw, None, time));
        }
        if single.unit().is_some() {
            let (number, unit) = match single.quantity() {
                Some(quantity) => quantity,
                None => match Decimal::parse(text) {
                    Ok(number) => (number, Unit::NONE),
                    Err(error) => return Err(Flaw { obis, position, raw, kind: FlawKind::Number(error) }),
                },
            };
            // A name promises a unit: a number in another, or in one that nobody knows, is given by its code alone.
            let field = field.filter(|field| field.fits(unit));
            return Ok(Self { field, ..object(raw, Some(Value::Number(number, unit)), time) });
        }
        let value = match (field.map(Field::kind), single.number()) {
            (Some(Kind::Number | Kind::State), Some(number)) => Value::Number(number, Unit::NONE),
            (Some(Kind::Flag), Some(number)) => Value::Flag(number != Decimal::ZERO),
            (Some(Kind::Time), _) => match DateTime::parse_p1(text) {
                Ok(time) => Value::Time(time),
                Err(error) if error.is_no_time() => return Ok(object(raw, None, None)),
                Err(error) => return Err(Flaw { obis, position, raw, kind: FlawKind::Time(error) }),
            },
            _ => match single.spelled().filter(|_| is_hexed(obis)) {
                Some(spelled) => Value::Text(Text::spelled(spelled)),
                None => Value::Text(Text::new(text)),
            },
        };
        Ok(object(raw, Some(value), time))
    }
}

/// What a layout adds to a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Adds<'a> {
    /// What its table says of it.
    pub(crate) element: Option<&'a Element>,
    /// Whether a deviation in its times means nothing.
    pub(crate) local: bool,
    pub(crate) transformers: Option<&'a Transformers>,
}

impl<'a> Adds<'a> {
    /// What a layout adds to a record with this element.
    #[inline(always)]
    pub(crate) fn new(layout: Option<&'a Layout<'a>>, element: Option<&'a Element>) -> Self {
        let local = layout.is_some_and(|layout| layout.clock.is_local());
        Self { element, local, transformers: layout.and_then(|layout| layout.transformers.as_ref()) }
    }
}

impl Adds<'_> {
    fn obis(self, record: &Record<'_>) -> Option<Obis> {
        record.obis.or(self.element.and_then(|element| element.obis))
    }

    pub(crate) fn field(self, record: &Record<'_>) -> Option<Field> {
        match self.element {
            Some(element) => element.field,
            None => record.obis.and_then(Field::of),
        }
    }

    /// The scale and the unit of the number that a record is. `None`: neither the message nor the table says them.
    pub(crate) fn scale(self, record: &Record<'_>, number: Decimal) -> Option<(i8, Unit)> {
        match (record.scaler, self.element) {
            (Some(sent), Some(Element { fixed: false, .. }) | None) => Some((sent.scaler, sent.unit)),
            (_, Some(element)) => Some((scale_of(number, element.scale, element.above), element.unit)),
            (None, None) => None,
        }
    }

    fn primary(self, number: Decimal, unit: Unit) -> Result<Decimal, FlawKind> {
        self.transformers.map_or(Ok(number), |transformers| transformers.primary(number, unit))
    }
}

/// What an object means, without what the wire says.
#[derive(Debug)]
pub(crate) struct Meaning<'a> {
    pub(crate) obis: Option<Obis>,
    pub(crate) field: Option<Field>,
    pub(crate) value: Option<Value<'a>>,
    pub(crate) time: Option<DateTime>,
    pub(crate) scale: Option<i8>,
}

/// What an object means that is a number with a name and nothing else, as most are.
pub(crate) struct Measured {
    pub(crate) field: Field,
    pub(crate) number: Decimal,
    pub(crate) unit: Unit,
}

impl Measured {
    /// `None`: the record is something else.
    #[inline(always)]
    pub(crate) fn of_record(record: &Record<'_>, layout: Adds<'_>) -> Option<Self> {
        let number = record.number()?;
        let field = layout.field(record).filter(|field| field.is_measured())?;
        let (scale, unit) = layout.scale(record, number)?;
        let number = layout.primary(number.scaled(scale), unit).ok()?;
        field.fits(unit).then_some(Self { field, number, unit })
    }

    /// `None`: the data set is something else.
    #[inline(always)]
    pub(crate) fn of_data_set(set: &DataSet<'_>) -> Option<Self> {
        let value = set.value()?;
        let field = set.obis().and_then(Field::of).filter(|field| field.is_measured())?;
        let (number, unit) = match value.unit() {
            Some(_) => value.quantity().filter(|(_, unit)| field.fits(*unit))?,
            None => (value.number()?, Unit::NONE),
        };
        Some(Self { field, number, unit })
    }
}

impl<'a> Meaning<'a> {
    /// Whether it has a name and a value.
    pub(crate) const fn is_field(&self) -> bool {
        self.field.is_some() && self.value.is_some()
    }

    /// That of a record of a COSEM list.
    pub(crate) fn of_record(record: Record<'a>, layout: Adds<'_>) -> Result<Self, FlawKind> {
        let (obis, field) = (layout.obis(&record), layout.field(&record));
        let kind = field.map(Field::kind);
        let Some(number) = record.number() else {
            let value = other_value(&record, kind, layout.local)?;
            return Ok(Self { obis, field, value, time: None, scale: None });
        };
        if kind == Some(Kind::Flag) {
            let value = Some(Value::Flag(number != Decimal::ZERO));
            return Ok(Self { obis, field, value, time: None, scale: None });
        }
        let told = layout.scale(&record, number);
        let (scale, unit) = told.unwrap_or((0, Unit::NONE));
        // A name promises a unit, and so a scale: a number of which neither the message nor a table says it is given by
        // its code alone.
        let field = field.filter(|field| field.fits(unit) && (told.is_some() || !field.is_scaled()));
        let value = Some(Value::Number(layout.primary(number.scaled(scale), unit)?, unit));
        Ok(Self { obis, field, value, time: None, scale: told.map(|(scale, _)| scale) })
    }

    /// That of an object of a P1 telegram.
    pub(crate) const fn of_object(object: &Object<'a>) -> Self {
        let Object { obis, field, value, time, scale, .. } = *object;
        Self { obis, field, value, time, scale }
    }
}

/// The scale of a raw number, which is whole and may have another above a limit ([`Element::above`]).
#[inline]
pub(crate) fn scale_of(number: Decimal, scale: i8, above: Option<(u32, i8)>) -> i8 {
    match above {
        Some((limit, other)) if !number.is_negative() && number.magnitude() > limit.into() => other,
        _ => scale,
    }
}

/// Ids and messages, the only texts that P1 spells in hexadecimal digits.
pub(crate) fn is_hexed(obis: Option<Obis>) -> bool {
    matches!(obis.map(Obis::octets), Some([0, _, 96, 1 | 13, _, _] | [0, _, 42, 0, 0, _]))
}

/// What the octets of a string mean that is no time. `None`: nothing.
#[inline]
pub(crate) fn string(octets: &[u8]) -> Option<Value<'_>> {
    match Text::printable(octets) {
        Some(text) if text.is_empty() => None,
        Some(text) => Some(Value::Text(text)),
        None => Some(Value::Octets(octets)),
    }
}

/// What a value means, that is no measured number, for a field of this kind.
fn other_value<'a>(
    record: &Record<'a>,
    kind: Option<Kind>,
    local: bool,
) -> Result<Option<Value<'a>>, FlawKind> {
    let time = |octets: &[u8; 12]| {
        let time = DateTime::from_octets(*octets).map_err(FlawKind::Time)?;
        Ok(Some(Value::Time(if local { time.without_deviation() } else { time })))
    };
    if let Some(octets) = record.octets() {
        return match <&[u8; 12]>::try_from(octets) {
            Ok(octets) if kind == Some(Kind::Time) => time(octets),
            _ => Ok(string(octets)),
        };
    }
    Ok(match record.data() {
        Some(Data::DateTime(octets)) => return time(&octets),
        Some(Data::Boolean(flag)) => Some(Value::Flag(flag)),
        Some(Data::Float32(float)) => Some(Value::Float(f64::from(float))),
        Some(Data::Float64(float)) => Some(Value::Float(float)),
        _ => None,
    })
}
