//! M-Bus frames, right ones and others.

use amshan::mbus::Control;

use super::pieces::{Number, Piece};
use super::sheet::{Pen, View, count};
use super::{Context, Trust, apdu};

const START: u8 = 0x68;
const STOP: u8 = 0x16;

/// A frame, or what may have been one.
#[derive(Debug)]
pub(super) struct Found {
    view: View,
    /// Octets that it should have from C to the end of its data.
    length: usize,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Long,
    Short,
}

impl Found {
    pub(super) const fn view(&self) -> &View {
        &self.view
    }

    /// Where the frame ends.
    pub(super) fn end(&self) -> usize {
        self.view.end()
    }
}

/// Whether a long frame begins so, as far as its start tells.
pub(super) const fn is_start(octets: &[u8]) -> bool {
    matches!(octets, [START, first, second, START, ..] if *first == *second)
}

/// Whether a long frame begins here of whose start one octet was changed; C and A are those of a push.
pub(super) const fn may_be_frame(octets: &[u8]) -> bool {
    match octets {
        [start, first, second, again, 0x53 | 0x73, 0xFF, ..] => {
            let (starts, agrees, goes_on) = (*start == START, *first == *second, *again == START);
            (starts && (agrees || goes_on)) || (agrees && goes_on)
        }
        _ => false,
    }
}

/// Whether a whole short frame stands here, with its checksum.
pub(super) const fn is_short(octets: &[u8]) -> bool {
    matches!(octets, [0x10, control, address, sum, STOP, ..] if control.wrapping_add(*address) == *sum)
}

fn sum(octets: &[u8]) -> u8 {
    octets.iter().fold(0, |sum, octet| sum.wrapping_add(*octet))
}

/// The frame that begins at `start`. What stands at `limit` belongs to something else.
pub(super) fn measure(stream: &[u8], start: usize, limit: usize) -> Found {
    let octets = stream.get(start..limit).unwrap_or_default();
    if is_short(octets) {
        return Found {
            view: View::plain(octets.get(..5).unwrap_or(octets), start),
            length: 2,
            kind: Kind::Short,
        };
    }
    let lengths = octets.get(1..3).unwrap_or_default();
    // One of two that differ is right: that where the frame is.
    let fits = |length: &u8| {
        let end = total(*length);
        octets.get(end.saturating_sub(1)) == Some(&STOP)
    };
    let stated = lengths.iter().find(|length| fits(length)).or(lengths.first()).copied().unwrap_or_default();
    let stated = total(stated);
    let is_end = |at: &usize| {
        let next = octets.get(at.saturating_add(1)..).unwrap_or_default();
        octets.get(*at) == Some(&STOP) && (next.is_empty() || is_start(next) || next.first() == Some(&STOP))
    };
    let last = stated.saturating_sub(1);
    let end = match octets.get(last) {
        Some(&STOP) => stated,
        // Octets were lost or put in before the stop octet; or it was changed.
        _ => (6..octets.len().min(stated.saturating_add(16)))
            .find(is_end)
            .map_or(stated.min(octets.len()), |at| at.saturating_add(1)),
    };
    let view = View::plain(octets.get(..end).unwrap_or(octets), start);
    Found { view, length: stated.saturating_sub(6), kind: Kind::Long }
}

/// All octets of a frame with this length octet. Below 3 it is that of a longer frame, modulo 256.
fn total(length: u8) -> usize {
    let length = usize::from(length);
    length.saturating_add(if length < 3 { 256 + 6 } else { 6 })
}

/// Says what the octets of a frame are. Returns the piece of a message that it carries, if it is one of several.
pub(super) fn explain(found: &Found, pen: &mut Pen<'_, '_>, context: &Context<'_>) -> Option<Piece> {
    if found.kind == Kind::Short {
        pen.row(1, "start of a short frame", "");
        field(pen, "control (C)", control);
        field(pen, "address (A)", |octet| octet.to_string());
        pen.check(1, "checksum", "right", true);
        pen.row(1, "stop", "");
        return None;
    }
    start(pen, "start", START);
    lengths(found, pen);
    start(pen, "start again", START);
    let first = pen.place();
    // Checksum and stop octet are there if the frame is not cut.
    let there = pen.left().len();
    let stops = pen.left().last() == Some(&STOP);
    let cut = there < found.length.saturating_add(2) && !stops;
    let inside = if cut { there } else { there.saturating_sub(2) };
    let covered = pen.left().get(..inside).unwrap_or_default();
    let check = pen.left().get(inside).copied();
    let right = !cut && inside == found.length && check == Some(sum(covered)) && stops;

    field(pen, "control (C)", control);
    field(pen, "address (A)", |octet| match octet {
        0 => "0: not configured".to_owned(),
        254 => "254: to all, to be answered".to_owned(),
        255 => "255: to all".to_owned(),
        address => address.to_string(),
    });
    let information = pen.left().first().copied();
    let left = inside.saturating_sub(pen.place().saturating_sub(first));
    let mut piece = None;
    match information {
        Some(octet @ 0x00..=0x1F) if left > 0 => {
            let (number, last) = (octet & 0x0F, octet & 0x10 != 0);
            let end = if last { "the last" } else { "more follow" };
            pen.row(1, "control information (CI)", format_args!("DLMS, piece {number}, {end}"));
            if left > 1 {
                field(pen, "source (STSAP)", |octet| match octet {
                    1 => "1: the meter".to_owned(),
                    other => other.to_string(),
                });
            }
            if left > 2 {
                field(pen, "destination (DTSAP)", |octet| match octet {
                    103 => "103: consumer information".to_owned(),
                    other => other.to_string(),
                });
            }
            piece = pen.inside(left.saturating_sub(3), |pen| {
                let octets = pen.left();
                if number == 0 && last {
                    apdu::messages(pen, context, if right { Trust::Checked } else { Trust::Not });
                    return None;
                }
                pen.row(usize::MAX, "piece of a message", count(octets.len(), "octet"));
                Some(Piece { octets: octets.to_vec(), number: Number::Telegram(number), last, right })
            });
        }
        Some(octet) if left > 0 => {
            pen.stop(
                0,
                format_args!("control information {octet:02x} is not that of DLMS, which is 00 to 1f"),
                "the frame is of another protocol (OMS, or a heat or water meter); amshan reads DLMS in M-Bus frames",
            );
            pen.check(1, "control information (CI)", "another protocol than DLMS", false);
            pen.inside(left.saturating_sub(1), |pen| pen.rest("data", "of another protocol"));
        }
        _ => {}
    }
    pen.layer = "mbus";
    if cut {
        let missing = found.length.saturating_add(2).saturating_sub(there);
        pen.check(0, "end of the octets", format_args!("{} missing", count(missing, "octet")), false);
        pen.stop(
            0,
            format_args!(
                "the frame is cut: it announces {}, and {} missing",
                count(found.length.saturating_add(6), "octet"),
                if missing == 1 { "1 is".to_owned() } else { format!("{missing} are") }
            ),
            "capture for longer, so that a frame is whole; or octets were lost on the line",
        );
        return piece;
    }
    checksum(found, pen, covered);
    start(pen, "stop", STOP);
    piece
}

/// An octet that has to be this one.
fn start(pen: &mut Pen<'_, '_>, name: &str, due: u8) {
    match pen.left().first() {
        None => {}
        Some(octet) if *octet == due => pen.row(1, name, ""),
        Some(octet) => {
            pen.stop(
                0,
                format_args!("the {name} octet of the frame is {octet:02x}; {due:02x} would stand here"),
                "the octet was changed on the line, or octets were lost before it",
            );
            pen.check(1, name, format_args!("wrong: {due:02x} would stand here"), false);
        }
    }
}

/// The two length octets.
fn lengths(found: &Found, pen: &mut Pen<'_, '_>) {
    let &[first, second, ..] = pen.left() else { return pen.rest("length", "cut") };
    let there = pen.left().len().saturating_sub(5);
    let length = found.length;
    if first != second {
        let due = u8::try_from(length & 0xFF).unwrap_or_default();
        let wrong = usize::from(first == due);
        pen.stop(
            wrong,
            format_args!(
                "the length stands twice, as {first:02x} and {second:02x}; by where the frame ends it is {due:02x}"
            ),
            "an octet was changed on the line",
        );
        return pen.check(
            2,
            "length, twice",
            format_args!("wrong: {due:02x} {due:02x} for this frame"),
            false,
        );
    }
    if first < 3 {
        pen.row(
            2,
            "length, twice",
            format_args!("{length}: {first} and 256, as some Sagemcom meters send it"),
        );
    } else {
        pen.row(2, "length, twice", length);
    }
    if there != length && pen.taken(0).first() == Some(&START) && found.view.octets().last() == Some(&STOP) {
        let (number, what) = if there < length {
            (length.saturating_sub(there), "missing")
        } else {
            (there.saturating_sub(length), "too many")
        };
        pen.stop_at(
            1,
            format_args!(
                "the frame announces {}, and {there} stand here: {} {what}",
                count(length, "octet"),
                count(number, "octet")
            ),
            "octets were lost on the line, or put in: check baud rate, parity (2400 8E1) and wiring",
        );
    }
}

fn field(pen: &mut Pen<'_, '_>, name: &str, say: impl Fn(u8) -> String) {
    if let [octet, ..] = *pen.left() {
        pen.row(1, name, say(octet));
    }
}

fn control(octet: u8) -> String {
    let control = Control(octet);
    match (control.from_master(), control.function()) {
        (true, 0x0) => "SND_NKE: reset".to_owned(),
        (true, 0x3) => "SND_UD: data, sent unasked".to_owned(),
        (true, 0xA) => "REQ_UD1: asks for urgent data".to_owned(),
        (true, 0xB) => "REQ_UD2: asks for data".to_owned(),
        (false, 0x8) => "RSP_UD: data, as asked".to_owned(),
        _ => format!("function {}", control.function()),
    }
}

fn checksum(found: &Found, pen: &mut Pen<'_, '_>, covered: &[u8]) {
    let &[sent, ..] = pen.left() else { return };
    let due = sum(covered);
    if sent == due {
        return pen.check(1, "checksum", "right", true);
    }
    if covered.len() == found.length {
        pen.stop(
            0,
            format_args!("the checksum is {sent:02x}; for these octets it would be {due:02x}"),
            "octets were changed on the line: check wiring and parity (2400 8E1). The values here can't be trusted",
        );
    }
    pen.check(1, "checksum", format_args!("wrong: {due:02x} for these octets"), false);
}
