//! What is written with `serde`; the crate's page has the table.
//!
//! A decimal is a text in formats for people: nearly all that reads JSON takes its numbers for binary floats, so that
//! `234.80` would lose its zero and a number of 17 digits its last one. Integers are texts as well, so that a quantity
//! has one type whatever it is.

use core::fmt::{self, Display};
use core::marker::PhantomData;
use core::str::FromStr;

use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clock::{ClockStatus, DateTime};
use crate::decimal::Decimal;
use crate::obis::Obis;
use crate::unit::Unit;

/// Reads a text as the type that it is a text of.
fn parse<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(
    deserializer: D,
    what: &'static str,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(Text { what, read: PhantomData })
}

struct Text<T> {
    what: &'static str,
    read: PhantomData<T>,
}

impl<T: FromStr<Err: Display>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(|error| E::custom(format_args!("\"{text}\" is not {}: {error}", self.what)))
    }
}

impl Serialize for Obis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.octets().serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Obis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            parse(deserializer, "an OBIS code")
        } else {
            <[u8; 6]>::deserialize(deserializer).map(Self::from)
        }
    }
}

/// A decimal as text, whatever its power of ten.
struct Number(Decimal);

impl Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0;
        let fits = u32::try_from(number.exponent()).is_ok_and(|places| {
            10u64.checked_pow(places).and_then(|one| one.checked_mul(number.magnitude())).is_some()
        });
        if number.exponent() < 0 || fits {
            return Display::fmt(&number, f);
        }
        let sign = if number.is_negative() { "-" } else { "" };
        write!(f, "{sign}{}E{}", number.magnitude(), number.exponent())
    }
}

impl FromStr for Number {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((digits, power)) = text.split_once('E') else { return text.parse().map(Self) };
        let number: Decimal = digits.parse()?;
        // A power that is none is refused as the letter that it stands behind.
        let fault = || crate::Error { kind: crate::ErrorKind::Character(b'E'), offset: digits.len() };
        let power: i8 = power.parse().map_err(|_| fault())?;
        Ok(Self(number.scaled(power)))
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&Number(*self))
        } else {
            (self.is_negative(), self.magnitude(), self.exponent()).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return parse(deserializer, "a decimal number").map(|Number(number)| number);
        }
        let (negative, magnitude, exponent) = <(bool, u64, i8)>::deserialize(deserializer)?;
        let number = Self::unsigned(magnitude, exponent);
        let negated =
            || Self::new(0, exponent).checked_sub(number).ok_or_else(|| D::Error::custom("a decimal number"));
        if negative { negated() } else { Ok(number) }
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&Named(*self))
        } else {
            self.number().serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            parse(deserializer, "a unit").map(|Named(unit)| unit)
        } else {
            u16::deserialize(deserializer).map(Self::from_number)
        }
    }
}

/// A unit by a text that no other has.
struct Named(Unit);

impl Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.symbol() {
            Some(symbol) if with_symbol(symbol) == Some(self.0) => f.write_str(symbol),
            _ => write!(f, "unit {}", self.0.number()),
        }
    }
}

/// The first unit with this symbol.
fn with_symbol(symbol: &str) -> Option<Unit> {
    let all = (0..=Unit::GIGAJOULE.number()).map(Unit::from_number);
    all.into_iter().find(|unit| unit.symbol() == Some(symbol))
}

/// It is no text that a unit has.
#[derive(Debug)]
struct NoUnit;

impl Display for NoUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is none of this symbol")
    }
}

impl FromStr for Named {
    type Err = NoUnit;

    fn from_str(text: &str) -> Result<Self, NoUnit> {
        let number = text.strip_prefix("unit ").and_then(|number| number.parse().ok());
        number.map(Unit::from_number).or_else(|| with_symbol(text)).map(Self).ok_or(NoUnit)
    }
}

impl Serialize for ClockStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ClockStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u8::deserialize(deserializer).map(Self)
    }
}

/// A time as people read it: the text says all but the status.
#[derive(Serialize, Deserialize)]
#[serde(rename = "DateTime")]
struct Told {
    time: Iso,
    status: Option<ClockStatus>,
}

struct Iso(DateTime);

impl Serialize for Iso {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Iso {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(deserializer, "a date and time").map(Self)
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            Told { time: Iso(*self), status: self.status() }.serialize(serializer)
        } else {
            self.octets().serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let Told { time: Iso(time), status } = Told::deserialize(deserializer)?;
            Ok(time.with_status(status))
        } else {
            Self::from_octets(<[u8; 12]>::deserialize(deserializer)?).map_err(D::Error::custom)
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use core::fmt::Debug;
    use serde::de::DeserializeOwned;
    use std::string::{String, ToString};

    /// The value as JSON; it is read back from that and from postcard.
    fn written<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
        let packed = postcard::to_allocvec(value).unwrap();
        assert_eq!(&postcard::from_bytes::<T>(&packed).unwrap(), value);
        let text = serde_json::to_string(value).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value, "{text}");
        text
    }

    #[test]
    fn codes_units_and_numbers_are_texts() {
        assert_eq!(written(&Obis::new(1, 0, 1, 8, 0, 255)), r#""1-0:1.8.0*255""#);
        for (number, text) in [
            (Decimal::new(23_480, -2), "234.80"),
            (Decimal::unsigned(u64::MAX, 0), "18446744073709551615"),
            (Decimal::unsigned(u64::MAX, -20), "0.18446744073709551615"),
            (Decimal::new(i64::MIN, 0), "-9223372036854775808"),
            (Decimal::new(-5, 3), "-5000"),
            (Decimal::new(-5, 100), "-5E100"),
        ] {
            assert_eq!(written(&number), std::format!("\"{text}\""));
        }
        for (unit, text) in [
            (Unit::NONE, ""),
            (Unit::WATT_HOUR, "Wh"),
            (Unit::GIGAJOULE, "GJ"),
            (Unit::CUBIC_METRE, "m3"),
            (Unit::from_code(14), "unit 14"),
            (Unit::from_code(180), "unit 180"),
        ] {
            assert_eq!(written(&unit), std::format!("\"{text}\""));
        }
    }

    #[test]
    fn every_unit_is_read_back() {
        (0..=0x101).map(Unit::from_number).for_each(|unit| drop(written(&unit)));
    }

    #[test]
    fn digits_are_kept() {
        for text in ["\"1.10\"", "\"0.000\"", "\"0.10\""] {
            let number: Decimal = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&number).unwrap(), text);
        }
    }

    #[test]
    fn times_have_a_status() {
        let summer =
            "2021-09-27T09:47:15+02:00".parse::<DateTime>().unwrap().with_status(Some(ClockStatus(0x80)));
        assert_eq!(written(&summer), r#"{"time":"2021-09-27T09:47:15+02:00","status":128}"#);
        let local: DateTime = "2021-09-27T09:47:15.50".parse().unwrap();
        assert_eq!(written(&local), r#"{"time":"2021-09-27T09:47:15.50","status":null}"#);
    }

    #[test]
    fn what_is_none_is_refused_with_a_reason() {
        let refused = |text| serde_json::from_str::<Decimal>(text).unwrap_err().to_string();
        assert!(refused("234.8").contains("expected a decimal number"), "{}", refused("234.8"));
        assert!(refused("\"5E\"").starts_with("\"5E\" is not a decimal number: character 'E'"));
        assert!(refused("\"\"").contains("value is empty"));
        let unit = serde_json::from_str::<Unit>("\"furlong\"").unwrap_err().to_string();
        assert!(unit.starts_with("\"furlong\" is not a unit: there is none of this symbol"), "{unit}");
    }

    proptest::proptest! {
        #[test]
        fn any_value_is_read_back(code: [u8; 6], magnitude: u64, exponent: i8, negative: bool, octets: [u8; 12]) {
            written(&Obis::from(code));
            let number = Decimal::unsigned(magnitude, exponent);
            let number = if negative { Decimal::new(0, exponent).checked_sub(number).unwrap() } else { number };
            written(&number);
            if let Ok(time) = DateTime::from_octets(octets) {
                let packed = postcard::to_allocvec(&time).unwrap();
                assert_eq!(postcard::from_bytes::<DateTime>(&packed).unwrap(), time);
                let text = serde_json::to_string(&time).unwrap();
                let read: DateTime = serde_json::from_str(&text).unwrap();
                assert_eq!((read.to_string(), read.status()), (time.to_string(), time.status()));
            }
        }
    }
}
