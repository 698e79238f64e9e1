//! What lines like `1-0:1.8.0(00045533.181*kWh)` say, with `amshan-quantity` alone: no heap, no standard library.
#![no_std]
#![no_main]

#[path = "../../port.rs"]
mod port;

use core::fmt::{self, Write};

use amshan_quantity::{Decimal, Obis, Unit};
use port::{Console, hear};

#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    follow().map_or(1, |()| 0)
}

fn follow() -> fmt::Result {
    let mut line = [0; 64];
    let mut length = 0;
    while let Some(octet) = hear() {
        if octet != b'\n' {
            if let Some(free) = line.get_mut(length) {
                *free = octet;
                length += 1;
            }
            continue;
        }
        if let Some((code, number, unit)) = line.get(..length).and_then(quantity) {
            writeln!(Console, "{code} {number} {unit}")?;
        }
        length = 0;
    }
    Ok(())
}

fn quantity(line: &[u8]) -> Option<(Obis, Decimal, Unit)> {
    let mut parts = line.split(|octet| matches!(octet, b'(' | b'*' | b')'));
    let code = Obis::parse(parts.next()?).ok()?;
    let number = Decimal::parse(parts.next()?).ok()?;
    let (unit, scale) = Unit::parse(parts.next()?)?;
    Some((code, number.scaled(scale), unit))
}
