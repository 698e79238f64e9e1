//! A tree of data, checked once and walked lazily.

use crate::data::Data;
use crate::error::{Error, ErrorKind, Fault};
use crate::parse::{self, Parsed};

/// How deep data may be nested. The deepest push known has four levels.
pub const MAX_DEPTH: usize = 16;

/// One value with all that is in it. If it exists, all its octets were looked at and make sense.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Body<'a> {
    bytes: &'a [u8],
    elements: usize,
    announced: usize,
    descriptors: bool,
}

impl<'a> Body<'a> {
    /// Reads a value with all that is in it, and returns what stands behind it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Truncated`], [`ErrorKind::UnknownType`], [`ErrorKind::Length`], [`ErrorKind::Depth`] or
    /// [`ErrorKind::CompactArray`].
    pub fn parse(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Error> {
        match parse::body(bytes) {
            Ok((rest, body)) => Ok((body, rest)),
            Err(error) => Err(Error::locate(bytes, error)),
        }
    }

    /// The tree of a message that is known to have the same types and lengths as one that was checked.
    #[cfg(feature = "alloc")]
    pub(crate) const fn of_pattern(bytes: &'a [u8], elements: usize) -> Self {
        Self { bytes, elements, announced: elements, descriptors: false }
    }

    /// The octets of the tree. A structure that was cut ends behind its last whole element.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many elements the outermost container has; 0 for a single value.
    pub const fn elements(&self) -> usize {
        self.elements
    }

    /// How many elements were announced, if the message ended before all were there.
    pub const fn cut(&self) -> Option<usize> {
        if self.announced == self.elements { None } else { Some(self.announced) }
    }

    /// Whether it holds attribute descriptors without tags ([`Data::Descriptor`]).
    pub const fn has_descriptors(&self) -> bool {
        self.descriptors
    }

    /// All values in the order they stand, each container before its elements.
    pub const fn walk(&self) -> Walk<'a> {
        Walk {
            start: self.bytes,
            rest: self.bytes,
            levels: Levels::new(),
            floor: 0,
            descriptors: self.descriptors,
        }
    }
}

/// A value of the walk and its place in the tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node<'a> {
    /// How many containers it is in.
    pub depth: usize,
    /// Where it begins, counted from the start of the body.
    pub offset: usize,
    /// The value.
    pub data: Data<'a>,
}

/// Iterator over the values of a [`Body`].
#[derive(Debug, Clone)]
pub struct Walk<'a> {
    start: &'a [u8],
    rest: &'a [u8],
    levels: Levels,
    /// The walk ends when it is back at this depth.
    floor: usize,
    descriptors: bool,
}

impl<'a> Walk<'a> {
    /// The values inside the container that the walk has just given, as a walk of its own; this one goes on behind
    /// them.
    pub fn children(&mut self, container: &Node<'a>) -> Self {
        let floor = container.depth.saturating_add(1);
        let children = Self { floor, ..self.clone() };
        while self.levels.depth > floor && self.step().is_some() {}
        children
    }

    /// Where the walk stands, counted from the start of the body.
    pub const fn offset(&self) -> usize {
        self.start.len().saturating_sub(self.rest.len())
    }

    #[inline]
    fn step(&mut self) -> Option<Node<'a>> {
        let depth = self.levels.depth.checked_sub(1)?;
        let offset = self.offset();
        let (rest, data) = self.levels.read(self.rest, self.descriptors).ok()?;
        self.rest = rest;
        Some(Node { depth, offset, data })
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Node<'a>;

    #[inline]
    fn next(&mut self) -> Option<Node<'a>> {
        if self.levels.depth > self.floor { self.step() } else { None }
    }
}

/// How many elements are still due in each container that is open.
#[derive(Debug, Clone)]
struct Levels {
    /// In the innermost one.
    due: u32,
    /// In those around it, by depth.
    outer: [u32; MAX_DEPTH],
    /// How many containers are open, with the place of the body itself as the first; 0 at the end.
    depth: usize,
}

impl Levels {
    /// One value is due, in no container.
    const fn new() -> Self {
        Self { due: 1, outer: [0; MAX_DEPTH], depth: 1 }
    }

    /// Reads the next value and counts it.
    #[inline]
    fn read<'a>(&mut self, i: &'a [u8], descriptors: bool) -> Parsed<'a, Data<'a>> {
        let (rest, data) = if descriptors && self.at_descriptor(i) {
            let (rest, descriptor) = parse::attribute_descriptor(i)?;
            (rest, Data::Descriptor(descriptor))
        } else {
            parse::value(i)?
        };
        match data.elements() {
            // A count beyond 32 bits is more than there can be octets, and ends with them.
            Some(count @ 1..) if !self.open(u32::try_from(count).unwrap_or(u32::MAX)) => {
                return parse::fault(i, ErrorKind::Depth);
            }
            Some(1..) => {}
            _ => self.took(),
        }
        Ok((rest, data))
    }

    /// Counts the next value without reading it, and gives what is behind it. `None`: it has to be read.
    #[inline]
    fn pass_over<'a>(&mut self, i: &'a [u8]) -> Option<&'a [u8]> {
        let behind = match i {
            // {code, value, {scaler, unit}}, most of what some meters send, is two levels deep.
            [0x02, 0x03, 0x09, 0x06, _, _, _, _, _, _, value @ ..] if self.depth <= MAX_DEPTH - 2 => {
                match value {
                    [0x06, _, _, _, _, 0x02, 0x02, 0x0F, _, 0x16, _, behind @ ..]
                    | [0x10 | 0x12, _, _, 0x02, 0x02, 0x0F, _, 0x16, _, behind @ ..] => behind,
                    _ => return self.pass_into(i),
                }
            }
            [0x01 | 0x02, 1..=0x7F, ..] => return self.pass_into(i),
            // Code and value, most of what others send.
            [0x09, 0x06, _, _, _, _, _, _, 0x06, _, _, _, _, behind @ ..]
            | [0x09, 0x06, _, _, _, _, _, _, 0x12, _, _, behind @ ..]
                if self.due > 1 =>
            {
                self.due = self.due.wrapping_sub(1);
                behind
            }
            _ => parse::behind_scalar(i)?,
        };
        self.took();
        Some(behind)
    }

    /// Goes to the elements of the container that comes next.
    #[inline]
    fn pass_into<'a>(&mut self, i: &'a [u8]) -> Option<&'a [u8]> {
        match i {
            [0x01 | 0x02, count @ 1..=0x7F, elements @ ..] => self.open((*count).into()).then_some(elements),
            _ => None,
        }
    }

    /// A value is done with, and every container whose last it was.
    #[inline]
    fn took(&mut self) {
        self.due = self.due.wrapping_sub(1);
        while self.due == 0 && self.depth > 0 {
            self.depth = self.depth.wrapping_sub(1);
            self.due = self.outer.get(self.depth).copied().unwrap_or_default();
        }
    }

    /// How many elements of the outermost container are whole, of those that it announced.
    fn whole(&self, announced: usize) -> usize {
        let due = match self.depth {
            0..=2 => self.due,
            // And the one that is being read.
            _ => self.outer.get(2).map_or(0, |due| due.wrapping_add(1)),
        };
        announced.saturating_sub(usize::try_from(due).unwrap_or(usize::MAX))
    }

    /// A container with so many elements begins. Returns whether it may stand so deep.
    fn open(&mut self, count: u32) -> bool {
        let Some(outer) = self.outer.get_mut(self.depth) else { return false };
        *outer = self.due.wrapping_sub(1);
        self.due = count;
        self.depth = self.depth.wrapping_add(1);
        true
    }

    /// `02 02 16 xx 01 nn 02 02 | class, OBIS, attribute | value`: at the first of two elements of a structure in the
    /// array in the body, a class number of two octets begins with `00`.
    fn at_descriptor(&self, i: &[u8]) -> bool {
        self.depth == 4 && self.due == 2 && i.first() == Some(&0)
    }
}

/// A structure of {enum, array of structures of two that begin with 00}: the 00 may be null-data, but only Czech meters
/// are known to send such a thing, and there it is a class number.
pub(crate) const fn may_have_descriptors(i: &[u8]) -> bool {
    matches!(i, [0x02, 0x02, 0x16, _, 0x01, 1..=0x7F, 0x02, 0x02, 0x00, ..])
}

/// Walks a value to its end.
pub(crate) fn check(i: &[u8], cut_allowed: bool) -> Parsed<'_, Body<'_>> {
    if may_have_descriptors(i) {
        // What is whole one way or the other goes before what is cut.
        for (descriptors, cut_allowed) in [(true, false), (false, false), (true, cut_allowed)] {
            let read = walk_through(i, descriptors, cut_allowed);
            if read.is_ok() {
                return read;
            }
        }
    }
    walk_through(i, false, cut_allowed)
}

/// Goes through a value to its end, and does something with each value in it, containers before their elements.
pub(crate) fn each_value<'a>(i: &'a [u8], mut each: impl FnMut(Data<'a>)) -> Parsed<'a, ()> {
    if may_have_descriptors(i) {
        let (rest, body) = check(i, false)?;
        body.walk().for_each(|node| each(node.data));
        return Ok((rest, ()));
    }
    // Where they stand in the tree does not matter, so how many are still due is enough.
    let (mut rest, mut due) = (i, 1usize);
    while let Some(others) = due.checked_sub(1) {
        let data;
        (rest, data) = match parse::common(rest) {
            Some(common) => common,
            None => parse::any(rest)?,
        };
        due = others.saturating_add(data.elements().unwrap_or(0));
        each(data);
    }
    Ok((rest, ()))
}

fn walk_through(i: &[u8], descriptors: bool, cut_allowed: bool) -> Parsed<'_, Body<'_>> {
    let mut levels = Levels::new();
    let (mut rest, head) = levels.read(i, descriptors)?;
    let announced = head.elements().unwrap_or(0);
    let mut whole = rest;
    while levels.depth > 0 {
        let passed = if descriptors { None } else { levels.pass_over(rest) };
        rest = match passed {
            Some(behind) => behind,
            None => match levels.read(rest, descriptors) {
                Ok((behind, _)) => behind,
                Err(nom::Err::Error(Fault { kind: ErrorKind::Truncated { .. }, .. }))
                    if cut_allowed && levels.whole(announced) > 0 && i.first() == Some(&0x02) =>
                {
                    let elements = levels.whole(announced);
                    let bytes = i.get(..i.len().saturating_sub(whole.len())).unwrap_or_default();
                    let end = i.get(i.len()..).unwrap_or_default();
                    return Ok((end, Body { bytes, elements, announced, descriptors }));
                }
                Err(error) => return Err(error),
            },
        };
        // Back in the outermost container, or out of it: what was read is whole.
        if levels.depth <= 2 {
            whole = rest;
        }
    }
    let bytes = i.get(..i.len().saturating_sub(rest.len())).unwrap_or_default();
    Ok((rest, Body { bytes, elements: announced, announced, descriptors }))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    fn nodes(bytes: &[u8]) -> Result<Vec<(usize, Data<'_>)>, Error> {
        match check(bytes, false) {
            Ok((rest, body)) => {
                assert_eq!(body.bytes().len() + rest.len(), bytes.len());
                Ok(body.walk().map(|node| (node.depth, node.data)).collect())
            }
            Err(error) => Err(Error::locate(bytes, error)),
        }
    }

    #[test]
    fn containers_come_before_their_elements() {
        let bytes = [2, 2, 1, 2, 0x11, 5, 0x11, 6, 2, 1, 9, 1, 0xAA, 0xFF];
        let expected = [
            (0, Data::Structure(2)),
            (1, Data::Array(2)),
            (2, Data::Unsigned(5)),
            (2, Data::Unsigned(6)),
            (1, Data::Structure(1)),
            (2, Data::OctetString(&[0xAA])),
        ];
        assert_eq!(nodes(&bytes).unwrap(), expected);
        let (rest, body) = check(&bytes, false).unwrap();
        assert_eq!((rest, body.elements(), body.cut()), (&[0xFF][..], 2, None));
    }

    #[test]
    fn children_are_a_walk_of_their_own() {
        let bytes = [2, 3, 1, 2, 0x11, 5, 0x11, 6, 1, 0, 0x11, 7];
        let (_, body) = check(&bytes, false).unwrap();
        let mut walk = body.walk();
        assert_eq!(walk.next().unwrap().data, Data::Structure(3));
        let array = walk.next().unwrap();
        let inside: Vec<_> = walk.children(&array).map(|node| node.data).collect();
        assert_eq!(inside, [Data::Unsigned(5), Data::Unsigned(6)]);
        let empty = walk.next().unwrap();
        assert_eq!(empty.data, Data::Array(0));
        assert_eq!(walk.children(&empty).count(), 0);
        assert_eq!(walk.next().unwrap().data, Data::Unsigned(7));
        assert_eq!(walk.next(), None);
    }

    #[test]
    fn faults_name_their_place() {
        for (bytes, kind, offset) in [
            (&[][..], ErrorKind::Truncated { missing: 1 }, 0),
            (&[2, 2, 0x11, 5], ErrorKind::Truncated { missing: 1 }, 4),
            (&[2, 1, 6, 1, 2], ErrorKind::Truncated { missing: 2 }, 3),
            (&[9, 5, 1, 2], ErrorKind::Truncated { missing: 3 }, 2),
            (&[2, 2, 0, 8, 0], ErrorKind::UnknownType(8), 3),
            (&[9, 0x80, 0], ErrorKind::Length(0x80), 1),
            (&[9, 0x85, 0], ErrorKind::Length(0x85), 1),
            (&[9, 0x82, 1], ErrorKind::Truncated { missing: 1 }, 1),
        ] {
            assert_eq!(nodes(bytes), Err(Error { kind, offset }), "{bytes:02x?}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |n: usize| [2u8, 1].repeat(n).into_iter().chain([0]).collect::<Vec<_>>();
        assert_eq!(nodes(&deep(MAX_DEPTH - 1)).unwrap().len(), MAX_DEPTH);
        assert_eq!(
            nodes(&deep(MAX_DEPTH)),
            Err(Error { kind: ErrorKind::Depth, offset: 2 * (MAX_DEPTH - 1) })
        );
        assert!(nodes(&deep(10_000)).is_err());
    }

    #[test]
    fn what_is_passed_over_at_once_is_held_to_the_same_rules() {
        let record = [2, 3, 9, 6, 1, 0, 1, 7, 0, 255, 6, 0, 0, 0, 5, 2, 2, 0x0F, 0, 0x16, 27];
        // The scaler and its unit stand in a structure in a structure.
        let deep = |n: usize| [2u8, 1].repeat(n).into_iter().chain(record).collect::<Vec<_>>();
        assert!(nodes(&deep(MAX_DEPTH - 3)).is_ok());
        assert_eq!(
            nodes(&deep(MAX_DEPTH - 2)).unwrap_err().kind,
            ErrorKind::Depth,
            "one level more than there may be"
        );
        // A code is the last element of a structure, and what looks like its value stands behind it.
        let last = [2, 2, 2, 1, 9, 6, 1, 0, 1, 7, 0, 255, 6, 0, 0, 0, 5];
        let depths: Vec<_> = nodes(&last).unwrap().iter().map(|(depth, _)| *depth).collect();
        assert_eq!(depths, [0, 1, 2, 1]);
        let alone = [2, 1, 9, 6, 1, 0, 1, 7, 0, 255, 6, 0, 0, 0, 5];
        let (rest, body) = check(&alone, false).unwrap();
        assert_eq!((rest.len(), body.bytes().len()), (5, 10));
        // Cut behind a code or within its value: so many elements are whole.
        let pairs = [&[2, 4][..], &last[4..], &last[4..]].concat();
        for (end, whole) in [(10, Some(1)), (14, Some(1)), (15, Some(2)), (23, Some(3)), (27, Some(3))] {
            let elements = check(&pairs[..end], true).ok().map(|(_, body)| body.elements());
            assert_eq!(elements, whole, "cut at {end}");
        }
    }

    #[test]
    fn a_cut_structure_keeps_its_whole_elements() {
        // Three elements announced; the second is a structure, the third ends early.
        let bytes = [2, 3, 0x11, 1, 2, 2, 0x11, 2, 0x11, 3, 6, 0, 0];
        for end in 0..bytes.len() {
            let parsed = check(&bytes[..end], true);
            let elements = parsed.ok().map(|(_, body)| {
                assert_eq!(body.cut(), Some(3));
                assert_eq!(body.walk().count(), [0, 2, 5][body.elements()]);
                body.elements()
            });
            let expected = match end {
                0..=3 => None,
                4..=9 => Some(1),
                _ => Some(2),
            };
            assert_eq!(elements, expected, "cut at {end}");
            assert!(check(&bytes[..end], false).is_err());
        }
    }

    #[test]
    fn descriptors_without_tags_are_found_out() {
        let bytes = [
            2, 2, 0x16, 1, 1, 2, //
            2, 2, 0, 1, 0, 0, 0x2A, 0, 0, 0xFF, 2, 9, 1, 0x41, //
            2, 2, 0, 3, 1, 0, 1, 7, 0, 0xFF, 2, 6, 0, 0, 0, 3,
        ];
        let found: Vec<_> = nodes(&bytes).unwrap();
        assert!(matches!(found[4], (3, Data::Descriptor(descriptor)) if descriptor.class == 1));
        assert_eq!(found[5], (3, Data::OctetString(b"A")));
        assert!(matches!(found[7], (3, Data::Descriptor(descriptor)) if descriptor.obis.c() == 1));
        assert_eq!(found[8], (3, Data::DoubleLongUnsigned(3)));
    }
}
