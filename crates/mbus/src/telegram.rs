//! DLMS in the data of a frame.

/// The DLMS transport fields of a frame, and the piece of an APDU behind them.
///
/// ```text
/// CI          000 | FIN | piece number (4 bits)
/// STSAP       source
/// DTSAP       destination
/// piece
/// ```
///
/// EN 13757-3; Green Book Ed. 8, 10.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telegram<'a> {
    control_information: u8,
    source: u8,
    destination: u8,
    piece: &'a [u8],
}

impl<'a> Telegram<'a> {
    pub(crate) const fn new(control_information: u8, data: &'a [u8]) -> Option<Self> {
        match (control_information, data) {
            (0x00..=0x1F, [source, destination, piece @ ..]) => {
                Some(Self { control_information, source: *source, destination: *destination, piece })
            }
            _ => None,
        }
    }

    /// The number of the piece, from 0 to 15.
    pub const fn sequence(&self) -> u8 {
        self.control_information & 0x0F
    }

    /// FIN: this is the last piece.
    pub const fn last(&self) -> bool {
        self.control_information & 0x10 != 0
    }

    /// STSAP, who sends: 1, the management logical device of a meter.
    pub const fn source(&self) -> u8 {
        self.source
    }

    /// DTSAP, who it is for: 103, consumer information.
    pub const fn destination(&self) -> u8 {
        self.destination
    }

    /// The piece of an APDU.
    pub const fn piece(&self) -> &'a [u8] {
        self.piece
    }
}

#[cfg(test)]
mod tests {
    use crate::frame::Frame;
    use crate::sample::{self, ONE, TWO, hex};

    #[test]
    fn transport_fields() {
        // frame, number, last, octets of the piece
        let table = [(ONE, 0, true, 32), (TWO[0], 0, false, 16), (TWO[1], 1, true, 16)];
        for (octets, sequence, last, length) in table {
            let octets = hex(octets);
            let telegram = Frame::parse_prefix(&octets).unwrap().0.telegram().unwrap();
            assert_eq!((telegram.sequence(), telegram.last()), (sequence, last));
            assert_eq!((telegram.source(), telegram.destination()), (1, 103));
            assert_eq!(telegram.piece(), &octets[9..9 + length]);
        }
    }

    #[test]
    fn what_is_no_dlms() {
        // CI, data, whether it is DLMS
        let table: [(u8, &[u8], bool); 6] = [
            (0x72, b"\x01\x67\x0F", false),
            (0x20, b"\x01\x67\x0F", false),
            (0x1F, b"\x01\x67\x0F", true),
            (0x10, b"\x01\x67", true),
            (0x10, b"\x01", false),
            (0x10, b"", false),
        ];
        for (control_information, data, dlms) in table {
            let octets = sample::frame(0x53, 0xFF, control_information, data);
            let (frame, _) = Frame::parse_prefix(&octets).unwrap();
            assert_eq!(frame.telegram().is_some(), dlms, "{control_information:02x} {data:?}");
        }
    }
}
