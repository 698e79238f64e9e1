//! Lists and telegrams that came before, and are known again.

use core::{ptr, slice};
use std::vec::Vec;

use amshan_cosem::{Apdu, Data, Pattern, Type};
use amshan_dlde::Readout;
use amshan_quantity::{DateTime, Decimal};

use crate::LAYOUTS;
use crate::field::{Field, Kind};
use crate::fields::{RANKED_BY_TEXT, id_rank};
use crate::layout::{Element, Layout, same_meter};
use crate::object::{Adds, Meaning, Measured};
use crate::places::Places;
use crate::reading::{By, Reading};
use crate::record::Record;
use crate::slot::{Slot, Slots, Told};
use crate::telegram::Telegram;
use crate::value::{Text, Value};

/// Layouts, and the lists and telegrams that came before.
///
/// A meter sends the same list again and again, and only its values change. What was found out about a list is kept
/// here, and the next one that has the same octets in all that is no value is read by it: several times as fast, with
/// the same outcome. So it is with P1 telegrams that have the same octets in all but the digits of their values.
///
/// It may serve any number of streams and threads. It remembers up to 64 kinds of lists, of the length of their texts as
/// well, and as many of telegrams: those that come first, and of kinds with one number of octets up to eight. It mostly
/// takes up a few kilobytes for each. What is not remembered is read all the same.
#[derive(Debug)]
pub struct Lists<'k> {
    own: &'k [Layout<'k>],
    only: bool,
    lists: Places<Known>,
    telegrams: Places<Telegram>,
}

/// A list that came before.
#[derive(Debug)]
struct Known {
    pattern: Pattern,
    /// Which of the layouts it fits.
    layout: Option<usize>,
    by: By,
    slots: Vec<Slot>,
    plain: bool,
    /// Where in the body a time is, which has to be one for the list to be this one.
    times: Vec<usize>,
}

impl<'k> Lists<'k> {
    /// These layouts, which are tried before the built-in ones, and nothing that came before.
    pub const fn new(own: &'k [Layout<'k>]) -> Self {
        Self { own, only: false, lists: Places::new(), telegrams: Places::new() }
    }

    /// This layout and no other.
    pub const fn only(layout: &'k Layout<'k>) -> Self {
        Self { own: slice::from_ref(layout), only: true, lists: Places::new(), telegrams: Places::new() }
    }

    /// The layouts that are tried before the built-in ones, and whether they are tried instead of them.
    pub const fn own(&self) -> (&'k [Layout<'k>], bool) {
        (self.own, self.only)
    }

    fn layouts(&self) -> impl Iterator<Item = &'k Layout<'k>> + use<'k> {
        self.own.iter().chain(if self.only { &[] } else { LAYOUTS })
    }

    fn layout(&self, place: usize) -> Option<&'k Layout<'k>> {
        match place.checked_sub(self.own.len()) {
            None => self.own.get(place),
            Some(place) => LAYOUTS.get(place),
        }
    }

    /// The list in a message, if it is one that came before. `None`: it has to be read.
    ///
    /// The message is an application message in the clear, without anything around it.
    pub fn reading<'a>(&'a self, message: &'a [u8]) -> Option<Reading<'a>>
    where
        'k: 'a,
    {
        self.lists.find(message.len(), |known| known.reading(message, self))
    }

    /// Remembers the list in a message that was read, for [`reading`](Self::reading).
    ///
    /// What is no whole data-notification is not remembered, nor are lists with values inside values. Layouts that ask
    /// for a framing or a sender see more than the message: with such, nothing is.
    pub fn learn(&self, message: &[u8]) {
        self.lists.keep(message.len(), || self.known(message));
    }

    /// What a P1 readout says, if it is a telegram that came before. `None`: it has to be read.
    ///
    /// With layouts of one's own, which may be for readouts, it always has.
    pub fn readout<'a>(&'a self, readout: Readout<'a>) -> Option<Reading<'a>> {
        self.telegrams.find(readout.text().len(), |telegram| telegram.reading(readout))
    }

    /// Remembers a P1 telegram, for [`readout`](Self::readout).
    pub fn learn_readout(&self, readout: &Readout<'_>) {
        if self.own.is_empty() {
            self.telegrams.keep(readout.text().len(), || Telegram::of(readout));
        }
    }

    fn known(&self, message: &[u8]) -> Option<Known> {
        if self.own.iter().any(|layout| !layout.framing.is_empty() || !layout.sender.is_empty()) {
            return None;
        }
        let Ok((Apdu::DataNotification(notification), [])) = Apdu::parse(message) else { return None };
        let reading = Reading::of_notification(&notification, self.layouts());
        let layout = reading.layout();
        let mut records = reading.records()?;
        let (mut slots, mut times, mut values) = (Vec::new(), Vec::new(), Vec::new());
        while let Some((record, adds)) = records.next() {
            let mut slot = Slot::new(&record, adds, layout, notification.body.bytes())?;
            let start = usize::from(slot.start);
            match self.open(&record, slots.is_empty())? {
                Open::Nothing => slot.told = slot.told.fixed(record.octets()),
                Open::Value => values.push(start),
                Open::Time => {
                    values.push(start);
                    times.push(start.checked_add(2)?);
                }
            }
            slots.push(slot);
        }
        let pattern = Pattern::of(message, &values)?;
        let plain = is_plain(&slots);
        let place = |layout: &Layout<'_>| self.layouts().position(|other| ptr::eq(other, layout));
        Some(Known { pattern, layout: layout.and_then(place), by: reading.by(), slots, plain, times })
    }

    /// What may be another in a message with the same list. `None`: that can't be said.
    ///
    /// What chooses the layout has to be the same: the name, which stands first, the marks, and whether octets are a text, a
    /// code, a date or a time.
    fn open(&self, record: &Record<'_>, is_first: bool) -> Option<Open> {
        let octets = match record.data()? {
            Data::OctetString(octets) | Data::VisibleString(octets) | Data::Utf8String(octets) => octets,
            Data::Array(_) | Data::Structure(_) | Data::CompactArray(_) => return None,
            Data::BitString(_) | Data::DontCare | Data::Descriptor(_) => return Some(Open::Nothing),
            _ => return Some(Open::Value),
        };
        if let Ok(time) = <[u8; 12]>::try_from(octets) {
            let is_time = DateTime::from_octets(time).is_ok();
            return Some(if is_time { Open::Time } else { Open::Nothing });
        }
        let mut marks = self.layouts().flat_map(|layout| layout.marks);
        let marked = marks.any(|mark| record.obis.is_some_and(|obis| same_meter(mark.obis, obis)));
        Some(if is_first || marked || matches!(octets.len(), 4..=6) { Open::Nothing } else { Open::Value })
    }
}

/// What of a record may be another in a message with the same list.
enum Open {
    Nothing,
    Value,
    /// Its value, as long as it is a time.
    Time,
}

impl Known {
    fn reading<'a>(&'a self, message: &'a [u8], lists: &Lists<'a>) -> Option<Reading<'a>> {
        let notification = self.pattern.read(message)?;
        let is_time = |place: &usize| {
            let octets = notification.body.bytes().get(*place..).and_then(<[u8]>::first_chunk);
            octets.is_some_and(|octets| DateTime::from_octets(*octets).is_ok())
        };
        let known = self.times.iter().all(is_time);
        known.then(|| {
            let slots = Slots { slots: &self.slots, plain: self.plain };
            let layout = self.layout.and_then(|place| lists.layout(place));
            Reading::of_known(&notification, layout, self.by, slots)
        })
    }
}

impl Slot {
    /// The slot of a record in a body; `None`: it lies too far behind.
    fn new(record: &Record<'_>, adds: Adds<'_>, layout: Option<&Layout<'_>>, body: &[u8]) -> Option<Self> {
        let start = record.value.as_ptr().addr().checked_sub(body.as_ptr().addr())?;
        let same = |element: &Element| adds.element.is_some_and(|found| ptr::eq(found, element));
        let element = layout.and_then(|layout| layout.elements.iter().position(same));
        Some(Self {
            start: u16::try_from(start).ok()?,
            end: u16::try_from(start.checked_add(record.value.len())?).ok()?,
            position: u16::try_from(record.position).ok()?,
            element: element.and_then(|element| u16::try_from(element).ok()),
            obis: record.obis,
            scaler: record.scaler,
            told: Told::of(record, adds),
        })
    }
}

impl Told {
    fn of(record: &Record<'_>, adds: Adds<'_>) -> Self {
        Self::number(record, adds).or_else(|| Self::string(record, adds)).unwrap_or(Self::Other)
    }

    /// Of a value that is the same in all messages.
    fn fixed(self, octets: Option<&[u8]>) -> Self {
        let text = octets.and_then(Text::printable).and_then(Text::as_octets);
        match (self, text.and_then(|text| u8::try_from(text.len()).ok())) {
            (Self::Text(field), Some(length @ 1..)) => Self::Fixed(field, length),
            (told, _) => told,
        }
    }

    fn number(record: &Record<'_>, adds: Adds<'_>) -> Option<Self> {
        let Measured { field, unit, .. } = Measured::of_record(record, adds)?;
        let known = is_integer(record.kind()?) && adds.transformers.is_none();
        // Above a limit of the table the scale is another, but not for zero.
        let (scale, _) = adds.scale(record, Decimal::ZERO)?;
        let above = match (record.scaler, adds.element) {
            (Some(_), Some(Element { fixed: false, .. }) | None) => None,
            (_, element) => element.and_then(|element| element.above),
        };
        known.then_some(match above {
            None => Self::Number { field, scale, unit },
            Some(above) => Self::Limited { field, scale, above, unit },
        })
    }

    /// Of a string with a length of one octet.
    fn string(record: &Record<'_>, adds: Adds<'_>) -> Option<Self> {
        let [0x09 | 0x0A | 0x0C, 0..=0x7F, ..] = record.value else { return None };
        let Meaning { obis, field, value, .. } = Meaning::of_record(*record, adds).ok()?;
        match (field?, value?) {
            (Field::METER_DATETIME, Value::Time(_)) => Some(Self::Clock),
            (Field::METER_ID, value @ Value::Text(_)) => {
                id_rank(obis?, &value).filter(|rank| *rank < RANKED_BY_TEXT).map(Self::Id)
            }
            (Field::LOGICAL_DEVICE_NAME, _) => None,
            (field, Value::Text(_)) if field.kind() == Kind::Text => Some(Self::Text(field)),
            _ => None,
        }
    }
}

/// Whether it is told of all records what they mean, and no two mean the same. Fields that a reading gives of itself are
/// not in a list but by a layout that names them so.
fn is_plain(slots: &[Slot]) -> bool {
    let given = [
        Field::METER_MANUFACTURER,
        Field::FRAME_COUNTER,
        Field::METER_ID,
        Field::CLOCK_DST,
        Field::CLOCK_INVALID,
        Field::CLOCK_DOUBTFUL,
    ];
    let mut fields = Vec::from(given);
    slots.iter().all(|slot| {
        let field = match slot.told {
            Told::Number { field, .. }
            | Told::Limited { field, .. }
            | Told::Text(field)
            | Told::Fixed(field, _) => field,
            Told::Clock => Field::METER_DATETIME,
            Told::Id(_) => return true,
            Told::Other => return false,
        };
        let new = !fields.contains(&field);
        fields.push(field);
        new
    })
}

/// Whether a value of this type is a number whatever its octets are.
const fn is_integer(kind: Type) -> bool {
    matches!(
        kind,
        Type::DOUBLE_LONG
            | Type::DOUBLE_LONG_UNSIGNED
            | Type::INTEGER
            | Type::LONG
            | Type::UNSIGNED
            | Type::LONG_UNSIGNED
            | Type::LONG64
            | Type::LONG64_UNSIGNED
    )
}
