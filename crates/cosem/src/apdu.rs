//! Which application protocol data unit a message is.

use core::fmt;

use crate::error::{Error, ErrorKind};
use crate::notification::DataNotification;
use crate::parse;

/// An application message.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Apdu<'a> {
    /// `0F`: a push in the clear.
    DataNotification(DataNotification<'a>),
}

impl<'a> Apdu<'a> {
    /// Reads the first application message and returns what stands behind it: a frame may carry several.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Empty`]; [`ErrorKind::NoApdu`] and [`ErrorKind::Service`] for a message that is no push in the
    /// clear; what [`Body`](crate::Body) says of its data.
    pub fn parse(message: &'a [u8]) -> Result<(Self, &'a [u8]), Error> {
        Self::parse_with(message, parse::body)
    }

    /// As [`parse`](Self::parse), for a message that something vouches for (a frame check over all of it, or a right
    /// tag): an outermost structure that is cut by the end of the message is given with [`Body::cut`](crate::Body::cut)
    /// set, and not refused.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), but for the cut structure.
    pub fn parse_vouched(message: &'a [u8]) -> Result<(Self, &'a [u8]), Error> {
        Self::parse_with(message, parse::body_or_cut)
    }

    fn parse_with(
        message: &'a [u8],
        body: impl Fn(&'a [u8]) -> parse::Parsed<'a, crate::Body<'a>>,
    ) -> Result<(Self, &'a [u8]), Error> {
        let fail = |kind| Err(Error { kind, offset: 0 });
        match message.first().copied() {
            None => fail(ErrorKind::Empty),
            Some(0x0F) => match parse::data_notification(message, body) {
                Ok((rest, notification)) => Ok((Self::DataNotification(notification), rest)),
                Err(error) => Err(Error::locate(message, error)),
            },
            Some(tag) => match Service::of(tag) {
                Some(service) => fail(ErrorKind::Service(service)),
                None => fail(ErrorKind::NoApdu(tag)),
            },
        }
    }
}

/// Services by their tags, to name what is not a push in the clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Service(u8);

impl Service {
    /// The service with this tag, if meters use it.
    pub const fn of(tag: u8) -> Option<Self> {
        match tag {
            0x0F | 0xC0..=0xC7 | 0xC8..=0xD7 | 0xDB..=0xDD | 0xDF | 0xE0 => Some(Self(tag)),
            _ => None,
        }
    }

    /// Whether it is a ciphered message, which an [`Envelope`](crate::Envelope) describes.
    pub const fn is_ciphered(self) -> bool {
        matches!(self.0, 0xC8..=0xD7 | 0xDB..=0xDD)
    }

    /// Its tag.
    pub const fn tag(self) -> u8 {
        self.0
    }

    /// Its name in the standard.
    pub const fn name(self) -> &'static str {
        match self.0 {
            0x0F => "data-notification",
            0xC2 => "event-notification",
            0xC0..=0xC7 => "get, set or action service",
            0xCA => "glo-event-notification",
            0xD2 => "ded-event-notification",
            0xC8..=0xCF => "glo-ciphered service",
            0xD0..=0xD7 => "ded-ciphered service",
            0xDB => "general-glo-ciphering",
            0xDC => "general-ded-ciphering",
            0xDD => "general-ciphering",
            0xDF => "general-signing",
            0xE0 => "general-block-transfer",
            _ => "unknown service",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
