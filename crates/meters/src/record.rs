//! The elements of a COSEM list, one after the other, as far as they describe themselves.

use amshan_cosem::{Body, Data, Node, ScalerUnit, Walk};
use amshan_quantity::Obis;

use crate::layout::Form;
use crate::value::Raw;

/// One element of a list: a value with the code and the scale that the message gives it.
#[derive(Debug, Clone)]
pub(crate) struct Record<'a> {
    /// Where in its container the value stands, counted from 1.
    pub(crate) position: usize,
    /// Its code, if the message says it.
    pub(crate) obis: Option<Obis>,
    /// The value.
    pub(crate) raw: Raw<'a>,
    /// Its scale and unit, if the message says them.
    pub(crate) scaler: Option<ScalerUnit>,
}

/// Iterator over the records of a list.
#[derive(Debug, Clone)]
pub(crate) struct Records<'a> {
    walk: Walk<'a>,
    position: usize,
    form: Form,
    /// What is still to come of the definitions in front of the values ([`Form::Definitions`]).
    definitions: Option<Walk<'a>>,
    /// The push setup object that the list begins with, and so its name.
    push: Option<Obis>,
}

impl<'a> Records<'a> {
    /// The records of a list whose form is read off its first elements.
    pub(crate) fn new(body: &Body<'a>) -> Self {
        let mut walk = body.walk();
        if body.elements() > 0 {
            walk.next();
        }
        let records = Self { walk, position: 0, form: Form::Codes, definitions: None, push: None };
        if body.has_descriptors() { records.described() } else { records.defined() }
    }

    /// The records of a list without any codes: every value is one.
    pub(crate) fn by_places(body: &Body<'a>) -> Self {
        let mut walk = body.walk();
        if body.elements() > 0 {
            walk.next();
        }
        let push = walk.clone().next().and_then(|node| code(&node.data));
        Self { walk, position: 0, form: Form::Places, definitions: None, push }
    }

    /// How the list says what its values are.
    pub(crate) const fn form(&self) -> Form {
        self.form
    }

    /// The push setup object whose list it is.
    pub(crate) const fn push(&self) -> Option<Obis> {
        self.push
    }

    /// {enum, array of {descriptor, value}}: goes to the first element of the array.
    fn described(mut self) -> Self {
        self.form = Form::Descriptors;
        self.walk.next();
        if let Some(array) = self.walk.next() {
            self.walk = self.walk.children(&array);
        }
        let mut ahead = self.clone();
        self.push = ahead.find_map(|record| record.obis.filter(|obis| obis.c() == 25 && obis.d() == 9));
        self
    }

    /// {array of definitions, value, value …}: goes to the first value and its definition.
    fn defined(self) -> Self {
        let mut ahead = self.clone();
        let Some(array) = ahead.walk.next().filter(|node| matches!(node.data, Data::Array(1..))) else {
            return self;
        };
        let mut definitions = ahead.walk.children(&array);
        // The first definition is that of the definitions.
        match definition(&mut definitions) {
            Some(Definition { obis: push, .. }) => Self {
                position: 1,
                form: Form::Definitions,
                definitions: Some(definitions),
                push: Some(push),
                ..ahead
            },
            None => self,
        }
    }

    fn take(&mut self) -> Option<Node<'a>> {
        let node = self.walk.next()?;
        self.position = self.position.saturating_add(1);
        Some(node)
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        loop {
            let node = self.take()?;
            let position = self.position;
            let plain = |raw| Some(Record { position, obis: None, raw, scaler: None });
            match (self.form, node.data) {
                // An element that this meter does not have: Kamstrup one-phase.
                (Form::Places | Form::Codes, Data::Null) => {}
                (Form::Places, _) => return plain(Raw::of(&node, &mut self.walk)),
                (Form::Definitions, _) => {
                    let raw = Raw::of(&node, &mut self.walk);
                    let obis =
                        self.definitions.as_mut().and_then(definition).and_then(|defined| defined.code());
                    return Some(Record { position, obis, raw, scaler: None });
                }
                (Form::Codes | Form::Descriptors, Data::Structure(count @ (2 | 3))) => {
                    let mut container = self.walk.clone();
                    let record = structured(&mut self.walk, count, position);
                    if record.is_none() {
                        let raw = Raw::of(&node, &mut container);
                        self.walk = container;
                        return plain(raw);
                    }
                    return record;
                }
                (Form::Codes | Form::Descriptors, data) => {
                    let Some(obis) = code(&data) else { return plain(Raw::of(&node, &mut self.walk)) };
                    let value = self.take().unwrap_or(node);
                    let position = self.position;
                    let raw = Raw::of(&value, &mut self.walk);
                    let scaler = self.walk.scaler_unit();
                    if scaler.is_some() {
                        self.position = self.position.saturating_add(1);
                    }
                    return Some(Record { position, obis: Some(obis), raw, scaler });
                }
            }
        }
    }
}

/// {code, value}, {code, value, {scaler, unit}} or {descriptor, value}: the walk goes to the end of it.
fn structured<'a>(walk: &mut Walk<'a>, count: usize, position: usize) -> Option<Record<'a>> {
    let obis = match walk.next()?.data {
        Data::Descriptor(descriptor) => descriptor.obis,
        data => code(&data)?,
    };
    let value = walk.next()?;
    let raw = Raw::of(&value, walk);
    let scaler = if count == 3 { Some(walk.scaler_unit()?) } else { None };
    Some(Record { position, obis: Some(obis), raw, scaler })
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
fn definition(definitions: &mut Walk<'_>) -> Option<Definition> {
    let definition = definitions.next().filter(|node| matches!(node.data, Data::Structure(4..)))?;
    let mut inside = definitions.children(&definition);
    match (inside.next()?.data, inside.next()?.data, inside.next()?.data, inside.next()?.data) {
        (Data::LongUnsigned(class), object, Data::Integer(attribute), Data::LongUnsigned(_)) => {
            Some(Definition { class, obis: code(&object)?, attribute })
        }
        _ => None,
    }
}

/// The code that six octets are. Group A names a medium; there are no more than 15 of them.
fn code(data: &Data<'_>) -> Option<Obis> {
    match data {
        Data::OctetString(octets @ [0..=15, ..]) => <[u8; 6]>::try_from(*octets).ok().map(Obis::from),
        _ => None,
    }
}
