//! The numbers of P1 readouts, with `amshan-dlde` alone: no heap, no standard library.
#![no_std]
#![no_main]

#[path = "../../port.rs"]
mod port;

use core::fmt::{self, Write};

use amshan_dlde::{ReadoutReader, Scanner};
use port::{Console, hear};

#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    follow().map_or(1, |()| 0)
}

fn follow() -> fmt::Result {
    let mut reader: ReadoutReader<4096> = ReadoutReader::with_scanner(Scanner::new());
    loop {
        let octet = hear();
        match (octet, reader.space().first_mut()) {
            (Some(octet), Some(space)) => {
                *space = octet;
                reader.advance(1);
            }
            _ => reader.finish(),
        }
        while let Some(item) = reader.next_readout() {
            match item {
                Ok(readout) => {
                    for set in readout.data_sets().flatten() {
                        if let (Some(code), Some((number, unit))) =
                            (set.obis(), set.value().and_then(|value| value.quantity()))
                        {
                            writeln!(Console, "{code} {number} {unit}")?;
                        }
                    }
                }
                Err(error) => writeln!(Console, "{error}")?,
            }
        }
        if octet.is_none() {
            return Ok(());
        }
    }
}
