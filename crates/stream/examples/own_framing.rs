//! A framing of one's own: says what stands at the start of some octets, and gets a search and a reader for it.
//!
//! ```text
//! A5 | length | data | sum of the data, modulo 256
//! ```

use std::fmt;

use amshan_stream::{Fault, Reader, Scan, Step, units};

/// A stream as it comes: the rest of something, a record, one with a wrong sum and a whole one in it, a record.
const STREAM: &[u8] = b"\x01\x02\xA5\x02hi\xD1\xA5\x07\xA5\x02ho\xD7\xFF\xFF\x00\xA5\x01!\x21";

struct Records;

#[derive(Debug, Clone, Copy)]
struct WrongSum {
    computed: u8,
}

impl fmt::Display for WrongSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the sum is not {:02x}", self.computed)
    }
}

impl Fault for WrongSum {
    fn rank(&self) -> u8 {
        0 // All failures of this framing tell as much.
    }
}

impl Scan for Records {
    /// How many octets of data a record has.
    type Unit = usize;
    type Fault = WrongSum;

    fn step(&mut self, input: &[u8], _at: u64, ended: bool) -> Step<usize, WrongSum> {
        let [0xA5, rest @ ..] = input else {
            return Step::Noise(input.iter().position(|octet| *octet == 0xA5).unwrap_or(input.len()));
        };
        let [length, rest @ ..] = rest else { return incomplete(1, ended) };
        let length = usize::from(*length);
        let (Some(data), Some(sum)) = (rest.get(..length), rest.get(length)) else {
            return incomplete(length + 1 - rest.len(), ended);
        };
        let computed = data.iter().fold(0u8, |sum, octet| sum.wrapping_add(*octet));
        if computed != *sum {
            return Step::Broken { skip: 1, fault: WrongSum { computed } };
        }
        Step::Unit { length: length + 3, unit: length }
    }
}

/// So many octets are missing, and may still come.
fn incomplete(missing: usize, ended: bool) -> Step<usize, WrongSum> {
    if ended { Step::Broken { skip: 1, fault: WrongSum { computed: 0 } } } else { Step::More(missing) }
}

fn main() {
    println!("in a slice:");
    for unit in units(Records, STREAM) {
        match unit {
            Ok((octets, length)) => println!("  {}", octets[2..2 + length].escape_ascii()),
            Err(gap) => println!("  {gap}"),
        }
    }

    println!("through a buffer of 64 octets, three at a time:");
    let mut reader: Reader<Records, 64> = Reader::new(Records);
    for octets in STREAM.chunks(3) {
        reader.space()[..octets.len()].copy_from_slice(octets);
        reader.advance(octets.len());
        while let Some(item) = reader.find() {
            match item {
                Ok(found) => println!("  {} at {}", reader.bytes(found.range).escape_ascii(), found.offset),
                Err(gap) => println!("  {gap}"),
            }
        }
    }
}
