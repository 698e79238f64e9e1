//! What a meter sends, and what a right decoder must make of it.

use amshan_quantity::Decimal;

use crate::clock::Clock;

/// One message as it stands on the wire, with all that is needed to check how it was read.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// The name of the list.
    pub list: &'static str,
    /// What stands on the wire: one frame, several, or a telegram.
    pub bytes: Vec<u8>,
    /// The plain application unit inside: an APDU without LLC header, or the text of a P1 telegram.
    pub plain: Vec<u8>,
    /// Encryption key, where the message is ciphered.
    pub key: Option<[u8; 16]>,
    /// Authentication key, where one was used.
    pub auth_key: Option<[u8; 16]>,
    /// Numbers by field name, in the base unit, at the resolution of the list.
    pub values: Vec<(&'static str, Decimal)>,
    /// Texts by field name.
    pub texts: Vec<(&'static str, String)>,
    /// The meter's clock, where the message tells it. Its offset from UTC need not be in the message.
    pub clock: Option<Clock>,
}

impl Message {
    /// The number of this field.
    pub fn value(&self, field: &str) -> Option<Decimal> {
        self.values.iter().find(|(name, _)| *name == field).map(|(_, value)| *value)
    }

    /// The text of this field.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.texts.iter().find(|(name, _)| *name == field).map(|(_, text)| text.as_str())
    }
}

/// Without the keys.
impl core::fmt::Debug for Message {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut out = f.debug_struct("Message");
        out.field("list", &self.list).field("bytes", &self.bytes).field("values", &self.values);
        out.field("texts", &self.texts).field("clock", &self.clock).finish_non_exhaustive()
    }
}
