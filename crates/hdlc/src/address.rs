//! Addresses of stations.

use core::fmt;

/// The address of a station: one octet, or two, or four.
///
/// Each octet carries seven bits of address above one bit that marks the last octet.
///
/// | octets | upper (logical device) | lower (physical device) |
/// |---|---|---|
/// | 1 | 7 bits | – |
/// | 2 | 7 bits | 7 bits |
/// | 4 | 14 bits | 14 bits |
///
/// `Display` writes the octets as they were sent, in hexadecimal: `0883`. Green Book Ed. 8, 8.4.2.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address {
    /// Those it has, then 0.
    octets: [u8; 4],
}

impl Address {
    /// An address from its octets, as they were sent; `None` if they are not one whole address.
    pub fn from_octets(octets: &[u8]) -> Option<Self> {
        Self::at_start(octets).filter(|(_, rest)| rest.is_empty()).map(|(address, _)| address)
    }

    /// The address at the start of some octets, and what is behind it.
    pub(crate) const fn at_start(octets: &[u8]) -> Option<(Self, &[u8])> {
        match *octets {
            [a, ref rest @ ..] if is_last(a) => Some((Self { octets: [a, 0, 0, 0] }, rest)),
            [a, b, ref rest @ ..] if is_last(b) => Some((Self { octets: [a, b, 0, 0] }, rest)),
            [_, _, c, ..] if is_last(c) => None,
            [a, b, c, d, ref rest @ ..] if is_last(d) => Some((Self { octets: [a, b, c, d] }, rest)),
            _ => None,
        }
    }

    /// The octets as they were sent.
    pub fn octets(&self) -> &[u8] {
        self.octets.get(..usize::from(self.octet_count())).unwrap_or_default()
    }

    /// How many octets it has.
    pub(crate) const fn octet_count(&self) -> u8 {
        match self.octets {
            [a, ..] if is_last(a) => 1,
            [_, b, ..] if is_last(b) => 2,
            _ => 4,
        }
    }

    /// The upper address: the logical device inside a meter, or the client.
    pub const fn upper(&self) -> u16 {
        let [a, b, ..] = self.octets;
        if self.octet_count() == 4 { seven(a) << 7 | seven(b) } else { seven(a) }
    }

    /// The lower address: the physical device on a shared line. `None`: there is none in one octet.
    pub const fn lower(&self) -> Option<u16> {
        let [_, b, c, d] = self.octets;
        match self.octet_count() {
            2 => Some(seven(b)),
            4 => Some(seven(c) << 7 | seven(d)),
            _ => None,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.octets().iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// Bit 0: no other octet follows.
pub(crate) const fn is_last(octet: u8) -> bool {
    octet & 1 == 1
}

/// The seven bits of address in an octet.
const fn seven(octet: u8) -> u16 {
    (octet >> 1) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn values() {
        let table: [(&[u8], &str, u16, Option<u16>); 7] = [
            (&[0x03], "03", 1, None),
            (&[0x21], "21", 16, None),
            (&[0xCF], "cf", 103, None),
            (&[0x08, 0x83], "0883", 4, Some(65)),
            (&[0xCE, 0xFF], "ceff", 103, Some(127)),
            (&[0x48, 0x68, 0xFE, 0xFF], "4868feff", 0x1234, Some(0x3FFF)), // Green Book
            (&[0x00, 0x02, 0x00, 0x23], "00020023", 1, Some(17)),
        ];
        for (octets, text, upper, lower) in table {
            let address = Address::from_octets(octets).unwrap();
            assert_eq!(address.to_string(), text);
            assert_eq!(address.octets(), octets);
            assert_eq!((address.upper(), address.lower()), (upper, lower), "{text}");
        }
    }

    #[test]
    fn what_is_no_address() {
        let table: [&[u8]; 7] = [&[], &[2], &[1, 3], &[2, 2], &[2, 2, 3], &[2, 1, 2, 3], &[2, 2, 2, 2, 3]];
        for octets in table {
            assert_eq!(Address::from_octets(octets), None, "{octets:?}");
        }
    }
}
