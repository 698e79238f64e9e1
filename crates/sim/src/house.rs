//! A believable house: what its parts take and give.

use crate::clock::{civil, days};
use crate::household::{Household, apparent};
use crate::rng::{Rng, mix};

/// A house. All that a meter can know of it follows from this and the time.
///
/// What a part takes is constant for some seconds, and its register grows by just that. Houses with an odd seed have
/// panels on the roof: in the hours in which these give more than the house takes, it takes nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct House {
    /// The seed, from which all that is invented follows.
    pub seed: u64,
    parts: &'static [Part],
    keys: Option<Keys>,
    number: Option<u64>,
}

/// Keys that were given, and are not those of the seed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Keys {
    key: [u8; 16],
    auth_key: Option<[u8; 16]>,
}

impl House {
    /// Every day is much like the other, and it exports from 10 to 15 o'clock (normal time) if it has panels.
    pub const fn plain(seed: u64) -> Self {
        let parts = if seed % 2 == 1 { PLAIN_SUNNY } else { PLAIN };
        Self { seed, parts, keys: None, number: None }
    }

    /// One with seasons: a heat pump, hot water, a cooker, a car that is charged at night, and the sun of the month.
    pub const fn lived(seed: u64) -> Self {
        Self { seed, parts: LIVED, keys: None, number: None }
    }

    /// All that its meter sends is ciphered under this key, and has a tag where there is an authentication key. A list
    /// that is always ciphered stays as it is but for the keys.
    #[must_use]
    pub const fn keyed(self, key: [u8; 16], auth_key: Option<[u8; 16]>) -> Self {
        Self { keys: Some(Keys { key, auth_key }), ..self }
    }

    /// The power taken, W, is this number, and so is what was taken of energy (Wh), gas and water (dm3) and heat (MJ):
    /// to tell messages apart.
    #[must_use]
    pub const fn numbered(self, number: u64) -> Self {
        Self { number: Some(number), ..self }
    }

    /// The encryption key.
    pub fn key(&self) -> [u8; 16] {
        self.keys.map_or_else(|| Rng::new(mix(self.seed, 15, 0)).key(), |keys| keys.key)
    }

    /// The authentication key.
    pub fn auth_key(&self) -> [u8; 16] {
        self.given_auth_key().unwrap_or_else(|| Rng::new(mix(self.seed, 16, 0)).key())
    }

    /// Whether it ciphers what others send in clear.
    pub(crate) const fn is_keyed(&self) -> bool {
        self.keys.is_some()
    }

    pub(crate) fn given_auth_key(&self) -> Option<[u8; 16]> {
        self.keys.and_then(|keys| keys.auth_key)
    }

    /// What its meter knows at this moment (Unix time in milliseconds; before 2020 it stands still).
    pub fn at(&self, unix_ms: u64) -> Household {
        let time = unix_ms.saturating_sub(EPOCH_MS);
        let today = Today::of(time / DAY_MS);
        let mut sums = [[(0, 0); 3]; 7];
        for part in self.parts {
            for (phase, sum) in sums[part.of as usize].iter_mut().enumerate() {
                if part.phases[phase] {
                    let (total, power) = self.part(part, phase as u64).at(time, &today);
                    *sum = (sum.0 + total, sum.1 + power);
                }
            }
        }
        let total = |of: Of| sums[of as usize].map(|(total, _)| total / 1_000_000);
        let power = |of: Of| sums[of as usize].map(|(_, power)| power);
        let voltage = core::array::from_fn(|phase| {
            let noise = |slot, spread| mix(self.seed, 5 + phase as u64, slot) % spread;
            226_000 + noise(time / 600_000, 7_000) + noise(time / SLOT_MS + 1_000_000_000, 1_500)
        });
        let mut now = Household {
            house: *self,
            unix_ms,
            import: power(Of::Import),
            export: power(Of::Export),
            reactive_import: power(Of::ReactiveImport),
            reactive_export: power(Of::ReactiveExport),
            voltage,
            current: [0; 3],
            energy_import: total(Of::Import),
            energy_export: total(Of::Export),
            reactive_energy_import: total(Of::ReactiveImport),
            reactive_energy_export: total(Of::ReactiveExport),
            frequency: 49_950 + mix(self.seed, 8, time / SLOT_MS) % 100,
            gas: total(Of::Gas)[0],
            water: total(Of::Water)[0],
            heat: total(Of::Heat)[0],
        };
        if let Some(number) = self.number {
            now.import = [number, 0, 0];
            now.energy_import = now.import;
            (now.export, now.reactive_import, now.reactive_export) = ([0; 3], [0; 3], [0; 3]);
            (now.gas, now.water, now.heat) = (number, number, number);
        }
        now.current = core::array::from_fn(|phase| {
            let active = now.import[phase] + now.export[phase];
            let reactive = now.reactive_import[phase] + now.reactive_export[phase];
            apparent(active, reactive) * 1_000_000 / now.voltage[phase]
        });
        now
    }

    fn part(&self, part: &'static Part, phase: u64) -> Curve {
        let seed = mix(self.seed, part.noise, phase);
        let sun = if self.seed % 2 == 1 { part.sun } else { part.sun.without() };
        Curve { seed, daily: part.daily + seed % part.daily, part, sun }
    }
}

/// Without the keys.
impl core::fmt::Debug for House {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut out = f.debug_struct("House");
        out.field("seed", &self.seed).field("number", &self.number).finish_non_exhaustive()
    }
}

/// Registers are 0 then: 2020-01-01T00:00:00+01:00.
pub(crate) const EPOCH_MS: u64 = 1_577_833_200_000;
pub(crate) const HOUR_MS: u64 = 3_600_000;
/// The same day in days of Unix time.
const EPOCH_DAY: i64 = 18_262;
const DAY_MS: u64 = 86_400_000;
const SLOT_MS: u64 = 5_000;
const CYCLE_MS: u64 = 1_800_000;

/// The register that a part counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Import,
    Export,
    ReactiveImport,
    ReactiveExport,
    Gas,
    Water,
    Heat,
}

/// Something that takes or gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    of: Of,
    /// Which stream of random numbers it follows.
    noise: u64,
    phases: [bool; 3],
    /// µWh of a day on each phase (or millionths of what the register counts); up to twice that, as the house is.
    daily: u64,
    /// How much of it in each month, per cent.
    months: &'static [u64; 12],
    /// How far days differ, per cent.
    wild: u64,
    /// The weight of each hour.
    hours: &'static [u64; 24],
    sun: Sun,
    flow: Flow,
}

/// What a part has to do with the sun on the roof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sun {
    /// Nothing.
    Any,
    /// It takes from the panels, and nothing through the meter, in the hours of [`WINDOW`].
    Fed,
    /// It is the panels: they give in those hours.
    Gives,
    /// It is the panels of a house that has none.
    Dark,
}

impl Sun {
    /// The same in a house without panels.
    const fn without(self) -> Self {
        match self {
            Self::Any | Self::Fed => Self::Any,
            Self::Gives | Self::Dark => Self::Dark,
        }
    }
}

/// How the energy of an hour comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// All the time, a little differently every five seconds.
    Even,
    /// Once each half-hour, at this power, W.
    Cycles(u64),
    /// The whole day's at once, from this hour on, at this power, W.
    From(u64, u64),
}

/// What the calendar says of a day.
struct Today {
    /// The day since 2020.
    day: u64,
    /// How many days of each month (January of any year, …) were before it.
    passed: [u64; 12],
    /// The months of yesterday, of today and of tomorrow, from 0.
    months: [usize; 3],
}

impl Today {
    fn of(day: u64) -> Self {
        let date = |day: u64| civil(EPOCH_DAY + day as i64);
        let month = |day| (date(day).1 - 1) as usize;
        let (year, this, nth) = date(day);
        let first = |month: i64| days(month.div_euclid(12), month.rem_euclid(12) + 1, 1);
        let mut passed = [0; 12];
        for month in 2020 * 12..year * 12 + this - 1 {
            passed[month.rem_euclid(12) as usize] += (first(month + 1) - first(month)) as u64;
        }
        let months = [day.saturating_sub(1), day, day + 1].map(month);
        passed[months[1]] += (nth - 1) as u64;
        Self { day, passed, months }
    }
}

/// A part of one house on one phase.
struct Curve {
    seed: u64,
    daily: u64,
    part: &'static Part,
    sun: Sun,
}

impl Curve {
    /// The register in µWh, and its growth in W.
    fn at(&self, time_ms: u64, today: &Today) -> (u64, u64) {
        if self.sun == Sun::Dark {
            return (0, 0);
        }
        let in_day = time_ms % DAY_MS;
        let (hour, in_hour) = (in_day / HOUR_MS, in_day % HOUR_MS);
        let [yesterday, month, tomorrow] = today.months;
        let share = self.part.months[month];
        let passed: u64 = today.passed.iter().zip(self.part.months).map(|(days, share)| days * share).sum();
        let start = self.daily * passed / 100;
        let gain = self.daily * (passed + share) / 100 - start;
        let (sooner, later) = (
            self.unevenness(today.day, [yesterday, month]),
            self.unevenness(today.day + 1, [month, tomorrow]),
        );
        let (start, gain) = (start + sooner, gain + later - sooner);
        if let Flow::From(hour, watts) = self.part.flow {
            return blocks(start, gain, in_day, hour * HOUR_MS, watts);
        }
        let weight = |hour| self.weight(month, hour);
        let whole: u64 = (0..24).map(weight).sum();
        let until =
            |hour: u64| (gain * (0..hour).map(weight).sum::<u64>()).checked_div(whole).unwrap_or_default();
        let (start, gain) = (start + until(hour), until(hour + 1) - until(hour));
        if let Flow::Cycles(watts) = self.part.flow {
            let (cycle, in_cycle) = (in_hour / CYCLE_MS, in_hour % CYCLE_MS);
            let cycles = HOUR_MS / CYCLE_MS;
            let edge = |cycle| gain * cycle / cycles;
            let (start, gain) = (start + edge(cycle), edge(cycle + 1) - edge(cycle));
            let watts = watts.max(needs(gain, CYCLE_MS) + 1);
            let rest = CYCLE_MS - lasts(gain, watts).min(CYCLE_MS);
            let offset = mix(self.seed, 3, time_ms / CYCLE_MS) % (rest + 1);
            return blocks(start, gain, in_cycle, offset, watts);
        }
        let slots = HOUR_MS / SLOT_MS;
        let (slot, in_slot) = (in_hour / SLOT_MS, in_hour % SLOT_MS);
        let number = time_ms / HOUR_MS * slots;
        let edge = |slot| {
            let jitter = if slot == 0 || slot == slots { 0 } else { mix(self.seed, 2, number + slot) % 500 };
            gain * (slot * 1000 + jitter) / (slots * 1000)
        };
        let (start, gain) = (start + edge(slot), edge(slot + 1) - edge(slot));
        (start + gain * in_slot / SLOT_MS, gain * slots / 1_000_000)
    }

    /// By how much the register is ahead at the midnight between days of these months: so one day has more, another less,
    /// and no day has less than nothing.
    fn unevenness(&self, day: u64, months: [usize; 2]) -> u64 {
        let [before, after] = months.map(|month| self.part.months[month]);
        mix(self.seed, 1, day) % (self.daily * before.min(after) * self.part.wild / 10_000).max(1)
    }

    fn weight(&self, month: usize, hour: u64) -> u64 {
        let (from, to) = WINDOW[month];
        let sunny = (from..to).contains(&hour);
        match self.sun {
            Sun::Gives if sunny => (2 * (hour - from) + 1) * (2 * (to - hour) - 1),
            Sun::Fed if sunny => 0,
            Sun::Gives | Sun::Dark => 0,
            Sun::Any | Sun::Fed => self.part.hours[hour as usize],
        }
    }
}

/// Register and power of what runs from an offset until it had all of its gain; the time is since the start.
fn blocks(start: u64, gain: u64, time: u64, offset: u64, watts: u64) -> (u64, u64) {
    let had = (watts * time.saturating_sub(offset) * 10 / 36).min(gain);
    (start + had, if time >= offset && had < gain { watts } else { 0 })
}

/// How many milliseconds this power takes for this energy in µWh.
const fn lasts(energy: u64, watts: u64) -> u64 {
    energy * 36 / (10 * watts) + 1
}

/// The power in W that makes this energy in µWh in so many milliseconds.
const fn needs(energy: u64, ms: u64) -> u64 {
    energy * 36 / (10 * ms)
}

const ALL: [bool; 3] = [true; 3];
const FIRST: [bool; 3] = [true, false, false];
const SECOND: [bool; 3] = [false, true, false];
const THIRD: [bool; 3] = [false, false, true];

const DAY: [u64; 24] = [4, 3, 3, 3, 3, 4, 7, 9, 8, 6, 6, 7, 8, 7, 6, 7, 9, 12, 13, 12, 10, 9, 7, 5];
const NO_NOON: [u64; 24] = [4, 3, 3, 3, 3, 4, 7, 9, 8, 6, 0, 0, 0, 0, 0, 7, 9, 12, 13, 12, 10, 9, 7, 5];
const NOON: [u64; 24] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 10, 11, 10, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const BUSY: [u64; 24] = [0, 0, 0, 0, 0, 0, 7, 9, 8, 6, 6, 7, 8, 7, 6, 7, 9, 12, 13, 12, 10, 9, 0, 0];
const QUIET: [u64; 24] = [8, 8, 8, 8, 8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 8];
const WARM: [u64; 24] = [5, 5, 5, 5, 6, 8, 9, 8, 6, 5, 4, 4, 4, 4, 4, 5, 6, 7, 7, 7, 6, 6, 5, 5];
const BATHS: [u64; 24] = [0, 0, 0, 0, 0, 1, 4, 4, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 4, 3, 1];
const MEALS: [u64; 24] = [0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 2, 2, 0, 0, 0, 3, 6, 4, 1, 0, 0, 0, 0];

const ALIKE: [u64; 12] = [100; 12];
const LIGHT: [u64; 12] = [115, 110, 104, 97, 91, 88, 88, 91, 97, 104, 111, 117];
const COLD: [u64; 12] = [100, 96, 78, 52, 26, 10, 6, 8, 22, 48, 76, 94];
const BRIGHT: [u64; 12] = [0, 10, 35, 65, 90, 100, 98, 80, 52, 24, 6, 0];

/// The hours (normal time) in which panels give more than the house takes, by month.
const WINDOW: [(u64, u64); 12] = [
    (0, 0),
    (11, 14),
    (10, 15),
    (9, 16),
    (8, 17),
    (7, 18),
    (7, 18),
    (8, 17),
    (9, 16),
    (10, 15),
    (11, 14),
    (0, 0),
];

/// Lights and sockets.
const BASE: Part = Part {
    of: Of::Import,
    noise: 1,
    phases: ALL,
    daily: 4_000_000_000,
    months: &ALIKE,
    wild: 25,
    hours: &DAY,
    sun: Sun::Any,
    flow: Flow::Even,
};
const MOTORS: Part = Part { of: Of::ReactiveImport, noise: 3, daily: 800_000_000, hours: &BUSY, ..BASE };
const CABLES: Part = Part { of: Of::ReactiveExport, noise: 4, daily: 300_000_000, hours: &QUIET, ..BASE };
const GAS: Part = Part { of: Of::Gas, noise: 9, phases: FIRST, daily: 3_000_000_000, ..BASE };
const WATER: Part = Part { of: Of::Water, noise: 10, phases: FIRST, daily: 200_000_000, ..BASE };
const HEAT: Part = Part { of: Of::Heat, noise: 11, phases: FIRST, daily: 80_000_000, ..BASE };

const PLAIN: &[Part] = &[BASE, MOTORS, CABLES, GAS, WATER, HEAT];
const PLAIN_SUNNY: &[Part] = &[
    Part { hours: &NO_NOON, ..BASE },
    Part { of: Of::Export, noise: 2, daily: 3_000_000_000, hours: &NOON, ..BASE },
    MOTORS,
    CABLES,
    GAS,
    WATER,
    HEAT,
];

const LIVED: &[Part] = &[
    Part { daily: 2_000_000_000, months: &LIGHT, sun: Sun::Fed, ..BASE },
    // The heat pump.
    Part {
        noise: 30,
        daily: 8_000_000_000,
        months: &COLD,
        wild: 20,
        hours: &WARM,
        sun: Sun::Fed,
        flow: Flow::Cycles(1_600),
        ..BASE
    },
    // Hot water.
    Part {
        noise: 31,
        phases: SECOND,
        daily: 1_800_000_000,
        hours: &BATHS,
        sun: Sun::Fed,
        flow: Flow::Cycles(2_000),
        ..BASE
    },
    // The cooker.
    Part {
        noise: 32,
        phases: THIRD,
        daily: 900_000_000,
        wild: 80,
        hours: &MEALS,
        sun: Sun::Fed,
        flow: Flow::Cycles(2_200),
        ..BASE
    },
    // The car, from one o'clock on.
    Part { noise: 33, daily: 2_000_000_000, wild: 90, flow: Flow::From(1, 3_680), ..BASE },
    Part {
        of: Of::Export,
        noise: 2,
        daily: 6_000_000_000,
        months: &BRIGHT,
        wild: 80,
        sun: Sun::Gives,
        ..BASE
    },
    MOTORS,
    CABLES,
    Part { months: &COLD, hours: &WARM, ..GAS },
    WATER,
    Part { months: &COLD, hours: &WARM, ..HEAT },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-01-01, 00:00 in normal time.
    const YEAR_2026: u64 = EPOCH_MS + 2192 * DAY_MS;

    /// Energies are the integral of powers: over hours of every month, sampled every five seconds.
    #[test]
    fn registers_grow_by_what_the_power_says() {
        for seed in 1..3 {
            let house = House::lived(seed);
            for month in 0..12 {
                let start = YEAR_2026 + month * 30 * DAY_MS + (seed * 7 + month) % 24 * HOUR_MS;
                let (before, mut import, mut export) = (house.at(start), 0, 0);
                for sample in 0..2 * 3600 / 5 {
                    let now = house.at(start + sample * 5000 + 2500);
                    import += now.import.iter().sum::<u64>();
                    export += now.export.iter().sum::<u64>();
                }
                let after = house.at(start + 2 * HOUR_MS);
                let grown = |of: fn(&Household) -> [u64; 3]| {
                    of(&after).iter().sum::<u64>() - of(&before).iter().sum::<u64>()
                };
                let (taken, given) = (grown(|house| house.energy_import), grown(|house| house.energy_export));
                // A whole watt on each part and phase, and the ends of what is switched.
                assert!(taken.abs_diff(import / 720) <= 60, "{seed} {month}: {taken} Wh, {}", import / 720);
                assert!(given.abs_diff(export / 720) <= 15, "{seed} {month}: {given} Wh, {}", export / 720);
            }
        }
    }

    /// Also over the ends of days, months and years.
    #[test]
    fn registers_never_run_back_nor_jump() {
        for seed in 0..2 {
            let house = House::lived(seed);
            let mut last = house.at(YEAR_2026 - 2 * DAY_MS);
            for step in 1..370 * 24 {
                let now = house.at(YEAR_2026 - 2 * DAY_MS + step * HOUR_MS);
                for phase in 0..3 {
                    let grown = |of: fn(&Household) -> [u64; 3]| {
                        of(&now)[phase].checked_sub(of(&last)[phase]).unwrap()
                    };
                    let (taken, given) =
                        (grown(|house| house.energy_import), grown(|house| house.energy_export));
                    assert!(taken <= 9_000 && given <= 3_000, "{seed} {step}: {taken}, {given}");
                }
                assert!(now.gas - last.gas < 1_000, "{seed} {step}");
                last = now;
            }
        }
    }

    #[test]
    fn a_house_has_seasons_and_nights() {
        let day = |seed, day: u64| {
            let house = House::lived(seed);
            let (a, b) = (house.at(YEAR_2026 + day * DAY_MS), house.at(YEAR_2026 + (day + 7) * DAY_MS));
            let sum = |all: [u64; 3]| all.iter().sum::<u64>();
            [
                (sum(b.energy_import) - sum(a.energy_import)) / 7,
                (sum(b.energy_export) - sum(a.energy_export)) / 7,
            ]
        };
        for seed in 0..20 {
            let ([winter, none], [summer, sun]) = (day(seed, 10), day(seed, 170));
            assert!(
                (25_000..110_000).contains(&winter) && (6_000..40_000).contains(&summer),
                "{winter} {summer}"
            );
            assert!(winter > 2 * summer && none == 0, "{seed}: {winter} {summer} {none}");
            assert_eq!(sun > 10_000, seed % 2 == 1, "{seed}: {sun}");
        }
        let house = House::lived(1);
        let hour = |hour: u64| house.at(YEAR_2026 + 170 * DAY_MS + hour * HOUR_MS + HOUR_MS / 2);
        assert!(hour(12).export[0] > hour(8).export[0] && hour(8).export[0] > 0);
        assert!(hour(12).import == [0; 3] && hour(22).export == [0; 3] && hour(22).import[0] > 0);
    }

    #[test]
    fn a_house_fits_its_fuses() {
        for seed in 0..10 {
            for step in 0..2_000 {
                let house = House::lived(seed).at(YEAR_2026 + step * 15_551_000);
                assert!(house.current.iter().all(|ma| *ma < 63_000), "{house:?}");
                let energy: u64 = house.energy_import.iter().sum();
                assert!(energy < 160_000_000, "{house:?}");
            }
        }
    }

    #[test]
    fn numbers_and_keys_are_those_that_were_given() {
        let house = House::lived(3).numbered(12_345).keyed([7; 16], None);
        let now = house.at(YEAR_2026);
        assert_eq!((now.import, now.energy_import, now.gas), ([12_345, 0, 0], [12_345, 0, 0], 12_345));
        assert_eq!((now.key(), now.auth_key()), ([7; 16], House::lived(3).auth_key()));
        assert!(!format!("{house:?}").contains("7, 7"));
    }
}
