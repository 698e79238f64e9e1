//! Messages that a meter sent in pieces.

use super::sheet::{Of, Pen, Sheet, View, count};
use super::{Context, Trust, apdu};

/// A piece of a message.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) octets: Vec<u8>,
    pub(super) number: Number,
    pub(super) last: bool,
    /// Whether the checks of its frame are right.
    pub(super) right: bool,
}

/// The number of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    /// Segments of HDLC have none.
    None,
    /// Transfer blocks are counted from 1.
    Block(u16),
    /// M-Bus telegrams are counted from 0 to 15.
    Telegram(u8),
}

impl Number {
    const fn next(self) -> Self {
        match self {
            Self::None => Self::None,
            Self::Block(number) => Self::Block(number.wrapping_add(1)),
            Self::Telegram(number) => Self::Telegram(number.wrapping_add(1) & 0x0F),
        }
    }

    /// Whether a message begins with the piece of this number.
    const fn begins(self) -> bool {
        matches!(self, Self::None | Self::Block(1) | Self::Telegram(0))
    }

    const fn same_kind(self, other: Self) -> bool {
        matches!(
            (self, other),
            (Self::None, Self::None)
                | (Self::Block(_), Self::Block(_))
                | (Self::Telegram(_), Self::Telegram(_))
        )
    }
}

/// The pieces of one message so far.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    octets: Vec<u8>,
    count: usize,
    /// The number that comes next; none before the first piece.
    next: Option<Number>,
    /// Whether one is missing: what is there then ends before it.
    broken: bool,
    /// Whether the checks of one are wrong.
    damaged: bool,
    /// Whether the last one is there.
    ended: bool,
}

impl Pieces {
    /// Whether a message is open whose pieces have no numbers.
    pub(super) fn has_segments(&self) -> bool {
        self.next == Some(Number::None) && !self.ended
    }

    pub(super) const fn is_open(&self) -> bool {
        self.next.is_some() && !self.ended
    }

    /// Whether a piece may belong to the message.
    pub(super) fn takes(&self, piece: &Piece) -> bool {
        self.is_open()
            && self.next.is_some_and(|next| {
                let restarts = piece.number.begins() && piece.number != Number::None;
                next.same_kind(piece.number) && (next == piece.number || !restarts)
            })
    }

    /// Adds a piece, and says on the sheet if it is not the one that was to come.
    pub(super) fn add(&mut self, piece: &Piece, sheet: &mut Sheet, offset: usize) {
        let due = self.next.unwrap_or(piece.number);
        let missing = due != piece.number || (self.next.is_none() && !piece.number.begins());
        if missing && !self.broken {
            let layer = if matches!(piece.number, Number::Telegram(_)) { "mbus" } else { "block" };
            let (due, number) = match (self.next, piece.number) {
                (Some(Number::Block(due)), Number::Block(number)) => (due, number),
                (Some(Number::Telegram(due)), Number::Telegram(number)) => (due.into(), number.into()),
                (_, Number::Block(number)) => (1, number),
                (_, Number::Telegram(number)) => (0, number.into()),
                (_, Number::None) => (0, 0),
            };
            sheet.stop(
                offset,
                layer,
                format!("this is piece {number} of the message, and piece {due} was to come: it is missing"),
                "a frame was lost or damaged; capture again",
            );
        }
        self.broken |= missing;
        self.damaged |= !piece.right;
        if !self.broken {
            self.octets.extend_from_slice(&piece.octets);
        }
        self.count = self.count.saturating_add(1);
        self.next = Some(piece.number.next());
        self.ended = piece.last;
    }

    /// No other piece comes: what the pieces are together, as far as they go.
    pub(super) fn end(self, sheet: &mut Sheet, context: &Context<'_>, offset: usize) {
        let Some(next) = self.next else { return };
        if !self.ended && !self.broken {
            let layer = if matches!(next, Number::Telegram(_)) { "mbus" } else { "hdlc" };
            sheet.stop(
                offset,
                layer,
                "the message came in pieces, and its last one is not here".to_owned(),
                "capture for longer; or its frame was lost or damaged",
            );
        }
        if self.octets.is_empty() {
            return;
        }
        let what = match (self.ended && !self.broken, self.damaged) {
            (true, false) => "joined",
            (true, true) => "joined, though not all of them are right",
            (false, _) => "joined, as far as they are there",
        };
        let title = match (self.count, what) {
            (1, "joined") => "what the piece holds".to_owned(),
            (pieces, what) => format!("{} {what}", count(pieces, "piece")),
        };
        let title = format!("{title}: {}", count(self.octets.len(), "octet"));
        sheet.begin(Of::Joined, title, &self.octets);
        let view = View::plain(&self.octets, 0);
        let mut pen = Pen::new(sheet, &view, "apdu", 0);
        apdu::messages(&mut pen, context, Trust::Not);
        pen.rest("not read", "");
    }
}
