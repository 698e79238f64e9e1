//! What is refused leaves nothing behind: no plaintext that a search could take for a message, no reading that no check
//! vouches for.

use amshan::cosem::{Key, Keys};
use amshan::dlde::checksum_arc;
use amshan::{Decoder, Framing, Message, Reader};
use amshan_sim::axdr::Length;
use amshan_sim::ciphering::Cipher;

const KEY: [u8; 16] = [7; 16];

fn keys(authentication: Option<[u8; 16]>) -> Keys {
    let key = |octets: [u8; 16]| Key::from_octets(&octets).unwrap();
    Keys { encryption: key(KEY), authentication: authentication.map(key) }
}

fn ciphered(plain: &[u8], control: u8) -> Vec<u8> {
    let title = *b"XYZ\x01\x02\x03\x04\x05";
    Cipher { title, control, counter: 1, key: &KEY, auth_key: &[9; 16], length: Length::Shortest }
        .general_glo(plain)
}

#[test]
fn a_refused_readout_is_not_found_in_its_plaintext() {
    // Without its checksum and without an authentication key nothing vouches for it; and a bit was changed.
    let mut stream = ciphered(b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n", 0x30);
    stream[16 + 27] ^= 0x08;
    let keys = keys(None);
    let decoder = Decoder::new().keys(&keys);
    let mut reader = Reader::new();
    reader.space()[..stream.len()].copy_from_slice(&stream);
    reader.advance(stream.len());
    reader.finish();
    let mut refused = 0;
    while let Some(item) = reader.next_message() {
        let Ok(message) = item else { continue };
        for reading in decoder.readings(message) {
            assert!(reading.is_err());
            refused += 1;
        }
    }
    assert_eq!(refused, 1);
}

#[test]
fn a_refused_message_is_as_it_was() {
    for (plain, control, authentication) in [
        (&b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n"[..], 0x30, None),
        (b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!0000\r\n", 0x30, Some([9; 16])),
        (b"\x0F\x00\x00\x00\x00\x00\x02\x02\x06\x00\x00\x01", 0x20, None),
        (b"nonsense", 0x30, Some([9; 16])),
        (b"nonsense", 0x30, Some([8; 16])),
    ] {
        let whole = ciphered(plain, control);
        let mut octets = whole.clone();
        let keys = keys(authentication);
        let mut readings = Decoder::new().keys(&keys).readings(Message::bare(Framing::Apdu, 0, &mut octets));
        assert!(readings.next().unwrap().is_err(), "{}", plain.escape_ascii());
        assert_eq!(octets, whole, "{}", plain.escape_ascii());
    }
}

#[test]
fn every_message_of_an_envelope_is_known_to_be_ciphered() {
    let push = b"\x0F\x00\x00\x00\x00\x00\x02\x01\x06\x00\x00\x15\x7E";
    let mut octets = ciphered(&push.repeat(2), 0x30);
    let keys = keys(Some([9; 16]));
    let readings = Decoder::new().keys(&keys).readings(Message::bare(Framing::Apdu, 0, &mut octets));
    let counters: Vec<_> =
        readings.map(|reading| reading.unwrap().security().map(|security| security.counter)).collect();
    assert_eq!(counters, [Some(1), Some(1)]);
}

#[test]
fn what_nobody_opens_hides_nothing() {
    // A ciphered message without a frame, by its start; it claims 255 octets. In it, a readout.
    let head = b"\xDB\x08XYZ\x01\x02\x03\x04\x05\x81\xFF\x30\x00\x00\x00\x01";
    let stream = [&head[..], b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n", &[b'x'; 300]].concat();
    for (vouched, framings) in [(false, &[Framing::Apdu, Framing::P1][..]), (true, &[Framing::Apdu])] {
        let mut reader = Reader::new();
        reader.space()[..stream.len()].copy_from_slice(&stream);
        reader.advance(stream.len());
        let mut found = Vec::new();
        // Room is asked for between the messages, too.
        while let Some(item) = reader.next_message() {
            let Ok(mut message) = item else { continue };
            found.push(message.origin().framing);
            if vouched {
                message.vouch();
            }
            assert!(!reader.space().is_empty());
        }
        assert_eq!(found, framings, "vouched: {vouched}");
    }
}

#[test]
fn a_message_that_lost_its_authenticated_bit_gives_no_reading() {
    let keys = keys(Some([9; 16]));
    // The tag is taken for content then, and opens to octets that may begin like a message: that depends on the counter.
    for counter in 0..2000 {
        let title = *b"XYZ\x01\x02\x03\x04\x05";
        let cipher =
            Cipher { title, control: 0x30, counter, key: &KEY, auth_key: &[9; 16], length: Length::Shortest };
        let mut octets = cipher.general_glo(b"\x0F\x00\x00\x00\x00\x00\x02\x02\x06\x00\x00\x01\x02\x11\x05");
        octets[11] ^= 0x10;
        for reading in Decoder::new().keys(&keys).readings(Message::bare(Framing::Apdu, 0, &mut octets)) {
            assert!(reading.is_err(), "counter {counter}");
        }
    }
}

/// A readout that fails for its checksum may show where one begins that is right. If a frame takes that one in, it is none,
/// and no later one may be taken for it.
#[test]
fn a_readout_within_a_frame_is_not_taken_for_a_later_one() {
    let sealed = |text: &str| format!("{text}{:04X}\r\n", checksum_arc(text.as_bytes()));
    let inner = sealed("/BBB5\r\n\r\n1-0:1.8.0(000001.000*kWh)\r\n!");
    // All of an M-Bus frame is text but for its last two octets.
    let body = format!("Sxx{inner}and more");
    let length = u8::try_from(body.len()).unwrap();
    let sum = body.bytes().fold(0, u8::wrapping_add);
    let frame = [&[0x68, length, length, 0x68], body.as_bytes(), &[sum, 0x16]].concat();
    for later in ["/CCC5\r\n\r\n1-0:1.8.0(000002.000*kWh)\r\n0-0:96.1.0(12345)\r\n!", "/CCC5\r\n!"] {
        let later = sealed(later);
        let stream = [b"/AAA5\r\n\r\n", &frame[..], later.as_bytes()].concat();
        for size in [1, 16, stream.len()] {
            let mut reader = Box::new(Reader::new());
            let mut found = Vec::new();
            for piece in stream.chunks(size) {
                reader.space()[..piece.len()].copy_from_slice(piece);
                reader.advance(piece.len());
                while let Some(item) = reader.next_message() {
                    found.extend(item.ok().map(|message| message.bytes().to_vec()));
                }
            }
            reader.finish();
            while let Some(item) = reader.next_message() {
                found.extend(item.ok().map(|message| message.bytes().to_vec()));
            }
            assert_eq!(found, [later.trim_ascii_end().as_bytes()], "by {size}");
        }
    }
}
