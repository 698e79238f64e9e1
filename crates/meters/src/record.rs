//! The elements of a COSEM list, one after the other, as far as they describe themselves.

use amshan_cosem::{Body, Data, Node, ScalerUnit, Walk};
use amshan_quantity::{Obis, Unit};

use crate::value::Raw;

/// One element of a list: a value with the code and the scale that the message gives it.
#[derive(Debug, Clone)]
pub(crate) struct Record<'a> {
    /// Where in the outermost container its value stands, counted from 1.
    pub(crate) position: usize,
    /// Its code, if the message says it.
    pub(crate) obis: Option<Obis>,
    /// The value.
    pub(crate) raw: Raw<'a>,
    /// Its scale and unit, if the message says them.
    pub(crate) scaler: Option<ScalerUnit>,
}

/// Iterator over the records of a list.
///
/// A list says what its values are in one of these ways, or not at all:
///
/// | form | who |
/// |---|---|
/// | structures of {code, value, {scaler, unit}} | Aidon, Iskraemeco CH, Kaifa AT |
/// | code, value one behind the other | Kamstrup, Kaifa SE, Landis+Gyr |
/// | code, value, {scaler, unit} one behind the other | Kaifa and Sagemcom at Netz NÖ |
#[derive(Debug, Clone)]
pub(crate) struct Records<'a> {
    walk: Walk<'a>,
    position: usize,
    /// Whether six octets may be the code of what follows, or are always a value.
    coded: bool,
}

impl<'a> Records<'a> {
    pub(crate) fn new(body: &Body<'a>, coded: bool) -> Self {
        let mut walk = body.walk();
        if body.elements() > 0 {
            walk.next();
        }
        Self { walk, position: 0, coded }
    }

    fn take(&mut self) -> Option<Node<'a>> {
        let node = self.walk.next()?;
        self.position = self.position.saturating_add(1);
        Some(node)
    }

    /// The scale and unit that stand next, if they do.
    fn scaler(walk: &mut Walk<'a>) -> Option<ScalerUnit> {
        let mut ahead = walk.clone();
        let found = match (ahead.next()?.data, ahead.next()?.data, ahead.next()?.data) {
            (Data::Structure(2), Data::Integer(scaler), Data::Enum(unit)) => {
                Some(ScalerUnit { scaler, unit: Unit::from_code(unit) })
            }
            _ => None,
        };
        if found.is_some() {
            *walk = ahead;
        }
        found
    }

    /// {code, value} or {code, value, {scaler, unit}}.
    fn structured(mut inside: Walk<'a>, position: usize) -> Option<Record<'a>> {
        let obis = code(&inside.next()?.data)?;
        let value = inside.next()?;
        let raw = Raw::of(&value, &mut inside);
        let scaler = Self::scaler(&mut inside);
        inside.next().is_none().then_some(Record { position, obis: Some(obis), raw, scaler })
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        loop {
            let node = self.take()?;
            let position = self.position;
            match node.data {
                // An element that this meter does not have: Kamstrup one-phase.
                Data::Null => {}
                Data::Structure(2 | 3) if self.coded => {
                    let inside = self.walk.children(&node);
                    let record = Self::structured(inside.clone(), position);
                    let nested =
                        || Record { position, obis: None, raw: Raw::Nested(node.data, inside), scaler: None };
                    return Some(record.unwrap_or_else(nested));
                }
                data => {
                    let obis = code(&data).filter(|_| self.coded);
                    let value = match obis {
                        Some(_) => self.take().unwrap_or(node),
                        None => node,
                    };
                    let position = self.position;
                    let raw = Raw::of(&value, &mut self.walk);
                    let scaler = obis.and_then(|_| Self::scaler(&mut self.walk));
                    if scaler.is_some() {
                        self.position = self.position.saturating_add(1);
                    }
                    return Some(Record { position, obis, raw, scaler });
                }
            }
        }
    }
}

/// The code that six octets are. Group A names a medium; there are no more than 15 of them.
fn code(data: &Data<'_>) -> Option<Obis> {
    match data {
        Data::OctetString(octets @ [0..=15, ..]) => <[u8; 6]>::try_from(*octets).ok().map(Obis::from),
        _ => None,
    }
}
