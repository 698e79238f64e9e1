//! The search for the next unit, without a buffer of its own.

use core::fmt;
use core::ops::Range;

/// One framing, seen from its start mark on.
///
/// # Contract
///
/// * The answer depends on `input` only as far as it must be known, never on how much more of it is there: if
///   `step` can decide, it decides the same however the stream is cut.
/// * `ended` says that nothing will follow `input` (the line paused, or the file ended). Then `step` never
///   answers [`Step::More`] unless `input` is empty.
/// * After [`Step::More`], `step` is asked again when so many more octets are there or one of them
///   [tells](Scan::tells), so that a unit which comes one octet at a time is checked once; and when many come at once,
///   unless the scanner knows that it [goes on](Scan::goes_on).
/// * [`Step::Noise`] ends where octets begin that [`Step::Fill`] or a candidate would claim, so that the length of a
///   [`Gap`] does not depend on the cuts.
/// * A scanner may keep notes, so that it need not look at octets again: by their number in the stream, or, after
///   [`Step::More`], on the candidate that the next call begins with.
pub trait Scan {
    /// What is known of a unit once it is found: its header, its inner ranges.
    type Unit: Copy + fmt::Debug;
    /// Why a candidate failed.
    type Fault: Fault;

    /// What stands at the start of `input`, whose first octet is number `at` of the stream.
    fn step(&mut self, input: &[u8], at: u64, ended: bool) -> Step<Self::Unit, Self::Fault>;

    /// Whether this octet, one of those that the last [`Step::More`] asked for, may tell what the others were needed for.
    ///
    /// A framing with a length knows how many octets it needs. One with an end mark asks for as many as a unit may have, and
    /// is asked again at its mark.
    #[inline]
    fn tells(&self, _octet: u8) -> bool {
        false
    }

    /// Whether a candidate that waits still has nothing that [tells](Self::tells), now that it has these octets. Asked where
    /// many have come at once, which are looked at faster together; `false` has [`step`](Self::step) look at them.
    #[inline]
    fn goes_on(&mut self, _input: &[u8]) -> bool {
        false
    }
}

/// Why a candidate failed.
pub trait Fault: Copy + fmt::Debug + fmt::Display {
    /// How much a candidate had in its favour when it failed: of all failures in a skipped stretch, the one with
    /// the highest rank tells best what went wrong (a wrong frame check says more than a wrong header check).
    fn rank(&self) -> u8;
}

/// What stands at the start of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<U, F> {
    /// A unit may begin here, but this many octets more are needed to tell, unless one of them [tells](Scan::tells).
    More(usize),
    /// This many octets are legitimate between units: flags, line ends.
    Fill(usize),
    /// This many octets belong to no unit and do not look like one.
    Noise(usize),
    /// A candidate began here and failed; the search goes on `skip` octets further (mostly one).
    Broken {
        /// Octets that can't begin another candidate.
        skip: usize,
        /// What was wrong.
        fault: F,
    },
    /// A whole, checked unit of this many octets.
    Unit {
        /// Octets of the unit, from the start of the input.
        length: usize,
        /// What is known of it.
        unit: U,
    },
}

/// A stretch of the stream that gave no unit, reported once, when it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap<F> {
    /// Where in the stream it begins.
    pub offset: u64,
    /// How many octets were skipped.
    pub length: u64,
    /// The failure that tells most, and where in the stream its candidate began. `None`: nothing in the stretch
    /// looked like a unit.
    pub fault: Option<(u64, F)>,
}

impl<F> Gap<F> {
    /// The same stretch with its fault put in other words.
    pub fn map<G>(self, put: impl FnOnce(F) -> G) -> Gap<G> {
        Gap {
            offset: self.offset,
            length: self.length,
            fault: self.fault.map(|(at, fault)| (at, put(fault))),
        }
    }
}

impl<F: fmt::Display> fmt::Display for Gap<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fault {
            Some((at, fault)) => write!(f, "{fault} at byte {at} ({} bytes skipped)", self.length),
            None => write!(f, "noise at byte {} ({} bytes skipped)", self.offset, self.length),
        }
    }
}

impl<F: fmt::Debug + fmt::Display> core::error::Error for Gap<F> {}

/// How many octets are done with, and what was come upon.
type Next<S> = (usize, Option<Event<<S as Scan>::Unit, <S as Scan>::Fault>>);

/// What a search has come upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<U, F> {
    /// A unit, and where in the searched bytes it stands.
    Unit(Range<usize>, U),
    /// A stretch without a unit has ended.
    Gap(Gap<F>),
}

/// Repeats [`Scan::step`] until there is something to tell.
#[derive(Debug, Clone)]
pub struct Search<S: Scan> {
    scanner: S,
    /// The stretch that is being skipped, of no length until it has ended.
    gap: Option<Gap<S::Fault>>,
    /// Where in the stream it ends, so far.
    end: u64,
    /// The rank of its fault.
    rank: u8,
    pending: Option<(usize, S::Unit)>,
    /// How many octets must be there before the scanner is asked again, unless one of them tells.
    needed: usize,
    /// How many were there when it was asked, or were looked at since.
    seen: usize,
}

impl<S: Scan> Search<S> {
    /// A search that begins at the start of a stream.
    pub const fn new(scanner: S) -> Self {
        Self { scanner, gap: None, end: 0, rank: 0, pending: None, needed: 0, seen: 0 }
    }

    /// How many octets must be there before there can be something to find, unless one of them tells.
    pub(crate) const fn needed(&self) -> usize {
        self.needed
    }

    /// Whether one of the last `new` octets of a candidate that waits tells.
    #[inline]
    pub(crate) fn tell(&mut self, candidate: &[u8], new: usize) -> bool {
        // The scanner looks at many faster than one by one.
        if new < MANY {
            candidate.iter().rev().take(new).any(|octet| self.scanner.tells(*octet))
        } else {
            !self.scanner.goes_on(candidate)
        }
    }

    /// Whether there can be nothing to find in these octets yet.
    fn waits(&mut self, bytes: &[u8]) -> bool {
        let seen = core::mem::replace(&mut self.seen, bytes.len());
        bytes.len() < self.needed && !self.tell(bytes, bytes.len().saturating_sub(seen))
    }

    pub(crate) const fn scanner(&self) -> &S {
        &self.scanner
    }

    pub(crate) const fn scanner_mut(&mut self) -> &mut S {
        &mut self.scanner
    }

    /// Searches `bytes`, whose first octet is number `offset` of the stream. Returns how many octets are done with
    /// and the event, if there was one; without one, more octets are needed (or, when `ended`, all is said).
    ///
    /// No more octets than `most` can be given at once: a candidate that needs more fails as soon as they are there.
    ///
    /// The next call must go on exactly behind the octets that are done with.
    pub fn next(&mut self, bytes: &[u8], offset: u64, ended: bool, most: usize) -> Next<S> {
        if !ended && self.waits(bytes) { (0, None) } else { self.go_on(bytes, offset, ended, most) }
    }

    /// The same where there may be something to find.
    #[inline(always)]
    pub(crate) fn go_on(&mut self, bytes: &[u8], offset: u64, ended: bool, most: usize) -> Next<S> {
        self.needed = 0;
        if let Some((length, unit)) = self.pending {
            self.pending = None;
            return (length, Some(Event::Unit(0..length, unit)));
        }
        let (mut at, mut last) = (0, ended || bytes.len() >= most);
        while let Some(rest @ [_, ..]) = bytes.get(at..) {
            let here = offset.wrapping_add(at as u64);
            let step = self.scanner.step(rest, here, last);
            last = ended;
            match step {
                Step::More(more) => {
                    self.needed = rest.len().saturating_add(more).min(most);
                    self.seen = rest.len();
                    return (at, None);
                }
                Step::Fill(n) => at = at.saturating_add(n),
                Step::Noise(n) => {
                    self.widen(here, n, None);
                    at = at.saturating_add(n);
                }
                Step::Broken { skip, fault } => {
                    self.widen(here, skip, Some(fault));
                    at = at.saturating_add(skip);
                }
                Step::Unit { length, unit } => {
                    if let Some(gap) = self.gap() {
                        self.pending = Some((length, unit));
                        return (at, Some(Event::Gap(gap)));
                    }
                    let end = at.saturating_add(length);
                    return (end, Some(Event::Unit(at..end, unit)));
                }
            }
        }
        let gap = if ended { self.gap() } else { None };
        (at.min(bytes.len()), gap.map(Event::Gap))
    }

    /// Takes back the unit found last, which began at `offset`: what no check of its framing could vouch for has
    /// turned out not to be one. The search must go on one octet behind that start.
    pub fn reject(&mut self, offset: u64, fault: S::Fault) {
        self.needed = 0;
        self.widen(offset, 1, Some(fault));
    }

    /// The stretch that has ended, if there was one.
    fn gap(&mut self) -> Option<Gap<S::Fault>> {
        let length = self.end.wrapping_sub(self.gap.as_ref()?.offset);
        self.gap.take().map(|gap| Gap { length, ..gap })
    }

    fn widen(&mut self, at: u64, n: usize, fault: Option<S::Fault>) {
        let gap = self.gap.get_or_insert(Gap { offset: at, length: 0, fault: None });
        self.end = at.wrapping_add(n as u64);
        if let Some(fault) = fault {
            let rank = fault.rank();
            if gap.fault.is_none() || self.rank < rank {
                gap.fault = Some((at, fault));
                self.rank = rank;
            }
        }
    }
}

/// So many octets the scanner itself looks at.
const MANY: usize = 8;

/// The units and gaps of a slice that holds all there is.
pub fn units<S: Scan>(scanner: S, bytes: &[u8]) -> Units<'_, S> {
    Units { search: Search::new(scanner), bytes, at: 0 }
}

/// Iterator over the units of a slice, from [`units`].
#[derive(Debug, Clone)]
pub struct Units<'a, S: Scan> {
    search: Search<S>,
    bytes: &'a [u8],
    at: usize,
}

impl<'a, S: Scan> Iterator for Units<'a, S> {
    type Item = Result<(&'a [u8], S::Unit), Gap<S::Fault>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.take_next()
    }

    // Where all are gone through, they are found where they are used, and not handed over.
    #[inline]
    fn fold<B, F: FnMut(B, Self::Item) -> B>(mut self, init: B, mut each: F) -> B {
        let mut folded = init;
        while let Some(item) = self.take_next() {
            folded = each(folded, item);
        }
        folded
    }
}

impl<'a, S: Scan> Units<'a, S> {
    #[inline(always)]
    fn take_next(&mut self) -> Option<<Self as Iterator>::Item> {
        let rest = self.bytes.get(self.at..)?;
        let (done, event) = self.search.go_on(rest, self.at as u64, true, usize::MAX);
        self.at = self.at.saturating_add(done);
        match event? {
            Event::Gap(gap) => Some(Err(gap)),
            Event::Unit(range, unit) => Some(Ok((rest.get(range)?, unit))),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    /// A unit is `u`, the number of its octets, and they; or `(`, less than 20 octets, and `)`. `.` is fill. It counts how
    /// often it is asked.
    #[derive(Debug, Default)]
    pub(crate) struct Counted {
        pub(crate) asked: usize,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Short;

    impl fmt::Display for Short {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("short")
        }
    }

    impl Fault for Short {
        fn rank(&self) -> u8 {
            0
        }
    }

    impl Scan for Counted {
        type Unit = ();
        type Fault = Short;

        fn step(&mut self, input: &[u8], _: u64, ended: bool) -> Step<(), Short> {
            self.asked += 1;
            match *input {
                [b'.', ..] => Step::Fill(1),
                [b'u', digit, ref behind @ ..] => {
                    let length = usize::from(digit - b'0');
                    match length.checked_sub(behind.len()) {
                        None | Some(0) => Step::Unit { length: length + 2, unit: () },
                        Some(_) if ended => Step::Broken { skip: 1, fault: Short },
                        Some(more) => Step::More(more),
                    }
                }
                [b'u'] if !ended => Step::More(1),
                [b'(', ref behind @ ..] => match behind.iter().take(20).position(|octet| *octet == b')') {
                    Some(end) => Step::Unit { length: end + 2, unit: () },
                    None if ended || behind.len() >= 20 => Step::Broken { skip: 1, fault: Short },
                    None => Step::More(20 - behind.len()),
                },
                _ => Step::Noise(1),
            }
        }

        fn tells(&self, octet: u8) -> bool {
            octet == b')'
        }

        fn goes_on(&mut self, input: &[u8]) -> bool {
            input.starts_with(b"(") && !input.contains(&b')')
        }
    }

    /// The first octet and length of a unit, and of a gap.
    type Item = Result<(u64, usize), (u64, u64)>;

    /// The items of a stream that is fed one octet at a time, how often was asked, and how many items there were before it
    /// ended.
    fn fed(stream: &[u8]) -> (Vec<Item>, usize, usize) {
        let mut search = Search::new(Counted::default());
        let (mut items, mut done, mut before) = (Vec::new(), 0, 0);
        for end in 1..=stream.len() + 1 {
            let ended = end > stream.len();
            if ended {
                before = items.len();
            }
            let end = end.min(stream.len());
            loop {
                let start = done;
                let (n, event) = search.next(&stream[start..end], start as u64, ended, usize::MAX);
                done += n;
                items.push(match event {
                    None => break,
                    Some(Event::Unit(range, ())) => Ok(((start + range.start) as u64, range.len())),
                    Some(Event::Gap(gap)) => Err((gap.offset, gap.length)),
                });
            }
        }
        assert_eq!(done, stream.len());
        (items, search.scanner.asked, before)
    }

    #[test]
    fn a_candidate_is_asked_for_again_when_it_has_what_it_needed() {
        // The mark, the digit, the last octet.
        assert_eq!(fed(b"u8abcdefgh"), (std::vec![Ok((0, 10))], 3, 1));
        // The mark, the end mark.
        assert_eq!(fed(b"(abcdefgh)"), (std::vec![Ok((0, 10))], 2, 1));
        // The mark, the last octet that it may have, and all behind the first.
        assert_eq!(fed(b"(abcdefghijklmnopqrst)").1, 2 + 21);
    }

    #[test]
    fn items_of_streams() {
        for (stream, items) in [
            (&b""[..], &[][..]),
            (b"..u1a.u0.", &[Ok((2, 3)), Ok((6, 2))]),
            (b"xxu1a", &[Err((0, 2)), Ok((2, 3))]),
            (b"x.x.u0", &[Err((0, 3)), Ok((4, 2))]),
            (b"(a)(bc)", &[Ok((0, 3)), Ok((3, 4))]),
            (b"(abcdefghijklmnopqrst)", &[Err((0, 22))]),
            (b"(abcdefghij(klmnopqrst)", &[Err((0, 11)), Ok((11, 12))]),
            // What tells belongs to a unit with a length.
            (b"u3a)bu1c", &[Ok((0, 5)), Ok((5, 3))]),
            // What is cut is searched for whole ones inside it.
            (b"u9ab.u1c", &[Err((0, 4)), Ok((5, 3))]),
            (b"u9u", &[Err((0, 3))]),
        ] {
            let whole: Vec<_> = units(Counted::default(), stream)
                .map(|item| match item {
                    Ok((octets, ())) => {
                        Ok(((octets.as_ptr() as usize - stream.as_ptr() as usize) as u64, octets.len()))
                    }
                    Err(gap) => Err((gap.offset, gap.length)),
                })
                .collect();
            assert_eq!(whole, items, "{}", stream.escape_ascii());
            assert_eq!(fed(stream).0, items, "{}", stream.escape_ascii());
        }
    }

    #[test]
    fn what_was_rejected_is_a_gap_and_searched_behind_its_start() {
        let mut search = Search::new(Counted::default());
        let stream = b"u3u0x";
        assert_eq!(search.next(stream, 0, true, usize::MAX), (5, Some(Event::Unit(0..5, ()))));
        search.reject(0, Short);
        let gap = Gap { offset: 0, length: 2, fault: Some((0, Short)) };
        assert_eq!(search.next(&stream[1..], 1, true, usize::MAX), (1, Some(Event::Gap(gap))));
        assert_eq!(search.next(&stream[2..], 2, true, usize::MAX), (2, Some(Event::Unit(0..2, ()))));
    }
}
