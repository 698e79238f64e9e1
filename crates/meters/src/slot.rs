//! The records of a list that came before: where their values are, and what was found out about them.

use amshan_cosem::ScalerUnit;
use amshan_quantity::{DateTime, Obis, Unit};

use crate::field::Field;
use crate::fields::clock_flags;
use crate::layout::{Element, Layout};
use crate::object::{Adds, Flaw, Object, scale_of, string};
use crate::reading::Reading;
use crate::record::{Record, number};
use crate::value::{Text, Value};

/// The records of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slots<'a> {
    pub(crate) slots: &'a [Slot],
    /// Whether it is told of each what it means, and no two mean the same.
    pub(crate) plain: bool,
}

/// A record without its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    /// Where in the body its value begins, and where it ends.
    pub(crate) start: u16,
    pub(crate) end: u16,
    pub(crate) position: u16,
    /// The place of what the layout's table says of it.
    pub(crate) element: Option<u16>,
    pub(crate) obis: Option<Obis>,
    pub(crate) scaler: Option<ScalerUnit>,
    pub(crate) told: Told,
}

/// What a record means, whatever its value is.
#[cfg_attr(not(feature = "std"), allow(dead_code, reason = "nothing remembers what came before"))]
#[repr(u8)]
#[derive(Debug, Clone, Copy)]
pub(crate) enum Told {
    /// A measured number.
    Number { field: Field, scale: i8, unit: Unit },
    /// A measured number with another scale above a limit.
    Limited { field: Field, scale: i8, above: (u32, i8), unit: Unit },
    /// A text.
    Text(Field),
    /// A text of so many octets that is the same in all messages.
    Fixed(Field, u8),
    /// One of the ids, of this rank.
    Id(u8),
    /// The meter's clock.
    Clock,
    /// That depends on the value.
    Other,
}

impl Slot {
    /// The record, with its value in this body.
    pub(crate) fn record<'a>(&self, body: &'a [u8]) -> Record<'a> {
        let Self { position, obis, scaler, .. } = *self;
        Record { position: position.into(), obis, value: self.value(body), scaler }
    }

    /// What a layout says of it.
    pub(crate) fn element<'a>(&self, layout: &Layout<'a>) -> Option<&'a Element> {
        layout.elements.get(usize::from(self.element?))
    }

    /// The octets of its value in this body.
    #[inline(always)]
    fn value<'a>(&self, body: &'a [u8]) -> &'a [u8] {
        body.get(usize::from(self.start)..usize::from(self.end)).unwrap_or_default()
    }
}

impl<'a> Reading<'a> {
    /// [`Reading::each_field`] of a list that is plain, so that it has no logical device name.
    #[inline(always)]
    pub(crate) fn each_told(
        &self,
        slots: &'a [Slot],
        body: &'a [u8],
        mut each: impl FnMut(Field, &Value<'a>),
        mut other: impl FnMut(Result<Object<'a>, Flaw<'a>>),
    ) {
        if let Some((field, value)) = self.list_maker(false) {
            each(field, &value);
        }
        if let Some((field, value)) = self.counter() {
            each(field, &value);
        }
        let (mut id, mut clock) = (None::<(u8, &[u8])>, None);
        for slot in slots {
            // Most are numbers, for which their start is enough.
            if let Told::Number { field, scale, unit } = slot.told {
                if let Some(number) =
                    body.get(usize::from(slot.start)..).and_then(|octets| number(octets, scale))
                {
                    each(field, &Value::Number(number, unit));
                }
                continue;
            }
            let value = slot.value(body);
            match slot.told {
                Told::Limited { field, scale, above, unit } => {
                    if let Some(number) = number(value, 0) {
                        let scale = scale_of(number, scale, Some(above));
                        each(field, &Value::Number(number.scaled(scale), unit));
                    }
                }
                Told::Text(field) => match contents(value).and_then(string) {
                    Some(text) => each(field, &text),
                    None => other(self.nothing(slot, body)),
                },
                Told::Fixed(field, length) => {
                    let text = contents(value).and_then(|text| text.get(..usize::from(length)));
                    each(field, &Value::Text(Text::new(text.unwrap_or_default())));
                }
                Told::Id(rank) => match contents(value).unwrap_or_default() {
                    octets if octets.iter().all(|octet| *octet == 0) => other(self.nothing(slot, body)),
                    octets if id.is_none_or(|(best, _)| rank < best) => id = Some((rank, octets)),
                    _ => {}
                },
                Told::Clock => {
                    clock = self.complete(contents(value).unwrap_or_default());
                    clock.into_iter().for_each(|time| tell_time(time, &mut each));
                }
                Told::Number { .. } | Told::Other => {}
            }
        }
        if let Some(id) = id.and_then(|(_, octets)| string(octets)) {
            each(Field::METER_ID, &id);
        }
        if clock.is_none() {
            self.sent().into_iter().for_each(|time| tell_time(time, &mut each));
        }
    }

    /// The object of a text that is empty.
    #[inline(never)]
    fn nothing(&self, slot: &Slot, body: &'a [u8]) -> Result<Object<'a>, Flaw<'a>> {
        let element = self.layout().and_then(|layout| slot.element(layout));
        Object::of_record(&slot.record(body), Adds::new(self.layout(), element))
    }
}

/// A clock, and what it says besides the time.
fn tell_time<'a>(time: DateTime, each: &mut impl FnMut(Field, &Value<'a>)) {
    each(Field::METER_DATETIME, &Value::Time(time));
    clock_flags(time).into_iter().flatten().for_each(|(field, value)| each(field, &value));
}

/// The octets of a string, behind its type and its length.
fn contents(value: &[u8]) -> Option<&[u8]> {
    value.get(2..)
}
