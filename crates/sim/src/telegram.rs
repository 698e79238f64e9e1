//! P1 telegrams as tables.

use amshan_quantity::Decimal;

use crate::axdr::parse_obis;
use crate::clock::{Clock, Zone};
use crate::envelope::hex;
use crate::household::Household;
use crate::list::{Body, Unit};
use crate::p1::{Check, Telegram};
use crate::quantities::{field, milli};

/// One line of a telegram.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Line {
    /// A number of the house: code, digits before the point, digits after it, unit.
    N(&'static str, usize, usize, &'static str),
    /// A text as it stands; `#` is a digit of the seed.
    S(&'static str, &'static str),
    /// A text whose characters are spelled in hexadecimal digits.
    H(&'static str, &'static str),
    /// The time of the telegram, `0-0:1.0.0`.
    T,
    /// Something else.
    F(fn(&Household, &mut Report)),
}

/// What all telegrams of a kind have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// Identification without `/`; `#` is a digit of the seed.
    pub(crate) identification: &'static str,
    pub(crate) zone: Zone,
    pub(crate) check: Check,
}

/// A telegram under construction, with what it means.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) telegram: Telegram,
    pub(crate) body: Body,
    pub(crate) zone: Zone,
}

impl Kind {
    pub(crate) fn unit(&self, h: &Household, tables: &[&[Line]]) -> Unit {
        let identification = h.fill(self.identification);
        let mut report =
            Report { telegram: Telegram::new(&identification), body: Body::of(h), zone: self.zone };
        report.identify(&identification);
        for line in tables.iter().copied().flatten() {
            report.push(h, line);
        }
        Unit::telegram(report.telegram.end(self.check), report.body)
    }
}

impl Report {
    fn push(&mut self, h: &Household, line: &Line) {
        match *line {
            Line::N(code, whole, decimals, unit) => self.number(h, code, whole, decimals, unit),
            Line::S(code, template) => {
                let text = h.fill(template);
                self.name(code, &text);
                self.telegram.line(code, &[&text]);
            }
            Line::H(code, template) => {
                let text = h.fill(template);
                self.name(code, &text);
                self.telegram.line(code, &[&hex(text.as_bytes())]);
            }
            Line::T => {
                let clock = h.clock(self.zone);
                self.body.clock = Some(clock);
                self.telegram.line("0-0:1.0.0", &[&clock.p1()]);
            }
            Line::F(write) => write(h, self),
        }
    }

    fn number(&mut self, h: &Household, code: &str, whole: usize, decimals: usize, unit: &str) {
        let obis = parse_obis(code);
        let milli = milli(h, obis).expect("a quantity of the house");
        let (raw, exponent) = to_decimals(milli, unit, decimals);
        if let Some(name) = field(obis) {
            self.body.values.push((name, Decimal::new(raw, exponent)));
        }
        let number = written(raw, whole, decimals);
        let value = if unit.is_empty() { number } else { format!("{number}*{unit}") };
        self.telegram.line(code, &[&value]);
    }

    /// What the telegram says besides its lines: maker and model.
    fn identify(&mut self, identification: &str) {
        let (maker, rest) = identification.split_at(3);
        let rest = rest.strip_prefix(|c: char| c.is_ascii_digit()).unwrap_or(rest).trim();
        self.body.texts.push(("meter_manufacturer_id", maker.to_owned()));
        if !rest.is_empty() {
            self.body.texts.push(("meter_type_id", rest.to_owned()));
        }
    }

    fn name(&mut self, code: &str, text: &str) {
        let has_id = self.body.texts.iter().any(|(name, _)| *name == "meter_id");
        let name = match code {
            _ if text.is_empty() => return,
            "0-0:96.1.0" => "meter_id",
            "0-0:96.1.1" if !has_id => "meter_id",
            "0-0:42.0.0" => "logical_device_name",
            "1-3:0.2.8" | "0-0:96.1.4" => "p1_version",
            "0-0:96.14.0" => "tariff_indicator",
            "0-0:96.3.10" => "breaker_state",
            "0-0:96.13.0" => "message_text",
            _ => return,
        };
        self.body.texts.retain(|(known, _)| *known != name);
        self.body.texts.push((name, text.to_owned()));
    }

    /// Notes what a line that no code describes means.
    pub(crate) fn means(&mut self, name: &'static str, raw: i64, exponent: i8) {
        self.body.values.push((name, Decimal::new(raw, exponent)));
    }

    /// Clock of a sub-meter's last reading: the last full hour, or the last five minutes.
    pub(crate) fn reading_time(&self, h: &Household, every: u64) -> Clock {
        let seconds = h.unix_ms / 1000;
        Clock::at(seconds - seconds % every, self.zone)
    }

    /// The current lines of a sub-meter: type, id, and its reading in thousandths of the unit.
    pub(crate) fn submeter(&mut self, h: &Household, sub: &Submeter) {
        let Submeter { channel, kind, id, code, raw, unit, every } = *sub;
        let time = self.reading_time(h, every).p1();
        let digits = if unit == "GJ" { 4 } else { 5 };
        let value = format!("{}*{unit}", written(raw, digits, 3));
        self.telegram.line(&format!("0-{channel}:24.1.0"), &[kind]);
        self.telegram.line(&format!("0-{channel}:96.1.{id}"), &[&hex(h.fill("G99000########").as_bytes())]);
        self.telegram.line(&format!("0-{channel}:{code}"), &[&time, &value]);
        let (kind_name, value_name) = match channel {
            1 => ("submeter_1_type", "submeter_1_value"),
            _ => ("submeter_2_type", "submeter_2_value"),
        };
        self.means(kind_name, kind.parse().expect("digits"), 0);
        self.means(value_name, raw, -3);
    }
}

/// A meter on an M-Bus channel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Submeter {
    pub(crate) channel: u8,
    /// Device type in three digits.
    pub(crate) kind: &'static str,
    /// Group E of its identifier.
    pub(crate) id: u8,
    /// C.D.E of its reading.
    pub(crate) code: &'static str,
    pub(crate) raw: i64,
    pub(crate) unit: &'static str,
    /// Seconds between readings.
    pub(crate) every: u64,
}

/// Thousandths of the base unit as an integer with so many decimals of the unit, and the power of ten that makes base
/// units of it.
pub(crate) fn to_decimals(milli: i64, unit: &str, decimals: usize) -> (i64, i8) {
    let kilo = if unit.starts_with('k') { 3 } else { 0 };
    let exponent = kilo - decimals as i8;
    let places = 10i64.pow(u32::from((exponent + 3).unsigned_abs()));
    (if exponent < -3 { milli * places } else { milli.div_euclid(places) }, exponent)
}

/// An integer with a point before its last `decimals` digits, and zeros in front.
pub(crate) fn written(raw: i64, whole: usize, decimals: usize) -> String {
    let sign = if raw < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", raw.unsigned_abs(), width = whole + decimals);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_they_are_written() {
        for (milli, unit, whole, decimals, text, exponent) in [
            (123_456_000, "kWh", 6, 3, "000123.456", 0),
            (543_000, "kW", 2, 3, "00.543", 0),
            (231_987, "V", 3, 1, "231.9", -1),
            (2_780, "A", 3, 0, "002", 0),
            (6_545_766_000, "Wh", 9, 0, "006545766", 0),
            (-12_000, "kW", 2, 3, "-00.012", 0),
            (1_234_000, "kWh", 8, 7, "00000001.2340000", -4),
        ] {
            let (raw, power) = to_decimals(milli, unit, decimals);
            assert_eq!((written(raw, whole, decimals).as_str(), power), (text, exponent));
        }
    }
}
