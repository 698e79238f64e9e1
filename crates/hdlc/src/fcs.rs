//! The 16-bit check sequence of header (HCS) and frame (FCS). Green Book Ed. 8, 8.4.4; RFC 1662, appendix C.

use crc::{CRC_16_IBM_SDLC, Crc, Table};

/// The check sequence of `octets`.
pub(crate) fn checksum(octets: &[u8]) -> u16 {
    FCS16.checksum(octets)
}

/// The check sequence of some octets, their right check sequence, and `octets` behind it.
///
/// Whatever came before, a right check sequence leaves the register at the same value. So the frame check goes on
/// behind a right header check, and no octet is summed twice.
pub(crate) fn checksum_after_check(octets: &[u8]) -> u16 {
    let mut digest = FCS16.digest_with_initial(RESIDUE.reverse_bits());
    digest.update(octets);
    digest.finalize()
}

/// The check sequence of octets that don't lie side by side.
pub(crate) fn checksum_of(mut octets: impl Iterator<Item = u8>) -> u16 {
    let mut digest = FCS16.digest();
    // A block at a time: one by one takes four times as long.
    let mut block = [0; 64];
    loop {
        let count = block.iter_mut().zip(octets.by_ref()).map(|(to, octet)| *to = octet).count();
        digest.update(block.get(..count).unwrap_or_default());
        if count < block.len() {
            return digest.finalize();
        }
    }
}

static FCS16: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_IBM_SDLC);

/// The register behind octets and their right check sequence.
const RESIDUE: u16 = 0xF0B8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn check_values() {
        assert_eq!(checksum(b"123456789"), 0x906E);
        assert_eq!(checksum(b"\x03\x3F"), 0xEC5B); // Green Book
        assert_eq!(checksum_of(b"123456789".iter().copied()), 0x906E);
    }

    #[test]
    fn going_on_behind_a_right_check_equals_summing_all() {
        let mut octets = b"\xA0\x27\x01\x02\x01\x10".to_vec();
        octets.extend(checksum(&octets).to_le_bytes());
        assert_eq!(checksum_after_check(b""), checksum(&octets));
        octets.extend(b"\xE6\xE7\x00~}~");
        assert_eq!(checksum_after_check(b"\xE6\xE7\x00~}~"), checksum(&octets));
    }

    #[test]
    fn agrees_with_the_bitwise_definition() {
        let octets: std::vec::Vec<u8> = (0..=255).cycle().take(1000).collect();
        for length in 0..octets.len() {
            assert_eq!(checksum(&octets[..length]), sample::fcs(&octets[..length]));
        }
    }
}
