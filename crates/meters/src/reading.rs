//! One list that a meter sent, with every value named.

use core::iter;

use amshan_cosem::{Body, DataNotification, Security};
use amshan_dlde::{DataSets, Readout};
use amshan_quantity::{ClockStatus, DateTime, Obis, Unit};

use crate::field::Field;
use crate::layout::{Clock, Form, Layout};
use crate::maker::maker;
use crate::object::{Flaw, FlawKind, Object};
use crate::record::Records;
use crate::value::{Raw, Text, Value};

/// One list that a meter sent: a view into the message.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    source: Source<'a>,
    layout: Option<&'a Layout<'a>>,
    by: By,
    security: Option<Security>,
}

#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    List { body: Body<'a>, sent: Option<DateTime> },
    Readout(Readout<'a>),
}

/// How it is known what the values of a reading are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By a layout that the list fits.
    Layout,
    /// By the codes in the message alone.
    Obis,
    /// Not at all: values at their places.
    Tree,
}

/// When the list was made, by the meter's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeterClock {
    /// The time.
    pub time: DateTime,
    /// Whether it stands in the list itself; else it is that of the notification.
    pub in_list: bool,
}

impl<'a> Reading<'a> {
    /// The list that a data-notification carries, read with the first layout that it fits.
    pub fn of_notification(
        notification: &DataNotification<'a>,
        layouts: impl IntoIterator<Item = &'a Layout<'a>>,
    ) -> Self {
        let sent = notification.date_time().and_then(Result::ok);
        Self {
            source: Source::List { body: notification.body, sent },
            ..Self::of_body(notification.body, layouts)
        }
    }

    /// The list that a notification body is, read with the first layout that it fits.
    pub fn of_body(body: Body<'a>, layouts: impl IntoIterator<Item = &'a Layout<'a>>) -> Self {
        let layout = Layout::choose(layouts, &body);
        let by = match layout {
            Some(_) => By::Layout,
            None if Records::new(&body).any(|record| record.obis.is_some()) => By::Obis,
            None => By::Tree,
        };
        Self { source: Source::List { body, sent: None }, layout, by, security: None }
    }

    /// What a P1 readout says.
    pub const fn of_readout(readout: Readout<'a>) -> Self {
        Self { source: Source::Readout(readout), layout: None, by: By::Obis, security: None }
    }

    /// The same reading, from a message that was ciphered.
    #[must_use]
    pub const fn ciphered(self, security: Security) -> Self {
        Self { security: Some(security), ..self }
    }

    /// How the message was ciphered, if it was.
    pub const fn security(&self) -> Option<Security> {
        self.security
    }

    /// The layout that the list fits.
    pub const fn layout(&self) -> Option<&'a Layout<'a>> {
        self.layout
    }

    /// How it is known what the values are.
    pub const fn by(&self) -> By {
        self.by
    }

    /// How many elements the list announced, if the message ended before all were there.
    pub const fn cut(&self) -> Option<usize> {
        match &self.source {
            Source::List { body, .. } => body.cut(),
            Source::Readout(_) => None,
        }
    }

    /// Everything that the meter says, in the order it says it; what makes no sense as an error among the others.
    pub fn objects(&self) -> Objects<'a> {
        let list = match self.source {
            Source::List { body, .. } => {
                let records = self.layout.map_or_else(|| Records::new(&body), |layout| layout.records(&body));
                List::Cosem { records, total: body.elements(), layout: self.layout, next: 0 }
            }
            Source::Readout(readout) => List::P1 { sets: readout.data_sets(), position: 0 },
        };
        Objects { list }
    }

    /// Every quantity that has a name, each once.
    pub fn fields(&self) -> Fields<'a> {
        Fields {
            head: self.head(),
            objects: self.objects(),
            later: [None; 4],
            wait: true,
            id: None,
            clock: self.sent(),
            seen: [[0; 4]; 9],
        }
    }

    /// The quantity of this name.
    pub fn get(&self, field: Field) -> Option<Value<'a>> {
        // Only the meter's id is chosen among several objects; others are found without looking at the whole message.
        let coded = (field != Field::METER_ID)
            .then(|| {
                let named =
                    |object: &Object<'_>| object.field == Some(field) && object.value.is_some_and(is_usable);
                self.objects().flatten().find(named)
            })
            .flatten();
        match coded {
            Some(object) => object.value,
            None => self.fields().find(|(found, _)| *found == field).map(|(_, value)| value),
        }
    }

    /// When the list was made.
    pub fn clock(&self) -> Option<MeterClock> {
        let is_clock = |object: &Object<'_>| object.field == Some(Field::METER_DATETIME);
        let in_list = self.objects().flatten().find(is_clock).and_then(|object| match object.value {
            Some(value @ Value::Time(time)) if is_usable(value) => Some(MeterClock { time, in_list: true }),
            _ => None,
        });
        in_list.or(self.sent().map(|time| MeterClock { time, in_list: false }))
    }

    /// The time of the notification.
    fn sent(&self) -> Option<DateTime> {
        match self.source {
            Source::List { sent, .. } => {
                let sent = sent.filter(|time| time.is_complete())?;
                let local = self.layout.is_some_and(|layout| layout.clock == Clock::Local);
                Some(if local { sent.without_deviation() } else { sent })
            }
            Source::Readout(_) => None,
        }
    }

    /// The maker whose id the sender's system title begins with, or the logical device name.
    fn maker_by_id(&self) -> &'static str {
        if let Some(name) = self.security.and_then(|security| maker(security.system_title.octets())) {
            return name;
        }
        let name = self.objects().flatten().find(|object| object.field == Some(Field::LOGICAL_DEVICE_NAME));
        match name.map(|object| object.raw) {
            Some(Raw::Data(data)) => data.octets().and_then(maker).unwrap_or(""),
            _ => "",
        }
    }

    /// Who made the meter, and what it calls itself.
    fn head(&self) -> [Option<(Field, Value<'a>)>; 4] {
        let text =
            |field, octets: &'a [u8]| (!octets.is_empty()).then_some((field, Value::Text(Text::new(octets))));
        let counter = self
            .security
            .map(|security| (Field::FRAME_COUNTER, Value::Number(security.counter.into(), Unit::NONE)));
        match self.source {
            Source::List { .. } => {
                let named = self.layout.map_or("", |layout| layout.maker);
                // A push that defines its values may be anybody's.
                let defined = self.layout.is_some_and(|layout| layout.form == Form::Definitions);
                let by_id = if named.is_empty() || defined { self.maker_by_id() } else { "" };
                let name = if by_id.is_empty() { named } else { by_id };
                [text(Field::METER_MANUFACTURER, name.as_bytes()), counter, None, None]
            }
            Source::Readout(readout) => {
                let identification = readout.identification();
                let letters = identification.manufacturer();
                [
                    maker(letters).and_then(|name| text(Field::METER_MANUFACTURER, name.as_bytes())),
                    text(Field::METER_MANUFACTURER_ID, letters),
                    text(Field::METER_TYPE_ID, identification.text()),
                    counter,
                ]
            }
        }
    }
}

/// Whether a value says something: a clock that does not name a minute is no time.
fn is_usable(value: Value<'_>) -> bool {
    !matches!(value, Value::Time(time) if !time.is_complete())
}

/// Which of the ids in a message is that of the meter: the lowest rank.
fn id_rank(obis: Obis, value: &Value<'_>) -> Option<u8> {
    match obis.octets() {
        [0, 0, 96, 1, 0, _] => Some(0),
        [1, 0, 96, 1, 0, _] => Some(1),
        [0, 0, 96, 1, 1, _] => Some(2),
        [1, 1, 0, 0, 5, _] => Some(3),
        [1, 1, 0, 0, 1, _] => Some(4),
        // Iskraemeco: the serial number, or the name of the list.
        [0, 0, 96, 1, 2 | 3, _] if matches!(value, Value::Text(text) if text.starts_with("ISK")) => Some(5),
        [0, 0, 42, 0, 0, _] => Some(6),
        _ => None,
    }
}

/// Iterator over the objects of a [`Reading`].
#[derive(Debug, Clone)]
pub struct Objects<'a> {
    list: List<'a>,
}

#[allow(clippy::large_enum_variant, reason = "there is no heap to put the larger one on")]
#[derive(Debug, Clone)]
enum List<'a> {
    Cosem { records: Records<'a>, total: usize, layout: Option<&'a Layout<'a>>, next: usize },
    P1 { sets: DataSets<'a>, position: usize },
}

impl<'a> Iterator for Objects<'a> {
    type Item = Result<Object<'a>, Flaw<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.list {
            List::Cosem { records, total, layout, next } => {
                Some(Object::of_record(records.next()?, *layout, *total, next))
            }
            List::P1 { sets, position } => {
                *position = position.saturating_add(1);
                Some(match sets.next()? {
                    Ok(set) => Object::of_data_set(&set, *position),
                    Err(error) => Err(Flaw {
                        obis: None,
                        position: *position,
                        raw: Raw::Text(&[]),
                        kind: FlawKind::Line(error),
                    }),
                })
            }
        }
    }
}

/// Iterator over the named quantities of a [`Reading`].
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    head: [Option<(Field, Value<'a>)>; 4],
    objects: Objects<'a>,
    /// What an object says besides its value: its time, or the status of a clock.
    later: [Option<(Field, Value<'a>)>; 4],
    /// Whether there may be something in `head` or `later`.
    wait: bool,
    /// The best of the ids so far, and its rank: which of several is the meter's own is known at the end.
    id: Option<(u8, Value<'a>)>,
    /// The notification's time, which serves where the list has none.
    clock: Option<DateTime>,
    /// Fields already given, a bit each; those of each sub-meter and relay apart.
    seen: [[u64; 4]; 9],
}

impl<'a> Fields<'a> {
    /// The field, unless it was given before.
    fn once(&mut self, field: Field, value: Value<'a>) -> Option<(Field, Value<'a>)> {
        let words = self.seen.get_mut(usize::from(field.channel()))?;
        let word = words.get_mut(usize::from(field.id() / 64))?;
        let bit = 1u64 << (field.id() % 64);
        let first = *word & bit == 0;
        *word |= bit;
        first.then_some((field, value))
    }

    /// Remembers an id that is the meter's own rather than those before it.
    fn note_id(&mut self, obis: Option<Obis>, value: Value<'a>) {
        let rank = obis.and_then(|obis| id_rank(obis, &value));
        if let Some(rank) = rank.filter(|rank| self.id.is_none_or(|(best, _)| *rank < best)) {
            self.id = Some((rank, value));
        }
    }

    fn waiting(&mut self) -> Option<(Field, Value<'a>)> {
        let first = iter::empty().chain(&mut self.head).chain(&mut self.later).find_map(Option::take);
        self.wait = first.is_some();
        first
    }

    /// Puts aside what a clock says besides the time.
    fn put_clock_aside(&mut self, time: DateTime) {
        let Some(status) = time.status() else { return };
        let flag = |field, flag: fn(ClockStatus) -> bool| Some((field, Value::Flag(flag(status))));
        self.later = [
            flag(Field::CLOCK_DST, ClockStatus::daylight_saving),
            flag(Field::CLOCK_INVALID, ClockStatus::invalid).filter(|_| status.invalid()),
            flag(Field::CLOCK_DOUBTFUL, ClockStatus::doubtful).filter(|_| status.doubtful()),
            None,
        ];
        self.wait = true;
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (Field, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((field, value)) = self.wait.then(|| self.waiting()).flatten() {
                if let Some(first) = self.once(field, value) {
                    return Some(first);
                }
                continue;
            }
            let (field, value) = match self.objects.next() {
                Some(Ok(object)) => {
                    let Some(value) = object.value else { continue };
                    self.note_id(object.obis, value);
                    match object.field {
                        None | Some(Field::METER_ID) => continue,
                        Some(field) => {
                            if let (Some(field), Some(time)) = (field.time(), object.time) {
                                self.later = [Some((field, Value::Time(time))), None, None, None];
                                self.wait = true;
                            }
                            (field, value)
                        }
                    }
                }
                Some(Err(_)) => continue,
                None => match self.id.take() {
                    Some((_, id)) => (Field::METER_ID, id),
                    None => (Field::METER_DATETIME, Value::Time(self.clock.take()?)),
                },
            };
            if !is_usable(value) {
                continue;
            }
            if let Some(first) = self.once(field, value) {
                if let (Field::METER_DATETIME, Value::Time(time)) = &first {
                    self.put_clock_aside(*time);
                }
                return Some(first);
            }
        }
    }
}
