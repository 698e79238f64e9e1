//! For tests: frames from `protocol/mbus.md`, and a writer that shares nothing with the parser.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::vec::Vec;

/// A message in one telegram.
pub(crate) const ONE: &str = "68 25 25 68 53 FF 10 01 67 0F 00 00 00 01 00 02 04 09 06 01 00 01 07 00 FF
    06 00 00 15 7E 09 06 01 00 20 07 00 FF 12 08 FC DC 16";
/// The same in two.
pub(crate) const TWO: [&str; 2] = [
    "68 15 15 68 53 FF 00 01 67 0F 00 00 00 01 00 02 04 09 06 01 00 01 07 00 FF E7 16",
    "68 15 15 68 53 FF 11 01 67 06 00 00 15 7E 09 06 01 00 20 07 00 FF 12 08 FC B0 16",
];
/// A short frame: SND_NKE to address 240.
pub(crate) const SHORT: &str = "10 40 F0 30 16";

pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    assert!(digits.len() % 2 == 0, "{text}");
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

/// A long frame. More than 252 octets of data make its length overflow, as Sagemcom T210-D does.
pub(crate) fn frame(control: u8, address: u8, control_information: u8, data: &[u8]) -> Vec<u8> {
    let length = data.len() + 3;
    assert!(length <= 258);
    let length = (length % 256) as u8;
    let mut frame = Vec::from([0x68, length, length, 0x68, control, address, control_information]);
    frame.extend(data);
    frame.push(sum(&frame[4..]));
    frame.push(0x16);
    frame
}

/// The sum modulo 256.
pub(crate) fn sum(octets: &[u8]) -> u8 {
    (octets.iter().map(|octet| u32::from(*octet)).sum::<u32>() % 256) as u8
}
