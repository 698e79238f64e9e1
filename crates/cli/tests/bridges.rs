//! `amshan decode` on what bridges and adapters make of messages.

mod common;

use amshan_sim::damage::Damage;
use amshan_sim::{Rng, START_MS, list};
use common::{decode, hex, message, stream};
use serde_json::Value;

/// The offsets of the messages that were decoded.
fn offsets(lines: &[Value]) -> Vec<u64> {
    lines.iter().map(|line| line["offset"].as_u64().unwrap()).collect()
}

#[test]
fn what_an_adapter_has_bent_is_undone_and_said_once() {
    let aidon = list("aidon-no-list-3").unwrap();
    let sent: Vec<u8> = (0..3).flat_map(|n| aidon.message(1, START_MS + n * 3_600_000).bytes).collect();
    let mut bent = sent.clone();
    Damage::LineEnds.apply(&mut bent, &mut Rng::new(0));
    let expected = decode(&["--quiet"], &sent).good("as sent");
    let found = decode(&["--quiet"], &bent);
    assert_eq!((found.status, found.stdout), (Some(0), expected.stdout));
    assert_eq!(
        found.stderr,
        "amshan: byte 0: an adapter turned 0A into 0D 0A; undone (said once)\n\
         amshan: 3 messages had 0D 0A for 0A, which was undone\n"
    );
}

/// The payload of a Tibber Pulse around what a meter sent, as people posted it.
fn pulse(port: &str, body: &[u8]) -> Vec<u8> {
    let length = |octets: usize| [octets as u8 | 0x80, (octets >> 7) as u8];
    let mut inside = b"\x09\x3A\x70\x66\x16\x86\x01\x00\x00".to_vec();
    inside.extend([0x12, port.len() as u8]);
    inside.extend(port.bytes());
    inside.push(0x1A);
    inside.extend(length(body.len()));
    inside.extend(body);
    [b"\x08\xDC\xD9\x02\x12", &length(inside.len())[..], &inside].concat()
}

#[test]
fn the_payloads_of_a_pulse_are_unwrapped() {
    let frames = stream(&["aidon-no-list-2", "kaifa-no-list-1"]);
    let telegram = message("p1-dsmr-5.0").bytes;
    for (port, body) in [("HAN", &frames), ("P1", &telegram)] {
        let plain = decode(&["--quiet", "--format", "json"], body).good(port).stdout;
        let payload = pulse(port, body);
        for (form, input) in [
            ("raw", payload.clone()),
            ("hex", hex(&payload).into_bytes()),
            ("hex, twice", hex(hex(&payload).as_bytes()).into_bytes()),
        ] {
            let found = decode(&["--quiet", "--format", "json"], &input).good(form);
            assert_eq!(found.stdout, plain, "{port}, {form}");
        }
        // A payload a line, as an MQTT client prints them.
        let lines = format!("{0}\n{0}\n{0}\n", hex(&payload));
        let found = decode(&["--quiet", "--format", "full"], lines.as_bytes()).good("lines").lines();
        let (each, start) = (found.len() / 3, payload.len() - body.len());
        let expected: Vec<u64> = (0..3).map(|n| (n * payload.len() + start) as u64).collect();
        assert_eq!(offsets(&found).into_iter().step_by(each).collect::<Vec<_>>(), expected, "{port}");
    }
}
