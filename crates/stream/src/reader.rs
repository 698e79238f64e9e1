//! A fixed buffer over the search: the caller fills its free space, and units are lent out of it.

use core::ops::Range;

use crate::search::{Event, Gap, Scan, Search};

/// A unit that lies in the buffer of a [`Reader`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<U> {
    /// Where in the stream the unit begins.
    pub offset: u64,
    /// Where in the reader's buffer it lies, until [`Reader::space`] is called.
    pub range: Range<usize>,
    /// What its framing knows of it.
    pub unit: U,
}

/// A unit, or a stretch of the stream that gave none.
pub type Item<S> = Result<Found<<S as Scan>::Unit>, Gap<<S as Scan>::Fault>>;

/// Reads units out of a stream through a buffer of `N` octets, which never grows.
///
/// ```text
///  0        held            start           end          N
///  │ pieces joined │  done  │ not yet searched │  space  │
/// ```
///
/// A loop fills [`space`](Self::space), tells with [`advance`](Self::advance) how much it filled, and takes units
/// with [`find`](Self::find) until there are none. `find` borrows nothing, so a lending reader can be built on it:
/// it finds first and slices afterwards.
///
/// Pieces of something larger can be joined in place: [`join`](Self::join) copies a piece behind those already
/// held, into space that is done with.
#[derive(Debug, Clone)]
pub struct Reader<S: Scan, const N: usize> {
    search: Search<S>,
    buffer: [u8; N],
    held: usize,
    start: usize,
    end: usize,
    /// Where in the stream the octet at `start` stands.
    offset: u64,
    /// Up to where the input has ended, because the line paused or the source did.
    ended: Option<usize>,
    /// Before the octets come up to here, there is nothing to find.
    wake: usize,
    /// When they have come further than this, they are moved to the front.
    roll: usize,
}

impl<S: Scan, const N: usize> Reader<S, N> {
    /// An empty reader.
    pub const fn new(scanner: S) -> Self {
        Self {
            search: Search::new(scanner),
            buffer: [0; N],
            held: 0,
            start: 0,
            end: 0,
            offset: 0,
            ended: None,
            wake: 0,
            roll: if Self::ROUND < Self::ROLL { Self::ROUND } else { Self::ROLL },
        }
    }

    /// So many octets come before any are moved: enough that few are, and so few that the part of a buffer of usual size
    /// that is in use stays in the first cache of a processor.
    const ROUND: usize = if N / 8 > 4096 { N / 8 } else { 4096 };

    /// When so much of the buffer is used up, they are moved in any case. A quarter is left, so that it is not again and
    /// again.
    const ROLL: usize = N.saturating_sub(N / 4);

    /// The scanner, to set it up before the first octet comes.
    pub const fn scanner_mut(&mut self) -> &mut S {
        self.search.scanner_mut()
    }

    /// Free space for the next octets of the stream; never empty as long as `find` is called until it has nothing
    /// left.
    pub fn space(&mut self) -> &mut [u8] {
        if self.end > self.roll {
            self.compact();
        }
        let (_, space) = self.buffer.split_at_mut(self.end.min(N));
        space
    }

    /// The first `n` octets of [`space`](Self::space) now hold the next octets of the stream.
    #[inline]
    pub fn advance(&mut self, n: usize) {
        // Octets come one by one on some lines.
        if n == 1 {
            let Some(octet) = self.buffer.get(self.end) else { return };
            self.end = self.end.wrapping_add(1);
            if self.search.scanner().tells(*octet) {
                self.wake = 0;
            }
        } else {
            self.advance_by(n);
        }
    }

    #[inline(never)]
    fn advance_by(&mut self, n: usize) {
        self.end = self.end.saturating_add(n).min(N);
        // Where there is something to find in any case, the search finds it.
        if self.needs_more() && self.search.tell(self.buffer.get(self.start..self.end).unwrap_or_default(), n)
        {
            self.wake = 0;
        }
    }

    /// The line has paused: what is incomplete will stay so, and is searched for whole units inside it.
    pub fn idle(&mut self) {
        self.ended = Some(self.end);
        self.wake = 0;
    }

    /// The input has ended: as [`idle`](Self::idle).
    pub fn finish(&mut self) {
        self.idle();
    }

    /// Finds and consumes the next unit, or the next stretch that gave none. `None`: more octets are needed.
    ///
    /// # Errors
    ///
    /// A [`Gap`], with the reason that tells most. It is an item of the stream, not its end.
    #[inline]
    pub fn find(&mut self) -> Option<Item<S>> {
        // Nothing is to be found until a candidate has what it needs.
        if self.needs_more() { None } else { self.search() }
    }

    // Not a part of its caller, where all it needs would be made ready for each octet that comes.
    #[inline(never)]
    fn search(&mut self) -> Option<Item<S>> {
        loop {
            let until = self.ended.unwrap_or(self.end);
            let input = self.buffer.get(self.start..until).unwrap_or_default();
            let offset = self.offset;
            let (done, event) =
                self.search.go_on(input, offset, self.ended.is_some(), N.saturating_sub(self.held));
            let start = self.start;
            self.start = start.saturating_add(done);
            self.offset = offset.saturating_add(done as u64);
            match event {
                Some(Event::Gap(gap)) => return Some(Err(gap)),
                Some(Event::Unit(range, unit)) => {
                    let offset = offset.saturating_add(range.start as u64);
                    let range = start.saturating_add(range.start)..start.saturating_add(range.end);
                    return Some(Ok(Found { offset, range, unit }));
                }
                // What had ended is used up; go on with what came after the pause.
                None if self.ended.take().is_some() => {}
                None => {
                    self.wake = self.start.saturating_add(self.search.needed());
                    if self.start == self.end {
                        self.roll = 0;
                    }
                    return None;
                }
            }
        }
    }

    /// Takes back the unit found last, as no unit after all, and goes on one octet behind its start. To be called
    /// before [`space`](Self::space).
    pub fn reject(&mut self, found: &Found<S::Unit>, fault: S::Fault) {
        self.search.reject(found.offset, fault);
        self.wake = 0;
        self.start = found.range.start.saturating_add(1).min(self.end);
        self.offset = found.offset.saturating_add(1);
    }

    /// Octets of the buffer: a unit, or a part of it.
    pub fn bytes(&self, range: Range<usize>) -> &[u8] {
        self.buffer.get(range).unwrap_or_default()
    }

    /// The same to write to: ciphertext is opened where it lies.
    pub fn bytes_mut(&mut self, range: Range<usize>) -> &mut [u8] {
        self.buffer.get_mut(range).unwrap_or_default()
    }

    /// Copies a piece (a range of the unit found last) behind the pieces held so far.
    pub fn join(&mut self, piece: Range<usize>) {
        let length = piece.len();
        if piece.end <= self.start && self.held <= piece.start {
            self.buffer.copy_within(piece, self.held);
            self.held = self.held.saturating_add(length);
        }
    }

    /// How many octets the joined pieces have; they lie at the start of the buffer.
    pub const fn held(&self) -> usize {
        self.held
    }

    /// Lets the joined pieces go. They stay readable until [`space`](Self::space) is called.
    pub fn release(&mut self) -> Range<usize> {
        0..core::mem::take(&mut self.held)
    }

    /// Whether there is nothing to find before more octets come, or the input ends.
    #[inline]
    pub const fn needs_more(&self) -> bool {
        self.end < self.wake
    }

    /// How many octets wait in the buffer, searched in vain so far.
    pub const fn waiting(&self) -> usize {
        self.end.wrapping_sub(self.start)
    }

    /// Where in the stream the search stands.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    #[inline(never)]
    fn compact(&mut self) {
        let moved = self.start.saturating_sub(self.held);
        self.roll = self.end.saturating_sub(moved).saturating_add(Self::ROUND).min(Self::ROLL);
        if moved == 0 {
            return;
        }
        self.buffer.copy_within(self.start..self.end, self.held);
        self.start = self.held;
        self.end = self.end.saturating_sub(moved);
        self.ended = self.ended.map(|end| end.saturating_sub(moved));
        self.wake = self.wake.saturating_sub(moved);
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::search::tests::Counted;
    use std::string::String;
    use std::vec::Vec;

    fn take<const N: usize>(reader: &mut Reader<Counted, N>, found: &mut Vec<String>) {
        while let Some(item) = reader.find() {
            found.push(match item {
                Ok(found) => {
                    std::format!("{} {}", found.offset, reader.bytes(found.range).escape_ascii())
                }
                Err(gap) => std::format!("{} {} skipped", gap.offset, gap.length),
            });
        }
    }

    /// What a stream in pieces of so many octets gives, before it ends and in all, and how often the scanner was asked.
    fn fed<const N: usize>(stream: &[u8], size: usize) -> (usize, Vec<String>, usize) {
        let (mut reader, mut found) = (Reader::<_, N>::new(Counted::default()), Vec::new());
        for piece in stream.chunks(size) {
            reader.space()[..piece.len()].copy_from_slice(piece);
            reader.advance(piece.len());
            take(&mut reader, &mut found);
        }
        let before = found.len();
        reader.finish();
        take(&mut reader, &mut found);
        (before, found, reader.scanner_mut().asked)
    }

    #[test]
    fn units_are_given_at_their_last_octet_and_asked_for_twice() {
        // Longer than the buffer, so that what waits is moved.
        let stream = b"(abcdefghijk)u9abcdefghi(lm)..(no)xx(pqrstuvwxyz)u5abcde";
        let expected = [
            "0 (abcdefghijk)",
            "13 u9abcdefghi",
            "24 (lm)",
            "30 (no)",
            "34 2 skipped",
            "36 (pqrstuvwxyz)",
            "49 u5abcde",
        ];
        for size in 1..8 {
            let (before, found, asked) = fed::<32>(stream, size);
            assert_eq!((before, &found[..]), (7, &expected.map(String::from)[..]), "by {size}");
            // For both ends of the units, the number in some, and what stands between them.
            assert!(asked <= 2 * 6 + 2 + 4, "by {size}: {asked}");
        }
    }

    #[test]
    fn many_octets_at_once_are_left_to_the_scanner() {
        let stream = b"(abcdefghijklmnopqr)(st)u9abcdefghi(abcdefghijklmnopqr)";
        let expected = ["0 (abcdefghijklmnopqr)", "20 (st)", "24 u9abcdefghi", "35 (abcdefghijklmnopqr)"];
        for size in 8..16 {
            let (before, found, asked) = fed::<64>(stream, size);
            assert_eq!((before, &found[..]), (4, &expected.map(String::from)[..]), "by {size}");
            // Both ends of the units, and the number in one; pieces without an end are no matter for a step.
            assert!(asked <= 2 * 4 + 1, "by {size}: {asked}");
        }
    }

    #[test]
    fn a_small_part_of_a_long_buffer_is_used_while_units_are_short() {
        let mut reader = Reader::<_, 16_384>::new(Counted::default());
        for piece in b"(abcdefghi)".repeat(2000).chunks(7) {
            let space = reader.space();
            // Less than a unit waits when it is moved.
            assert!(space.len() >= 16_384 - 10 - 4096, "{}", space.len());
            space[..piece.len()].copy_from_slice(piece);
            reader.advance(piece.len());
            while reader.find().is_some() {}
        }
    }

    #[test]
    fn there_is_space_behind_pieces_and_a_long_unit() {
        let mut reader = Reader::<_, 32>::new(Counted::default());
        let mut feed = |octets: &[u8]| {
            reader.space()[..octets.len()].copy_from_slice(octets);
            reader.advance(octets.len());
            let found = reader.find();
            if let Some(Ok(found)) = &found {
                reader.join(found.range.clone());
            }
            assert!(reader.find().is_none());
            found.is_some()
        };
        assert!(feed(b"(abcdefgh)"));
        assert!(!feed(b"(abcdefghijklmnopq"));
        // The piece ends with the buffer, and the next one has begun in it.
        reader.space()[..4].copy_from_slice(b")(ab");
        reader.advance(4);
        assert!(reader.find().is_some() && reader.find().is_none());
        assert_eq!(reader.space().len(), 32 - 10 - 3);
    }

    #[test]
    fn a_pause_is_heeded_while_octets_are_waited_for() {
        let (mut reader, mut found) = (Reader::<_, 32>::new(Counted::default()), Vec::new());
        for piece in [&b"u9a"[..], b"u1b", b"(cd"] {
            reader.space()[..piece.len()].copy_from_slice(piece);
            reader.advance(piece.len());
            take(&mut reader, &mut found);
            assert!(reader.needs_more());
        }
        assert!(found.is_empty());
        reader.idle();
        take(&mut reader, &mut found);
        assert_eq!(found, ["0 3 skipped", "3 u1b", "6 3 skipped"]);
    }

    #[test]
    fn what_came_after_a_pause_is_found_with_what_came_before() {
        let (mut reader, mut found) = (Reader::<_, 32>::new(Counted::default()), Vec::new());
        for piece in [&b"u1au9"[..], b"u1b"] {
            reader.space()[..piece.len()].copy_from_slice(piece);
            reader.advance(piece.len());
            if piece.len() == 5 {
                reader.idle();
            }
        }
        take(&mut reader, &mut found);
        assert_eq!(found, ["0 u1a", "3 2 skipped", "5 u1b"]);
    }

    #[test]
    fn no_more_than_the_space_is_filled() {
        let mut reader = Reader::<_, 32>::new(Counted::default());
        reader.advance(100);
        assert_eq!(reader.waiting(), 32);
    }

    #[test]
    fn what_was_taken_back_is_searched_again_at_once() {
        let mut reader = Reader::<_, 32>::new(Counted::default());
        reader.space()[..8].copy_from_slice(b"u4u2abu9");
        reader.advance(8);
        let unit = reader.find().unwrap().unwrap();
        // What stands behind it waits already.
        assert!(reader.find().is_none());
        reader.reject(&unit, crate::search::tests::Short);
        let mut found = Vec::new();
        take(&mut reader, &mut found);
        assert_eq!(found, ["0 2 skipped", "2 u2ab"]);
    }
}
