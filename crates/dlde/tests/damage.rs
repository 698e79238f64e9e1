//! Truth: what the checksum of a readout must find, tried out, and what damage takes the checksum away.

use amshan_dlde::readouts;
use amshan_sim::p1::{Check, Telegram};

/// The octets behind the end mark.
const DIGITS: usize = 4;

/// Telegrams whose checksums have digits and letters.
fn samples() -> [Vec<u8>; 3] {
    [("ABC5", "0"), ("XYZ5\\EXAMPLE", "00.543*kW"), ("Ene5\\T210-D ESMR5.0", "0!12F0/*kW")].map(
        |(identification, value)| {
            let mut telegram = Telegram::new(identification);
            telegram.line("1.7.0", &[value]);
            telegram.line("0-1:24.2.1", &["240115123000W", "00012.345*m3"]);
            telegram.end(Check::Arc).into_bytes()
        },
    )
}

/// The readouts that are found, as their checksums.
fn found(stream: &[u8]) -> Vec<Option<u16>> {
    readouts(stream).flatten().map(|readout| readout.crc()).collect()
}

/// Letters of a checksum may be of any case.
fn is_case(octet: u8, bit: usize) -> bool {
    octet.is_ascii_alphabetic() && bit % 8 == 5
}

/// Between the `/` and the last digit of the checksum, no single wrong bit is accepted, whatever follows, and it costs
/// no other readout.
#[test]
fn every_error_of_one_bit_is_refused() {
    let mut tried = 0;
    for sample in samples() {
        let whole = found(&sample);
        let good = sample.len() - 2;
        for bit in 0..good * 8 {
            let at = bit / 8;
            let mut damaged = sample.clone();
            damaged[at] ^= 1 << (bit % 8);
            let same = at >= good - DIGITS && is_case(sample[at], bit);
            let expected = if same { whole.clone() } else { vec![] };
            assert_eq!(found(&damaged), expected, "bit {bit} of {}", sample.escape_ascii());
            assert_eq!(found(&[&damaged[..], &sample].concat()), [expected, whole.clone()].concat());
            tried += 1;
        }
    }
    assert_eq!(tried, 1880);
}

/// Two wrong bits are accepted if they make an end of line of the first digit of the checksum, so that the readout
/// looks like one of a meter that sends none; but not after a readout that had one. Other digits than `B` and `E` do
/// not become an end of line so easily. Otherwise only the case of two letters may change.
#[test]
fn errors_of_two_bits_that_pass() {
    let (mut tried, mut passed) = (0, Vec::new());
    for sample in samples() {
        let good = sample.len() - 2;
        let mut bare = 0;
        for first in 0..good * 8 {
            let mut damaged = sample.clone();
            damaged[first / 8] ^= 1 << (first % 8);
            for second in first + 1..good * 8 {
                damaged[second / 8] ^= 1 << (second % 8);
                tried += 1;
                let case = |bit: usize| bit / 8 >= good - DIGITS && is_case(sample[bit / 8], bit);
                match found(&damaged)[..] {
                    [] => {}
                    [None] if matches!(damaged[good - DIGITS], b'\r' | b'\n') => {
                        bare += 1;
                        assert_eq!(found(&[&sample[..], &damaged].concat()).len(), 1);
                    }
                    [Some(_)] if case(first) && case(second) => {}
                    _ => panic!("bits {first} and {second} of {}", sample.escape_ascii()),
                }
                damaged[second / 8] ^= 1 << (second % 8);
            }
        }
        passed.push((char::from(sample[good - DIGITS]), bare));
    }
    assert_eq!((tried, &passed[..]), (597_684, &[('D', 0), ('E', 1), ('2', 0)][..]));
}
