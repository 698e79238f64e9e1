//! Codes, numbers and times from text.
#![no_std]
#![no_main]

use amshan_quantity::{DateTime, Decimal, Obis, Unit};
use amshan_size_programs::{hear, hear_all, program, say, say_all};

program!(run);

fn run() -> ! {
    loop {
        let mut text = [0; 32];
        let text = hear_all(&mut text);
        if let Ok(obis) = Obis::parse(text) {
            say_all(&obis.octets());
        }
        if let Ok(number) = Decimal::parse(text) {
            let (number, unit) = (number.scaled(3), Unit::from_code(hear()).code());
            say(u8::from(number < Decimal::new(1000, 0)));
            say(unit.unwrap_or(0));
        }
        if let Ok(time) = DateTime::parse_p1(text) {
            say(u8::from(time.is_complete()));
        }
    }
}
