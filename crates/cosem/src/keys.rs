//! Keys, which are wiped after use and never shown.

use core::fmt;

use zeroize::Zeroize;

use crate::security::SystemTitle;

/// An AES key of 16 or 32 octets. It is wiped from memory when it goes, and prints as its length.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    octets: [u8; 32],
    long: bool,
}

/// Why something is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyError {
    /// It has neither 16 nor 32 octets; how many hexadecimal digits it has.
    Length(usize),
    /// A character in it is no hexadecimal digit; which, counted from 1. The character itself is not told.
    Digit(usize),
}

impl Key {
    /// The key with these octets.
    ///
    /// # Errors
    ///
    /// [`KeyError::Length`].
    pub fn from_octets(key: &[u8]) -> Result<Self, KeyError> {
        let mut octets = [0; 32];
        let long = match key.len() {
            16 => false,
            32 => true,
            length => return Err(KeyError::Length(length.saturating_mul(2))),
        };
        octets.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
        Ok(Self { octets, long })
    }

    /// The key written in hexadecimal, as grid companies hand it out; blanks, `:` and `-` between the digits are no
    /// harm.
    ///
    /// # Errors
    ///
    /// [`KeyError`].
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        let mut octets = [0u8; 32];
        let mut digits = 0usize;
        for (index, c) in text.chars().enumerate() {
            if c.is_whitespace() || matches!(c, ':' | '-') {
                continue;
            }
            let digit = c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let digit = digit.ok_or(KeyError::Digit(index.saturating_add(1)))?;
            if let Some(octet) = octets.get_mut(digits / 2) {
                *octet = *octet << 4 | digit;
            }
            digits = digits.saturating_add(1);
        }
        let key = match digits {
            32 => Ok(Self { octets, long: false }),
            64 => Ok(Self { octets, long: true }),
            _ => Err(KeyError::Length(digits)),
        };
        octets.zeroize();
        key
    }

    /// How many octets it has.
    pub const fn length(&self) -> usize {
        if self.long { 32 } else { 16 }
    }

    pub(crate) fn octets(&self) -> &[u8] {
        self.octets.get(..self.length()).unwrap_or_default()
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.octets.zeroize();
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} octets)", self.length())
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(digits) => write!(f, "key has {digits} hexadecimal digits; keys have 32 or 64"),
            Self::Digit(place) => write!(f, "character {place} of the key is no hexadecimal digit"),
        }
    }
}

impl core::error::Error for KeyError {}

/// The keys of a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// The encryption key.
    pub encryption: Key,
    /// The authentication key, where the meter's messages have a tag.
    pub authentication: Option<Key>,
}

/// Where keys are found: one pair for all messages ([`Keys`] itself), or by the sender's system title (any function).
pub trait KeyStore {
    /// The keys of the meter with this system title.
    fn keys(&self, title: &SystemTitle) -> Option<Keys>;
}

impl KeyStore for Keys {
    fn keys(&self, _: &SystemTitle) -> Option<Keys> {
        Some(self.clone())
    }
}

impl<F: Fn(&SystemTitle) -> Option<Keys>> KeyStore for F {
    fn keys(&self, title: &SystemTitle) -> Option<Keys> {
        self(title)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::format;

    #[test]
    fn keys_are_read_from_hexadecimal() {
        let key = Key::from_hex("00112233-44556677 8899AABB:ccddeeff").unwrap();
        assert_eq!(key.octets()[..4], [0x00, 0x11, 0x22, 0x33]);
        assert_eq!(key, Key::from_octets(key.octets()).unwrap());
        assert_eq!(Key::from_hex(&"ab".repeat(32)).unwrap().length(), 32);
        assert_eq!(Key::from_hex("0011"), Err(KeyError::Length(4)));
        assert_eq!(Key::from_hex("001x"), Err(KeyError::Digit(4)));
        assert_eq!(Key::from_hex(&"a".repeat(31)), Err(KeyError::Length(31)));
        assert_eq!(Key::from_hex(&"ab".repeat(100)), Err(KeyError::Length(200)));
    }

    #[test]
    fn keys_are_never_shown() {
        let keys = Keys { encryption: Key::from_octets(&[0xA5; 16]).unwrap(), authentication: None };
        let shown = format!("{keys:?}").to_lowercase();
        assert!(!shown.contains("a5") && !shown.contains("165"), "{shown}");
    }
}
