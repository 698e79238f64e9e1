//! What gateways wrap a message in.

/// Upper-case hexadecimal digits.
pub fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

/// The hexadecimal digits of the hexadecimal digits, as some bridges send them.
pub fn hex_twice(octets: &[u8]) -> String {
    hex(hex(octets).as_bytes())
}

/// Octets of hexadecimal digits; blanks and line ends don't count.
///
/// # Panics
///
/// If something else stands between them: it is a literal of a test.
pub fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let digit = |c: char| c.to_digit(16).expect("a hexadecimal digit") as u8;
    digits.chunks(2).map(|pair| digit(pair[0]) << 4 | pair.get(1).map_or(0, |&c| digit(c))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        assert_eq!(hex(&[0x7E, 0xA0]), "7EA0");
        assert_eq!(hex_twice(&[0x7E]), "3745");
        assert_eq!(unhex("7e A0\n"), [0x7E, 0xA0]);
    }
}
