//! What the simulator sends comes back field by field; what is cut short gives nothing.

use amshan_mbus::{ErrorKind, Frame, Part, Placed, Series, frames, parse};
use amshan_sim::mbus::{BROADCAST, SND_UD, TSAPS, long_frame, short_frame, telegrams};
use nom::Needed;
use proptest::collection::vec;
use proptest::prelude::*;

/// Octets of the longest data: 255 that the length counts, and the overflown form of 258, without C, A and CI.
const LONGEST: usize = 252;
const OVERFLOWN: usize = 255;
/// A message has at most as many pieces.
const PIECES: usize = 16;

/// C, A, CI and data of a frame.
type Fields = (u8, u8, u8, Vec<u8>);

/// Octets with more starts and stops than chance would give.
fn octets(length: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![6 => any::<u8>(), 1 => Just(0x68), 1 => Just(0x16), 1 => Just(0x10)], length)
}

fn fields() -> impl Strategy<Value = Fields> {
    let data = prop_oneof![8 => octets(0..40), 1 => octets(LONGEST - 10..=OVERFLOWN)];
    (any::<u8>(), any::<u8>(), any::<u8>(), data)
}

fn encode((control, address, information, data): &Fields) -> Vec<u8> {
    long_frame(*control, *address, *information, data)
}

fn assert_in((control, address, information, data): &Fields, frame: &Frame<'_>) {
    assert_eq!(frame.control().0, *control);
    assert_eq!(frame.address(), *address);
    assert_eq!(frame.control_information(), *information);
    assert_eq!(frame.data(), data);
}

/// The first `length` octets of a frame: more are asked for, and never more than there are; when the input has ended,
/// it is truncated.
fn assert_cut(frame: &[u8], length: usize) {
    let cut = &frame[..length];
    let Err(nom::Err::Incomplete(Needed::Size(more))) = parse::frame(cut) else {
        panic!("{length} octets of {frame:02x?}")
    };
    assert!(length + more.get() <= frame.len(), "{more} more than {length} of {}", frame.len());
    let error = Frame::parse_prefix(cut).unwrap_err();
    assert_eq!(error.offset, length);
    let ErrorKind::Truncated { available, announced } = error.kind else { panic!("{error}") };
    assert!(usize::from(available) == length && usize::from(announced) <= frame.len(), "{error}");
    assert!(frames(cut).all(|item| item.is_err()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_frame_comes_back(fields in fields()) {
        let octets = encode(&fields);
        let (frame, rest) = Frame::parse_prefix(&octets).unwrap();
        prop_assert_eq!((frame.octets(), rest), (&octets[..], &[][..]));
        assert_in(&fields, &frame);
    }

    /// Single characters and short frames between them are passed over.
    #[test]
    fn frames_in_a_row_come_back(all in vec((fields(), any::<u8>(), any::<u8>()), 0..8)) {
        let between = |control, address| match control {
            0x40..=0x7F => short_frame(control, address),
            _ => [0xE5].repeat(usize::from(control & 3)),
        };
        let stream: Vec<u8> =
            all.iter().flat_map(|(fields, c, a)| [between(*c, *a), encode(fields)].concat()).collect();
        let found: Vec<_> = frames(&stream).collect();
        prop_assert_eq!(found.len(), all.len());
        for ((fields, ..), frame) in all.iter().zip(found) {
            assert_in(fields, &frame?);
        }
    }

    #[test]
    fn telegrams_come_back_as_one(unit in octets(1..1500), size in prop_oneof![6..=257usize, Just(250)]) {
        let size = size.max(unit.len().div_ceil(PIECES) + 5);
        let count = unit.len().div_ceil(size - 5);
        let stream = telegrams(&unit, size);
        let mut series = Series::new();
        let (mut joined, mut parts) = (Vec::<u8>::new(), Vec::new());
        for (number, frame) in frames(&stream).enumerate() {
            let frame = frame?;
            prop_assert_eq!((frame.control().0, frame.address()), (SND_UD, BROADCAST));
            let telegram = frame.telegram().expect("a telegram");
            prop_assert_eq!([telegram.source(), telegram.destination()], TSAPS);
            prop_assert_eq!((usize::from(telegram.sequence()), telegram.last()), (number, number + 1 == count));
            let Placed { part, dropped } = series.place(&telegram);
            prop_assert_eq!(dropped, None);
            parts.push(part);
            joined.extend(telegram.piece());
        }
        prop_assert_eq!(&joined, &unit);
        let wanted = match count {
            1 => vec![Part::Whole],
            count => [vec![Part::First], vec![Part::Middle; count - 2], vec![Part::Last]].concat(),
        };
        prop_assert_eq!(parts, wanted);
        prop_assert!(!series.is_open());
    }

    #[test]
    fn cut_anywhere_is_incomplete(fields in fields(), at: prop::sample::Index) {
        let octets = encode(&fields);
        assert_cut(&octets, at.index(octets.len()));
    }
}

#[test]
fn every_length_comes_back_and_is_incomplete_until_its_end() {
    for length in 0..=OVERFLOWN {
        let fields = (SND_UD, BROADCAST, 0x10, vec![0x68; length]);
        let octets = encode(&fields);
        assert_in(&fields, &Frame::parse_prefix(&octets).unwrap().0);
        for length in (0..octets.len()).filter(|at| *at < 9 || octets.len() - at < 4) {
            assert_cut(&octets, length);
        }
    }
}
