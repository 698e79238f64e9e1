//! Truth: what the checks of a frame must find, tried out to the last pattern.
//!
//! CRC-16/X-25 finds each burst of up to 16 bits, and of frames as long as these each error of one, two or three bits.
//! But damage to a length or an address also moves the places where the checks are looked for, and on that no theory
//! speaks: so all patterns are tried.

use amshan_hdlc::{Scanner, StuffedScanner, frames};
use amshan_sim::hdlc::{frame, stuffed};
use amshan_stream::{Scan, Step, units};

/// Fill behind a frame: enough for the greatest length that damage may announce.
const FILL: [u8; 2100] = [0x7E; 2100];

/// A frame and the fill behind it.
struct Line {
    octets: Vec<u8>,
    /// Where the closing flag stands.
    end: usize,
}

impl Line {
    fn new(frame: &[u8]) -> Self {
        assert_eq!(frames(frame).filter(Result::is_ok).count(), 1);
        Self { octets: [frame, &FILL].concat(), end: frame.len() - 1 }
    }

    /// The bits between the flags.
    fn bits(&self) -> core::ops::Range<usize> {
        8..self.end * 8
    }

    /// Flips up to 16 bits from `bit` on, the lowest of `pattern` first, as they are sent. Twice is not at all.
    fn flip(&mut self, bit: usize, pattern: u16) {
        let [a, b, c, _] = (u32::from(pattern) << (bit % 8)).to_le_bytes();
        let at = bit / 8;
        self.octets[at] ^= a;
        self.octets[at + 1] ^= b;
        self.octets[at + 2] ^= c;
    }

    /// Whether a frame is found in what the line gives.
    fn gives_a_frame(&self) -> bool {
        frames(&self.octets).any(|item| item.is_ok())
    }

    /// The same, without stepping through all of the fill: no frame begins there.
    fn gives_a_frame_before_the_fill(&self) -> bool {
        let mut scanner = Scanner::new();
        let mut at = 0;
        while at < self.end {
            at += match scanner.step(&self.octets[at..], at as u64, true) {
                Step::Unit { .. } => return true,
                Step::Fill(n) | Step::Noise(n) | Step::Broken { skip: n, .. } => n,
                Step::More(_) => panic!("nothing follows"),
            };
        }
        false
    }
}

/// With a header check and information, and without; with one and with two octets of address.
fn samples() -> [Vec<u8>; 4] {
    [
        frame(&[0x03], &[0x21], 0x93, &[], false),
        frame(&[0x03], &[0x02, 0x21], 0x93, &[], false),
        frame(&[0x01], &[0x03], 0x13, b"\xE6\xE7\x00\x0F\x40\x00\x16\x7E", false),
        frame(&[0x01], &[0x02, 0x01], 0x13, b"\xE6\xE7\x00\x0F\x7E\xA0\x07\x03\x21\x93", true),
    ]
}

#[test]
fn every_error_of_one_or_two_bits_is_refused() {
    let mut tried = 0;
    for frame in samples() {
        let mut line = Line::new(&frame);
        for first in line.bits() {
            line.flip(first, 1);
            assert!(!line.gives_a_frame(), "bit {first} of {frame:02x?}");
            for second in first + 1..line.end * 8 {
                line.flip(second, 1);
                assert!(!line.gives_a_frame_before_the_fill(), "bits {first}, {second} of {frame:02x?}");
                line.flip(second, 1);
                tried += 1;
            }
            line.flip(first, 1);
        }
    }
    assert_eq!(tried, 25_456);
}

/// Bursts of up to 16 bits: the first and the last bit are wrong, and any of those between. Gives how many there are.
fn every_burst_is_refused(frame: &[u8]) -> u32 {
    let mut line = Line::new(frame);
    let mut tried = 0u32;
    for first in line.bits() {
        let room = line.end * 8 - first;
        let last = if room < 16 { (1 << room) - 1 } else { u16::MAX };
        for half in 0..=last / 2 {
            let pattern = half * 2 + 1;
            line.flip(first, pattern);
            assert!(!line.gives_a_frame_before_the_fill(), "{pattern:#b} from bit {first} of {frame:02x?}");
            line.flip(first, pattern);
            tried += 1;
        }
    }
    assert!(line.gives_a_frame());
    tried
}

#[test]
fn every_burst_in_a_frame_without_information_is_refused() {
    assert_eq!(every_burst_is_refused(&samples()[0]), 1_376_255);
    assert_eq!(every_burst_is_refused(&samples()[1]), 1_638_399);
}

#[test]
fn every_burst_in_a_frame_with_information_is_refused() {
    assert_eq!(every_burst_is_refused(&samples()[2]), 3_997_695);
}

/// With octet stuffing, a wrong bit may make an escape or take one away, so that more than the bit is wrong; and a flag
/// ends a frame wherever it stands.
#[test]
fn every_error_of_one_or_two_bits_in_a_stuffed_frame_is_refused() {
    let gives_a_frame = |line: &[u8]| units(StuffedScanner::new(), line).any(|item| item.is_ok());
    let mut tried = 0;
    for frame in samples() {
        let frame = stuffed(&frame);
        let mut line = [&frame[..], &[0x7E; 30]].concat();
        assert!(gives_a_frame(&line));
        let bits = 8..(frame.len() - 1) * 8;
        for first in bits.clone() {
            line[first / 8] ^= 1 << (first % 8);
            for second in first..bits.end {
                // The first alone, then both.
                let both = u8::from(second != first) << (second % 8);
                line[second / 8] ^= both;
                assert!(!gives_a_frame(&line), "bits {first}, {second} of {frame:02x?}");
                line[second / 8] ^= both;
                tried += 1;
            }
            line[first / 8] ^= 1 << (first % 8);
        }
    }
    assert_eq!(tried, 28_312);
}
