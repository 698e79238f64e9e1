//! Which telegrams belong together.

use crate::telegram::Telegram;

/// Follows messages that were cut in several telegrams, without touching an octet.
///
/// When a frame was damaged, when the line paused, or when the pieces become too many, call
/// [`cancel`](Self::cancel). The joined message has a length of its own, which is the final check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Series {
    open: Option<Open>,
}

/// Where a telegram belongs.
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
    /// All of it.
    Whole,
    /// The first piece.
    First,
    /// A piece that is neither first nor last.
    Middle,
    /// The last piece.
    Last,
    /// A piece of a message whose earlier pieces are missing: of no use.
    Stray,
}

/// Why an open series will not be whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dropped {
    /// Piece 0 came: a new message.
    Restart,
    /// A piece is missing.
    Sequence {
        /// The number that should have come.
        expected: u8,
        /// The number that came.
        found: u8,
    },
    /// A telegram came with other STSAP or DTSAP.
    Addresses,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Open {
    source: u8,
    destination: u8,
    expected: u8,
}

impl Series {
    /// No series is open.
    pub const fn new() -> Self {
        Self { open: None }
    }

    /// Places the next telegram.
    pub fn place(&mut self, telegram: &Telegram<'_>) -> Placed {
        let found = telegram.sequence();
        let (source, destination) = (telegram.source(), telegram.destination());
        let open = self.open.take();
        let dropped = match open {
            Some(_) if found == 0 => Some(Dropped::Restart),
            Some(open) if (open.source, open.destination) != (source, destination) => {
                Some(Dropped::Addresses)
            }
            Some(Open { expected, .. }) if expected != found => Some(Dropped::Sequence { expected, found }),
            _ => None,
        };
        let continues = open.is_some() && dropped.is_none();
        let part = match (found, continues, telegram.last()) {
            (0, _, true) => Part::Whole,
            (0, _, false) => Part::First,
            (_, true, false) => Part::Middle,
            (_, true, true) => Part::Last,
            (_, false, _) => Part::Stray,
        };
        if matches!(part, Part::First | Part::Middle) {
            self.open = Some(Open { source, destination, expected: found.saturating_add(1) });
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series() {
        use Part::*;
        let restart = Some(Dropped::Restart);
        let sequence = |expected, found| Some(Dropped::Sequence { expected, found });
        // CI, DTSAP, part, dropped: one story
        let table = [
            (0x10, 103, Whole, None),
            (0x00, 103, First, None),
            (0x11, 103, Last, None),
            (0x00, 103, First, None),
            (0x01, 103, Middle, None),
            (0x12, 103, Last, None),
            (0x11, 103, Stray, None),
            (0x02, 103, Stray, None),
            (0x00, 103, First, None),
            (0x12, 103, Stray, sequence(1, 2)),
            (0x13, 103, Stray, None),
            (0x00, 103, First, None),
            (0x01, 103, Middle, None),
            (0x01, 103, Stray, sequence(2, 1)),
            (0x12, 103, Stray, None),
            (0x00, 103, First, None),
            (0x11, 102, Stray, Some(Dropped::Addresses)),
            (0x00, 103, First, None),
            (0x00, 103, First, restart),
            (0x10, 102, Whole, restart),
        ];
        let mut series = Series::new();
        for (line, (control_information, destination, part, dropped)) in table.into_iter().enumerate() {
            let data = [1, destination, 0x0F];
            let telegram = Telegram::new(control_information, &data).unwrap();
            assert_eq!(series.place(&telegram), Placed { part, dropped }, "line {line}");
        }
        assert!(!series.cancel());
    }

    #[test]
    fn a_series_has_at_most_sixteen_pieces() {
        let mut series = Series::new();
        for number in 0..16 {
            let part = series.place(&Telegram::new(number, &[1, 103]).unwrap()).part;
            assert_eq!(part, if number == 0 { Part::First } else { Part::Middle });
        }
        let placed = series.place(&Telegram::new(0, &[1, 103]).unwrap());
        assert_eq!(placed, Placed { part: Part::First, dropped: Some(Dropped::Restart) });
        assert!(series.is_open());
        assert!(series.cancel());
        assert_eq!(series.place(&Telegram::new(1, &[1, 103]).unwrap()).part, Part::Stray);
    }
}
