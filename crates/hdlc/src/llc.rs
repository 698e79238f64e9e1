//! The logical link control header.

/// The three octets of logical link control (LLC) in front of an APDU. Green Book Ed. 8, 8.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Llc {
    /// `E6 E6 00`: from client to server.
    Command,
    /// `E6 E7 00`: from server to client. All pushes known.
    Response,
}

/// Takes the LLC header, where there is one, off an information field.
///
/// Not every frame has one: of a message cut in pieces only the first does, and the octets of a later one may look
/// like one by chance.
pub const fn strip_llc(information: &[u8]) -> (Option<Llc>, &[u8]) {
    match information {
        [0xE6, 0xE7, 0x00, apdu @ ..] => (Some(Llc::Response), apdu),
        [0xE6, 0xE6, 0x00, apdu @ ..] => (Some(Llc::Command), apdu),
        apdu => (None, apdu),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let table: [(&[u8], Option<Llc>, &[u8]); 6] = [
            (b"\xE6\xE7\x00\x0F\x00", Some(Llc::Response), b"\x0F\x00"),
            (b"\xE6\xE6\x00\xC0", Some(Llc::Command), b"\xC0"),
            (b"\xE6\xE7\x00", Some(Llc::Response), b""),
            (b"\xE6\xE7\x01\x0F", None, b"\xE6\xE7\x01\x0F"),
            (b"\xE6\xE7", None, b"\xE6\xE7"),
            (b"", None, b""),
        ];
        for (information, llc, apdu) in table {
            assert_eq!(strip_llc(information), (llc, apdu));
        }
    }
}
