//! Law 1, borrow: from bytes to readings nothing touches the heap, opening ciphered messages included.

use amshan::cosem::{Key, Keys};
use amshan::{Decoder, Reader};
use amshan_sim::{START_MS, lists};

#[test]
fn no_allocation_from_bytes_to_readings() {
    let mut reader = Reader::new();
    let (mut messages, mut objects, mut fields) = (0, 0, 0);
    for list in lists().iter().filter(|list| list.framing != "apdu") {
        let message = list.message(5, START_MS);
        let keys = message.key.map(|key| Keys {
            encryption: Key::from_octets(&key).unwrap(),
            authentication: message.auth_key.map(|key| Key::from_octets(&key).unwrap()),
        });
        let decoder = keys.as_ref().map_or_else(Decoder::new, |keys| Decoder::new().keys(keys));
        let allocations = allocation_counter::measure(|| {
            reader.space()[..message.bytes.len()].copy_from_slice(&message.bytes);
            reader.advance(message.bytes.len());
            while let Some(Ok(message)) = reader.next_message() {
                messages += 1;
                for reading in decoder.readings(message).flatten() {
                    objects += reading.objects().flatten().count();
                    fields += reading.fields().count();
                }
            }
        });
        assert_eq!(allocations.count_total, 0, "{}", list.name);
    }
    assert!(
        messages > 40 && objects > 500 && fields > 400,
        "{messages} messages, {objects} objects, {fields} fields"
    );
}

#[cfg(feature = "std")]
#[test]
fn no_allocation_for_a_list_that_came_before() {
    let lists = amshan::Lists::new(&[]);
    let (decoder, mut reader) = (Decoder::new().lists(&lists), Reader::new());
    let list = amshan_sim::list("aidon-no-list-3").unwrap();
    let mut feed = |time| {
        let (octets, mut fields) = (list.message(5, time).bytes, 0);
        let allocations = allocation_counter::measure(|| {
            reader.space()[..octets.len()].copy_from_slice(&octets);
            reader.advance(octets.len());
            while let Some(Ok(message)) = reader.next_message() {
                for reading in decoder.readings(message).flatten() {
                    reading.each_field(|_, _| fields += 1, drop);
                }
            }
        });
        (allocations.count_total, fields)
    };
    let (first, fields) = feed(START_MS);
    assert!(first > 0 && fields > 15, "what was found out is kept: {first} allocations, {fields} fields");
    for hour in 1..10 {
        assert_eq!(feed(START_MS + hour * 3_600_000), (0, fields));
    }
}
