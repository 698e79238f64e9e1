//! Decodes a hex dump, from the command line or from stdin:
//!
//! ```sh
//! cargo run -p amshan --features std --example hex -- 7ea027010201105a87e6e7000f4000…
//! od -An -v -tx1 corpus/tour.bin | cargo run -p amshan --features std --example hex
//! ```

use std::error::Error;
use std::io::Read;

use amshan::envelope::decode_hex_in_place;
use amshan::{Decoder, Framing, Message, Messages};

fn main() -> Result<(), Box<dyn Error>> {
    let mut text: Vec<u8> = std::env::args().skip(1).flat_map(String::into_bytes).collect();
    if text.is_empty() {
        std::io::stdin().read_to_end(&mut text)?;
    }
    let length = decode_hex_in_place(&mut text).ok_or("these are not pairs of hexadecimal digits")?;
    let octets = &mut text[..length];

    // A frame or a telegram is found wherever it stands. What stands without one must be taken as it is.
    if !matches!(octets.first(), Some(0x7E | 0x68 | b'/')) {
        show(Message::bare(Framing::Apdu, 0, octets));
        return Ok(());
    }
    let mut messages = Messages::new(&*octets);
    while let Some(message) = messages.next_message() {
        match message {
            Ok(message) => show(message),
            Err(error) => println!("{error}"),
        }
    }
    Ok(())
}

fn show(message: Message<'_>) {
    let origin = message.origin();
    println!("{} octets at {}, {}", origin.length, origin.offset, origin.framing);
    for reading in Decoder::new().readings(message) {
        let reading = match reading {
            Ok(reading) => reading,
            Err(error) => {
                println!("  {error}");
                continue;
            }
        };
        for (field, value) in reading.fields() {
            println!("  {field}: {value}");
        }
        // What no layout and no dictionary names is there all the same.
        for object in reading.objects().flatten().filter(|object| object.field.is_none()) {
            if let Some(value) = object.value {
                println!("  {}: {value}", object.obis.map_or("?".into(), |code| code.to_string()));
            }
        }
    }
}
