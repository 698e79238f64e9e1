//! Messages to readings.

use core::mem;

use amshan_cosem::{self as cosem, Apdu};
use amshan_dlde::Readout;
use amshan_hdlc::strip_llc;
use amshan_meters::{LAYOUTS, Layout, Reading};

use crate::error::{Error, ErrorKind};
use crate::message::{Checked, Framing, Message, Origin};

/// Decodes messages. It has no state, only layouts, so one decoder serves any number of streams.
#[derive(Debug, Clone, Copy)]
pub struct Decoder<'k> {
    own: &'k [Layout<'k>],
}

impl Default for Decoder<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'k> Decoder<'k> {
    /// A decoder with the built-in layouts.
    pub const fn new() -> Self {
        Self { own: &[] }
    }

    /// With these layouts as well; they are tried before the built-in ones.
    #[must_use]
    pub const fn layouts(self, own: &'k [Layout<'k>]) -> Self {
        Self { own }
    }

    /// The readings in a message: one, or several where one frame carries several application messages.
    pub const fn readings<'a>(&self, message: Message<'a>) -> Readings<'k, 'a> {
        let Message { origin, bytes, checked } = message;
        Readings { decoder: *self, origin, rest: bytes, checked }
    }
}

/// Iterator over the readings of a message, from [`Decoder::readings`].
#[derive(Debug)]
pub struct Readings<'k, 'a> {
    decoder: Decoder<'k>,
    origin: Origin,
    rest: &'a [u8],
    checked: Checked,
}

impl<'k: 'a, 'a> Readings<'k, 'a> {
    fn layouts(&self) -> impl Iterator<Item = &'a Layout<'a>> + use<'k, 'a> {
        self.decoder.own.iter().chain(LAYOUTS)
    }

    fn fail(&self, kind: ErrorKind) -> Error {
        Error { kind, offset: self.origin.offset, length: self.origin.length }
    }

    fn readout(&self, bytes: &'a [u8]) -> Result<Reading<'a>, Error> {
        if let Checked::Readout(unit) = self.checked {
            return Ok(Reading::of_readout(unit.readout(bytes)));
        }
        match Readout::parse_prefix(bytes) {
            Ok((readout, _)) => Ok(Reading::of_readout(readout)),
            Err(error) => Err(self.fail(ErrorKind::P1(error.kind))),
        }
    }

    fn body(&self, bytes: &'a [u8]) -> Result<Reading<'a>, Error> {
        match cosem::Body::parse(bytes) {
            Ok((body, [])) => Ok(Reading::of_body(body, self.layouts())),
            Ok((_, rest)) => Err(self.fail(ErrorKind::Trailing { count: rest.len() })),
            Err(error) => Err(self.fail(ErrorKind::Cosem(error))),
        }
    }

    /// The first application message; the others wait.
    fn apdu(&mut self, bytes: &'a [u8]) -> Result<Reading<'a>, Error> {
        let (_, message) = strip_llc(bytes);
        let parsed = match self.checked {
            Checked::Frame => Apdu::parse_vouched(message),
            _ => Apdu::parse(message),
        };
        match parsed {
            Ok((Apdu::DataNotification(notification), rest)) => {
                if !rest.is_empty() && !begins_message(rest) {
                    return Err(self.fail(ErrorKind::Trailing { count: rest.len() }));
                }
                self.rest = rest;
                Ok(Reading::of_notification(&notification, self.layouts()))
            }
            Ok(_) => Err(self.fail(ErrorKind::Trailing { count: message.len() })),
            Err(error) => {
                let skipped = bytes.len().saturating_sub(message.len());
                let offset = error.offset.saturating_add(skipped);
                Err(self.fail(ErrorKind::Cosem(cosem::Error { offset, ..error })))
            }
        }
    }
}

/// Whether octets behind an application message begin another one.
fn begins_message(rest: &[u8]) -> bool {
    let (_, message) = strip_llc(rest);
    message.first() == Some(&0x0F)
}

impl<'k: 'a, 'a> Iterator for Readings<'k, 'a> {
    type Item = Result<Reading<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = mem::take(&mut self.rest);
        if bytes.is_empty() {
            return None;
        }
        Some(match self.origin.framing {
            Framing::P1 => self.readout(bytes),
            Framing::Body => self.body(bytes),
            Framing::Hdlc | Framing::MBus | Framing::Apdu => self.apdu(bytes),
        })
    }
}
