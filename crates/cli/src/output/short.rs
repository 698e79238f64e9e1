//! Short numbers as text, many octets at a time.

use amshan::Decimal;

/// A number with at most eight digits and no sign, as most are.
#[derive(Clone, Copy)]
pub(super) struct Short {
    /// Its digits as text, the first in the lowest octet.
    digits: u64,
    /// How many there are, and how many of them stand behind the point.
    length: u8,
    places: u8,
}

impl Short {
    /// Room for all that is written at once, of which the number is the first octets.
    pub(super) const SPACE: usize = 16;

    /// `None`: it has a sign, more digits, or more than seven places or three zeros by its exponent.
    #[inline(always)]
    pub(super) fn of(number: Decimal) -> Option<Self> {
        let (places, magnitude) = match number.exponent() {
            places @ -7..=0 => (places.unsigned_abs(), number.magnitude()),
            1 => (0, number.magnitude().checked_mul(10)?),
            2 => (0, number.magnitude().checked_mul(100)?),
            3 => (0, number.magnitude().checked_mul(1000)?),
            _ => return None,
        };
        if magnitude >= 100_000_000 || number.is_negative() {
            return None;
        }
        // Two fours of digits, four pairs, eight digits, the first in the lowest octet. Divisions are products.
        let fours = (magnitude / 10_000) | (magnitude % 10_000) << 32;
        let high = (fours.wrapping_mul(10_486) >> 20) & 0x7F_0000_007F;
        let pairs = high | fours.wrapping_sub(high.wrapping_mul(100)) << 16;
        let high = (pairs.wrapping_mul(103) >> 10) & 0x000F_000F_000F_000F;
        let digits = high | pairs.wrapping_sub(high.wrapping_mul(10)) << 8;
        // Zeros in front say nothing, but for one before the point.
        let zeros = (digits.trailing_zeros() / 8).min(7u32.wrapping_sub(places.into()));
        let digits = (digits | 0x3030_3030_3030_3030) >> (zeros.wrapping_mul(8) & 63);
        Some(Self { digits, length: 8u8.wrapping_sub(u8::try_from(zeros).ok()?), places })
    }

    /// Writes it, and says how many octets it takes.
    #[inline(always)]
    pub(super) fn put(self, space: &mut [u8; Self::SPACE]) -> usize {
        let Self { digits, length, places } = self;
        if let Some(all) = space.first_chunk_mut() {
            *all = digits.to_le_bytes();
        }
        if places == 0 {
            return length.into();
        }
        // At most seven digits stand before a point, and those behind it are written once more.
        let whole = length.wrapping_sub(places) & 7;
        if let Some([point, rest @ ..]) = space.get_mut(usize::from(whole)..) {
            *point = b'.';
            if let Some(rest) = rest.first_chunk_mut() {
                *rest = digits.wrapping_shr(u32::from(whole).wrapping_mul(8)).to_le_bytes();
            }
        }
        usize::from(length).wrapping_add(1)
    }
}
