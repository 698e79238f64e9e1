//! HDLC frames of frame format type 3 (IEC 62056-46, DLMS UA 1000-2 chapter 8).

use crate::crc::x25;

/// A frame with both flags. Addresses are octets as they stand on the wire (1, 2 or 4); a frame without
/// information has no header check.
pub fn frame(destination: &[u8], source: &[u8], control: u8, information: &[u8], segmented: bool) -> Vec<u8> {
    let head = 2 + destination.len() + source.len() + 1;
    let length = head + if information.is_empty() { 2 } else { information.len() + 4 };
    let format = 0xA000 | if segmented { 0x0800 } else { 0 } | (length as u16 & 0x07FF);
    let mut body = format.to_be_bytes().to_vec();
    body.extend(destination);
    body.extend(source);
    body.push(control);
    if !information.is_empty() {
        body.extend(x25(&body).to_le_bytes());
        body.extend(information);
    }
    body.extend(x25(&body).to_le_bytes());
    [&[0x7E], &body[..], &[0x7E]].concat()
}

/// An information unit (LLC header and APDU) cut into segments of at most `size` octets, one frame after the other;
/// the S bit is set in all but the last, `controls` are the control octets before the last frame and of it.
pub fn segments(
    destination: &[u8],
    source: &[u8],
    controls: (u8, u8),
    information: &[u8],
    size: usize,
) -> Vec<u8> {
    let count = information.len().div_ceil(size);
    let one = |(index, piece): (usize, &[u8])| {
        let more = index + 1 < count;
        frame(destination, source, if more { controls.0 } else { controls.1 }, piece, more)
    };
    information.chunks(size).enumerate().flat_map(one).collect()
}

/// The frame in start/stop transmission with octet stuffing: `7E` and `7D` between the flags become `7D 5E`, `7D 5D`.
pub fn stuffed(frame: &[u8]) -> Vec<u8> {
    let last = frame.len().saturating_sub(1);
    let stuff = |(index, &octet): (usize, &u8)| match octet {
        0x7E | 0x7D if index != 0 && index != last => vec![0x7D, octet ^ 0x20],
        _ => vec![octet],
    };
    frame.iter().enumerate().flat_map(stuff).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apdu::{HeaderTime, blocks, data_notification, with_llc};
    use crate::axdr::{obis, structure, u16, u32};
    use crate::envelope::hex;

    fn sample() -> Vec<u8> {
        let body = structure([obis("1-0:1.7.0"), u32(5502), obis("1-0:32.7.0"), u16(2300)]);
        data_notification(1, HeaderTime::Absent, &body)
    }

    #[test]
    fn kaifa_list_1_octet_by_octet() {
        let time = [0x07, 0xE4, 2, 15, 6, 1, 25, 34, 0xFF, 0x80, 0x00, 0x00];
        let apdu = data_notification(0x4000_0000, HeaderTime::Octets(time), &structure([u32(5502)]));
        let frame = frame(&[0x01], &[0x02, 0x01], 0x10, &with_llc(&apdu), false);
        let expected =
            "7EA02701020110 5A87 E6E7000F40000000090C07E4020F06011922FF80000002010600001 57E EA5E 7E";
        assert_eq!(hex(&frame), expected.replace(' ', ""));
        assert_eq!(frame.iter().filter(|&&octet| octet == 0x7E).count(), 3);
        let stuffed = stuffed(&frame);
        assert_eq!(stuffed.len(), frame.len() + 1);
        assert_eq!(stuffed[37..39], [0x7D, 0x5E]);
    }

    #[test]
    fn frames_without_information() {
        assert_eq!(hex(&frame(&[0x03], &[0x21], 0x93, &[], false)), "7EA0070321930F017E");
        let disconnect = frame(&[0x48, 0x68, 0xFE, 0xFF], &[0x75], 0x53, &[], false);
        assert_eq!(hex(&disconnect), "7EA00A4868FEFF7553D43E7E");
    }

    #[test]
    fn a_unit_in_three_segments() {
        let unit = with_llc(&sample());
        let cut = |from, to, more| frame(&[0x01], &[0x02, 0x01], 0x13, &unit[from..to], more);
        let frames = [cut(0, 14, true), cut(14, 26, true), cut(26, 35, false)].concat();
        let expected = "7EA81801020113B42AE6E7000F0000000100020409060160F77E\
                        7EA816010201130C4B00010700FF060000157E0906F11D7E\
                        7EA01301020113004C0100200700FF1208FCA73B7E";
        assert_eq!(hex(&frames), expected);
        let even = segments(&[0x01], &[0x02, 0x01], (0x13, 0x13), &unit, 14);
        assert_eq!(even[..26], frames[..26]);
        assert_eq!(segments(&[0x01], &[0x02, 0x01], (0x13, 0x13), &unit, 35), cut(0, 35, false));
    }

    #[test]
    fn a_unit_in_three_blocks() {
        let frames: Vec<u8> = blocks(&sample(), 12, true)
            .iter()
            .enumerate()
            .flat_map(|(index, block)| {
                let information = if index == 0 { with_llc(block) } else { block.clone() };
                frame(&[0xCE, 0xFF], &[0x03], 0x13, &information, false)
            })
            .collect();
        let expected = "7EA020CEFF0313C64CE6E700E0400001 00000C0F0000000100020409060100 99C57E\
                        7EA01DCEFF031363E4E04000020000 0C010700FF060000157E090601CA4A7E\
                        7EA019CEFF031373C9E0C0000300000800200700FF1208FC19657E";
        assert_eq!(hex(&frames), expected.replace(' ', ""));
    }
}
