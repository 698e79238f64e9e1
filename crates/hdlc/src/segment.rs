//! Which frames belong together.

use crate::address::Address;
use crate::frame::Frame;
use crate::llc::strip_llc;

/// Follows messages that were cut in several frames (the S bit), without touching an octet.
///
/// UI frames have no number, so a frame lost in the middle can't be seen here: whoever joins the pieces must check
/// that the whole decodes to exactly its length. When a frame was damaged, when the line paused, or when the pieces
/// become too many, call [`cancel`](Self::cancel).
///
/// ```
/// # use amshan_hdlc::{Part, Placed, Series, frames};
/// let octets = b"\x7E\xA8\x18\x01\x02\x01\x13\xB4\x2A\xE6\xE7\x00\x0F\x00\x00\x00\x01\x00\x02\x04\x09\x06\x01\x60\xF7\
///     \x7E\xA8\x16\x01\x02\x01\x13\x0C\x4B\x00\x01\x07\x00\xFF\x06\x00\x00\x15\x7E\x09\x06\xF1\x1D\
///     \x7E\xA0\x13\x01\x02\x01\x13\x00\x4C\x01\x00\x20\x07\x00\xFF\x12\x08\xFC\xA7\x3B\x7E";
/// let mut series = Series::new();
/// let parts: Vec<Part> = frames(octets).map(|frame| Ok(series.place(&frame?).part)).collect::<Result<_, _>>()?;
/// assert_eq!(parts, [Part::First, Part::Middle, Part::Last]);
/// # Ok::<(), amshan_hdlc::Gap>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Series {
    open: Option<(Address, Address)>,
}

/// Where a frame belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Its part of a message.
    pub part: Part,
    /// Whether the pieces before it belong to a message that will not be whole, and why.
    pub dropped: Option<Dropped>,
}

/// A part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// None: the frame has no information field. An open series stays open.
    Nothing,
    /// All of it.
    Whole,
    /// The first piece.
    First,
    /// A piece that is neither first nor last.
    Middle,
    /// The last piece.
    Last,
}

/// Why an open series will not be whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dropped {
    /// A frame came with other addresses.
    Addresses,
    /// A frame came that starts a message: an LLC header, and the tag of an APDU.
    Restart,
}

impl Series {
    /// No series is open.
    pub const fn new() -> Self {
        Self { open: None }
    }

    /// Places the next frame.
    pub fn place(&mut self, frame: &Frame<'_>) -> Placed {
        if frame.information().is_empty() {
            return Placed { part: Part::Nothing, dropped: None };
        }
        let addresses = (frame.destination(), frame.source());
        let dropped = match self.open {
            Some(open) if open != addresses => Some(Dropped::Addresses),
            Some(_) if starts_message(frame.information()) => Some(Dropped::Restart),
            _ => None,
        };
        let continues = self.open.is_some() && dropped.is_none();
        self.open = frame.segmented().then_some(addresses);
        let part = match (continues, frame.segmented()) {
            (false, false) => Part::Whole,
            (false, true) => Part::First,
            (true, true) => Part::Middle,
            (true, false) => Part::Last,
        };
        Placed { part, dropped }
    }

    /// Whether pieces wait for more.
    pub const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Gives the open series up. Returns whether there was one.
    pub const fn cancel(&mut self) -> bool {
        self.open.take().is_some()
    }
}

/// Whether octets can hardly be the middle of a message: an LLC header and the tag of an APDU that meters push.
const fn starts_message(information: &[u8]) -> bool {
    matches!(strip_llc(information), (Some(_), [0x0F | 0xC2 | 0xDB..=0xDD | 0xDF | 0xE0, ..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, SNRM, hex};

    const OURS: &[u8] = &[2, 1];
    const OTHER: &[u8] = &[2, 3];

    #[test]
    fn series() {
        use Part::*;
        let start = &b"\xE6\xE7\x00\x0F\x01"[..];
        let chance = &b"\xE6\xE7\x00\x55"[..];
        let data = &b"\x09\x06"[..];
        let addresses = Some(Dropped::Addresses);
        let restart = Some(Dropped::Restart);
        // S, source, information, part, dropped: one story
        let table = [
            (false, OURS, start, Whole, None),
            (false, OURS, data, Whole, None),
            (true, OURS, start, First, None),
            (true, OURS, chance, Middle, None),
            (false, OURS, data, Last, None),
            (true, OURS, start, First, None),
            (true, OURS, b"", Nothing, None),
            (false, OURS, data, Last, None),
            (true, OURS, start, First, None),
            (true, OTHER, data, First, addresses),
            (false, OURS, start, Whole, addresses),
            (true, OURS, start, First, None),
            (true, OURS, start, First, restart),
            (false, OURS, start, Whole, restart),
            (false, OURS, data, Whole, None),
        ];
        let mut series = Series::new();
        for (line, (segmented, source, information, part, dropped)) in table.into_iter().enumerate() {
            let octets = sample::frame(segmented, &[1], source, 0x13, Some(information));
            let (frame, _) = Frame::parse_prefix(&octets).unwrap();
            assert_eq!(series.place(&frame), Placed { part, dropped }, "line {line}");
        }
    }

    #[test]
    fn what_is_cancelled_is_forgotten() {
        let octets = sample::frame(true, &[1], OURS, 0x13, Some(b"x"));
        let (segment, _) = Frame::parse_prefix(&octets).unwrap();
        let octets = hex(SNRM);
        let (snrm, _) = Frame::parse_prefix(&octets).unwrap();
        let mut series = Series::new();
        assert!(!series.cancel());
        series.place(&segment);
        assert_eq!(series.place(&snrm).part, Part::Nothing);
        assert!(series.is_open());
        assert!(series.cancel());
        assert_eq!(series.place(&segment).part, Part::First);
    }
}
