//! Readouts of P1 and every number in them.
#![no_std]
#![no_main]

use amshan_dlde::{ReadoutReader, Scanner};
use amshan_quantity::Decimal;
use amshan_size_programs::{Static, follow, program, say, say_all};

program!(run);

static READER: Static<ReadoutReader<4096>> = Static::new(ReadoutReader::with_scanner(Scanner::new()));

fn run() -> ! {
    follow!(READER.take(), next_readout, |readout| for set in readout.data_sets().flatten() {
        if let Some(obis) = set.obis() {
            say_all(&obis.octets());
        }
        for number in set.values().filter_map(|value| value.number()) {
            say(u8::from(number > Decimal::ZERO));
        }
    })
}
