//! A telegram, and a builder of others, for tests. It shares nothing with the parser; its checksum is the bitwise
//! definition.

use std::string::String;
use std::vec::Vec;

/// 154 octets; `protocol/dlde.md`, 1.3.
pub(crate) const TELEGRAM: &[u8] = b"/XYZ5EXAMPLE\r\n\r\n1-3:0.2.8(50)\r\n0-0:1.0.0(240115123015W)\r\n\
    1-0:1.8.1(000123.456*kWh)\r\n1-0:1.7.0(00.543*kW)\r\n\
    0-1:24.2.1(240115123000W)(00012.345*m3)\r\n!3FFA\r\n";

/// A reflected CRC-16.
pub(crate) fn crc(octets: &[u8], polynomial: u16, initial: u16, xor: u16) -> u16 {
    let step = |register: u16| if register & 1 == 0 { register >> 1 } else { (register >> 1) ^ polynomial };
    let feed = |register: u16, octet: &u8| (0..8).fold(register ^ u16::from(*octet), |r, _| step(r));
    octets.iter().fold(initial, feed) ^ xor
}

pub(crate) fn arc(octets: &[u8]) -> u16 {
    crc(octets, 0xA001, 0, 0)
}

/// Puts the right checksum behind `text`, which ends with `!`.
pub(crate) fn sealed(text: impl AsRef<[u8]>) -> Vec<u8> {
    let mut octets = text.as_ref().to_vec();
    octets.extend(std::format!("{:04X}\r\n", arc(&octets)).into_bytes());
    octets
}

/// A telegram of these lines.
pub(crate) fn telegram(lines: &[&str]) -> Vec<u8> {
    let lines: String = lines.iter().map(|line| std::format!("{line}\r\n")).collect();
    sealed(std::format!("/ABC5TEST\r\n\r\n{lines}!"))
}
