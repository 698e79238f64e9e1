//! For tests: frames from `protocol/hdlc.md`, and a writer that shares nothing with the parser.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::vec::Vec;

/// A Kaifa list 1; its information ends with a raw flag.
pub(crate) const KAIFA: &str =
    "7E A0 27 01 02 01 10 5A 87 E6 E7 00 0F 40 00 00 00 09 0C 07 E4 02 0F 06 01 19 22 FF
    80 00 00 02 01 06 00 00 15 7E EA 5E 7E";
pub(crate) const SNRM: &str = "7E A0 07 03 21 93 0F 01 7E";
pub(crate) const DISC: &str = "7E A0 0A 48 68 FE FF 75 53 D4 3E 7E";
/// One message, cut in three.
pub(crate) const SEGMENTS: [&str; 3] = [
    "7E A8 18 01 02 01 13 B4 2A E6 E7 00 0F 00 00 00 01 00 02 04 09 06 01 60 F7 7E",
    "7E A8 16 01 02 01 13 0C 4B 00 01 07 00 FF 06 00 00 15 7E 09 06 F1 1D 7E",
    "7E A0 13 01 02 01 13 00 4C 01 00 20 07 00 FF 12 08 FC A7 3B 7E",
];

pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    assert!(digits.len() % 2 == 0, "{text}");
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

/// A frame from its opening flag to its frame check. `None`: no information field, and so no header check.
pub(crate) fn frame(
    segmented: bool,
    destination: &[u8],
    source: &[u8],
    control: u8,
    information: Option<&[u8]>,
) -> Vec<u8> {
    let mut length = 2 + destination.len() + source.len() + 1 + 2;
    if let Some(information) = information {
        length += information.len() + 2;
    }
    assert!(length <= 2047);
    let mut frame = Vec::from([0xA0 | u8::from(segmented) << 3 | (length >> 8) as u8, length as u8]);
    frame.extend(destination);
    frame.extend(source);
    frame.push(control);
    if let Some(information) = information {
        frame.extend(fcs(&frame).to_le_bytes());
        frame.extend(information);
    }
    frame.extend(fcs(&frame).to_le_bytes());
    frame.insert(0, 0x7E);
    frame
}

/// Octet stuffing, the opening flag left as it is.
pub(crate) fn stuff(frame: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::from([frame[0]]);
    for &octet in &frame[1..] {
        match octet {
            0x7D | 0x7E => stuffed.extend([0x7D, octet ^ 0x20]),
            _ => stuffed.push(octet),
        }
    }
    stuffed
}

/// What an adapter makes of octets that takes them for text.
pub(crate) fn bend(octets: &[u8]) -> Vec<u8> {
    octets
        .iter()
        .flat_map(|octet| if *octet == 0x0A { &[0x0D, 0x0A] } else { core::slice::from_ref(octet) })
        .copied()
        .collect()
}

/// FCS-16 by its definition, bit by bit.
pub(crate) fn fcs(octets: &[u8]) -> u16 {
    let mut register = 0xFFFF;
    for &octet in octets {
        register ^= u16::from(octet);
        for _ in 0..8 {
            register = if register & 1 == 1 { register >> 1 ^ 0x8408 } else { register >> 1 };
        }
    }
    !register
}
