//! One cursor over all framings, and the joining of what a meter cut in pieces.

use core::mem;
use core::ops::Range;

use amshan_dlde::Check;
use amshan_hdlc as hdlc;
use amshan_stream as stream;

use crate::error::{Error, ErrorKind};
use crate::identified::Identified;
use crate::join::{Join, Part, Piece};
use crate::message::{Address, Checked, Framing, Link, Message, Origin};
use crate::scan::{Fault, Scanner, Unit};

/// How many octets the pieces of one message may have together. The longest known have 700.
const JOIN_LIMIT: usize = 8192;

/// Finds the messages in a stream, through a buffer of `N` octets that never grows.
///
/// Octets go in through [`space`](Self::space) and [`advance`](Self::advance), messages come out of
/// [`next_message`](Self::next_message). A message is accepted for its own checks, whatever stands before and after
/// it; the search never settles on a framing. `N` should hold the longest unit twice: 32 KiB for P1, 4 KiB without.
#[derive(Debug, Clone)]
pub struct Reader<const N: usize = 32_768> {
    stream: stream::Reader<Scanner, N>,
    join: Join,
    /// Where the message that is being joined began, and of how many units it is.
    open: Origin,
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
            join: Join::new(),
            open: Origin {
                framing: Framing::Hdlc,
                offset: 0,
                length: 0,
                frames: 0,
                link: None,
                repaired: false,
            },
            doubtful: None,
            vouched: false,
            owed: None,
            paused: false,
        }
    }

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
    pub fn next_message(&mut self) -> Option<Result<Message<'_>, Error>> {
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
                    if self.join.interrupt() {
                        self.drop_held(ErrorKind::Pieces);
                    }
                    return Some(Err(Error::of_gap(gap)));
                }
                None if mem::take(&mut self.paused) => self.give_up(ErrorKind::Pieces),
                None => return None,
            }
        }
    }

    /// The message that a unit is or completes.
    fn place(&mut self, found: &Found) -> Option<Located> {
        let origin = |framing, link| Origin {
            framing,
            offset: found.offset,
            length: found.range.len() as u64,
            frames: 1,
            link,
            repaired: false,
        };
        let (origin, (piece, dropped)) = match found.unit {
            Unit::P1(readout) => {
                self.give_up(ErrorKind::Pieces);
                let checked = Checked::Readout(readout);
                return Some(Located {
                    origin: origin(Framing::P1, None),
                    range: found.range.clone(),
                    checked,
                });
            }
            Unit::Bare => {
                self.give_up(ErrorKind::Pieces);
                self.doubtful = Some(found.clone());
                let origin = Origin { frames: 0, ..origin(Framing::Apdu, None) };
                return Some(Located { origin, range: found.range.clone(), checked: Checked::Doubtful });
            }
            Unit::Identified(Identified { message, vouched, .. }) => {
                self.give_up(ErrorKind::Pieces);
                self.doubtful = Some(found.clone()).filter(|_| !vouched);
                let range = found.range.start..found.range.start.saturating_add(message);
                return Some(Located { origin: origin(Framing::P1, None), range, checked: Checked::Not });
            }
            Unit::Hdlc(hdlc::Received { header, bent }) => {
                let octets = self.stream.bytes_mut(found.range.clone());
                let length = if bent { hdlc::unbend_in_place(octets) } else { octets.len() };
                let frame = header.frame(octets.get(..length)?)?;
                let link = Link {
                    destination: Address::Hdlc(header.destination()),
                    source: Address::Hdlc(header.source()),
                    control: header.control().0,
                };
                let origin = Origin { repaired: bent, ..origin(Framing::Hdlc, Some(link)) };
                (origin, self.join.frame(&frame))
            }
            Unit::MBus(header) => {
                let frame = header.frame(self.stream.bytes(found.range.clone()))?;
                let link = frame.telegram().map(|telegram| Link {
                    destination: Address::Sap(telegram.destination()),
                    source: Address::Sap(telegram.source()),
                    control: header.control().0,
                });
                (origin(Framing::MBus, link), self.join.telegram(&frame))
            }
        };
        if dropped {
            self.drop_held(ErrorKind::Pieces);
        }
        self.add(found, piece, origin)
    }

    /// Adds a piece to the message that is open. The message, if it is whole with that.
    fn add(&mut self, found: &Found, piece: Piece, origin: Origin) -> Option<Located> {
        let at = |offset: usize| found.range.start.saturating_add(offset);
        let range = at(piece.range.start)..at(piece.range.end);
        match piece.part {
            Part::Nothing => return None,
            Part::Whole => return Some(Located { origin, range, checked: Checked::Frame }),
            Part::Stray => {
                let Origin { offset, length, .. } = origin;
                self.owed = Some(Error { kind: ErrorKind::Pieces, offset, length });
                return None;
            }
            Part::First => self.open = origin,
            Part::Middle | Part::Last => {
                let end = origin.offset.saturating_add(origin.length);
                self.open.length = end.saturating_sub(self.open.offset);
                self.open.frames = self.open.frames.saturating_add(1);
                self.open.link = origin.link;
                self.open.repaired |= origin.repaired;
            }
        }
        if self.stream.held().saturating_add(range.len()) > JOIN_LIMIT.min(N / 2) {
            self.join.cancel();
            self.drop_held(ErrorKind::Joined { limit: JOIN_LIMIT.min(N / 2) });
            return None;
        }
        self.stream.join(range);
        if piece.part != Part::Last {
            return None;
        }
        Some(Located { origin: self.open, range: self.stream.release(), checked: Checked::Not })
    }

    /// Gives up the message that is open, if there is one.
    fn give_up(&mut self, why: ErrorKind) {
        if self.join.cancel() {
            self.drop_held(why);
        }
    }

    /// Drops the pieces of a message that will not be whole, and owes the report.
    fn drop_held(&mut self, kind: ErrorKind) {
        self.stream.release();
        self.owed = Some(Error { kind, offset: self.open.offset, length: self.open.length });
    }
}
