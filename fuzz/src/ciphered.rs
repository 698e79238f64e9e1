//! Ciphered messages: what was put in comes out, and nothing else does.

use amshan_cosem::{Envelope, Key, Keys, Opened, SecurityControl, SecurityError};
use amshan_sim::Rng;
use amshan_sim::axdr::Length;
use amshan_sim::ciphering::Cipher;

use crate::input::Choices;

/// Octets of a tag.
const TAG: usize = 12;
/// In the content of longer messages no changed bit is searched for.
const SEARCHED: usize = 4096;

/// An envelope that the simulator makes opens with the right keys, and gives the message back. With a bit changed, or
/// with other keys, one with a tag never opens, and what does not open stays as it was.
///
/// ```text
/// form | security control | title (8) | counter (4) | keys (2) | trailing | bit (2) | plain …
/// ```
///
/// | form | meaning |
/// |---|---|
/// | bits 0–1 | `DB`, `DC`, `DD`, or `DB` left out with its title |
/// | bit 2 | the length in its long form |
/// | bits 4–7 | octets of transaction and recipient, in `DD` |
///
/// The same octets are opened as they stand, too.
pub fn ciphered(octets: &[u8]) {
    as_it_stands(octets);

    let mut choices = Choices::new(octets);
    let [form, control] = choices.array();
    let title = if form & 0b11 == 0b11 { [0; 8] } else { choices.array() };
    let counter = u32::from_be_bytes(choices.array());
    let mut rng = Rng::new(choices.u16().into());
    let size = if control & 0x0F == 2 { 32 } else { 16 };
    let [key, auth_key]: [Vec<u8>; 2] =
        std::array::from_fn(|_| [rng.key(), rng.key()].concat()[..size].to_vec());
    let trailing = usize::from(choices.octet() & 0b11);
    let bit = usize::from(choices.u16());
    let length = if form & 0b100 == 0 { Length::Shortest } else { Length::Two };
    let cipher = Cipher { title, control, counter, key: &key, auth_key: &auth_key, length };
    let extra = [form; 15];
    let (transaction, recipient) = extra.split_at(usize::from(form >> 4));
    let plain = choices.rest();
    let mut sealed = match form & 0b11 {
        0 => cipher.general_glo(plain),
        1 => cipher.general_ded(plain),
        2 => cipher.general_ciphering(transaction, recipient, plain),
        _ => [&[0], &cipher.general_glo(plain)[10..]].concat(),
    };
    let end = sealed.len();
    sealed.extend([0xDB].repeat(trailing));
    let parse = if form & 0b11 == 0b11 { Envelope::parse_untagged } else { Envelope::parse };

    let envelope = parse(&sealed).expect("an envelope");
    let tagged = envelope.control.authenticated();
    assert_eq!((envelope.control, envelope.counter), (SecurityControl(control), counter));
    assert_eq!(envelope.system_title.octets(), if form & 0b11 == 0b11 { &[][..] } else { &title });
    assert_eq!(envelope.content, end - plain.len() - if tagged { TAG } else { 0 }..end);

    let keys = Keys { encryption: of(&key), authentication: Some(of(&auth_key)) };
    let refused = match control {
        _ if control & 0x0F > 2 => Some(SecurityError::Suite(control & 0x0F)),
        0x80.. => Some(SecurityError::Compressed),
        _ => None,
    };
    let opened = opened(&envelope, &sealed, &keys);
    if refused.is_some() {
        assert_eq!(opened.err(), refused);
        return;
    }
    let (Opened { content, security }, message) = opened.expect("the right keys");
    assert_eq!(message[content.clone()], *plain, "the message that was put in");
    assert_eq!(content.start, envelope.content.start);
    assert_eq!((security.control, security.counter), (envelope.control, counter));
    assert_eq!((security.system_title, security.authenticated), (envelope.system_title, tagged));

    // Octets of a key more than the suite has.
    let mut other = keys.clone();
    other.encryption = of(&[key.clone(), key.clone()].concat()[..48 - size]);
    let wrong = SecurityError::KeyLength { needed: size, given: 48 - size };
    assert_eq!(opened_not(&envelope, &sealed, &other), wrong);

    if !tagged {
        return;
    }
    let changed = |octets: &[u8]| {
        let (mut octets, bit) = (octets.to_vec(), bit % (octets.len() * 8));
        octets[bit / 8] ^= 1 << (bit % 8);
        octets
    };
    let either = |error| matches!(error, SecurityError::WrongKey | SecurityError::WrongAuthenticationKey);
    let other = Keys { encryption: of(&changed(&key)), ..keys.clone() };
    assert!(either(opened_not(&envelope, &sealed, &other)));
    let other = Keys { authentication: Some(of(&changed(&auth_key))), ..keys.clone() };
    assert!(either(opened_not(&envelope, &sealed, &other)));
    let other = Keys { authentication: None, ..keys.clone() };
    assert_eq!(opened_not(&envelope, &sealed, &other), SecurityError::NoAuthenticationKey);
    assert_unverified(&envelope, &sealed, &other, Some(plain));

    // A bit of the content or the tag.
    let at = envelope.content.start + bit / 8 % envelope.content.len();
    let mut damaged = sealed.clone();
    damaged[at] ^= 1 << (bit % 8);
    assert_eq!(parse(&damaged).as_ref(), Ok(&envelope));
    let why = opened_not(&envelope, &damaged, &keys);
    if plain.len() <= SEARCHED {
        assert_eq!(why, SecurityError::Damaged { offset: at }, "the bit is found");
    }
    // A bit of the envelope: it may be none any more, or one without a tag.
    let at = bit / 8 % envelope.content.start;
    let mut damaged = sealed;
    damaged[at] ^= 1 << (bit % 8);
    if let Ok(other) = parse(&damaged) {
        if other.control.authenticated() && at != 0 {
            opened_not(&other, &damaged, &keys);
        }
    }
}

/// Any octets: an envelope lies inside the message, and nobody's tag is right.
fn as_it_stands(octets: &[u8]) {
    for parse in [Envelope::parse, Envelope::parse_untagged] {
        let Ok(envelope) = parse(octets) else { continue };
        let (covered, content) = (envelope.covered.clone(), envelope.content.clone());
        assert!(covered.start <= covered.end && covered.end < content.start);
        assert!(content.start <= content.end && content.end <= octets.len());
        assert_eq!(parse(&octets[..content.end]).as_ref(), Ok(&envelope), "what follows is none of its");
        assert!(content.is_empty() || parse(&octets[..content.end - 1]).is_err(), "it is cut");
        let key = if envelope.control.suite() == 2 { [0xA5; 32].to_vec() } else { [0xA5; 16].to_vec() };
        for authentication in [None, Some(of(&key))] {
            let keys = Keys { encryption: of(&key), authentication };
            if opened(&envelope, octets, &keys).is_ok() {
                assert!(!envelope.control.authenticated(), "a tag that nobody made");
            }
            assert_unverified(&envelope, octets, &keys, None);
        }
    }
}

/// Opening without a look at the tag; doing it again restores the message.
fn assert_unverified(envelope: &Envelope, message: &[u8], keys: &Keys, plain: Option<&[u8]>) {
    let mut octets = message.to_vec();
    match envelope.open_unverified(&mut octets, keys) {
        Ok(Opened { content, security }) => {
            assert!(!security.authenticated);
            assert!(plain.is_none_or(|plain| octets[content.clone()] == *plain));
            assert_eq!(octets[..content.start], message[..content.start]);
            assert_eq!(octets[content.end..], message[content.end..]);
            envelope.open_unverified(&mut octets, keys).expect("as before");
        }
        Err(_) => assert!(plain.is_none()),
    }
    assert_eq!(octets, message, "not restored");
}

/// What comes of a message, and the message then.
fn opened(envelope: &Envelope, message: &[u8], keys: &Keys) -> Result<(Opened, Vec<u8>), SecurityError> {
    let mut octets = message.to_vec();
    match envelope.open(&mut octets, keys) {
        Ok(opened) => {
            let content = opened.content.clone();
            assert_eq!(octets[..content.start], message[..content.start], "the envelope is changed");
            assert_eq!(octets[content.end..], message[content.end..], "what follows is changed");
            Ok((opened, octets))
        }
        Err(error) => {
            assert_eq!(octets, message, "{error}, and the message is changed");
            assert!(!error.to_string().is_empty());
            Err(error)
        }
    }
}

/// Why a message can't be opened.
fn opened_not(envelope: &Envelope, message: &[u8], keys: &Keys) -> SecurityError {
    match opened(envelope, message, keys) {
        Err(error) => error,
        Ok((opened, _)) => panic!("this must not open: {opened:?}"),
    }
}

fn of(key: &[u8]) -> Key {
    Key::from_octets(key).expect("16 or 32 octets")
}
