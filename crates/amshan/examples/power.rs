//! Prints the active power of every message on stdin: `cargo run -p amshan --example power < corpus/tour.bin`.

use std::io::Read;

use amshan::{Decoder, Field, Reader};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut port = std::io::stdin();
    let mut reader = Reader::new(); // HDLC, M-Bus or P1: finds out by itself
    let decoder = Decoder::new();
    loop {
        let n = port.read(reader.space())?;
        if n == 0 {
            reader.finish()
        } else {
            reader.advance(n)
        }
        while let Some(message) = reader.next_message() {
            for reading in decoder.readings(message?) {
                if let Some(power) = reading?.get(Field::ACTIVE_POWER_IMPORT) {
                    println!("{power}"); // "1234 W"
                }
            }
        }
        if n == 0 {
            return Ok(());
        }
    }
}
