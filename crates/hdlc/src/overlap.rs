//! Sums of stretches that overlap.

use core::ops::Range;

use crate::fcs;

/// Sums the stretches that frames may be, no octet more than three times, however many of them it lies in.
///
/// Right headers inside one another, none of them a frame, could make a reader sum each octet 256 times. But with r(i)
/// the register behind all octets up to number i, the register behind those from s to e is
///
/// ```text
/// x^8(e − s) · (register before them + r(s)) + r(e)
/// ```
///
/// so that two registers and one product give it. Every eighth register is kept, as far back as the longest frame.
#[derive(Debug, Clone)]
pub(crate) struct Overlaps {
    /// The end of the last stretch that was summed by itself.
    summed: u64,
    /// Which registers are kept: those behind so many times eight octets.
    first: u64,
    last: u64,
    registers: [u16; KEPT],
}

/// So many times eight octets lie between the ends of the longest information field.
const KEPT: usize = 256;

impl Overlaps {
    pub(crate) const fn new() -> Self {
        Self { summed: 0, first: 0, last: 0, registers: [0; KEPT] }
    }

    /// The check sequence of a header, its right check sequence, and the octets of `information`. That is a range of
    /// `input`, whose first octet is number `at` of the stream, with eight octets or more in front of it.
    pub(crate) fn checksum_after_check(&mut self, input: &[u8], at: u64, information: Range<usize>) -> u16 {
        let [start, end] = [information.start, information.end].map(|place| at.wrapping_add(place as u64));
        if start >= self.summed {
            self.summed = end;
            return fcs::checksum_after_check(input.get(information).unwrap_or_default());
        }
        self.overlap(input, at, information)
    }

    /// The same for octets that were summed before. Not a part of its caller, where all it needs would be made ready for
    /// each frame.
    #[inline(never)]
    fn overlap(&mut self, input: &[u8], at: u64, information: Range<usize>) -> u16 {
        let start = at.wrapping_add(information.start as u64);
        // What was summed before can't have been a frame: expect more such.
        self.keep(start / 8, input.get(..information.end).unwrap_or_default(), at);
        let before = fcs::RESIDUE ^ self.register(input, at, information.start);
        !(fcs::shifted(before, information.len()) ^ self.register(input, at, information.end))
    }

    /// Keeps the registers from number `first` to the end of `octets`, which begin at number `at` of the stream.
    fn keep(&mut self, first: u64, octets: &[u8], at: u64) {
        if !(self.first..=self.last).contains(&first) {
            (self.first, self.last) = (first, first);
            self.put(first, 0);
        }
        let summed = usize::try_from(self.last.wrapping_mul(8).wrapping_sub(at)).unwrap_or(usize::MAX);
        let mut register = self.kept(self.last);
        for octets in octets.get(summed..).unwrap_or_default().chunks_exact(8) {
            register = fcs::run_word(register, fcs::word(octets));
            self.last = self.last.wrapping_add(1);
            self.put(self.last, register);
        }
    }

    /// The register behind the octets of the stream before this place of the input.
    fn register(&self, input: &[u8], at: u64, place: usize) -> u16 {
        let number = at.wrapping_add(place as u64);
        let [low, ..] = number.to_le_bytes();
        let octets = input.get(place.wrapping_sub(usize::from(low % 8))..place).unwrap_or_default();
        fcs::run_octets(self.kept(number / 8), octets)
    }

    fn kept(&self, number: u64) -> u16 {
        self.registers.get(place(number)).copied().unwrap_or_default()
    }

    fn put(&mut self, number: u64, register: u16) {
        if let Some(kept) = self.registers.get_mut(place(number)) {
            *kept = register;
        }
    }
}

/// Where a register is kept: its number modulo 256.
fn place(number: u64) -> usize {
    let [place, ..] = number.to_le_bytes();
    place.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn agrees_with_the_sum_of_each_stretch() {
        let stream: Vec<u8> = (0..20_000_u32).map(|n| (n.wrapping_mul(n) >> 5) as u8).collect();
        // How far one header stands behind another, and how long the frames are that they announce.
        for (step, longest) in
            [(8, 2038), (9, 2038), (11, 300), (64, 2038), (1, 40), (8, 7), (500, 2038), (3000, 100)]
        {
            let mut overlaps = Overlaps::new();
            for at in (0..stream.len() - 3000).step_by(step) {
                let length = at * 7919 % longest + 1;
                // The search shows the scanner what it has from the candidate on, or more.
                let input = &stream[at..];
                let found = overlaps.checksum_after_check(input, at as u64, 8..8 + length);
                assert_eq!(
                    found,
                    fcs::checksum_after_check(&input[8..8 + length]),
                    "{length} octets at {at}"
                );
            }
        }
    }
}
