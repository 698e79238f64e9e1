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
        }
    }

    /// The scanner, to set it up before the first octet comes.
    pub const fn scanner_mut(&mut self) -> &mut S {
        self.search.scanner_mut()
    }

    /// Free space for the next octets of the stream; never empty as long as `find` is called until it has nothing
    /// left.
    pub fn space(&mut self) -> &mut [u8] {
        let free = N.wrapping_sub(self.end);
        if self.start == self.end || free < N / 4 {
            self.compact();
        }
        self.buffer.get_mut(self.end..).unwrap_or_default()
    }

    /// The first `n` octets of [`space`](Self::space) now hold the next octets of the stream.
    pub fn advance(&mut self, n: usize) {
        self.end = self.end.saturating_add(n).min(N);
    }

    /// The line has paused: what is incomplete will stay so, and is searched for whole units inside it.
    pub fn idle(&mut self) {
        self.ended = Some(self.end);
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
        // Octets come one by one on some lines: nothing is to be found until a candidate has what it needs.
        if self.waiting() < self.search.needed() && self.ended.is_none() {
            return None;
        }
        self.search()
    }

    // Not a part of its caller, where all it needs would be made ready for each octet that comes.
    #[inline(never)]
    fn search(&mut self) -> Option<Item<S>> {
        loop {
            let until = self.ended.unwrap_or(self.end);
            let input = self.buffer.get(self.start..until).unwrap_or_default();
            let offset = self.offset;
            let (done, event) =
                self.search.next(input, offset, self.ended.is_some(), N.saturating_sub(self.held));
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
                None => self.ended.take()?,
            };
        }
    }

    /// Takes back the unit found last, as no unit after all, and goes on one octet behind its start. To be called
    /// before [`space`](Self::space).
    pub fn reject(&mut self, found: &Found<S::Unit>, fault: S::Fault) {
        self.search.reject(found.offset, fault);
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

    /// How many octets wait in the buffer, searched in vain so far.
    pub const fn waiting(&self) -> usize {
        self.end.wrapping_sub(self.start)
    }

    /// Where in the stream the search stands.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    fn compact(&mut self) {
        let moved = self.start.saturating_sub(self.held);
        if moved == 0 {
            return;
        }
        self.buffer.copy_within(self.start..self.end, self.held);
        self.start = self.held;
        self.end = self.end.saturating_sub(moved);
        self.ended = self.ended.map(|end| end.saturating_sub(moved));
    }
}
