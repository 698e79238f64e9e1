//! Opens ciphered messages where they lie.

use core::fmt;
use core::ops::Range;

use subtle::ConstantTimeEq;

use crate::apdu::Apdu;
use crate::gcm::{self, Iv, TAG};
use crate::keys::{Key, Keys};
use crate::security::{Envelope, Security};

/// Messages longer than this are not searched for the one bit that changed.
const SEARCH_LIMIT: usize = 4096;

/// A message that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Where in the message the content lies, now in the clear: an application message, or a P1 readout.
    pub content: Range<usize>,
    /// What is known of the envelope.
    pub security: Security,
}

/// Why a message can't be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecurityError {
    /// There is no key for this sender.
    NoKey,
    /// The message has a tag, and there is no authentication key to check it with.
    NoAuthenticationKey,
    /// The key has the wrong length for the security suite.
    KeyLength {
        /// Octets that it needs.
        needed: usize,
        /// Octets that it has.
        given: usize,
    },
    /// The tag is wrong, and what the key makes of the message is none.
    WrongKey,
    /// The tag is wrong, though the key makes a message of it.
    WrongAuthenticationKey,
    /// The tag is wrong because one bit was changed on the way; the keys are right.
    Damaged {
        /// The octet of the message it is in.
        offset: usize,
    },
    /// What comes out is no application message.
    NoApdu,
    /// The counter is not higher than that of a message before.
    Replayed {
        /// The highest counter so far.
        last: u32,
        /// The counter of this message.
        counter: u32,
    },
    /// A security suite that is not known.
    Suite(u8),
    /// Compressed messages (ITU-T V.44) are not supported.
    Compressed,
    /// The message is too short for its tag.
    Short,
}

impl Envelope {
    /// Opens the message that this envelope was read from, where it lies. A tag is verified before anything is
    /// changed; when opening fails, the message is as it was.
    ///
    /// # Errors
    ///
    /// [`SecurityError`]; [`SecurityError::NoAuthenticationKey`] if there is a tag and no key to check it.
    pub fn open(&self, message: &mut [u8], keys: &Keys) -> Result<Opened, SecurityError> {
        self.check(keys)?;
        if !self.control.authenticated() {
            return self.decrypt(message, &keys.encryption, false, 0);
        }
        let authentication = keys.authentication.as_ref().ok_or(SecurityError::NoAuthenticationKey)?;
        if let Err(difference) = self.verify(message, &keys.encryption, authentication)? {
            return Err(self.diagnose(message, &keys.encryption, authentication, difference));
        }
        self.decrypt(message, &keys.encryption, true, TAG)
    }

    /// Opens the message without checking its tag: something else has to vouch for what comes out. Doing it again
    /// restores the message.
    ///
    /// # Errors
    ///
    /// [`SecurityError`].
    pub fn open_unverified(&self, message: &mut [u8], keys: &Keys) -> Result<Opened, SecurityError> {
        self.check(keys)?;
        self.decrypt(message, &keys.encryption, false, if self.control.authenticated() { TAG } else { 0 })
    }

    /// Whether this can be opened at all, and the key has the right length.
    fn check(&self, keys: &Keys) -> Result<(), SecurityError> {
        let needed = match self.control.suite() {
            0 | 1 => 16,
            2 => 32,
            suite => return Err(SecurityError::Suite(suite)),
        };
        let given = [Some(&keys.encryption), keys.authentication.as_ref()];
        match given.into_iter().flatten().map(Key::length).find(|given| *given != needed) {
            Some(given) => Err(SecurityError::KeyLength { needed, given }),
            None if self.control.compressed() => Err(SecurityError::Compressed),
            None => Ok(()),
        }
    }

    fn iv(&self) -> Iv {
        let mut iv = [0; 12];
        let parts = self.system_title.padded().into_iter().chain(self.counter.to_be_bytes());
        iv.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        iv
    }

    /// Decrypts all but the last `without` octets of the content.
    fn decrypt(
        &self,
        message: &mut [u8],
        key: &Key,
        authenticated: bool,
        without: usize,
    ) -> Result<Opened, SecurityError> {
        let end = self.content.end.checked_sub(without).ok_or(SecurityError::Short)?;
        let content = self.content.start..end;
        let octets = message.get_mut(content.clone()).ok_or(SecurityError::Short)?;
        if self.control.encrypted() {
            gcm::crypt(key, &self.iv(), octets);
        }
        let Self { system_title, control, counter, .. } = *self;
        Ok(Opened { content, security: Security { system_title, control, counter, authenticated } })
    }

    /// The content without its tag, and the tag.
    fn parts<'m>(&self, message: &'m [u8]) -> Result<(&'m [u8], &'m [u8; TAG]), SecurityError> {
        let content = message.get(self.content.clone()).ok_or(SecurityError::Short)?;
        content.split_last_chunk().ok_or(SecurityError::Short)
    }

    /// `Err` with the difference of the tags if the tag is wrong.
    fn verify(
        &self,
        message: &[u8],
        key: &Key,
        authentication: &Key,
    ) -> Result<Result<(), [u8; TAG]>, SecurityError> {
        let (content, sent) = self.parts(message)?;
        let covered = message.get(self.covered.clone()).unwrap_or_default();
        let head: [&[u8]; 3] = [&[self.control.0], authentication.octets(), covered];
        let computed = if self.control.encrypted() {
            gcm::tag(key, &self.iv(), &head, content)
        } else {
            let [control, authentication, covered] = head;
            gcm::tag(key, &self.iv(), &[control, authentication, covered, content], &[])
        };
        if bool::from(computed.ct_eq(sent)) {
            return Ok(Ok(()));
        }
        let mut difference = computed;
        difference.iter_mut().zip(sent).for_each(|(octet, sent)| *octet ^= sent);
        Ok(Err(difference))
    }

    /// Why the tag is wrong.
    fn diagnose(
        &self,
        message: &mut [u8],
        key: &Key,
        authentication: &Key,
        difference: [u8; TAG],
    ) -> SecurityError {
        if let Some(offset) = self.changed_octet(key, authentication, difference) {
            return SecurityError::Damaged { offset };
        }
        let opens = match self.decrypt(message, key, false, TAG) {
            Ok(opened) => looks_right(message.get(opened.content).unwrap_or_default()),
            Err(error) => return error,
        };
        // Decrypting twice restores the message.
        let _ = self.decrypt(message, key, false, TAG);
        if opens { SecurityError::WrongAuthenticationKey } else { SecurityError::WrongKey }
    }

    /// The octet of the message in which one bit was changed, if that explains the difference of the tags.
    fn changed_octet(&self, key: &Key, authentication: &Key, difference: [u8; TAG]) -> Option<usize> {
        let text = self.content.len().saturating_sub(TAG);
        if text > SEARCH_LIMIT {
            return None;
        }
        let ones = difference.iter().map(|octet| octet.count_ones()).fold(0u32, u32::saturating_add);
        if ones == 1 {
            let at = difference.iter().position(|octet| *octet != 0)?;
            return Some(self.content.start.saturating_add(text).saturating_add(at));
        }
        let head = authentication.length().saturating_add(1).saturating_add(self.covered.len());
        let blocks = |octets: usize| octets.div_ceil(16);
        // Where in the hashed data the content begins, and how many blocks there are with that of the lengths.
        let (start, total) = if self.control.encrypted() {
            (blocks(head).saturating_mul(16), blocks(head).saturating_add(blocks(text)))
        } else {
            (head, blocks(head.saturating_add(text)))
        };
        let octet = gcm::changed_octet(gcm::hash_key(key), difference, total.saturating_add(1))?;
        let inside = octet.checked_sub(start).filter(|inside| *inside < text)?;
        Some(self.content.start.saturating_add(inside))
    }
}

/// Whether octets are what a ciphered message contains: a whole application message, a P1 readout, or lines of one.
fn looks_right(content: &[u8]) -> bool {
    let is_text = |octet: &u8| octet.is_ascii_graphic() || matches!(octet, b'\r' | b'\n');
    match content {
        [b'/', a, b, c, ..] => [a, b, c].iter().all(|octet| octet.is_ascii_alphabetic()),
        // By chance that is so once in six million times.
        _ if content.get(..16).is_some_and(|start| start.iter().all(is_text)) => true,
        _ => matches!(Apdu::parse(content), Ok((_, []))),
    }
}

impl fmt::Display for SecurityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKey => write!(f, "message is ciphered, and there is no key for it"),
            Self::NoAuthenticationKey => {
                write!(f, "message has a tag, and there is no authentication key to check it with")
            }
            Self::KeyLength { needed, given } => {
                write!(f, "security suite needs keys of {needed} octets, and this one has {given}")
            }
            Self::WrongKey => write!(f, "key is wrong: the tag does not fit, and nothing sensible comes out"),
            Self::WrongAuthenticationKey => {
                write!(f, "authentication key is wrong: the message opens, but its tag does not fit")
            }
            Self::Damaged { offset } => {
                write!(
                    f,
                    "message was damaged on its way: a bit of its byte {offset} was changed; the keys are right"
                )
            }
            Self::NoApdu => {
                write!(f, "what comes out is no application message: the key is that of another meter")
            }
            Self::Replayed { last, counter } => {
                write!(f, "message was sent before: its counter {counter} is not above {last}")
            }
            Self::Suite(suite) => write!(f, "security suite {suite} is not known"),
            Self::Compressed => write!(f, "message is compressed (V.44), which is not supported"),
            Self::Short => write!(f, "message is too short for its tag"),
        }
    }
}

impl core::error::Error for SecurityError {}
