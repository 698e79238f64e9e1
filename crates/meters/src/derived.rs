//! What is not in a message but follows from it, and what in it can't be right.

use core::fmt;

use amshan_quantity::{Decimal, Unit};

use crate::field::Field;
use crate::reading::Reading;
use crate::value::Value;

/// Something in a message that can't be right. Nothing is changed for it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Doubt {
    /// The active power is more than voltages and currents allow: one of the scales is wrong.
    PowerTooHigh {
        /// The power, in W.
        power: f64,
        /// What voltages and currents make, in VA.
        apparent: f64,
    },
    /// Voltages and currents make many times the power, active and reactive: one of the scales is wrong.
    PowerTooLow {
        /// The power, in VA.
        power: f64,
        /// What voltages and currents make, in VA.
        apparent: f64,
    },
    /// A power factor above 1.
    PowerFactor(Decimal),
}

impl Doubt {
    /// Which kind of doubt, to report each once.
    pub const fn number(&self) -> u8 {
        match self {
            Self::PowerTooHigh { .. } => 0,
            Self::PowerTooLow { .. } => 1,
            Self::PowerFactor(_) => 2,
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PowerTooHigh { power, apparent } => write!(
                f,
                "{power:.0} W can't be right where voltages and currents make {apparent:.0} VA: a scale is wrong"
            ),
            Self::PowerTooLow { power, apparent } => write!(
                f,
                "voltages and currents make {apparent:.0} VA, which can't be right where the power is {power:.0} VA: \
                 a scale is wrong"
            ),
            Self::PowerFactor(factor) => write!(f, "a power factor of {factor} can't be right"),
        }
    }
}

/// Voltage and current of each phase.
const PHASES: [(Field, Field); 3] = [
    (Field::VOLTAGE_L1, Field::CURRENT_L1),
    (Field::VOLTAGE_L2, Field::CURRENT_L2),
    (Field::VOLTAGE_L3, Field::CURRENT_L3),
];

impl<'a> Reading<'a> {
    /// Quantities that the message does not say, but that follow from it: the net power (import less export), and the
    /// totals of meters that send tariffs only. They are no fields of the message: whoever passes them on says so.
    pub fn derived(&self) -> impl Iterator<Item = (Field, Value<'a>)> + use<'a> {
        let reading = *self;
        let number = move |field| reading.get(field).and_then(|value| value.number());
        let sum = move |fields: [Field; 4]| {
            let [first, others @ ..] = fields;
            others.into_iter().filter_map(number).try_fold(number(first)?, Decimal::checked_add)
        };
        let net =
            move || number(Field::ACTIVE_POWER_IMPORT)?.checked_sub(number(Field::ACTIVE_POWER_EXPORT)?);
        let import = move || {
            sum([
                Field::ACTIVE_ENERGY_IMPORT_T1,
                Field::ACTIVE_ENERGY_IMPORT_T2,
                Field::ACTIVE_ENERGY_IMPORT_T3,
                Field::ACTIVE_ENERGY_IMPORT_T4,
            ])
        };
        let export = move || {
            sum([
                Field::ACTIVE_ENERGY_EXPORT_T1,
                Field::ACTIVE_ENERGY_EXPORT_T2,
                Field::ACTIVE_ENERGY_EXPORT_T3,
                Field::ACTIVE_ENERGY_EXPORT_T4,
            ])
        };
        [
            (Field::ACTIVE_POWER_NET, net(), Unit::WATT),
            (Field::ACTIVE_POWER_IMPORT_TOTAL, import(), Unit::WATT_HOUR),
            (Field::ACTIVE_POWER_EXPORT_TOTAL, export(), Unit::WATT_HOUR),
        ]
        .into_iter()
        .filter_map(move |(field, value, unit)| {
            value.filter(|_| reading.get(field).is_none()).map(|value| (field, Value::Number(value, unit)))
        })
    }

    /// What in the message can't be right, by what it says elsewhere.
    pub fn doubts(&self) -> impl Iterator<Item = Doubt> + use<'a> {
        let reading = *self;
        let number = move |field| reading.get(field).and_then(|value| value.number());
        let factor = number(Field::POWER_FACTOR)
            .filter(|factor| *factor > Decimal::new(1, 0) || *factor < Decimal::new(-1, 0))
            .map(Doubt::PowerFactor);
        self.power_doubt().into_iter().chain(factor)
    }

    /// The power against voltage times current. The margins are wide: currents come in whole amperes from some meters,
    /// and on IT nets voltages are between lines.
    #[allow(clippy::arithmetic_side_effects, reason = "floating point")]
    fn power_doubt(&self) -> Option<Doubt> {
        let number = |field| self.get(field).and_then(|value| value.number()).map(Decimal::to_f64);
        let higher = |one, other| Some(number(one).unwrap_or(0.0).max(number(other).unwrap_or(0.0)));
        let (mut apparent, mut volts) = (0.0, 0.0);
        for (voltage, current) in PHASES {
            match (number(voltage), number(current)) {
                (Some(voltage), Some(current)) => {
                    apparent += voltage * current.abs();
                    volts += voltage;
                }
                (None, None) => {}
                _ => return None,
            }
        }
        let active = higher(Field::ACTIVE_POWER_IMPORT, Field::ACTIVE_POWER_EXPORT)?;
        let reactive = higher(Field::REACTIVE_POWER_IMPORT, Field::REACTIVE_POWER_EXPORT)?;
        let known = self.get(Field::REACTIVE_POWER_IMPORT).is_some();
        let power = active + reactive;
        if volts > 0.0 && active > 2.0 * apparent + 2.0 * volts {
            return Some(Doubt::PowerTooHigh { power: active, apparent });
        }
        (known && apparent > 10.0 * power + 5000.0).then_some(Doubt::PowerTooLow { power, apparent })
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use amshan_dlde::Readout;
    use std::string::{String, ToString};
    use std::vec::Vec;

    fn reading(lines: &str, look: impl Fn(&Reading<'_>)) {
        let telegram = std::format!("/XYZ5EXAMPLE\r\n\r\n{lines}!\r\n");
        look(&Reading::of_readout(Readout::parse_prefix(telegram.as_bytes()).unwrap().0));
    }

    #[test]
    fn net_power_and_totals_follow_where_they_are_not_sent() {
        let derived = |lines: &str| {
            let mut found: Vec<String> = Vec::new();
            let telegram = std::format!("/XYZ5EXAMPLE\r\n\r\n{lines}!\r\n");
            let reading = Reading::of_readout(Readout::parse_prefix(telegram.as_bytes()).unwrap().0);
            found.extend(reading.derived().map(|(field, value)| std::format!("{field} {value}")));
            found
        };
        assert_eq!(derived("1-0:1.7.0(00.100*kW)\r\n1-0:2.7.0(00.250*kW)\r\n"), ["active_power_net -150 W"]);
        assert_eq!(
            derived("1-0:1.8.1(000001.500*kWh)\r\n1-0:1.8.2(000002.001*kWh)\r\n"),
            ["active_power_import_total 3501 Wh"]
        );
        assert_eq!(derived("1-0:1.7.0(00.100*kW)\r\n"), [""; 0]);
        assert_eq!(
            derived("1-0:1.8.0(000009.000*kWh)\r\n1-0:1.8.1(000001.500*kWh)\r\n"),
            [""; 0],
            "the total is sent"
        );
    }

    #[test]
    fn scales_that_cannot_be_right_are_named() {
        let doubts = |lines: &str, expected: &[&str]| {
            reading(lines, |reading| {
                let found: Vec<_> = reading.doubts().map(|doubt| doubt.to_string()).collect();
                assert_eq!(found.len(), expected.len(), "{found:?}");
                for (found, expected) in found.iter().zip(expected) {
                    assert!(found.contains(expected), "{found}");
                }
            });
        };
        doubts("1-0:1.7.0(02.000*kW)\r\n1-0:32.7.0(230.0*V)\r\n1-0:31.7.0(008*A)\r\n", &[]);
        doubts("1-0:1.7.0(00.400*kW)\r\n1-0:32.7.0(230.0*V)\r\n1-0:31.7.0(000*A)\r\n", &[]);
        doubts("1-0:1.7.0(20.000*kW)\r\n1-0:32.7.0(230.0*V)\r\n1-0:31.7.0(008*A)\r\n", &["20000 W"]);
        doubts(
            "1-0:1.7.0(02.000*kW)\r\n1-0:3.7.0(00.100*kvar)\r\n1-0:32.7.0(23000*V)\r\n1-0:31.7.0(009*A)\r\n",
            &["207000 VA"],
        );
        doubts("1-0:13.7.0(4.556)\r\n", &["4.556"]);
    }
}
