//! The laws of `design.md` that concern frames: chunking, recovery, bounds, no panic.

#[path = "../src/sample.rs"]
mod sample;

use amshan_mbus::{ErrorKind, Frame, FrameReader, Gap, Scanner, frames};
use amshan_stream::units;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use sample::{ONE, SHORT, TWO, hex, sum};

/// What a stream gives: the octets of frames, and gaps.
type Items = Vec<Result<Vec<u8>, Gap>>;

#[derive(Debug, Clone)]
enum Piece {
    Good(Vec<u8>),
    Junk(Vec<u8>),
}

impl Piece {
    fn octets(&self) -> &[u8] {
        match self {
            Self::Good(octets) | Self::Junk(octets) => octets,
        }
    }
}

/// Octets with more starts and stops than chance would give.
fn octets(length: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![
        4 => any::<u8>(),
        2 => Just(0x68),
        1 => Just(0x16),
        1 => Just(0x10),
        1 => Just(0xE5),
        1 => 0..4u8,
    ];
    vec(octet, length)
}

fn good() -> impl Strategy<Value = Vec<u8>> {
    let data = prop_oneof![8 => octets(0..60), 1 => octets(200..256)];
    (any::<u8>(), any::<u8>(), any::<u8>(), data)
        .prop_map(|(control, address, information, data)| sample::frame(control, address, information, &data))
}

fn junk() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        // Noise without and with starts in it; what carries no data.
        vec(any::<u8>().prop_filter("no start", |octet| *octet != 0x68), 0..40),
        octets(0..40),
        Just(hex(SHORT)),
        Just(vec![0xE5]),
        // A frame that was cut off, one whose start is missing, one with an octet damaged.
        (good(), any::<Index>()).prop_map(|(frame, at)| frame[..at.index(frame.len())].to_vec()),
        (good(), any::<Index>()).prop_map(|(frame, at)| frame[at.index(frame.len())..].to_vec()),
        (good(), any::<Index>(), 1..=255u8).prop_map(|(mut frame, at, flip)| {
            let at = at.index(frame.len());
            frame[at] ^= flip;
            frame
        }),
    ]
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    vec(prop_oneof![good().prop_map(Piece::Good), junk().prop_map(Piece::Junk)], 0..12)
}

fn stream() -> impl Strategy<Value = Vec<u8>> {
    pieces().prop_map(|pieces| pieces.iter().flat_map(|piece| piece.octets().to_vec()).collect())
}

/// Where frames are, by the rules alone: the first place from which on all checks hold, then on behind it. Short
/// frames hold no other.
fn by_the_rules(stream: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < stream.len() {
        let rest = &stream[at..];
        if let Some(length) = length_by_the_rules(rest) {
            found.push((at, length));
            at += length;
        } else if rest.len() >= 5 && is_short(rest) {
            at += 5;
        } else {
            at += 1;
        }
    }
    found
}

fn length_by_the_rules(octets: &[u8]) -> Option<usize> {
    let &[0x68, length, again, 0x68, ref rest @ ..] = octets else { return None };
    let counted = if length < 3 { usize::from(length) + 256 } else { usize::from(length) };
    let right =
        length == again && *rest.get(counted)? == sum(&rest[..counted]) && *rest.get(counted + 1)? == 0x16;
    right.then_some(counted + 6)
}

fn is_short(octets: &[u8]) -> bool {
    octets[0] == 0x10 && octets[1] & 0xC0 == 0x40 && octets[3] == sum(&octets[1..3]) && octets[4] == 0x16
}

/// The items of a stream whose line paused at some places.
fn whole(stream: &[u8], pauses: &[usize]) -> Items {
    let mut items = Items::new();
    let mut from = 0;
    for &until in pauses.iter().chain([&stream.len()]) {
        let offset = from as u64;
        items.extend(
            frames(&stream[from..until])
                .map(|item| item.map(|frame| frame.octets().to_vec()).map_err(|gap| shifted(gap, offset))),
        );
        from = until;
    }
    items
}

fn shifted(gap: Gap, by: u64) -> Gap {
    Gap { offset: gap.offset + by, fault: gap.fault.map(|(at, kind)| (at + by, kind)), ..gap }
}

/// The same through a reader, cut at any places, with at most some octets at once.
fn in_parts<const N: usize>(stream: &[u8], cuts: &[usize], pauses: &[usize], most: usize) -> Items {
    let mut reader = FrameReader::<N>::sized();
    let mut items = Items::new();
    let mut from = 0;
    let mut places: Vec<usize> = cuts.iter().chain(pauses).chain([&stream.len()]).copied().collect();
    places.sort_unstable();
    for until in places {
        while from < until {
            let space = reader.space();
            let n = space.len().min(until - from).min(most);
            assert!(n > 0, "no space");
            space[..n].copy_from_slice(&stream[from..from + n]);
            reader.advance(n);
            from += n;
            items.extend(drain(&mut reader));
        }
        if pauses.contains(&until) {
            reader.idle();
            items.extend(drain(&mut reader));
        }
    }
    reader.finish();
    items.extend(drain(&mut reader));
    items
}

fn drain<const N: usize>(reader: &mut FrameReader<N>) -> Items {
    let mut items = Items::new();
    while let Some(item) = reader.next_frame() {
        items.push(item.map(|frame| frame.octets().to_vec()));
    }
    items
}

fn places(stream: &[u8], fractions: &[Index]) -> Vec<usize> {
    let mut places: Vec<usize> = fractions.iter().map(|index| index.index(stream.len() + 1)).collect();
    places.sort_unstable();
    places.dedup();
    places
}

proptest! {
    #[test]
    fn chunking(stream in stream(), cuts in vec(any::<Index>(), 0..40), pauses in vec(any::<Index>(), 0..4)) {
        let (cuts, pauses) = (places(&stream, &cuts), places(&stream, &pauses));
        prop_assert_eq!(in_parts::<1024>(&stream, &cuts, &pauses, 256), whole(&stream, &pauses));
        prop_assert_eq!(in_parts::<8192>(&stream, &cuts, &pauses, 4096), whole(&stream, &pauses));
    }

    #[test]
    fn chunking_one_octet_at_a_time(stream in stream()) {
        let cuts: Vec<usize> = (0..stream.len()).collect();
        prop_assert_eq!(in_parts::<1024>(&stream, &cuts, &[], 1), whole(&stream, &[]));
    }

    /// A frame is found where the rules say one is, and nowhere else. Every good frame is, but for those that an
    /// accident of junk has made part of another one whose checks hold.
    #[test]
    fn recovery(pieces in pieces()) {
        let stream: Vec<u8> = pieces.iter().flat_map(|piece| piece.octets().to_vec()).collect();
        let found: Vec<(usize, usize)> = units(Scanner::new(), &stream)
            .filter_map(Result::ok)
            .map(|(octets, _)| (octets.as_ptr() as usize - stream.as_ptr() as usize, octets.len()))
            .collect();
        prop_assert_eq!(&found, &by_the_rules(&stream));
        let mut start = 0;
        for piece in &pieces {
            let length = piece.octets().len();
            if let Piece::Good(_) = piece {
                let accident = |&(at, length): &(usize, usize)| at < start && start < at + length;
                let short = (1..5).any(|back| start >= back && is_short(&stream[start - back..]));
                prop_assert!(found.contains(&(start, length)) || found.iter().any(accident) || short);
            }
            start += length;
        }
    }

    /// Frames and gaps come in order and don't overlap; what is between them carries no data.
    #[test]
    fn every_octet_is_accounted_for(stream in stream()) {
        let mut at = 0;
        let fill = |octets: &[u8]| {
            let mut rest = octets;
            while let Some(first) = rest.first() {
                rest = if *first == 0xE5 { &rest[1..] } else { &rest[5..] };
            }
        };
        for item in units(Scanner::new(), &stream) {
            let (start, length) = match item {
                Ok((octets, _)) => (octets.as_ptr() as usize - stream.as_ptr() as usize, octets.len()),
                Err(gap) => (gap.offset as usize, gap.length as usize),
            };
            prop_assert!(length > 0);
            fill(&stream[at..start]);
            at = start + length;
        }
        fill(&stream[at..]);
    }

    /// What a few octets decide, more do not change.
    #[test]
    fn more_octets_change_no_decision(octets in prop_oneof![octets(0..40), good(), junk()]) {
        let mut decided = None;
        for length in 0..=octets.len() {
            match amshan_mbus::parse::frame(&octets[..length]) {
                Err(nom::Err::Incomplete(_)) => prop_assert_eq!(decided, None),
                Ok((_, frame)) => {
                    let now = Ok(frame.octets().len());
                    prop_assert_eq!(*decided.get_or_insert(now), now);
                }
                Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => {
                    let now = Err(fault.within(&octets[..length]));
                    prop_assert_eq!(*decided.get_or_insert(now), now);
                }
            }
        }
    }

    #[test]
    fn any_octets_do_no_harm(octets in octets(0..3000)) {
        for item in frames(&octets).flatten() {
            let _ = (item.to_string(), item.control().function(), item.telegram());
        }
        let _ = Frame::parse_prefix(&octets);
    }
}

/// A buffer filled to its last octet is no reason to give up on the frame that its end cuts.
#[test]
fn chunking_with_a_full_buffer() {
    let frame = sample::frame(0x53, 0xFF, 0, &[0x55; 200]);
    for noise in [vec![0x55; 900], vec![0xE5; 900], [hex(ONE), vec![0x55; 900]].concat()] {
        let stream = [noise, frame.clone(), frame.clone()].concat();
        assert_eq!(in_parts::<1024>(&stream, &[], &[], 1024), whole(&stream, &[]));
    }
}

#[test]
fn a_frame_too_long_for_the_buffer_is_reported_once() {
    let long = sample::frame(0x53, 0xFF, 0, &[0x55; 100]);
    let stream = [hex(ONE), long, hex(TWO[0])].concat();
    let cuts: Vec<usize> = (0..stream.len()).step_by(7).collect();
    let items = in_parts::<64>(&stream, &cuts, &[], 64);
    let [Ok(_), Err(gap), Ok(_)] = &items[..] else { panic!("{items:?}") };
    assert_eq!(gap.fault, Some((43, ErrorKind::TooLong { announced: 109, limit: 64 })));
    assert_eq!(gap.length, 109);
}

#[test]
fn a_paused_line_gives_up_on_what_a_false_start_promised() {
    let mut reader = FrameReader::new();
    let stream = [b"\x68\xFA\xFA\x68\x53".to_vec(), TWO.map(hex).concat()].concat();
    reader.space()[..stream.len()].copy_from_slice(&stream);
    reader.advance(stream.len());
    assert!(reader.next_frame().is_none());
    reader.idle();
    let items = drain(&mut reader);
    let [Err(gap), Ok(_), Ok(_)] = &items[..] else { panic!("{items:?}") };
    let kind = ErrorKind::Truncated { available: stream.len() as u16, announced: 256 };
    assert_eq!(gap.fault, Some((0, kind)));
}

/// What such input costs is counted in `benches/tests/work.rs`.
#[test]
fn input_made_to_hurt_reads_by_the_rules_however_it_is_cut() {
    const OCTETS: usize = 20_000;
    let mut random = 1u32;
    let hurt: [(&str, Vec<u8>); 5] = [
        ("starts", vec![0x68; OCTETS]),
        ("right heads", b"\x68\xFF\xFF".iter().copied().cycle().take(OCTETS).collect()),
        ("heads overflown", b"\x68\x02\x02".iter().copied().cycle().take(OCTETS).collect()),
        ("short frames", b"\x10\x40\xF0\x30".iter().copied().cycle().take(OCTETS).collect()),
        (
            "random",
            (0..OCTETS)
                .map(|_| {
                    random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (random >> 24) as u8
                })
                .collect(),
        ),
    ];
    for (name, stream) in hurt {
        let found = frames(&stream).filter(Result::is_ok).count();
        assert_eq!(found, by_the_rules(&stream).len(), "{name}");
        let cuts: Vec<usize> = (0..stream.len()).collect();
        assert_eq!(in_parts::<1024>(&stream, &cuts, &[], 1), whole(&stream, &[]), "{name}");
    }
}
