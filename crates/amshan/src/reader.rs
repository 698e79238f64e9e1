//! One cursor over all framings, and the joining of what a meter cut in pieces.

use core::ops::Range;

use amshan_hdlc::{Header, Part, Series};
use amshan_stream as stream;

use crate::error::{Error, ErrorKind};
use crate::message::{Checked, Framing, Link, Message, Origin};
use crate::scan::{Scanner, Unit};

/// How many octets the segments of one message may have. The longest known have 500.
const JOIN_LIMIT: usize = 8192;

/// Finds the messages in a stream, through a buffer of `N` octets that never grows.
///
/// Octets go in through [`space`](Self::space) and [`advance`](Self::advance), messages come out of
/// [`next_message`](Self::next_message). A message is accepted for its own checks, whatever stands before and after
/// it; the search never settles on a framing. `N` must hold the longest unit twice, 32 KiB for P1.
#[derive(Debug, Clone)]
pub struct Reader<const N: usize = 32_768> {
    stream: stream::Reader<Scanner, N>,
    series: Series,
    /// Where the message that is being joined began, and of how many frames it is.
    open: Origin,
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

    /// A reader for one framing, where it is known.
    pub const fn only(framing: Framing) -> Self {
        Self::sized(Some(framing))
    }
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Reader<N> {
    /// A reader with a buffer of another size, for one framing or for all.
    pub const fn sized(only: Option<Framing>) -> Self {
        Self {
            stream: stream::Reader::new(Scanner::new(only)),
            series: Series::new(),
            open: Origin { framing: Framing::Hdlc, offset: 0, length: 0, frames: 0, link: None },
            owed: None,
            paused: false,
        }
    }

    /// Free space for the next octets of the stream.
    ///
    /// It is never empty if [`next_message`](Self::next_message) was called until it had nothing more.
    pub fn space(&mut self) -> &mut [u8] {
        self.stream.space()
    }

    /// The first `n` octets of [`space`](Self::space) now hold the next octets of the stream.
    pub fn advance(&mut self, n: usize) {
        self.stream.advance(n);
    }

    /// The line has paused for longer than meters do within a message (half a second is a safe mark): what is
    /// incomplete is given up and searched for messages inside it.
    pub fn idle(&mut self) {
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
    pub fn next_message(&mut self) -> Option<Result<Message<'_>, Error>> {
        match self.next_range()? {
            Ok(located) => Some(Ok(self.lend(located))),
            Err(error) => Some(Err(error)),
        }
    }

    /// Whether nothing is left of what came in: no octets that wait for more, no pieces of a message.
    pub const fn is_empty(&self) -> bool {
        self.stream.waiting() == 0 && self.stream.held() == 0
    }

    /// Lends a message that was found.
    pub(crate) fn lend(&mut self, located: Located) -> Message<'_> {
        let Located { origin, range, checked } = located;
        Message { origin, bytes: self.stream.bytes_mut(range), checked }
    }

    /// Finds a message without borrowing it: a range first, sliced afterwards.
    pub(crate) fn next_range(&mut self) -> Option<Result<Located, Error>> {
        loop {
            if let Some(error) = self.owed.take() {
                return Some(Err(error));
            }
            match self.stream.find() {
                Some(Ok(found)) => {
                    if let Some(message) = self.place(&found) {
                        return Some(Ok(message));
                    }
                }
                Some(Err(gap)) => {
                    self.give_up(ErrorKind::Segments);
                    return Some(Err(Error::of_gap(gap)));
                }
                None if core::mem::take(&mut self.paused) => self.give_up(ErrorKind::Segments),
                None => return None,
            }
        }
    }

    /// The message that a unit is or completes.
    fn place(&mut self, found: &Found) -> Option<Located> {
        let length = found.range.len() as u64;
        let origin = Origin { framing: Framing::P1, offset: found.offset, length, frames: 1, link: None };
        match found.unit {
            Unit::P1(readout) => {
                self.give_up(ErrorKind::Segments);
                Some(Located { origin, range: found.range.clone(), checked: Checked::Readout(readout) })
            }
            Unit::Hdlc(header) => {
                let link = Link {
                    destination: header.destination(),
                    source: header.source(),
                    control: header.control(),
                };
                self.place_frame(
                    found,
                    &header,
                    Origin { framing: Framing::Hdlc, link: Some(link), ..origin },
                )
            }
        }
    }

    fn place_frame(&mut self, found: &Found, header: &Header, origin: Origin) -> Option<Located> {
        let frame = header.frame(self.stream.bytes(found.range.clone()))?;
        let placed = self.series.place(&frame);
        if placed.dropped.is_some() {
            self.drop_held(ErrorKind::Segments);
        }
        let inside = header.information();
        let start = found.range.start;
        let piece = start.saturating_add(inside.start)..start.saturating_add(inside.end);
        match placed.part {
            Part::Nothing => return None,
            Part::Whole => return Some(Located { origin, range: piece, checked: Checked::Frame }),
            Part::First => self.open = origin,
            Part::Middle | Part::Last => {
                let end = origin.offset.saturating_add(origin.length);
                self.open.length = end.saturating_sub(self.open.offset);
                self.open.frames = self.open.frames.saturating_add(1);
                self.open.link = origin.link;
            }
        }
        if self.stream.held().saturating_add(piece.len()) > JOIN_LIMIT {
            self.give_up(ErrorKind::Joined { limit: JOIN_LIMIT });
            return None;
        }
        self.stream.join(piece);
        if placed.part != Part::Last {
            return None;
        }
        Some(Located { origin: self.open, range: self.stream.release(), checked: Checked::Not })
    }

    /// Drops the segments of a message that will not be whole, and owes the report.
    fn give_up(&mut self, why: ErrorKind) {
        if self.series.cancel() {
            self.drop_held(why);
        }
    }

    fn drop_held(&mut self, kind: ErrorKind) {
        self.stream.release();
        self.owed = Some(Error { kind, offset: self.open.offset, length: self.open.length });
    }
}
