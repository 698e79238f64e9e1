//! compact-array: many values of one described type, without tags.

use crate::body::{MAX_DEPTH, Node};
use crate::data::Data;
use crate::error::ErrorKind;
use crate::parse::{self, Parsed, length};

/// A compact array (DLMS UA 1000-1, 4.1.5): a description of one entry, and the octets of as many entries as fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompactArray<'a> {
    description: &'a [u8],
    contents: &'a [u8],
}

impl<'a> CompactArray<'a> {
    /// `None` unless the entries fill the contents exactly.
    pub(crate) fn new(description: &'a [u8], contents: &'a [u8]) -> Option<Self> {
        let whole = match size(description) {
            Some((_, size)) => contents.len().checked_rem(size)? == 0,
            None => {
                let mut rest = contents;
                while !rest.is_empty() {
                    rest = behind_entry(description, rest)?.1;
                }
                true
            }
        };
        whole.then_some(Self { description, contents })
    }

    /// The description of one entry, as sent.
    pub const fn description(&self) -> &'a [u8] {
        self.description
    }

    /// The octets of the entries, as sent.
    pub const fn contents(&self) -> &'a [u8] {
        self.contents
    }

    /// The values of all entries in the order they stand, each container before its elements; an entry begins at
    /// depth 0.
    pub const fn entries(&self) -> Entries<'a> {
        Entries { array: *self, rest: self.contents, open: [Open::NONE; MAX_DEPTH], depth: 0 }
    }
}

/// Iterator over the values of a [`CompactArray`].
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    array: CompactArray<'a>,
    rest: &'a [u8],
    open: [Open<'a>; MAX_DEPTH],
    depth: usize,
}

/// A container whose elements are being read.
#[derive(Debug, Clone, Copy)]
struct Open<'a> {
    /// Describes the next element.
    description: &'a [u8],
    left: usize,
    /// In an array every element has the same description, in a structure each has its own.
    array: bool,
}

impl Open<'_> {
    const NONE: Self = Self { description: &[], left: 0, array: false };
}

impl<'a> Entries<'a> {
    fn top(&mut self) -> Option<&mut Open<'a>> {
        self.open.get_mut(self.depth.checked_sub(1)?)
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        while self.top().is_some_and(|open| open.left == 0) {
            self.depth = self.depth.saturating_sub(1);
        }
        let depth = self.depth;
        if depth == 0 && self.rest.is_empty() {
            return None;
        }
        let whole = self.array.description;
        let described = match self.top() {
            None => whole,
            Some(open) => {
                open.left = open.left.saturating_sub(1);
                let here = open.description;
                if !open.array && open.left > 0 {
                    open.description = description(here, 0).ok()?.0;
                }
                here
            }
        };
        let offset = self.array.contents.len().saturating_sub(self.rest.len());
        let (&tag, inner) = described.split_first()?;
        let (data, open) = match tag {
            1 => {
                let (count, element) = inner.split_first_chunk()?;
                let count = usize::from(u16::from_be_bytes(*count));
                (Data::Array(count), Open { description: element, left: count, array: true })
            }
            2 => {
                let (elements, count) = length(inner).ok()?;
                (Data::Structure(count), Open { description: elements, left: count, array: false })
            }
            _ => {
                let (rest, data) = parse::contents(tag, self.rest).ok()?;
                self.rest = rest;
                return Some(Node { depth, offset, data });
            }
        };
        *self.open.get_mut(depth)? = open;
        self.depth = depth.saturating_add(1);
        Some(Node { depth, offset, data })
    }
}

/// How many octets a value takes that is described at the start of a right description, and what is behind that. `None`
/// if there is a string in it.
fn size(i: &[u8]) -> Option<(&[u8], usize)> {
    match i {
        [1, a, b, element @ ..] => {
            let (rest, size) = size(element)?;
            Some((rest, size.saturating_mul(u16::from_be_bytes([*a, *b]).into())))
        }
        [2, inner @ ..] => {
            let (mut rest, count) = length(inner).ok()?;
            let mut sum = 0usize;
            for _ in 0..count {
                let (behind, size) = size(rest)?;
                (rest, sum) = (behind, sum.saturating_add(size));
            }
            Some((rest, sum))
        }
        [tag, rest @ ..] => Some((rest, parse::scalar_size(*tag)?)),
        [] => None,
    }
}

/// What is behind a right description, and behind the value that it describes. `None`: that is not whole.
fn behind_entry<'a>(i: &'a [u8], contents: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    match i {
        [1, a, b, element @ ..] => {
            let mut behind = (element, contents);
            for _ in 0..u16::from_be_bytes([*a, *b]) {
                behind = behind_entry(element, behind.1)?;
            }
            Some(behind)
        }
        [2, inner @ ..] => {
            let (rest, count) = length(inner).ok()?;
            let mut behind = (rest, contents);
            for _ in 0..count {
                behind = behind_entry(behind.0, behind.1)?;
            }
            Some(behind)
        }
        [tag, rest @ ..] => Some((rest, parse::contents(*tag, contents).ok()?.0)),
        [] => None,
    }
}

/// contents-description: a tag; of an array, the number of its elements and their description; of a structure, the
/// descriptions of all its elements. What would take no octets (null-data, an array of none) is refused: the
/// number of such values would have no bound.
pub(crate) fn description(i: &[u8], depth: usize) -> Parsed<'_, ()> {
    if depth >= MAX_DEPTH {
        return parse::fault(i, ErrorKind::Depth);
    }
    let deeper = depth.saturating_add(1);
    match i {
        [1, 0, 0, ..] => parse::fault(i, ErrorKind::CompactArray),
        [1, _, _, element @ ..] => description(element, deeper),
        [1, ..] => parse::truncated(i, 3),
        [2, rest @ ..] => {
            let (mut rest, count) = length(rest)?;
            if count == 0 {
                return parse::fault(i, ErrorKind::CompactArray);
            }
            for _ in 0..count {
                rest = description(rest, deeper)?.0;
            }
            Ok((rest, ()))
        }
        [3..=7 | 9 | 10 | 12 | 13 | 15..=18 | 20..=33, rest @ ..] => Ok((rest, ())),
        [0 | 255, ..] => parse::fault(i, ErrorKind::CompactArray),
        [tag, ..] => parse::fault(i, ErrorKind::UnknownType(*tag)),
        [] => parse::truncated(i, 1),
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::parse::value;
    use std::vec::Vec;

    fn entries(bytes: &[u8]) -> Option<Vec<(usize, Data<'_>)>> {
        match value(bytes) {
            Ok((&[], Data::CompactArray(array))) => {
                Some(array.entries().map(|node| (node.depth, node.data)).collect())
            }
            _ => None,
        }
    }

    #[test]
    fn entries_follow_the_description() {
        // u16; {u8, octet-string}; array of two u8
        assert_eq!(
            entries(&[19, 18, 4, 1, 2, 3, 4]),
            Some([(0, Data::LongUnsigned(0x102)), (0, Data::LongUnsigned(0x304))].into())
        );
        assert_eq!(
            entries(&[19, 2, 2, 17, 9, 5, 7, 1, 0x41, 8, 0]),
            Some(
                [
                    (0, Data::Structure(2)),
                    (1, Data::Unsigned(7)),
                    (1, Data::OctetString(b"A")),
                    (0, Data::Structure(2)),
                    (1, Data::Unsigned(8)),
                    (1, Data::OctetString(b"")),
                ]
                .into()
            )
        );
        assert_eq!(
            entries(&[19, 2, 2, 1, 0, 2, 17, 3, 3, 1, 2, 1]).map(|found| found.len()),
            Some(5),
            "an array inside a structure, then the next element of the structure"
        );
        assert_eq!(entries(&[19, 18, 0]), Some([].into()));
    }

    #[test]
    fn a_cut_array_is_truncated_wherever_it_is_cut() {
        let bytes = [19, 2, 2, 1, 0, 2, 17, 3, 3, 1, 2, 1];
        for (end, missing, offset) in [(1, 1, 1), (3, 1, 3), (4, 2, 3), (5, 1, 3), (7, 1, 7), (11, 1, 9)] {
            let kind = ErrorKind::Truncated { missing };
            let fault = parse::Fault { at: &bytes[offset..end], kind };
            assert_eq!(value(&bytes[..end]), Err(nom::Err::Error(fault)), "cut at {end}");
        }
    }

    #[test]
    fn contents_that_do_not_fit_are_refused() {
        for bytes in [
            &[19, 18, 3, 1, 2, 3][..],     // half an entry
            &[19, 0, 1, 0],                // entries of no octets
            &[19, 2, 0, 1, 0],             // a structure of nothing
            &[19, 2, 0x81, 0, 1, 0],       // the same, its length in the long form
            &[19, 1, 0xFF, 0xFF, 0, 1, 0], // an array of nulls
            &[19, 8, 1, 0],                // no such type
            &[19, 19, 18, 1, 0],           // a compact array in a compact array
        ] {
            assert_eq!(entries(bytes), None, "{bytes:02x?}");
        }
        let deep = [&[19][..], &[1, 0, 1].repeat(20), &[17, 1, 0]].concat();
        assert_eq!(entries(&deep), None);
    }
}
