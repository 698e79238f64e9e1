//! Everything that meters send, by name, with `amshan` alone: no heap, no standard library.
#![no_std]
#![no_main]

#[path = "../../port.rs"]
mod port;

use core::fmt::{self, Write};

use amshan::{Decoder, Reader};
use port::{Console, hear};

#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    follow().map_or(1, |()| 0)
}

fn follow() -> fmt::Result {
    let mut reader: Reader<4096> = Reader::sized(None);
    let decoder = Decoder::new();
    loop {
        let octet = hear();
        match (octet, reader.space().first_mut()) {
            (Some(octet), Some(space)) => {
                *space = octet;
                reader.advance(1);
            }
            _ => reader.finish(),
        }
        while let Some(item) = reader.next_message() {
            match item {
                Ok(message) => {
                    for reading in decoder.readings(message) {
                        match reading {
                            Ok(reading) => {
                                for (field, value) in reading.fields() {
                                    writeln!(Console, "{field} {value}")?;
                                }
                            }
                            Err(error) => writeln!(Console, "{error}")?,
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
