//! Streams whose adapter took octets for text and sent each `0A` as `0D 0A`.

use amshan::{Decoder, Reader};
use amshan_sim::damage::Damage;
use amshan_sim::{Rng, START_MS, lists};

/// The messages of a stream: where they lie, whether they were repaired, and their octets.
fn messages(stream: &[u8], size: usize) -> Vec<(u64, u64, bool, Vec<u8>)> {
    let mut reader = Reader::new();
    let mut found = Vec::new();
    let mut drain = |reader: &mut Reader| {
        while let Some(item) = reader.next_message() {
            let message = item.unwrap();
            let origin = message.origin();
            found.push((origin.offset, origin.length, origin.repaired, message.bytes().to_vec()));
        }
    };
    for chunk in stream.chunks(size) {
        let space = reader.space();
        space[..chunk.len()].copy_from_slice(chunk);
        reader.advance(chunk.len());
        drain(&mut reader);
    }
    reader.finish();
    drain(&mut reader);
    found
}

/// Single frames, segments, transfer blocks: every list on HDLC, as it was and bent.
#[test]
fn bent_messages_are_what_the_meter_sent() {
    let mut repaired = 0;
    for list in lists().iter().filter(|list| list.framing == "hdlc") {
        for hour in 0..24 {
            let sent = list.message(7, START_MS + hour * 3_610_000).bytes;
            let mut bent = sent.clone();
            Damage::LineEnds.apply(&mut bent, &mut Rng::new(0));
            let plain: Vec<_> = messages(&sent, 1000).into_iter().map(|(.., octets)| octets).collect();
            for size in [1, 7, 1000] {
                let found = messages(&bent, size);
                let octets: Vec<_> = found.iter().map(|(.., octets)| octets.clone()).collect();
                assert_eq!(octets, plain, "{}", list.name);
                for (offset, length, undone, _) in found {
                    let end = offset + length;
                    assert_eq!(undone, bent[offset as usize..end as usize].contains(&0x0A), "{}", list.name);
                    repaired += usize::from(undone);
                }
            }
        }
    }
    assert!(repaired > 100, "{repaired}");
}

#[test]
fn a_bent_stream_reads_like_another() {
    let list = lists().iter().find(|list| list.name == "aidon-no-list-3").unwrap();
    let sent: Vec<_> = (0..20).map(|n| list.message(1, START_MS + n * 3_600_000)).collect();
    let mut stream: Vec<u8> = sent.iter().flat_map(|message| message.bytes.clone()).collect();
    Damage::LineEnds.apply(&mut stream, &mut Rng::new(0));
    let mut reader = Reader::new();
    reader.space()[..stream.len()].copy_from_slice(&stream);
    reader.advance(stream.len());
    for message in sent {
        let lent = reader.next_message().unwrap().unwrap();
        assert!(lent.origin().repaired);
        let readings: Vec<_> = Decoder::new().readings(lent).map(Result::unwrap).collect();
        let [reading] = &readings[..] else { panic!("one") };
        let power = reading.fields().find(|(field, _)| field.to_string() == "active_power_import").unwrap().1;
        assert_eq!(power.number(), message.value("active_power_import"));
    }
}
