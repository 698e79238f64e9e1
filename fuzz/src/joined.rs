//! Messages that a meter cuts in pieces: transfer blocks, HDLC segments, M-Bus telegrams.

use amshan::{Error, ErrorKind, Framing, Message, Origin, Reader};
use amshan_sim::{apdu, hdlc, mbus};

use crate::input::{Choices, pieces};

/// The pieces of a message may have no more octets together.
const LIMIT: usize = 8192;

/// What the octets say for both laws.
///
/// ```text
/// options | cuts … | size | changes: kind, place … | messages …
///    1      0 to 3    1       0 to 7 of 2
/// ```
///
/// | option | meaning |
/// |---|---|
/// | bits 0–1 | how many octets of cuts follow, as in `Input` |
/// | bits 2–4 | how many changes: pieces lost, swapped with the next, doubled |
/// | bits 5–6 | one to four messages, which share the rest of the octets |
/// | bit 7 | M-Bus, other addresses in each message, streaming |
struct Plan<'a> {
    cuts: &'a [u8],
    size: usize,
    changes: Vec<[u8; 2]>,
    option: bool,
    messages: Vec<&'a [u8]>,
}

impl<'a> Plan<'a> {
    fn new(octets: &'a [u8]) -> Self {
        let mut choices = Choices::new(octets);
        let options = choices.octet();
        let cuts = choices.octets(usize::from(options & 0b11));
        let size = usize::from(choices.octet()).max(1);
        let changes = (0..options >> 2 & 0b111).map(|_| choices.array()).collect();
        let rest = choices.rest();
        let each = rest.len().div_ceil(usize::from(options >> 5 & 0b11) + 1).clamp(1, LIMIT);
        Self {
            cuts,
            size,
            changes,
            option: options & 0x80 != 0,
            messages: rest.chunks(each).take(4).collect(),
        }
    }

    /// Does the changes to a stream of units.
    fn change(&self, units: &mut Vec<Unit>) {
        for &[kind, place] in &self.changes {
            let at = usize::from(place) % units.len().max(1);
            match kind % 3 {
                _ if units.is_empty() => {}
                0 => drop(units.remove(at)),
                1 if at + 1 < units.len() => units.swap(at, at + 1),
                1 => {}
                _ => units.insert(at, units[at].clone()),
            }
        }
    }
}

/// A frame or telegram.
#[derive(Debug, Clone)]
struct Unit {
    octets: Vec<u8>,
    piece: Vec<u8>,
    place: Place,
}

/// What a unit says of its place in a message.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Segment { addresses: u8, more: bool },
    Block { number: usize, last: bool },
    Telegram { number: usize, last: bool },
}

impl Unit {
    const fn ends(&self) -> bool {
        match self.place {
            Place::Segment { more, .. } => !more,
            Place::Block { last, .. } | Place::Telegram { last, .. } => last,
        }
    }

    /// Whether the rules allow it behind another one that does not end its message.
    fn continues(&self, before: &Self) -> bool {
        !before.ends()
            && match (before.place, self.place) {
                (Place::Segment { addresses, .. }, Place::Segment { addresses: own, .. }) => {
                    addresses == own && !self.starts_message()
                }
                (Place::Block { number, .. }, Place::Block { number: own, .. })
                | (Place::Telegram { number, .. }, Place::Telegram { number: own, .. }) => own == number + 1,
                _ => false,
            }
    }

    const fn starts(&self) -> bool {
        match self.place {
            Place::Segment { .. } => true,
            Place::Block { number, .. } => number == 1,
            Place::Telegram { number, .. } => number == 0,
        }
    }

    /// Whether it begins as no segment but the first does.
    fn starts_message(&self) -> bool {
        matches!(
            self.piece.as_slice(),
            [0xE6, 0xE6 | 0xE7, 0x00, 0x0F | 0xC2 | 0xDB..=0xDD | 0xDF | 0xE0, ..]
        )
    }
}

/// A message in transfer blocks, one to an HDLC frame, the LLC header in the first only, comes out as it went in.
/// When blocks are lost, swapped or doubled, what comes out is what the numbers make of them: of one message, that
/// message or nothing.
pub fn blocks(octets: &[u8]) {
    let plan = Plan::new(octets);
    let mut units = Vec::new();
    for message in &plan.messages {
        let size = (plan.size * if plan.option { 7 } else { 1 }).max(message.len().div_ceil(100));
        let blocks = apdu::blocks(message, size, plan.option);
        for (number, (block, piece)) in blocks.iter().zip(message.chunks(size)).enumerate() {
            let information = if number == 0 { apdu::with_llc(block) } else { block.clone() };
            units.push(Unit {
                octets: hdlc::frame(&[0xCE, 0xFF], &[0x03], 0x13, &information, false),
                piece: piece.to_vec(),
                place: Place::Block { number: number + 1, last: number + 1 == blocks.len() },
            });
        }
    }
    assert_joined(&plan, Framing::Hdlc, units, &plan.messages);
}

/// The same with HDLC segments, which have no numbers, and with M-Bus telegrams. Without numbers a piece that is lost
/// is not seen; what comes out must then decode to its last octet.
pub fn segments(octets: &[u8]) {
    let plan = Plan::new(octets);
    let (mut units, mut wanted) = (Vec::new(), Vec::new());
    for (index, message) in plan.messages.iter().enumerate() {
        if plan.option {
            // No more than 16 pieces have a number.
            let size = plan.size.max(message.len().div_ceil(16)).min(253);
            let message = &message[..message.len().min(size * 16)];
            let mut rest = &mbus::telegrams(message, size + 5)[..];
            for (number, piece) in message.chunks(size).enumerate() {
                let (octets, behind) = rest.split_at(piece.len() + 11);
                let last = behind.is_empty();
                rest = behind;
                let place = Place::Telegram { number, last };
                units.push(Unit { octets: octets.to_vec(), piece: piece.to_vec(), place });
            }
            wanted.push(message.to_vec());
        } else {
            let message = apdu::with_llc(&message[..message.len().min(LIMIT - 3)]);
            let size = plan.size.max(message.len().div_ceil(100));
            let addresses = index as u8 / 2;
            let source = [0x02, 0x01 | addresses << 1];
            let mut rest = &hdlc::segments(&[0x01], &source, (0x13, 0x10), &message, size)[..];
            for piece in message.chunks(size) {
                let (octets, behind) = rest.split_at(piece.len() + 12);
                let more = !behind.is_empty();
                rest = behind;
                let place = Place::Segment { addresses, more };
                units.push(Unit { octets: octets.to_vec(), piece: piece.to_vec(), place });
            }
            wanted.push(message);
        }
    }
    // A segment that is a message by itself may say that it is a transfer block: `blocks` knows more of those.
    let is_block = |unit: &Unit| {
        matches!(unit.piece.as_slice(), [0xE0, ..] | [0xE6, 0xE6 | 0xE7, 0x00, 0xE0, ..])
            && matches!(unit.place, Place::Segment { more: false, .. })
    };
    if units.iter().any(is_block) {
        return;
    }
    let framing = if plan.option { Framing::MBus } else { Framing::Hdlc };
    let wanted: Vec<_> = wanted.iter().map(|message| &message[..]).collect();
    assert_joined(&plan, framing, units, &wanted);
}

/// The reader joins as the rules say, all the messages where nothing was changed.
fn assert_joined(plan: &Plan<'_>, framing: Framing, mut units: Vec<Unit>, messages: &[&[u8]]) {
    // An LLC header and a tag inside a message begin another one.
    let segmented = |unit: &Unit| matches!(unit.place, Place::Segment { .. });
    let restarts =
        units.windows(2).any(|pair| !pair[0].ends() && segmented(&pair[1]) && pair[1].starts_message());
    plan.change(&mut units);
    let rules = by_the_rules(&units);
    if plan.changes.is_empty() && !restarts {
        let found: Vec<_> = rules.iter().map(|message| &message.bytes[..]).collect();
        assert_eq!(found, messages);
    }
    if let ([message], false) = (messages, units.iter().any(segmented)) {
        assert!(rules.iter().all(|found| found.bytes == **message), "a message that was not put in");
    }

    let mut stream = Vec::new();
    let mut starts = Vec::new();
    for unit in &units {
        starts.push(stream.len());
        stream.extend(&unit.octets);
    }
    starts.push(stream.len());
    let items = feed!(Box::new(Reader::new()), pieces(&stream, plan.cuts), next_message, own);
    let (mut found, mut errors) = (Vec::new(), 0);
    for item in items {
        match item {
            Ok(message) => found.push(message),
            Err(Error { kind: ErrorKind::Pieces | ErrorKind::Joined { .. }, offset, length }) => {
                errors += 1;
                assert!((offset + length) as usize <= stream.len());
                assert!(starts.contains(&(offset as usize)), "an error that begins in no frame");
            }
            Err(error) => panic!("nothing is broken: {error}"),
        }
    }
    assert_eq!(found.len(), rules.len(), "{found:02X?}");
    let mut used = 0;
    for ((origin, bytes), joined) in found.iter().zip(&rules) {
        let Joined { first, last, .. } = *joined;
        assert_eq!(*bytes, joined.bytes);
        assert_eq!(origin.offset as usize, starts[first]);
        // The closing flag may be another frame's opening one, and is none of the message.
        let flag = usize::from(framing == Framing::Hdlc);
        assert_eq!((origin.offset + origin.length) as usize, starts[last + 1] - flag);
        assert_eq!((origin.frames as usize, origin.framing), (last + 1 - first, framing));
        used += last + 1 - first;
    }
    assert_eq!(errors > 0, used < units.len(), "a piece is lost without a word: {errors} errors");
}

fn own(item: Result<Message<'_>, Error>) -> Result<(Origin, Vec<u8>), Error> {
    item.map(|message| (message.origin(), message.bytes().to_vec()))
}

/// A message and its units.
struct Joined {
    bytes: Vec<u8>,
    first: usize,
    last: usize,
}

/// What units make, by the rules of each framing.
fn by_the_rules(units: &[Unit]) -> Vec<Joined> {
    let mut joined = Vec::new();
    let mut open: Option<Joined> = None;
    for (index, unit) in units.iter().enumerate() {
        let mut message = match open.take() {
            Some(before) if unit.continues(&units[before.last]) => before,
            _ if unit.starts() => Joined { bytes: Vec::new(), first: index, last: index },
            _ => continue,
        };
        message.bytes.extend(&unit.piece);
        message.last = index;
        match unit.ends() {
            _ if message.bytes.len() > LIMIT => {}
            true => joined.push(message),
            false => open = Some(message),
        }
    }
    joined
}
