//! One list that a meter sent, with every value named.

use core::{iter, slice};

use amshan_cosem::{Body, DataNotification, Security};
use amshan_dlde::Readout;
use amshan_quantity::{DateTime, Season, Unit};

use crate::field::Field;
use crate::fields::{Fields, is_usable};
use crate::layout::{Clock, Form, Layout};
use crate::line::{Line, Lines};
use crate::maker::maker;
use crate::object::{Adds, Flaw, Meaning, Object};
use crate::record::{Record, Records};
use crate::slot::{Slot, Slots};
use crate::value::{Text, Value};

/// One list that a meter sent: a view into the message.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    source: Source<'a>,
    layout: Option<&'a Layout<'a>>,
    by: By,
    security: Option<Security>,
    /// The records of the list, where it is one that came before.
    slots: Option<Slots<'a>>,
}

#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    List {
        body: Body<'a>,
        /// The octets of the notification's time.
        sent: &'a [u8],
    },
    Readout {
        readout: Readout<'a>,
        /// Its lines, where it is one that came before.
        lines: Option<&'a [Line]>,
    },
}

/// How it is known what the values of a reading are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MeterClock {
    /// The time.
    pub time: DateTime,
    /// Whether it stands in the list itself; else it is that of the notification.
    pub in_list: bool,
    /// Whether it is summer or winter time by that clock, if it says so and its word means something.
    pub season: Option<Season>,
}

impl<'a> Reading<'a> {
    /// The list that a data-notification carries, read with the first layout that it fits.
    pub fn of_notification(
        notification: &DataNotification<'a>,
        layouts: impl IntoIterator<Item = &'a Layout<'a>>,
    ) -> Self {
        Self {
            source: Source::List { body: notification.body, sent: notification.time },
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
        Self { source: Source::List { body, sent: &[] }, layout, by, security: None, slots: None }
    }

    /// The list that a data-notification carries, which came before with other values.
    #[cfg(feature = "std")]
    pub(crate) const fn of_known(
        notification: &DataNotification<'a>,
        layout: Option<&'a Layout<'a>>,
        by: By,
        slots: Slots<'a>,
    ) -> Self {
        let source = Source::List { body: notification.body, sent: notification.time };
        Self { source, layout, by, security: None, slots: Some(slots) }
    }

    /// What a P1 readout says.
    pub const fn of_readout(readout: Readout<'a>) -> Self {
        let source = Source::Readout { readout, lines: None };
        Self { source, layout: None, by: By::Obis, security: None, slots: None }
    }

    /// What a P1 readout says that came before with other values.
    #[cfg(feature = "std")]
    pub(crate) const fn of_known_readout(readout: Readout<'a>, lines: &'a [Line]) -> Self {
        Self { source: Source::Readout { readout, lines: Some(lines) }, ..Self::of_readout(readout) }
    }

    /// What a P1 readout says, with the names and corrections of the first layout that it fits.
    pub fn of_readout_with(readout: Readout<'a>, layouts: impl IntoIterator<Item = &'a Layout<'a>>) -> Self {
        let layout = layouts.into_iter().find(|layout| layout.fits_readout(&readout));
        let by = if layout.is_some() { By::Layout } else { By::Obis };
        Self { layout, by, ..Self::of_readout(readout) }
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
            Source::Readout { .. } => None,
        }
    }

    /// Everything that the meter says, in the order it says it; what makes no sense as an error among the others.
    pub fn objects(&self) -> Objects<'a> {
        let list = match self.source {
            Source::List { body, .. } => List::Cosem(self.elements(&body)),
            Source::Readout { readout, lines } => {
                let lines = match lines {
                    None => Lines::Read(readout.data_sets()),
                    Some(lines) => Lines::Known { lines: lines.iter(), telegram: readout.raw() },
                };
                List::P1 { lines, position: 0, layout: self.layout }
            }
        };
        Objects { list }
    }

    fn elements(&self, body: &Body<'a>) -> Elements<'a> {
        let records = match (self.slots, self.layout) {
            (Some(Slots { slots, .. }), _) => Way::Known { slots: slots.iter(), body: body.bytes() },
            (None, Some(layout)) => Way::new(layout.records(body), body),
            (None, None) => Way::new(Records::new(body), body),
        };
        Elements { records, layout: self.layout }
    }

    /// The records of a list, with what the layout says of each; `None` for a P1 readout.
    pub(crate) fn records(&self) -> Option<Elements<'a>> {
        match &self.source {
            Source::List { body, .. } => Some(self.elements(body)),
            Source::Readout { .. } => None,
        }
    }

    /// As [`objects`](Self::objects), each with the octets that its value takes in the message: in a list from the tag
    /// of its type on, in a P1 telegram the value groups. A line that makes no sense has none.
    pub fn placed(&self) -> impl Iterator<Item = (&'a [u8], Result<Object<'a>, Flaw<'a>>)> + use<'a> {
        let mut objects = self.objects();
        iter::from_fn(move || {
            let octets = match &objects.list {
                List::Cosem(list) => list.clone().next()?.0.value,
                List::P1 { lines, .. } => lines.clone().next()?.map_or(&[][..], |set| set.groups()),
            };
            Some((octets, objects.next()?))
        })
    }

    /// Every quantity that has a name, each once.
    pub fn fields(&self) -> Fields<'a> {
        Fields::new(self)
    }

    /// Does something with every field, in the order of [`fields`](Self::fields) and faster, and something else with what
    /// is none: objects without a name or a value, and such that make no sense. With those, all that
    /// [`objects`](Self::objects) could add is objects of fields that were given before.
    pub fn each_field(
        &self,
        each: impl FnMut(Field, &Value<'a>),
        other: impl FnMut(Result<Object<'a>, Flaw<'a>>),
    ) {
        match (&self.source, self.slots) {
            (Source::List { body, .. }, Some(Slots { slots, plain: true })) => {
                self.each_told(slots, body.bytes(), each, other);
            }
            _ => self.fields().each(each, other),
        }
    }

    /// The quantity of this name.
    pub fn get(&self, field: Field) -> Option<Value<'a>> {
        // Only the meter's id is chosen among several objects; others are found without looking at the whole message.
        let coded = (field != Field::METER_ID).then(|| self.usable(field)).flatten();
        coded.or_else(|| self.fields().find(|(found, _)| *found == field).map(|(_, value)| value))
    }

    /// The first value of this field that says something.
    fn usable(&self, field: Field) -> Option<Value<'a>> {
        let mut objects = self.objects();
        iter::from_fn(|| objects.next_meaning())
            .filter(|meaning| meaning.field == Some(field))
            .find_map(|meaning| meaning.value.filter(is_usable))
    }

    /// When the list was made.
    pub fn clock(&self) -> Option<MeterClock> {
        let (time, in_list) = match self.usable(Field::METER_DATETIME) {
            Some(Value::Time(time)) => (time, true),
            _ => (self.sent()?, false),
        };
        Some(MeterClock { time, in_list, season: self.season(time) })
    }

    /// Whether a time in it is summer or winter time, if it says so and the maker's meters mean it ([`Layout::clock`]).
    /// [`DateTime::offset_in`](amshan_quantity::DateTime) takes it to find the offset in a zone.
    pub fn season(&self, time: DateTime) -> Option<Season> {
        self.clock_rule().season(time, matches!(self.source, Source::Readout { .. }))
    }

    /// What its times are worth.
    fn clock_rule(&self) -> Clock {
        self.layout.map_or(Clock::AsSent, |layout| layout.clock)
    }

    /// The time of the notification.
    pub(crate) fn sent(&self) -> Option<DateTime> {
        match self.source {
            Source::List { sent, .. } => self.complete(sent),
            Source::Readout { .. } => None,
        }
    }

    /// The time that octets are, as far as it can be trusted, if it names a minute.
    pub(crate) fn complete(&self, octets: &[u8]) -> Option<DateTime> {
        let time = DateTime::from_octets(octets.try_into().ok()?).ok()?;
        time.is_complete().then(|| self.clock_rule().of(time))
    }

    /// The maker whose id the sender's system title begins with.
    fn maker_by_title(&self) -> Option<&'static str> {
        maker(self.security?.system_title.octets())
    }

    /// The maker whose id the logical device name begins with.
    fn maker_by_name(&self) -> Option<&'static str> {
        let mut records = self.records()?;
        let is_name =
            |(record, adds): &(Record<'_>, Adds<'_>)| adds.field(record) == Some(Field::LOGICAL_DEVICE_NAME);
        let (name, _) = iter::from_fn(|| records.next()).find(is_name)?;
        name.octets().and_then(maker)
    }

    /// Who made the meter, and what it calls itself.
    pub(crate) fn head(&self) -> [Option<(Field, Value<'a>)>; 4] {
        match self.source {
            Source::List { .. } => [self.list_maker(true), self.counter(), None, None],
            Source::Readout { readout, .. } => {
                let identification = readout.identification();
                let letters = identification.manufacturer();
                [
                    maker(letters).and_then(|name| text(Field::METER_MANUFACTURER, name.as_bytes())),
                    text(Field::METER_MANUFACTURER_ID, letters),
                    text(Field::METER_TYPE_ID, identification.text()),
                    self.counter(),
                ]
            }
        }
    }

    /// Who made the meter that sent a list, which may have a logical device name.
    #[inline]
    pub(crate) fn list_maker(&self, may_be_named: bool) -> Option<(Field, Value<'a>)> {
        let named = self.layout.map_or("", |layout| layout.maker);
        // A push that defines its values may be anybody's.
        let defined = self.layout.is_some_and(|layout| layout.form == Form::Definitions);
        let by_id = if named.is_empty() || defined {
            self.maker_by_title().or_else(|| may_be_named.then(|| self.maker_by_name()).flatten())
        } else {
            None
        };
        text(Field::METER_MANUFACTURER, by_id.unwrap_or(named).as_bytes())
    }

    /// How many messages its sender has ciphered.
    #[inline]
    pub(crate) fn counter(&self) -> Option<(Field, Value<'a>)> {
        let counter = self.security?.counter;
        Some((Field::FRAME_COUNTER, Value::Number(counter.into(), Unit::NONE)))
    }
}

/// A text, if there is one.
fn text(field: Field, octets: &[u8]) -> Option<(Field, Value<'_>)> {
    (!octets.is_empty()).then_some((field, Value::Text(Text::new(octets))))
}

/// Iterator over the objects of a [`Reading`].
#[derive(Debug, Clone)]
pub struct Objects<'a> {
    pub(crate) list: List<'a>,
}

#[allow(clippy::large_enum_variant, reason = "there is no heap to put the larger one on")]
#[derive(Debug, Clone)]
pub(crate) enum List<'a> {
    Cosem(Elements<'a>),
    P1 { lines: Lines<'a>, position: usize, layout: Option<&'a Layout<'a>> },
}

/// Iterator over the records of a list, with what the layout says of each.
#[derive(Debug, Clone)]
pub(crate) struct Elements<'a> {
    records: Way<'a>,
    layout: Option<&'a Layout<'a>>,
}

/// How the records of a list are found.
#[allow(clippy::large_enum_variant, reason = "there is no heap to put the larger one on")]
#[derive(Debug, Clone)]
enum Way<'a> {
    /// By reading it.
    Read {
        records: Records<'a>,
        /// How many elements the list has.
        total: usize,
        /// Where in the layout's table to look first.
        next: usize,
    },
    /// It came before: by their places.
    Known { slots: slice::Iter<'a, Slot>, body: &'a [u8] },
}

impl<'a> Way<'a> {
    const fn new(records: Records<'a>, body: &Body<'a>) -> Self {
        Self::Read { records, total: body.elements(), next: 0 }
    }
}

impl<'a> Elements<'a> {
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Option<(Record<'a>, Adds<'a>)> {
        let (record, element) = match &mut self.records {
            Way::Read { records, total, next } => {
                let record = records.next()?;
                let element = self.layout.and_then(|layout| layout.find(&record, *total, next));
                (record, element.map(|(_, element)| element))
            }
            Way::Known { slots, body } => {
                let slot = slots.next()?;
                (slot.record(body), self.layout.and_then(|layout| slot.element(layout)))
            }
        };
        Some((record, Adds::new(self.layout, element)))
    }
}

impl<'a> Objects<'a> {
    /// What the next object that makes sense means.
    #[inline(always)]
    fn next_meaning(&mut self) -> Option<Meaning<'a>> {
        loop {
            let meaning = match &mut self.list {
                List::Cosem(list) => {
                    let (record, adds) = list.next()?;
                    Meaning::of_record(record, adds).ok()
                }
                List::P1 { lines, layout, .. } => {
                    let object =
                        lines.next()?.ok().and_then(|set| Object::of_data_set(&set, 0, *layout).ok());
                    object.as_ref().map(Meaning::of_object)
                }
            };
            if meaning.is_some() {
                return meaning;
            }
        }
    }
}

impl<'a> Iterator for Objects<'a> {
    type Item = Result<Object<'a>, Flaw<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.list {
            List::Cosem(list) => list.next().map(|(record, adds)| Object::of_record(&record, adds)),
            List::P1 { lines, position, layout } => {
                *position = position.saturating_add(1);
                Some(match lines.next()? {
                    Ok(set) => Object::of_data_set(&set, *position, *layout),
                    Err(error) => Err(Flaw::of_line(error, *position)),
                })
            }
        }
    }
}
