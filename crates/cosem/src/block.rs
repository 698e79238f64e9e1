//! general-block-transfer: an application message cut in numbered blocks.

use crate::error::Error;
use crate::parse;

/// One block (DLMS UA 1000-2, 9.4.6.13):
///
/// ```text
/// E0 | block-control (1) | block-number (2) | block-number-ack (2) | block-data: octet-string
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// block-control: bit 7 the last block, bit 6 streaming, bits 5–0 the window.
    pub control: u8,
    /// Its number; the first has 1.
    pub number: u16,
    /// The number of the block that it acknowledges; 0 in pushes.
    pub acknowledged: u16,
    /// Its piece of the message.
    pub data: &'a [u8],
}

impl<'a> Block<'a> {
    /// Reads the block that an application message is, and returns what stands behind it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoApdu`](crate::ErrorKind::NoApdu) if it is none, and what is wrong with its lengths.
    pub fn parse(message: &'a [u8]) -> Result<(Self, &'a [u8]), Error> {
        match parse::block(message) {
            Ok((rest, block)) => Ok((block, rest)),
            Err(error) => Err(Error::locate(message, error)),
        }
    }

    /// Whether it is the last one.
    pub const fn last(&self) -> bool {
        self.control & 0x80 != 0
    }
}

/// Follows a message through its blocks, without touching an octet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BlockSeries {
    next: Option<u16>,
}

/// Where a block belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedBlock {
    /// Its part of the message; `None`: of none, because the blocks before it are missing.
    pub part: Option<BlockPart>,
    /// The number that was to come, if the blocks so far belong to a message that will not be whole.
    pub dropped: Option<u16>,
}

/// A part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockPart {
    /// All of it.
    Whole,
    /// The first piece.
    First,
    /// A piece that is neither first nor last.
    Middle,
    /// The last piece.
    Last,
}

impl BlockSeries {
    /// No series is open.
    pub const fn new() -> Self {
        Self { next: None }
    }

    /// Places the next block. Block 1 always starts a message; any other must have the number that is to come.
    pub fn place(&mut self, block: &Block<'_>) -> PlacedBlock {
        let expected = self.next.take();
        let continues = expected == Some(block.number);
        let part = match (continues, block.number, block.last()) {
            (true, _, true) => Some(BlockPart::Last),
            (true, _, false) => Some(BlockPart::Middle),
            (false, 1, true) => Some(BlockPart::Whole),
            (false, 1, false) => Some(BlockPart::First),
            (false, ..) => None,
        };
        self.next = part.filter(|_| !block.last()).map(|_| block.number.wrapping_add(1));
        PlacedBlock { part, dropped: expected.filter(|_| !continues) }
    }

    /// Whether blocks wait for more.
    pub const fn is_open(&self) -> bool {
        self.next.is_some()
    }

    /// Gives the open series up. Returns whether there was one.
    pub const fn cancel(&mut self) -> bool {
        self.next.take().is_some()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::error::ErrorKind;
    use std::vec::Vec;

    #[test]
    fn a_block_is_read_with_its_octets() {
        let message = [0xE0, 0xC0, 0, 3, 0, 0, 2, 0xAA, 0xBB, 0xCC];
        let (block, rest) = Block::parse(&message).unwrap();
        assert_eq!((block.number, block.last(), block.data, rest), (3, true, &message[7..9], &message[9..]));
        for (end, kind, offset) in [
            (0, ErrorKind::Truncated { missing: 1 }, 0),
            (5, ErrorKind::Truncated { missing: 1 }, 4),
            (6, ErrorKind::Truncated { missing: 1 }, 6),
            (8, ErrorKind::Truncated { missing: 1 }, 7),
        ] {
            assert_eq!(Block::parse(&message[..end]), Err(Error { kind, offset }), "{end}");
        }
        assert_eq!(Block::parse(&[0x0F]), Err(Error { kind: ErrorKind::NoApdu(0x0F), offset: 0 }));
    }

    #[test]
    fn lost_and_swapped_blocks_cost_their_message_only() {
        let parts = |numbers: &[(u16, bool)]| {
            let mut series = BlockSeries::new();
            let place = |&(number, last)| {
                let control = if last { 0xC0 } else { 0x40 };
                let placed = series.place(&Block { control, number, acknowledged: 0, data: &[] });
                (placed.part, placed.dropped)
            };
            numbers.iter().map(place).collect::<Vec<_>>()
        };
        let (first, middle, last) = (Some(BlockPart::First), Some(BlockPart::Middle), Some(BlockPart::Last));
        assert_eq!(
            parts(&[(1, false), (2, false), (3, true)]),
            [(first, None), (middle, None), (last, None)]
        );
        assert_eq!(parts(&[(1, true)]), [(Some(BlockPart::Whole), None)]);
        assert_eq!(
            parts(&[(1, false), (3, true), (1, false), (2, true)]),
            [(first, None), (None, Some(2)), (first, None), (last, None)]
        );
        assert_eq!(
            parts(&[(1, false), (3, false), (2, false), (4, true)]),
            [(first, None), (None, Some(2)), (None, None), (None, None)]
        );
        assert_eq!(
            parts(&[(1, false), (1, false), (2, true)]),
            [(first, None), (first, Some(2)), (last, None)]
        );
        assert_eq!(parts(&[(2, false), (3, true)]), [(None, None), (None, None)]);
    }
}
