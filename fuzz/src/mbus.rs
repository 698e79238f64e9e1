//! M-Bus frames out of any stream.

use amshan_mbus::{Frame, FrameReader, Gap, Header, Scanner, frames};

use crate::feed::{Stretch, assert_accounted, with_pauses};
use crate::input::Input;

/// However a stream is cut, the same frames and gaps; every octet belongs to one of them or to something without
/// data; a frame is one by itself.
pub fn mbus_reader(octets: &[u8]) {
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
        if let Some(telegram) = frame.telegram() {
            assert_eq!(telegram.piece().len() + 2, frame.data().len());
        }
        assert!(!frame.to_string().is_empty());
    }
}

/// A frame's header, octets and data.
fn own(item: Result<Frame<'_>, Gap>) -> Result<(Header, Vec<u8>, Vec<u8>), Gap> {
    item.map(|frame| (frame.header(), frame.octets().to_vec(), frame.data().to_vec()))
}

/// Single characters, and short frames with their checksum.
fn is_fill(octets: &[u8]) -> bool {
    match octets {
        [] => true,
        [0xE5, rest @ ..] => is_fill(rest),
        [0x10, c, a, sum, 0x16, rest @ ..] => c.wrapping_add(*a) == *sum && is_fill(rest),
        _ => false,
    }
}
