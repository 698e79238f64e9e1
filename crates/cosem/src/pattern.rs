//! What stays the same when a meter sends a list again.

use alloc::vec::Vec;
use core::ops::Range;

use crate::apdu::Apdu;
use crate::body::Body;
use crate::notification::{DataNotification, InvokeId};
use crate::parse;

/// A message with some of its octets left open: what other messages have in common that differ from it in nothing but
/// values.
///
/// Types and lengths are never open. So a message that matches has the same tree, and need not be checked again.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// The octets that matter, 0 for those that are open.
    octets: Vec<u8>,
    /// `FF` for an octet that matters, 0 for one that is open.
    matters: Vec<u8>,
    /// Where the date-time is.
    time: Range<usize>,
    /// Where the body begins.
    body: usize,
    elements: usize,
}

impl Pattern {
    /// The pattern of a message that is one whole data-notification, with only its number and its time left open.
    /// `None`: it is something else, or what its octets are depends on more than types and lengths.
    pub fn of(message: &[u8]) -> Option<Self> {
        let Ok((Apdu::DataNotification(notification), [])) = Apdu::parse(message) else { return None };
        let body = message.len().checked_sub(notification.body.bytes().len())?;
        if crate::body::may_have_descriptors(notification.body.bytes()) {
            return None;
        }
        let time = body.checked_sub(notification.time.len())?..body;
        let mut pattern = Self {
            octets: message.to_vec(),
            matters: [u8::MAX].repeat(message.len()),
            time: time.clone(),
            body,
            elements: notification.body.elements(),
        };
        pattern.open(1..5)?;
        pattern.open(time)?;
        Some(pattern)
    }

    /// Leaves open what the value is that begins there in the body, at its tag. `None`: no number, string or time does;
    /// of all else the octets have to be the same.
    pub fn open_value(&mut self, offset: usize) -> Option<()> {
        let start = self.body.checked_add(offset)?;
        let value = self.octets.get(start..)?;
        let (size, contents) = match value {
            [0x09 | 0x0A | 0x0C, count @ 0..=0x7F, ..] => (usize::from(*count), start.checked_add(2)?),
            [tag, ..] => (parse::scalar_size(*tag)?, start.checked_add(1)?),
            [] => return None,
        };
        self.open(contents..contents.checked_add(size)?)
    }

    fn open(&mut self, range: Range<usize>) -> Option<()> {
        self.octets.get_mut(range.clone())?.fill(0);
        self.matters.get_mut(range)?.fill(0);
        Some(())
    }

    /// How many octets the messages have.
    pub fn length(&self) -> usize {
        self.octets.len()
    }

    /// The data-notification that a message is, if it has this pattern.
    pub fn read<'a>(&self, message: &'a [u8]) -> Option<DataNotification<'a>> {
        let invoke_id = message.get(1..5)?.first_chunk()?;
        if !self.matches(message) {
            return None;
        }
        let body = Body::of_pattern(message.get(self.body..)?, self.elements);
        let invoke_id = InvokeId(u32::from_be_bytes(*invoke_id));
        Some(DataNotification { invoke_id, time: message.get(self.time.clone())?, body })
    }

    /// Sixteen octets at a time, the last sixteen perhaps again.
    fn matches(&self, message: &[u8]) -> bool {
        if message.len() != self.octets.len() {
            return false;
        }
        let differs = |message: &[u8; 16], octets: &[u8; 16], matters: &[u8; 16]| {
            let [message, octets, matters] = [message, octets, matters].map(|o| u128::from_ne_bytes(*o));
            message & matters ^ octets
        };
        let all =
            message.chunks_exact(16).zip(self.octets.chunks_exact(16)).zip(self.matters.chunks_exact(16));
        let differ = all.fold(0, |differ, ((message, octets), matters)| {
            match (message.first_chunk(), octets.first_chunk(), matters.first_chunk()) {
                (Some(message), Some(octets), Some(matters)) => differ | differs(message, octets, matters),
                _ => differ,
            }
        });
        let last = (message.last_chunk(), self.octets.last_chunk(), self.matters.last_chunk());
        match last {
            (Some(message), Some(octets), Some(matters)) => differ | differs(message, octets, matters) == 0,
            _ => {
                let mut each = message.iter().zip(&self.octets).zip(&self.matters);
                each.all(|((message, octet), matters)| message & matters == *octet)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec;
    use std::vec::Vec;

    /// A number, a text, a time, and an empty structure.
    fn message() -> Vec<u8> {
        let mut message = vec![0x0F, 0, 0, 0, 1, 0x0C, 7, 0xE8, 1, 2, 3, 4, 5, 6, 0xFF, 0x80, 0, 0];
        message.extend([2, 4, 6, 0, 0, 0, 9, 9, 3, b'a', b'b', b'c', 25]);
        message.extend([7, 0xE8, 1, 2, 3, 4, 5, 6, 0xFF, 0x80, 0, 0, 2, 0]);
        message
    }

    #[test]
    fn what_matches_is_read_as_if_it_were_parsed() {
        let mut pattern = Pattern::of(&message()).unwrap();
        for (offset, opened) in [(2, true), (7, true), (12, true), (25, false), (0, false), (99, false)] {
            assert_eq!(pattern.open_value(offset).is_some(), opened, "{offset}");
        }
        let open = [1..5, 6..18, 21..25, 27..30, 31..43];
        assert_eq!(pattern.length(), message().len());
        for place in 0..message().len() {
            let mut other = message();
            other[place] ^= 0x01;
            let parsed = match Apdu::parse(&other) {
                Ok((Apdu::DataNotification(notification), [])) => Some(notification),
                _ => None,
            };
            match open.iter().any(|range| range.contains(&place)) {
                true => assert_eq!(pattern.read(&other), parsed, "{place}"),
                false => assert_eq!(pattern.read(&other), None, "{place}"),
            }
        }
        assert_eq!(pattern.read(&message()[1..]), None);
        assert_eq!(pattern.read(&[]), None);
    }

    #[test]
    fn what_is_no_whole_notification_has_none() {
        let whole = message();
        assert!(Pattern::of(&whole[..whole.len() - 1]).is_none());
        assert!(Pattern::of(&[&whole[..], &[0]].concat()).is_none());
        assert!(Pattern::of(&[0xDB, 0]).is_none());
        // Whether the 00 is the class of a descriptor depends on all that follows.
        let described = [2, 2, 0x16, 1, 1, 1, 2, 2, 0, 1, 0, 0, 0x2A, 0, 0, 0xFF, 2, 9, 1, 0x41];
        assert!(Pattern::of(&[&[0x0F, 0, 0, 0, 1, 0][..], &described].concat()).is_none());
    }

    #[test]
    fn short_messages_match_too() {
        let short = [0x0F, 0x40, 0, 0, 0, 0x00, 0x02, 0x01, 0x06, 0x00, 0x00, 0x15, 0x7E];
        let mut pattern = Pattern::of(&short).unwrap();
        pattern.open_value(2).unwrap();
        for place in 0..short.len() {
            let mut other = short;
            other[place] ^= 0x80;
            let matches = matches!(place, 1..=4 | 9..=12);
            assert_eq!(pattern.read(&other).is_some(), matches, "{place}");
        }
    }
}
