//! Codes, numbers and times in every form that meters write: what is read is what was meant, exactly.

use amshan_quantity::{Date, DateTime, Decimal, ErrorKind, Obis, Time};
use proptest::prelude::*;
use proptest::sample::select;

/// "Not specified".
const NONE: u8 = 0xFF;

fn part(values: core::ops::RangeInclusive<u8>) -> impl Strategy<Value = Option<u8>> {
    prop_oneof![4 => values.prop_map(Some), 1 => Just(None)]
}

/// Digits, or a dash for each where nothing is given.
fn digits(part: Option<u16>, count: usize) -> String {
    part.map_or_else(|| "-".repeat(count), |part| format!("{part:0count$}"))
}

/// Minutes from local time to UTC as octets, and what they mean.
fn deviation() -> impl Strategy<Value = (i16, Option<i16>)> {
    prop_oneof![
        // Up to 14 hours ahead of UTC.
        4 => (-840..=720i16).prop_map(|minutes| (minutes, Some(minutes))),
        1 => Just((i16::MIN, None)),
        1 => prop_oneof![i16::MIN..-840, 721..=i16::MAX, -900..-840i16, 721..800i16]
            .prop_map(|minutes| (minutes, None)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_date_time_says_what_its_octets_say(
        year in prop_oneof![4 => (0..=9999u16).prop_map(Some), 1 => Just(None)],
        (month, day, weekday) in (part(1..=12), part(1..=28), any::<u8>()),
        // Begin and end of daylight saving time, the last day and the one before.
        special in [0xFD, 0xFE].map(|octet| prop::option::weighted(0.1, Just(octet))),
        (hour, minute, second, hundredths) in (part(0..=23), part(0..=59), part(0..=59), part(0..=99)),
        (deviation, minutes) in deviation(),
        status: u8,
    ) {
        let [y0, y1] = year.unwrap_or(0xFFFF).to_be_bytes();
        let [d0, d1] = deviation.to_be_bytes();
        let octet = |part: Option<u8>| part.unwrap_or(NONE);
        let octets = [
            y0, y1, special[0].unwrap_or(octet(month)), special[1].unwrap_or(octet(day)), weekday,
            octet(hour), octet(minute), octet(second), octet(hundredths), d0, d1, status,
        ];
        let month = month.filter(|_| special[0].is_none());
        let day = day.filter(|_| special[1].is_none());

        let found = DateTime::from_octets(octets).unwrap();
        let (date, time) = (found.date(), found.time());
        prop_assert_eq!((date.year(), date.month(), date.day()), (year, month, day));
        prop_assert_eq!((time.hour(), time.minute(), time.second()), (hour, minute, second));
        prop_assert_eq!(time.hundredths(), hundredths);
        prop_assert_eq!((found.deviation(), found.offset_minutes()), (minutes, minutes.map(|minutes| -minutes)));
        prop_assert_eq!(found.status().map(|status| status.0), Some(status).filter(|status| *status != NONE));
        let all = year.is_some() && month.is_some() && day.is_some() && hour.is_some() && minute.is_some();
        prop_assert_eq!(found.is_complete(), all);
        prop_assert_eq!(Date::from_octets(*octets.first_chunk().unwrap()), Ok(date));
        prop_assert_eq!(Time::from_octets([octets[5], octets[6], octets[7], octets[8]]), Ok(time));

        let wide = |part: Option<u8>| digits(part.map(u16::from), 2);
        let mut text = format!("{}-{}-{}T{}:{}", digits(year, 4), wide(month), wide(day), wide(hour), wide(minute));
        if second.is_some() {
            text += &format!(":{}", wide(second));
        }
        if let Some(hundredths @ 1..) = hundredths {
            text += &format!(".{hundredths:02}");
        }
        prop_assert_eq!(found.without_deviation().to_string(), text.clone());
        if let Some(minutes) = minutes {
            // UTC is local time and the deviation, so the offset that is printed has the other sign.
            let sign = if minutes > 0 { '-' } else { '+' };
            text += &format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
        }
        prop_assert_eq!(found.to_string(), text);
    }

    /// A text meter and a binary one that mean the same time say the same.
    #[test]
    fn a_p1_time_is_the_same_as_its_octets(
        (year, month, day) in (0..100u8, 1..=12u8, 1..=28u8),
        (hour, minute, second) in (0..24u8, 0..60u8, 0..60u8),
        (letter, status) in select(vec![("S", 0x80), ("W", 0), ("s", 0x80), ("w", 0), ("X", NONE), ("", NONE)]),
    ) {
        prop_assume!(!(year % 70 == 0 && month == 1 && day == 1));
        let [y0, y1] = (2000 + u16::from(year)).to_be_bytes();
        let octets = [y0, y1, month, day, NONE, hour, minute, second, NONE, 0x80, 0, status];
        let meant = DateTime::from_octets(octets).unwrap();
        let printed = meant.to_string();
        let text = format!("{year:02}{month:02}{day:02}{hour:02}{minute:02}{second:02}{letter}");
        prop_assert_eq!(DateTime::parse_p1(text.as_bytes()), Ok(meant));
        // Cut short it is none, but for the forms without letter and without seconds.
        for length in 0..text.len() {
            let cut = DateTime::parse_p1(&text.as_bytes()[..length]);
            match length {
                12 => prop_assert_eq!(cut.map(|time| time.to_string()), Ok(printed.clone())),
                10 => prop_assert_eq!(cut.map(|time| time.to_string()), Ok(format!("{}:00", &printed[..16]))),
                _ => prop_assert_eq!(cut.unwrap_err().kind, ErrorKind::Length(length)),
            }
        }
        let long = format!("20{year:02}{month:02}{day:02} {hour:02}:{minute:02}:{second:02}");
        prop_assert_eq!(DateTime::parse_p1(long.as_bytes()).map(|time| time.to_string()), Ok(printed));
        prop_assert!((0..long.len()).all(|length| DateTime::parse_p1(&long.as_bytes()[..length]).is_err()));
    }

    #[test]
    fn a_code_is_the_same_in_every_form([a, b, c, d, e, f]: [u8; 6]) {
        for (text, code) in [
            (format!("{a}-{b}:{c}.{d}.{e}*{f}"), [a, b, c, d, e, f]),
            (format!("{a}-{b}:{c}.{d}.{e}.{f}"), [a, b, c, d, e, f]),
            (format!("{a}.{b}.{c}.{d}.{e}.{f}"), [a, b, c, d, e, f]),
            (format!("{a}-{b}:{c}.{d}.{e}"), [a, b, c, d, e, 255]),
            (format!("{a}-{b}:{c}.{d}"), [a, b, c, d, 255, 255]),
            (format!("{c}.{d}.{e}*{f}"), [1, 0, c, d, e, f]),
            (format!("{c}.{d}.{e}"), [1, 0, c, d, e, 255]),
            (format!("{c}.{d}"), [1, 0, c, d, 255, 255]),
            (format!("{a:03}-{b:03}:{c:03}.{d:03}.{e:03}*{f:03}"), [a, b, c, d, e, f]),
        ] {
            prop_assert_eq!(Obis::parse(text.as_bytes()), Ok(Obis::from(code)), "{}", text);
        }
        let code = Obis::new(a, b, c, d, e, f);
        prop_assert_eq!([code.a(), code.b(), code.c(), code.d(), code.e(), code.f()], code.octets());
        prop_assert_eq!(code.reduced().to_string().parse(), Ok(Obis::new(a, b, c, d, e, 255)));
    }

    /// A number keeps its digits, the decimals included, whatever zeros and sign stand before it.
    #[test]
    fn a_number_keeps_its_digits(
        number: u64, shift in 0..64u32, decimals in 0..19usize, zeros in 0..30usize,
        sign in select(vec!["", "+", "-"]),
    ) {
        let number = number >> shift;
        let one = 10u64.pow(decimals as u32);
        let point = if decimals == 0 { String::new() } else { format!(".{:0decimals$}", number % one) };
        let plain = format!("{}{point}", number / one);
        let text = format!("{sign}{}{plain}", "0".repeat(zeros));
        let found = Decimal::parse(text.as_bytes()).unwrap();
        prop_assert_eq!((found.magnitude(), i32::from(found.exponent())), (number, -(decimals as i32)));
        let negative = sign == "-" && number != 0;
        prop_assert_eq!(found.is_negative(), negative);
        prop_assert_eq!(found.to_string(), format!("{}{plain}", if negative { "-" } else { "" }));
        // Times a power of ten, the digits stay.
        let whole = found.scaled(decimals as i8);
        prop_assert_eq!(whole.to_string(), format!("{}{number}", if negative { "-" } else { "" }));
        let larger = found.scaled(decimals as i8 + 3);
        let thousands = if number == 0 { "" } else { "000" };
        prop_assert_eq!(larger.to_string(), format!("{whole}{thousands}"));
    }

    /// What has more than 64 bits is refused, not rounded.
    #[test]
    fn a_number_is_exact_or_none(number: u128, shift in 0..128u32) {
        let number = number >> shift;
        match Decimal::parse(number.to_string().as_bytes()) {
            Ok(found) => prop_assert_eq!(u128::from(found.magnitude()), number),
            Err(error) => prop_assert!(error.kind == ErrorKind::Range && number > u128::from(u64::MAX)),
        }
    }

    /// Sums, differences and order are those of integers.
    #[test]
    fn arithmetic_is_exact_or_none(
        a: i64, b: i64, small in (0..64u32, 0..64u32), powers in (-9..=9i8, -9..=9i8),
    ) {
        let (a, b) = (a >> small.0, b >> small.1);
        let low = powers.0.min(powers.1);
        let at = |number: i64, power: i8| i128::from(number) * 10i128.pow((power - low) as u32);
        let (whole_a, whole_b) = (at(a, powers.0), at(b, powers.1));
        let (a, b) = (Decimal::new(a, powers.0), Decimal::new(b, powers.1));
        prop_assert_eq!(a.cmp(&b), whole_a.cmp(&whole_b));
        prop_assert_eq!(a == b, whole_a == whole_b);
        for (found, exact) in [(a.checked_add(b), whole_a + whole_b), (a.checked_sub(b), whole_a - whole_b)] {
            match found {
                Some(found) => {
                    let magnitude = i128::from(found.magnitude());
                    let signed = if found.is_negative() { -magnitude } else { magnitude };
                    prop_assert_eq!((signed, found.exponent()), (exact, low));
                }
                None => prop_assert!(exact.unsigned_abs() > u128::from(u64::MAX)),
            }
        }
    }
}

/// 400 years of the Gregorian calendar have 146,097 days.
#[test]
fn every_day_is_a_date_and_nothing_else() {
    let mut days = 0;
    for year in 2000..2400u16 {
        let [y0, y1] = year.to_be_bytes();
        for month in 0..=13 {
            for day in 0..=32 {
                let found = Date::from_octets([y0, y1, month, day, NONE]);
                days += u32::from(found.is_ok_and(Date::is_complete));
            }
        }
    }
    assert_eq!(days, 146_097);
}

#[test]
fn every_octet_of_a_time_is_a_part_of_it_or_refused() {
    for (place, parts) in [24, 60, 60, 100].into_iter().enumerate() {
        for octet in 0..=255u8 {
            let mut octets = [0; 4];
            octets[place] = octet;
            let found = Time::from_octets(octets);
            assert_eq!(found.is_ok(), octet < parts || octet == NONE, "{octet} at {place}");
            assert!(found.err().is_none_or(|error| error.offset == place));
        }
    }
}
