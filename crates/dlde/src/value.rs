//! One value: what stands between two parentheses.

use core::fmt;

use amshan_quantity::{DateTime, Decimal, Unit};

use crate::line::{above_parenthesis, before};

/// One value: a text, and the unit behind it.
///
/// What the text means depends on the address. Its readings as number, time or spelled text are offers: `None`
/// says that the text can't be read that way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Value<'a> {
    raw: &'a [u8],
    text: &'a [u8],
    unit: Option<&'a [u8]>,
    number: Option<Decimal>,
}

impl<'a> Value<'a> {
    pub(crate) fn new(raw: &'a [u8]) -> Self {
        let (text, behind) = raw.split_at(memchr::memchr(b'*', raw).unwrap_or(raw.len()));
        let (text, unit) = (text.trim_ascii(), behind.get(1..).map(<[u8]>::trim_ascii));
        let number = match text {
            [.., b'0'..=b'9' | b'.'] => Decimal::parse(text).ok(),
            _ => None,
        };
        Self { raw, text, unit: unit.filter(|unit| !unit.is_empty()), number }
    }

    /// The value before the first parenthesis of `input`, if it is a number alone or with a short unit. Returns what
    /// stands behind the parenthesis, too.
    ///
    /// One pass, but for the few values that are written otherwise.
    #[inline(always)]
    pub(crate) fn number_prefix(input: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (number, behind) = Decimal::parse_prefix(input)?;
        let (unit, rest) = match behind {
            [b'*', rest @ ..] => {
                let (unit, rest) = rest.split_at_checked(above_parenthesis(rest.first_chunk()?))?;
                (Some(unit).filter(|unit| !unit.is_empty()), rest)
            }
            _ => (None, behind),
        };
        let (raw, text) = (before(input, rest), before(input, behind));
        Some((Self { raw, text, unit, number: Some(number) }, rest.strip_prefix(b")")?))
    }

    /// The same in a unit that stood somewhere else.
    pub(crate) const fn in_unit(self, unit: &'a [u8]) -> Self {
        Self { unit: Some(unit), ..self }
    }

    /// All between the parentheses, as sent.
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The text before the `*`, without blanks at either end. May be empty.
    pub const fn text(&self) -> &'a [u8] {
        self.text
    }

    /// The unit behind the `*`, as sent.
    pub const fn unit(&self) -> Option<&'a [u8]> {
        self.unit
    }

    /// The number, with the digits that were sent.
    pub const fn number(&self) -> Option<Decimal> {
        self.number
    }

    /// The number in the base unit, exactly: `00.543*kW` is 543 W. Mega- and gigajoules stay. `None` without a known
    /// unit.
    pub fn quantity(&self) -> Option<(Decimal, Unit)> {
        let (unit, scale) = Unit::parse(self.unit?)?;
        Some((self.number?.scaled(scale), unit))
    }

    /// The time. `None` also for what meters send when there is none (`632525252525W`, `000101010000W`).
    pub fn time(&self) -> Option<DateTime> {
        if self.unit.is_some() {
            return None;
        }
        DateTime::parse_p1(self.text).ok()
    }

    /// The text that is spelled with two hexadecimal digits a character. To be asked for where that is usual only:
    /// identifiers (`96.1.x`, `42.0.0`) and messages (`96.13.x`).
    ///
    /// Some makers send such texts as they are, so digits that do not spell printable characters are no spelling.
    pub fn spelled(&self) -> Option<Spelled<'a>> {
        let spelled = Spelled { digits: self.text };
        let printable = |pair: &[u8]| matches!(octet(pair), Some(b' '..=b'~'));
        Some(spelled).filter(|_| !self.text.is_empty() && self.text.chunks(2).all(printable))
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value(\"{}\")", self.raw.escape_ascii())
    }
}

/// A text that was sent with two hexadecimal digits a character, from [`Value::spelled`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelled<'a> {
    digits: &'a [u8],
}

impl<'a> Spelled<'a> {
    /// Its characters, all printable ASCII.
    pub fn chars(&self) -> impl Iterator<Item = char> + Clone + use<'a> {
        self.digits.chunks(2).filter_map(octet).map(char::from)
    }
}

impl fmt::Display for Spelled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|character| fmt::Write::write_char(f, character))
    }
}

/// The octet that two hexadecimal digits stand for.
fn octet(pair: &[u8]) -> Option<u8> {
    let &[high, low] = pair else { return None };
    let digit = |octet| char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

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
            let value = Value::new(raw.as_bytes());
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
            let (quantity, read) = Value::new(raw.as_bytes()).quantity().unwrap();
            assert_eq!((quantity.to_string().as_str(), read), (number, unit), "{raw}");
        }
        for raw in ["", "*kWh", "12", "ON*W", "1*parsec", "1*2*W"] {
            assert_eq!(Value::new(raw.as_bytes()).quantity(), None, "{raw}");
        }
    }

    #[test]
    fn times_that_are_none() {
        assert!(Value::new(b"101209113020W").time().is_some());
        for raw in ["632525252525W", "000101010000W", "700101010000W", "", "101209113020W*s"] {
            assert_eq!(Value::new(raw.as_bytes()).time(), None, "{raw}");
        }
    }

    #[test]
    fn spelled_texts() {
        for (raw, text) in [
            ("383930303832323030303032313630", Some("890082200002160")),
            ("4b384547", Some("K8EG")),
            ("2020", Some("  ")),
            ("96815390", None), // 96 is no ASCII
            ("123", None),
            ("", None),
            ("WSE1012403352978", None),
        ] {
            let spelled = Value::new(raw.as_bytes()).spelled().map(|spelled| spelled.to_string());
            assert_eq!(spelled.as_deref(), text, "{raw}");
        }
    }
}
