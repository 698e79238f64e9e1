//! What stays the same when a meter sends a list again.

use alloc::vec::Vec;
use core::ops::Range;

use crate::apdu::Apdu;
use crate::body::{Body, may_have_descriptors};
use crate::notification::{DataNotification, InvokeId};
use crate::parse;

/// A message with some of its octets left open: what other messages have in common that differ from it in nothing but
/// values.
///
/// Types and lengths are never open. So a message that matches has the same tree, and need not be checked again.
#[derive(Debug, Clone)]
pub struct Pattern {
    blocks: Vec<Block>,
    /// The last octets, some of them once more.
    last: Block,
    length: usize,
    /// Where the date-time begins, up to the body.
    time: usize,
    /// Where the body begins.
    body: usize,
    elements: usize,
}

/// How many octets are compared at once.
const BLOCK: usize = 32;

/// Octets to be compared at once.
#[derive(Debug, Clone, Copy)]
struct Block {
    /// The octets, 0 for one that is open.
    octets: [u8; BLOCK],
    /// `FF` for each octet, 0 for one that is open.
    matters: [u8; BLOCK],
}

impl Pattern {
    /// The pattern of a message that is one whole data-notification. Open are its number, its time, and the values that
    /// begin at these places in the body, which have to be numbers, strings or times.
    ///
    /// `None`: the message is something else, or its tree depends on more than types and lengths; or a value is something
    /// else.
    pub fn of(message: &[u8], values: &[usize]) -> Option<Self> {
        let Ok((Apdu::DataNotification(notification), [])) = Apdu::parse(message) else { return None };
        let tree = notification.body.bytes();
        if may_have_descriptors(tree) {
            return None;
        }
        let body = message.len().checked_sub(tree.len())?;
        let time = body.checked_sub(notification.time.len())?;
        let mut matters = [u8::MAX].repeat(message.len());
        for open in [Some(1..5), Some(time..body)].into_iter().chain(values.iter().map(|start| {
            let contents = contents(tree.get(*start..)?)?;
            let start = body.checked_add(*start)?;
            Some(start.checked_add(contents.start)?..start.checked_add(contents.end)?)
        })) {
            matters.get_mut(open?)?.fill(0);
        }
        let blocks = message.chunks_exact(BLOCK).zip(matters.chunks_exact(BLOCK));
        let blocks = blocks.map(|(octets, matters)| Block::of(octets, matters));
        let last = message.len().saturating_sub(BLOCK);
        Some(Self {
            blocks: blocks.collect(),
            last: Block::of(message.get(last..)?, matters.get(last..)?),
            length: message.len(),
            time,
            body,
            elements: notification.body.elements(),
        })
    }

    /// The data-notification that a message is, if it has this pattern.
    #[inline]
    pub fn read<'a>(&self, message: &'a [u8]) -> Option<DataNotification<'a>> {
        if !self.matches(message) {
            return None;
        }
        let (head, body) = message.split_at_checked(self.body)?;
        let invoke_id = InvokeId(u32::from_be_bytes(*head.get(1..)?.first_chunk()?));
        let body = Body::of_pattern(body, self.elements);
        Some(DataNotification { invoke_id, time: head.get(self.time..)?, body })
    }

    #[inline]
    fn matches(&self, message: &[u8]) -> bool {
        if message.len() != self.length {
            return false;
        }
        let Some(last) = message.last_chunk() else {
            return self.last.differs([0; BLOCK], &padded(message)) == [0; BLOCK];
        };
        let whole = message.chunks_exact(BLOCK).filter_map(<[u8]>::first_chunk).zip(&self.blocks);
        let differs = whole.fold([0; BLOCK], |differs, (octets, block)| block.differs(differs, octets));
        self.last.differs(differs, last) == [0; BLOCK]
    }
}

impl Block {
    fn of(octets: &[u8], matters: &[u8]) -> Self {
        let (mut octets, matters) = (padded(octets), padded(matters));
        octets.iter_mut().zip(matters).for_each(|(octet, matters)| *octet &= matters);
        Self { octets, matters }
    }

    /// Bits that are set before, and where octets are not the same in what matters.
    #[inline(always)]
    fn differs(&self, before: [u8; BLOCK], octets: &[u8; BLOCK]) -> [u8; BLOCK] {
        let mut differs = before;
        let block = self.octets.iter().zip(&self.matters);
        for ((differs, octet), (expected, matters)) in differs.iter_mut().zip(octets).zip(block) {
            *differs |= octet & matters ^ expected;
        }
        differs
    }
}

/// Where the contents of a value are, behind its type and its length, if that is all it consists of.
fn contents(value: &[u8]) -> Option<Range<usize>> {
    match value {
        [0x09 | 0x0A | 0x0C, count @ 0..=0x7F, ..] => Some(2..usize::from(*count).checked_add(2)?),
        [tag, ..] => Some(1..parse::scalar_size(*tag)?.checked_add(1)?),
        [] => None,
    }
}

/// A block of octets, zeros behind those that are there.
#[inline]
fn padded(octets: &[u8]) -> [u8; BLOCK] {
    let mut padded = [0; BLOCK];
    padded.iter_mut().zip(octets).for_each(|(padded, octet)| *padded = *octet);
    padded
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
        for (offset, opens) in [(2, true), (7, true), (12, true), (25, false), (0, false), (99, false)] {
            assert_eq!(Pattern::of(&message(), &[offset]).is_some(), opens, "{offset}");
        }
        let pattern = Pattern::of(&message(), &[2, 7, 12]).unwrap();
        let open = [1..5, 6..18, 21..25, 27..30, 31..43];
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
        assert!(Pattern::of(&whole[..whole.len() - 1], &[]).is_none());
        assert!(Pattern::of(&[&whole[..], &[0]].concat(), &[]).is_none());
        assert!(Pattern::of(&[0xDB, 0], &[]).is_none());
        // Whether the 00 is the class of a descriptor depends on all that follows.
        let described = [2, 2, 0x16, 1, 1, 1, 2, 2, 0, 1, 0, 0, 0x2A, 0, 0, 0xFF, 2, 9, 1, 0x41];
        assert!(Pattern::of(&[&[0x0F, 0, 0, 0, 1, 0][..], &described].concat(), &[]).is_none());
    }

    #[test]
    fn short_messages_match_too() {
        let short = [0x0F, 0x40, 0, 0, 0, 0x00, 0x02, 0x01, 0x06, 0x00, 0x00, 0x15, 0x7E];
        let pattern = Pattern::of(&short, &[2]).unwrap();
        for place in 0..short.len() {
            let mut other = short;
            other[place] ^= 0x80;
            let matches = matches!(place, 1..=4 | 9..=12);
            assert_eq!(pattern.read(&other).is_some(), matches, "{place}");
        }
    }
}
