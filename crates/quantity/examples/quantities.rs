//! A code, a number, a unit and a time, out of what a binary list and a line of text say.

use amshan_quantity::{DateTime, Decimal, Obis, Unit};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // {octet-string 01 00 20 07 00 FF, long-unsigned 2286, {scaler -1, unit 35}}
    let code = Obis::from([1, 0, 32, 7, 0, 255]);
    println!("{code}: {} {}", Decimal::from(2286u16).scaled(-1), Unit::from_code(35));

    // 1-0:1.8.0(00045533.181*kWh)
    let code: Obis = "1-0:1.8.0".parse()?;
    let number: Decimal = "00045533.181".parse()?;
    let (unit, scale) = Unit::parse(b"kWh").ok_or("no unit")?;
    println!("{}: {} {unit}", code.reduced(), number.scaled(scale));

    // The date-time of a DLMS message, at +01:00, and that of a P1 line, whose letter fixes no offset.
    let sent = DateTime::from_octets([0x07, 0xEA, 1, 14, 3, 19, 59, 0, 0xFF, 0xFF, 0xC4, 0])?;
    println!("{sent}, {} minutes east of UTC", sent.offset_minutes().ok_or("unknown")?);
    println!("{}", DateTime::parse_p1(b"260114195900W")?);

    // Numbers are exact: a tenth is a tenth.
    let sum = (0..10).try_fold(Decimal::ZERO, |sum, _| sum.checked_add(Decimal::new(1, -1)));
    println!("ten tenths are {}", sum.ok_or("too large")?);
    Ok(())
}
