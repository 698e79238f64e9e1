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

/// The quantities of a message that tell whether it can be right, noted while its fields come by: [`Reading::doubts`]
/// for those who look at all fields anyway.
#[derive(Debug, Clone, Copy, Default)]
pub struct Telling {
    numbers: [Option<Decimal>; TELLING.len()],
}

/// Voltages, currents, active and reactive power in both directions, power factor.
const TELLING: [Field; 11] = [
    Field::VOLTAGE_L1,
    Field::VOLTAGE_L2,
    Field::VOLTAGE_L3,
    Field::CURRENT_L1,
    Field::CURRENT_L2,
    Field::CURRENT_L3,
    Field::ACTIVE_POWER_IMPORT,
    Field::ACTIVE_POWER_EXPORT,
    Field::REACTIVE_POWER_IMPORT,
    Field::REACTIVE_POWER_EXPORT,
    Field::POWER_FACTOR,
];

/// The place of a field in [`TELLING`] by its id; those that tell nothing have one behind it.
static PLACES: [u8; 256] = {
    let mut places = [u8::MAX; 256];
    let mut place = 0u8;
    #[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "evaluated at compile time")]
    while (place as usize) < TELLING.len() {
        places[TELLING[place as usize].id() as usize] = place;
        place += 1;
    }
    places
};

impl Telling {
    /// A number of the message.
    #[inline]
    pub fn note(&mut self, field: Field, number: Decimal) {
        let place = PLACES.get(usize::from(field.id())).copied().map(usize::from);
        if let Some(place) = place.and_then(|place| self.numbers.get_mut(place)) {
            *place = Some(number);
        }
    }

    /// What in the message can't be right.
    pub fn doubts(&self) -> impl Iterator<Item = Doubt> + use<> {
        let one = Decimal::new(1, 0);
        let [u1, u2, u3, i1, i2, i3, p1, p2, q1, q2, factor] = self.numbers;
        let factor = factor.filter(|factor| *factor > one || *factor < Decimal::new(-1, 0));
        power_doubt([u1, u2, u3], [i1, i2, i3], [p1, p2], [q1, q2])
            .into_iter()
            .chain(factor.map(Doubt::PowerFactor))
    }
}

impl<'a> Reading<'a> {
    /// Quantities that the message does not say, but that follow from it: the net power (import less export), and the
    /// totals of meters that send tariffs only. They are no fields of the message: whoever passes them on says so.
    pub fn derived(&self) -> impl Iterator<Item = (Field, Value<'a>)> + use<'a> {
        let [net, import, export, power_import, power_export] = self.numbers([
            Field::ACTIVE_POWER_NET,
            Field::ACTIVE_POWER_IMPORT_TOTAL,
            Field::ACTIVE_POWER_EXPORT_TOTAL,
            Field::ACTIVE_POWER_IMPORT,
            Field::ACTIVE_POWER_EXPORT,
        ]);
        let imports = self.numbers([
            Field::ACTIVE_ENERGY_IMPORT_T1,
            Field::ACTIVE_ENERGY_IMPORT_T2,
            Field::ACTIVE_ENERGY_IMPORT_T3,
            Field::ACTIVE_ENERGY_IMPORT_T4,
        ]);
        let exports = self.numbers([
            Field::ACTIVE_ENERGY_EXPORT_T1,
            Field::ACTIVE_ENERGY_EXPORT_T2,
            Field::ACTIVE_ENERGY_EXPORT_T3,
            Field::ACTIVE_ENERGY_EXPORT_T4,
        ]);
        let difference =
            power_import.zip(power_export).and_then(|(import, export)| import.checked_sub(export));
        let missing = |sent: Option<Decimal>, field, value: Option<Decimal>, unit| {
            let value = value.filter(|_| sent.is_none() && self.get(field).is_none())?;
            Some((field, Value::Number(value, unit)))
        };
        [
            missing(net, Field::ACTIVE_POWER_NET, difference, Unit::WATT),
            missing(import, Field::ACTIVE_POWER_IMPORT_TOTAL, sum(imports), Unit::WATT_HOUR),
            missing(export, Field::ACTIVE_POWER_EXPORT_TOTAL, sum(exports), Unit::WATT_HOUR),
        ]
        .into_iter()
        .flatten()
    }

    /// What in the message can't be right, by what it says elsewhere.
    pub fn doubts(&self) -> impl Iterator<Item = Doubt> + use<> {
        let mut telling = Telling::default();
        let note = |field, value: &Value<'_>| value.number().into_iter().for_each(|n| telling.note(field, n));
        self.each_field(note, drop);
        telling.doubts()
    }

    /// The numbers of these fields, in one pass over the message.
    fn numbers<const N: usize>(&self, fields: [Field; N]) -> [Option<Decimal>; N] {
        let mut numbers = [None; N];
        for object in self.objects().flatten() {
            let place = object.field.and_then(|field| fields.iter().position(|wanted| *wanted == field));
            if let Some(number @ None) = place.and_then(|place| numbers.get_mut(place)) {
                *number = object.value.and_then(|value| value.number());
            }
        }
        numbers
    }
}

/// The sum of what is there, if the first is.
fn sum(parts: [Option<Decimal>; 4]) -> Option<Decimal> {
    let [first, others @ ..] = parts;
    others.into_iter().flatten().try_fold(first?, Decimal::checked_add)
}

/// The power against voltage times current. The margins are wide: currents come in whole amperes from some meters, and
/// on IT nets voltages are between lines.
#[allow(clippy::arithmetic_side_effects, reason = "floating point")]
fn power_doubt(
    voltages: [Option<Decimal>; 3],
    currents: [Option<Decimal>; 3],
    active: [Option<Decimal>; 2],
    reactive: [Option<Decimal>; 2],
) -> Option<Doubt> {
    let higher =
        |powers: [Option<Decimal>; 2]| powers.into_iter().flatten().map(Decimal::to_f64).reduce(f64::max);
    let (mut apparent, mut volts) = (0.0, 0.0);
    for (voltage, current) in voltages.into_iter().zip(currents) {
        match (voltage, current) {
            (Some(voltage), Some(current)) => {
                apparent += voltage.to_f64() * current.to_f64().abs();
                volts += voltage.to_f64();
            }
            (None, None) => {}
            _ => return None,
        }
    }
    let power = higher(active)?;
    if volts > 0.0 && power > 2.0 * apparent + 2.0 * volts {
        return Some(Doubt::PowerTooHigh { power, apparent });
    }
    let power = power + higher(reactive)?;
    (apparent > 10.0 * power + 5000.0).then_some(Doubt::PowerTooLow { power, apparent })
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
