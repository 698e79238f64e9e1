//! What the simulator writes is read line by line and value by value; what is cut short gives nothing.

use amshan_dlde::{Check, ErrorKind, Readout, Scanner, Value, parse, readouts, readouts_with};
use amshan_quantity::{Decimal, Obis, Unit};
use amshan_sim::{crc, p1};
use nom::Needed;
use proptest::collection::vec;
use proptest::prelude::*;

/// What stands between two parentheses.
#[derive(Debug, Clone)]
enum Group {
    /// Digits, how many of them are decimals, how many stand before the point at least, and the unit as written.
    Number(u64, usize, usize, &'static str),
    /// Year of the century, month, day, hour, minute, second, and the letter of the season.
    Time([u8; 6], char),
    Text(String),
}

/// Units as P1 writes them, and the power of ten of the base unit.
const UNITS: [(&str, Unit, i8); 9] = [
    ("kWh", Unit::WATT_HOUR, 3),
    ("kW", Unit::WATT, 3),
    ("kvarh", Unit::VAR_HOUR, 3),
    ("kvar", Unit::VAR, 3),
    ("V", Unit::VOLT, 0),
    ("A", Unit::AMPERE, 0),
    ("m3", Unit::CUBIC_METRE, 0),
    ("s", Unit::SECOND, 0),
    ("GJ", Unit::GIGAJOULE, 0),
];

impl Group {
    fn text(&self) -> String {
        match self {
            Self::Number(digits, 0, whole, unit) => format!("{digits:0whole$}*{unit}"),
            Self::Number(digits, decimals, whole, unit) => {
                let one = 10u64.pow(*decimals as u32);
                format!("{:0whole$}.{:0decimals$}*{unit}", digits / one, digits % one)
            }
            Self::Time(parts, letter) => {
                let digits: String = parts.iter().map(|part| format!("{part:02}")).collect();
                format!("{digits}{letter}")
            }
            Self::Text(text) => text.clone(),
        }
    }

    fn assert_in(&self, value: &Value<'_>) {
        assert_eq!(value.raw(), self.text().as_bytes());
        match self {
            Self::Number(digits, decimals, _, written) => {
                let scale = -(*decimals as i8);
                let (_, unit, power) = UNITS.into_iter().find(|(unit, ..)| unit == written).unwrap();
                assert_eq!(value.unit(), Some(written.as_bytes()));
                let number = value.number().unwrap();
                assert_eq!((number.magnitude(), number.exponent()), (*digits, scale));
                assert_eq!(value.quantity(), Some((Decimal::unsigned(*digits, scale + power), unit)));
            }
            Self::Time([year, month, day, hour, minute, second], letter) => {
                let time = value.time().unwrap();
                let text = format!("20{year:02}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
                assert_eq!(time.to_string(), text);
                let summer = time.status().map(|status| status.daylight_saving());
                assert_eq!(summer, Some(*letter == 'S'));
            }
            Self::Text(_) => {}
        }
    }
}

fn group() -> impl Strategy<Value = Group> {
    let unit = prop::sample::select(UNITS.map(|(unit, ..)| unit).to_vec());
    let number = (any::<u64>(), 0..64u32, 0..10usize, 1..9usize, unit).prop_map(
        |(digits, shift, decimals, whole, unit)| Group::Number(digits >> shift, decimals, whole, unit),
    );
    // The first second of 2000 and of 2070 says that there is no time.
    let parts = (1..70u8, 1..=12u8, 1..=28u8, 0..24u8, 0..60u8, 0..60u8);
    let time = (parts, prop::sample::select(vec!['S', 'W']))
        .prop_map(|((a, b, c, d, e, f), letter)| Group::Time([a, b, c, d, e, f], letter));
    prop_oneof![4 => number, 1 => time, 2 => "[ -'*-~]{0,16}".prop_map(Group::Text)]
}

/// An address and its code, if it has one.
fn address() -> impl Strategy<Value = (String, Option<Obis>)> {
    prop_oneof![
        4 => any::<[u8; 5]>().prop_map(|[a, b, c, d, e]| {
            (format!("{a}-{b}:{c}.{d}.{e}"), Some(Obis::new(a, b, c, d, e, 255)))
        }),
        1 => any::<[u8; 3]>().prop_map(|[c, d, e]| {
            (format!("{c}.{d}.{e}"), Some(Obis::new(1, 0, c, d, e, 255)))
        }),
        1 => "[A-F]\\.[A-F0-9]\\.[0-9]".prop_map(|address| (address, None)),
    ]
}

type Line = (String, Option<Obis>, Vec<Group>);

#[derive(Debug, Clone)]
struct Telegram {
    identification: String,
    lines: Vec<Line>,
    line_end: &'static str,
    check: p1::Check,
    /// The values behind the first stand on the next line, as in DSMR 3.
    broken: bool,
}

impl Telegram {
    fn encode(&self) -> Vec<u8> {
        let mut out = p1::Telegram::with_line_end(&self.identification, self.line_end);
        for (address, _, groups) in &self.lines {
            let texts: Vec<String> = groups.iter().map(Group::text).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let (first, others) = texts.split_at(if self.broken { 1 } else { texts.len() });
            out.line(address, first);
            if !others.is_empty() {
                out.line("", others);
            }
        }
        out.end(self.check).into_bytes()
    }

    fn assert_in(&self, readout: &Readout<'_>) {
        assert_eq!(readout.identification().line(), self.identification.trim_end().as_bytes());
        assert_eq!(readout.crc().is_some(), self.check != p1::Check::None);
        let sets: Vec<_> = readout.data_sets().map(Result::unwrap).collect();
        assert_eq!(sets.len(), self.lines.len());
        for (set, (address, obis, groups)) in sets.iter().zip(&self.lines) {
            assert_eq!((set.address(), set.obis()), (address.as_bytes(), *obis));
            assert_eq!(set.values().count(), groups.len());
            groups.iter().zip(set.values()).for_each(|(group, value)| group.assert_in(&value));
        }
    }
}

fn telegram(checks: &'static [p1::Check]) -> impl Strategy<Value = Telegram> {
    let line = (address(), vec(group(), 1..4)).prop_map(|((address, obis), groups)| (address, obis, groups));
    let line_end = prop::sample::select(vec!["\r\n", "\n", "\r"]);
    let check = prop::sample::select(checks);
    ("[A-Za-z]{3}[0-9]?[ -~]{0,16}", vec(line, 0..8), line_end, check, any::<bool>()).prop_map(
        |(identification, lines, line_end, check, broken)| Telegram {
            identification,
            lines,
            line_end,
            check,
            broken,
        },
    )
}

const SEALED: &[p1::Check] = &[p1::Check::Arc, p1::Check::Short];

/// How many readouts are found if nothing follows.
fn count(stream: &[u8]) -> usize {
    readouts(stream).filter(Result::is_ok).count()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_telegram_comes_back(telegram in telegram(&[p1::Check::Arc, p1::Check::Short, p1::Check::None])) {
        let octets = telegram.encode();
        let (readout, rest) = Readout::parse_prefix(&octets).unwrap();
        prop_assert_eq!(rest, telegram.line_end.as_bytes());
        telegram.assert_in(&readout);
        prop_assert_eq!(parse::readout(&octets).unwrap(), (rest, readout));
    }

    #[test]
    fn telegrams_in_a_row_come_back(all in vec(telegram(SEALED), 0..4)) {
        let stream: Vec<u8> = all.iter().flat_map(Telegram::encode).collect();
        let found: Vec<_> = readouts(&stream).collect();
        prop_assert_eq!(found.len(), all.len());
        for (telegram, readout) in all.iter().zip(found) {
            telegram.assert_in(&readout?);
        }
    }

    #[test]
    fn a_telegram_with_the_other_checksum_comes_back_if_allowed(telegram in telegram(&[p1::Check::X25])) {
        let octets = telegram.encode();
        // By chance both may be the same.
        let summed = &octets[..=octets.iter().rposition(|octet| *octet == b'!').unwrap()];
        prop_assume!(crc::arc(summed) != crc::x25(summed));
        let found: Vec<_> = readouts_with(Scanner::new().with_check(Check::ArcOrX25), &octets).collect();
        let [Ok(readout)] = found[..] else { panic!("{found:?}") };
        telegram.assert_in(&readout);
        prop_assert_eq!(count(&octets), 0);
    }

    /// More octets are asked for to the last one. If nothing follows, a readout with a checksum that is cut is none,
    /// but for one that is cut right behind its end mark: many meters send no checksum. After one that had a
    /// checksum, that is none either.
    #[test]
    fn cut_anywhere_gives_nothing(telegram in telegram(&[p1::Check::Arc])) {
        let octets = telegram.encode();
        let readout = octets.trim_ascii_end();
        let mark = readout.len() - 4;
        // Of 0000, the first digits are as right.
        prop_assume!(crc::arc(&octets[..mark]) != 0);
        for length in 0..readout.len() {
            let cut = &readout[..length];
            match parse::readout(cut) {
                Err(nom::Err::Incomplete(Needed::Size(more))) => prop_assert!(length + more.get() <= 4),
                Err(nom::Err::Incomplete(Needed::Unknown)) => prop_assert!(length >= 4),
                other => panic!("{length}: {other:?}"),
            }
            prop_assert_eq!(count(cut), usize::from(length == mark), "{} of {}", length, readout.len());
            prop_assert_eq!(count(&[&octets[..], cut].concat()), 1);
            match Readout::parse_prefix(cut) {
                Ok((found, rest)) => prop_assert!(length == mark && found.crc().is_none() && rest.is_empty()),
                Err(error) => {
                    let truncated = ErrorKind::Truncated { available: length };
                    prop_assert_eq!(length > mark, error.kind != truncated);
                }
            }
        }
    }
}
