//! Messages to readings.

use core::fmt;
use core::mem;
use core::ops::Range;
use core::slice;

use amshan_cosem::{
    self as cosem, Apdu, Envelope, Key, KeyStore, Keys, Opened, Security, SecurityError, Service, SystemTitle,
};
use amshan_dlde::Readout;
use amshan_hdlc::strip_llc;
#[cfg(feature = "std")]
use amshan_meters::Lists;
use amshan_meters::{LAYOUTS, Layout, Reading};

use crate::error::{Error, ErrorKind};
use crate::identified::{self, Found};
use crate::message::{Checked, Framing, Message, Origin};

/// The authentication key of Luxembourg's specification, the same for all meters. Other ports that cipher P1 use it,
/// too.
const PUBLIC_AUTHENTICATION_KEY: [u8; 16] =
    [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF];

/// Decodes messages. It has no state, only layouts and keys, so one decoder serves any number of streams.
#[derive(Clone, Copy)]
pub struct Decoder<'k> {
    layouts: Layouts<'k>,
    keys: Option<&'k (dyn KeyStore + Sync)>,
    unverified: bool,
}

/// The layouts of a decoder.
#[derive(Clone, Copy)]
enum Layouts<'k> {
    /// These, and the built-in ones.
    With(&'k [Layout<'k>]),
    /// This, and no other.
    Only(&'k Layout<'k>),
    /// Those of lists that are remembered.
    #[cfg(feature = "std")]
    Lists(&'k Lists<'k>),
}

impl<'k> Layouts<'k> {
    /// The user's own, and whether they are all.
    const fn own(self) -> (&'k [Layout<'k>], bool) {
        match self {
            Self::With(own) => (own, false),
            Self::Only(layout) => (slice::from_ref(layout), true),
            #[cfg(feature = "std")]
            Self::Lists(lists) => lists.own(),
        }
    }

    /// The reading of an application message whose list came before.
    #[cfg(feature = "std")]
    fn remembered<'a>(self, message: &'a [u8]) -> Option<Reading<'a>>
    where
        'k: 'a,
    {
        match self {
            Self::Lists(lists) => lists.reading(message),
            _ => None,
        }
    }

    #[cfg(feature = "std")]
    fn learn(self, message: &[u8]) {
        if let Self::Lists(lists) = self {
            lists.learn(message);
        }
    }

    /// The reading of a readout whose telegram came before; else it is remembered.
    #[cfg(feature = "std")]
    fn remembered_readout<'a>(self, readout: Readout<'a>) -> Option<Reading<'a>>
    where
        'k: 'a,
    {
        let Self::Lists(lists) = self else { return None };
        let reading = lists.readout(readout);
        if reading.is_none() {
            lists.learn_readout(&readout);
        }
        reading
    }
}

/// Without a standard library nothing is remembered.
#[cfg(not(feature = "std"))]
impl Layouts<'_> {
    const fn remembered<'a>(self, _: &'a [u8]) -> Option<Reading<'a>> {
        None
    }

    const fn learn(self, _: &[u8]) {}

    const fn remembered_readout<'a>(self, _: Readout<'a>) -> Option<Reading<'a>> {
        None
    }
}

impl Default for Decoder<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'k> Decoder<'k> {
    /// A decoder with the built-in layouts, and without keys.
    pub const fn new() -> Self {
        Self { layouts: Layouts::With(&[]), keys: None, unverified: false }
    }

    /// With these layouts as well; they are tried before the built-in ones.
    #[must_use]
    pub const fn layouts(self, own: &'k [Layout<'k>]) -> Self {
        Self { layouts: Layouts::With(own), ..self }
    }

    /// With this layout and no other, where what a meter sends fits more than one or the wrong one.
    #[must_use]
    pub const fn meter(self, layout: &'k Layout<'k>) -> Self {
        Self { layouts: Layouts::Only(layout), ..self }
    }

    /// With the layouts of these, and remembering the lists and P1 telegrams that come: one that came before is read faster,
    /// with the same outcome. It is for fleets, and for files of what was recorded.
    #[cfg(feature = "std")]
    #[must_use]
    pub const fn lists(self, lists: &'k Lists<'k>) -> Self {
        Self { layouts: Layouts::Lists(lists), ..self }
    }

    /// With keys for ciphered messages: [`Keys`] for all of them, or a function that finds them by the sender's system
    /// title.
    #[must_use]
    pub const fn keys(self, keys: &'k (dyn KeyStore + Sync)) -> Self {
        Self { keys: Some(keys), ..self }
    }

    /// Whether to open messages whose tag can't be checked for want of an authentication key. Their readings say that
    /// nothing vouches for them ([`Security::authenticated`]).
    #[must_use]
    pub const fn unverified(self, unverified: bool) -> Self {
        Self { unverified, ..self }
    }

    /// The readings in a message: one, or several where one frame carries several application messages.
    pub const fn readings<'a>(&self, message: Message<'a>) -> Readings<'k, 'a> {
        let Message { origin, bytes, checked, vouched } = message;
        Readings { decoder: *self, origin, rest: bytes, clear: &[], security: None, checked, vouched }
    }

    /// The layouts that a list may have which came so.
    fn layouts_for<'a>(
        &self,
        framing: Framing,
        security: Option<Security>,
    ) -> impl Iterator<Item = &'a Layout<'a>>
    where
        'k: 'a,
    {
        let (own, only) = self.layouts.own();
        let known = if only { &[] } else { LAYOUTS };
        let own = own.iter().filter(move |layout| {
            let title = security.as_ref().map_or(&[][..], |security| security.system_title.octets());
            layout.may_come(framing.name(), title)
        });
        own.chain(known)
    }

    /// What a readout says, with the user's own layouts. The built-in ones are of no use to it.
    fn readout<'a>(&self, readout: Readout<'a>) -> Reading<'a>
    where
        'k: 'a,
    {
        let (own, _) = self.layouts.own();
        if own.is_empty() {
            return self.layouts.remembered_readout(readout).unwrap_or(Reading::of_readout(readout));
        }
        let own =
            own.iter().filter(|layout| layout.framing.is_empty() || layout.framing == Framing::P1.name());
        Reading::of_readout_with(readout, own)
    }

    /// Opens a ciphered message where it lies, with the keys of its sender. If that fails, or if what comes out is to be
    /// refused, the message is as it was: what no check vouches for must not be found by a search in the plaintext.
    fn open(
        &self,
        envelope: &Envelope,
        sender: SystemTitle,
        message: &mut [u8],
        doubtful: bool,
        refusal: impl Fn(&[u8], bool) -> Option<ErrorKind>,
    ) -> Result<Opened, ErrorKind> {
        let failed = |error| ErrorKind::Security { error, sender };
        let keys = self.keys.and_then(|store| store.keys(&sender)).ok_or(failed(SecurityError::NoKey))?;
        let opened = self.unlock(envelope, message, &keys, doubtful).map_err(failed)?;
        let content = message.get(opened.content.clone()).unwrap_or_default();
        match refusal(content, opened.security.authenticated) {
            None => Ok(opened),
            Some(kind) => {
                let _ = envelope.open_unverified(message, &keys);
                Err(kind)
            }
        }
    }

    fn unlock(
        &self,
        envelope: &Envelope,
        message: &mut [u8],
        keys: &Keys,
        doubtful: bool,
    ) -> Result<Opened, SecurityError> {
        if keys.authentication.is_some() || !envelope.control.authenticated() {
            return envelope.open(message, keys);
        }
        // No authentication key was given. That of Luxembourg's specification is public; and ciphered P1 has a check
        // of its own inside.
        let public =
            Key::from_octets(&PUBLIC_AUTHENTICATION_KEY).ok().filter(|_| keys.encryption.length() == 16);
        if let Some(authentication) = public {
            let keys = Keys { authentication: Some(authentication), ..keys.clone() };
            match envelope.open(message, &keys) {
                Err(SecurityError::WrongAuthenticationKey) => {}
                opened => return opened,
            }
        }
        let opened = envelope.open_unverified(message, keys)?;
        if (self.unverified && !doubtful) || message.get(opened.content.start) == Some(&b'/') {
            return Ok(opened);
        }
        envelope.open_unverified(message, keys)?;
        Err(SecurityError::NoAuthenticationKey)
    }
}

/// Why what came out of an envelope gives no reading, if it doesn't.
fn refusal(content: &[u8], authenticated: bool, sender: SystemTitle) -> Option<ErrorKind> {
    let refused = |error| ErrorKind::Security { error, sender };
    if let [b'/', ..] = content {
        return match Readout::parse_prefix(content) {
            // Without a right tag the checksum must vouch for it.
            Ok((readout, _)) if !authenticated && readout.crc().is_none() => {
                Some(refused(SecurityError::NoAuthenticationKey))
            }
            Ok(_) => None,
            Err(error) => Some(ErrorKind::P1(error.kind)),
        };
    }
    if !authenticated {
        // Nothing but the messages themselves tells whether the key was right, so they must use the content up.
        return (!is_messages(content)).then(|| refused(SecurityError::NoApdu));
    }
    match Apdu::parse_vouched(content) {
        Ok((_, rest)) if rest.is_empty() || begins_message(rest) => None,
        Ok((_, rest)) => Some(ErrorKind::Trailing { count: rest.len() }),
        Err(error) => Some(ErrorKind::Cosem(error)),
    }
}

/// Whether octets are application messages in the clear, one behind the other, to their end.
fn is_messages(octets: &[u8]) -> bool {
    let mut rest = octets;
    while let Ok((_, behind)) = Apdu::parse(strip_llc(rest).1) {
        if behind.is_empty() {
            return true;
        }
        rest = behind;
    }
    false
}

impl fmt::Debug for Decoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("layouts", &self.layouts.own().0.len())
            .field("keys", &self.keys.is_some())
            .field("unverified", &self.unverified)
            .finish()
    }
}

/// Iterator over the readings of a message, from [`Decoder::readings`].
#[derive(Debug)]
pub struct Readings<'k, 'a> {
    decoder: Decoder<'k>,
    origin: Origin,
    /// What is still to be read, and may be opened where it lies.
    rest: &'a mut [u8],
    /// What is still to be read behind an application message in the clear.
    clear: &'a [u8],
    /// The envelope that this came out of.
    security: Option<Security>,
    checked: Checked,
    /// Where to note that a tag vouches for the message.
    vouched: Option<&'a mut bool>,
}

impl<'k: 'a, 'a> Readings<'k, 'a> {
    /// The message is one: it has opened.
    fn vouch(&mut self) {
        if let Some(vouched) = self.vouched.as_deref_mut() {
            *vouched = true;
        }
    }

    fn fail(&self, kind: ErrorKind) -> Error {
        Error { kind, offset: self.origin.offset, length: self.origin.length }
    }

    fn readout(&self, bytes: &'a [u8]) -> Result<Reading<'a>, Error> {
        if let Checked::Readout(unit) = self.checked {
            return Ok(self.decoder.readout(unit.readout(bytes)));
        }
        match Readout::parse_prefix(bytes) {
            Ok((readout, _)) => Ok(self.decoder.readout(readout)),
            Err(error) => Err(self.fail(ErrorKind::P1(error.kind))),
        }
    }

    fn body(&self, bytes: &'a [u8]) -> Result<Reading<'a>, Error> {
        match cosem::Body::parse(bytes) {
            Ok((body, [])) => Ok(Reading::of_body(body, self.decoder.layouts_for(self.origin.framing, None))),
            Ok((_, rest)) => Err(self.fail(ErrorKind::Trailing { count: rest.len() })),
            Err(error) => Err(self.fail(ErrorKind::Cosem(error))),
        }
    }

    /// The first application message; the others wait.
    fn message(&mut self, bytes: &'a mut [u8]) -> Result<Reading<'a>, Error> {
        let header = bytes.len().saturating_sub(strip_llc(bytes).1.len());
        let ciphered = bytes.get(header).and_then(|tag| Service::of(*tag)).is_some_and(Service::is_ciphered);
        if !ciphered {
            self.security = None;
            return self.clear(bytes);
        }
        let (_, message) = bytes.split_at_mut(header);
        let envelope = match Envelope::parse(message) {
            Ok(envelope) => envelope,
            Err(error) => return Err(self.fail(ErrorKind::Cosem(error))),
        };
        let (message, rest) = message.split_at_mut(envelope.content.end);
        if !rest.is_empty() && !begins_message(rest) {
            return Err(self.fail(ErrorKind::Trailing { count: rest.len() }));
        }
        self.rest = rest;
        self.ciphered(&envelope, message)
    }

    fn ciphered(&mut self, envelope: &Envelope, message: &'a mut [u8]) -> Result<Reading<'a>, Error> {
        let sender = envelope.system_title;
        let doubtful = matches!(self.checked, Checked::Doubtful);
        let refusal = |content: &[u8], authenticated| refusal(content, authenticated, sender);
        let opened = self.decoder.open(envelope, sender, message, doubtful, refusal);
        let Opened { content, security } = opened.map_err(|kind| self.fail(kind))?;
        self.vouch();
        self.opened(message.get(content).unwrap_or_default(), security)
    }

    /// What was ciphered: a readout, or application messages.
    fn opened(&mut self, content: &'a [u8], security: Security) -> Result<Reading<'a>, Error> {
        self.security = Some(security);
        if let [b'/', ..] = content {
            return match Readout::parse_prefix(content) {
                Ok((readout, _)) => Ok(self.decoder.readout(readout).ciphered(security)),
                Err(error) => Err(self.fail(ErrorKind::P1(error.kind))),
            };
        }
        self.clear(content)
    }

    /// A ciphered message behind an identification line, whose three letters say who sent it: its title is empty.
    fn identified(&mut self, bytes: &'a mut [u8], part: Range<usize>) -> Result<Reading<'a>, Error> {
        let sender = bytes.get(1..4).and_then(SystemTitle::from_octets).unwrap_or_default();
        let message = bytes.get_mut(part.clone()).unwrap_or_default();
        let envelope = match Envelope::parse_untagged(message) {
            Ok(envelope) => envelope,
            Err(error) => return Err(self.fail(ErrorKind::Cosem(error))),
        };
        let begins_line = |octet: &u8| octet.is_ascii_digit() || matches!(octet, b'C' | b'F' | b'\r' | b'\n');
        let are_lines = |content: &[u8]| content.first().is_some_and(begins_line);
        let unverified = self.decoder.unverified;
        let refusal = |content: &[u8], authenticated| {
            let refused = |error| Some(ErrorKind::Security { error, sender });
            let is_text = |octet: &u8| matches!(octet, 0 | b'\t' | b'\r' | b'\n' | b' '..=b'~');
            match are_lines(content) {
                false => refusal(content, authenticated, sender),
                // Lines without an identification. Only the tag vouches for them.
                true if !content.iter().all(is_text) => refused(SecurityError::NoApdu),
                true if !authenticated && !unverified => refused(SecurityError::NoAuthenticationKey),
                true => None,
            }
        };
        let opened = self.decoder.open(&envelope, sender, message, false, refusal);
        let Opened { content, security } = opened.map_err(|kind| self.fail(kind))?;
        self.vouch();
        let at = |offset: usize| part.start.saturating_add(offset);
        let content = at(content.start)..at(content.end);
        if !bytes.get(content.clone()).is_some_and(are_lines) {
            return self.opened(bytes.get(content).unwrap_or_default(), security);
        }
        match Readout::parse_prefix(identified::completed(bytes, part.start, content)) {
            Ok((readout, _)) => Ok(self.decoder.readout(readout).ciphered(security)),
            Err(error) => Err(self.fail(ErrorKind::P1(error.kind))),
        }
    }

    /// The first application message in the clear, which may have been in an envelope.
    fn clear(&mut self, bytes: &'a [u8]) -> Result<Reading<'a>, Error> {
        let (_, message) = strip_llc(bytes);
        if let Some(reading) = self.decoder.layouts.remembered(message) {
            // Mostly there is none, and a reading has many octets to copy.
            let Some(security) = self.security else { return Ok(reading) };
            return Ok(reading.ciphered(security));
        }
        let vouched =
            self.security.map_or(matches!(self.checked, Checked::Frame), |security| security.authenticated);
        let parsed = if vouched { Apdu::parse_vouched(message) } else { Apdu::parse(message) };
        match parsed {
            Ok((Apdu::DataNotification(notification), rest)) => {
                if !rest.is_empty() && !begins_message(rest) {
                    return Err(self.fail(ErrorKind::Trailing { count: rest.len() }));
                }
                self.clear = rest;
                self.decoder.layouts.learn(message);
                let layouts = self.decoder.layouts_for(self.origin.framing, self.security);
                let reading = Reading::of_notification(&notification, layouts);
                Ok(self.security.map_or(reading, |security| reading.ciphered(security)))
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
    matches!(message.first(), Some(0x0F | 0xDB))
}

impl<'k: 'a, 'a> Iterator for Readings<'k, 'a> {
    type Item = Result<Reading<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let clear = mem::take(&mut self.clear);
        if !clear.is_empty() {
            return Some(self.clear(clear));
        }
        let bytes = mem::take(&mut self.rest);
        if bytes.is_empty() {
            return None;
        }
        Some(match self.origin.framing {
            Framing::P1 if matches!(self.checked, Checked::Not) => match identified::part(bytes) {
                Found::Yes(part) => self.identified(bytes, part),
                Found::More | Found::Not => self.readout(bytes),
            },
            Framing::P1 => self.readout(bytes),
            Framing::Body => self.body(bytes),
            Framing::Hdlc | Framing::MBus | Framing::Apdu => self.message(bytes),
        })
    }
}
