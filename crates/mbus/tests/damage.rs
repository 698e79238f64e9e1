//! Truth: what the checks of a frame find, and what they can't, counted.

use amshan_mbus::frames;
use amshan_sim::mbus::{BROADCAST, SND_UD, TSAPS, long_frame};

/// What follows a frame: enough for the greatest length, and a stop octet wherever a damaged length may look for one.
const BEHIND: [u8; 300] = [0x16; 300];

/// A telegram with a short message: 20 octets, 14 of them summed.
fn sample() -> Vec<u8> {
    long_frame(SND_UD, BROADCAST, 0x10, &[&TSAPS, &b"\x0F\x00\x00\x00\x01\x00\x12\x08\xFC"[..]].concat())
}

/// Whether a frame is found in what begins with these octets.
fn gives_a_frame(line: &[u8]) -> bool {
    frames(line).any(|item| item.is_ok())
}

fn flip(line: &mut [u8], bit: usize) {
    line[bit / 8] ^= 1 << (bit % 8);
}

#[test]
fn every_error_of_one_bit_is_refused() {
    let frame = sample();
    let mut line = [&frame[..], &BEHIND].concat();
    assert!(gives_a_frame(&line));
    for bit in 0..frame.len() * 8 {
        flip(&mut line, bit);
        assert!(!gives_a_frame(&line), "bit {bit}");
        flip(&mut line, bit);
    }
}

/// The starts, both lengths and the stop vouch for each other. The sum is modulo 256 and does not cover two wrong bits
/// of the same weight that cancel:
///
/// | bits | in | pass if | here |
/// |---|---|---|---|
/// | 7 | two octets that are summed, or one and the sum | always: twice 128 is nothing | 105 |
/// | 0–6 | two octets that are summed | one is set and the other clear | 295 |
/// | 0–6 | one that is summed, and the sum | both are set, or both clear | 49 |
///
/// So of the 12,720 errors of two bits that this frame may have, 445 pass: one in 29.
#[test]
fn errors_of_two_bits_that_cancel_pass_and_no_others() {
    let frame = sample();
    let bits = frame.len() * 8;
    let mut line = [&frame[..], &BEHIND].concat();
    let summed = 4..frame.len() - 2;
    let (mut tried, mut highest, mut summands, mut sum) = (0, 0, 0, 0);
    for first in 0..bits {
        flip(&mut line, first);
        for second in first + 1..bits {
            flip(&mut line, second);
            tried += 1;
            if gives_a_frame(&line) {
                let alike = frame[first / 8] & 1 << (first % 8) == frame[second / 8] & 1 << (second % 8);
                assert!(first % 8 == second % 8 && summed.contains(&(first / 8)), "{first} and {second}");
                match (first % 8, second / 8) {
                    (7, at) if at <= summed.end => highest += 1,
                    (_, at) if at < summed.end && !alike => summands += 1,
                    (_, at) if at == summed.end && alike => sum += 1,
                    _ => panic!("bits {first} and {second}"),
                }
            }
            flip(&mut line, second);
        }
        flip(&mut line, first);
    }
    assert_eq!((tried, highest, summands, sum), (12_720, 105, 291, 49));
}
