//! The laws of a stream: however it is cut, the same comes out; and whatever is damaged, the rest is found.

use amshan_dlde::{Check, Gap, Readout, ReadoutReader, Scanner, readouts, readouts_with};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// CRC-16/ARC by its definition, bit by bit.
fn checksum(octets: &[u8]) -> u16 {
    octets.iter().fold(0, |register, octet| {
        (0..8).fold(register ^ u16::from(*octet), |r, _| if r & 1 == 0 { r >> 1 } else { (r >> 1) ^ 0xA001 })
    })
}

/// Lines of a readout, among them all that looks like something else.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]-[0-9]:[0-9]{1,2}\\.[0-9]\\.[0-9]\\([0-9]{3,6}\\.[0-9]{3}\\*(kWh|kW|V|A|m3)\\)",
        "0-1:24\\.2\\.1\\([0-9]{12}[SW]\\)\\([0-9.]{9}\\*m3\\)",
        "[0-9A-F]\\.[0-9A-F]\\.[0-9]\\([ -~]{0,12}\\)",
        "\\(!{0,2}[0-9A-F]{0,6}/?[a-zA-Z]{0,4}[0-9]?\\)",
        "[ -.0-~][ -~]{0,20}".prop_filter("no end mark", |line| !line.starts_with('!')),
    ]
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let end = prop_oneof![4 => Just("\r\n"), 1 => Just("\n")];
    let text =
        ("/[A-Za-z]{3}[0-9]?[ -~]{0,16}", end, vec(line(), 0..8)).prop_map(|(identification, end, lines)| {
            let lines: String = lines.into_iter().map(|line| line + end).collect();
            format!("{identification}{end}{end}{lines}!").into_bytes()
        });
    text.prop_filter("it ends in a line", |text| !ends_in_a_line(text))
}

/// Whether a `!` in it has the checksum behind it, as one in 65,536 has.
fn ends_in_a_line(text: &[u8]) -> bool {
    (0..text.len()).filter(|at| text[*at] == b'!').any(|at| {
        let digits = text.get(at + 1..at + 5).and_then(|digits| std::str::from_utf8(digits).ok());
        let sum = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        sum == Some(checksum(&text[..=at]))
    })
}

fn sealed() -> impl Strategy<Value = Vec<u8>> {
    (text(), any::<bool>()).prop_map(|(mut text, lower)| {
        let checksum = checksum(&text);
        let digits = if lower { format!("{checksum:04x}\r\n") } else { format!("{checksum:04X}\r\n") };
        text.extend(digits.into_bytes());
        text
    })
}

/// The end mark behind the last data set, as in a document of Aidon's.
fn sealed_inside_a_line() -> impl Strategy<Value = Vec<u8>> {
    text().prop_map(|mut text| {
        text.truncate(text.len() - 1);
        text.extend(b"1.8.0(1)!");
        let checksum = checksum(&text);
        text.extend(format!("{checksum:04X}\r\n").into_bytes());
        text
    })
}

fn bare() -> impl Strategy<Value = Vec<u8>> {
    text().prop_map(|mut text| {
        text.extend(b"\r\n");
        text
    })
}

fn noise() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..40),
        "[ -~\r\n]{0,40}".prop_map(String::into_bytes),
        "[/!a-f0-9\r\n (]{0,40}".prop_map(String::into_bytes),
        Just(b"\r\n\x00\x03\x02".to_vec()),
    ]
}

/// A part of a readout.
fn cut() -> impl Strategy<Value = Vec<u8>> {
    (prop_oneof![sealed(), bare()], any::<Index>(), any::<Index>()).prop_map(|(readout, a, b)| {
        let (a, b) = (a.index(readout.len()), b.index(readout.len()));
        readout[a.min(b)..a.max(b)].to_vec()
    })
}

fn flipped() -> impl Strategy<Value = Vec<u8>> {
    (sealed(), any::<Index>(), 0..8u32).prop_map(|(mut readout, at, bit)| {
        let at = at.index(readout.len());
        readout[at] ^= 1 << bit;
        readout
    })
}

fn any_piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![sealed(), sealed_inside_a_line(), bare(), noise(), cut(), flipped()]
}

fn scanner() -> impl Strategy<Value = Scanner> {
    let check = prop_oneof![3 => Just(Check::Arc), 1 => Just(Check::ArcOrX25), 1 => Just(Check::Ignored)];
    let limit = prop_oneof![Just(amshan_dlde::LIMIT), 16..300usize];
    (check, limit).prop_map(|(check, limit)| Scanner::new().with_check(check).with_limit(limit))
}

type Item = Result<(Vec<u8>, Option<u16>), Gap>;

fn item(item: Result<Readout<'_>, Gap>) -> Item {
    item.map(|readout| (readout.raw().to_vec(), readout.crc()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chunking(pieces in vec(any_piece(), 0..8), cuts in vec(1..200usize, 1..20), scanner in scanner()) {
        let stream = pieces.concat();
        let whole: Vec<Item> = readouts_with(scanner.clone(), &stream).map(item).collect();
        let mut reader = ReadoutReader::<32768>::with_scanner(scanner);
        let mut found = Vec::new();
        let mut rest = &stream[..];
        for size in cuts.iter().cycle() {
            let (piece, behind) = rest.split_at(rest.len().min(*size));
            reader.space()[..piece.len()].copy_from_slice(piece);
            if piece.is_empty() { reader.finish() } else { reader.advance(piece.len()) }
            while let Some(next) = reader.next_readout() {
                found.push(item(next));
            }
            if piece.is_empty() { break }
            rest = behind;
        }
        prop_assert_eq!(found, whole);
    }

    #[test]
    fn recovery(pieces in vec(prop_oneof![
        2 => sealed().prop_map(|good| (true, good)),
        3 => prop_oneof![noise(), cut()].prop_map(|bad| (false, bad)),
    ], 0..8)) {
        let stream: Vec<u8> = pieces.iter().flat_map(|(_, octets)| octets.iter().copied()).collect();
        let mut found = readouts(&stream).flatten().map(|readout| readout.raw());
        for (_, good) in pieces.iter().filter(|(good, _)| *good) {
            let good = good.trim_ascii_end();
            prop_assert!(found.any(|raw| raw == good), "{} in {}", good.escape_ascii(), stream.escape_ascii());
        }
    }

    #[test]
    fn truth(pieces in vec(any_piece(), 0..8)) {
        let stream = pieces.concat();
        let mut due = false;
        let mut covered = 0;
        for item in readouts(&stream) {
            match item {
                Ok(readout) => {
                    let mark = readout.raw().iter().rposition(|octet| *octet == b'!').unwrap();
                    if let Some(crc) = readout.crc() {
                        prop_assert_eq!(crc, checksum(&readout.raw()[..=mark]));
                    }
                    prop_assert!(readout.crc().is_some() || !due);
                    due |= readout.crc().is_some();
                    let start = readout.raw().as_ptr() as usize - stream.as_ptr() as usize;
                    prop_assert!(start >= covered);
                    covered = start + readout.raw().len();
                }
                Err(gap) => {
                    prop_assert!(gap.offset as usize >= covered);
                    covered = gap.offset as usize + gap.length as usize;
                }
            }
        }
        prop_assert!(covered <= stream.len());
    }

    #[test]
    fn locality_and_no_panic(lines in vec(line(), 0..8), junk in "[ \"-.0-~\r\n]{0,60}") {
        let mut text = format!("/ABC5\r\n\r\n1.8.0(1*kWh)\r\n{junk}\r\n");
        text.extend(lines.iter().map(|line| format!("{line}\r\n")));
        text.push_str("2.8.0(2*kWh)\r\n!");
        let stream = format!("{text}{:04X}", checksum(text.as_bytes()));
        prop_assume!(!ends_in_a_line(text.as_bytes()));
        let Ok((readout, _)) = Readout::parse_prefix(stream.as_bytes()) else { return Ok(()) };
        let sets: Vec<_> = readout.data_sets().collect();
        prop_assert_eq!(sets[0].unwrap().address(), b"1.8.0");
        prop_assert_eq!(sets[sets.len() - 1].unwrap().address(), b"2.8.0");
        for set in sets {
            match set {
                Ok(set) => {
                    prop_assert!(set.values().count() > 0);
                    let _ = (set.obis(), set.timed(), set.measured());
                    for value in set.values() {
                        let _ = (value.quantity(), value.time(), value.spelled());
                    }
                }
                Err(error) => prop_assert!(error.offset < readout.raw().len()),
            }
        }
    }
}
