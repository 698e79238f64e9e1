//! The telegrams in a stream, joined to the message that the meter cut in two.

use amshan_mbus::{FrameReader, Part, Series};

/// Noise; a message in two telegrams.
const STREAM: &[u8] = b"\x01\x02\
    \x68\x0a\x0a\x68\x53\xff\x00\x01\x67\x0f\x00\x00\x00\x01\xca\x16\
    \x68\x08\x08\x68\x53\xff\x11\x01\x67\x00\x02\x00\xcd\x16";

fn main() {
    let mut reader = FrameReader::new();
    let mut series = Series::new();
    let mut message: Vec<u8> = Vec::new();
    // Octets come as they like: five at a time here.
    for octets in STREAM.chunks(5) {
        reader.space()[..octets.len()].copy_from_slice(octets);
        reader.advance(octets.len());
        while let Some(frame) = reader.next_frame() {
            let frame = match frame {
                Ok(frame) => frame,
                Err(gap) => {
                    println!("{gap}");
                    continue;
                }
            };
            let Some(telegram) = frame.telegram() else { continue };
            let part = series.place(&telegram).part;
            println!("{frame}: {part:?}, {} octets", telegram.piece().len());
            if matches!(part, Part::First | Part::Whole) {
                message.clear();
            }
            message.extend(telegram.piece());
            if matches!(part, Part::Last | Part::Whole) {
                println!("message: {message:02x?}");
            }
        }
    }
}
