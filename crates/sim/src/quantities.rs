//! What an OBIS code means for a house: its number, unit and field name.

use amshan_quantity::{Obis, Unit};

use crate::household::{Household, apparent};
use crate::rng::mix;

/// The number of this code in thousandths of its base unit (mW, mWh, mV, mA …).
pub(crate) fn milli(h: &Household, code: Obis) -> Option<i64> {
    let [a, _, c, d, e, _] = code.octets();
    let value = match (a, c, d, e) {
        (1, 1..=80, ..) => return electricity(h, (c - 1) / 20, (c - 1) % 20 + 1, d, e),
        (1, 81, 7, 10 | 40 | 51 | 62 | 20) => angle(h, e),
        (1, 84, 7, 0) => power_factor(h.export, reactive(h), 0),
        (1, 90, 7, 0) => h.current.iter().sum(),
        (1, 91, 7, 0) => h.current.iter().sum::<u64>() / 20,
        (0, 96, 7, 9 | 19) => mix(h.house.seed, 20, 9) % 4 * 1000,
        (0, 96, 7, 21) => (mix(h.house.seed, 20, 9) % 4 + mix(h.house.seed, 20, 21) % 9) * 1000,
        _ => return None,
    };
    Some(value as i64)
}

/// `group` is 0 for all phases, 1 to 3 for one; `kind` is group C for all phases (1 to 20).
fn electricity(h: &Household, group: u8, kind: u8, d: u8, e: u8) -> Option<i64> {
    let pick = |all: [u64; 3]| match group {
        0 => all.iter().sum(),
        _ => all[usize::from(group) - 1],
    };
    let any = |all: [u64; 3]| if group == 0 { all[0].max(all[1]).max(all[2]) } else { pick(all) };
    let gives = pick(h.export) > 0;
    let only = |when: bool, value: u64| if when { value } else { 0 };
    let count = |spread: u64| mix(h.house.seed, 21 + u64::from(group), u64::from(d)) % spread * 1000;
    let value = match (kind, d) {
        (1, 7) => pick(h.import) * 1000,
        (2, 7) => pick(h.export) * 1000,
        (3, 7) => pick(h.reactive_import) * 1000,
        (4, 7) => pick(h.reactive_export) * 1000,
        (5, 7) => only(!gives, pick(h.reactive_import)) * 1000,
        (6, 7) => only(gives, pick(h.reactive_import)) * 1000,
        (7, 7) => only(gives, pick(h.reactive_export)) * 1000,
        (8, 7) => only(!gives, pick(h.reactive_export)) * 1000,
        (9, 7) => only(!gives, apparent(pick(h.import), pick(reactive(h)))) * 1000,
        (10, 7) => only(gives, apparent(pick(h.export), pick(reactive(h)))) * 1000,
        (11, 7) => any(h.current),
        (12, 7 | 24) => any(h.voltage),
        (13, 7) => {
            power_factor(core::array::from_fn(|phase| h.import[phase] + h.export[phase]), reactive(h), group)
        }
        (13, 3) => 412,
        (14, 7) => h.frequency,
        (15, 7) => (pick(h.import) + pick(h.export)) * 1000,
        (16, 7) => return Some((pick(h.import) as i64 - pick(h.export) as i64) * 1000),
        (1, 4 | 24) => pick(h.import) * 875,
        (2, 4) => pick(h.export) * 875,
        (3, 4) => pick(h.reactive_import) * 875,
        (4, 4) => pick(h.reactive_export) * 875,
        (9, 4) => only(!gives, apparent(pick(h.import), pick(reactive(h)))) * 875,
        (10, 4) => only(gives, apparent(pick(h.export), pick(reactive(h)))) * 875,
        (15, 24) => (pick(h.import) + pick(h.export)) * 875,
        (16, 24) => return Some((pick(h.import) as i64 - pick(h.export) as i64) * 875),
        (1, 6) => h.peak(0, crate::Zone::Cet).1 * 1000,
        (11, 4) => 25_000,
        (1, 8) => tariff(pick(h.energy_import), e)? * 1000,
        (2, 8) => tariff(pick(h.energy_export), e)? * 1000,
        (3, 8) => tariff(pick(h.reactive_energy_import), e)? * 1000,
        (4, 8) => tariff(pick(h.reactive_energy_export), e)? * 1000,
        (5, 8) => quadrant(pick(h.reactive_energy_import), true, e)?,
        (6, 8) => quadrant(pick(h.reactive_energy_import), false, e)?,
        (7, 8) => quadrant(pick(h.reactive_energy_export), false, e)?,
        (8, 8) => quadrant(pick(h.reactive_energy_export), true, e)?,
        (15, 8) => (pick(h.energy_import) + pick(h.energy_export)) * 1000,
        (16, 8) => return Some((pick(h.energy_import) as i64 - pick(h.energy_export) as i64) * 1000),
        (12, 32 | 36) => count(12),
        (12, 33 | 37) => count(300),
        (12, 34) => 170_000 + count(20),
        (12, 38) => 255_000 + count(10),
        _ => return None,
    };
    Some(value as i64)
}

fn reactive(h: &Household) -> [u64; 3] {
    core::array::from_fn(|phase| h.reactive_import[phase] + h.reactive_export[phase])
}

/// The register of a tariff: two fifths in the first, the rest in the second.
fn tariff(total: u64, e: u8) -> Option<u64> {
    match e {
        0 => Some(total),
        1 => Some(total * 2 / 5),
        2 => Some(total - total * 2 / 5),
        3 | 4 => Some(0),
        _ => None,
    }
}

/// Nine tenths of reactive energy while energy is taken, the rest while it is given.
fn quadrant(total: u64, takes: bool, e: u8) -> Option<u64> {
    let share = total * 9 / 10;
    Some(tariff(if takes { share } else { total - share }, e)? * 1000)
}

fn power_factor(active: [u64; 3], reactive: [u64; 3], group: u8) -> u64 {
    let (active, reactive) = match group {
        0 => (active.iter().sum(), reactive.iter().sum()),
        _ => (active[usize::from(group) - 1], reactive[usize::from(group) - 1]),
    };
    (active * 1000).checked_div(apparent(active, reactive)).unwrap_or(1000)
}

fn angle(h: &Household, e: u8) -> u64 {
    let phase = match e {
        10 => return 120_000,
        20 => return 240_000,
        40 => 0,
        51 => 1,
        _ => 2,
    };
    let of = |plus: u64, minus: u64| plus as f64 - minus as f64;
    let reactive = of(h.reactive_import[phase], h.reactive_export[phase]);
    let degrees = reactive.atan2(of(h.import[phase], h.export[phase])).to_degrees().rem_euclid(360.0);
    degrees as u64 % 360 * 1000
}

/// The base unit of this code.
pub(crate) fn unit(code: Obis) -> Unit {
    let [a, _, c, d, ..] = code.octets();
    let kind = if (1..=80).contains(&c) { (c - 1) % 20 + 1 } else { c };
    match (a, kind, d) {
        (1, 1 | 2 | 15 | 16, 8) => Unit::WATT_HOUR,
        (1, 3..=8, 8) => Unit::VAR_HOUR,
        (1, 9 | 10, 8) => Unit::VOLT_AMPERE_HOUR,
        (1, 1 | 2 | 15 | 16, _) => Unit::WATT,
        (1, 3..=8, _) => Unit::VAR,
        (1, 9 | 10, _) => Unit::VOLT_AMPERE,
        (1, 11 | 90 | 91, _) => Unit::AMPERE,
        (1, 12, 7 | 24 | 34 | 38) => Unit::VOLT,
        (1, 12, 33 | 37) => Unit::SECOND,
        (1, 14, _) => Unit::HERTZ,
        (1, 81, _) => Unit::DEGREE,
        _ => Unit::NONE,
    }
}

/// The name of the number of this code in the field dictionary.
pub(crate) fn field(code: Obis) -> Option<&'static str> {
    let [a, b, c, d, e, f] = code.octets();
    let known = |row: &&([u8; 4], &str)| row.0 == [a, c, d, e];
    let main = f == 255 && (b == 0 || (a == 1 && b == 1));
    if main { FIELDS.iter().find(known).map(|row| row.1) } else { None }
}

/// Groups A, C, D, E and the name.
const FIELDS: &[([u8; 4], &str)] = &[
    ([1, 1, 7, 0], "active_power_import"),
    ([1, 21, 7, 0], "active_power_import_l1"),
    ([1, 41, 7, 0], "active_power_import_l2"),
    ([1, 61, 7, 0], "active_power_import_l3"),
    ([1, 2, 7, 0], "active_power_export"),
    ([1, 22, 7, 0], "active_power_export_l1"),
    ([1, 42, 7, 0], "active_power_export_l2"),
    ([1, 62, 7, 0], "active_power_export_l3"),
    ([1, 3, 7, 0], "reactive_power_import"),
    ([1, 23, 7, 0], "reactive_power_import_l1"),
    ([1, 43, 7, 0], "reactive_power_import_l2"),
    ([1, 63, 7, 0], "reactive_power_import_l3"),
    ([1, 4, 7, 0], "reactive_power_export"),
    ([1, 24, 7, 0], "reactive_power_export_l1"),
    ([1, 44, 7, 0], "reactive_power_export_l2"),
    ([1, 64, 7, 0], "reactive_power_export_l3"),
    ([1, 31, 7, 0], "current_l1"),
    ([1, 51, 7, 0], "current_l2"),
    ([1, 71, 7, 0], "current_l3"),
    ([1, 32, 7, 0], "voltage_l1"),
    ([1, 52, 7, 0], "voltage_l2"),
    ([1, 72, 7, 0], "voltage_l3"),
    ([1, 1, 8, 0], "active_power_import_total"),
    ([1, 2, 8, 0], "active_power_export_total"),
    ([1, 3, 8, 0], "reactive_power_import_total"),
    ([1, 4, 8, 0], "reactive_power_export_total"),
    ([1, 13, 7, 0], "power_factor"),
    ([1, 33, 7, 0], "power_factor_l1"),
    ([1, 53, 7, 0], "power_factor_l2"),
    ([1, 73, 7, 0], "power_factor_l3"),
    ([1, 1, 8, 1], "active_energy_import_t1"),
    ([1, 1, 8, 2], "active_energy_import_t2"),
    ([1, 1, 8, 3], "active_energy_import_t3"),
    ([1, 1, 8, 4], "active_energy_import_t4"),
    ([1, 2, 8, 1], "active_energy_export_t1"),
    ([1, 2, 8, 2], "active_energy_export_t2"),
    ([1, 2, 8, 3], "active_energy_export_t3"),
    ([1, 2, 8, 4], "active_energy_export_t4"),
    ([1, 3, 8, 1], "reactive_energy_import_t1"),
    ([1, 3, 8, 2], "reactive_energy_import_t2"),
    ([1, 4, 8, 1], "reactive_energy_export_t1"),
    ([1, 4, 8, 2], "reactive_energy_export_t2"),
    ([1, 21, 8, 0], "active_energy_import_l1"),
    ([1, 41, 8, 0], "active_energy_import_l2"),
    ([1, 61, 8, 0], "active_energy_import_l3"),
    ([1, 22, 8, 0], "active_energy_export_l1"),
    ([1, 42, 8, 0], "active_energy_export_l2"),
    ([1, 62, 8, 0], "active_energy_export_l3"),
    ([1, 5, 8, 0], "reactive_energy_q1"),
    ([1, 6, 8, 0], "reactive_energy_q2"),
    ([1, 7, 8, 0], "reactive_energy_q3"),
    ([1, 8, 8, 0], "reactive_energy_q4"),
    ([1, 15, 8, 0], "active_energy_combined"),
    ([1, 16, 8, 0], "active_energy_net"),
    ([1, 9, 7, 0], "apparent_power_import"),
    ([1, 29, 7, 0], "apparent_power_import_l1"),
    ([1, 49, 7, 0], "apparent_power_import_l2"),
    ([1, 69, 7, 0], "apparent_power_import_l3"),
    ([1, 10, 7, 0], "apparent_power_export"),
    ([1, 30, 7, 0], "apparent_power_export_l1"),
    ([1, 50, 7, 0], "apparent_power_export_l2"),
    ([1, 70, 7, 0], "apparent_power_export_l3"),
    ([1, 15, 7, 0], "active_power_combined"),
    ([1, 16, 7, 0], "active_power_net"),
    ([1, 5, 7, 0], "reactive_power_q1"),
    ([1, 6, 7, 0], "reactive_power_q2"),
    ([1, 7, 7, 0], "reactive_power_q3"),
    ([1, 8, 7, 0], "reactive_power_q4"),
    ([1, 14, 7, 0], "frequency"),
    ([1, 13, 3, 0], "power_factor_min"),
    ([1, 84, 7, 0], "power_factor_export"),
    ([1, 11, 7, 0], "current_any"),
    ([1, 91, 7, 0], "current_neutral"),
    ([1, 90, 7, 0], "current_sum"),
    ([1, 12, 7, 0], "voltage_any"),
    ([1, 32, 24, 0], "voltage_average_l1"),
    ([1, 52, 24, 0], "voltage_average_l2"),
    ([1, 72, 24, 0], "voltage_average_l3"),
    ([1, 81, 7, 40], "phase_angle_l1"),
    ([1, 81, 7, 51], "phase_angle_l2"),
    ([1, 81, 7, 62], "phase_angle_l3"),
    ([1, 81, 7, 10], "phase_angle_u1_u2"),
    ([1, 81, 7, 20], "phase_angle_u1_u3"),
    ([1, 1, 24, 0], "active_power_average"),
    ([1, 1, 4, 0], "active_demand_import_current"),
    ([1, 2, 4, 0], "active_demand_export_current"),
    ([1, 31, 4, 0], "current_limit"),
    ([1, 32, 32, 0], "voltage_sags_l1"),
    ([1, 52, 32, 0], "voltage_sags_l2"),
    ([1, 72, 32, 0], "voltage_sags_l3"),
    ([1, 32, 36, 0], "voltage_swells_l1"),
    ([1, 52, 36, 0], "voltage_swells_l2"),
    ([1, 72, 36, 0], "voltage_swells_l3"),
    ([1, 32, 33, 0], "voltage_sag_duration_l1"),
    ([1, 32, 34, 0], "voltage_sag_magnitude_l1"),
    ([1, 32, 37, 0], "voltage_swell_duration_l1"),
    ([1, 32, 38, 0], "voltage_swell_magnitude_l1"),
    ([0, 96, 7, 21], "power_failures"),
    ([0, 96, 7, 9], "long_power_failures"),
];

/// The name of the text of this code.
pub(crate) fn text_field(code: Obis) -> Option<&'static str> {
    match code.octets() {
        [1, 0 | 1, 0, 2, 129, 255] => Some("list_ver_id"),
        [0 | 1, 0, 96, 1, 0, 255] | [1, 1, 0, 0, 5, 255] => Some("meter_id"),
        [0, 0, 96, 1, 7, 255] | [1, 1, 96, 1, 1, 255] => Some("meter_type"),
        [0, 0, 42, 0, 0, 255] => Some("logical_device_name"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axdr::parse_obis;

    #[test]
    fn every_field_has_a_number() {
        for seed in 0..4 {
            let house = Household::at(seed, 1_768_388_400_000);
            for &([a, c, d, e], name) in FIELDS {
                let code = Obis::new(a, 0, c, d, e, 255);
                assert!(milli(&house, code).is_some(), "{name}");
                assert_eq!(field(code), Some(name));
            }
        }
    }

    #[test]
    fn totals_are_sums() {
        let house = Household::at(1, 1_768_388_400_000);
        let of = |code: &str| milli(&house, parse_obis(code)).unwrap();
        for sum in [
            ["1-0:1.8.0", "1-0:1.8.1", "1-0:1.8.2"],
            ["1-0:2.8.0", "1-0:2.8.1", "1-0:2.8.2"],
            ["1-0:3.8.0", "1-0:5.8.0", "1-0:6.8.0"],
            ["1-0:4.8.0", "1-0:7.8.0", "1-0:8.8.0"],
        ] {
            assert_eq!(of(sum[0]), of(sum[1]) + of(sum[2]), "{sum:?}");
        }
        assert_eq!(of("1-0:2.7.0"), of("1-0:22.7.0") + of("1-0:42.7.0") + of("1-0:62.7.0"));
        assert_eq!(unit(parse_obis("1-0:52.7.0")), Unit::VOLT);
        assert_eq!(unit(parse_obis("1-1:4.8.0")), Unit::VAR_HOUR);
        assert_eq!(field(parse_obis("0-1:96.7.9")), None);
    }
}
