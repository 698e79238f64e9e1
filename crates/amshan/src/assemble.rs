//! Messages of units, whatever buffer the units lie in.

use core::ops::Range;

use amshan_hdlc as hdlc;

use crate::error::{Error, ErrorKind};
use crate::identified::Identified;
use crate::join::{Join, Part, Piece};
use crate::message::{Address, Checked, Framing, Link, Origin};
use crate::scan::Unit;

/// How many octets the pieces of one message may have together. The longest known have 700.
pub(crate) const JOIN_LIMIT: usize = 8192;

/// Follows the units of a stream, and says of which octets of theirs its messages are.
#[derive(Debug, Clone)]
pub(crate) struct Assembler {
    join: Join,
    /// Where the message that is being joined began, and of how many units it is.
    open: Origin,
}

/// What a unit is to its message. Ranges are those of the unit's octets.
#[derive(Debug)]
pub(crate) enum Taken {
    /// Nothing.
    Nothing,
    /// All of it.
    Whole { origin: Origin, range: Range<usize>, checked: Checked },
    /// One piece, which belongs behind those before it; with the last the message is whole.
    Piece { range: Range<usize>, last: Option<Origin> },
}

impl Assembler {
    pub(crate) const fn new() -> Self {
        let open =
            Origin { framing: Framing::Hdlc, offset: 0, length: 0, frames: 0, link: None, repaired: false };
        Self { join: Join::new(), open }
    }

    /// Takes a unit that begins at this octet of the stream. The error is that of the message that was open before, whose
    /// pieces are to be let go.
    pub(crate) fn take(&mut self, offset: u64, unit: Unit, octets: &mut [u8]) -> (Taken, Option<Error>) {
        let whole = 0..octets.len();
        let origin = |framing, link| Origin {
            framing,
            offset,
            length: octets.len() as u64,
            frames: 1,
            link,
            repaired: false,
        };
        let (origin, (piece, dropped)) = match unit {
            Unit::P1(readout) => {
                let origin = origin(Framing::P1, None);
                return (
                    Taken::Whole { origin, range: whole, checked: Checked::Readout(readout) },
                    self.give_up(),
                );
            }
            Unit::Bare => {
                let origin = Origin { frames: 0, ..origin(Framing::Apdu, None) };
                return (Taken::Whole { origin, range: whole, checked: Checked::Doubtful }, self.give_up());
            }
            Unit::Identified(Identified { message, .. }) => {
                let origin = origin(Framing::P1, None);
                return (Taken::Whole { origin, range: 0..message, checked: Checked::Not }, self.give_up());
            }
            Unit::Hdlc(hdlc::Received { header, bent }) => {
                let origin = origin(Framing::Hdlc, None);
                let length = if bent { hdlc::unbend_in_place(octets) } else { octets.len() };
                let Some(frame) = octets.get(..length).and_then(|octets| header.frame(octets)) else {
                    return (Taken::Nothing, None);
                };
                let link = Link {
                    destination: Address::Hdlc(header.destination()),
                    source: Address::Hdlc(header.source()),
                    control: header.control().0,
                };
                (Origin { repaired: bent, link: Some(link), ..origin }, self.join.frame(&frame))
            }
            Unit::MBus(header) => {
                let Some(frame) = header.frame(octets) else { return (Taken::Nothing, None) };
                let link = frame.telegram().map(|telegram| Link {
                    destination: Address::Sap(telegram.destination()),
                    source: Address::Sap(telegram.source()),
                    control: header.control().0,
                });
                (origin(Framing::MBus, link), self.join.telegram(&frame))
            }
        };
        let dropped = dropped.then(|| self.error(ErrorKind::Pieces));
        let Piece { part, range } = piece;
        match part {
            Part::Nothing => (Taken::Nothing, dropped),
            Part::Whole => (Taken::Whole { origin, range, checked: Checked::Frame }, dropped),
            Part::Stray => {
                let Origin { offset, length, .. } = origin;
                (Taken::Nothing, Some(Error { kind: ErrorKind::Pieces, offset, length }))
            }
            Part::First => {
                self.open = origin;
                (Taken::Piece { range, last: None }, dropped)
            }
            Part::Middle | Part::Last => {
                let end = origin.offset.saturating_add(origin.length);
                self.open.length = end.saturating_sub(self.open.offset);
                self.open.frames = self.open.frames.saturating_add(1);
                self.open.link = origin.link;
                self.open.repaired |= origin.repaired;
                (Taken::Piece { range, last: (part == Part::Last).then_some(self.open) }, dropped)
            }
        }
    }

    /// Gives up the message that is open, if there is one.
    pub(crate) fn give_up(&mut self) -> Option<Error> {
        self.join.cancel().then(|| self.error(ErrorKind::Pieces))
    }

    /// Something was skipped: a message whose pieces have no numbers is given up.
    pub(crate) fn interrupt(&mut self) -> Option<Error> {
        self.join.interrupt().then(|| self.error(ErrorKind::Pieces))
    }

    /// The pieces of the open message are longer than there is space for, and it is given up.
    pub(crate) fn too_long(&mut self, limit: usize) -> Error {
        self.join.cancel();
        self.error(ErrorKind::Joined { limit })
    }

    const fn error(&self, kind: ErrorKind) -> Error {
        Error { kind, offset: self.open.offset, length: self.open.length }
    }
}
