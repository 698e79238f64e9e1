//! Ciphered application messages: what can be seen of them without a key.

use core::fmt;
use core::ops::Range;

use crate::apdu::Service;
use crate::error::Error;
use crate::parse;

/// The outside of a ciphered message (DLMS UA 1000-2, 9.2.7):
///
/// ```text
/// DB | system-title: octet-string | ciphered-service: length | security control (1) | counter (4) | content [| tag (12)]
/// ```
///
/// It holds places in the message and borrows nothing, so that the message can be opened where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Which kind of ciphering: general (`DB`, `DC`, `DD`) or of a service (`C8` to `D7`).
    pub service: Service,
    /// Who sent it.
    pub system_title: SystemTitle,
    /// How it is protected.
    pub control: SecurityControl,
    /// The invocation counter, which no two messages share.
    pub counter: u32,
    /// Where the content lies, the tag included.
    pub content: Range<usize>,
    /// Where the fields of a general-ciphering lie that its tag covers, too.
    pub covered: Range<usize>,
}

impl Envelope {
    /// Reads the envelope at the start of `message`. The content ends where the envelope ends.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoApdu`](crate::ErrorKind::NoApdu) if it is none,
    /// [`ErrorKind::Service`](crate::ErrorKind::Service) for a general-ciphering whose key comes with it, and what is
    /// wrong with its lengths.
    pub fn parse(message: &[u8]) -> Result<Self, Error> {
        match parse::envelope(message) {
            Ok((_, envelope)) => Ok(envelope),
            Err(error) => Err(Error::locate(message, error)),
        }
    }

    /// As [`parse`](Self::parse), for a general-glo-ciphering that was sent without its tag `DB`, and with an empty
    /// system title: `message` begins with the title's length `00`. Some P1 ports do so.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Length`](crate::ErrorKind::Length) for another title, and what is wrong with the lengths behind it.
    pub fn parse_untagged(message: &[u8]) -> Result<Self, Error> {
        match parse::untagged_envelope(message) {
            Ok((_, envelope)) => Ok(envelope),
            Err(error) => Err(Error::locate(message, error)),
        }
    }
}

/// Who sent a ciphered message: three letters of the maker (a FLAG id), then octets that no other meter has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SystemTitle {
    octets: [u8; 8],
    length: u8,
}

impl SystemTitle {
    /// The title with these octets; `None` if they are more than eight.
    pub fn from_octets(octets: &[u8]) -> Option<Self> {
        let mut title = Self { octets: [0; 8], length: u8::try_from(octets.len()).ok()? };
        title.octets.get_mut(..octets.len())?.copy_from_slice(octets);
        Some(title)
    }

    /// Its octets: eight, or none where the receiver is to know them.
    pub fn octets(&self) -> &[u8] {
        self.octets.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// All eight octets, those that are not there as 0.
    #[cfg(feature = "decrypt")]
    pub(crate) const fn padded(&self) -> [u8; 8] {
        self.octets
    }
}

impl fmt::Display for SystemTitle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.octets().iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for SystemTitle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How a message is protected.
///
/// | bit | meaning |
/// |---|---|
/// | 0–3 | security suite |
/// | 4 | authenticated |
/// | 5 | encrypted |
/// | 6 | with the broadcast key |
/// | 7 | compressed |
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecurityControl(pub u8);

impl SecurityControl {
    /// The security suite.
    pub const fn suite(self) -> u8 {
        self.0 & 0x0F
    }

    /// Whether a tag vouches for the message.
    pub const fn authenticated(self) -> bool {
        self.0 & 0x10 != 0
    }

    /// Whether the message is encrypted.
    pub const fn encrypted(self) -> bool {
        self.0 & 0x20 != 0
    }

    /// Whether the broadcast key was used.
    pub const fn broadcast(self) -> bool {
        self.0 & 0x40 != 0
    }

    /// Whether the message was compressed before it was encrypted.
    pub const fn compressed(self) -> bool {
        self.0 & 0x80 != 0
    }
}

impl fmt::Debug for SecurityControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}", self.0)
    }
}

/// What is known of a message that was ciphered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Security {
    /// Who sent it.
    pub system_title: SystemTitle,
    /// How it was protected.
    pub control: SecurityControl,
    /// The invocation counter.
    pub counter: u32,
    /// Whether a tag vouched for it.
    pub authenticated: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn envelopes_of_every_kind() {
        let title = [b'X', b'Y', b'Z', 0, 0, 0, 0, 1];
        let mut general = [0; 20];
        general[..2].copy_from_slice(&[0xDB, 8]);
        general[2..10].copy_from_slice(&title);
        general[10..].copy_from_slice(&[7, 0x20, 0, 0, 0, 9, 0xAA, 0xBB, 0xCC, 0xDD]);
        let envelope = Envelope::parse(&general).unwrap();
        assert_eq!(envelope.system_title.octets(), title);
        assert_eq!((envelope.control.0, envelope.counter, envelope.content), (0x20, 9, 16..18));

        let service = [0xCA, 7, 0x30, 0, 0, 0, 9, 0xAA, 0xBB];
        let envelope = Envelope::parse(&service).unwrap();
        assert_eq!((envelope.system_title.octets(), envelope.content), (&[][..], 7..9));

        // transaction 1, originator, no recipient, no time, no other information, no key information
        let ciphering = [0xDD, 1, 7, 2, 0x41, 0x42, 0, 0, 0, 0, 6, 0x30, 0, 0, 0, 9, 0xAA];
        let envelope = Envelope::parse(&ciphering).unwrap();
        assert_eq!((envelope.system_title.octets(), envelope.content), (&b"AB"[..], 16..17));
        assert_eq!(envelope.covered, 1..9);
    }

    #[test]
    fn an_envelope_without_tag_and_title() {
        let envelope =
            Envelope::parse_untagged(&[0, 0x82, 0, 7, 0x30, 0, 0, 0, 9, 0xAA, 0xBB, 0xCC]).unwrap();
        assert_eq!(
            (envelope.service, envelope.system_title),
            (Service::of(0xDB).unwrap(), SystemTitle::default())
        );
        assert_eq!((envelope.control.0, envelope.counter, envelope.content), (0x30, 9, 9..11));
        for (message, kind, offset) in [
            (&[][..], ErrorKind::Truncated { missing: 1 }, 0),
            (&[8, 1, 2], ErrorKind::Length(8), 0),
            (&[0, 5, 0x30, 0, 0, 0], ErrorKind::Truncated { missing: 1 }, 2),
        ] {
            assert_eq!(Envelope::parse_untagged(message), Err(Error { kind, offset }), "{message:02x?}");
        }
    }

    #[test]
    fn what_is_no_envelope_is_refused_with_its_place() {
        for (message, kind, offset) in [
            (&[][..], ErrorKind::Truncated { missing: 1 }, 0),
            (&[0x0F], ErrorKind::NoApdu(0x0F), 0),
            (&[0xDB, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9], ErrorKind::Length(9), 1),
            (&[0xDB, 0, 5, 0x20, 0, 0, 0], ErrorKind::Truncated { missing: 1 }, 3),
            (&[0xDB, 0, 3, 0x20, 0, 0], ErrorKind::Truncated { missing: 2 }, 4),
            (&[0xDD, 0, 0, 0, 0, 0], ErrorKind::Truncated { missing: 1 }, 6),
            (&[0xDD, 0, 0, 0, 0, 0, 1, 0], ErrorKind::Truncated { missing: 1 }, 6),
            (&[0xDD, 0, 0, 0, 0, 0, 1, 1], ErrorKind::Service(Service::of(0xDD).unwrap()), 6),
        ] {
            assert_eq!(Envelope::parse(message), Err(Error { kind, offset }), "{message:02x?}");
        }
    }
}
