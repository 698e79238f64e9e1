//! OBIS codes (IEC 62056-6-1).

use core::fmt;
use core::str::FromStr;

use crate::error::{Error, ErrorKind};

/// An OBIS code: which quantity a value is.
///
/// | group | meaning |
/// |---|---|
/// | A | medium: 0 abstract, 1 electricity, 6 heat, 7 gas, 8 water … |
/// | B | channel |
/// | C | quantity: 1 active power import, 32 voltage of L1 … |
/// | D | processing: 7 instantaneous, 8 since the beginning … |
/// | E | tariff, or a further division |
/// | F | billing period; 255 the current one |
///
/// Written `A-B:C.D.E*F`. Also read are `A-B:C.D.E.F`, `A.B.C.D.E.F` and reduced forms: without `A-B:` an
/// electricity code without channel (`1-0:`) is meant, and a missing E or F is 255.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Obis([u8; 6]);

impl Obis {
    /// The code with these six groups.
    pub const fn new(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8) -> Self {
        Self([a, b, c, d, e, f])
    }

    /// The six octets in which COSEM sends it.
    pub const fn octets(self) -> [u8; 6] {
        self.0
    }

    /// Group A, the medium.
    pub const fn a(self) -> u8 {
        self.0[0]
    }

    /// Group B, the channel.
    pub const fn b(self) -> u8 {
        self.0[1]
    }

    /// Group C, the quantity.
    pub const fn c(self) -> u8 {
        self.0[2]
    }

    /// Group D, the processing.
    pub const fn d(self) -> u8 {
        self.0[3]
    }

    /// Group E, the tariff or a further division.
    pub const fn e(self) -> u8 {
        self.0[4]
    }

    /// Group F, the billing period.
    pub const fn f(self) -> u8 {
        self.0[5]
    }

    /// Prints without group F: `1-0:1.8.0`.
    pub const fn reduced(self) -> Reduced {
        Reduced(self)
    }

    /// Reads a code as text meters write it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Empty`], [`ErrorKind::Character`] or [`ErrorKind::Group`].
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        let mut groups = [0u8; 6];
        let mut count = 0usize;
        let mut prefix = 0usize;
        let mut value: Option<u8> = None;
        let fail = |kind, offset| Error { kind, offset };
        for (offset, &octet) in text.iter().enumerate() {
            match octet {
                b'0'..=b'9' => {
                    let digit = octet.wrapping_sub(b'0');
                    let next = value.unwrap_or(0).checked_mul(10).and_then(|v| v.checked_add(digit));
                    value = Some(next.ok_or(fail(ErrorKind::Group, offset))?);
                }
                b'-' | b':' | b'.' | b'*' => {
                    let slot = groups.get_mut(count).ok_or(fail(ErrorKind::Group, offset))?;
                    *slot = value.take().ok_or(fail(ErrorKind::Character(octet), offset))?;
                    count = count.saturating_add(1);
                    let fits = match octet {
                        b'-' => count == 1,
                        b':' => {
                            prefix = count;
                            count == 2 && text.contains(&b'-')
                        }
                        b'*' => count == prefix.saturating_add(3),
                        _ => true,
                    };
                    if !fits {
                        return Err(fail(ErrorKind::Character(octet), offset));
                    }
                }
                _ => return Err(fail(ErrorKind::Character(octet), offset)),
            }
        }
        let end = text.len();
        let last = value.ok_or(match text.last() {
            None => fail(ErrorKind::Empty, 0),
            Some(&octet) => fail(ErrorKind::Character(octet), end.saturating_sub(1)),
        })?;
        *groups.get_mut(count).ok_or(fail(ErrorKind::Group, end))? = last;
        let [g0, g1, g2, g3, g4, _] = groups;
        match (prefix, count.saturating_add(1)) {
            (2, 4) => Ok(Self([g0, g1, g2, g3, 255, 255])),
            (2, 5) => Ok(Self([g0, g1, g2, g3, g4, 255])),
            (2 | 0, 6) => Ok(Self(groups)),
            (0, 2) if !text.contains(&b'-') => Ok(Self([1, 0, g0, g1, 255, 255])),
            (0, 3) if !text.contains(&b'-') => Ok(Self([1, 0, g0, g1, g2, 255])),
            (0, 4) if !text.contains(&b'-') => Ok(Self([1, 0, g0, g1, g2, g3])),
            _ => Err(fail(ErrorKind::Group, end)),
        }
    }
}

impl From<[u8; 6]> for Obis {
    fn from(octets: [u8; 6]) -> Self {
        Self(octets)
    }
}

impl FromStr for Obis {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text.as_bytes())
    }
}

impl fmt::Display for Obis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}*{}", self.reduced(), self.f())
    }
}

impl fmt::Debug for Obis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An OBIS code that prints without group F, from [`Obis::reduced`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reduced(Obis);

impl fmt::Display for Reduced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, _] = self.0.octets();
        write!(f, "{a}-{b}:{c}.{d}.{e}")
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn every_written_form_is_read() {
        for (text, code) in [
            ("1-0:1.8.0*255", [1, 0, 1, 8, 0, 255]),
            ("1-0:1.8.0.255", [1, 0, 1, 8, 0, 255]),
            ("1.0.1.8.0.255", [1, 0, 1, 8, 0, 255]),
            ("0-1:24.2.1", [0, 1, 24, 2, 1, 255]),
            ("1-0:99.97", [1, 0, 99, 97, 255, 255]),
            ("1.8.0", [1, 0, 1, 8, 0, 255]),
            ("97.97", [1, 0, 97, 97, 255, 255]),
            ("1.8.0*01", [1, 0, 1, 8, 0, 1]),
            ("1-1:0.2.129", [1, 1, 0, 2, 129, 255]),
        ] {
            assert_eq!(Obis::parse(text.as_bytes()), Ok(Obis(code)), "{text}");
        }
    }

    #[test]
    fn what_is_no_code_is_refused_with_its_place() {
        for (text, kind, offset) in [
            ("", ErrorKind::Empty, 0),
            ("1-0:4:24.7.0", ErrorKind::Character(b':'), 5),
            ("1-0:72:32.0", ErrorKind::Character(b':'), 6),
            ("999-999:1.8.0junk", ErrorKind::Group, 2),
            ("1-0:1.8.0junk", ErrorKind::Character(b'j'), 9),
            ("F.F", ErrorKind::Character(b'F'), 0),
            ("1-0:1.8.", ErrorKind::Character(b'.'), 7),
            ("1-0", ErrorKind::Group, 3),
            ("1", ErrorKind::Group, 1),
            ("1-0:1.8.0.255.1", ErrorKind::Group, 15),
            ("1*8.0", ErrorKind::Character(b'*'), 1),
            ("1:8.0", ErrorKind::Character(b':'), 1),
        ] {
            assert_eq!(Obis::parse(text.as_bytes()), Err(Error { kind, offset }), "{text}");
        }
    }

    #[test]
    fn zero_groups_are_printed() {
        let code = Obis::new(1, 0, 1, 8, 0, 255);
        assert_eq!(code.to_string(), "1-0:1.8.0*255");
        assert_eq!(code.reduced().to_string(), "1-0:1.8.0");
    }

    proptest::proptest! {
        #[test]
        fn printed_and_read_again_is_the_same(octets: [u8; 6]) {
            let code = Obis(octets);
            proptest::prop_assert_eq!(code.to_string().parse(), Ok(code));
        }

        #[test]
        fn any_text_is_a_code_or_an_error(text: std::vec::Vec<u8>) {
            let _ = Obis::parse(&text);
        }
    }
}
