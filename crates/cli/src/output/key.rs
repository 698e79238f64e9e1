//! The keys of fields in JSON, as they are written.

use std::sync::LazyLock;

use amshan::{Field, Kind};

use super::short::Short;

/// The key of a field behind another item, in front of the quote that a text begins with and octets that are none of it, so
/// that it can be copied in one piece of known size.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) octets: [u8; Self::SPACE],
    /// Of the key, up to its colon.
    pub(super) length: usize,
    pub(super) sort: Sort,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Sort {
    /// All there is to it is its octets.
    Plain,
    /// Its numbers are names: some meters send their id as one.
    Name,
    /// This octet of it is the channel.
    Channel(usize),
}

/// Keys by the numbers of the fields.
pub(super) type FieldKeys = [Option<Key>; 256];

/// What is not among them is put together when it is written: fields that are not in the dictionary, channels of two digits.
pub(super) static KEYS: LazyLock<FieldKeys> = LazyLock::new(|| {
    let mut keys = [const { None }; 256];
    for field in Field::all() {
        if let Some(key) = keys.get_mut(usize::from(field.id())) {
            *key = Key::new(field);
        }
    }
    keys
});

impl Key {
    /// Room for the longest key, and a number behind it.
    pub(super) const SPACE: usize = 48 + Short::SPACE;

    /// `None`: it is too long.
    fn new(field: Field) -> Option<Self> {
        let text = format!(",\"{field}\":\"");
        let mut octets = [0; Self::SPACE];
        octets.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        let length = text.len().checked_sub(1)?;
        octets.len().checked_sub(length)?.checked_sub(Short::SPACE)?;
        let sort = match text.find('0') {
            Some(place) if field.has_channel() => Sort::Channel(place),
            _ if field.kind() == Kind::Text => Sort::Name,
            _ => Sort::Plain,
        };
        Some(Self { octets, length, sort })
    }

    /// Its octets, with this channel, which has one digit.
    pub(super) fn put_channel(&self, channel: u8, octets: &mut [u8; Self::SPACE]) {
        let Sort::Channel(place) = self.sort else { return };
        if let Some(digit) = octets.get_mut(place) {
            *digit = b'0'.wrapping_add(channel);
        }
    }
}
