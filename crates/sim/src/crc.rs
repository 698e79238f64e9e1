//! The two check sequences, bit by bit from their definitions.

/// FCS-16 of HDLC: polynomial 1021 reflected, initial and final FFFF (CRC-16/X-25).
pub fn x25(octets: &[u8]) -> u16 {
    !reflected(octets, 0x8408, 0xFFFF)
}

/// CRC-16/ARC of P1: polynomial 8005 reflected, initial and final 0.
pub fn arc(octets: &[u8]) -> u16 {
    reflected(octets, 0xA001, 0)
}

fn reflected(octets: &[u8], polynomial: u16, initial: u16) -> u16 {
    let mut register = initial;
    for &octet in octets {
        for bit in 0..8 {
            let feedback = (register ^ u16::from(octet >> bit)) & 1;
            register >>= 1;
            if feedback == 1 {
                register ^= polynomial;
            }
        }
    }
    register
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_values_of_the_catalogue() {
        assert_eq!(x25(b"123456789"), 0x906E);
        assert_eq!(arc(b"123456789"), 0xBB3D);
        assert_eq!(x25(&[0x03, 0x3F]).to_le_bytes(), [0x5B, 0xEC]); // Green Book
    }
}
