//! The checksum behind the end mark: CRC-16/ARC, and CRC-16/X-25 for meters that are said to send that one.
//!
//! Both are sums without memory of what came before: register and octet give the next register, and the next
//! register and the octet give the register back. So a checksum can be run backwards, from what the meter wrote to
//! where the register is as at the start; that finds the start of a readout in one pass.

use crc::{CRC_16_ARC, CRC_16_IBM_SDLC, Crc, Table};

/// The checksum of some octets whose checksum is `sum` (0 for none), and `octets` behind them.
pub(crate) fn checksum(sum: u16, octets: &[u8]) -> u16 {
    let mut digest = ARC.digest_with_initial(sum.reverse_bits());
    digest.update(octets);
    digest.finalize()
}

/// The checksum that P1 readouts have behind their end mark: CRC-16/ARC of all from `/` to `!`.
pub fn checksum_arc(octets: &[u8]) -> u16 {
    checksum(0, octets)
}

/// The checksum of `octets` by CRC-16/X-25.
pub(crate) fn checksum_x25(octets: &[u8]) -> u16 {
    X25.checksum(octets)
}

/// A checksum that is run backwards.
pub(crate) struct Backwards {
    register: u16,
    start: u16,
    table: &'static [u16; 256],
}

impl Backwards {
    /// From the checksum `found`.
    pub(crate) const fn arc(found: u16) -> Self {
        Self { register: found, start: 0, table: &ARC_BACK }
    }

    /// From the checksum `found` of CRC-16/X-25.
    pub(crate) const fn x25(found: u16) -> Self {
        Self { register: !found, start: 0xFFFF, table: &X25_BACK }
    }

    /// Takes the last octet away. Returns whether what was taken away so far has the checksum.
    pub(crate) fn take_away(&mut self, octet: u8) -> bool {
        let [high, low] = self.register.to_be_bytes();
        let [fed_high, fed_low] =
            self.table.get(usize::from(high)).copied().unwrap_or_default().to_be_bytes();
        self.register = u16::from_be_bytes([low ^ fed_high, fed_low ^ octet]);
        self.register == self.start
    }
}

static ARC: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_ARC);
static X25: Crc<u16, Table<1>> = Crc::<u16, Table<1>>::new(&CRC_16_IBM_SDLC);

static ARC_BACK: [u16; 256] = backwards(0xA001);
static X25_BACK: [u16; 256] = backwards(0x8408);

/// For each upper octet of a register, what eight steps backwards make of it. `polynomial` is the reflected one.
#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "runs at compile time only")]
const fn backwards(polynomial: u16) -> [u16; 256] {
    let mut table = [0; 256];
    let mut upper = 0;
    while upper < 256u16 {
        let mut register = upper << 8;
        let mut step = 0;
        while step < 8 {
            // Forwards, a set lowest bit is shifted out and the polynomial added, whose highest bit is set.
            register =
                if register & 0x8000 == 0 { register << 1 } else { ((register ^ polynomial) << 1) | 1 };
            step += 1;
        }
        table[upper as usize] = register;
        upper += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn check_values() {
        assert_eq!(checksum(0, b"123456789"), 0xBB3D);
        assert_eq!(checksum_x25(b"123456789"), 0x906E);
        assert_eq!(checksum(checksum(0, b"1234"), b"56789"), 0xBB3D);
        assert_eq!(sample::crc(b"123456789", 0xA001, 0, 0), 0xBB3D);
    }

    #[test]
    fn backwards_ends_where_forwards_began() {
        let octets: std::vec::Vec<u8> = (0..=255).cycle().take(600).map(|octet: u8| octet ^ 0x5A).collect();
        for length in 1..octets.len() {
            let octets = &octets[..length];
            let mut arc = Backwards::arc(checksum(0, octets));
            let mut x25 = Backwards::x25(checksum_x25(octets));
            let arc = octets.iter().rev().map(|octet| arc.take_away(*octet)).last();
            let x25 = octets.iter().rev().map(|octet| x25.take_away(*octet)).last();
            assert_eq!((arc, x25), (Some(true), Some(true)), "{length}");
        }
    }
}
