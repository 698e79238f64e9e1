//! Puts the checks of what looks like a frame right, so that the fuzzer gets past them.
//!
//! `amshan-sim` encodes what it knows; this works the other way round, on octets that only look like something. It shares
//! nothing with the parsers.

use amshan_sim::crc;

/// Header check and frame check of every HDLC frame that is all there.
pub(crate) fn hdlc(stream: &mut [u8]) {
    let mut at = 0;
    while let Some(frame) = stream.get_mut(at..) {
        at += match frame {
            [0x7E, format @ 0xA0..=0xAF, low, ..] => {
                let end = 1 + usize::from(u16::from_be_bytes([*format & 0x07, *low]));
                frame.get_mut(1..end).and_then(hdlc_frame).map_or(1, |()| end)
            }
            _ => 1,
        }
    }
}

/// One frame between its flags.
fn hdlc_frame(frame: &mut [u8]) -> Option<()> {
    let destination = 2 + address(frame.get(2..)?)?;
    let control = destination + address(frame.get(destination..)?)?;
    let check = frame.len().checked_sub(2)?;
    if check > control + 2 {
        let fcs = crc::x25(&frame[..=control]);
        frame[control + 1..control + 3].copy_from_slice(&fcs.to_le_bytes());
    }
    let fcs = crc::x25(&frame[..check]);
    frame[check..].copy_from_slice(&fcs.to_le_bytes());
    Some(())
}

/// How many octets an address has: the last is odd.
fn address(octets: &[u8]) -> Option<usize> {
    octets.iter().take(4).position(|octet| octet & 1 == 1).map(|last| last + 1)
}

/// Second length, checksum and stop octet of every M-Bus frame that is all there.
pub(crate) fn mbus(stream: &mut [u8]) {
    let mut at = 0;
    while let Some(frame) = stream.get_mut(at..) {
        at += match frame {
            [0x68, length, second, 0x68, rest @ ..] => {
                let count = usize::from(*length) + if *length < 3 { 256 } else { 0 };
                match rest.split_at_mut_checked(count) {
                    Some((summed, [check, stop, ..])) => {
                        *second = *length;
                        *check = summed.iter().fold(0, |sum, octet| octet.wrapping_add(sum));
                        *stop = 0x16;
                        count + 6
                    }
                    _ => 1,
                }
            }
            _ => 1,
        }
    }
}

/// The checksum of every P1 readout that has one of four digits.
pub(crate) fn p1(stream: &mut [u8]) {
    let mut start = None;
    for at in 0..stream.len() {
        match (stream[at], start) {
            (b'/', _) => start = Some(at),
            (b'!', Some(start)) => {
                let checksum = crc::arc(&stream[start..=at]);
                if let Some(digits) = stream.get_mut(at + 1..at + 5) {
                    if digits.iter().all(u8::is_ascii_hexdigit) {
                        digits.copy_from_slice(format!("{checksum:04X}").as_bytes());
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_right_stays() {
        for (repair, right) in [
            (
                hdlc as fn(&mut [u8]),
                &b"\x7E\xA0\x0A\x48\x68\xFE\xFF\x75\x53\xD4\x3E\x7E\xA0\x07\x03\x21\x93\x0F\x01\x7E"[..],
            ),
            (hdlc, b"\x7E\xA0\x12\x01\x02\x01\x10\xDF\x75\xE6\xE7\x00\x0F\x00\x02\x01\x00\x36\x45\x7E"),
            (mbus, b"\x68\x0A\x0A\x68\x53\xFF\x00\x01\x67\x0F\x00\x00\x00\x01\xCA\x16"),
            (p1, b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!00AB\r\n"),
        ] {
            let mut repaired = right.to_vec();
            repair(&mut repaired);
            assert_eq!(repaired, right, "{}", right.escape_ascii());
        }
    }

    #[test]
    fn what_is_wrong_is_put_right() {
        let mut frame = *b"abc\x7E\xA0\x12\x01\x02\x01\x10\0\0\xE6\xE7\x00\x0F\x00\x02\x01\x00\0\0";
        hdlc(&mut frame);
        assert_eq!(amshan_hdlc::frames(&frame).filter(Result::is_ok).count(), 1);
        let mut frame = *b"abc\x68\x0A\x00\x68\x53\xFF\x00\x01\x67\x0F\x00\x00\x00\x01\0\0";
        mbus(&mut frame);
        assert_eq!(amshan_mbus::frames(&frame).filter(Result::is_ok).count(), 1);
        let mut readout = *b"abc/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!0000\r\n";
        p1(&mut readout);
        assert_eq!(amshan_dlde::readouts(&readout).filter(Result::is_ok).count(), 1);
    }
}
