//! Check sequences of 16 bits, and what they tell of octets that are not right.

/// A check sequence whose register takes the low bit of an octet first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sum {
    polynomial: u16,
    start: u16,
    xor: u16,
}

/// That of HDLC, header and frame: CRC-16/X-25.
pub(super) const X25: Sum = Sum { polynomial: 0x8408, start: 0xFFFF, xor: 0xFFFF };
/// That of P1: CRC-16/ARC.
pub(super) const ARC: Sum = Sum { polynomial: 0xA001, start: 0, xor: 0 };

/// A bit that was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Changed {
    /// The octet that it is in.
    pub(super) place: usize,
    /// What the octet was.
    pub(super) was: u8,
}

impl Sum {
    /// The check sequence of some octets.
    pub(super) fn of(self, octets: &[u8]) -> u16 {
        octets.iter().fold(self.start, |register, octet| self.step(register, *octet)) ^ self.xor
    }

    fn step(self, register: u16, octet: u8) -> u16 {
        (0..8).fold(register ^ u16::from(octet), |register, _| {
            register >> 1 ^ if register & 1 == 1 { self.polynomial } else { 0 }
        })
    }

    /// The one bit of the octets whose change explains that their check sequence is not `found`, if one does. A sum is
    /// linear: what a changed bit does to it depends on the bit's distance from the end alone.
    pub(super) fn changed(self, octets: &[u8], found: u16) -> Option<Changed> {
        let difference = self.of(octets) ^ found;
        let mut bits: [(u8, u16); 8] = std::array::from_fn(|bit| {
            let bit = 1u8 << (bit & 7);
            (bit, self.step(0, bit))
        });
        for (place, octet) in octets.iter().enumerate().rev() {
            if let Some((bit, _)) = bits.iter().find(|(_, effect)| *effect == difference) {
                return Some(Changed { place, was: octet ^ bit });
            }
            for (_, effect) in &mut bits {
                *effect = self.step(*effect, 0);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_values_of_the_catalogue() {
        assert_eq!(X25.of(b"123456789"), 0x906E);
        assert_eq!(ARC.of(b"123456789"), 0xBB3D);
    }

    #[test]
    fn a_changed_bit_is_found() {
        let right: Vec<u8> = (0..=255).cycle().take(600).collect();
        for sum in [X25, ARC] {
            let found = sum.of(&right);
            assert_eq!(sum.changed(&[], found), None);
            for place in [0, 1, 77, 598, 599] {
                for bit in 0..8 {
                    let mut octets = right.clone();
                    octets[place] ^= 1 << bit;
                    assert_eq!(sum.changed(&octets, found), Some(Changed { place, was: right[place] }));
                }
            }
        }
    }
}
