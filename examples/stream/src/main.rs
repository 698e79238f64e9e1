//! Records of a framing of its own, with `amshan-stream` alone: no heap, no standard library.
#![no_std]
#![no_main]

#[path = "../../port.rs"]
mod port;

use core::fmt::{self, Write};

use amshan_stream::{Fault, Reader, Scan, Step};
use port::{Console, hear};

/// `A5 | length | data | sum of the data, modulo 256`
struct Records;

#[derive(Debug, Clone, Copy)]
struct WrongSum;

impl fmt::Display for WrongSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "wrong sum")
    }
}

impl Fault for WrongSum {
    fn rank(&self) -> u8 {
        0
    }
}

impl Scan for Records {
    type Unit = ();
    type Fault = WrongSum;

    fn step(&mut self, input: &[u8], _at: u64, ended: bool) -> Step<(), WrongSum> {
        let length = match input {
            [0xA5, length, ..] => usize::from(*length) + 3,
            [0xA5] => 2,
            _ => return Step::Noise(input.iter().position(|octet| *octet == 0xA5).unwrap_or(input.len())),
        };
        match input.get(2..length) {
            None if !ended => Step::More(length - input.len()),
            Some([data @ .., sum])
                if data.iter().fold(0u8, |sum, octet| sum.wrapping_add(*octet)) == *sum =>
            {
                Step::Unit { length, unit: () }
            }
            _ => Step::Broken { skip: 1, fault: WrongSum },
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    follow().map_or(1, |()| 0)
}

fn follow() -> fmt::Result {
    let mut reader: Reader<Records, 512> = Reader::new(Records);
    loop {
        let octet = hear();
        match (octet, reader.space().first_mut()) {
            (Some(octet), Some(space)) => {
                *space = octet;
                reader.advance(1);
            }
            _ => reader.finish(),
        }
        while let Some(item) = reader.find() {
            match item {
                Ok(found) => writeln!(Console, "record of {} octets at {}", found.range.len(), found.offset)?,
                Err(error) => writeln!(Console, "{error}")?,
            }
        }
        if octet.is_none() {
            return Ok(());
        }
    }
}
