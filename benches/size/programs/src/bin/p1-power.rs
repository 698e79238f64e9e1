//! The power out of P1 telegrams.
#![no_std]
#![no_main]

use amshan_dlde::{ReadoutReader, Scanner};
use amshan_meters::{Field, Reading};
use amshan_quantity::Decimal;
use amshan_size_programs::{Static, follow, program, say};

program!(run);

static READER: Static<ReadoutReader<4096>> = Static::new(ReadoutReader::with_scanner(Scanner::new()));

fn run() -> ! {
    follow!(READER.take(), next_readout, |readout| {
        let power = Reading::of_readout(readout).get(Field::ACTIVE_POWER_IMPORT);
        say(u8::from(power.and_then(|power| power.number()) > Some(Decimal::ZERO)));
    })
}
