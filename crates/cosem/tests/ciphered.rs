//! Truth: what the simulator ciphers opens to what was put in, and no wrong bit of it opens to anything.
#![cfg(feature = "decrypt")]

use amshan_cosem::{Envelope, ErrorKind, Key, Keys, Opened, SecurityError};
use amshan_sim::Rng;
use amshan_sim::axdr::Length;
use amshan_sim::ciphering::{AUTHENTICATED, BOTH, Cipher, ENCRYPTED};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Octets of a tag.
const TAG: usize = 12;
/// A system title: the maker's letters and a number.
const TITLE: [u8; 8] = *b"XYZ\x01\x02\x03\x04\x05";
/// A data-notification of one number.
const PLAIN: &[u8] = b"\x0F\x00\x00\x00\x01\x00\x02\x01\x06\x00\x00\x15\x7E";

/// How a message is wrapped.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    GeneralGlo,
    GeneralDed,
    GeneralCiphering,
    /// A general-glo-ciphering without tag and title.
    Untagged,
}

const FORMS: [Form; 4] = [Form::GeneralGlo, Form::GeneralDed, Form::GeneralCiphering, Form::Untagged];

/// A message, and who ciphers it how.
#[derive(Debug, Clone, Copy)]
struct Recipe {
    form: Form,
    control: u8,
    counter: u32,
    length: Length,
    seed: u64,
}

impl Recipe {
    /// Encryption key and authentication key; those of suite 2 have 32 octets.
    fn octets(self) -> [Vec<u8>; 2] {
        let mut rng = Rng::new(self.seed);
        let size = if self.control & 0x0F == 2 { 32 } else { 16 };
        core::array::from_fn(|_| [rng.key(), rng.key()].concat()[..size].to_vec())
    }

    fn keys(self) -> Keys {
        let [encryption, authentication] = self.octets().map(|key| Key::from_octets(&key).unwrap());
        Keys { encryption, authentication: Some(authentication) }
    }

    fn seal(self, plain: &[u8]) -> Vec<u8> {
        let Self { form, control, counter, length, .. } = self;
        let [key, auth_key] = self.octets();
        let title = if form == Form::Untagged { [0; 8] } else { TITLE };
        let cipher = Cipher { title, control, counter, key: &key, auth_key: &auth_key, length };
        match form {
            Form::GeneralGlo => cipher.general_glo(plain),
            Form::GeneralDed => cipher.general_ded(plain),
            Form::GeneralCiphering => cipher.general_ciphering(&[1, 2], b"RECEIVER", plain),
            Form::Untagged => [&[0], &cipher.general_glo(plain)[10..]].concat(),
        }
    }

    fn envelope(self, message: &[u8]) -> Result<Envelope, amshan_cosem::Error> {
        match self.form {
            Form::Untagged => Envelope::parse_untagged(message),
            _ => Envelope::parse(message),
        }
    }

    /// What comes out of a message with these keys, and whether a tag vouched for it. What does not open stays as it
    /// was.
    fn open(self, message: &[u8], keys: &Keys) -> Option<(Vec<u8>, bool)> {
        let envelope = self.envelope(message).ok()?;
        let mut octets = message.to_vec();
        match envelope.open(&mut octets, keys) {
            Ok(Opened { content, security }) => Some((octets[content].to_vec(), security.authenticated)),
            Err(_) => {
                assert_eq!(octets, message);
                None
            }
        }
    }
}

/// Each form with a tag, in suites 0 and 2, with its length in both forms.
fn with_a_tag() -> impl Iterator<Item = Recipe> {
    let kinds = [AUTHENTICATED, BOTH].into_iter().flat_map(|control| [control, control | 2]);
    let kinds = kinds.flat_map(|control| [(control, Length::Shortest), (control, Length::Two)]);
    kinds.flat_map(|(control, length)| {
        FORMS.map(|form| Recipe { form, control, counter: 0x0123_4567, length, seed: 7 })
    })
}

fn recipe() -> impl Strategy<Value = Recipe> {
    let control =
        (select(vec![AUTHENTICATED, ENCRYPTED, BOTH]), 0..3u8).prop_map(|(control, suite)| control | suite);
    let length = select(vec![Length::Shortest, Length::Two]);
    (select(FORMS.to_vec()), control, any::<u32>(), length, any::<u64>())
        .prop_map(|(form, control, counter, length, seed)| Recipe { form, control, counter, length, seed })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_message_opens_to_what_was_put_in(recipe in recipe(), plain in vec(any::<u8>(), 0..300)) {
        let message = recipe.seal(&plain);
        let envelope = recipe.envelope(&message).unwrap();
        let tagged = recipe.control & AUTHENTICATED != 0;
        let title = if recipe.form == Form::Untagged { &[][..] } else { &TITLE };
        prop_assert_eq!(envelope.system_title.octets(), title);
        prop_assert_eq!((envelope.control.0, envelope.counter), (recipe.control, recipe.counter));
        prop_assert_eq!(envelope.content.len(), plain.len() + if tagged { TAG } else { 0 });
        prop_assert_eq!(recipe.open(&message, &recipe.keys()), Some((plain.clone(), tagged)));
        // Opening twice without a look at the tag gives the message back.
        let mut octets = message.clone();
        let opened = envelope.open_unverified(&mut octets, &recipe.keys()).unwrap();
        prop_assert!(octets[opened.content] == plain && !opened.security.authenticated);
        envelope.open_unverified(&mut octets, &recipe.keys()).unwrap();
        prop_assert_eq!(octets, message);
    }

    #[test]
    fn a_wrong_key_opens_nothing(recipe in recipe(), plain in vec(any::<u8>(), 1..80), bit in 0..256usize) {
        let tagged = recipe.control & AUTHENTICATED != 0;
        let message = recipe.seal(&plain);
        for which in 0..2 {
            let mut octets = recipe.octets();
            let bit = bit % (octets[which].len() * 8);
            octets[which][bit / 8] ^= 1 << (bit % 8);
            let [encryption, authentication] = octets.map(|key| Key::from_octets(&key).unwrap());
            let keys = Keys { encryption, authentication: Some(authentication) };
            match recipe.open(&message, &keys) {
                None => prop_assert!(tagged),
                // Nothing vouches for it: what comes out is something else, unless the key has no part in it. One wrong
                // key in 256 gives a single octet back, so short ones say nothing.
                Some((content, authenticated)) => {
                    prop_assert!(!tagged && !authenticated);
                    prop_assert_eq!(content.len(), plain.len());
                    if which == 1 || plain.len() >= 16 {
                        prop_assert_eq!(which == 1, content == plain);
                    }
                }
            }
        }
    }
}

/// No single wrong bit of a message with a tag opens it, but for the bit that says that there is a tag: without it,
/// nothing vouches for what comes out, and the tag stands behind it as something that no application message has.
#[test]
fn every_error_of_one_bit_is_refused() {
    let (mut tried, mut opened) = (0, 0);
    for recipe in with_a_tag() {
        let (message, keys) = (recipe.seal(PLAIN), recipe.keys());
        assert_eq!(recipe.open(&message, &keys), Some((PLAIN.to_vec(), true)));
        let control = recipe.envelope(&message).unwrap().content.start - 5;
        for bit in 0..message.len() * 8 {
            tried += 1;
            let mut damaged = message.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            if let Some((content, authenticated)) = recipe.open(&damaged, &keys) {
                assert_eq!((bit / 8, 1 << (bit % 8)), (control, AUTHENTICATED), "{recipe:?}");
                assert_eq!((authenticated, content.len()), (false, PLAIN.len() + TAG), "{recipe:?}");
                opened += 1;
            }
        }
    }
    assert_eq!((tried, opened), (11_136, 32));
}

#[test]
fn cut_anywhere_is_truncated() {
    for recipe in with_a_tag() {
        let message = recipe.seal(PLAIN);
        for length in 0..message.len() {
            let error = recipe.envelope(&message[..length]).unwrap_err();
            let ErrorKind::Truncated { missing } = error.kind else { panic!("{error}") };
            assert!(missing > 0 && error.offset <= length && length + missing <= message.len(), "{error}");
            // With the length put right, the tag is another one or too short.
            let content = recipe.envelope(&message).unwrap().content;
            if let Some(rest) = length.checked_sub(content.start) {
                let envelope =
                    Envelope { content: content.start..length, ..recipe.envelope(&message).unwrap() };
                let error = envelope.open(&mut message.clone(), &recipe.keys()).unwrap_err();
                assert_eq!(rest < TAG, error == SecurityError::Short, "{error}");
            }
        }
    }
}
