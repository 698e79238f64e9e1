//! HDLC frames, right ones and others.

use amshan::hdlc::{Address, Control, ControlKind, Frame, strip_llc};

use super::apdu;
use super::pieces::{Number, Piece};
use super::sheet::{Pen, View, count, hex};
use super::sum::{Changed, X25};
use super::{Context, Trust};

const FLAG: u8 = 0x7E;
/// How many octets more than announced a frame may have for that to be the matter.
const SURPLUS: usize = 16;

/// A frame, or what may have been one.
#[derive(Debug)]
pub(super) struct Found {
    /// From its opening flag (or where that should be) to its closing flag, if that is its own.
    view: View,
    /// How its octets came to be what stands on the line.
    form: Form,
    /// Octets that it has, flags not counted.
    length: usize,
    /// Whether what was received ends before the frame does.
    cut: bool,
    closing: Closing,
    /// Whether its opening flag is there.
    opening: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    /// An adapter made `0D 0A` of `0A`.
    Bent,
    /// Octet stuffing.
    Stuffed,
}

/// The flag behind a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    Own,
    /// It opens the next frame.
    Shared,
    Missing,
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

/// How many octets the header has behind the opening flag: format, addresses, control. `None`: it is no header, or cut.
fn header(octets: &[u8]) -> Option<usize> {
    let destination = address(octets.get(2..)?)?;
    let source = address(octets.get(destination.saturating_add(2)..)?)?;
    Some(destination.saturating_add(source).saturating_add(3))
}

/// How many octets the address has that stands first.
fn address(octets: &[u8]) -> Option<usize> {
    let last = octets.iter().take(4).position(|octet| octet & 1 == 1)?;
    Some(last.saturating_add(1)).filter(|length| *length != 3)
}

/// The length that a frame format announces.
fn announced(octets: &[u8]) -> Option<usize> {
    match octets {
        [high, low, ..] => Some(usize::from(u16::from_be_bytes([high & 0x07, *low]))),
        _ => None,
    }
}

/// Whether a frame begins behind an opening flag, by its header check.
pub(super) fn is_header(octets: &[u8]) -> bool {
    let Some(length) = header(octets).filter(|_| matches!(octets, [0xA0..=0xAF, ..])) else { return false };
    let fits = announced(octets).is_some_and(|announced| announced >= length.saturating_add(4));
    fits && checks(octets, length)
}

/// Whether the check behind a header of so many octets is right.
fn checks(octets: &[u8], fields: usize) -> bool {
    let check = octets.get(fields..).and_then(<[u8]>::first_chunk::<2>);
    check.is_some_and(|check| u16::from_le_bytes(*check) == X25.of(octets.get(..fields).unwrap_or_default()))
}

/// Whether octets behind a flag may be a frame that was damaged: an LLC header stands where the header ends, or a flag
/// where the frame does.
pub(super) fn may_be_frame(octets: &[u8]) -> bool {
    let llc = |at: usize| matches!(octets.get(at..), Some([0xE6, 0xE6 | 0xE7, 0x00, ..]));
    let typed = matches!(octets, [0xA0..=0xAF, ..]);
    let ends = announced(octets).is_some_and(|length| length >= 7 && octets.get(length) == Some(&FLAG));
    let begins = typed && octets.len() < 12 && announced(octets).is_some_and(|length| length >= 7);
    let is_pushed = |length: usize| llc(length.saturating_add(2));
    (typed && (ends || begins)) || header(octets).is_some_and(is_pushed) || (typed && (7..=13).any(llc))
}

/// The frame whose opening flag stands at `start`, or, if it is lost, whose format does. What stands at `limit` belongs to
/// something else.
pub(super) fn measure(stream: &[u8], start: usize, limit: usize) -> Found {
    let octets = stream.get(start..limit).unwrap_or_default();
    if octets.first() != Some(&FLAG) {
        let length = announced(octets).unwrap_or_default().min(octets.len());
        return damaged(stream, start, limit, length, false);
    }
    if let Ok((frame, _)) = Frame::parse_prefix(octets) {
        return plain(stream, start, limit, frame.octets().len());
    }
    let read_back = |view: &View| match Frame::parse_prefix(view.octets()) {
        Ok((frame, _)) if !frame.information().is_empty() => Some(frame.octets().len()),
        _ => None,
    };
    let window = octets.get(..4096).unwrap_or(octets);
    if window.windows(2).any(|pair| pair == [0x0D, 0x0A]) {
        let view = View::unbent(window, start);
        if let Some(length) = read_back(&view) {
            return whole(view, Form::Bent, length, stream, limit);
        }
    }
    let flag = window.iter().skip(1).position(|octet| *octet == FLAG);
    let window = window.get(..flag.map_or(window.len(), |at| at.saturating_add(1))).unwrap_or(window);
    if window.contains(&0x7D) {
        let view = View::unstuffed(window, start);
        if let Some(length) = read_back(&view) {
            return whole(view, Form::Stuffed, length, stream, limit);
        }
    }
    let length = announced(octets.get(1..).unwrap_or_default()).unwrap_or_default();
    damaged(stream, start, limit, length, true)
}

/// A right frame of so many octets with its opening flag, as it stands.
fn plain(stream: &[u8], start: usize, limit: usize, length: usize) -> Found {
    let octets = stream.get(start..).and_then(|octets| octets.get(..length)).unwrap_or_default();
    whole(View::plain(octets, start), Form::Plain, length, stream, limit)
}

/// A right frame of so many octets with its opening flag, and the flag behind it.
fn whole(view: View, form: Form, length: usize, stream: &[u8], limit: usize) -> Found {
    let view = view.ending(length, &[]);
    let (closing, tail) = closing(stream, view.end(), limit);
    let view = view.ending(length, tail);
    Found { view, form, length: length.saturating_sub(1), cut: false, closing, opening: true }
}

/// The flag that stands where a frame has ended.
fn closing(stream: &[u8], end: usize, limit: usize) -> (Closing, &'static [u8]) {
    let next = end.saturating_add(1);
    match stream.get(end..) {
        Some([FLAG, 0xA0..=0xAF, ..]) if next < limit => (Closing::Shared, &[]),
        Some([FLAG, ..]) if end < limit => (Closing::Own, &[FLAG]),
        Some([FLAG, ..]) => (Closing::Shared, &[]),
        _ => (Closing::Missing, &[]),
    }
}

/// A frame that is not right, and announces `length` octets between its flags. It ends where it says, if a flag stands
/// there; else at a flag that looks like its own; else where it says or where the octets do.
fn damaged(stream: &[u8], start: usize, limit: usize, length: usize, opening: bool) -> Found {
    let octets = stream.get(start..limit).unwrap_or_default();
    let first = usize::from(opening);
    let stated = first.saturating_add(length);
    let body = octets.get(first..).unwrap_or_default();
    let trusted = is_header(body);
    let follows = |at: usize| match octets.get(at.saturating_add(1)) {
        Some(octet) => matches!(octet, &FLAG | 0xA0..=0xAF | b'\r' | b'\n'),
        None => true,
    };
    let is_end = |at: &usize| octets.get(*at) == Some(&FLAG) && follows(*at);
    let may_end = |at: &usize| is_end(at) && (!trusted || *at <= stated.saturating_add(SURPLUS));
    // At the edge of what was looked at there may stand the flag that opens the next frame.
    let edge = stream.get(start.saturating_add(octets.len())) == Some(&FLAG);
    let is_flag = |at: usize| stream.get(start.saturating_add(at)) == Some(&FLAG);
    let closed = length >= 7 && octets.get(stated) == Some(&FLAG);
    // Its own flag and that of the next frame: an octet was lost.
    let early = stated.saturating_sub(1);
    let end = if length > 7 && is_flag(stated) && is_flag(early) && stated <= octets.len() {
        early
    } else if closed || (edge && stated == octets.len()) {
        stated
    } else {
        let flag = (first.saturating_add(5)..octets.len()).find(may_end);
        let sure = trusted && stated <= octets.len();
        flag.unwrap_or(if sure { stated } else { octets.len() })
    };
    let view = View::plain(octets.get(..end).unwrap_or(octets), start);
    let (closing, tail) = closing(stream, view.end(), limit);
    let cut = closing == Closing::Missing && end < stated;
    let view = view.ending(end, tail);
    Found { view, form: Form::Plain, length: end.saturating_sub(first), cut, closing, opening }
}

/// Says what the octets of a frame are. Returns the piece of a message that it carries, if it is one of several;
/// `open`: pieces without a number wait for more.
pub(super) fn explain(
    found: &Found,
    pen: &mut Pen<'_, '_>,
    context: &Context<'_>,
    open: bool,
) -> Option<Piece> {
    match found.form {
        Form::Plain => {}
        Form::Bent => pen.doubt(
            0,
            "an adapter turned each 0a of this frame into 0d 0a; undone here",
            "set the adapter or the port to raw mode, without conversion of line ends",
        ),
        Form::Stuffed => pen.stop(
            0,
            "the line uses octet stuffing (7d in front of 7e and 7d); undone here, but decode reads lines without it",
            "set the meter or the adapter to plain HDLC",
        ),
    }
    if found.opening {
        pen.row(1, "opening flag", "");
    } else {
        pen.check(0, "opening flag", "missing", false);
        pen.stop(
            0,
            "the flag 7e that opens the frame is missing",
            "the capture began too late, or an octet was lost",
        );
    }
    let first = pen.place();
    let octets = pen.left();
    let fields = header(octets);
    let stated = format(found, pen, fields.is_none_or(|fields| checks(octets, fields)));
    address_row(pen, "destination address");
    address_row(pen, "source address");
    if let [octet, ..] = *pen.left() {
        pen.row(1, "control", control(Control(octet)));
    }
    let behind = found.length.saturating_sub(pen.place().saturating_sub(first));
    let header_right = if fields.is_some() && behind >= 4 { header_check(pen, first) } else { true };

    let ends = found.closing != Closing::Missing || !found.cut;
    let tail = if ends { 2 } else { 0 };
    let used = pen.place().saturating_sub(first);
    let information = found.length.saturating_sub(used).saturating_sub(tail);
    let right = header_right && frame_right(octets, found, stated) && fields.is_some();
    let piece = if information > 0 {
        pen.inside(information, |pen| {
            let segmented = matches!(octets, [format, ..] if format & 0x08 != 0);
            payload(pen, context, segmented, open, right)
        })
    } else {
        None
    };
    if ends {
        frame_check(found, pen, octets, used, header_right, stated);
    }
    pen.layer = "hdlc";
    match found.closing {
        Closing::Own => pen.row(1, "closing flag", ""),
        Closing::Shared => pen.row(0, "closing flag", "is the one that opens the next frame"),
        Closing::Missing if found.cut => {}
        Closing::Missing => {
            pen.check(0, "closing flag", "missing; 7e would stand here", false);
            pen.doubt(0, "the closing flag 7e is missing; the frame is whole without it", "");
        }
    }
    if found.cut {
        let missing = stated.unwrap_or_default().saturating_sub(found.length);
        pen.check(0, "end of the octets", format_args!("{} missing", count(missing, "octet")), false);
        pen.stop(
            0,
            format_args!(
                "the frame is cut: it has {} of {}, and its closing flag is missing",
                found.length,
                count(stated.unwrap_or_default(), "octet")
            ),
            "capture for longer, so that a frame is whole; or octets were lost on the line",
        );
    }
    pen.rest("not read", "");
    piece
}

/// The frame format. Returns the length that it announces.
fn format(found: &Found, pen: &mut Pen<'_, '_>, header_right: bool) -> Option<usize> {
    let octets = pen.left();
    let [high, ..] = *octets else { return None };
    let stated = announced(octets);
    let Some(length) = stated else {
        pen.row(2, "format", "cut");
        return None;
    };
    let pieces = if high & 0x08 == 0 { "" } else { ", more pieces follow" };
    if high & 0xF0 != 0xA0 {
        pen.stop(
            0,
            format_args!("the frame format is {high:02x}; that of a frame of type 3 is a0 to af"),
            "an octet was changed on the line, or this is no HDLC frame",
        );
        pen.check(2, "format", "no type 3: a0 to af would stand here", false);
        return stated;
    }
    let there = found.length;
    if length != there && !found.cut {
        let (number, what) = if there < length {
            (length.saturating_sub(there), "missing")
        } else {
            (there.saturating_sub(length), "too many")
        };
        let reason = format!(
            "the frame says that it has {length} octets, and its flags stand {there} apart: {} {what}",
            count(number, "octet")
        );
        let hint = if what == "missing" {
            "octets were lost on the line: check baud rate, wiring and the load of the receiver"
        } else {
            "octets were put in on the way, or doubled: check the adapter"
        };
        // With a wrong header check it may be the length that is wrong.
        if header_right {
            pen.stop(0, reason, hint);
        }
        pen.check(
            2,
            "format",
            format_args!("type 3, {length} octets, but {there} stand here{pieces}"),
            false,
        );
    } else {
        pen.row(2, "format", format_args!("type 3, {}{pieces}", count(length, "octet")));
    }
    stated
}

fn address_row(pen: &mut Pen<'_, '_>, name: &str) {
    let octets = pen.left();
    if octets.is_empty() {
        return;
    }
    let Some(length) = address(octets) else {
        let length =
            octets.iter().take(4).position(|octet| octet & 1 == 1).map_or(4, |last| last.saturating_add(1));
        let what = match length {
            3 => "has three octets; one, two or four are legal",
            _ if octets.len() < 4 => return pen.rest(name, "cut"),
            _ => "does not end within four octets",
        };
        pen.stop(
            0,
            format_args!("the {name} {what}"),
            "an octet was changed on the line, or this is no HDLC frame",
        );
        return pen.check(length, name, what, false);
    };
    let text = match octets.get(..length).and_then(Address::from_octets) {
        Some(address) => match address.lower() {
            None => address.upper().to_string(),
            Some(lower) => format!("{}, device {lower}", address.upper()),
        },
        None => String::new(),
    };
    pen.row(length, name, text);
}

/// What a control octet says.
fn control(control: Control) -> String {
    let kind = match control.kind() {
        ControlKind::Information { send, receive } => format!("I, numbered ({send}, {receive})"),
        ControlKind::ReceiveReady { .. } => "RR, ready to receive".to_owned(),
        ControlKind::ReceiveNotReady { .. } => "RNR, not ready to receive".to_owned(),
        ControlKind::UnnumberedInformation => "UI, unnumbered".to_owned(),
        ControlKind::SetNormalResponseMode => "SNRM, request to connect".to_owned(),
        ControlKind::Disconnect => "DISC, request to disconnect".to_owned(),
        ControlKind::UnnumberedAcknowledge => "UA, accepted".to_owned(),
        ControlKind::DisconnectedMode => "DM, not connected".to_owned(),
        ControlKind::FrameReject => "FRMR, frame rejected".to_owned(),
        _ => "unknown kind".to_owned(),
    };
    if control.poll_final() { format!("{kind}, final") } else { kind }
}

/// The header check. Returns whether it is right.
fn header_check(pen: &mut Pen<'_, '_>, first: usize) -> bool {
    let covered = pen.taken(first);
    let &[low, high, ..] = pen.left() else {
        pen.rest("header check", "cut");
        return true;
    };
    let (sent, due) = (u16::from_le_bytes([low, high]), X25.of(covered));
    if sent == due {
        pen.check(2, "header check", "right", true);
        return true;
    }
    let due = hex(&due.to_le_bytes());
    let bit = X25.changed(covered, sent).map(|changed| bit(pen, first, changed)).unwrap_or_default();
    pen.stop(
        0,
        format_args!("the header check is {}; for these octets it would be {due}{bit}", hex(&[low, high])),
        "the header or its check was changed on the line; the length in it can't be trusted",
    );
    pen.check(2, "header check", format_args!("wrong: {due} for these octets"), false);
    false
}

/// The words for a changed bit; `first`: the place of the first octet that was summed.
fn bit(pen: &Pen<'_, '_>, first: usize, changed: Changed) -> String {
    let place = first.saturating_add(changed.place);
    let octet = pen.octet(place).unwrap_or_default();
    let offset = pen.offset_of(place);
    format!(". One changed bit explains it: byte {offset} is {octet:02x} and was {:02x}", changed.was)
}

fn frame_right(octets: &[u8], found: &Found, stated: Option<usize>) -> bool {
    let covered = octets.get(..found.length.saturating_sub(2)).unwrap_or_default();
    let sent = octets.get(covered.len()..).and_then(<[u8]>::first_chunk::<2>).copied();
    !found.cut && stated == Some(found.length) && sent.map(u16::from_le_bytes) == Some(X25.of(covered))
}

fn frame_check(
    found: &Found,
    pen: &mut Pen<'_, '_>,
    octets: &[u8],
    header: usize,
    header_right: bool,
    stated: Option<usize>,
) {
    pen.layer = "hdlc";
    let covered = octets.get(..found.length.saturating_sub(2)).unwrap_or_default();
    let &[low, high, ..] = pen.left() else { return pen.rest("frame check", "cut") };
    let (sent, due) = (u16::from_le_bytes([low, high]), X25.of(covered));
    if sent == due {
        return pen.check(2, "frame check", "right", true);
    }
    let due = hex(&due.to_le_bytes());
    let first = pen.place().saturating_sub(covered.len());
    // Behind a right header check nothing is wrong in the header. Where octets are missing, no bit explains it.
    let changed = X25.changed(covered, sent).filter(|changed| (changed.place >= header) == header_right);
    if changed.is_some() && !header_right {
        return pen.check(2, "frame check", "wrong, as the header is: right without that changed bit", false);
    }
    let whole = stated == Some(found.length);
    let bit = changed.filter(|_| whole).map(|changed| bit(pen, first, changed)).unwrap_or_default();
    pen.stop(
        0,
        format_args!("the frame check is {}; for these octets it would be {due}{bit}", hex(&[low, high])),
        "octets were changed or lost on the line: check wiring, baud rate and parity. The values here can't be trusted",
    );
    pen.check(2, "frame check", format_args!("wrong: {due} for these octets"), false);
}

/// The information field.
fn payload(
    pen: &mut Pen<'_, '_>,
    context: &Context<'_>,
    segmented: bool,
    open: bool,
    right: bool,
) -> Option<Piece> {
    let octets = pen.left();
    let (llc, message) = strip_llc(octets);
    if segmented || (open && llc.is_none()) {
        let name = if segmented { "piece of a message" } else { "last piece of a message" };
        pen.row(usize::MAX, name, count(octets.len(), "octet"));
        return Some(Piece { octets: octets.to_vec(), number: Number::None, last: !segmented, right });
    }
    if let [0xE0, ..] = message {
        apdu::llc(pen);
        return apdu::block(pen, right);
    }
    apdu::messages(pen, context, if right { Trust::Checked } else { Trust::Not });
    None
}
