//! A meter's list as a table, and the choice of the table that fits a message.

use amshan_cosem::{Body, Type};
use amshan_dlde::Readout;
use amshan_quantity::{DateTime, Decimal, Obis, Season, Unit};

use crate::field::Field;
use crate::object::FlawKind;
use crate::record::{Record, Records};
use crate::value::Text;

/// A list that meters send: how to recognise it, and what each of its elements means.
///
/// Lists that describe themselves are read without one. A layout adds what the message does not say: which quantity
/// stands at which place, in which scale and unit, and who made the meter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layout<'a> {
    /// A short name, `kaifa-no-list-2`.
    pub name: &'a str,
    /// Who makes the meters that send it; empty if more than one does.
    pub maker: &'a str,
    /// Which meters send it, where, and how often.
    pub title: &'a str,
    /// Where the list is described.
    pub source: &'a str,
    /// The framing in which it comes, by its name (`hdlc`, `mbus`, `p1`); empty: any.
    pub framing: &'a str,
    /// How the system title of its sender begins, or the identification of a P1 telegram; empty: anybody's.
    pub sender: &'a [u8],
    /// The type of the outermost container.
    pub outer: Type,
    /// How the elements are told apart.
    pub form: Form,
    /// Texts by which the list is known.
    pub marks: &'a [Mark<'a>],
    /// Push setup objects by which the list is known: the first of its definitions, or its first element.
    pub push: &'a [Obis],
    /// Whether it may lack elements of the table, and have others: a list that is known by its marks alone. A list that
    /// is not open has each element of the table once, and nothing else.
    pub open: bool,
    /// How many elements its container announces, where codes and scales count as elements of their own; 0: as many as
    /// the table has. An open list has any number.
    pub count: usize,
    /// What its times are worth.
    pub clock: Clock,
    /// The transformers that the meter is connected through and does not know of.
    pub transformers: Option<Transformers>,
    /// The elements.
    pub elements: &'a [Element],
}

/// How a list says what its values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Not at all: by their places. All of them are there, in this order, of these types (Kaifa NO, Iskraemeco).
    Places,
    /// By their codes, in any order:
    ///
    /// | list | who |
    /// |---|---|
    /// | structures of {code, value} and {code, value, {scaler, unit}} | Aidon, Iskraemeco CH, Kaifa AT |
    /// | code, value, code, value … | Kamstrup, Kaifa SE, Landis+Gyr |
    /// | code, value, {scaler, unit}, code … | Kaifa and Sagemcom at Netz NÖ |
    Codes,
    /// By an array of definitions in front of them: {array of {class, code, attribute, index}, value, value …}, the
    /// object list of a push setup (Landis+Gyr and others in Switzerland).
    Definitions,
    /// By descriptors without tags: {enum, array of {descriptor, value}} (Czech Republic).
    Descriptors,
    /// By the addresses of the lines of a P1 telegram. It is known by its sender and its marks, and says everything
    /// itself: the table adds names, and corrects.
    Lines,
}

/// Through how much current and voltage transformers divide what they measure. A meter that does not know of them tells
/// what flows through itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transformers {
    /// Of the current: 40 for 200 A : 5 A.
    pub current: Decimal,
    /// Of the voltage.
    pub voltage: Decimal,
}

impl Transformers {
    /// What a number in this unit is before the transformers.
    pub(crate) fn primary(&self, number: Decimal, unit: Unit) -> Result<Decimal, FlawKind> {
        let (current, voltage) = match unit {
            Unit::AMPERE => (true, false),
            Unit::VOLT => (false, true),
            Unit::WATT
            | Unit::VAR
            | Unit::VOLT_AMPERE
            | Unit::WATT_HOUR
            | Unit::VAR_HOUR
            | Unit::VOLT_AMPERE_HOUR => (true, true),
            _ => (false, false),
        };
        let times = |number: Decimal, ratio, is_divided: bool| {
            if is_divided { number.checked_mul(ratio).ok_or(FlawKind::Large) } else { Ok(number) }
        };
        times(times(number, self.current, current)?, self.voltage, voltage)
    }
}

/// A text by which a list is known: the name of the list, which stands first, or that of an object with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark<'a> {
    /// The element that holds the text.
    pub obis: Obis,
    /// How the text begins.
    pub begins: &'a str,
}

/// What the times of a list are worth: makers fill in deviation and status as they like.
///
/// A status that does not say summer time may be one that never says it, so in a list it says nothing by itself. The
/// letter of a P1 time says either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// They mean what they say.
    AsSent,
    /// They mean what they say, and when their status does not say summer time, it is not.
    WithSeason,
    /// They are local time, whatever deviation they have.
    Local,
    /// They are local normal time all year, whatever deviation and status they have.
    Normal,
}

impl Clock {
    /// A time, as far as it can be trusted.
    pub(crate) fn of(self, time: DateTime) -> DateTime {
        if self.is_local() { time.without_deviation() } else { time }
    }

    /// Whether a time says that it is summer or winter time; `letter`: by a letter for either.
    pub(crate) fn season(self, time: DateTime, letter: bool) -> Option<Season> {
        match self {
            Self::Normal => Some(Season::Winter),
            Self::WithSeason => time.season(),
            Self::AsSent | Self::Local => time.season().filter(|season| letter || *season == Season::Summer),
        }
    }

    /// Whether a deviation means nothing.
    pub(crate) const fn is_local(self) -> bool {
        matches!(self, Self::Local | Self::Normal)
    }
}

/// An element of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// What it is; `None`: not known.
    pub obis: Option<Obis>,
    /// The quantity, if it has a name.
    pub field: Option<Field>,
    /// Which types its value may have.
    pub types: Types,
    /// What an octet string has to hold.
    pub content: Content,
    /// Its power of ten, where the message does not say it.
    pub scale: i8,
    /// Its unit, where the message does not say it.
    pub unit: Unit,
    /// Another scale for raw values above a limit that the first can't have: firmware that sends one more digit.
    pub above: Option<(u32, i8)>,
    /// Whether scale and unit hold whatever the message says.
    pub fixed: bool,
    /// In a list by codes, where an element stands that comes without its code: 1 is the first, −1 the last; 0: it
    /// has its code.
    pub place: i8,
}

/// What an octet string has to hold. Lists by places may differ in nothing else: a name and eight numbers, or a clock
/// and eight numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    /// Anything.
    Any,
    /// Anything but a date-time.
    Text,
    /// A date-time, a date or a time: 12, 5 or 4 octets that are no text.
    Time,
}

/// A set of data types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Types(u64);

impl Types {
    /// No type.
    pub const NONE: Self = Self(0);
    /// Every type.
    pub const ANY: Self = Self(u64::MAX);

    /// A set of one.
    pub const fn of(kind: Type) -> Self {
        Self(if kind.0 < 64 { 1 << kind.0 } else { 0 })
    }

    /// With one more.
    #[must_use]
    pub const fn or(self, kind: Type) -> Self {
        Self(self.0 | Self::of(kind).0)
    }

    /// The names of the types in the set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        (0..64).map(Type).filter(move |kind| self.contains(*kind)).filter_map(Type::name)
    }

    /// Whether the set holds the type.
    pub const fn contains(self, kind: Type) -> bool {
        self.0 & Self::of(kind).0 != 0
    }
}

impl Element {
    /// A number at its scale and in its unit.
    pub const fn number(obis: Obis, kind: Type, scale: i8, unit: Unit) -> Self {
        Self {
            obis: Some(obis),
            field: Field::of(obis),
            types: Types::of(kind),
            content: Content::Any,
            scale,
            unit,
            above: None,
            fixed: false,
            place: 0,
        }
    }

    /// A value that nobody can explain.
    pub const fn unknown(kind: Type) -> Self {
        Self { obis: None, field: None, ..Self::number(Obis::new(0, 0, 0, 0, 0, 0), kind, 0, Unit::NONE) }
    }

    /// A text, as octet-string or visible-string.
    pub const fn text(obis: Obis) -> Self {
        let text = Self::octets(obis).or(Type::VISIBLE_STRING);
        Self { content: Content::Text, ..text }
    }

    /// A date-time, a date or a time, as octet-string or under its own tag.
    pub const fn time(obis: Obis) -> Self {
        let octets = Self { content: Content::Time, ..Self::octets(obis) };
        octets.or(Type::DATE_TIME).or(Type::DATE).or(Type::TIME)
    }

    /// Octets that may be no text.
    pub const fn octets(obis: Obis) -> Self {
        Self::number(obis, Type::OCTET_STRING, 0, Unit::NONE)
    }

    /// Of this type as well.
    #[must_use]
    pub const fn or(self, kind: Type) -> Self {
        Self { types: self.types.or(kind), ..self }
    }

    /// At the start of a list by codes, without its own.
    #[must_use]
    pub const fn first(self) -> Self {
        Self { place: 1, ..self }
    }

    /// At the end of a list by codes, without its own.
    #[must_use]
    pub const fn last(self) -> Self {
        Self { place: -1, ..self }
    }

    /// With another scale for raw values above the limit.
    #[must_use]
    pub const fn above(self, limit: u32, scale: i8) -> Self {
        Self { above: Some((limit, scale)), ..self }
    }
}

impl<'a> Layout<'a> {
    /// How many elements a layout may have.
    pub const MOST_ELEMENTS: usize = 128;

    /// A list without elements, to start from: any structure, by codes.
    pub const EMPTY: Self = Self {
        name: "",
        maker: "",
        title: "",
        source: "",
        framing: "",
        sender: &[],
        outer: Type::STRUCTURE,
        form: Form::Codes,
        marks: &[],
        push: &[],
        open: false,
        count: 0,
        clock: Clock::AsSent,
        transformers: None,
        elements: &[],
    };

    /// Whether the list may come in this framing and from the sender with this system title.
    pub fn may_come(&self, framing: &str, sender: &[u8]) -> bool {
        (self.framing.is_empty() || self.framing == framing) && sender.starts_with(self.sender)
    }

    /// Whether a P1 telegram is this list: the identification and the marks.
    pub fn fits_readout(&self, readout: &Readout<'_>) -> bool {
        let marked = |mark: &Mark<'_>| {
            let mut sets = readout.data_sets().flatten();
            sets.any(|set| {
                set.obis().is_some_and(|obis| same_meter(mark.obis, obis))
                    && set.value().is_some_and(|value| match value.spelled() {
                        Some(spelled) => Text::spelled(spelled).starts_with(mark.begins),
                        None => value.text().starts_with(mark.begins.as_bytes()),
                    })
            })
        };
        self.form == Form::Lines
            && readout.identification().line().starts_with(self.sender)
            && self.marks.iter().all(marked)
    }

    /// What the table says of an object of a P1 telegram.
    pub(crate) fn line(&self, obis: Obis) -> Option<&'a Element> {
        self.elements.iter().find(|element| element.obis.is_some_and(|known| same_meter(known, obis)))
    }

    /// The first of the layouts that the list fits.
    pub(crate) fn choose(layouts: impl IntoIterator<Item = &'a Self>, body: &Body<'_>) -> Option<&'a Self> {
        let named = name(body);
        layouts.into_iter().find(|layout| layout.may_fit(body, named) && layout.has_elements_of(body))
    }

    /// Whether the list may be this one, by its container, its number of elements and its name: few octets, so that most
    /// layouts are ruled out without reading the list.
    fn may_fit(&self, body: &Body<'_>, named: Option<Text<'_>>) -> bool {
        // A list that the message's end cuts is known by what it announces.
        let announced = body.cut().unwrap_or(body.elements());
        let count = if self.count == 0 { self.elements.len() } else { self.count };
        let called =
            |mark: &Mark<'_>| !mark.is_name() || named.is_some_and(|text| text.starts_with(mark.begins));
        (self.open || announced == count)
            && body.bytes().first() == Some(&self.outer.0)
            && self.marks.iter().all(called)
    }

    /// Whether the message is this list: the container, the marks, all that it must have, of the right types, and
    /// nothing that it can't have.
    pub fn fits(&self, body: &Body<'_>) -> bool {
        self.may_fit(body, name(body)) && self.has_elements_of(body)
    }

    fn has_elements_of(&self, body: &Body<'_>) -> bool {
        let records = self.records(body);
        let known = |push| records.push() == Some(push);
        let total = body.elements();
        // The name stands first; what it begins with was looked at before.
        let is_named = |mark: &Mark<'_>| {
            let first = records.clone().next();
            let element = first.and_then(|first| self.find(&first, total, &mut 0));
            element.is_some_and(|(_, element)| element.obis == Some(mark.obis))
        };
        let marked = |mark: &Mark<'_>| match mark.is_name() {
            true => is_named(mark),
            false => records.clone().any(|record| mark.is_on(&record)),
        };
        records.form() == self.form
            && (self.push.is_empty() || self.push.iter().copied().any(known))
            && self.marks.iter().all(marked)
            && (self.open || self.has_each_once(records, total))
    }

    /// Whether each element of the table is there once, and nothing else. Of a list by places, that the message's end
    /// cuts, those that are there.
    fn has_each_once(&self, records: Records<'_>, total: usize) -> bool {
        let (mut found, mut next) = (0u128, 0);
        for record in records {
            let Some((index, _)) = self.find(&record, total, &mut next) else { return false };
            let bit = u32::try_from(index).ok().and_then(|index| 1u128.checked_shl(index));
            match bit {
                Some(bit) if found & bit == 0 => found |= bit,
                _ => return false,
            }
        }
        let expected = if self.form == Form::Places { total } else { self.elements.len() };
        usize::try_from(found.count_ones()) == Ok(expected)
    }

    /// The records of a list, read in the form that the layout has.
    pub(crate) fn records<'b>(&self, body: &Body<'b>) -> Records<'b> {
        if self.form == Form::Places { Records::by_places(body) } else { Records::new(body) }
    }

    /// What the table says of a record, and the place of that in the table. A value of another type than the table
    /// knows is none of its elements.
    ///
    /// Most meters send their elements in the order of the table, so the search begins at the one that is `next`.
    #[inline(always)]
    pub(crate) fn find(
        &self,
        record: &Record<'_>,
        total: usize,
        next: &mut usize,
    ) -> Option<(usize, &'a Element)> {
        if self.form == Form::Places {
            let index = record.position.checked_sub(1)?;
            let element = self.elements.get(index).filter(|element| element.accepts(record))?;
            return Some((index, element));
        }
        let index = match (self.elements.get(*next), record.obis) {
            (Some(element), Some(obis))
                if element.obis == Some(obis) && element.place == 0 && element.accepts(record) =>
            {
                *next
            }
            _ => self.search(*record, total, *next)?,
        };
        *next = index.wrapping_add(1);
        self.elements.get(index).map(|element| (index, element))
    }

    /// The place in the table of what it says of a record, looked for from a place on and then before it.
    #[inline(never)]
    fn search(&self, record: Record<'_>, total: usize, from: usize) -> Option<usize> {
        let place = match record.position {
            1 => 1,
            position if position == total => -1,
            _ => 0,
        };
        // A code may stand in the table more than once, with other types in another scale.
        let is_it = |element: &Element| {
            let same = match record.obis {
                Some(obis) => element.place == 0 && element.obis.is_some_and(|known| same_meter(known, obis)),
                None => element.place == place && place != 0,
            };
            same && element.accepts(&record)
        };
        let (before, after) = self.elements.split_at_checked(from).unwrap_or((self.elements, &[]));
        let behind = after.iter().position(is_it).map(|index| index.wrapping_add(before.len()));
        behind.or_else(|| before.iter().position(is_it))
    }
}

/// The name of a list, if that is what it begins with.
fn name<'a>(body: &Body<'a>) -> Option<Text<'a>> {
    let first = Records::new(body).next()?;
    let other = first.obis.is_some_and(|obis| !is_name(obis));
    first.octets().filter(|_| !other).and_then(Text::printable)
}

/// Whether an object is the list's version, which is its name.
fn is_name(obis: Obis) -> bool {
    matches!(obis.octets(), [1, _, 0, 2, 129, _])
}

/// Codes of electricity with channel 0 and 1 both mean the main meter.
pub(crate) fn same_meter(known: Obis, sent: Obis) -> bool {
    let ([a, b, known @ ..], [c, d, sent @ ..]) = (known.octets(), sent.octets());
    known == sent && a == c && (b == d || (a == 1 && b <= 1 && d <= 1))
}

impl Element {
    #[inline(always)]
    fn accepts(&self, record: &Record<'_>) -> bool {
        record.kind().is_some_and(|kind| self.types.contains(kind))
            && (self.content == Content::Any
                || record.octets().is_none_or(|octets| self.accepts_octets(octets)))
    }

    #[inline(never)]
    fn accepts_octets(&self, octets: &[u8]) -> bool {
        let is_text = || Text::printable(octets).is_some();
        match self.content {
            Content::Any => true,
            Content::Text => {
                octets
                    .first_chunk()
                    .filter(|_| octets.len() == 12)
                    .is_none_or(|o| DateTime::from_octets(*o).is_err())
                    || is_text()
            }
            Content::Time => matches!(octets.len(), 12 | 5 | 4) && !is_text(),
        }
    }
}

impl Mark<'_> {
    /// Whether it is on the name of the list (1-x:0.2.129), which stands first.
    fn is_name(&self) -> bool {
        is_name(self.obis)
    }

    fn is_on(&self, record: &Record<'_>) -> bool {
        record.obis.is_some_and(|obis| same_meter(self.obis, obis))
            && record.octets().and_then(Text::printable).is_some_and(|text| text.starts_with(self.begins))
    }
}

/// Reads a code when the tables are compiled: `A-B:C.D.E`, all of it.
#[allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "evaluated at compile time"
)]
pub(crate) const fn code(text: &str) -> Obis {
    let text = text.as_bytes();
    let mut groups = [0u8, 0, 0, 0, 0, 255];
    let (mut group, mut at) = (0, 0);
    while at < text.len() {
        match (text[at], group) {
            (digit @ b'0'..=b'9', _) => groups[group] = groups[group] * 10 + (digit - b'0'),
            (b'-', 0) | (b':', 1) | (b'.', 2 | 3) => group += 1,
            _ => panic!("not an OBIS code"),
        }
        at += 1;
    }
    let [a, b, c, d, e, f] = groups;
    Obis::new(a, b, c, d, e, f)
}
