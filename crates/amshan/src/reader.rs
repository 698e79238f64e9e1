//! One cursor over all framings, and the joining of what a meter cut in pieces.

use core::mem;
use core::ops::Range;

use amshan_dlde::Check;
use amshan_stream as stream;

use crate::assemble::{Assembler, JOIN_LIMIT, Taken};
use crate::error::Error;
use crate::message::{Checked, Framing, Message, Origin};
use crate::scan::{Fault, Scanner, Unit};

/// Finds the messages in a stream, through a buffer of `N` octets that never grows.
///
/// Octets go in through [`space`](Self::space) and [`advance`](Self::advance), messages come out of
/// [`next_message`](Self::next_message). A message is accepted for its own checks, whatever stands before and after
/// it; the search never settles on a framing. `N` should hold the longest unit twice: 32 KiB for P1, 4 KiB without.
#[derive(Debug, Clone)]
pub struct Reader<const N: usize = 32_768> {
    stream: stream::Reader<Scanner, N>,
    assembler: Assembler,
    /// The unit that was lent last, if nothing had vouched for it, and whether something has done so since.
    doubtful: Option<Found>,
    vouched: bool,
    /// An error that is still to be told.
    owed: Option<Error>,
    paused: bool,
}

type Found = stream::Found<Unit>;

/// A message, and where in the buffer it lies.
#[derive(Debug)]
pub(crate) struct Located {
    origin: Origin,
    range: Range<usize>,
    checked: Checked,
}

impl Reader {
    /// A reader for every framing.
    pub const fn new() -> Self {
        Self::sized(None)
    }
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Reader<N> {
    /// A reader with a buffer of this size, for one framing where that is known, or for all.
    pub const fn sized(only: Option<Framing>) -> Self {
        Self {
            stream: stream::Reader::new(Scanner::new(only)),
            assembler: Assembler::new(),
            doubtful: None,
            vouched: false,
            owed: None,
            paused: false,
        }
    }

    /// How many octets the pieces of one message may have together.
    const JOIN_LIMIT: usize = if N / 2 < JOIN_LIMIT { N / 2 } else { JOIN_LIMIT };

    /// The same with another idea of which checksum of P1 readouts is right.
    #[must_use]
    pub fn check_p1(mut self, check: Check) -> Self {
        self.stream.scanner_mut().check_p1(check);
        self
    }

    /// Free space for the next octets of the stream.
    ///
    /// It is never empty if [`next_message`](Self::next_message) was called until it had nothing more.
    pub fn space(&mut self) -> &mut [u8] {
        self.settle();
        self.stream.space()
    }

    /// The first `n` octets of [`space`](Self::space) now hold the next octets of the stream.
    pub fn advance(&mut self, n: usize) {
        self.stream.advance(n);
    }

    /// The line has paused for longer than meters do within a message (half a second is a safe mark): what is
    /// incomplete is given up and searched for messages inside it.
    pub fn idle(&mut self) {
        self.settle();
        self.paused = true;
        self.stream.idle();
    }

    /// The stream has ended: as [`idle`](Self::idle).
    pub fn finish(&mut self) {
        self.idle();
    }

    /// The next message, or the next stretch of the stream that gave none. `None`: more octets are needed.
    ///
    /// # Errors
    ///
    /// What was skipped, once, with the reason that tells most. The stream goes on behind it.
    #[inline]
    pub fn next_message(&mut self) -> Option<Result<Message<'_>, Error>> {
        // Octets come one by one on some lines. Where a unit was lent or something is owed, the search has not gone on yet.
        if self.stream.needs_more() {
            return None;
        }
        match self.locate()? {
            Ok(located) => Some(Ok(self.lend(located))),
            Err(error) => Some(Err(error)),
        }
    }

    /// Whether nothing is left of what came in: no octets that wait for more, no pieces of a message.
    pub const fn is_empty(&self) -> bool {
        let refused = self.doubtful.is_some() && !self.vouched;
        self.stream.waiting() == 0 && self.stream.held() == 0 && !refused
    }

    /// Takes the message that was lent last back, if nothing vouches for it: the search goes on one octet behind its
    /// start.
    fn settle(&mut self) {
        if self.doubtful.is_none() {
            return;
        }
        let found = self.doubtful.take();
        if let Some(found) = found.filter(|_| !mem::take(&mut self.vouched)) {
            self.stream.reject(&found, Fault::Bare);
        }
    }

    /// Lends a message that was found.
    pub(crate) fn lend(&mut self, located: Located) -> Message<'_> {
        let Located { origin, range, checked } = located;
        let vouched = self.doubtful.is_some().then_some(&mut self.vouched);
        Message { origin, bytes: self.stream.bytes_mut(range), checked, vouched }
    }

    /// Finds a message without borrowing it: a range first, sliced afterwards.
    #[inline(never)]
    pub(crate) fn locate(&mut self) -> Option<Result<Located, Error>> {
        loop {
            self.settle();
            if self.owed.is_some() {
                return self.owed.take().map(Err);
            }
            match self.stream.find() {
                Some(Ok(found)) => {
                    if let Some(located) = self.place(&found) {
                        return Some(Ok(located));
                    }
                }
                Some(Err(gap)) => {
                    if let Some(error) = self.assembler.interrupt() {
                        self.drop_held(error);
                    }
                    return Some(Err(Error::of_gap(gap)));
                }
                None if mem::take(&mut self.paused) => {
                    if let Some(error) = self.assembler.give_up() {
                        self.drop_held(error);
                    }
                }
                None => return None,
            }
        }
    }

    /// The message that a unit is or completes.
    fn place(&mut self, found: &Found) -> Option<Located> {
        let octets = self.stream.bytes_mut(found.range.clone());
        let (taken, dropped) = self.assembler.take(found.offset, found.unit, octets);
        if let Some(error) = dropped {
            self.drop_held(error);
        }
        let at = |range: Range<usize>| {
            let start = found.range.start;
            start.saturating_add(range.start)..start.saturating_add(range.end)
        };
        match taken {
            Taken::Nothing => None,
            Taken::Whole { origin, range, checked } => {
                if found.unit.is_doubtful() {
                    self.doubtful = Some(found.clone());
                }
                Some(Located { origin, range: at(range), checked })
            }
            Taken::Piece { range, last } => {
                if self.stream.held().saturating_add(range.len()) > Self::JOIN_LIMIT {
                    let error = self.assembler.too_long(Self::JOIN_LIMIT);
                    self.drop_held(error);
                    return None;
                }
                self.stream.join(at(range));
                last.map(|origin| Located { origin, range: self.stream.release(), checked: Checked::Not })
            }
        }
    }

    /// Lets go of the pieces of a message that will not be whole, and owes the report.
    fn drop_held(&mut self, error: Error) {
        self.stream.release();
        self.owed = Some(error);
    }
}
