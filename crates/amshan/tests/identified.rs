//! Ciphered messages behind an identification line in the clear (Stoen, Poland; unconfirmed).

use amshan::cosem::{Key, KeyStore, Keys, SystemTitle};
use amshan::{Decoder, Error, Field, Framing, Reader, Unit};
use amshan_sim::apdu::{HeaderTime, data_notification};
use amshan_sim::axdr::{Length, obis, scaler_unit, structure, u32};
use amshan_sim::ciphering::{BOTH, Cipher, ENCRYPTED};
use amshan_sim::crc;
use amshan_sim::p1::{Check, Telegram};

const KEY: [u8; 16] = [7; 16];
const AUTH_KEY: [u8; 16] = [9; 16];
const LINES: &[u8] = b"1-0:1.7.0(00.543*kW)\r\n1-0:2.7.0(00.000*kW)\r\n";

/// The message around this content, without an end mark.
fn message(content: &[u8], control: u8) -> Vec<u8> {
    let cipher =
        Cipher { title: [0; 8], control, counter: 0, key: &KEY, auth_key: &AUTH_KEY, length: Length::Two };
    let ciphered = cipher.general_glo(content);
    // Tag, length and title are not sent; 00 is.
    [b"/EGM5G15\r\n\r\n\x00", &ciphered[10..]].concat()
}

/// With the end mark, and with its checksum or one that is wrong by so much.
fn ended(mut message: Vec<u8>, wrong: u16) -> Vec<u8> {
    message.push(b'!');
    let checksum = crc::arc(&message) ^ wrong;
    message.extend(format!("{checksum:04X}\r\n").bytes());
    message
}

/// Readings as their active power in watts, and errors, of a stream that comes in pieces of this size.
fn readings(
    stream: &[u8],
    size: usize,
    keys: &(dyn KeyStore + Sync),
    unverified: bool,
) -> Vec<Result<String, String>> {
    let decoder = Decoder::new().keys(keys).unverified(unverified);
    let mut reader = Reader::new();
    let mut found = Vec::new();
    let mut drain = |reader: &mut Reader| {
        while let Some(item) = reader.next_message() {
            match item {
                Err(error) => found.push(Err(error.to_string())),
                Ok(message) => {
                    assert_eq!(message.origin().framing, Framing::P1);
                    for reading in decoder.readings(message) {
                        found.push(reading.map_err(|error: Error| error.to_string()).map(|reading| {
                            reading.get(Field::ACTIVE_POWER_IMPORT).unwrap().number().unwrap().to_string()
                        }));
                    }
                }
            }
        }
    };
    for chunk in stream.chunks(size) {
        reader.space()[..chunk.len()].copy_from_slice(chunk);
        reader.advance(chunk.len());
        drain(&mut reader);
    }
    reader.finish();
    drain(&mut reader);
    found
}

fn keys(encryption: [u8; 16], authentication: Option<[u8; 16]>) -> Keys {
    let key = |octets: [u8; 16]| Key::from_octets(&octets).unwrap();
    Keys { encryption: key(encryption), authentication: authentication.map(key) }
}

fn power(watts: &str) -> Vec<Result<String, String>> {
    vec![Ok(watts.to_string())]
}

#[test]
fn whatever_the_content_is() {
    let mut telegram = Telegram::new("EGM5G15");
    telegram.line("1-0:1.7.0", &["00.543*kW"]);
    let telegram = telegram.end(Check::Arc).into_bytes();
    let notification = data_notification(
        1,
        HeaderTime::Absent,
        &structure([obis("1-0:1.7.0"), u32(543), scaler_unit(0, Unit::WATT)]),
    );
    let keys = keys(KEY, Some(AUTH_KEY));
    for (name, content) in [
        ("a telegram", telegram.clone()),
        ("a telegram, padded", [&telegram[..], &[0; 9]].concat()),
        ("lines", LINES.to_vec()),
        ("lines behind a line end, padded", [b"\r\n", LINES, &[0; 15]].concat()),
        ("lines with an end mark", [LINES, b"!1234\r\n"].concat()),
        ("a notification", notification),
    ] {
        let bare = message(&content, BOTH);
        for (end, message) in
            [("none", bare.clone()), ("right", ended(bare.clone(), 0)), ("wrong", ended(bare, 1))]
        {
            let twice = [message.clone(), message].concat();
            for size in [1, 7, 1000] {
                let found = readings(&twice, size, &keys, false);
                assert_eq!(
                    found,
                    [power("543"), power("543")].concat(),
                    "{name}, checksum {end}, pieces of {size}"
                );
            }
        }
    }
}

#[test]
fn without_the_right_keys_there_is_no_reading() {
    let stream = ended(message(LINES, BOTH), 0);
    let none = |_: &SystemTitle| None;
    let error = |keys: &(dyn KeyStore + Sync)| readings(&stream, 1000, keys, false);
    let said = |why: &str| vec![Err(format!("byte 0: security: {why} (sender 45474d, Elgama)"))];
    assert_eq!(error(&none), said("message is ciphered, and there is no key for it"));
    let wrong = "key is wrong: the tag does not fit, and nothing sensible comes out";
    assert_eq!(error(&keys([1; 16], Some(AUTH_KEY))), said(wrong));
    let tag = "message has a tag, and there is no authentication key to check it with";
    assert_eq!(error(&keys(KEY, None)), said(tag));
    assert_eq!(readings(&stream, 1000, &keys(KEY, None), true), power("543"));
    // The letters of the identification find the key, too.
    let by_letters = |title: &SystemTitle| (title.octets() == b"EGM").then(|| keys(KEY, Some(AUTH_KEY)));
    assert_eq!(error(&by_letters), power("543"));
}

#[test]
fn without_a_tag_a_checksum_inside_must_vouch() {
    let mut telegram = Telegram::new("EGM5G15");
    telegram.line("1-0:1.7.0", &["00.543*kW"]);
    let keys = keys(KEY, None);
    let good = message(telegram.clone().end(Check::Arc).as_bytes(), ENCRYPTED);
    assert_eq!(readings(&good, 1000, &keys, false), power("543"));
    for content in [telegram.end(Check::None).into_bytes(), LINES.to_vec()] {
        let found = readings(&ended(message(&content, ENCRYPTED), 0), 1000, &keys, false);
        assert!(matches!(&found[..], [Err(_)]), "{found:?}");
    }
}

/// A damaged one costs no other message, whatever its octets happen to be.
#[test]
fn what_is_damaged_is_searched() {
    let telegram = b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.001*kW)\r\n!\r\n";
    let keys = keys(KEY, Some(AUTH_KEY));
    let good = ended(message(LINES, BOTH), 0);
    for at in 0..good.len() {
        let stream = [&good[..at], telegram, &good].concat();
        let found = readings(&stream, 1000, &keys, false);
        let good: Vec<_> = found.into_iter().flatten().collect();
        assert!(good.ends_with(&["543".to_string()]), "cut at {at}: {good:?}");
        assert!(good.contains(&"1".to_string()), "cut at {at}: {good:?}");
    }
}
