//! Streams of what meters send, damaged here and there.

use std::sync::LazyLock;

use amshan::cosem::{Key, KeyStore, Keys, SystemTitle};
use amshan::{Decoder, Error, Framing, Message, Origin, Reader, mbus};
use amshan_sim::ciphering::P1_AUTH_KEY;
use amshan_sim::{Household, List, Rng, START_MS, damage, lists};

use crate::input::{Choices, pieces};

/// Lists without a checksum, or with another one, can't stand in one stream with others.
const APART: [&str; 5] = ["p1-dsmr-2.2", "p1-dsmr-3.0", "p1-si", "easymeter-q3d", "p1-hu-holley"];
/// No more units stand in a stream.
const LONGEST: usize = 18;

/// Lists that mark their start and have a check, ciphered P1 included.
static LISTS: LazyLock<Vec<&'static List>> = LazyLock::new(|| {
    lists().iter().filter(|list| list.framing != "apdu" && !APART.contains(&list.name)).collect()
});

/// Every undamaged message of a stream comes out as it does alone, and it is the same however the stream is cut.
///
/// ```text
/// options | cuts … | seed (1) | hours (2) | units: list, damage, place …
///    1      0 to 15                               1      1      1
/// ```
///
/// The low four bits of the options are how many octets of cuts follow, as in `Input`. With bit 4 the decoder has to
/// think of the public authentication key of ciphered P1 by itself. A list is an index into those of the simulator;
/// damage below 8 is one of its kinds, at a place that follows from the third octet, else there is none.
/// The first unit is whole: what stands before it can't be told from a damaged one.
pub fn structured_stream(octets: &[u8]) {
    let mut choices = Choices::new(octets);
    let options = choices.octet();
    let cuts = choices.octets(usize::from(options & 0x0F));
    let told = options & 0x10 == 0;
    let seed = choices.octet().into();
    let start = START_MS + u64::from(choices.u16()) * 3_600_000;
    let keys = keys(seed, told);

    let (mut stream, mut units) = (Vec::new(), Vec::new());
    while !choices.is_empty() && units.len() < LONGEST {
        let [list, kind, place] = choices.array();
        let list = LISTS[usize::from(list) % LISTS.len()];
        let mut bytes = list.message(seed, start + units.len() as u64 * 10_000).bytes;
        let alone = items(&bytes, &[], &keys);
        let [Ok(alone)] = &alone[..] else { panic!("{} alone: {alone:?}", list.name) };
        assert!(alone.good, "{} alone: {alone:?}", list.name);
        let damage = damage::ALL.get(usize::from(kind)).filter(|_| !units.is_empty());
        if let Some(damage) = damage {
            damage.apply(&mut bytes, &mut Rng::new(place.into()));
        }
        let wanted = damage.is_none().then(|| alone.clone());
        units.push(Unit { list: list.name, start: stream.len(), end: stream.len() + bytes.len(), wanted });
        stream.extend(bytes);
    }

    let whole = items(&stream, &[], &keys);
    assert_eq!(items(&stream, cuts, &keys), whole, "chunking");

    let found: Vec<_> = whole.iter().flatten().collect();
    for Unit { list, start, wanted, .. } in &units {
        let Some(wanted) = wanted else { continue };
        let hit = |item: &&&Item| item.origin.offset == *start as u64 && item.text == wanted.text;
        let hits = found.iter().filter(hit).count();
        // A ciphered message that lost its last octet may be whole again with the first one of this unit. And where
        // nothing shows that a tag is wrong, the checksum inside a damaged message may still be right.
        let taken = |item: &&Item| {
            let (origin, start) = (item.origin, *start as u64);
            let end = origin.offset + origin.length;
            origin.framing == Framing::Apdu
                && origin.offset < start
                && (end == start + 1 || !told && end > start)
        };
        if hits == 0 && found.iter().copied().any(|item| taken(&item)) {
            continue;
        }
        assert!(
            hits == 1 || mistaken(&stream, &units, *start),
            "{list} at {start} comes out {hits} times: {:?}",
            origins(&whole)
        );
    }
}

struct Unit {
    list: &'static str,
    start: usize,
    end: usize,
    /// What comes out of it; nothing certain if it is damaged.
    wanted: Option<Item>,
}

/// Whether a damaged unit makes an M-Bus frame, by the chance of its sum of eight bits, that takes the start of the
/// unit at `start`.
fn mistaken(stream: &[u8], units: &[Unit], start: usize) -> bool {
    let damaged = units.iter().filter(|unit| unit.wanted.is_none() && unit.start < start);
    damaged.flat_map(|unit| unit.start..unit.end).any(|at| {
        let frame = mbus::Frame::parse_prefix(&stream[at..]);
        frame.is_ok_and(|(frame, _)| at + frame.octets().len() > start)
    })
}

/// A message and its readings.
#[derive(Debug, Clone, PartialEq)]
struct Item {
    origin: Origin,
    text: String,
    /// Whether all could be decoded.
    good: bool,
}

/// What comes out of a reader, messages that can't be opened left out.
fn items(stream: &[u8], cuts: &[u8], keys: &(dyn KeyStore + Sync)) -> Vec<Result<Item, Error>> {
    let decoder = Decoder::new().keys(keys);
    let mut reader = Box::new(Reader::new());
    let mut items = Vec::new();
    for piece in pieces(stream, cuts) {
        let mut left = piece;
        while !left.is_empty() {
            let space = reader.space();
            let (now, later) = left.split_at(left.len().min(space.len()));
            space[..now.len()].copy_from_slice(now);
            reader.advance(now.len());
            left = later;
            drain(&mut reader, &decoder, &mut items);
        }
    }
    reader.finish();
    drain(&mut reader, &decoder, &mut items);
    assert!(reader.is_empty(), "something is left");
    items
}

fn drain(reader: &mut Reader, decoder: &Decoder<'_>, items: &mut Vec<Result<Item, Error>>) {
    while let Some(item) = reader.next_message() {
        match item.map(|message| own(message, decoder)) {
            Ok(item) => {
                let (good, framing) = (item.good, item.origin.framing);
                if good || framing != Framing::Apdu {
                    items.push(Ok(item));
                }
            }
            Err(error) => items.push(Err(error)),
        }
    }
}

fn own(message: Message<'_>, decoder: &Decoder<'_>) -> Item {
    let origin = message.origin();
    let mut item = Item { origin, text: message.bytes().escape_ascii().to_string(), good: true };
    for reading in decoder.readings(message) {
        match reading {
            Ok(reading) => {
                for (field, value) in reading.fields() {
                    item.text += &format!("\n{field} {value}");
                }
                item.text += &format!("\n{} objects", reading.objects().count());
            }
            Err(error) => {
                item.good = false;
                item.text += &format!("\n{}", error.kind);
            }
        }
    }
    item
}

/// The keys of the house of a seed; whether they are told that ciphered P1 uses a public authentication key.
fn keys(seed: u64, told: bool) -> impl KeyStore + Sync {
    let house = Household::at(seed, START_MS);
    let (key, auth_key) = (house.key(), house.auth_key());
    move |title: &SystemTitle| {
        let p1 = title.octets().starts_with(b"SAG");
        let auth_key = if p1 { &P1_AUTH_KEY } else { &auth_key };
        Some(Keys {
            encryption: Key::from_octets(&key).ok()?,
            authentication: Key::from_octets(auth_key).ok().filter(|_| told || !p1),
        })
    }
}

/// Where what came out lies, to be shown.
fn origins(items: &[Result<Item, Error>]) -> Vec<Result<(u64, u64, u32), &Error>> {
    let origin = |item: &Item| (item.origin.offset, item.origin.length, item.origin.frames);
    items.iter().map(|item| item.as_ref().map(origin)).collect()
}
