//! The elements of a COSEM list, one after the other, as far as they describe themselves.

use amshan_cosem::{Body, Data, ScalerUnit, Type, parse};
use amshan_quantity::{Decimal, Obis};

use crate::layout::Form;
use crate::value::Raw;

/// One element of a list: a value with the code and the scale that the message gives it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    /// Where in its container the value stands, counted from 1.
    pub(crate) position: usize,
    /// Its code, if the message says it.
    pub(crate) obis: Option<Obis>,
    /// The octets of the value, from its tag on, with all that is in it.
    pub(crate) value: &'a [u8],
    /// Its scale and unit, if the message says them.
    pub(crate) scaler: Option<ScalerUnit>,
}

/// Iterator over the records of a list.
#[derive(Debug, Clone)]
pub(crate) struct Records<'a> {
    elements: Elements<'a>,
    position: usize,
    form: Form,
    /// What is still to come of the definitions in front of the values ([`Form::Definitions`]).
    definitions: Elements<'a>,
    /// The push setup object that the list begins with, and so its name.
    push: Option<Obis>,
}

/// The elements of a container that are still to come, or a single value.
#[derive(Debug, Clone, Copy)]
struct Elements<'a> {
    octets: &'a [u8],
    due: usize,
}

impl<'a> Elements<'a> {
    /// Those of the body's outermost container; without one, its value.
    fn of(body: &Body<'a>) -> Self {
        let mut elements = Self { octets: body.bytes(), due: 1 };
        if body.elements() > 0 {
            elements.enter();
            elements.due = body.elements();
        }
        elements
    }

    /// Goes to the elements of the container that comes next. `None`: none does.
    fn enter(&mut self) -> Option<()> {
        let (octets, head) = parse::value(self.octets).ok()?;
        *self = Self { octets, due: head.elements()? };
        Some(())
    }

    /// The octets from the next element on.
    const fn ahead(&self) -> Option<&'a [u8]> {
        if self.due == 0 { None } else { Some(self.octets) }
    }

    /// So many elements are done with, and what is behind them comes next.
    const fn took(&mut self, count: usize, behind: &'a [u8]) {
        *self = Self { octets: behind, due: self.due.saturating_sub(count) };
    }

    /// The octets of the next element, with all that is in it.
    fn next(&mut self) -> Option<&'a [u8]> {
        let (value, behind) = value(self.ahead()?)?;
        self.took(1, behind);
        Some(value)
    }
}

/// The octets of the value that comes first, with all that is in it, and what is behind it.
#[inline(always)]
fn value(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (behind, ()) = parse::skip(octets).ok()?;
    octets.split_at_checked(octets.len().wrapping_sub(behind.len()))
}

impl<'a> Record<'a> {
    /// The type of the value.
    pub(crate) const fn kind(&self) -> Option<Type> {
        match self.value {
            [tag, ..] => Some(Type(*tag)),
            [] => None,
        }
    }

    /// The value itself, or the head of a container.
    pub(crate) fn data(&self) -> Option<Data<'a>> {
        parse::value(self.value).ok().map(|(_, data)| data)
    }

    /// The value as an object shows it.
    pub(crate) fn raw(&self) -> Option<Raw<'a>> {
        Some(match self.data()? {
            Data::Array(_) | Data::Structure(_) => Raw::Nested(Body::parse(self.value).ok()?.0),
            data => Raw::Data(data),
        })
    }

    /// The number, if it is one.
    #[inline]
    pub(crate) fn number(&self) -> Option<Decimal> {
        number(self.value, 0)
    }

    /// The octets of the value, if it is a string of any kind.
    pub(crate) fn octets(&self) -> Option<&'a [u8]> {
        match self.value {
            [0x09 | 0x0A | 0x0C, 0..=0x7F, octets @ ..] => Some(octets),
            [0x09 | 0x0A | 0x0C, ..] => self.data()?.octets(),
            _ => None,
        }
    }
}

/// The number that octets begin with at a scale, if they begin with one.
#[inline(always)]
pub(crate) fn number(value: &[u8], scale: i8) -> Option<Decimal> {
    match value {
        [0x06, a, b, c, d, ..] => Some(Decimal::unsigned(u32::from_be_bytes([*a, *b, *c, *d]).into(), scale)),
        [0x12, a, b, ..] => Some(Decimal::unsigned(u16::from_be_bytes([*a, *b]).into(), scale)),
        [0x10, a, b, ..] => Some(Decimal::new(i16::from_be_bytes([*a, *b]).into(), scale)),
        [0x09 | 0x0A, ..] => None,
        _ => rare_number(value, scale),
    }
}

#[inline(never)]
fn rare_number(value: &[u8], scale: i8) -> Option<Decimal> {
    parse::value(value).ok()?.1.number().map(|number| number.scaled(scale))
}

impl<'a> Records<'a> {
    /// The records of a list whose form is read off its first elements.
    pub(crate) fn new(body: &Body<'a>) -> Self {
        if body.has_descriptors() { Self::described(body) } else { Self::defined(body) }
    }

    fn of(body: &Body<'a>, form: Form) -> Self {
        let elements = Elements::of(body);
        Self { elements, position: 0, form, definitions: Elements { octets: &[], due: 0 }, push: None }
    }

    /// The records of a list without any codes: every value is one.
    pub(crate) fn by_places(body: &Body<'a>) -> Self {
        let records = Self::of(body, Form::Places);
        let push = records.elements.ahead().and_then(code).map(|(obis, _)| obis);
        Self { push, ..records }
    }

    /// How the list says what its values are.
    pub(crate) const fn form(&self) -> Form {
        self.form
    }

    /// The push setup object whose list it is.
    pub(crate) const fn push(&self) -> Option<Obis> {
        self.push
    }

    /// {enum, array of {descriptor, value}}: the elements of the array.
    fn described(body: &Body<'a>) -> Self {
        let mut records = Self::of(body, Form::Descriptors);
        records.elements.next();
        records.elements.enter();
        let mut ahead = records.clone();
        let push = ahead.find_map(|record| record.obis.filter(|obis| obis.c() == 25 && obis.d() == 9));
        Self { push, ..records }
    }

    /// {array of definitions, value, value …}: the values and their definitions; another list as it is.
    fn defined(body: &Body<'a>) -> Self {
        let records = Self::of(body, Form::Codes);
        let mut definitions = records.elements;
        if !matches!(definitions.octets, [0x01, ..]) || definitions.enter().is_none() {
            return records;
        }
        // The first definition is that of the definitions.
        let Some(first) = definition(&mut definitions) else { return records };
        let mut elements = records.elements;
        elements.next();
        Self { elements, position: 1, form: Form::Definitions, definitions, push: Some(first.obis) }
    }

    /// A code and its value, and perhaps scaler and unit, which are elements of their own here; or a value without.
    #[inline(always)]
    fn coded(&mut self, octets: &'a [u8]) -> Option<Record<'a>> {
        let coded = code(octets).filter(|_| self.elements.due > 1);
        let Some((obis, behind)) = coded else { return self.plain() };
        let (value, behind) = value(behind)?;
        self.position = self.position.wrapping_add(2);
        let position = self.position;
        self.elements.took(2, behind);
        let scaler = self.elements.ahead().and_then(ScalerUnit::at_start);
        if let Some((_, behind)) = scaler {
            self.position = self.position.wrapping_add(1);
            self.elements.took(1, behind);
        }
        Some(Record { position, obis: Some(obis), value, scaler: scaler.map(|(scaler, _)| scaler) })
    }

    /// A value without a code.
    fn plain(&mut self) -> Option<Record<'a>> {
        let value = self.elements.next()?;
        self.position = self.position.wrapping_add(1);
        Some(Record { position: self.position, obis: None, value, scaler: None })
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<Record<'a>> {
        loop {
            let octets = self.elements.ahead()?;
            match (self.form, octets) {
                // An element that this meter does not have: Kamstrup one-phase.
                (Form::Places | Form::Codes, [0x00, ..]) => {
                    self.plain();
                }
                (Form::Places, _) => return self.plain(),
                (Form::Definitions, _) => {
                    let obis = definition(&mut self.definitions).and_then(|defined| defined.code());
                    return self.plain().map(|record| Record { obis, ..record });
                }
                (Form::Codes | Form::Descriptors, [0x02, 2 | 3, ..]) => match structured(octets, self.form) {
                    Some((record, behind)) => {
                        self.position = self.position.wrapping_add(1);
                        self.elements.took(1, behind);
                        return Some(Record { position: self.position, ..record });
                    }
                    None => return self.plain(),
                },
                (_, _) => return self.coded(octets),
            }
        }
    }
}

/// {code, value}, {code, value, {scaler, unit}} or {descriptor, value}, and what is behind it.
#[inline(always)]
fn structured(octets: &[u8], form: Form) -> Option<(Record<'_>, &[u8])> {
    let [0x02, count, inside @ ..] = octets else { return None };
    let (obis, inside) = match (form, inside) {
        // What is no tag is the class number of a descriptor.
        (Form::Descriptors, [0x00, ..]) => {
            let (inside, descriptor) = parse::attribute_descriptor(inside).ok()?;
            (descriptor.obis, inside)
        }
        _ => code(inside)?,
    };
    let (value, behind) = value(inside)?;
    let (scaler, behind) = match count {
        2 => (None, behind),
        _ => ScalerUnit::at_start(behind).map(|(scaler, behind)| (Some(scaler), behind))?,
    };
    Some((Record { position: 0, obis: Some(obis), value, scaler }, behind))
}

/// What a value is, in a list that defines its values.
struct Definition {
    class: u16,
    obis: Obis,
    attribute: i8,
}

impl Definition {
    /// The object, unless the value is something else of it than what it measures: a scale, a status, a time.
    fn code(&self) -> Option<Obis> {
        let is_value = !matches!(self.class, 3..=5) || self.attribute == 2;
        is_value.then_some(self.obis)
    }
}

/// The next definition: {class, code, attribute, data index}, newer meters with more behind that.
#[inline(never)]
fn definition(definitions: &mut Elements<'_>) -> Option<Definition> {
    let mut inside = *definitions;
    definitions.next()?;
    if !matches!(inside.octets, [0x02, 4..=0x7F, ..]) {
        return None;
    }
    inside.enter()?;
    let [0x12, high, low] = inside.next()? else { return None };
    let class = u16::from_be_bytes([*high, *low]);
    let (obis, behind) = code(inside.octets)?;
    match behind {
        [0x0F, attribute, 0x12, _, _, ..] => {
            Some(Definition { class, obis, attribute: i8::from_be_bytes([*attribute]) })
        }
        _ => None,
    }
}

/// The code that six octets are, and what is behind it. Group A names a medium; there are no more than 15 of them.
#[inline(always)]
fn code(octets: &[u8]) -> Option<(Obis, &[u8])> {
    match octets.split_first_chunk() {
        Some(([0x09, 0x06, a @ 0..=15, b, c, d, e, f], behind)) => {
            Some((Obis::new(*a, *b, *c, *d, *e, *f), behind))
        }
        _ => None,
    }
}
