//! A believable house behind the meter.

use crate::clock::{Clock, Zone, month_start};
use crate::rng::{Rng, mix};

/// What a meter knows at one moment: powers, voltages, currents and registers of three phases.
///
/// Everything follows from a seed and the time. A register grows by what the power says: power is constant for five
/// seconds, an hour takes its share of the day by a profile of 24 hours, and days differ. Houses with an odd seed have
/// panels on the roof: from 10 to 15 o'clock (normal time) they export, else they import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Household {
    /// The seed.
    pub seed: u64,
    /// Unix time in milliseconds.
    pub unix_ms: u64,
    /// Active power taken, W.
    pub import: [u64; 3],
    /// Active power given, W.
    pub export: [u64; 3],
    /// Reactive power taken (+), var.
    pub reactive_import: [u64; 3],
    /// Reactive power given (−), var.
    pub reactive_export: [u64; 3],
    /// Voltage, mV.
    pub voltage: [u64; 3],
    /// Current, mA.
    pub current: [u64; 3],
    /// Energy taken, Wh.
    pub energy_import: [u64; 3],
    /// Energy given, Wh.
    pub energy_export: [u64; 3],
    /// Reactive energy taken (+), varh.
    pub reactive_energy_import: [u64; 3],
    /// Reactive energy given (−), varh.
    pub reactive_energy_export: [u64; 3],
    /// Frequency, mHz.
    pub frequency: u64,
    /// Gas, dm3.
    pub gas: u64,
    /// Water, dm3.
    pub water: u64,
    /// Heat, MJ.
    pub heat: u64,
}

impl Household {
    /// The house of this seed at this moment (Unix time in milliseconds; before 2020 it stands still).
    pub fn at(seed: u64, unix_ms: u64) -> Self {
        let time = unix_ms.saturating_sub(EPOCH_MS);
        let solar = seed % 2 == 1;
        let curve = |kind: u64, phase: u64, daily: u64, profile: &[u64; 24]| {
            let seed = mix(seed, kind, phase);
            Curve { seed, daily: daily + seed % daily, profile }.at(time)
        };
        let phases = |kind: u64, daily: u64, profile: &[u64; 24]| {
            let all: [(u64, u64); 3] =
                core::array::from_fn(|phase| curve(kind, phase as u64, daily, profile));
            (all.map(|(total, _)| total / 1_000_000), all.map(|(_, power)| power))
        };
        let none = ([0; 3], [0; 3]);
        let (energy_import, import) = phases(1, 4_000_000_000, if solar { &NO_NOON } else { &DAY });
        let (energy_export, export) = if solar { phases(2, 3_000_000_000, &NOON) } else { none };
        let (reactive_energy_import, reactive_import) = phases(3, 800_000_000, &BUSY);
        let (reactive_energy_export, reactive_export) = phases(4, 300_000_000, &QUIET);
        let voltage = core::array::from_fn(|phase| {
            let noise = |slot, spread| mix(seed, 5 + phase as u64, slot) % spread;
            226_000 + noise(time / 600_000, 7_000) + noise(time / SLOT_MS + 1_000_000_000, 1_500)
        });
        let mut house = Self {
            seed,
            unix_ms,
            import,
            export,
            reactive_import,
            reactive_export,
            voltage,
            current: [0; 3],
            energy_import,
            energy_export,
            reactive_energy_import,
            reactive_energy_export,
            frequency: 49_950 + mix(seed, 8, time / SLOT_MS) % 100,
            gas: curve(9, 0, 3_000_000_000, &DAY).0 / 1_000_000,
            water: curve(10, 0, 200_000_000, &DAY).0 / 1_000_000,
            heat: curve(11, 0, 80_000_000, &DAY).0 / 1_000_000,
        };
        house.current = core::array::from_fn(|phase| {
            let active = house.import[phase] + house.export[phase];
            let reactive = house.reactive_import[phase] + house.reactive_export[phase];
            apparent(active, reactive) * 1_000_000 / house.voltage[phase]
        });
        house
    }

    /// The same house with a single phase.
    #[must_use]
    pub fn one_phase(&self) -> Self {
        let first = |all: [u64; 3]| [all[0], 0, 0];
        Self {
            import: first(self.import),
            export: first(self.export),
            reactive_import: first(self.reactive_import),
            reactive_export: first(self.reactive_export),
            voltage: first(self.voltage),
            current: first(self.current),
            energy_import: first(self.energy_import),
            energy_export: first(self.energy_export),
            reactive_energy_import: first(self.reactive_energy_import),
            reactive_energy_export: first(self.reactive_energy_export),
            ..*self
        }
    }

    /// The same house with clock and registers as they were at the last full hour; powers are of now.
    #[must_use]
    pub fn registers_of_the_hour(&self) -> Self {
        let hour = Self::at(self.seed, self.unix_ms - self.unix_ms % HOUR_MS);
        let hour = if self.voltage[2] == 0 { hour.one_phase() } else { hour };
        Self {
            unix_ms: hour.unix_ms,
            energy_import: hour.energy_import,
            energy_export: hour.energy_export,
            reactive_energy_import: hour.reactive_energy_import,
            reactive_energy_export: hour.reactive_energy_export,
            ..*self
        }
    }

    /// What the clock on the wall shows.
    pub fn clock(&self, zone: Zone) -> Clock {
        Clock::at(self.unix_ms / 1000, zone)
    }

    /// Seconds since 2020: an invocation counter, an invoke id.
    pub fn counter(&self) -> u32 {
        (self.unix_ms.saturating_sub(EPOCH_MS) / 1000) as u32
    }

    /// The highest quarter-hour demand of the month that lies `back` months before: when, and W.
    pub(crate) fn peak(&self, back: u32, zone: Zone) -> (Clock, u64) {
        let start = month_start(&self.clock(zone), back);
        let noise = mix(self.seed, 12, start);
        let quarter = if back == 0 { 0 } else { noise % (27 * 96) };
        (Clock::at(start + quarter * 900, zone), 2_000 + noise % 7_000)
    }

    /// Fills `#` in a template with digits of the seed.
    pub(crate) fn fill(&self, template: &str) -> String {
        let mut digits = Rng::new(mix(self.seed, 13, 0));
        let fill = |c| if c == '#' { char::from(b'0' + digits.below(10) as u8) } else { c };
        template.chars().map(fill).collect()
    }

    /// An invented system title that begins with the letters of a maker.
    pub(crate) fn title(&self, letters: &[u8]) -> [u8; 8] {
        let mut title = mix(self.seed, 14, 0).to_be_bytes();
        title[..letters.len()].copy_from_slice(letters);
        title
    }

    /// The encryption key of this house.
    pub fn key(&self) -> [u8; 16] {
        Rng::new(mix(self.seed, 15, 0)).key()
    }

    /// The authentication key of this house.
    pub fn auth_key(&self) -> [u8; 16] {
        Rng::new(mix(self.seed, 16, 0)).key()
    }
}

/// Whole VA of W and var.
pub(crate) const fn apparent(active: u64, reactive: u64) -> u64 {
    (active * active + reactive * reactive).isqrt()
}

/// A register: it gains `daily` µWh a day, give or take a quarter, by the hours of a profile.
struct Curve<'a> {
    seed: u64,
    daily: u64,
    profile: &'a [u64; 24],
}

impl Curve<'_> {
    /// The register in µWh, and its growth in W.
    fn at(&self, time_ms: u64) -> (u64, u64) {
        let (day, hour, in_hour) = (time_ms / DAY_MS, (time_ms / HOUR_MS % 24) as usize, time_ms % HOUR_MS);
        let midnight = |day| self.daily * day + mix(self.seed, 1, day) % (self.daily / 4);
        let (start, gain) = (midnight(day), midnight(day + 1) - midnight(day));
        let whole: u64 = self.profile.iter().sum();
        let until = |hour: usize| gain * self.profile[..hour].iter().sum::<u64>() / whole;
        let (start, gain) = (start + until(hour), until(hour + 1) - until(hour));
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
}

/// 2020-01-01T00:00:00+01:00: registers are 0 there.
const EPOCH_MS: u64 = 1_577_833_200_000;
const DAY_MS: u64 = 86_400_000;
const HOUR_MS: u64 = 3_600_000;
const SLOT_MS: u64 = 5_000;

const DAY: [u64; 24] = [4, 3, 3, 3, 3, 4, 7, 9, 8, 6, 6, 7, 8, 7, 6, 7, 9, 12, 13, 12, 10, 9, 7, 5];
const NO_NOON: [u64; 24] = [4, 3, 3, 3, 3, 4, 7, 9, 8, 6, 0, 0, 0, 0, 0, 7, 9, 12, 13, 12, 10, 9, 7, 5];
const NOON: [u64; 24] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 10, 11, 10, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const BUSY: [u64; 24] = [0, 0, 0, 0, 0, 0, 7, 9, 8, 6, 6, 7, 8, 7, 6, 7, 9, 12, 13, 12, 10, 9, 0, 0];
const QUIET: [u64; 24] = [8, 8, 8, 8, 8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 8];

#[cfg(test)]
mod tests {
    use super::*;

    const NOON_2026: u64 = 1_768_388_400_000; // 2026-01-14 12:00 CET

    #[test]
    fn registers_grow_by_what_the_power_says() {
        for seed in 0..20 {
            for step in 0..500 {
                let time = NOON_2026 + step * 240_000;
                let (a, b) = (Household::at(seed, time), Household::at(seed, time + 240_000));
                for phase in 0..3 {
                    let grown = b.energy_import[phase] - a.energy_import[phase];
                    assert!(grown <= 400, "{seed} {step}: {grown}");
                    assert!(b.energy_export[phase] >= a.energy_export[phase]);
                    assert!(b.reactive_energy_import[phase] >= a.reactive_energy_import[phase]);
                }
            }
            let hour = |slot: u64| Household::at(seed, NOON_2026 + 6 * 3_600_000 + slot * 5_000);
            let sum: u64 = (0..720).map(|slot| hour(slot).import[0]).sum();
            let grown = hour(720).energy_import[0] - hour(0).energy_import[0];
            assert!((sum / 720).abs_diff(grown) <= 2, "{seed}: {} W, {grown} Wh", sum / 720);
        }
    }

    #[test]
    fn a_house_is_believable() {
        for seed in 0..100 {
            let house = Household::at(seed, NOON_2026);
            assert_eq!(house.export.iter().sum::<u64>() > 0, seed % 2 == 1);
            assert!(house.voltage.iter().all(|mv| (220_000..240_000).contains(mv)));
            assert!(house.current.iter().all(|ma| *ma < 30_000), "{house:?}");
            assert!(house.energy_import.iter().all(|wh| (5_000_000..30_000_000).contains(wh)), "{house:?}");
        }
    }

    #[test]
    fn the_same_seed_and_time_give_the_same_house() {
        assert_eq!(Household::at(7, NOON_2026), Household::at(7, NOON_2026));
        assert_ne!(Household::at(7, NOON_2026), Household::at(8, NOON_2026));
        assert_ne!(Household::at(8, NOON_2026).import, Household::at(8, NOON_2026 + 5_000).import);
        assert_eq!(Household::at(7, 0).energy_import, Household::at(7, 1).energy_import);
    }

    #[test]
    fn templates_take_digits_of_the_seed() {
        let house = Household::at(1, NOON_2026);
        let filled = house.fill("ISK####X");
        assert!(filled.starts_with("ISK") && filled.ends_with('X') && filled.len() == 8);
        assert!(filled[3..7].bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(house.title(b"KFM")[..3], *b"KFM");
    }
}
