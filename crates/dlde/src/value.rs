//! One value: what stands between two parentheses.

use core::fmt;

use amshan_quantity::{DateTime, Decimal, Unit};

use crate::marks::above_marks;
use crate::parse::digit;

/// One value: a text, and the unit behind it.
///
/// What the text means depends on the address. Its readings as number, time or spelled text are offers: `None`
/// says that the text can't be read that way.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    raw: &'a [u8],
    /// Where in it the `*` stands, or its end.
    star: usize,
    /// Its number, if that is known already.
    number: Option<Decimal>,
    /// Its unit, if that stood somewhere else.
    elsewhere: Option<&'a [u8]>,
}

/// What is known of a value, without its octets.
#[derive(Clone, Copy)]
pub(crate) struct Outline {
    pub(crate) length: usize,
    star: usize,
    number: Option<Decimal>,
}

impl Outline {
    /// The value at the start of `input`.
    pub(crate) fn value(self, input: &[u8]) -> Value<'_> {
        let raw = input.get(..self.length).unwrap_or_default();
        Value { raw, star: self.star, number: self.number, elsewhere: None }
    }
}

impl<'a> Value<'a> {
    /// The value `raw`, in which the first `*` stands at `star`, or its end.
    pub(crate) const fn new(raw: &'a [u8], star: usize) -> Self {
        Self { raw, star, number: None, elsewhere: None }
    }

    /// The value before the first parenthesis of `input`, if it is a number as most are, alone or with a short unit.
    /// Returns the rest, from the parenthesis on, too.
    #[inline(always)]
    pub(crate) fn number_prefix(input: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (number, behind) = Decimal::parse_short(input, |octet| matches!(octet, b'*' | b')'))?;
        let rest = match behind {
            [b'*', unit @ ..] => unit.get(above_marks(unit.first_chunk()?)..)?,
            _ => behind,
        };
        let (raw, rest) = input.split_at_checked(input.len().wrapping_sub(rest.len()))?;
        let star = input.len().wrapping_sub(behind.len());
        Some((Self { raw, star, number: Some(number), elsewhere: None }, rest))
    }

    /// What is known of it, without the octets.
    pub(crate) const fn outline(&self) -> Outline {
        Outline { length: self.raw.len(), star: self.star, number: self.number }
    }

    /// The same in a unit that stood somewhere else.
    pub(crate) const fn in_unit(self, unit: &'a [u8]) -> Self {
        Self { elsewhere: Some(unit), ..self }
    }

    /// All between the parentheses, as sent.
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The text before the `*`, without blanks at either end. May be empty.
    pub fn text(&self) -> &'a [u8] {
        trimmed(self.raw.get(..self.star).unwrap_or_default())
    }

    /// The unit behind the `*`, as sent.
    pub fn unit(&self) -> Option<&'a [u8]> {
        let behind = || self.raw.get(self.star.saturating_add(1)..).map(trimmed);
        self.elsewhere.or_else(behind).filter(|unit| !unit.is_empty())
    }

    /// The number, with the digits that were sent.
    #[inline]
    pub fn number(&self) -> Option<Decimal> {
        match self.number {
            Some(number) => Some(number),
            None => number_of_any_form(self.raw.get(..self.star)?),
        }
    }

    /// The number in the base unit, exactly: `00.543*kW` is 543 W. Mega- and gigajoules stay. `None` without a known
    /// unit.
    #[inline]
    pub fn quantity(&self) -> Option<(Decimal, Unit)> {
        let (unit, scale) = Unit::parse(self.unit()?)?;
        Some((self.number()?.scaled(scale), unit))
    }

    /// The time. `None` also for what meters send when there is none (`632525252525W`, `000101010000W`).
    pub fn time(&self) -> Option<DateTime> {
        if self.unit().is_some() {
            return None;
        }
        DateTime::parse_p1(self.text()).ok()
    }

    /// The text that is spelled with two hexadecimal digits a character. To be asked for where that is usual only:
    /// identifiers (`96.1.x`, `42.0.0`) and messages (`96.13.x`).
    ///
    /// Some makers send such texts as they are, so digits that do not spell printable characters are no spelling.
    pub fn spelled(&self) -> Option<Spelled<'a>> {
        Spelled::of(self.text())
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value(\"{}\")", self.raw.escape_ascii())
    }
}

/// Without blanks at either end, where mostly there are none.
#[inline]
fn trimmed(text: &[u8]) -> &[u8] {
    match (text.first(), text.last()) {
        (Some(b'!'..), Some(b'!'..)) => text,
        _ => text.trim_ascii(),
    }
}

/// The number in a text with blanks around it.
#[cold]
fn number_of_any_form(text: &[u8]) -> Option<Decimal> {
    // A blank or a point may stand last, but no letter.
    let [.., last @ ..=b'9'] = text else { return None };
    let is_bare = last.is_ascii_digit() && text.first().is_some_and(u8::is_ascii_digit);
    let text = if is_bare { text } else { text.trim_ascii() };
    match text {
        // An identifier: no number has so many digits.
        [b'1'..=b'9', behind @ ..] if behind.len() > 20 => None,
        text @ [.., b'0'..=b'9' | b'.'] => Decimal::parse(text).ok(),
        _ => None,
    }
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.raw, self.unit()) == (other.raw, other.unit())
    }
}

impl Eq for Value<'_> {}

/// A text that was sent with two hexadecimal digits a character, from [`Value::spelled`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelled<'a> {
    digits: &'a [u8],
}

impl<'a> Spelled<'a> {
    /// The text that these hexadecimal digits spell. `None`: they are none, or what they spell is not printable ASCII.
    pub fn of(digits: &'a [u8]) -> Option<Self> {
        let printable = |pair: &[u8]| matches!(octet(pair), 0x20..=0x7E);
        (!digits.is_empty() && digits.chunks(2).all(printable)).then_some(Self { digits })
    }

    /// Its characters, all printable ASCII.
    pub fn chars(&self) -> impl Iterator<Item = char> + Clone + use<'a> {
        self.digits.chunks(2).filter_map(|pair| u8::try_from(octet(pair)).ok()).map(char::from)
    }
}

impl fmt::Display for Spelled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|character| fmt::Write::write_char(f, character))
    }
}

/// The octet that two hexadecimal digits stand for; none: a number above those of octets.
fn octet(pair: &[u8]) -> u16 {
    match pair {
        [high, low] => digit(*high) << 4 | digit(*low),
        _ => u16::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    fn value(raw: &str) -> Value<'_> {
        Value::new(raw.as_bytes(), raw.find('*').unwrap_or(raw.len()))
    }

    #[test]
    fn text_and_unit() {
        for (raw, text, unit) in [
            ("000123.456*kWh", "000123.456", Some("kWh")),
            ("00007137.694*kWh ", "00007137.694", Some("kWh")),
            (" 1 * A ", "1", Some("A")),
            ("", "", None),
            ("*kWh", "", Some("kWh")),
            ("5*", "5", None),
            ("0-0:96.7.19", "0-0:96.7.19", None),
            ("TARIFF 1", "TARIFF 1", None),
        ] {
            let value = value(raw);
            assert_eq!(value.raw(), raw.as_bytes());
            assert_eq!((value.text(), value.unit()), (text.as_bytes(), unit.map(str::as_bytes)), "{raw}");
        }
    }

    #[test]
    fn quantities_are_exact_and_in_the_base_unit() {
        for (raw, number, unit) in [
            ("01.011*kW", "1011", Unit::WATT),
            ("00.543*kW", "543", Unit::WATT),
            ("00.5435*kW", "543.5", Unit::WATT),
            ("006545766*Wh", "6545766", Unit::WATT_HOUR),
            ("41710139.6139628*kWh", "41710139613.9628", Unit::WATT_HOUR),
            ("-0.5*kvar", "-500", Unit::VAR),
            ("230.4*V", "230.4", Unit::VOLT),
            ("00012.345*m3", "12.345", Unit::CUBIC_METRE),
            ("0000000240*s", "240", Unit::SECOND),
            ("9.95*GJ", "9.95", Unit::GIGAJOULE),
        ] {
            let (quantity, read) = value(raw).quantity().unwrap();
            assert_eq!((quantity.to_string().as_str(), read), (number, unit), "{raw}");
        }
        for raw in ["", "*kWh", "12", "ON*W", "1*parsec", "1*2*W"] {
            assert_eq!(value(raw).quantity(), None, "{raw}");
        }
    }

    #[test]
    fn numbers_of_any_length() {
        for raw in [
            "12345678901234567890",
            "12345678901234567.890",
            "18446744073709551615",
            "18446744073709551616",
            "1844674407370955161.50",
            "123456789012345678901",
            "12345678901234567890.1",
            "000000000000000000000000123.5",
            "45303039393030303931383837343835",
        ] {
            assert_eq!(value(raw).number(), Decimal::parse(raw.as_bytes()).ok(), "{raw}");
            assert_eq!(value(&std::format!(" {raw} *kWh")).number(), value(raw).number(), "{raw}");
        }
        for raw in ["240115123015W", "1-0:1.8.0", "", "1 2", "0x10"] {
            assert_eq!(value(raw).number(), None, "{raw}");
        }
    }

    #[test]
    fn times_that_are_none() {
        assert!(value("101209113020W").time().is_some());
        for raw in ["632525252525W", "000101010000W", "700101010000W", "", "101209113020W*s"] {
            assert_eq!(value(raw).time(), None, "{raw}");
        }
    }

    #[test]
    fn spelled_texts() {
        for (raw, text) in [
            ("393930303932323030303032313630", Some("990092200002160")),
            ("4b384547", Some("K8EG")),
            ("2020", Some("  ")),
            ("96815391", None), // 96 is no ASCII
            ("123", None),
            ("", None),
            ("WSE9900000000001", None),
        ] {
            let spelled = value(raw).spelled().map(|spelled| spelled.to_string());
            assert_eq!(spelled.as_deref(), text, "{raw}");
        }
    }
}
