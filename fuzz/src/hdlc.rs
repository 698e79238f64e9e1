//! HDLC frames out of any stream.

use amshan_hdlc::{
    Frame, FrameReader, Gap, Header, Scanner, StuffedReader, StuffedScanner, frames, unstuff_in_place,
};
use amshan_stream::units;

use crate::feed::{Stretch, assert_accounted, with_pauses};
use crate::input::Input;

/// However a stream is cut, the same frames and gaps; every octet belongs to one of them or is a flag; a frame is
/// one by itself.
pub fn hdlc_reader(octets: &[u8]) {
    let Some(input) = Input::new(octets) else { return };
    let stream = &input.stream[..];

    let whole: Vec<_> = frames(stream).collect();
    let cut = feed!(FrameReader::new(), input.pieces(), next_frame, own);
    assert_eq!(cut, whole.iter().cloned().map(own).collect::<Vec<_>>(), "chunking");

    let stretches: Vec<_> = whole
        .iter()
        .map(|item| match item {
            Ok(frame) => Stretch::of(stream, frame.octets()),
            Err(gap) => Stretch::of_gap(gap),
        })
        .collect();
    assert_accounted(stream, &stretches, is_fill);
    assert_accounted(stream, &with_pauses(Scanner::new(), input.pieces()), is_fill);

    for frame in whole.into_iter().flatten() {
        assert_eq!(Frame::parse_prefix(frame.octets()), Ok((frame, &b""[..])));
        let cut = &frame.octets()[..frame.octets().len() - 1];
        assert!(Frame::parse_prefix(cut).is_err(), "a frame without its last octet: {frame:?}");
        assert!(!frame.to_string().is_empty());
    }
}

/// The same on a line with octet stuffing.
pub fn hdlc_stuffed(octets: &[u8]) {
    let Some(input) = Input::new(octets) else { return };
    let stream = &input.stream[..];

    let whole: Vec<_> = units(StuffedScanner::new(), stream).collect();
    let cut = feed!(StuffedReader::new(), input.pieces(), next_frame, own);
    let unstuffed = whole.iter().cloned().map(|item| {
        let (octets, header) = item?;
        let mut octets = octets.to_vec();
        let length = unstuff_in_place(&mut octets);
        octets.truncate(length);
        let frame = header.frame(&octets).expect("as many octets as the header says");
        assert_eq!(Frame::parse_prefix(&octets), Ok((frame, &b""[..])));
        own(Ok(frame))
    });
    assert_eq!(cut, unstuffed.collect::<Vec<_>>(), "chunking");

    let stretches: Vec<_> = whole
        .iter()
        .map(|item| match item {
            Ok((octets, _)) => Stretch::of(stream, octets),
            Err(gap) => Stretch::of_gap(gap),
        })
        .collect();
    assert_accounted(stream, &stretches, is_fill);
    assert_accounted(stream, &with_pauses(StuffedScanner::new(), input.pieces()), is_fill);
}

/// A frame's header, octets and information.
fn own(item: Result<Frame<'_>, Gap>) -> Result<(Header, Vec<u8>, Vec<u8>), Gap> {
    item.map(|frame| (frame.header(), frame.octets().to_vec(), frame.information().to_vec()))
}

/// Flags stand between frames.
fn is_fill(octets: &[u8]) -> bool {
    octets.iter().all(|&octet| octet == 0x7E)
}
