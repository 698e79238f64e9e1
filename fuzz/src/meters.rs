//! What lists mean: all ways to look at a reading agree.

use std::collections::{HashMap, HashSet};

use amshan::cosem::{Apdu, Body, Security, SecurityControl, SystemTitle};
use amshan::dlde::Readout;
use amshan::meters::SubMeter;
use amshan::{By, Field, LAYOUTS, Lists, Reading, Value};

use crate::input::Choices;

/// In longer messages only some of the fields that are not there are asked for.
const LONG: usize = 100;

/// A reading of any notification, body, readout or lines says the same whichever way it is asked.
///
/// ```text
/// form | message …
/// ```
///
/// | form | meaning |
/// |---|---|
/// | bits 0–1 | a notification, a body, a readout, lines of a readout |
/// | bit 2 | it was ciphered |
/// | bits 3–7 | which of the fields that are not there are asked for; how often a message that came before was changed |
pub fn meters(octets: &[u8]) {
    let mut choices = Choices::new(octets);
    let form = choices.octet();
    let rest = choices.rest();
    let text;
    let reading = match form & 0b11 {
        0 => match Apdu::parse_vouched(rest) {
            Ok((Apdu::DataNotification(notification), _)) => {
                assert_known(rest, form >> 3);
                Reading::of_notification(&notification, LAYOUTS)
            }
            _ => return,
        },
        1 => match Body::parse(rest) {
            Ok((body, _)) => Reading::of_body(body, LAYOUTS),
            _ => return,
        },
        lines => {
            text = [if lines == 2 { &[][..] } else { b"/XYZ5EXAMPLE\r\n\r\n" }, rest, b"\r\n!\r\n"].concat();
            match Readout::parse_prefix(&text) {
                Ok((readout, _)) => {
                    assert_known_readout(&readout, rest, form >> 3);
                    Reading::of_readout(readout)
                }
                Err(_) => return,
            }
        }
    };
    if form & 0b100 == 0 {
        assert_agrees(&reading, rest.len(), form >> 3);
        return;
    }
    let system_title = SystemTitle::from_octets(&rest[..rest.len().min(8)]).expect("no more than eight");
    let control = SecurityControl(0x30);
    let security = Security { system_title, control, counter: 1, authenticated: true };
    let reading = reading.ciphered(security);
    assert_eq!(reading.get(Field::FRAME_COUNTER).map(|value| value.to_string()).as_deref(), Some("1"));
    assert_agrees(&reading, rest.len(), form >> 3);
}

/// A message that came before is read as if it had not come before, also with some of its octets changed.
fn assert_known(message: &[u8], changes: u8) {
    let lists = Lists::new(&[]);
    lists.learn(message);
    let mut other = message.to_vec();
    for change in message.chunks_exact(3).rev().take(changes.into()) {
        let [high, low, bits] = *change else { continue };
        let place = usize::from(u16::from_be_bytes([high, low])) % message.len();
        other[place] ^= bits;
    }
    if let Some(known) = lists.reading(&other) {
        let Ok((Apdu::DataNotification(notification), [])) = Apdu::parse(&other) else {
            panic!("what is known is a whole push")
        };
        assert_eq!(said(&known), said(&Reading::of_notification(&notification, LAYOUTS)));
    }
}

/// The same of a readout: of its digits others, of other octets some bits.
fn assert_known_readout(readout: &Readout<'_>, choices: &[u8], changes: u8) {
    let lists = Lists::new(&[]);
    lists.learn_readout(readout);
    let mut other = readout.raw().to_vec();
    for change in choices.chunks_exact(3).rev().take(changes.into()) {
        let [high, low, bits] = *change else { continue };
        let place = usize::from(u16::from_be_bytes([high, low])) % other.len();
        match &mut other[place] {
            digit @ b'0'..=b'9' => *digit = b'0' + bits % 10,
            octet => *octet ^= bits,
        }
    }
    for text in [readout.raw(), &other] {
        let Ok((readout, _)) = Readout::parse_prefix(text) else { continue };
        if let Some(known) = lists.readout(readout) {
            assert_eq!(said(&known), said(&Reading::of_readout(readout)));
        }
    }
}

/// All that a reading says.
fn said(reading: &Reading<'_>) -> String {
    let (mut fields, mut others) = (Vec::new(), Vec::new());
    reading.each_field(
        |field, value| fields.push(format!("{field} {value:?}")),
        |other| others.push(format!("{other:?}")),
    );
    let each: Vec<_> = reading.fields().map(|(field, value)| format!("{field} {value:?}")).collect();
    assert_eq!(fields, each, "given one by one and all at once");
    let objects: Vec<_> = reading.placed().collect();
    let layout = reading.layout().map(|layout| layout.name);
    format!("{layout:?} {:?} {:?} {fields:?} {others:?} {objects:?}", reading.by(), reading.clock())
}

fn assert_agrees(reading: &Reading<'_>, length: usize, asked: u8) {
    assert_eq!(reading.layout().is_some(), reading.by() == By::Layout);

    let (mut objects, mut position) = (0, 0);
    let mut named = HashSet::new();
    for object in reading.objects() {
        objects += 1;
        let place = match &object {
            Ok(object) => {
                assert!(object.value.is_none_or(|value| !is_endless(&value)), "{object:?}");
                assert!(object.obis.is_some() || object.position.is_some() || object.address.is_some());
                // DSMR 3 says the code of what was measured inside the line.
                let coded = object.obis.is_some() || object.address.is_some();
                assert!(object.field.is_none() || coded, "a name without a code: {object:?}");
                named.extend(object.field);
                object.position
            }
            Err(flaw) => {
                assert!(!flaw.to_string().is_empty() && !format!("{flaw:?}").is_empty());
                Some(flaw.position)
            }
        };
        if let Some(place) = place {
            assert!(place > position, "a place twice");
            position = place;
        }
        assert!(position <= length + 1 && objects <= length + 1, "more objects than octets");
    }

    let mut fields = HashMap::new();
    for (field, value) in reading.fields() {
        assert!(!is_endless(&value));
        assert!(fields.insert(field, shown(&value)).is_none(), "{field} twice");
        assert_eq!(Field::named(&field.to_string()), Some(field));
    }
    let all = Field::all().flat_map(|field| {
        let channels = if field.has_channel() { 1..=8 } else { 0..=0 };
        channels.map(move |channel| field.at(channel))
    });
    for (index, field) in all.enumerate() {
        let given = fields.get(&field);
        if length <= LONG || index % 32 == usize::from(asked) || given.is_some() || named.contains(&field) {
            assert_eq!(reading.get(field).map(|value| shown(&value)).as_ref(), given, "{field}");
        }
    }

    assert_clock(reading);
    assert_derived(reading);
    let mut channel = 0;
    for meter in reading.submeters() {
        assert!(meter.channel > channel && meter.channel <= 8);
        channel = meter.channel;
        assert_submeter(reading, &meter);
    }
    for meter in reading.submeters() {
        let live = meter.device.and_then(|device| reading.live_submeter(device));
        assert!(live.is_some() || !meter.is_live() || meter.device.is_none());
    }
}

/// The clock is the first one in the list, else that of the notification.
fn assert_clock(reading: &Reading<'_>) {
    let field = reading.get(Field::METER_DATETIME);
    match reading.clock() {
        Some(clock) if clock.time.is_complete() => {
            assert!(!clock.time.to_string().is_empty());
            // A list may have another one, before or behind it, that is none.
            assert!(field.is_some(), "a clock without a field: {clock:?}");
            if let (Some(Value::Time(time)), true) = (field, clock.in_list) {
                assert_eq!(time, clock.time);
            }
        }
        Some(clock) => assert!(clock.in_list, "an incomplete time of the notification"),
        None => assert!(!matches!(field, Some(Value::Time(_))) || !is_first_clock(reading)),
    }
}

/// Whether the first object that is a clock is a time.
fn is_first_clock(reading: &Reading<'_>) -> bool {
    let first = reading.objects().flatten().find(|object| object.field == Some(Field::METER_DATETIME));
    first.is_some_and(|object| matches!(object.value, Some(Value::Time(_))))
}

/// What is derived is not in the message, and follows from what is.
fn assert_derived(reading: &Reading<'_>) {
    let mut before = Vec::new();
    let number = |field| reading.get(field).and_then(|value| value.number());
    for (field, value) in reading.derived() {
        assert!(!before.contains(&field), "{field} derived twice");
        before.push(field);
        // What is sent may be no number: `1-0:1.8.0(-)`.
        assert!(number(field).is_none(), "{field} is sent, and derived");
        if field == Field::ACTIVE_POWER_NET {
            let powers = number(Field::ACTIVE_POWER_IMPORT).zip(number(Field::ACTIVE_POWER_EXPORT));
            if let Some((import, export)) = powers {
                assert_eq!(value.number(), import.checked_sub(export));
            }
        }
    }
    let mut kinds = HashSet::new();
    for doubt in reading.doubts() {
        assert!(kinds.insert(doubt.number()), "a doubt twice");
        assert!(!doubt.to_string().is_empty());
    }
}

/// A sub-meter is what its fields say.
fn assert_submeter(reading: &Reading<'_>, meter: &SubMeter<'_>) {
    let of = |field: Field| reading.get(field.at(meter.channel));
    if let Some(id) = meter.id {
        assert_eq!(of(Field::SUBMETER_ID).map(|value| value.to_string()), Some(id.to_string()));
    }
    if let Some((number, unit)) = meter.value {
        let value = of(Field::SUBMETER_VALUE).expect("the value of a sub-meter");
        assert_eq!((value.number(), value.unit()), (Some(number), unit));
    }
    if let Some(time) = meter.time {
        assert!(matches!(of(Field::SUBMETER_TIME), Some(Value::Time(same)) if same == time));
    }
    assert!(
        meter.device.is_none_or(|device| !device.name().is_empty() && of(Field::SUBMETER_TYPE).is_some())
    );
}

/// All that a value says, its type included.
fn shown(value: &Value<'_>) -> String {
    format!("{value:?} {value}")
}

/// Whether a value's list has more items than octets can have said.
fn is_endless(value: &Value<'_>) -> bool {
    matches!(value, Value::History(history) if history.entries().take(100_000).count() == 100_000)
}
