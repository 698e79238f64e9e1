//! Application units: data-notification, the LLC header before it, and its transfer in blocks (DLMS UA 1000-2).

use crate::axdr::{Length, Value, parse_obis};

/// The LLC header of pushes.
pub const LLC: [u8; 3] = [0xE6, 0xE7, 0x00];

/// How the date-time in the header of a data-notification is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderTime {
    /// `00`: none.
    Absent,
    /// `0C` and twelve octets, as the standard says.
    Plain([u8; 12]),
    /// `09 0C` and twelve octets: Kaifa in Norway, older Kamstrup.
    Octets([u8; 12]),
    /// `19` and twelve octets.
    Tagged([u8; 12]),
}

/// A data-notification (tag `0F`).
pub fn data_notification(invoke: u32, time: HeaderTime, body: &Value) -> Vec<u8> {
    let mut out = vec![0x0F];
    out.extend(invoke.to_be_bytes());
    match time {
        HeaderTime::Absent => out.push(0x00),
        HeaderTime::Plain(octets) => {
            out.push(0x0C);
            out.extend(octets);
        }
        HeaderTime::Octets(octets) => {
            out.extend([0x09, 0x0C]);
            out.extend(octets);
        }
        HeaderTime::Tagged(octets) => {
            out.push(0x19);
            out.extend(octets);
        }
    }
    body.encode(&mut out);
    out
}

/// The APDU behind an LLC header.
pub fn with_llc(apdu: &[u8]) -> Vec<u8> {
    [&LLC, apdu].concat()
}

/// An APDU cut into general-block-transfer APDUs (tag `E0`) of at most `size` octets of data each.
///
/// Landis+Gyr sets the streaming bit (`40`, and `C0` in the last); the standard's unconfirmed push does not.
pub fn blocks(apdu: &[u8], size: usize, streaming: bool) -> Vec<Vec<u8>> {
    let control = if streaming { 0x40 } else { 0x00 };
    let pieces: Vec<&[u8]> = apdu.chunks(size).collect();
    let block = |(index, piece): (usize, &&[u8])| {
        let last = if index + 1 == pieces.len() { 0x80 } else { 0x00 };
        let mut out = vec![0xE0, control | last];
        out.extend((index as u16 + 1).to_be_bytes());
        out.extend([0x00, 0x00]);
        Length::Shortest.encode(piece.len(), &mut out);
        out.extend(*piece);
        out
    };
    pieces.iter().enumerate().map(block).collect()
}

/// An untagged cosem-attribute-descriptor: class, code and attribute, as the meters of EG.D send it.
pub fn attribute_descriptor(class: u16, code: &str, attribute: i8) -> Value {
    let mut out = class.to_be_bytes().to_vec();
    out.extend(parse_obis(code).octets());
    out.extend(attribute.to_be_bytes());
    Value::Raw(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axdr::{obis, structure, u16, u32};

    #[test]
    fn header_times() {
        let body = Value::Null;
        for (time, octets) in [
            (HeaderTime::Absent, &[0x00, 0x00][..]),
            (HeaderTime::Plain([1; 12]), &[0x0C, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]),
            (HeaderTime::Octets([1; 12]), &[0x09, 0x0C, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]),
            (HeaderTime::Tagged([1; 12]), &[0x19, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]),
        ] {
            assert_eq!(
                data_notification(0x4000_0000, time, &body),
                [&[0x0F, 0x40, 0, 0, 0], octets].concat()
            );
        }
    }

    #[test]
    fn a_notification_in_three_blocks() {
        let body = structure([obis("1-0:1.7.0"), u32(5502), obis("1-0:32.7.0"), u16(2300)]);
        let apdu = data_notification(1, HeaderTime::Absent, &body);
        assert_eq!(apdu.len(), 32);
        let blocks = blocks(&apdu, 12, true);
        let heads: Vec<&[u8]> = blocks.iter().map(|block| &block[..7]).collect();
        let expected: [&[u8]; 3] =
            [&[0xE0, 0x40, 0, 1, 0, 0, 12], &[0xE0, 0x40, 0, 2, 0, 0, 12], &[0xE0, 0xC0, 0, 3, 0, 0, 8]];
        assert_eq!(heads, expected);
        let joined: Vec<u8> = blocks.iter().flat_map(|block| &block[7..]).copied().collect();
        assert_eq!(joined, apdu);
    }

    #[test]
    fn a_descriptor_has_no_tags() {
        let descriptor = attribute_descriptor(3, "1-0:1.7.0", 2).to_vec();
        assert_eq!(descriptor, [0, 3, 1, 0, 1, 7, 0, 255, 2]);
    }
}
