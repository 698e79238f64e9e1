//! The 16-bit check sequence of header (HCS) and frame (FCS). Green Book Ed. 8, 8.4.4; RFC 1662, appendix C.
//!
//! A register holds a polynomial of degree 15 at most, bit 0 the highest power, as octets are sent with their low bit
//! first.

use crc::{CRC_16_IBM_SDLC, Crc, Table};

/// The check sequence of `octets`.
pub(crate) fn checksum(octets: &[u8]) -> u16 {
    !run(START, octets)
}

/// The check sequence of the first few of `octets`.
pub(crate) fn checksum_of_first(count: usize, octets: &[u8]) -> u16 {
    match octets.first_chunk() {
        // They take the whole register in, and are summed as one word.
        Some(first) if (2..=8).contains(&count) => !run_word(0, padded(START, count, first).0),
        _ => checksum(octets.get(..count).unwrap_or_default()),
    }
}

/// The check sequence of some octets, their right check sequence, and `octets` behind it.
///
/// Whatever came before, a right check sequence leaves the register at the same value. So the frame check goes on
/// behind a right header check, and no octet is summed twice.
pub(crate) fn checksum_after_check(octets: &[u8]) -> u16 {
    !run(RESIDUE, octets)
}

/// The check sequence of octets that don't lie side by side.
pub(crate) fn checksum_of(mut octets: impl Iterator<Item = u8>) -> u16 {
    let mut register = START;
    // A block at a time: one by one takes four times as long.
    let mut block = [0; 64];
    loop {
        let count = block.iter_mut().zip(octets.by_ref()).map(|(to, octet)| *to = octet).count();
        register = run(register, block.get(..count).unwrap_or_default());
        if count < block.len() {
            return !register;
        }
    }
}

/// The register behind octets and their right check sequence.
pub(crate) const RESIDUE: u16 = 0xF0B8;

pub(crate) const START: u16 = 0xFFFF;

/// `[n][octet]`: the register behind an octet and n octets 0.
static TABLES: [[u16; 256]; 8] = {
    let [a, b, c, d, e, f, g, h, ..] = *Crc::<u16, Table<16>>::new(&CRC_16_IBM_SDLC).table();
    [a, b, c, d, e, f, g, h]
};

/// Every third bit.
const THIRDS: [u32; 3] = [0x4924_9249, 0x9249_2492, 0x2492_4924];

/// x to the power of 8n.
static POWERS: [u16; 2048] = {
    let mut powers = [0; 2048];
    let mut power = 0x8000_u16;
    let mut places: &mut [u16] = &mut powers;
    while let [place, behind @ ..] = places {
        *place = power;
        let mut bits = 0;
        while bits < 8 {
            power = power >> 1 ^ if power & 1 == 1 { 0x8408 } else { 0 };
            bits += 1;
        }
        places = behind;
    }
    powers
};

/// The register behind `octets`.
pub(crate) fn run(register: u16, octets: &[u8]) -> u16 {
    if let Some((head, last)) = octets.split_last_chunk() {
        if let Some(first) = head.first_chunk() {
            return fold(register, first, head, last);
        }
    }
    let (words, odd) = octets.split_at(octets.len() & !7);
    let register = words.chunks_exact(8).fold(register, |register, octets| run_word(register, word(octets)));
    run_octets(register, odd)
}

/// The first of `octets` as a word, behind octets 0 that make eight of them. As these change no register of 0, the register
/// is added to the octets; what of it they are too few for is to be added to what comes behind.
fn padded(register: u16, count: usize, octets: &[u8; 8]) -> (u64, u16) {
    let bits = u32::try_from(count).map_or(u32::MAX, |count| count.wrapping_mul(8));
    let word = u64::from_le_bytes(*octets) ^ u64::from(register);
    let word = word.checked_shl(64_u32.saturating_sub(bits)).unwrap_or_default();
    (word, register.checked_shr(bits).unwrap_or_default())
}

/// The register behind `head`, which begins with `first`, and `last`.
///
/// Polynomials over bits have sparse powers: with P = x¹⁶ + x¹² + x⁵ + 1, P¹⁶ = x²⁵⁶ + x¹⁹² + x⁸⁰ + 1. So a word may be taken away
/// if it is added again 64, 176 and 256 bits further on. The last four words hold the sum of all then,
/// P⁸ = x¹²⁸ + x⁹⁶ + x⁴⁰ + 1 brings it into two, and P⁴ = x⁶⁴ + x⁴⁸ + x²⁰ + 1 into one.
fn fold(register: u16, first: &[u8; 8], head: &[u8], last: &[u8; 32]) -> u16 {
    let odd = head.len() % 8;
    let words = head.get(odd..).unwrap_or_default();
    let (front, carried) = padded(register, odd, first);

    // What is to be added to the next four words.
    let [mut a, mut b, mut c, mut d] = [u64::from(carried) ^ front, front << 48, front >> 16, front];
    let mut move_on = |octets: &[u8]| {
        let word = word(octets) ^ a;
        [a, b, c, d] = [b ^ word, c ^ word << 48, d ^ word >> 16, word];
    };
    // Four at a time, so that none changes its place among the four.
    let fours = words.chunks_exact(32);
    let rest = fours.remainder();
    fours.for_each(|four| four.chunks_exact(8).for_each(&mut move_on));
    rest.chunks_exact(8).for_each(&mut move_on);
    let mut words = last.chunks_exact(8).map(word);
    let [mut a, mut b, mut c, mut d] = [a, b, c, d].map(|sum| sum ^ words.next().unwrap_or_default());
    a ^= a << 32;
    b ^= a >> 32 ^ a << 24;
    c ^= a >> 40 ^ a;
    b ^= b << 32;
    c ^= b >> 32 ^ b << 24;
    d ^= b >> 40 ^ b;
    c ^= c << 16 ^ c << 44;
    c ^= c << 32;
    d ^= c >> 48 ^ c >> 20 ^ c;
    run_word(0, d)
}

/// Eight octets, the first in the low bits.
pub(crate) fn word(octets: &[u8]) -> u64 {
    octets.first_chunk().map_or(0, |octets| u64::from_le_bytes(*octets))
}

/// The register behind `octets` octets 0 more, 2,047 at most: its product with a power of x.
pub(crate) fn shifted(register: u16, octets: usize) -> u16 {
    let power = POWERS.get(octets).copied().unwrap_or_default();
    // Without carries: integer products of numbers that have every third bit only, so that no sum of six bits reaches
    // the next of them.
    let [x, y, z] = THIRDS;
    let [[a0, a1, a2], [b0, b1, b2]] =
        [register, power].map(|number| THIRDS.map(|third| u32::from(number) & third));
    let product = (a0.wrapping_mul(b0) ^ a1.wrapping_mul(b2) ^ a2.wrapping_mul(b1)) & x
        | (a0.wrapping_mul(b1) ^ a1.wrapping_mul(b0) ^ a2.wrapping_mul(b2)) & y
        | (a0.wrapping_mul(b2) ^ a1.wrapping_mul(b1) ^ a2.wrapping_mul(b0)) & z;
    let [over, next, low, high] = (product << 1).to_le_bytes();
    let [zero, one, ..] = &TABLES;
    u16::from_le_bytes([low, high]) ^ entry(one, over) ^ entry(zero, next)
}

/// The register behind eight octets.
pub(crate) fn run_word(register: u16, word: u64) -> u16 {
    let octets = (word ^ u64::from(register)).to_le_bytes();
    octets.iter().zip(TABLES.iter().rev()).fold(0, |sum, (octet, table)| sum ^ entry(table, *octet))
}

/// The register behind a few octets.
pub(crate) fn run_octets(register: u16, octets: &[u8]) -> u16 {
    let [table, ..] = &TABLES;
    octets.iter().fold(register, |register, octet| {
        let [low, high] = register.to_le_bytes();
        u16::from(high) ^ entry(table, low ^ octet)
    })
}

fn entry(table: &[u16; 256], octet: u8) -> u16 {
    table.get(usize::from(octet)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use std::vec::Vec;

    #[test]
    fn check_values() {
        assert_eq!(checksum(b"123456789"), 0x906E);
        assert_eq!(checksum(b"\x03\x3F"), 0xEC5B); // Green Book
        assert_eq!(checksum_of(b"123456789".iter().copied()), 0x906E);
    }

    #[test]
    fn going_on_behind_a_right_check_equals_summing_all() {
        let mut octets = b"\xA0\x27\x01\x02\x01\x10".to_vec();
        octets.extend(checksum(&octets).to_le_bytes());
        assert_eq!(checksum_after_check(b""), checksum(&octets));
        octets.extend(b"\xE6\xE7\x00~}~");
        assert_eq!(checksum_after_check(b"\xE6\xE7\x00~}~"), checksum(&octets));
    }

    #[test]
    fn agrees_with_the_bitwise_definition() {
        let octets: Vec<u8> =
            (0..=255).cycle().map(|n: u8| n.wrapping_mul(151) ^ n >> 3).take(2100).collect();
        for length in 0..octets.len() {
            assert_eq!(checksum(&octets[..length]), sample::fcs(&octets[..length]), "{length} octets");
        }
    }
}
