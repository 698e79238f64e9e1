//! Which units belong to one message.

use core::ops::Range;

use amshan_cosem as cosem;
use amshan_hdlc as hdlc;
use amshan_mbus as mbus;

/// A piece of a message, and where in its unit it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) part: Part,
    pub(crate) range: Range<usize>,
}

/// Which piece of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// None: the unit carries nothing.
    Nothing,
    /// One whose predecessors were lost.
    Stray,
    /// All of it.
    Whole,
    First,
    Middle,
    Last,
}

/// Follows messages that a meter cut in pieces: HDLC segments, transfer blocks in HDLC frames, M-Bus telegrams. At most
/// one message is open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Join {
    segments: hdlc::Series,
    blocks: cosem::BlockSeries,
    telegrams: mbus::Series,
}

impl Join {
    pub(crate) const fn new() -> Self {
        Self {
            segments: hdlc::Series::new(),
            blocks: cosem::BlockSeries::new(),
            telegrams: mbus::Series::new(),
        }
    }

    /// Gives the open message up. Returns whether there was one.
    pub(crate) fn cancel(&mut self) -> bool {
        let segments = self.segments.cancel();
        let blocks = self.blocks.cancel();
        self.telegrams.cancel() || segments || blocks
    }

    /// Something was skipped. Gives a message up whose pieces have no numbers, so that one may be missing now. Returns
    /// whether there was one.
    pub(crate) fn interrupt(&mut self) -> bool {
        self.segments.cancel()
    }

    /// Places an HDLC frame. Returns its piece, and whether the message that was open will not be whole.
    pub(crate) fn frame(&mut self, frame: &hdlc::Frame<'_>) -> (Piece, bool) {
        let other = self.telegrams.cancel();
        let placed = self.segments.place(frame);
        let dropped = placed.dropped.is_some() || other;
        let range = frame.header().information();
        let part = match placed.part {
            hdlc::Part::Nothing => Part::Nothing,
            hdlc::Part::Whole => return self.block(frame.information(), range, dropped),
            hdlc::Part::First => Part::First,
            hdlc::Part::Middle => Part::Middle,
            hdlc::Part::Last => Part::Last,
        };
        let blocks = part != Part::Nothing && self.blocks.cancel();
        (Piece { part, range }, dropped || blocks)
    }

    /// Places a whole information field, which may be a block of something larger.
    fn block(&mut self, information: &[u8], whole: Range<usize>, dropped: bool) -> (Piece, bool) {
        let (_, message) = hdlc::strip_llc(information);
        let Ok((block, rest)) = cosem::Block::parse(message) else {
            // Blocks have numbers: what stands between them does no harm.
            return (Piece { part: Part::Whole, range: whole }, dropped);
        };
        let placed = self.blocks.place(&block);
        let part = match placed.part {
            None => Part::Stray,
            Some(cosem::BlockPart::Whole) => Part::Whole,
            Some(cosem::BlockPart::First) => Part::First,
            Some(cosem::BlockPart::Middle) => Part::Middle,
            Some(cosem::BlockPart::Last) => Part::Last,
        };
        let end = whole.end.saturating_sub(rest.len());
        let range = end.saturating_sub(block.data.len())..end;
        (Piece { part, range }, dropped || placed.dropped.is_some())
    }

    /// Places an M-Bus frame.
    pub(crate) fn telegram(&mut self, frame: &mbus::Frame<'_>) -> (Piece, bool) {
        let segments = self.segments.cancel();
        let other = self.blocks.cancel() || segments;
        let range = frame.header().data();
        let Some(telegram) = frame.telegram() else {
            return (Piece { part: Part::Nothing, range }, other);
        };
        let placed = self.telegrams.place(&telegram);
        let part = match placed.part {
            mbus::Part::Stray => Part::Stray,
            mbus::Part::Whole => Part::Whole,
            mbus::Part::First => Part::First,
            mbus::Part::Middle => Part::Middle,
            mbus::Part::Last => Part::Last,
        };
        let range = range.end.saturating_sub(telegram.piece().len())..range.end;
        (Piece { part, range }, placed.dropped.is_some() || other)
    }
}
