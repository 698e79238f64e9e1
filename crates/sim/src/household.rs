//! What a meter knows of the house behind it.

use crate::clock::{Clock, Zone, month_start};
use crate::house::{EPOCH_MS, HOUR_MS, House};
use crate::rng::{Rng, mix};

/// What a meter knows at one moment: powers, voltages, currents and registers of three phases.
///
/// Everything follows from the house and the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Household {
    /// The house.
    pub house: House,
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
    /// The plain house of this seed at this moment (Unix time in milliseconds; before 2020 it stands still).
    pub fn at(seed: u64, unix_ms: u64) -> Self {
        House::plain(seed).at(unix_ms)
    }

    /// The same house at another moment.
    #[must_use]
    pub fn then(&self, unix_ms: u64) -> Self {
        self.house.at(unix_ms)
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
        let hour = self.then(self.unix_ms - self.unix_ms % HOUR_MS);
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
        let noise = mix(self.house.seed, 12, start);
        let quarter = if back == 0 { 0 } else { noise % (27 * 96) };
        (Clock::at(start + quarter * 900, zone), 2_000 + noise % 7_000)
    }

    /// Fills `#` in a template with digits of the seed.
    pub(crate) fn fill(&self, template: &str) -> String {
        let mut digits = Rng::new(mix(self.house.seed, 13, 0));
        let fill = |c| if c == '#' { char::from(b'0' + digits.below(10) as u8) } else { c };
        template.chars().map(fill).collect()
    }

    /// An invented system title that begins with the letters of a maker.
    pub(crate) fn title(&self, letters: &[u8]) -> [u8; 8] {
        let mut title = mix(self.house.seed, 14, 0).to_be_bytes();
        title[..letters.len()].copy_from_slice(letters);
        title
    }

    /// The encryption key of this house.
    pub fn key(&self) -> [u8; 16] {
        self.house.key()
    }

    /// The authentication key of this house.
    pub fn auth_key(&self) -> [u8; 16] {
        self.house.auth_key()
    }
}

/// Whole VA of W and var.
pub(crate) const fn apparent(active: u64, reactive: u64) -> u64 {
    (active * active + reactive * reactive).isqrt()
}

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
