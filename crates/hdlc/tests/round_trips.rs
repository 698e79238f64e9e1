//! What the simulator sends comes back field by field; what is cut short gives nothing.

use amshan_hdlc::{
    Address, ErrorKind, Frame, Part, Placed, Series, StuffedScanner, frames, parse, unstuff_in_place,
};
use amshan_sim::hdlc::{frame, segments, stuffed};
use amshan_stream::units;
use nom::Needed;
use proptest::collection::vec;
use proptest::prelude::*;

/// The longest information field behind two addresses of one octet.
const LONGEST: usize = 2038;
/// Octets of legal addresses.
const LENGTHS: [usize; 3] = [1, 2, 4];

/// The fields of a frame, as they stand on the wire.
#[derive(Debug, Clone)]
struct Fields {
    destination: Vec<u8>,
    source: Vec<u8>,
    control: u8,
    information: Vec<u8>,
    segmented: bool,
}

impl Fields {
    fn encode(&self) -> Vec<u8> {
        frame(&self.destination, &self.source, self.control, &self.information, self.segmented)
    }

    fn assert_in(&self, frame: &Frame<'_>) {
        assert_eq!(frame.destination(), Address::from_octets(&self.destination).unwrap());
        assert_eq!(frame.destination().octets(), self.destination);
        assert_eq!(frame.source().octets(), self.source);
        assert_eq!(frame.control().0, self.control);
        assert_eq!(frame.information(), self.information);
        assert_eq!(frame.segmented(), self.segmented);
        assert_eq!(usize::from(frame.length()) + 1, frame.octets().len());
    }
}

/// Of the three lengths; all octets but the last have bit 0 clear.
fn address() -> impl Strategy<Value = Vec<u8>> {
    prop::sample::select(&LENGTHS).prop_flat_map(|length| vec(any::<u8>(), length)).prop_map(|mut octets| {
        octets.iter_mut().for_each(|octet| *octet &= !1);
        *octets.last_mut().unwrap() |= 1;
        octets
    })
}

/// Octets with more flags and escapes than chance would give.
fn information() -> impl Strategy<Value = Vec<u8>> {
    let octet = || prop_oneof![6 => any::<u8>(), 1 => Just(0x7E), 1 => Just(0x7D)];
    prop_oneof![1 => Just(vec![]), 6 => vec(octet(), 1..80), 1 => vec(octet(), LONGEST - 20..LONGEST - 6)]
}

fn fields() -> impl Strategy<Value = Fields> {
    (address(), address(), any::<u8>(), information(), any::<bool>()).prop_map(
        |(destination, source, control, information, segmented)| Fields {
            destination,
            source,
            control,
            information,
            segmented,
        },
    )
}

/// Each pair of address lengths, without information and with one octet of it.
fn every_form() -> impl Iterator<Item = Fields> {
    let address = |length: usize| [&[0x02, 0x04, 0x06][..length - 1], &[0x21]].concat();
    let pairs = LENGTHS.into_iter().flat_map(|a| LENGTHS.map(|b| (a, b)));
    pairs.flat_map(move |(a, b)| {
        [vec![], vec![0x0F]].map(|information| Fields {
            destination: address(a),
            source: address(b),
            control: 0x13,
            information,
            segmented: false,
        })
    })
}

/// How many octets a parser asks for; none if it does not ask.
fn asked(octets: &[u8]) -> Option<usize> {
    match parse::frame(octets) {
        Err(nom::Err::Incomplete(Needed::Size(more))) => Some(more.get()),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_frame_comes_back(fields in fields()) {
        let octets = fields.encode();
        let (frame, rest) = Frame::parse_prefix(&octets).unwrap();
        prop_assert_eq!(rest, [0x7E]);
        fields.assert_in(&frame);
    }

    #[test]
    fn frames_in_a_row_come_back(all in vec(fields(), 0..8)) {
        let stream: Vec<u8> = all.iter().flat_map(Fields::encode).collect();
        let found: Vec<_> = frames(&stream).collect();
        prop_assert_eq!(found.len(), all.len());
        for (fields, frame) in all.iter().zip(found) {
            fields.assert_in(&frame?);
        }
    }

    #[test]
    fn a_stuffed_frame_comes_back(fields in fields()) {
        let stream = stuffed(&fields.encode());
        let found: Vec<_> = units(StuffedScanner::new(), &stream).collect();
        let [Ok((octets, header))] = found[..] else { panic!("{found:?}") };
        let mut octets = octets.to_vec();
        let length = unstuff_in_place(&mut octets);
        fields.assert_in(&header.frame(&octets[..length]).unwrap());
    }

    #[test]
    fn segments_come_back_as_one(fields in fields(), size in 1..300usize) {
        // Pieces must not begin like a message of their own.
        let information: Vec<u8> = fields.information.iter().map(|octet| octet & 0x7F).collect();
        let Fields { destination, source, .. } = &fields;
        let stream = segments(destination, source, (fields.control, 0x10), &information, size);
        let mut series = Series::new();
        let (mut joined, mut parts) = (Vec::<u8>::new(), Vec::new());
        for frame in frames(&stream) {
            let frame = frame?;
            let Placed { part, dropped } = series.place(&frame);
            prop_assert_eq!(dropped, None);
            prop_assert_eq!(frame.segmented(), matches!(part, Part::First | Part::Middle));
            parts.push(part);
            joined.extend(frame.information());
        }
        prop_assert_eq!(&joined, &information);
        let wanted = match information.len().div_ceil(size) {
            0 => vec![],
            1 => vec![Part::Whole],
            count => [vec![Part::First], vec![Part::Middle; count - 2], vec![Part::Last]].concat(),
        };
        prop_assert_eq!(parts, wanted);
        prop_assert!(!series.is_open());
    }

    #[test]
    fn cut_anywhere_is_incomplete(fields in fields(), at: prop::sample::Index) {
        let octets = fields.encode();
        assert_cut(&octets[..octets.len() - 1], at.index(octets.len() - 1));
    }
}

/// The first `length` octets of a frame: more are asked for, and never more than there are; when the input has ended,
/// it is truncated.
fn assert_cut(frame: &[u8], length: usize) {
    let cut = &frame[..length];
    let more = asked(cut).unwrap_or_else(|| panic!("{length} octets of {frame:02x?}"));
    assert!(length + more <= frame.len(), "{more} more than {length} of {}", frame.len());
    let error = Frame::parse_prefix(cut).unwrap_err();
    assert_eq!(error.offset, length);
    let ErrorKind::Truncated { available, announced } = error.kind else { panic!("{error}") };
    assert!(usize::from(available) == length && usize::from(announced) <= frame.len(), "{error}");
    assert!(frames(cut).all(|item| item.is_err()));
}

#[test]
fn every_form_of_frame_comes_back_and_is_incomplete_until_its_end() {
    let mut forms = 0;
    for fields in every_form() {
        let octets = fields.encode();
        let octets = &octets[..octets.len() - 1];
        fields.assert_in(&Frame::parse_prefix(octets).unwrap().0);
        (0..octets.len()).for_each(|length| assert_cut(octets, length));
        forms += 1;
    }
    assert_eq!(forms, 18);
}

/// Of a stuffed frame, nothing comes out before its last octet.
#[test]
fn a_stuffed_frame_cut_anywhere_gives_nothing() {
    for fields in every_form() {
        let information = [0x7E, 0x7D, 0x7D, 0x7E, 0x00, 0x7E].to_vec();
        let stream = stuffed(&Fields { information, ..fields }.encode());
        for length in 0..stream.len() - 1 {
            let found = units(StuffedScanner::new(), &stream[..length]).filter(Result::is_ok).count();
            assert_eq!(found, 0, "{length} octets of {stream:02x?}");
        }
    }
}
