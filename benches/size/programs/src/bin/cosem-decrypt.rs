//! The same of a ciphered one.
#![no_std]
#![no_main]

use amshan_cosem::{Apdu, Envelope, Key, KeyError, Keys};
use amshan_quantity::Decimal;
use amshan_size_programs::{hear_all, program, say};

program!(run);

fn run() -> ! {
    loop {
        let (mut message, mut key) = ([0; 1024], [0; 32]);
        let message = hear_all(&mut message);
        let Ok(keys) = keys(hear_all(&mut key)) else { continue };
        let Ok(envelope) = Envelope::parse(message) else { continue };
        let Ok(opened) = envelope.open(message, &keys) else { continue };
        let Some(apdu) = message.get(opened.content) else { continue };
        if let Ok((Apdu::DataNotification(notification), _)) = Apdu::parse(apdu) {
            for number in notification.body.walk().filter_map(|node| node.data.number()) {
                say(u8::from(number > Decimal::ZERO));
            }
        }
    }
}

fn keys(octets: &[u8]) -> Result<Keys, KeyError> {
    let (encryption, authentication) = octets.split_at(16);
    let (encryption, authentication) = (Key::from_octets(encryption)?, Key::from_octets(authentication)?);
    Ok(Keys { encryption, authentication: Some(authentication) })
}
