//! A meter's wall clock.

use crate::error::{Error, ErrorKind};

/// A date: the five octets of COSEM's `date` (DLMS UA 1000-1, 4.1.6.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Date([u8; 5]);

/// A time of day: the four octets of COSEM's `time` (DLMS UA 1000-1, 4.1.6.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Time([u8; 4]);

/// What a meter's clock shows: local time, and with it, if the meter tells, its deviation from UTC and a status.
///
/// These are the twelve octets of COSEM's `date-time` (DLMS UA 1000-1, 4.1.6.1), each part of which may be "not
/// specified". A P1 time (`101209113020W`) is put into the same form: the season letter becomes the daylight
/// saving bit of the status, and the deviation, which the letter does not fix, stays unspecified.
///
/// | octets | part | not specified |
/// |---|---|---|
/// | 0–1 | year | `FFFF` |
/// | 2 | month; `FD`, `FE` end and begin of daylight saving | `FF` |
/// | 3 | day of month; `FE`, `FD` the last and the one before | `FF` |
/// | 4 | day of week, 1 is Monday; not checked, meters send it wrong | `FF` |
/// | 5–7 | hour, minute, second | `FF` |
/// | 8 | hundredths of a second | `FF` |
/// | 9–10 | deviation: minutes from local time to UTC | `8000` |
/// | 11 | [`ClockStatus`] | `FF` |
///
/// It prints as ISO 8601: `2022-08-04T13:50:21`, with `+02:00` behind it where there is a deviation, and dashes where a
/// part is not given. It is read from such a text as well, and from what meters write ([`parse_p1`](Self::parse_p1)).
///
/// Which hour of the world a wall clock without deviation shows, only its zone tells: with the feature `jiff`,
/// `zoned` and `offset_in`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    date: Date,
    time: Time,
    deviation: [u8; 2],
    status: u8,
}

/// What the clock says of itself (bit 0 is the least significant).
///
/// | bit | meaning |
/// |---|---|
/// | 0 | invalid value |
/// | 1 | doubtful value |
/// | 2 | different clock base |
/// | 3 | invalid clock status |
/// | 7 | daylight saving active |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClockStatus(pub u8);

/// Summer or winter time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum Season {
    /// Daylight saving time is in force.
    Summer,
    /// It is not.
    Winter,
}

impl ClockStatus {
    /// The time could not be recovered after an incident.
    pub const fn invalid(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// The time could be recovered after an incident, but cannot be vouched for.
    pub const fn doubtful(self) -> bool {
        self.0 & 0x02 != 0
    }

    /// The clock runs on another base than it should.
    pub const fn different_base(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// The status itself is not valid.
    pub const fn invalid_status(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// Daylight saving is in force, and the time shown includes it.
    pub const fn daylight_saving(self) -> bool {
        self.0 & 0x80 != 0
    }
}

pub(crate) const NONE: u8 = 0xFF;

/// An octet that may be "not specified".
const fn given(octet: u8) -> Option<u8> {
    if octet == NONE { None } else { Some(octet) }
}

/// `Err` unless the octet is in range or says "not specified" or another of the special values.
fn ranged(
    part: &'static str,
    octet: u8,
    low: u8,
    high: u8,
    special: &[u8],
    offset: usize,
) -> Result<(), Error> {
    if (low..=high).contains(&octet) || octet == NONE || special.contains(&octet) {
        return Ok(());
    }
    Err(Error { kind: ErrorKind::Calendar { part, value: u16::from(octet) }, offset })
}

impl Date {
    /// A date from its octets.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Calendar`] for a part that no calendar has.
    pub fn from_octets(octets: [u8; 5]) -> Result<Self, Error> {
        let [_, _, month, day, _] = octets;
        ranged("month", month, 1, 12, &[0xFD, 0xFE], 2)?;
        ranged("day", day, 1, 31, &[0xFD, 0xFE], 3)?;
        let date = Self(octets);
        if let Some(year @ 10_000..) = date.year() {
            return Err(Error { kind: ErrorKind::Calendar { part: "year", value: year }, offset: 0 });
        }
        if let (Some(month), Some(day)) = (date.month(), date.day()) {
            ranged("day", day, 1, days_in(date.year(), month), &[], 3)?;
        }
        Ok(date)
    }

    /// The year, in full.
    pub const fn year(self) -> Option<u16> {
        match u16::from_be_bytes([self.0[0], self.0[1]]) {
            0xFFFF => None,
            year => Some(year),
        }
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> Option<u8> {
        match self.0[2] {
            month @ 1..=12 => Some(month),
            _ => None,
        }
    }

    /// The day of the month, 1 to 31.
    pub const fn day(self) -> Option<u8> {
        match self.0[3] {
            day @ 1..=31 => Some(day),
            _ => None,
        }
    }

    /// Whether year, month and day are all given.
    pub const fn is_complete(self) -> bool {
        self.year().is_some() && self.month().is_some() && self.day().is_some()
    }
}

impl Time {
    /// A time of day from its octets.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Calendar`] for a part that no clock has.
    pub fn from_octets(octets: [u8; 4]) -> Result<Self, Error> {
        let [hour, minute, second, hundredths] = octets;
        ranged("hour", hour, 0, 23, &[], 0)?;
        ranged("minute", minute, 0, 59, &[], 1)?;
        ranged("second", second, 0, 59, &[], 2)?;
        ranged("hundredths", hundredths, 0, 99, &[], 3)?;
        Ok(Self(octets))
    }

    /// The hour, 0 to 23.
    pub const fn hour(self) -> Option<u8> {
        given(self.0[0])
    }

    /// The minute.
    pub const fn minute(self) -> Option<u8> {
        given(self.0[1])
    }

    /// The second.
    pub const fn second(self) -> Option<u8> {
        given(self.0[2])
    }

    /// Hundredths of a second.
    pub const fn hundredths(self) -> Option<u8> {
        given(self.0[3])
    }

    /// Whether hour and minute are given.
    pub const fn is_complete(self) -> bool {
        self.hour().is_some() && self.minute().is_some()
    }
}

impl DateTime {
    /// Date and time of day, without deviation and status.
    pub const fn new(date: Date, time: Time) -> Self {
        Self { date, time, deviation: [0x80, 0], status: NONE }
    }

    /// A date-time from its octets.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Calendar`] for a part that no calendar or clock has.
    #[inline]
    pub fn from_octets(octets: [u8; 12]) -> Result<Self, Error> {
        // Most are on no day that only some months have, and have nothing to be asked for.
        if !matches!(octets, [0..=0x26, _, 1..=12, 1..=28, _, 0..=23, 0..=59, 0..=59, 0..=99 | 0xFF, ..]) {
            Self::check(octets)?;
        }
        let [y0, y1, month, day, week, hour, minute, second, hundredths, d0, d1, status] = octets;
        let (date, time) = (Date([y0, y1, month, day, week]), Time([hour, minute, second, hundredths]));
        Ok(Self { date, time, deviation: [d0, d1], status })
    }

    #[inline(never)]
    fn check(octets: [u8; 12]) -> Result<(), Error> {
        let [y0, y1, month, day, week, hour, minute, second, hundredths, ..] = octets;
        Date::from_octets([y0, y1, month, day, week])?;
        Time::from_octets([hour, minute, second, hundredths])
            .map_err(|error| Error { offset: error.offset.saturating_add(5), ..error })?;
        Ok(())
    }

    /// Reads a time as text meters write it.
    ///
    /// | form | who |
    /// |---|---|
    /// | `YYMMDDhhmmssX` | P1; X is `S` in summer time, `W` in winter, in any case; other letters say nothing |
    /// | `YYMMDDhhmmss`, `YYMMDDhhmm` | DSMR 2 and 3 sub-meters |
    /// | `YYYYMMDD hh:mm:ss` | NES |
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Length`] and [`ErrorKind::Character`] for what is no time, [`ErrorKind::Calendar`] for a part
    /// that no calendar or clock has (Belgian meters send month 25 for a peak that never was), and
    /// [`ErrorKind::Unset`] for the first second of 1970 or 2000, with which meters say that there is none.
    pub fn parse_p1(text: &[u8]) -> Result<Self, Error> {
        let mut status = NONE;
        let digits = match text {
            [digits @ .., letter] if digits.len() == 12 && letter.is_ascii_alphabetic() => {
                status = match letter.to_ascii_uppercase() {
                    b'S' => 0x80,
                    b'W' => 0x00,
                    _ => NONE,
                };
                digits
            }
            _ => text,
        };
        let parts = match *digits {
            [a, b, c, d, e, f, g, h, i, j, k, l] => pairs([b'2', b'0', a, b, c, d, e, f, g, h, i, j, k, l]),
            [a, b, c, d, e, f, g, h, i, j] => pairs([b'2', b'0', a, b, c, d, e, f, g, h, i, j, b'0', b'0']),
            [a, b, c, d, e, f, g, h, b' ', i, j, b':', k, l, b':', m, n] => {
                pairs([a, b, c, d, e, f, g, h, i, j, k, l, m, n])
            }
            _ => None,
        };
        let [century, year, month, day, hour, minute, second] = parts.ok_or_else(|| no_time(digits))?;
        if let (20, 0 | 70, 1, 1) = (century, year, month, day) {
            return Err(Error { kind: ErrorKind::Unset, offset: 0 });
        }
        let [y0, y1] = u16::from(century).wrapping_mul(100).wrapping_add(u16::from(year)).to_be_bytes();
        Self::from_octets([y0, y1, month, day, NONE, hour, minute, second, NONE, 0x80, 0, status])
            .map_err(|error| Error { offset: 0, ..error })
    }

    /// The date.
    pub const fn date(self) -> Date {
        self.date
    }

    /// The time of day.
    pub const fn time(self) -> Time {
        self.time
    }

    /// Minutes from local time to UTC: −120 where local time is UTC+2. `None`: not specified, or out of range.
    ///
    /// The standard's range is −720 to 720; there are zones up to UTC+14.
    pub fn deviation(self) -> Option<i16> {
        Some(i16::from_be_bytes(self.deviation)).filter(|minutes| (-840..=720).contains(minutes))
    }

    /// Minutes that local time is ahead of UTC: 120 for UTC+2.
    pub fn offset_minutes(self) -> Option<i16> {
        self.deviation().map(i16::wrapping_neg)
    }

    /// What the clock says of itself.
    pub const fn status(self) -> Option<ClockStatus> {
        match given(self.status) {
            Some(status) => Some(ClockStatus(status)),
            None => None,
        }
    }

    /// Whether the clock says that it is summer or winter time: by the status of COSEM, or the letter of P1.
    pub const fn season(self) -> Option<Season> {
        match self.status() {
            Some(status) if status.invalid_status() => None,
            Some(status) if status.daylight_saving() => Some(Season::Summer),
            Some(_) => Some(Season::Winter),
            None => None,
        }
    }

    /// Whether it names a minute: date, hour and minute are all given.
    pub const fn is_complete(self) -> bool {
        self.date.is_complete() && self.time.is_complete()
    }

    /// The local time alone: to be printed without offset, or for meters whose deviation does not mean what it says.
    #[must_use]
    pub const fn without_deviation(self) -> Self {
        Self { deviation: [0x80, 0], ..self }
    }

    /// The same wall clock, so many minutes ahead of UTC: 120 for UTC+2.
    #[must_use]
    pub const fn with_offset_minutes(self, minutes: i16) -> Self {
        Self { deviation: minutes.wrapping_neg().to_be_bytes(), ..self }
    }

    /// The same time with another status, or none.
    #[must_use]
    pub const fn with_status(self, status: Option<ClockStatus>) -> Self {
        let status = match status {
            Some(ClockStatus(status)) => status,
            None => NONE,
        };
        Self { status, ..self }
    }

    /// The twelve octets of COSEM's `date-time`.
    pub const fn octets(self) -> [u8; 12] {
        let Self { date: Date([y0, y1, month, day, week]), time, deviation: [d0, d1], status } = self;
        let Time([hour, minute, second, hundredths]) = time;
        [y0, y1, month, day, week, hour, minute, second, hundredths, d0, d1, status]
    }
}

const fn days_in(year: Option<u16>, month: u8) -> u8 {
    match (month, year) {
        (4 | 6 | 9 | 11, _) => 30,
        (2, Some(year)) if year % 4 != 0 || (year % 100 == 0 && year % 400 != 0) => 28,
        (2, _) => 29,
        _ => 31,
    }
}

/// The numbers that pairs of digits are: century, year, month, day, hour, minute, second. `None`: not all are digits.
fn pairs(digits: [u8; 14]) -> Option<[u8; 7]> {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = digits.map(|octet| octet.wrapping_sub(b'0'));
    let pairs = [[a, b], [c, d], [e, f], [g, h], [i, j], [k, l], [m, n]];
    let are_digits = digits.iter().fold(true, |all, octet| all & octet.is_ascii_digit());
    are_digits.then(|| pairs.map(|[tens, ones]| tens.wrapping_mul(10).wrapping_add(ones)))
}

/// Why a text is no time of P1: its length, or the first octet that is not what it has to be.
#[cold]
fn no_time(text: &[u8]) -> Error {
    let form: &[u8] = match text.len() {
        10 => b"0000000000",
        12 => b"000000000000",
        17 => b"00000000 00:00:00",
        length => return Error { kind: ErrorKind::Length(length), offset: 0 },
    };
    let is_wrong = |(octet, form): (&u8, &u8)| match form {
        b'0' => !octet.is_ascii_digit(),
        separator => octet != separator,
    };
    let offset = text.iter().zip(form).position(is_wrong).unwrap_or_default();
    Error { kind: ErrorKind::Character(text.get(offset).copied().unwrap_or_default()), offset }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn cosem_times_print_as_iso_8601() {
        for (octets, text) in [
            // Netz NÖ in summer; Kaifa NO; Kaifa SE; nothing given; hundredths
            ([0x07, 0xE5, 9, 27, 1, 9, 47, 15, 0, 0xFF, 0x88, 0x80], "2021-09-27T09:47:15+02:00"),
            ([0x07, 0xE4, 2, 15, 6, 1, 25, 34, 0xFF, 0x80, 0, 0], "2020-02-15T01:25:34"),
            ([0x07, 0xE4, 2, 15, 0, 1, 25, 34, 0xFF, 0xFF, 0xC4, 0], "2020-02-15T01:25:34+01:00"),
            ([0xFF; 12], "----------T--:--+00:01"),
            ([0x07, 0xE4, 2, 29, 0, 0, 0, 0, 5, 0x01, 0x2C, 0xFF], "2020-02-29T00:00:00.05-05:00"),
        ] {
            assert_eq!(DateTime::from_octets(octets).unwrap().to_string(), text);
        }
    }

    #[test]
    fn deviation_counts_towards_utc() {
        let summer = [0x07, 0xE5, 9, 27, 1, 9, 47, 15, 0, 0xFF, 0x88, 0x80];
        let time = DateTime::from_octets(summer).unwrap();
        assert_eq!((time.deviation(), time.offset_minutes()), (Some(-120), Some(120)));
        assert!(time.status().unwrap().daylight_saving());
        assert_eq!(time.without_deviation().to_string(), "2021-09-27T09:47:15");
    }

    #[test]
    fn status_bits_count_from_the_least_significant() {
        assert!(ClockStatus(0x80).daylight_saving() && !ClockStatus(0x80).invalid());
        assert!(ClockStatus(0x01).invalid());
        assert!(ClockStatus(0x02).doubtful());
        assert!(ClockStatus(0x04).different_base());
        assert!(ClockStatus(0x08).invalid_status());
    }

    #[test]
    fn p1_times() {
        for (text, printed, dst) in [
            ("101209113020W", "2010-12-09T11:30:20", Some(false)),
            ("200426223325S", "2020-04-26T22:33:25", Some(true)),
            ("200426223325s", "2020-04-26T22:33:25", Some(true)),
            ("220201000000T", "2022-02-01T00:00:00", None),
            ("121030140000", "2012-10-30T14:00:00", None),
            ("1210301400", "2012-10-30T14:00:00", None), // the seconds that it leaves out are 0
            ("20240111 09:35:00", "2024-01-11T09:35:00", None),
        ] {
            let time = DateTime::parse_p1(text.as_bytes()).unwrap();
            assert_eq!(time.status().map(ClockStatus::daylight_saving), dst, "{text}");
            assert_eq!(time.to_string(), printed, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_its_place() {
        let calendar = |part, value| ErrorKind::Calendar { part, value };
        for (text, kind, offset) in [
            ("632525252525W", calendar("month", 25), 0),
            ("631325000000W", calendar("month", 13), 0),
            ("230229000000W", calendar("day", 29), 0),
            ("000101010000W", ErrorKind::Unset, 0),
            ("700101010000W", ErrorKind::Unset, 0),
            ("", ErrorKind::Length(0), 0),
            ("00000123.4567", ErrorKind::Length(13), 0),
            ("00000123.456", ErrorKind::Character(b'.'), 8),
            ("20240111T09:35:00", ErrorKind::Character(b'T'), 8),
        ] {
            assert_eq!(DateTime::parse_p1(text.as_bytes()), Err(Error { kind, offset }), "{text}");
        }
    }

    #[test]
    fn iso_8601_is_read_as_it_is_printed() {
        for text in [
            "2022-08-04T13:50:21",
            "2022-08-04T13:50:21.05+02:00",
            "2022-08-04T13:50",
            "2020-02-29T00:00:00-05:30",
            "2022-01-01T00:00:00+14:00",
            "----------T--:--",
        ] {
            assert_eq!(text.parse::<DateTime>().unwrap().to_string(), text);
        }
        assert_eq!("2022-08-04T13:50:21Z".parse::<DateTime>().unwrap().offset_minutes(), Some(0));
        let character = |octet, offset| Error { kind: ErrorKind::Character(octet), offset };
        for (text, error) in [
            ("", Error { kind: ErrorKind::Length(0), offset: 0 }),
            ("2022-08-04", Error { kind: ErrorKind::Length(10), offset: 10 }),
            ("2022-08-04 13:50", character(b' ', 10)),
            ("2022-08-04T13:50:21x", character(b'x', 19)),
            ("2022-08-04T13:50:21.5", Error { kind: ErrorKind::Length(21), offset: 21 }),
            ("2022-08-04T13:50:21+0200", character(b'0', 22)),
            ("2022-08-04T13:50:21+02:00Z", character(b'Z', 25)),
            ("2022-08-04T13:50:21+02:60", character(b'-', 20)),
            (
                "2022-08-04T13:50:21-13:00",
                Error { kind: ErrorKind::Calendar { part: "hours from UTC", value: 13 }, offset: 20 },
            ),
            (
                "2022-02-30T13:50:21",
                Error { kind: ErrorKind::Calendar { part: "day", value: 30 }, offset: 0 },
            ),
        ] {
            assert_eq!(text.parse::<DateTime>(), Err(error), "{text}");
        }
    }

    #[test]
    fn the_season_is_that_of_the_status_or_the_letter() {
        let season = |text: &str| DateTime::parse_p1(text.as_bytes()).unwrap().season();
        assert_eq!(season("200426223325S"), Some(Season::Summer));
        assert_eq!(season("200426223325W"), Some(Season::Winter));
        assert_eq!(season("200426223325"), None);
        let time = DateTime::parse_p1(b"200426223325S").unwrap();
        assert_eq!(time.with_status(Some(ClockStatus(0x88))).season(), None, "the status is not valid");
        assert_eq!(time.with_offset_minutes(120).to_string(), "2020-04-26T22:33:25+02:00");
        assert_eq!(time.with_offset_minutes(-210).to_string(), "2020-04-26T22:33:25-03:30");
    }

    proptest::proptest! {
        #[test]
        fn what_is_printed_is_read_as_the_same(octets: [u8; 12]) {
            if let Ok(time) = DateTime::from_octets(octets) {
                proptest::prop_assert_eq!(time.octets(), octets);
                let text = time.to_string();
                proptest::prop_assert_eq!(text.parse::<DateTime>().map(|time| time.to_string()), Ok(text));
            }
        }

        #[test]
        fn any_text_is_an_iso_time_or_an_error(text: std::string::String) {
            let _ = text.parse::<DateTime>();
        }

        #[test]
        fn any_octets_are_a_time_or_an_error(octets: [u8; 12]) {
            if let Ok(time) = DateTime::from_octets(octets) {
                let _ = time.to_string();
            }
        }

        #[test]
        fn any_text_is_a_time_or_an_error(text: std::vec::Vec<u8>) {
            let _ = DateTime::parse_p1(&text);
        }
    }
}
