//! Civil time of the meter's place.

/// Which clock the meter follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Central European civil time.
    Cet,
    /// Eastern European civil time.
    Eet,
    /// Central European normal time all year: Sweden.
    CetNormal,
    /// Eastern European normal time all year: Finland.
    EetNormal,
    /// Universal time.
    Utc,
}

/// What a wall clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Year.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
    /// Day of the week, 1 is Monday.
    pub weekday: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute.
    pub minute: u8,
    /// Second.
    pub second: u8,
    /// Minutes ahead of UTC; a message need not tell.
    pub offset_minutes: i16,
    /// Daylight saving time.
    pub dst: bool,
}

/// What the deviation octets of a date-time say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deviation {
    /// Minutes from local time to UTC.
    True,
    /// `8000`, not specified.
    Absent,
    /// `0000`, whatever the zone.
    Zero,
}

/// How a maker writes a date-time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    pub weekday: bool,
    pub hundredths: u8,
    pub deviation: Deviation,
    /// The status octet; the daylight saving bit is added where the deviation is true.
    pub status: u8,
}

impl Style {
    /// True deviation, daylight saving in the status.
    pub(crate) const TRUE: Self =
        Self { weekday: true, hundredths: 0xFF, deviation: Deviation::True, status: 0 };
    /// Neither deviation nor daylight saving.
    pub(crate) const LOCAL: Self = Self { deviation: Deviation::Absent, ..Self::TRUE };
}

impl Clock {
    /// What the clocks of a zone show at a moment of Unix time.
    pub fn at(unix_seconds: u64, zone: Zone) -> Self {
        let (standard, summer) = match zone {
            Zone::Utc => (0, false),
            Zone::Cet => (60, true),
            Zone::Eet => (120, true),
            Zone::CetNormal => (60, false),
            Zone::EetNormal => (120, false),
        };
        let year = civil((unix_seconds / 86_400) as i64).0;
        let change = |month| last_sunday(year, month) * 86_400 + 3600;
        let dst = summer && (change(3)..change(10)).contains(&(unix_seconds as i64));
        let offset_minutes = standard + if dst { 60 } else { 0 };
        let local = unix_seconds as i64 + i64::from(offset_minutes) * 60;
        let (year, month, day) = civil(local.div_euclid(86_400));
        let seconds = local.rem_euclid(86_400);
        Self {
            year: year as u16,
            month: month as u8,
            day: day as u8,
            weekday: ((local.div_euclid(86_400) + 3).rem_euclid(7) + 1) as u8,
            hour: (seconds / 3600) as u8,
            minute: (seconds / 60 % 60) as u8,
            second: (seconds % 60) as u8,
            offset_minutes,
            dst,
        }
    }

    pub(crate) fn octets(&self, style: Style) -> [u8; 12] {
        let [year_high, year_low] = self.year.to_be_bytes();
        let deviation = match style.deviation {
            Deviation::True => (-self.offset_minutes).to_be_bytes(),
            Deviation::Absent => [0x80, 0x00],
            Deviation::Zero => [0x00, 0x00],
        };
        let weekday = if style.weekday { self.weekday } else { 0 };
        let dst = if self.dst && style.deviation == Deviation::True { 0x80 } else { 0x00 };
        let mut out =
            [year_high, year_low, self.month, self.day, weekday, self.hour, self.minute, self.second]
                .into_iter()
                .chain([style.hundredths, deviation[0], deviation[1], style.status | dst]);
        core::array::from_fn(|_| out.next().unwrap_or(0xFF))
    }

    /// `260114120010W`.
    pub(crate) fn p1(&self) -> String {
        format!("{}{}", self.digits(), if self.dst { 'S' } else { 'W' })
    }

    /// `260114120010`.
    pub(crate) fn digits(&self) -> String {
        let Self { year, month, day, hour, minute, second, .. } = *self;
        format!("{:02}{month:02}{day:02}{hour:02}{minute:02}{second:02}", year % 100)
    }
}

/// Year, month and day of a number of days since 1970-01-01 (proleptic Gregorian calendar).
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, of_year - (153 * from_march + 2) / 5 + 1)
}

/// The day number of the last Sunday of a month of 31 days.
fn last_sunday(year: i64, month: i64) -> i64 {
    let day = (0..).map(|back| days(year, month, 31) - back);
    day.into_iter().find(|day| (day + 3).rem_euclid(7) == 6).unwrap_or(0)
}

/// Days since 1970-01-01 of a date.
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let from_march = (month + 9) % 12;
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Unix time of midnight UTC on the first day of the month that lies `back` months before a clock's.
pub(crate) fn month_start(clock: &Clock, back: u32) -> u64 {
    let months = i64::from(clock.year) * 12 + i64::from(clock.month) - 1 - i64::from(back);
    (days(months.div_euclid(12), months.rem_euclid(12) + 1, 1) * 86_400) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_clocks() {
        for (unix, zone, digits, weekday, dst) in [
            (0, Zone::Utc, "700101000000", 4, false),
            (1_632_728_835, Zone::Cet, "210927094715", 1, true), // mbus.md section 4
            (1_711_846_799, Zone::Cet, "240331015959", 7, false),
            (1_711_846_800, Zone::Cet, "240331030000", 7, true),
            (1_729_990_799, Zone::Cet, "241027025959", 7, true),
            (1_729_990_800, Zone::Cet, "241027020000", 7, false),
            (1_719_792_000, Zone::CetNormal, "240701010000", 1, false),
            (1_719_792_000, Zone::Eet, "240701030000", 1, true),
            (1_709_164_800, Zone::Utc, "240229000000", 4, false),
        ] {
            let clock = Clock::at(unix, zone);
            assert_eq!((clock.digits().as_str(), clock.weekday, clock.dst), (digits, weekday, dst), "{unix}");
        }
    }

    #[test]
    fn the_octets_of_the_published_example() {
        let style = Style { hundredths: 0, ..Style::TRUE };
        let octets = Clock::at(1_632_728_835, Zone::Cet).octets(style);
        assert_eq!(octets, [0x07, 0xE5, 0x09, 0x1B, 0x01, 0x09, 0x2F, 0x0F, 0x00, 0xFF, 0x88, 0x80]);
    }

    #[test]
    fn months_back() {
        let clock = Clock::at(1_711_846_800, Zone::Cet);
        for (back, digits) in [(0, "240301000000"), (2, "240101000000"), (3, "231201000000")] {
            assert_eq!(Clock::at(month_start(&clock, back), Zone::Utc).digits(), digits);
        }
    }
}
