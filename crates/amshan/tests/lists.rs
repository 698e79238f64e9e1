//! Every list that the simulator writes is read right: its numbers, texts and clock, and by the layout that knows it.

use amshan::cosem::{Key, Keys};
use amshan::dlde::Check;
use amshan::{Decoder, Field, Messages, Reader, Value};
use amshan_sim::{List, Message, START_MS, lists};

/// A list that no layout knows: two numbers without a word.
const WITHOUT_LAYOUT: [&str; 1] = ["landisgyr-e450-stray"];

/// What can't be read right without being told: energies with three decimals that the message does not tell from those
/// with two, and a list that names its values but says nothing of their scale.
const UNTOLD: [&str; 2] = ["kamstrup-push-65-fine", "energomera-ru"];

/// What the decoder gives for a message: layout, and field by field what was printed.
struct Read {
    layout: Option<&'static str>,
    fields: Vec<(String, String)>,
}

fn read(message: &Message) -> Vec<Read> {
    let keys = message.key.map(|key| Keys {
        encryption: Key::from_octets(&key).unwrap(),
        authentication: message.auth_key.map(|key| Key::from_octets(&key).unwrap()),
    });
    let decoder = keys.as_ref().map_or_else(Decoder::new, |keys| Decoder::new().keys(keys));
    let mut found = Vec::new();
    let mut bytes = message.bytes.clone();
    if bytes.first() == Some(&0x0F) {
        let bare = amshan::Message::bare(amshan::Framing::Apdu, 0, &mut bytes);
        decode(message.list, &decoder, bare, &mut found);
        return found;
    }
    let check = if message.list == "p1-hu-holley" { Check::ArcOrX25 } else { Check::Arc };
    let mut messages = Messages::with(&bytes[..], Reader::new().check_p1(check));
    while let Some(item) = messages.next_message() {
        decode(message.list, &decoder, item.unwrap(), &mut found);
    }
    found
}

fn decode(list: &str, decoder: &Decoder<'_>, message: amshan::Message<'_>, found: &mut Vec<Read>) {
    for reading in decoder.readings(message) {
        let reading = reading.unwrap();
        // Holley opens a parenthesis in one line and closes it in another: both lines make no sense by themselves.
        let flaws = if list == "p1-hu-holley" { 2 } else { 0 };
        assert_eq!(reading.objects().filter_map(Result::err).count(), flaws, "{list}");
        let name = reading.layout().map(|layout| layout.name);
        found.push(Read {
            layout: name
                .and_then(|name| amshan::LAYOUTS.iter().map(|known| known.name).find(|known| *known == name)),
            fields: reading.fields().map(|(field, value)| (field.to_string(), plain(value))).collect(),
        });
    }
}

/// The value without its unit.
fn plain(value: Value<'_>) -> String {
    value.number().map_or_else(|| value.to_string(), |number| number.to_string())
}

fn samples() -> impl Iterator<Item = (&'static List, Message)> {
    let moments = [(1, START_MS), (7, START_MS + 60_000), (42, START_MS + 200 * 86_400_000)];
    let told = lists().iter().filter(|list| !UNTOLD.contains(&list.name));
    told.flat_map(move |list| moments.map(|(seed, time)| (list, list.message(seed, time))))
}

#[test]
fn numbers_and_texts_are_those_of_the_meter() {
    for (list, message) in samples() {
        let readings = read(&message);
        let expected = if list.name == "landisgyr-e450-stray" { 3 } else { 1 };
        assert_eq!(readings.len(), expected, "{}", list.name);
        let fields = &readings[0].fields;
        let got =
            |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
        for (name, value) in &message.values {
            let number: Option<amshan::Decimal> = got(name).and_then(|text| text.parse().ok());
            assert_eq!(number, Some(*value), "{}: {name}", list.name);
        }
        for (name, text) in &message.texts {
            assert_eq!(got(name), Some(text.as_str()), "{}: {name}", list.name);
        }
        assert!(
            fields.iter().all(|(name, _)| Field::named(name).is_some()),
            "{}: every name is in the dictionary",
            list.name
        );
    }
}

#[test]
fn clocks_are_those_of_the_meter() {
    for (list, message) in samples() {
        let Some(clock) = message.clock else { continue };
        let readings = read(&message);
        let got = readings[0].fields.iter().find(|(name, _)| name == "meter_datetime");
        let got = got.map(|(_, value)| value.as_str()).unwrap_or_default();
        let amshan_sim::Clock { year, month, day, hour, minute, second, .. } = clock;
        let wanted = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        assert_eq!(got.get(..19), Some(&wanted[..]), "{}", list.name);
    }
}

#[test]
fn every_list_but_the_nameless_has_a_layout() {
    for (list, message) in samples().filter(|(list, _)| !list.framing.starts_with("p1")) {
        let layout = read(&message)[0].layout;
        assert_eq!(layout.is_some(), !WITHOUT_LAYOUT.contains(&list.name), "{}: {layout:?}", list.name);
    }
}

#[test]
fn the_simulator_covers_every_layout() {
    let used: Vec<_> = samples().filter_map(|(_, message)| read(&message)[0].layout).collect();
    for layout in amshan::LAYOUTS
        .iter()
        .filter(|layout| !["aidon", "aidon-like", "embriq", "kaifa"].contains(&layout.name))
    {
        assert!(used.contains(&layout.name), "{}: no list of the simulator has this layout", layout.name);
    }
}
