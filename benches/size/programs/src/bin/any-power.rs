//! The power out of whatever comes: HDLC, M-Bus, P1, ciphered or not.
#![no_std]
#![no_main]

use amshan::cosem::{Key, KeyError, Keys};
use amshan::{Decimal, Decoder, Field, Reader};
use amshan_size_programs::{Static, follow, hear_all, program, say};

program!(run);

static READER: Static<Reader<4096>> = Static::new(Reader::sized(None));

fn run() -> ! {
    let mut key = [0; 32];
    let keys = keys(hear_all(&mut key)).ok();
    let decoder = match &keys {
        Some(keys) => Decoder::new().keys(keys),
        None => Decoder::new(),
    };
    follow!(READER.take(), next_message, |message| {
        for reading in decoder.readings(message).flatten() {
            let power = reading.get(Field::ACTIVE_POWER_IMPORT).and_then(|power| power.number());
            say(u8::from(power > Some(Decimal::ZERO)));
        }
    })
}

fn keys(octets: &[u8]) -> Result<Keys, KeyError> {
    let (encryption, authentication) = octets.split_at(16);
    let (encryption, authentication) = (Key::from_octets(encryption)?, Key::from_octets(authentication)?);
    Ok(Keys { encryption, authentication: Some(authentication) })
}
