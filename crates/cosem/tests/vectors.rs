//! The published vectors of ciphered messages, and what is said of messages that can't be opened.
#![cfg(feature = "decrypt")]

use amshan_cosem::{Envelope, Key, Keys, Opened, SecurityError};

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|c| !c.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn keys(encryption: &str, authentication: Option<&str>) -> Keys {
    let key = |text| Key::from_hex(text).unwrap();
    Keys { encryption: key(encryption), authentication: authentication.map(key) }
}

/// DLMS UA 1000-2, 9.2.7: the keys of the examples.
fn green_book() -> Keys {
    keys("000102030405060708090A0B0C0D0E0F", Some("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"))
}

const PUSH: &str = "0F0000000100020409060100010700FF060000157E09060100200700FF1208FC";
const AUTHENTICATED: &str = "DB 08 4D4D4D0000BC614E 31 10 01234567 \
    0F0000000100020409060100010700FF060000157E09060100200700FF1208FC D01F7BD254797ADB92F6E42E";
const ENCRYPTED: &str = "DB 08 4D4D4D0000BC614E 25 20 01234567 \
    8E1212FF9A5A455361213A65BD199E0709634F11092F3975137BD25CF1A8D032";
const BOTH: &str = "DB 08 4D4D4D0000BC614E 31 30 01234567 \
    8E1212FF9A5A455361213A65BD199E0709634F11092F3975137BD25CF1A8D032 DE0BA54B2B12212E4C9C5A1C";

fn open(message: &str, keys: &Keys) -> Result<(Vec<u8>, bool), SecurityError> {
    let mut octets = hex(message);
    let before = octets.clone();
    let envelope = Envelope::parse(&octets).unwrap();
    match envelope.open(&mut octets, keys) {
        Ok(Opened { content, security }) => Ok((octets[content].to_vec(), security.authenticated)),
        Err(error) => {
            assert_eq!(octets, before, "a message that can't be opened is as it was");
            Err(error)
        }
    }
}

#[test]
fn green_book_get_request() {
    // Security control 10, 20, 30 around the same get-request, as a service-specific ciphering without title; the
    // title is put in front.
    for (control, ciphered) in [
        ("10", "C0010000080000010000FF0200 06725D910F9221D263877516"),
        ("20", "411312FF935A47566827C467BC"),
        ("30", "411312FF935A47566827C467BC 7D825C3BE4A77C3FCC056B6B"),
    ] {
        let length = 5 + hex(ciphered).len();
        let message = format!("DB 08 4D4D4D0000BC614E {length:02X} {control} 01234567 {ciphered}");
        let (content, authenticated) = open(&message, &green_book()).unwrap();
        assert_eq!(content, hex("C0010000080000010000FF0200"), "{control}");
        assert_eq!(authenticated, control != "20");
    }
}

#[test]
fn pushes_of_every_security_control() {
    for (message, authenticated) in [(AUTHENTICATED, true), (ENCRYPTED, false), (BOTH, true)] {
        assert_eq!(open(message, &green_book()), Ok((hex(PUSH), authenticated)));
    }
}

#[test]
fn netz_niederoesterreich() {
    // The example that the grid company published with its key; two M-Bus telegrams, joined.
    let message = "DB084B464D675000000981F8200000002388D5AB4F97515AAFC6B88D2F85DAA7A0E3C0C40D0045\
        35C397C9D037AB7DBDA329107615444894A1A0DD7E85F02D496CECD3FF46AF5FB3C9229CFE8F3EE4606AB2E1F409F36A\
        AD2E50900A4396FC6C2E083F373233A69616950758BFC7D63A9E9B6E99E21B2CBC2B934772CA51FD4D69830711CAB1F8\
        CFF25F0A329337CBA51904F0CAED88D61968743C8454BA922EB00038182C22FE316D16F2A9F544D6F75D51A4E92A1C4E\
        F8AB19A2B7FEAA32D0726C0ED80229AE6C0F7621A4209251ACE2B2BC66FF0327A653BB686C756BE033C7A281F1D2A7E1\
        FA31C3983E15F8FD16CC5787E6F517419A3CFDA44BE438C96F0E38BF83D9";
    let (content, authenticated) = open(message, &keys("36C66639E48A8CA4D6BC8B282A793BBB", None)).unwrap();
    assert_eq!(content[..10], hex("0F8006870E0C07E5091B"));
    assert_eq!((content.len(), authenticated), (243, false));
}

#[test]
fn luxembourg_p1() {
    let message = "DB0853414700000000018200AB3000000001F21D83B1D607B54581E487910DD4DD11E607747A1B10952372A9F9183100\
        451CEDEE71BDD8132F9EDDE6F62F85AF024D612D962D66A229A717BAFDB09E62146470ED63BD5C26F85FFE4DFE81B35F\
        8C423B6227120282C43956C04B191066C341399354785EB36B162CD12D50462EA23936FA3FA59C5821FFCFE2EC643298\
        707AA9988AA934353D998AFA578146F065A47F67DAB8E8AA5013B6A0219964BFC2A7DAF2A3EDF005";
    let keys = keys("000102030405060708090A0B0C0D0E0F", Some("00112233445566778899AABBCCDDEEFF"));
    let (content, authenticated) = open(message, &keys).unwrap();
    assert!(content.starts_with(b"/XYZ5EXAMPLE\r\n") && content.ends_with(b"!3FFA\r\n"));
    assert!(authenticated);
}

#[test]
fn general_ciphering_covers_its_own_fields() {
    // transaction-id 0102, originator-system-title, no recipient, no date-time, no other information, no key-info;
    // the tag was computed over control, authentication key and those fields.
    let head = "DD 02 0102 08 4D4D4D0000BC614E 00 00 00 00";
    let message = format!("{head} 31 30 01234567 {}", &BOTH[BOTH.find("8E12").unwrap()..]);
    // The tag of a general-glo-ciphering does not cover them, so it is wrong here.
    assert_eq!(open(&message, &green_book()), Err(SecurityError::WrongAuthenticationKey));
}

#[test]
fn what_is_wrong_is_told_apart() {
    let wrong = "F00102030405060708090A0B0C0D0E0F";
    let right = "000102030405060708090A0B0C0D0E0F";
    let authentication = "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF";
    let short = keys(right, None);
    assert_eq!(open(BOTH, &short), Err(SecurityError::NoAuthenticationKey));
    assert_eq!(open(BOTH, &keys(wrong, Some(authentication))), Err(SecurityError::WrongKey));
    assert_eq!(open(BOTH, &keys(right, Some(wrong))), Err(SecurityError::WrongAuthenticationKey));
    let long = keys(&right.repeat(2), Some(&authentication.repeat(2)));
    assert_eq!(open(BOTH, &long), Err(SecurityError::KeyLength { needed: 16, given: 32 }));
    let suite_3 = BOTH.replace("31 30", "31 33");
    assert_eq!(open(&suite_3, &green_book()), Err(SecurityError::Suite(3)));
    let compressed = BOTH.replace("31 30", "31 B0");
    assert_eq!(open(&compressed, &green_book()), Err(SecurityError::Compressed));
    assert_eq!(
        open("DB 08 4D4D4D0000BC614E 0A 30 01234567 0102030405", &green_book()),
        Err(SecurityError::Short)
    );
}

#[test]
fn every_changed_bit_of_content_and_tag_is_named() {
    for message in [AUTHENTICATED, BOTH] {
        let octets = hex(message);
        let envelope = Envelope::parse(&octets).unwrap();
        for offset in envelope.content.clone() {
            for bit in 0..8 {
                let mut damaged = octets.clone();
                damaged[offset] ^= 1 << bit;
                let error = envelope.open(&mut damaged, &green_book()).unwrap_err();
                assert_eq!(error, SecurityError::Damaged { offset }, "bit {bit} of octet {offset}");
            }
        }
    }
}

#[test]
fn no_changed_bit_of_the_header_gives_a_reading() {
    let octets = hex(BOTH);
    for offset in 2..15 {
        for bit in 0..8 {
            let mut damaged = octets.clone();
            damaged[offset] ^= 1 << bit;
            if let Ok(envelope) = Envelope::parse(&damaged) {
                assert!(
                    envelope.open(&mut damaged, &green_book()).is_err() || !envelope.control.authenticated()
                );
            }
        }
    }
}

#[test]
fn messages_cut_anywhere_are_refused() {
    let octets = hex(BOTH);
    for end in 0..octets.len() {
        assert!(Envelope::parse(&octets[..end]).is_err(), "cut at {end}");
    }
}
