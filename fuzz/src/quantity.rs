//! OBIS codes, numbers, times and units as text.

use amshan_quantity::{DateTime, Decimal, Obis, Unit};

/// What can be read is printed so that it reads the same again.
pub fn quantity(octets: &[u8]) {
    if let Ok(code) = Obis::parse(octets) {
        assert_eq!(code.to_string().parse(), Ok(code));
    }
    if let Ok(number) = Decimal::parse(octets) {
        assert_number(number);
    }
    if let Some((numbers, _)) = octets.split_first_chunk::<20>() {
        let [a, b] = [&numbers[..10], &numbers[10..]].map(|octets| {
            let (magnitude, rest) = octets.split_first_chunk().unwrap();
            let number = Decimal::new(i64::from_be_bytes(*magnitude), 0);
            number.scaled(rest[0] as i8).scaled((rest[1] as i8) % 4)
        });
        assert_number(a);
        assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        assert_eq!(a == b, a.cmp(&b).is_eq());
        if let (Some(sum), Some(again)) = (a.checked_add(b), b.checked_add(a)) {
            assert_eq!(sum, again);
            assert_eq!(sum.checked_sub(b).unwrap_or(a), a);
        }
    }
    if let Ok(time) = DateTime::parse_p1(octets) {
        assert_time(time);
    }
    if let Some((twelve, _)) = octets.split_first_chunk() {
        if let Ok(time) = DateTime::from_octets(*twelve) {
            assert_time(time);
        }
    }
    if let Some((unit, _)) = Unit::parse(octets) {
        assert!(unit.symbol().is_some() && unit.quantity().is_some(), "{unit:?}");
    }
}

fn assert_number(number: Decimal) {
    let text = number.to_string();
    // A number with many zeros behind it has more digits than are read.
    if let Ok(again) = text.parse::<Decimal>() {
        assert_eq!(again, number, "{text}");
        assert_eq!(again.to_string(), text);
    } else {
        assert!(number.exponent() > 0 && text.len() > 19, "{text}");
    }
}

/// A time of this century that is given to the second is written as P1 writes it, and read again.
fn assert_time(time: DateTime) {
    let text = time.to_string();
    assert!(text.contains('T'), "{text}");
    let season = |time: DateTime| time.status().map(|status| status.daylight_saving());
    let digits: String = text.chars().take(19).filter(char::is_ascii_digit).collect();
    let this_century = time.date().year().is_some_and(|year| (2000..2100).contains(&year));
    if this_century && time.time().second().is_some() && digits.len() == 14 {
        let letter = season(time).map_or('X', |summer| if summer { 'S' } else { 'W' });
        match DateTime::parse_p1(format!("{}{letter}", &digits[2..]).as_bytes()) {
            Ok(again) => {
                assert_eq!(again.to_string(), text[..19]);
                assert_eq!(season(again), season(time));
            }
            Err(error) => assert!(error.is_no_time(), "{text}: {error}"),
        }
    }
}
