//! Frames of EN 13757-2, and DLMS units in them (DLMS UA 1000-2, 10.5).

/// C field of pushes: SND_UD.
pub const SND_UD: u8 = 0x53;
/// A field of pushes: broadcast without answer.
pub const BROADCAST: u8 = 0xFF;
/// Source and destination TSAP: management logical device, consumer information client.
pub const TSAPS: [u8; 2] = [0x01, 0x67];

/// A short frame: `10 C A CS 16`.
pub fn short_frame(control: u8, address: u8) -> Vec<u8> {
    vec![0x10, control, address, control.wrapping_add(address), 0x16]
}

/// A long frame: `68 L L 68 C A CI data CS 16`. L counts C, A, CI and data modulo 256, so that more than 252 octets
/// of data give the overflown form of some Sagemcom meters.
pub fn long_frame(control: u8, address: u8, ci: u8, data: &[u8]) -> Vec<u8> {
    let length = (data.len() + 3) as u8;
    let mut out = vec![0x68, length, length, 0x68, control, address, ci];
    out.extend(data);
    let sum = out[4..].iter().fold(0u8, |sum, &octet| sum.wrapping_add(octet));
    out.extend([sum, 0x16]);
    out
}

/// A unit cut into telegrams of at most `size` octets between the start and the checksum (C, A, CI, both TSAPs and a
/// piece of the unit: 250 at Kaifa, 257 at an overflowing Sagemcom).
pub fn telegrams(unit: &[u8], size: usize) -> Vec<u8> {
    let pieces: Vec<&[u8]> = unit.chunks(size - 5).collect();
    let telegram = |(index, piece): (usize, &&[u8])| {
        let last = if index + 1 == pieces.len() { 0x10 } else { 0x00 };
        long_frame(SND_UD, BROADCAST, last | (index as u8 & 0x0F), &[&TSAPS, *piece].concat())
    };
    pieces.iter().enumerate().flat_map(telegram).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::{hex, unhex};

    const UNIT: &str = "0F00000001000204 09060100010700FF060000157E 09060100200700FF1208FC";

    #[test]
    fn one_and_two_telegrams() {
        let unit = unhex(UNIT);
        let one =
            "682525 6853FF100167 0F00000001000204 09060100010700FF060000157E 09060100200700FF1208FC DC16";
        assert_eq!(hex(&telegrams(&unit, 250)), one.replace(' ', ""));
        let two = "6815156853FF000167 0F0000000100020409060100010700FF E716 \
                   6815156853FF110167 060000157E 09060100200700FF1208FC B016";
        assert_eq!(hex(&telegrams(&unit, 21)), two.replace(' ', ""));
    }

    #[test]
    fn short_frames() {
        assert_eq!(short_frame(0x40, 0xF0), [0x10, 0x40, 0xF0, 0x30, 0x16]);
    }

    #[test]
    fn the_overflown_form() {
        let telegrams = telegrams(&[0xDB; 260], 257);
        assert_eq!(telegrams[..9], [0x68, 0x01, 0x01, 0x68, 0x53, 0xFF, 0x00, 0x01, 0x67]);
        assert_eq!(telegrams[263..272], [0x68, 0x0D, 0x0D, 0x68, 0x53, 0xFF, 0x11, 0x01, 0x67]);
    }
}
