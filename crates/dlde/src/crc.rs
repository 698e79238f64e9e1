//! The checksum behind the end mark: CRC-16/ARC, and CRC-16/X-25 for meters that are said to send that one.
//!
//! Both are sums without memory of what came before: register and octet give the next register, and the next
//! register and the octet give the register back. So a checksum can be run backwards, from what the meter wrote to
//! where the register is as at the start; that finds the start of a readout in one pass.

use core::cell::Cell;

use crc::{CRC_16_ARC, CRC_16_IBM_SDLC, Crc, Table};

/// The checksum of some octets whose checksum is `sum` (0 for none), and `octets` behind them.
pub(crate) fn checksum(sum: u16, octets: &[u8]) -> u16 {
    if octets.len() > BLOCK / 2 { fold(sum, octets) } else { run(sum, octets) }
}

/// The checksum that P1 readouts have behind their end mark: CRC-16/ARC of all from `/` to `!`.
pub fn checksum_arc(octets: &[u8]) -> u16 {
    checksum(0, octets)
}

/// The checksum of `octets` by CRC-16/X-25.
pub(crate) fn checksum_x25(octets: &[u8]) -> u16 {
    X25.checksum(octets)
}

/// A checksum that is run backwards.
pub(crate) struct Backwards {
    register: u16,
    start: u16,
    table: &'static [u16; 256],
}

impl Backwards {
    /// From the checksum `found`.
    pub(crate) const fn arc(found: u16) -> Self {
        Self { register: found, start: 0, table: &ARC_BACK }
    }

    /// From the checksum `found` of CRC-16/X-25.
    pub(crate) const fn x25(found: u16) -> Self {
        Self { register: !found, start: 0xFFFF, table: &X25_BACK }
    }

    /// Takes the last octet away. Returns whether what was taken away so far has the checksum.
    pub(crate) fn take_away(&mut self, octet: u8) -> bool {
        let [high, low] = self.register.to_be_bytes();
        let [fed_high, fed_low] =
            self.table.get(usize::from(high)).copied().unwrap_or_default().to_be_bytes();
        self.register = u16::from_be_bytes([low ^ fed_high, fed_low ^ octet]);
        self.register == self.start
    }
}

/// Octets that are folded at once.
const BLOCK: usize = 240;

/// The same for many octets, without a table for most of them.
///
/// ARC's polynomial is (x + 1) Q with Q = x¹⁵ + x + 1, and polynomials over bits have sparse powers:
/// Q¹²⁸ = x¹⁹²⁰ + x¹²⁸ + 1. So for the remainder by Q, an octet may be taken away if it is added again 224 and 240 octets
/// further on; with Q⁶⁴, 112 and 120 octets. The last 60 octets hold the sum of all then. The remainder by x + 1 is the
/// parity of all bits, which the sum has as well; where it got lost, Q with its three terms sets it right.
fn fold(sum: u16, octets: &[u8]) -> u16 {
    // The sum is added to the first two of the odd octets, so there must be two.
    let (sum, octets) = match octets {
        [first, rest @ ..] if rest.len() % BLOCK == 0 => (run_octet(sum, *first), rest),
        _ => (sum, octets),
    };
    let odd = (octets.len().saturating_sub(1) % BLOCK).saturating_add(1);
    let (odd, blocks) = octets.split_at(odd);
    let mut sums = [0; BLOCK];
    // Octets 0 in front change nothing.
    if let Some(place) = sums.get_mut(BLOCK.saturating_sub(odd.len())..) {
        place.copy_from_slice(odd);
        if let Some(first) = place.first_chunk_mut() {
            *first = (u16::from_le_bytes(*first) ^ sum).to_le_bytes();
        }
    }
    let mut all = [0; 80];
    take_in(&mut all, &sums);
    take_in(&mut all, blocks);
    let cells = Cell::from_mut(&mut sums[..]).as_slice_of_cells();
    let mut rest = blocks;
    while let Some((block, behind)) = rest.split_first_chunk::<BLOCK>() {
        add::<BLOCK>(cells, block.iter().copied());
        rest = behind;
    }
    let (cells, behind) = cells.split_at(120);
    add::<120>(cells, behind.iter().map(Cell::get));
    let (cells, behind) = cells.split_at(60);
    add::<60>(cells, behind.iter().map(Cell::get));

    let folded = run_word(0, fold_words(sums.first_chunk().unwrap_or(&[0; 60])));
    let all = all.chunks_exact(8).fold(u64::from(folded), |all, octets| all ^ word(octets));
    folded ^ if all.count_ones() % 2 == 0 { 0 } else { 0xC001 }
}

/// The same, word by word: by Q⁴ = x⁶⁰ + x⁴ + 1, 64 bits may be taken away if they are added again 56 and 60 bits further
/// on. The first bit of a word is its lowest.
fn fold_words(octets: &[u8; 60]) -> u64 {
    let (first, words) = octets.split_at(4);
    let first = first.first_chunk().map_or(0, |octets| u64::from(u32::from_le_bytes(*octets)) << 32);
    words.chunks_exact(8).map(word).fold(first, |sum, word| {
        // What would reach beyond the next word is taken away once more.
        let sum = sum ^ (sum ^ sum << 4) << 56;
        (sum ^ sum >> 4) >> 4 ^ word
    })
}

/// Adds all octets up, in 80 sums.
fn take_in(sums: &mut [u8; 80], octets: &[u8]) {
    for octets in octets.chunks_exact(80) {
        sums.iter_mut().zip(octets).for_each(|(sum, octet)| *sum ^= octet);
    }
}

/// Takes N octets away and adds them to as many behind them: Q to the power of 8N / 15. Leaves the sums in their place.
fn add<const N: usize>(octets: &[Cell<u8>], behind: impl Iterator<Item = u8>) {
    let (front, last) = octets.split_at(N.saturating_sub(N / 15));
    let (first, next) = octets.split_at(N / 15);
    let mut behind = behind;
    last.iter().zip(first).for_each(|(last, first)| last.set(last.get() ^ first.get()));
    for ((octet, next), behind) in front.iter().zip(next).zip(behind.by_ref()) {
        octet.set(octet.get() ^ next.get() ^ behind);
    }
    last.iter().zip(behind).for_each(|(last, behind)| last.set(last.get() ^ behind));
}

/// The same by tables.
fn run(sum: u16, octets: &[u8]) -> u16 {
    let words = octets.chunks_exact(8);
    let odd = words.remainder();
    let sum = words.fold(sum, |sum, octets| run_word(sum, word(octets)));
    odd.iter().fold(sum, |sum, octet| run_octet(sum, *octet))
}

/// Eight octets, the first in the low bits.
fn word(octets: &[u8]) -> u64 {
    octets.first_chunk().map_or(0, |octets| u64::from_le_bytes(*octets))
}

fn run_word(sum: u16, word: u64) -> u16 {
    let octets = (word ^ u64::from(sum)).to_le_bytes();
    octets.iter().zip(TABLES.iter().rev()).fold(0, |sum, (octet, table)| sum ^ entry(table, *octet))
}

fn run_octet(sum: u16, octet: u8) -> u16 {
    let [low, high] = sum.to_le_bytes();
    let [table, ..] = &TABLES;
    u16::from(high) ^ entry(table, low ^ octet)
}

fn entry(table: &[u16; 256], octet: u8) -> u16 {
    table.get(usize::from(octet)).copied().unwrap_or_default()
}

/// `[n][octet]`: the sum of an octet and n octets 0.
static TABLES: [[u16; 256]; 8] = {
    let [a, b, c, d, e, f, g, h, ..] = *Crc::<u16, Table<16>>::new(&CRC_16_ARC).table();
    [a, b, c, d, e, f, g, h]
};
static X25: Crc<u16, Table<1>> = Crc::<u16, Table<1>>::new(&CRC_16_IBM_SDLC);

static ARC_BACK: [u16; 256] = backwards(0xA001);
static X25_BACK: [u16; 256] = backwards(0x8408);

/// For each upper octet of a register, what eight steps backwards make of it. `polynomial` is the reflected one.
#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "runs at compile time only")]
const fn backwards(polynomial: u16) -> [u16; 256] {
    let mut table = [0; 256];
    let mut upper = 0;
    while upper < 256u16 {
        let mut register = upper << 8;
        let mut step = 0;
        while step < 8 {
            // Forwards, a set lowest bit is shifted out and the polynomial added, whose highest bit is set.
            register =
                if register & 0x8000 == 0 { register << 1 } else { ((register ^ polynomial) << 1) | 1 };
            step += 1;
        }
        table[upper as usize] = register;
        upper += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn check_values() {
        assert_eq!(checksum(0, b"123456789"), 0xBB3D);
        assert_eq!(checksum_x25(b"123456789"), 0x906E);
        assert_eq!(checksum(checksum(0, b"1234"), b"56789"), 0xBB3D);
        assert_eq!(sample::crc(b"123456789", 0xA001, 0, 0), 0xBB3D);
    }

    #[test]
    fn agrees_with_the_bitwise_definition() {
        let octets: std::vec::Vec<u8> =
            (0..=255).cycle().map(|n: u8| n.wrapping_mul(151) ^ n >> 3).take(1100).collect();
        for sum in [0, 1, 0xB5C6] {
            for length in 0..octets.len() {
                let octets = &octets[..length];
                assert_eq!(checksum(sum, octets), sample::crc(octets, 0xA001, sum, 0), "{length} octets");
            }
        }
    }

    #[test]
    fn backwards_ends_where_forwards_began() {
        let octets: std::vec::Vec<u8> = (0..=255).cycle().take(600).map(|octet: u8| octet ^ 0x5A).collect();
        for length in 1..octets.len() {
            let octets = &octets[..length];
            let mut arc = Backwards::arc(checksum(0, octets));
            let mut x25 = Backwards::x25(checksum_x25(octets));
            let arc = octets.iter().rev().map(|octet| arc.take_away(*octet)).last();
            let x25 = octets.iter().rev().map(|octet| x25.take_away(*octet)).last();
            assert_eq!((arc, x25), (Some(true), Some(true)), "{length}");
        }
    }
}
