//! The laws of `design.md` that concern frames: chunking, recovery, bounds, no panic.

#[path = "../src/sample.rs"]
mod sample;

use amshan_hdlc::{
    BentScanner, ErrorKind, Frame, FrameReader, Gap, Scanner, StuffedReader, StuffedScanner, frames,
    unbend_in_place, unstuff_in_place,
};
use amshan_stream::{Reader, units};
use proptest::collection::vec;
use proptest::prelude::*;
use sample::{KAIFA, SEGMENTS, SNRM, fcs, hex};

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

/// Octets with more flags, escapes, frame formats and line ends than chance would give.
fn octets(length: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![
        4 => any::<u8>(),
        1 => Just(0x7E),
        1 => Just(0x7D),
        1 => 0xA0..=0xAFu8,
        1 => prop::sample::select(vec![0x0D, 0x0A]),
    ];
    vec(octet, length)
}

fn good() -> impl Strategy<Value = Vec<u8>> {
    let addresses = prop::sample::select(vec![hex("01"), hex("0883"), hex("00020023")]);
    let information = prop::option::of(prop_oneof![8 => octets(0..60), 1 => octets(500..2030)]);
    (any::<bool>(), addresses.clone(), addresses, any::<u8>(), information).prop_map(
        |(segmented, destination, source, control, information)| {
            sample::frame(segmented, &destination, &source, control, information.as_deref())
        },
    )
}

fn junk() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        // Noise without and with flags in it; flags.
        vec(any::<u8>().prop_filter("no flag", |octet| *octet != 0x7E), 0..40),
        octets(0..40),
        (0..5usize).prop_map(|flags| vec![0x7E; flags]),
        // A frame that was cut off, one whose start is missing, one with an octet damaged.
        (good(), any::<prop::sample::Index>())
            .prop_map(|(frame, at)| frame[..at.index(frame.len())].to_vec()),
        (good(), any::<prop::sample::Index>())
            .prop_map(|(frame, at)| frame[at.index(frame.len())..].to_vec()),
        (good(), any::<prop::sample::Index>(), 1..=255u8).prop_map(|(mut frame, at, flip)| {
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

/// What an adapter makes of good frames and of junk that takes them for text; and what it has left as it was.
fn bent_stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        2 => good().prop_map(|frame| sample::bend(&frame)),
        1 => junk().prop_map(|junk| sample::bend(&junk)),
        1 => good(),
        1 => junk(),
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// What a line with bent frames gives: the octets as received, and whether they are bent.
type Received = Vec<Result<(Vec<u8>, bool), Gap>>;

fn received(stream: &[u8]) -> Received {
    units(BentScanner::new(), stream)
        .map(|item| item.map(|(octets, unit)| (octets.to_vec(), unit.bent)))
        .collect()
}

/// The same through a reader.
fn received_in_parts(stream: &[u8], cuts: &[usize]) -> Received {
    let mut reader = Reader::<_, 8192>::new(BentScanner::new());
    let mut items = Received::new();
    let mut from = 0;
    for until in cuts.iter().copied().chain([stream.len()]) {
        while from < until {
            let space = reader.space();
            let n = space.len().min(until - from);
            space[..n].copy_from_slice(&stream[from..from + n]);
            reader.advance(n);
            from += n;
            while let Some(item) = reader.find() {
                items.push(item.map(|found| (reader.bytes(found.range).to_vec(), found.unit.bent)));
            }
        }
    }
    reader.finish();
    while let Some(item) = reader.find() {
        items.push(item.map(|found| (reader.bytes(found.range).to_vec(), found.unit.bent)));
    }
    items
}

/// Where frames are, by the rules alone: the first place from which on all checks hold, then on behind it.
fn by_the_rules(stream: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < stream.len() {
        match length_by_the_rules(&stream[at..]) {
            Some(length) => {
                found.push((at, length));
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

fn length_by_the_rules(octets: &[u8]) -> Option<usize> {
    let inner = octets.strip_prefix(&[0x7E])?;
    let length = usize::from(u16::from_be_bytes(*inner.first_chunk()?)) & 0x7FF;
    let inner = inner.get(..length).filter(|inner| inner.len() >= 7 && inner[0] >> 4 == 0xA)?;
    let mut header = 2;
    for _ in 0..2 {
        let octets = inner[header..].iter().position(|octet| octet & 1 == 1)? + 1;
        header += [1, 2, 4].into_iter().find(|legal| *legal == octets)?;
    }
    header += 1;
    let right = |end: usize| Some(fcs(inner.get(..end)?).to_le_bytes() == inner.get(end..end + 2)?);
    let header_right = match length.checked_sub(header)? {
        0 | 1 | 3 => return None,
        2 => true,
        _ => right(header)?,
    };
    (header_right && right(length - 2)?).then_some(length + 1)
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

/// The same through a reader, cut at any places.
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

fn places(stream: &[u8], fractions: &[prop::sample::Index]) -> Vec<usize> {
    let mut places: Vec<usize> = fractions.iter().map(|index| index.index(stream.len() + 1)).collect();
    places.sort_unstable();
    places.dedup();
    places
}

proptest! {
    #[test]
    fn chunking(
        stream in stream(),
        cuts in vec(any::<prop::sample::Index>(), 0..40),
        pauses in vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let (cuts, pauses) = (places(&stream, &cuts), places(&stream, &pauses));
        prop_assert_eq!(in_parts::<4096>(&stream, &cuts, &pauses, 1024), whole(&stream, &pauses));
        prop_assert_eq!(in_parts::<16384>(&stream, &cuts, &pauses, 8192), whole(&stream, &pauses));
    }

    #[test]
    fn chunking_one_octet_at_a_time(stream in stream()) {
        let cuts: Vec<usize> = (0..stream.len()).collect();
        prop_assert_eq!(in_parts::<4096>(&stream, &cuts, &[], 1), whole(&stream, &[]));
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
                prop_assert!(found.contains(&(start, length)) || found.iter().any(accident));
            }
            start += length;
        }
    }

    /// Frames and gaps together account for every octet that is not a flag between them, in order.
    #[test]
    fn every_octet_is_accounted_for(stream in stream()) {
        let mut at = 0;
        for item in units(Scanner::new(), &stream) {
            let (start, length) = match item {
                Ok((octets, _)) => (octets.as_ptr() as usize - stream.as_ptr() as usize, octets.len()),
                Err(gap) => (gap.offset as usize, gap.length as usize),
            };
            prop_assert!(length > 0);
            prop_assert!(stream[at..start].iter().all(|octet| *octet == 0x7E));
            at = start + length;
        }
        prop_assert!(stream[at..].iter().all(|octet| *octet == 0x7E));
    }

    /// A parser that says "incomplete" never asks for more than the frame has, and one that refuses stays with it.
    #[test]
    fn more_octets_change_no_decision(octets in prop_oneof![octets(0..40), good(), junk()]) {
        let mut decided = None;
        for length in 0..=octets.len() {
            match amshan_hdlc::parse::frame(&octets[..length]) {
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
    fn stuffed_frames_come_out_of_any_cut(
        frames in vec((good(), 1..4usize), 0..5),
        junk in vec(any::<u8>().prop_filter("no flag", |octet| *octet != 0x7E), 0..20),
        cuts in vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let mut stream = junk;
        for (frame, flags) in &frames {
            stream.extend(sample::stuff(frame));
            stream.extend(vec![0x7E; flags - 1]);
        }
        stream.push(0x7E);
        let mut reader = StuffedReader::<8192>::sized();
        let mut found = Vec::new();
        let mut from = 0;
        for until in places(&stream, &cuts).into_iter().chain([stream.len()]) {
            while from < until {
                let space = reader.space();
                let n = space.len().min(until - from);
                space[..n].copy_from_slice(&stream[from..from + n]);
                reader.advance(n);
                from += n;
                while let Some(item) = reader.next_frame() {
                    if let Ok(frame) = item {
                        found.push(frame.octets().to_vec());
                    }
                }
            }
        }
        let good: Vec<Vec<u8>> = frames.into_iter().map(|(frame, _)| frame).collect();
        prop_assert_eq!(found, good);
    }

    #[test]
    fn bent_frames_come_out_of_any_cut(
        stream in bent_stream(),
        cuts in vec(any::<prop::sample::Index>(), 0..40),
    ) {
        prop_assert_eq!(received_in_parts(&stream, &places(&stream, &cuts)), received(&stream));
        let bytewise: Vec<usize> = (0..stream.len()).collect();
        prop_assert_eq!(received_in_parts(&stream, &bytewise), received(&stream));
    }

    /// No frame of a bent line is lost, and each is what the meter sent.
    #[test]
    fn bending_is_undone(frames in vec(good(), 0..8)) {
        let information = |frame: &Vec<u8>| !Frame::parse_prefix(frame).unwrap().0.information().is_empty();
        let sent: Vec<Vec<u8>> = frames.into_iter().filter(information).collect();
        let stream = sample::bend(&sent.concat());
        let mut found = Vec::new();
        for item in received(&stream) {
            let (mut octets, bent) = item?;
            if bent {
                let length = unbend_in_place(&mut octets);
                octets.truncate(length);
            }
            found.push(octets);
        }
        prop_assert_eq!(found, sent);
    }

    /// What is right as it stands is found whatever could be read into it or into what stands around it, unless an
    /// accident has made it part of a bent frame whose checks hold. Where there is no bent frame, the faults are the
    /// same, too.
    #[test]
    fn plain_frames_always_win(stream in prop_oneof![stream(), bent_stream()]) {
        let place = |octets: &[u8]| octets.as_ptr() as usize - stream.as_ptr() as usize;
        let plain: Vec<_> = units(Scanner::new(), &stream).map(|item| item.map(|(octets, _)| octets)).collect();
        let all: Vec<_> = units(BentScanner::new(), &stream).collect();
        let bent: Vec<_> = all.iter().flatten().filter(|(_, unit)| unit.bent).map(|(octets, _)| *octets).collect();
        if bent.is_empty() {
            let all: Vec<_> = all.iter().copied().map(|item| item.map(|(octets, _)| octets)).collect();
            prop_assert_eq!(&all, &plain);
        }
        for frame in plain.into_iter().flatten() {
            let found = all.iter().flatten().any(|(octets, unit)| !unit.bent && place(octets) == place(frame));
            let inside = |outer: &&[u8]| (place(outer)..place(outer) + outer.len()).contains(&place(frame));
            prop_assert!(found || bent.iter().any(inside));
        }
    }

    #[test]
    fn unstuffing_undoes_stuffing(octets in octets(1..300)) {
        let octets = [&[0x7E], &octets[..]].concat();
        let mut stuffed = sample::stuff(&octets);
        let length = unstuff_in_place(&mut stuffed);
        prop_assert_eq!(&stuffed[..length], octets);
    }

    #[test]
    fn any_octets_do_no_harm(octets in octets(0..3000)) {
        for item in frames(&octets).flatten() {
            let _ = (item.to_string(), item.destination().lower(), item.control().kind());
        }
        let _ = units(StuffedScanner::new(), &octets).count();
        let _ = Frame::parse_prefix(&octets);
    }
}

/// A buffer filled to its last octet is no reason to give up on the frame that its end cuts.
#[test]
fn chunking_with_a_full_buffer() {
    let frame = sample::frame(false, &[1], &[3], 0x13, Some(&[0x55; 1000]));
    for noise in [vec![0x55; 3500], vec![0x7E; 3500], [hex(KAIFA), vec![0x55; 3500]].concat()] {
        let stream = [noise, frame.clone(), frame.clone()].concat();
        assert_eq!(in_parts::<4096>(&stream, &[], &[], 4096), whole(&stream, &[]));
    }
}

#[test]
fn a_frame_too_long_for_the_buffer_is_reported_once() {
    let long = sample::frame(false, &[1], &[3], 0x13, Some(&[0x55; 1000]));
    let stream = [hex(KAIFA), long, hex(SNRM)].concat();
    let cuts: Vec<usize> = (0..stream.len()).step_by(7).collect();
    let items = in_parts::<64>(&stream, &cuts, &[], 64);
    let [Ok(_), Err(gap), Ok(snrm)] = &items[..] else { panic!("{items:?}") };
    assert_eq!(gap.fault, Some((41, ErrorKind::TooLong { announced: 1010, limit: 64 })));
    assert_eq!(gap.length, 1010);
    assert_eq!(snrm, &hex(SNRM)[..8]);
}

#[test]
fn a_paused_line_gives_up_on_what_a_false_start_promised() {
    // A right header that announces 2,047 octets, and a whole frame behind it.
    let liar = &sample::frame(false, &[1], &[3], 0x13, Some(&[0x55; 2038]))[..20];
    let mut reader = FrameReader::new();
    let stream = [liar, &SEGMENTS.map(hex).concat()].concat();
    reader.space()[..stream.len()].copy_from_slice(&stream);
    reader.advance(stream.len());
    assert!(reader.next_frame().is_none());
    reader.idle();
    let items = drain(&mut reader);
    assert_eq!(items.iter().filter(|item| item.is_ok()).count(), 3);
    let kind = ErrorKind::Truncated { available: stream.len() as u16, announced: 2048 };
    assert_eq!(items[0].as_ref().unwrap_err().fault, Some((0, kind)));
}

/// What such input costs is counted in `benches/tests/work.rs`.
#[test]
fn input_made_to_hurt_reads_by_the_rules_however_it_is_cut() {
    const OCTETS: usize = 20_000;
    let nested: Vec<u8> = {
        let header = &sample::frame(false, &[1], &[3], 0x13, Some(&[0x55; 2038]))[..8];
        header.iter().copied().cycle().take(OCTETS).collect()
    };
    let mut random = 1u32;
    // The same, each header with an octet of the adapter in it, and with one behind it.
    let bent = |header: &[u8]| sample::bend(header).into_iter().cycle().take(OCTETS).collect::<Vec<u8>>();
    let in_header = &sample::frame(false, &[1], &[3], 0x0A, Some(&[0x55; 2038]))[..8];
    let behind = [&sample::frame(false, &[1], &[3], 0x13, Some(&[0x55; 1500]))[..8], &[0x0A]].concat();
    let hurt: [(&str, Vec<u8>); 8] = [
        ("flags", vec![0x7E; OCTETS]),
        ("false headers", b"\x7E\xA7\xFF".iter().copied().cycle().take(OCTETS).collect()),
        ("nested right headers", nested),
        (
            "random",
            (0..OCTETS)
                .map(|_| {
                    random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (random >> 24) as u8
                })
                .collect(),
        ),
        ("no flag", vec![0x55; OCTETS]),
        ("nested bent headers", bent(in_header)),
        ("nested headers, bent behind", bent(&behind)),
        ("line ends", b"\x7E\xA7\x0D\x0A".iter().copied().cycle().take(OCTETS).collect()),
    ];
    for (name, stream) in hurt {
        let found = frames(&stream).filter(Result::is_ok).count();
        assert_eq!(found, by_the_rules(&stream).len(), "{name}");
        let cuts: Vec<usize> = (0..stream.len()).collect();
        assert_eq!(in_parts::<4096>(&stream, &cuts, &[], 1), whole(&stream, &[]), "{name}");
        assert_eq!(received_in_parts(&stream, &cuts), received(&stream), "{name}, perhaps bent");
    }
}
