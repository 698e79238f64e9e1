//! Truth: of a message that is cut, whatever its framing, nothing is read.

use amshan::cosem::{Key, Keys};
use amshan::dlde::Check;
use amshan::{Decoder, Framing, Message, Reader};
use amshan_sim::{START_MS, lists};

/// Octets behind the message in an HDLC frame: frame check and flag. On M-Bus they are two.
const FRAME_END: usize = 3;

/// How many readings the messages give that are whole so far.
fn readings(reader: &mut Reader, decoder: &Decoder<'_>) -> usize {
    let mut count = 0;
    while let Some(item) = reader.next_message() {
        let Ok(message) = item else { continue };
        count += decoder.readings(message).filter(Result::is_ok).count();
    }
    count
}

/// Every list that the simulator writes, octet by octet: its readings come when its last octet but the flag or the end of
/// the line behind it is there, and not before; and if it ends anywhere before that, there are none.
///
/// There are two exceptions. A P1 readout that ends behind its `!` can't be told from one of a meter that sends no
/// checksum. And a ciphered message needs no frame if its own tag is there.
#[test]
fn a_list_cut_anywhere_gives_nothing() {
    let mut tried = 0;
    for list in lists() {
        let message = list.message(1, START_MS);
        let (name, bytes) = (message.list, &message.bytes[..]);
        let keys = message.key.map(|key| Keys {
            encryption: Key::from_octets(&key).unwrap(),
            authentication: message.auth_key.map(|key| Key::from_octets(&key).unwrap()),
        });
        let decoder = keys.as_ref().map_or_else(Decoder::new, |keys| Decoder::new().keys(keys));
        if bytes.first() == Some(&0x0F) {
            for length in 0..bytes.len() {
                let mut cut = bytes[..length].to_vec();
                let message = Message::bare(Framing::Apdu, 0, &mut cut);
                assert_eq!(
                    decoder.readings(message).filter(Result::is_ok).count(),
                    0,
                    "{name} cut at {length}"
                );
                tried += 1;
            }
            continue;
        }
        let check = if name == "p1-hu-holley" { Check::ArcOrX25 } else { Check::Arc };
        let mut reader = Box::new(Reader::new().check_p1(check));
        let mut complete = None;
        for (length, octet) in bytes.iter().enumerate() {
            if complete.is_none() {
                let mut ended = reader.clone();
                ended.finish();
                let behind_mark = bytes[0] == b'/' && bytes[..length].ends_with(b"\n!");
                let found = readings(&mut ended, &decoder);
                let tag = message.auth_key.is_some() && bytes.len() - length <= FRAME_END;
                assert!(found == 0 || behind_mark || tag, "{name} ended at {length} of {}", bytes.len());
                tried += 1;
            }
            reader.space()[0] = *octet;
            reader.advance(1);
            if readings(&mut reader, &decoder) > 0 {
                complete.get_or_insert(length + 1);
            }
        }
        let complete = complete.unwrap_or_else(|| panic!("{name} gives nothing"));
        let behind = &bytes[complete..];
        assert!(matches!(behind, [] | [0x7E] | b"\r\n" | b"\n"), "{name}: {behind:02x?} behind it");
    }
    assert!(tried > 30_000, "{tried}");
}
