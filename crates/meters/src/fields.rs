//! The named quantities of a reading, each once.

use amshan_quantity::{DateTime, Obis};

use crate::field::Field;
use crate::layout::Layout;
use crate::line::Said;
use crate::object::{Flaw, Meaning, Measured, Object};
use crate::reading::{List, Objects, Reading};
use crate::value::Value;

/// Iterator over the named quantities of a [`Reading`].
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    /// What comes before the objects, or what an object says besides its value: its time, or the status of a clock.
    aside: [Option<(Field, Value<'a>)>; 4],
    /// Whether there may be something in `aside`.
    wait: bool,
    objects: Objects<'a>,
    /// The best of the ids so far, and its rank: which of several is the meter's own is known at the end.
    id: Option<(u8, Value<'a>)>,
    reading: Reading<'a>,
    given: Given,
}

/// The fields that were given before.
#[derive(Debug, Clone)]
struct Given {
    /// Those of the dictionary, a bit each; those of each sub-meter and relay apart.
    dictionary: [[u64; 4]; 9],
    /// Elements of the layout's table that are not in the dictionary, a bit each.
    own: u128,
}

impl Given {
    /// Whether a field of the dictionary was not given before. From now on it was.
    #[inline]
    fn is_new(&mut self, field: Field) -> bool {
        let words = self.dictionary.get_mut(usize::from(field.channel()));
        let Some(word) = words.and_then(|words| words.get_mut(usize::from(field.id() / 64))) else {
            return false;
        };
        let bit = 1u64 << (field.id() % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// The same for a field that is not in the dictionary: the elements of its name count as one.
    #[inline(never)]
    fn is_new_own(&mut self, field: Field, layout: Option<&Layout<'_>>) -> bool {
        let mut elements = layout.map_or(&[][..], |layout| layout.elements).iter();
        let place = elements.position(|element| element.field == Some(field));
        let bit =
            place.and_then(|place| u32::try_from(place).ok()).and_then(|place| 1u128.checked_shl(place));
        let new = bit.is_none_or(|bit| self.own & bit == 0);
        self.own |= bit.unwrap_or(0);
        new
    }
}

impl<'a> Fields<'a> {
    pub(crate) fn new(reading: &Reading<'a>) -> Self {
        Self {
            aside: reading.head(),
            wait: true,
            objects: reading.objects(),
            id: None,
            reading: *reading,
            given: Given { dictionary: [[0; 4]; 9], own: 0 },
        }
    }

    /// [`Reading::each_field`].
    #[inline]
    pub(crate) fn each(
        mut self,
        mut each: impl FnMut(Field, &Value<'a>),
        mut other: impl FnMut(Result<Object<'a>, Flaw<'a>>),
    ) {
        // Numbers go out where they are found.
        loop {
            while let Some(measured) = self.known_number() {
                if let Some((field, value)) = self.measured(measured) {
                    each(field, &value);
                }
            }
            let number = |field, value| {
                each(field, &value);
                None
            };
            let Some((field, value)) = self.step::<true>(number, &mut other) else { return };
            each(field, &value);
        }
    }

    /// The number that the next line is, if that is known of it.
    #[inline(always)]
    fn known_number(&mut self) -> Option<Measured> {
        match &mut self.objects.list {
            List::P1 { lines, position, .. } if !self.wait => {
                let number = lines.next_number()?;
                *position = position.saturating_add(1);
                Some(number)
            }
            _ => None,
        }
    }

    /// The next field, or what `number` gives for one that is measured, if it is something. With `OTHERS`, `other` gets what
    /// is none on the way to it.
    #[inline(always)]
    fn step<const OTHERS: bool>(
        &mut self,
        mut number: impl FnMut(Field, Value<'a>) -> Option<(Field, Value<'a>)>,
        other: &mut impl FnMut(Result<Object<'a>, Flaw<'a>>),
    ) -> Option<(Field, Value<'a>)> {
        loop {
            if self.wait {
                match self.waiting() {
                    Some(first) => return Some(first),
                    None => continue,
                }
            }
            // Most objects are numbers, for which there is a short way.
            let first = match &mut self.objects.list {
                List::Cosem(list) => {
                    let Some((record, adds)) = list.next() else { return self.last() };
                    if let Some(measured) = Measured::of_record(&record, adds) {
                        self.measured(measured).and_then(|(field, value)| number(field, value))
                    } else {
                        let meaning = Meaning::of_record(record, adds);
                        if OTHERS && !meaning.as_ref().is_ok_and(Meaning::is_field) {
                            other(Object::of_meaning(&record, adds, &meaning));
                        }
                        meaning.ok().and_then(|meaning| self.named(meaning))
                    }
                }
                List::P1 { lines, position, layout } => {
                    let said = match layout {
                        None => lines.next_said(),
                        Some(_) => lines.next().map(Said::Other),
                    };
                    let Some(said) = said else { return self.last() };
                    *position = position.saturating_add(1);
                    match said {
                        Said::Number(measured) => {
                            self.measured(measured).and_then(|(field, value)| number(field, value))
                        }
                        Said::Field(meaning) => self.named(meaning),
                        Said::Other(set) => {
                            let object = match set {
                                Ok(set) => Object::of_data_set(&set, *position, *layout),
                                Err(error) => Err(Flaw::of_line(error, *position)),
                            };
                            let meaning = object.as_ref().ok().map(Meaning::of_object);
                            if OTHERS && !meaning.as_ref().is_some_and(Meaning::is_field) {
                                other(object);
                            }
                            meaning.and_then(|meaning| self.named(meaning))
                        }
                    }
                }
            };
            if first.is_some() {
                return first;
            }
        }
    }

    /// A measured number, if its field was not given before.
    #[inline(always)]
    fn measured(&mut self, Measured { field, number, unit }: Measured) -> Option<(Field, Value<'a>)> {
        self.is_new(field).then_some((field, Value::Number(number, unit)))
    }

    /// Whether a field was not given before. From now on it was.
    fn is_new(&mut self, field: Field) -> bool {
        match field.is_own() {
            true => self.given.is_new_own(field, self.reading.layout()),
            false => self.given.is_new(field),
        }
    }

    /// Remembers an id that is the meter's own rather than those before it.
    fn note_id(&mut self, obis: Option<Obis>, value: Value<'a>) {
        let rank = obis.and_then(|obis| id_rank(obis, &value));
        if let Some(rank) = rank.filter(|rank| self.id.is_none_or(|(best, _)| *rank < best)) {
            self.id = Some((rank, value));
        }
    }

    /// The first that was put aside and was not given before.
    #[inline(never)]
    fn waiting(&mut self) -> Option<(Field, Value<'a>)> {
        while let Some((field, value)) = self.aside.iter_mut().find_map(Option::take) {
            if self.is_new(field) {
                self.wait = self.aside.iter().any(Option::is_some);
                return Some((field, value));
            }
        }
        self.wait = false;
        None
    }

    /// What an object means, if it has a name, says something, and was not given before.
    fn named(&mut self, meaning: Meaning<'a>) -> Option<(Field, Value<'a>)> {
        let Meaning { obis, field, value, time, .. } = meaning;
        let value = value?;
        if matches!(field, None | Some(Field::METER_ID | Field::LOGICAL_DEVICE_NAME)) {
            self.note_id(obis, value);
        }
        let field = field.filter(|field| *field != Field::METER_ID && is_usable(&value))?;
        if let (Some(field), Some(time)) = (field.time(), time) {
            self.aside = [Some((field, Value::Time(time))), None, None, None];
            self.wait = true;
        }
        self.once(field, value)
    }

    /// What is known at the end only.
    fn last(&mut self) -> Option<(Field, Value<'a>)> {
        if let Some((_, id)) = self.id.take() {
            return Some((Field::METER_ID, id));
        }
        if !self.given.is_new(Field::METER_DATETIME) {
            return None;
        }
        let time = self.reading.sent()?;
        self.put_clock_aside(time);
        Some((Field::METER_DATETIME, Value::Time(time)))
    }

    fn once(&mut self, field: Field, value: Value<'a>) -> Option<(Field, Value<'a>)> {
        if !self.is_new(field) {
            return None;
        }
        if let (Field::METER_DATETIME, Value::Time(time)) = (field, &value) {
            self.put_clock_aside(*time);
        }
        Some((field, value))
    }

    /// Puts aside what a clock says besides the time.
    fn put_clock_aside(&mut self, time: DateTime) {
        let [dst, invalid, doubtful] = clock_flags(time);
        self.aside = [dst, invalid, doubtful, None];
        self.wait = true;
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (Field, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.step::<false>(|field, value| Some((field, value)), &mut drop)
    }
}

/// What a clock says besides the time.
pub(crate) fn clock_flags<'a>(time: DateTime) -> [Option<(Field, Value<'a>)>; 3] {
    let Some(status) = time.status() else { return [None; 3] };
    let flag = |field, flag| (field, Value::Flag(flag));
    [
        Some(flag(Field::CLOCK_DST, status.daylight_saving())),
        status.invalid().then_some(flag(Field::CLOCK_INVALID, true)),
        status.doubtful().then_some(flag(Field::CLOCK_DOUBTFUL, true)),
    ]
}

/// Whether a value says something: a clock that does not name a minute is no time.
pub(crate) fn is_usable(value: &Value<'_>) -> bool {
    !matches!(value, Value::Time(time) if !time.is_complete())
}

/// The rank of an id for what it says, and not for its code alone.
pub(crate) const RANKED_BY_TEXT: u8 = 5;

/// Which of the ids in a message is that of the meter: the lowest rank.
pub(crate) fn id_rank(obis: Obis, value: &Value<'_>) -> Option<u8> {
    match obis.octets() {
        [0, 0, 96, 1, 0, _] => Some(0),
        [1, 0, 96, 1, 0, _] => Some(1),
        [0, 0, 96, 1, 1, _] => Some(2),
        [1, 1, 0, 0, 5, _] => Some(3),
        [1, 1, 0, 0, 1, _] => Some(4),
        // Iskraemeco: the serial number, or the name of the list.
        [0, 0, 96, 1, 2 | 3, _] if matches!(value, Value::Text(text) if text.starts_with("ISK")) => {
            Some(RANKED_BY_TEXT)
        }
        [0, 0, 42, 0, 0, _] => Some(6),
        _ => None,
    }
}
