//! Decimal digits, up to eight at a time.

/// How many digits a number has that is written as most are: up to eight, and perhaps a point and up to four more.
///
/// Where the numbers of many texts stand at the same place and have as many digits, these need to be found once only:
/// [`Decimal::of_digits`](crate::Decimal::of_digits).
///
/// ```
/// use amshan_quantity::{Decimal, Digits};
///
/// let digits = Digits::of(b"0011.283*kW)").unwrap();
/// assert_eq!(digits.length(), 8);
/// assert_eq!(Decimal::of_digits(b"0007.500*kW)", digits).unwrap().to_string(), "7.500");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digits {
    whole: u8,
    places: u8,
}

impl Digits {
    /// Those at the start of `text`. `None`: there is no digit, none behind the point, or too few octets behind them for
    /// eight and four to be read at once.
    pub fn of(text: &[u8]) -> Option<Self> {
        let (_, whole) = up_to_eight(text)?;
        let places = match text.get(usize::from(whole)..)? {
            [b'.', behind @ ..] => up_to_four(behind)?.1,
            _ => 0,
        };
        Some(Self { whole, places })
    }

    /// How many octets they take, with the point.
    pub const fn length(self) -> usize {
        let point = (self.places > 0) as usize;
        (self.whole as usize).saturating_add(point).saturating_add(self.places as usize)
    }

    /// The digits of a text, without the point, and the exponent. Octets that are no digits make some number.
    #[inline(always)]
    pub(crate) fn read(self, text: &[u8]) -> Option<(u64, i8)> {
        let whole = eight(u64::from_le_bytes(*text.first_chunk()?) ^ ZEROS, self.whole);
        if self.places == 0 {
            return Some((whole, 0));
        }
        let behind = text.get(usize::from(self.whole).wrapping_add(1)..)?;
        let below = four(u32::from_le_bytes(*behind.first_chunk()?) ^ FOUR_ZEROS, self.places);
        joined(whole, below, self.places)
    }
}

/// The number at the start of `text`, of one digit to eight, and how many they are. `None`: there is no digit, or there
/// are no eight octets.
#[inline(always)]
pub(crate) fn up_to_eight(text: &[u8]) -> Option<(u64, u8)> {
    let octets = u64::from_le_bytes(*text.first_chunk()?) ^ ZEROS;
    // Octets that are no digits have their high bit set.
    let others = (octets | octets.wrapping_add(EACH * 0x76)) & (EACH * 0x80);
    let [count, ..] = (others.trailing_zeros() / 8).to_le_bytes();
    (count > 0).then(|| (eight(octets, count), count))
}

/// The same of one digit to four.
#[inline(always)]
pub(crate) fn up_to_four(text: &[u8]) -> Option<(u64, u8)> {
    let octets = u32::from_le_bytes(*text.first_chunk()?) ^ FOUR_ZEROS;
    let others = (octets | octets.wrapping_add(0x7676_7676)) & 0x8080_8080;
    let [count, ..] = (others.trailing_zeros() / 8).to_le_bytes();
    (count > 0).then(|| (four(octets, count), count))
}

/// The digits before a point and so many behind it as one number, and its exponent.
#[inline(always)]
pub(crate) fn joined(whole: u64, below: u64, places: u8) -> Option<(u64, i8)> {
    let (power, exponent) = POWERS.get(usize::from(places))?;
    Some((whole.wrapping_mul(*power).wrapping_add(below), *exponent))
}

/// The number that the first one to eight of eight digits are.
#[inline(always)]
const fn eight(digits: u64, count: u8) -> u64 {
    // The last digit into the last octet, zeros in front; then pairs, fours and all eight.
    let digits = digits.wrapping_shl((count as u32).wrapping_mul(8).wrapping_neg());
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let first = (pairs & 0xFF_0000_00FF).wrapping_mul((1_000_000 << 32) + 100);
    let second = (pairs >> 16 & 0xFF_0000_00FF).wrapping_mul((10_000 << 32) + 1);
    first.wrapping_add(second) >> 32
}

/// The same of four.
#[inline(always)]
const fn four(digits: u32, count: u8) -> u64 {
    let digits = digits.wrapping_shl((count as u32).wrapping_mul(8).wrapping_neg());
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0xFF_00FF;
    (pairs.wrapping_mul((100 << 16) + 1) >> 16) as u64
}

const EACH: u64 = 0x0101_0101_0101_0101;
const ZEROS: u64 = EACH * 0x30;
const FOUR_ZEROS: u32 = 0x3030_3030;

/// By the count of decimals: what the digits before them are worth, and the exponent.
const POWERS: [(u64, i8); 5] = [(1, 0), (10, -1), (100, -2), (1_000, -3), (10_000, -4)];
