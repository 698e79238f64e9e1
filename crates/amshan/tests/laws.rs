//! The laws of the design, on streams of every framing at once.

use amshan::cosem::{Key, KeyStore, Keys, SystemTitle};
use amshan::{Decoder, Framing, Message, Reader};
use amshan_sim::{Rng, START_MS, damage, lists};

/// Telegrams that can't stand in one stream with others: no checksum where a stream has shown one is damage, and this
/// X-25 checksum has to be asked for.
const APART: [&str; 5] = ["p1-dsmr-2.2", "p1-dsmr-3.0", "p1-si", "easymeter-q3d", "p1-hu-holley"];

/// Messages of all framings that mark their start, in turn. Bare application messages are told apart by silence only.
fn units(count: usize, seed: u64) -> Vec<Vec<u8>> {
    let framed: Vec<_> = lists().iter().filter(|list| list.framing != "apdu").collect();
    let mut rng = Rng::new(seed);
    let mut pick = || framed[rng.below(framed.len() as u64) as usize];
    (0..count).map(|n| pick().message(seed, START_MS + n as u64 * 10_000).bytes).collect()
}

/// The keys of every house that `units` may have made are those of its seed.
fn keys(seed: u64) -> impl KeyStore + Sync {
    let house = amshan_sim::Household::at(seed, START_MS);
    let (key, auth_key) = (house.key(), house.auth_key());
    move |title: &SystemTitle| {
        // Ciphered P1 uses the public authentication key, which is tried when none is given.
        let dlms = !title.octets().starts_with(b"SAG");
        Some(Keys {
            encryption: Key::from_octets(&key).ok()?,
            authentication: Key::from_octets(&auth_key).ok().filter(|_| dlms),
        })
    }
}

/// What comes out of a reader: messages and errors with all that is known of them, readings with their objects.
fn items(stream: &[u8], cuts: &[usize], keys: &(dyn KeyStore + Sync)) -> Vec<String> {
    let decoder = Decoder::new().keys(keys);
    let mut reader = Reader::new();
    let mut found = Vec::new();
    let mut start = 0;
    for &end in cuts.iter().chain([&stream.len()]) {
        let mut chunk = &stream[start.min(end)..end];
        start = end;
        while !chunk.is_empty() {
            let space = reader.space();
            let n = space.len().min(chunk.len());
            space[..n].copy_from_slice(&chunk[..n]);
            reader.advance(n);
            chunk = &chunk[n..];
            drain(&mut reader, &decoder, &mut found);
        }
    }
    reader.finish();
    drain(&mut reader, &decoder, &mut found);
    found
}

fn drain(reader: &mut Reader, decoder: &Decoder<'_>, found: &mut Vec<String>) {
    while let Some(item) = reader.next_message() {
        match item {
            Err(error) => found.push(format!("{error:?}")),
            Ok(message) => decode(decoder, message, found),
        }
    }
}

fn decode(decoder: &Decoder<'_>, message: Message<'_>, found: &mut Vec<String>) {
    found.push(format!("{:?}", message.origin()));
    for reading in decoder.readings(message) {
        match reading {
            Ok(reading) => {
                found.extend(reading.fields().map(|(field, value)| format!("{field} {value}")));
                found.push(format!("{} objects", reading.objects().count()));
            }
            Err(error) => found.push(error.to_string()),
        }
    }
}

#[test]
fn chunking_however_a_stream_is_cut_the_items_are_the_same() {
    for seed in 0..12 {
        let mut rng = Rng::new(seed);
        let mut stream = Vec::new();
        for mut unit in units(40, seed) {
            if rng.below(4) == 0 {
                damage::any(&mut unit, &mut rng);
            }
            stream.extend(unit);
        }
        let keys = keys(seed);
        let whole = items(&stream, &[], &keys);
        for size in [1, 7, 64, 1000] {
            let cuts: Vec<_> = (0..stream.len()).step_by(size).collect();
            assert_eq!(items(&stream, &cuts, &keys), whole, "seed {seed}, chunks of {size}");
        }
        let mut cuts: Vec<_> = (0..50).map(|_| rng.below(stream.len() as u64) as usize).collect();
        cuts.sort_unstable();
        assert_eq!(items(&stream, &cuts, &keys), whole, "seed {seed}, random cuts");
    }
}

#[test]
fn chunking_of_what_is_no_message() {
    // Starts, ends and fill of all framings, and what is none of them.
    let octets = b"\x7E\xA0\x0A\x68\x03\x16\xE5\x10/abc(1)\r\n!\xDB\x08\x00\x02 \x55\xFF";
    let keys = keys(0);
    for seed in 0..300 {
        let mut rng = Rng::new(seed);
        let stream: Vec<u8> = (0..300).map(|_| octets[rng.below(octets.len() as u64) as usize]).collect();
        let whole = items(&stream, &[], &keys);
        for size in [1, 7] {
            let cuts: Vec<_> = (0..stream.len()).step_by(size).collect();
            assert_eq!(items(&stream, &cuts, &keys), whole, "seed {seed}, chunks of {size}");
        }
    }
}

#[test]
fn chunking_nothing_comes_later_when_octets_come_one_by_one() {
    let starts = b"\x7E\xA0\x0A\x68\x03\x16\xE5\x10/abc(1)\r\n!\xDB\x08\x00\x02 \x55\xFF";
    let told = |reader: &mut Reader, found: &mut Vec<String>| {
        while let Some(item) = reader.next_message() {
            found.push(format!("{:?}", item.map(|message| message.origin())));
        }
    };
    let mut items = 0;
    for seed in 0..60 {
        let mut rng = Rng::new(seed);
        let stream: Vec<u8> = match seed % 10 {
            0 => units(6, seed).concat(),
            1 => {
                let mut damaged = units(6, seed);
                damage::any(&mut damaged[3], &mut rng);
                damaged.concat()
            }
            _ => (0..200).map(|_| starts[rng.below(starts.len() as u64) as usize]).collect(),
        };
        let (mut reader, mut found) = (Reader::new(), Vec::new());
        for (at, octet) in stream.iter().enumerate() {
            reader.space()[0] = *octet;
            reader.advance(1);
            told(&mut reader, &mut found);
            let (mut whole, mut expected) = (Reader::new(), Vec::new());
            whole.space()[..=at].copy_from_slice(&stream[..=at]);
            whole.advance(at + 1);
            told(&mut whole, &mut expected);
            assert_eq!(found, expected, "seed {seed}, {} octets", at + 1);
        }
        items += found.len();
    }
    assert!(items > 50, "{items}");
}

/// How many undamaged messages of these framings come out of a stream in which one in ten is damaged, each kind of damage
/// in its turn; and how many there are. With several groups of framings, one follows on the other.
fn undamaged_found(groups: &[&[&str]], count: usize, seed: u64) -> (usize, usize) {
    let mut rng = Rng::new(seed);
    let (mut stream, mut wanted) = (Vec::new(), Vec::new());
    for n in 0..count {
        let framings = groups[n * groups.len() / count];
        let lists =
            lists().iter().filter(|list| framings.contains(&list.framing) && !APART.contains(&list.name));
        let lists: Vec<_> = lists.collect();
        let list = lists[rng.below(lists.len() as u64) as usize];
        let mut bytes = list.message(seed, START_MS + n as u64 * 10_000).bytes;
        // The first is whole: what stands before it can't be told from a damaged one.
        if n % 10 == 9 {
            damage::ALL[n / 10 % damage::ALL.len()].apply(&mut bytes, &mut rng);
        } else {
            wanted.push((stream.len() as u64, bytes.len() as u64));
        }
        stream.extend(bytes);
    }
    let mut reader = Reader::new();
    let mut found = Vec::new();
    let mut drain = |reader: &mut Reader| {
        while let Some(item) = reader.next_message() {
            // Without a key nothing vouches for what looks like a ciphered message without a frame.
            let origin = item.ok().map(|message| message.origin());
            found.extend(origin.filter(|origin| origin.framing != Framing::Apdu).map(|origin| origin.offset));
        }
    };
    for chunk in stream.chunks(512) {
        reader.space()[..chunk.len()].copy_from_slice(chunk);
        reader.advance(chunk.len());
        drain(&mut reader);
    }
    reader.finish();
    drain(&mut reader);
    // A flag that closes one frame may open the next, and a first octet may be shared with noise before it, so what
    // counts is that a message begins where one was put.
    let next = |start| found.get(found.partition_point(|offset| *offset < start));
    let hit = |(start, length): &&(u64, u64)| next(*start).is_some_and(|offset| *offset < start + length);
    (wanted.iter().filter(hit).count(), wanted.len())
}

#[test]
fn recovery_every_undamaged_message_of_a_damaged_stream_is_found() {
    let (hdlc, pieces, mbus, p1) =
        (&["hdlc"][..], &["hdlc-segments", "hdlc-blocks"][..], &["mbus"][..], &["p1"][..]);
    let mixed = ["hdlc", "hdlc-segments", "hdlc-blocks", "mbus", "p1"];
    let table: [(&str, &[&[&str]]); 7] = [
        ("HDLC frames", &[hdlc]),
        ("HDLC frames that carry pieces", &[pieces]),
        ("M-Bus frames", &[mbus]),
        ("P1 readouts", &[p1]),
        ("all in turn", &[&mixed]),
        ("P1, from the half on HDLC", &[p1, hdlc]),
        ("HDLC, M-Bus, P1", &[hdlc, mbus, p1]),
    ];
    for (name, groups) in table {
        let (found, wanted) = undamaged_found(groups, 10_000, 1);
        println!("{name}: {found} of {wanted} undamaged messages found");
        assert_eq!((found, wanted), (9_000, 9_000), "{name}");
    }
}

#[test]
fn truth_no_changed_bit_gives_another_reading() {
    // Flip each bit of one message of each framing that has a check of 16 bits: nothing but the same reading comes out.
    for name in ["aidon-no-list-3", "kaifa-no-list-2", "kamstrup-no-35", "p1-dsmr-5.0"] {
        let list = amshan_sim::list(name).expect(name);
        let bytes = list.message(1, START_MS).bytes;
        let keys = keys(1);
        let right = items(&bytes, &[], &keys);
        assert!(right.iter().any(|item| item.contains("active_power")), "{name}: {right:?}");
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let found = items(&damaged, &[], &keys);
            let read: Vec<_> = found.iter().filter(|item| item.contains("active_power")).collect();
            assert!(
                read.is_empty() || read.iter().all(|item| right.contains(item)),
                "{name}: bit {bit} gives another reading: {read:?}"
            );
        }
    }
}
