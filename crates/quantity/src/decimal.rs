//! Exact decimal numbers.

use core::cmp::Ordering;
use core::fmt::{self, Write};
use core::hash::{Hash, Hasher};
use core::num::NonZero;
use core::str::FromStr;

use crate::digits::{self, Digits};
use crate::error::{Error, ErrorKind};

/// A sign, a 64-bit magnitude and a power of ten: every integer of A-XDR with its scaler, and every number of a
/// P1 telegram, fits exactly.
///
/// Printed with the digits the meter sent (`1.10` stays `1.10`), compared by value (`1.10` equals `1.1`).
#[derive(Clone, Copy)]
pub struct Decimal {
    magnitude: u64,
    shape: Shape,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self::new(0, 0);

    /// `mantissa × 10^exponent`.
    pub const fn new(mantissa: i64, exponent: i8) -> Self {
        Self { magnitude: mantissa.unsigned_abs(), shape: Shape::new(exponent, mantissa < 0) }
    }

    /// `magnitude × 10^exponent`.
    pub const fn unsigned(magnitude: u64, exponent: i8) -> Self {
        Self { magnitude, shape: Shape::new(exponent, false) }
    }

    /// The digits without sign and point.
    pub const fn magnitude(self) -> u64 {
        self.magnitude
    }

    /// The power of ten that the digits are multiplied with.
    pub const fn exponent(self) -> i8 {
        self.shape.exponent()
    }

    /// Whether it is less than zero.
    pub const fn is_negative(self) -> bool {
        self.shape.negative() && self.magnitude != 0
    }

    /// Multiplied by `10^scale`. Exact; an exponent beyond 127 stays there.
    #[must_use]
    pub const fn scaled(self, scale: i8) -> Self {
        Self { shape: self.shape.with_exponent(self.exponent().saturating_add(scale)), ..self }
    }

    /// The sum, where it fits.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let exponent = self.exponent().min(other.exponent());
        let sum = self.at(exponent)?.checked_add(other.at(exponent)?)?;
        let magnitude = u64::try_from(sum.unsigned_abs()).ok()?;
        Some(Self { magnitude, shape: Shape::new(exponent, sum < 0) })
    }

    /// The difference, where it fits.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(Self { shape: Shape::new(other.exponent(), !other.shape.negative()), ..other })
    }

    /// The product, where it fits.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let magnitude = self.magnitude.checked_mul(other.magnitude)?;
        let exponent = self.exponent().checked_add(other.exponent())?;
        let negative = self.shape.negative() != other.shape.negative();
        Some(Self { magnitude, shape: Shape::new(exponent, negative) })
    }

    /// The nearest binary float. Not exact: for plots, not for bills.
    #[allow(clippy::cast_precision_loss, reason = "documented")]
    pub fn to_f64(self) -> f64 {
        let mut value = self.magnitude as f64;
        for _ in 0..self.exponent().unsigned_abs() {
            value = if self.exponent() < 0 { value / 10.0 } else { value * 10.0 };
        }
        if self.shape.negative() { -value } else { value }
    }

    /// Reads digits with at most one point and a sign, as P1 writes numbers: `000123.456`, `-12`, `.5`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Empty`], [`ErrorKind::Character`] or [`ErrorKind::Range`].
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        let (mut exponent, mut negative, mut point) = (0i8, false, false);
        // The first digits at once, where they stand at the start.
        let (mut magnitude, start) = digits::up_to_eight(text).unwrap_or_default();
        let mut digits = start > 0;
        for (offset, &octet) in text.iter().enumerate().skip(start.into()) {
            match octet {
                b'0'..=b'9' => {
                    digits = true;
                    let shifted = magnitude.checked_mul(10);
                    magnitude = shifted
                        .and_then(|shifted| shifted.checked_add(u64::from(octet.wrapping_sub(b'0'))))
                        .ok_or(Error { kind: ErrorKind::Range, offset })?;
                    if point {
                        let lower = exponent.checked_sub(1);
                        exponent = lower.ok_or(Error { kind: ErrorKind::Range, offset })?;
                    }
                }
                b'.' if !point => point = true,
                b'-' if offset == 0 => negative = true,
                b'+' if offset == 0 => {}
                _ => return Err(Error { kind: ErrorKind::Character(octet), offset }),
            }
        }
        match (digits, text.last()) {
            (true, _) => Ok(Self { magnitude, shape: Shape::new(exponent, negative) }),
            (false, None) => Err(Error { kind: ErrorKind::Empty, offset: 0 }),
            (false, Some(&octet)) => {
                Err(Error { kind: ErrorKind::Character(octet), offset: text.len().saturating_sub(1) })
            }
        }
    }

    /// Reads the number at the start of `text`, if it is one as most are: up to eight digits, and perhaps a point and up
    /// to four more, before an octet that `ends` it. Returns it and the rest, from that octet on.
    ///
    /// `None`: it is written otherwise, it is none, or there are too few octets behind it to be read eight at a time.
    /// [`parse`](Self::parse) tells.
    #[inline(always)]
    pub fn parse_short(text: &[u8], ends: impl Fn(u8) -> bool) -> Option<(Self, &[u8])> {
        let (whole, count) = digits::up_to_eight(text)?;
        let rest = text.get(usize::from(count)..)?;
        let (number, rest) = match rest {
            [b'.', rest @ ..] => {
                let (below, places) = digits::up_to_four(rest)?;
                let (magnitude, exponent) = digits::joined(whole, below, places)?;
                (Self::unsigned(magnitude, exponent), rest.get(usize::from(places)..)?)
            }
            _ => (Self::unsigned(whole, 0), rest),
        };
        rest.first().is_some_and(|octet| ends(*octet)).then_some((number, rest))
    }

    /// The number at the start of `text` whose digits are so many, as they were in another text: see [`Digits`]. It has
    /// neither sign nor unit; octets that are no digits make some number.
    ///
    /// `None`: there are too few octets for eight, and four behind the point, to be read at once.
    #[inline(always)]
    pub fn of_digits(text: &[u8], digits: Digits) -> Option<Self> {
        let (magnitude, exponent) = digits.read(text)?;
        Some(Self::unsigned(magnitude, exponent))
    }

    /// The signed digits at a lower power of ten, where they fit.
    fn at(self, exponent: i8) -> Option<i128> {
        let places = u32::try_from(i16::from(self.exponent()).checked_sub(i16::from(exponent))?).ok()?;
        let magnitude = i128::from(self.magnitude);
        let shifted = if magnitude == 0 { 0 } else { magnitude.checked_mul(10i128.checked_pow(places)?)? };
        Some(if self.shape.negative() { shifted.wrapping_neg() } else { shifted })
    }

    /// The digits without trailing zeros, so that equal values have equal parts.
    fn normal(self) -> (bool, u64, i16) {
        let (mut magnitude, mut exponent) = (self.magnitude, i16::from(self.exponent()));
        if magnitude == 0 {
            return (false, 0, 0);
        }
        while magnitude % 10 == 0 {
            magnitude /= 10;
            exponent = exponent.saturating_add(1);
        }
        (self.shape.negative(), magnitude, exponent)
    }
}

/// An exponent and a sign in one number that is never 0: so a decimal, and one that may be missing, is two words, which
/// are handed on without touching memory.
#[derive(Clone, Copy)]
struct Shape(NonZero<u16>);

impl Shape {
    const fn new(exponent: i8, negative: bool) -> Self {
        Self::of(exponent, 2 | negative as u8)
    }

    const fn of(exponent: i8, sign: u8) -> Self {
        let [exponent] = exponent.to_le_bytes();
        match NonZero::new(u16::from_le_bytes([exponent, sign])) {
            Some(shape) => Self(shape),
            None => Self(NonZero::<u16>::MIN),
        }
    }

    const fn with_exponent(self, exponent: i8) -> Self {
        let [_, sign] = self.0.get().to_le_bytes();
        Self::of(exponent, sign)
    }

    const fn exponent(self) -> i8 {
        let [exponent, _] = self.0.get().to_le_bytes();
        i8::from_le_bytes([exponent])
    }

    const fn negative(self) -> bool {
        self.0.get() & 0x0100 != 0
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.normal() == other.normal()
    }
}

impl Eq for Decimal {}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.normal().hash(state);
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let ((sign, digits, power), (other_sign, other_digits, other_power)) =
            (self.normal(), other.normal());
        if sign != other_sign {
            return other_sign.cmp(&sign);
        }
        // Where the leading digit stands decides; at the same place both fit 128 bits at the lower power.
        let place = |digits: u64, power: i16| {
            digits.checked_ilog10().map(|log| i64::from(log).saturating_add(i64::from(power)))
        };
        let size = place(digits, power).cmp(&place(other_digits, other_power)).then_with(|| {
            let low = power.min(other_power);
            let at = |digits: u64, power: i16| {
                let places = power.saturating_sub(low).unsigned_abs();
                u128::from(digits).saturating_mul(10u128.saturating_pow(u32::from(places)))
            };
            at(digits, power).cmp(&at(other_digits, other_power))
        });
        if sign { size.reverse() } else { size }
    }
}

macro_rules! from_integers {
    ($($unsigned:ty),+; $($signed:ty),+) => {
        $(impl From<$unsigned> for Decimal {
            fn from(value: $unsigned) -> Self {
                Self::unsigned(u64::from(value), 0)
            }
        })+
        $(impl From<$signed> for Decimal {
            fn from(value: $signed) -> Self {
                Self::new(i64::from(value), 0)
            }
        })+
    };
}
from_integers!(u8, u16, u32, u64; i8, i16, i32, i64);

impl FromStr for Decimal {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text.as_bytes())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_negative() {
            f.write_char('-')?;
        }
        let places = usize::from(self.exponent().unsigned_abs());
        if self.exponent() >= 0 {
            write!(f, "{}", self.magnitude)?;
            let zeros = if self.magnitude == 0 { 0 } else { places };
            return (0..zeros).try_for_each(|_| f.write_char('0'));
        }
        match 10u64.checked_pow(u32::from(self.exponent().unsigned_abs())) {
            Some(one) => write!(
                f,
                "{}.{:0places$}",
                self.magnitude.checked_div(one).unwrap_or(0),
                self.magnitude.checked_rem(one).unwrap_or(0)
            ),
            None => write!(f, "0.{:0places$}", self.magnitude),
        }
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn prints_every_digit_and_no_other() {
        for (value, text) in [
            (Decimal::new(2348, -1), "234.8"),
            (Decimal::new(2_272_138, 1), "22721380"),
            (Decimal::new(-57, -2), "-0.57"),
            (Decimal::new(0, 3), "0"),
            (Decimal::new(0, -3), "0.000"),
            (Decimal::unsigned(u64::MAX, 0), "18446744073709551615"),
            (Decimal::unsigned(u64::MAX, -20), "0.18446744073709551615"),
            (Decimal::new(5, -22), "0.0000000000000000000005"),
            (Decimal::new(i64::MIN, 0), "-9223372036854775808"),
        ] {
            assert_eq!(value.to_string(), text);
        }
    }

    #[test]
    fn p1_numbers_are_read_exactly() {
        for (text, value) in [
            ("000123.456", Decimal::new(123_456, -3)),
            ("1.011", Decimal::new(1011, -3)),
            ("-12", Decimal::new(-12, 0)),
            ("5.", Decimal::new(5, 0)),
            (".5", Decimal::new(5, -1)),
        ] {
            assert_eq!(Decimal::parse(text.as_bytes()), Ok(value), "{text}");
        }
        assert_eq!(Decimal::parse(b"1.011").unwrap().scaled(3).to_string(), "1011");
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_place() {
        for (text, kind, offset) in [
            ("", ErrorKind::Empty, 0),
            ("-", ErrorKind::Character(b'-'), 0),
            (".", ErrorKind::Character(b'.'), 0),
            ("1.2.3", ErrorKind::Character(b'.'), 3),
            ("12a", ErrorKind::Character(b'a'), 2),
            ("1-2", ErrorKind::Character(b'-'), 1),
            ("18446744073709551616", ErrorKind::Range, 19),
        ] {
            assert_eq!(Decimal::parse(text.as_bytes()), Err(Error { kind, offset }), "{text}");
        }
    }

    #[test]
    fn equal_and_ordered_by_value() {
        assert_eq!(Decimal::new(110, -2), Decimal::new(11, -1));
        assert_eq!(Decimal::new(-0, -2), Decimal::ZERO);
        assert!(Decimal::new(1, 100) > Decimal::new(i64::MAX, 0));
        assert!(Decimal::new(-1, 100) < Decimal::new(1, -100));
        assert!(Decimal::new(999, -3) < Decimal::new(1, 0));
        assert!(Decimal::ZERO < Decimal::new(1, -120));
        assert!(Decimal::new(-1, -120) < Decimal::ZERO);
    }

    #[test]
    fn sums_are_exact_or_none() {
        assert_eq!(Decimal::new(1, -1).checked_add(Decimal::new(2, -1)), Some(Decimal::new(3, -1)));
        assert_eq!(Decimal::new(100, 0).checked_sub(Decimal::new(150, 0)), Some(Decimal::new(-50, 0)));
        assert_eq!(Decimal::unsigned(u64::MAX, 0).checked_add(Decimal::new(1, 0)), None);
    }

    proptest::proptest! {
        #[test]
        fn eight_octets_at_a_time_are_read_like_single_ones(
            number in "([0-9]{1,9}(\\.[0-9]{1,9})?|[-+.]?[0-9]{0,9}\\.{0,2})",
            behind in "[*)a-z+\\-\\x00-\\x2D:-\\xFF][.*)a-z0-9\\x00-\\xFF]{7,9}",
        ) {
            let text = [number.as_bytes(), behind.as_bytes()].concat();
            let parts = |value: Decimal| (value.magnitude, value.exponent(), value.shape.negative());
            let expected = Decimal::parse(number.as_bytes()).map(parts);
            match Decimal::parse_short(&text, |octet| !matches!(octet, b'0'..=b'9' | b'.')) {
                Some((value, rest)) => proptest::prop_assert_eq!((Ok(parts(value)), rest), (expected, behind.as_bytes())),
                None => {
                    let usual = |digits: &str, most| (1..=most).contains(&digits.len()) && digits.bytes().all(|octet| octet.is_ascii_digit());
                    let (whole, below) = number.split_once('.').unwrap_or((&number, "0"));
                    proptest::prop_assert!(!usual(whole, 8) || !usual(below, 4));
                }
            }
        }

        #[test]
        fn printed_and_read_again_is_the_same(mantissa: i64, exponent in -40i8..=0) {
            let value = Decimal::new(mantissa, exponent);
            proptest::prop_assert_eq!(value.to_string().parse(), Ok(value));
        }

        #[test]
        fn order_agrees_with_integers(a: i32, b: i32, shift in 0i8..9) {
            let by_value = Decimal::from(a).cmp(&Decimal::from(b));
            proptest::prop_assert_eq!(by_value, a.cmp(&b));
            let scaled = Decimal::new(i64::from(a) * 10i64.pow(shift as u32), -shift);
            proptest::prop_assert_eq!(scaled, Decimal::from(a));
            proptest::prop_assert_eq!(scaled.cmp(&Decimal::from(b)), a.cmp(&b));
        }
    }
}
