//! Application messages: LLC header, notification, transfer block; ciphered ones are opened in [`super::cipher`].

use amshan::cosem::{Apdu, Block, InvokeId, Service};
use amshan::hdlc::{Llc, strip_llc};
use amshan::meters::Reading;
use amshan::{DateTime, Framing};

use super::pieces::{Number, Piece};
use super::sheet::{Pen, count};
use super::{Context, Trust, cipher, data, p1};

/// Says what application messages are, one behind the other, to the end of the octets.
pub(super) fn messages(pen: &mut Pen<'_, '_>, context: &Context<'_>, trust: Trust) {
    loop {
        llc(pen);
        pen.layer = "apdu";
        match pen.left() {
            [] => return pen.stop(0, "the application message is empty", ""),
            [0x0F, ..] => notification(pen, context, trust),
            [b'/', ..] => return p1::inside(pen, context, trust),
            [0xE0, ..] => {
                if block(pen, trust != Trust::Not).is_some() {
                    pen.stop(0, "a transfer block without its frame can't be joined with others", "");
                }
            }
            [tag, ..] if Service::of(*tag).is_some_and(Service::is_ciphered) => {
                cipher::explain(pen, context, true, None);
            }
            [tag, ..] => {
                let reason = match Service::of(*tag) {
                    Some(service) => {
                        format!("the application message is of the kind {service}, which is not read")
                    }
                    None => {
                        format!("the application message begins with {tag:02x}; a push begins with 0f or db")
                    }
                };
                let hint = match trust {
                    Trust::Not => "what stands before it was damaged, or a piece is missing",
                    _ => "please report the meter, with this text",
                };
                pen.stop(0, reason, hint);
                pen.check(1, "tag", "no push", false);
                return pen.rest("not read", "");
            }
        }
        let left = pen.left();
        if left.is_empty() {
            return;
        }
        pen.layer = "apdu";
        if !matches!(strip_llc(left).1, [0x0F | 0xDB, ..]) {
            // What stopped before stops here as well.
            if pen.sheet.stopped().is_none() {
                pen.stop(
                    0,
                    format_args!("{} left over behind the message's data", count(left.len(), "octet")),
                    "the data says that it is shorter: an octet in it was changed, or the meter adds something unknown",
                );
            }
            return pen.rest("left over", count(left.len(), "octet"));
        }
    }
}

/// The LLC header, if there is one.
pub(super) fn llc(pen: &mut Pen<'_, '_>) {
    pen.layer = "llc";
    match strip_llc(pen.left()).0 {
        Some(Llc::Response) => pen.row(3, "LLC header", "from the meter"),
        Some(Llc::Command) => pen.row(3, "LLC header", "to the meter"),
        None => {}
    }
}

/// data-notification.
fn notification(pen: &mut Pen<'_, '_>, context: &Context<'_>, trust: Trust) {
    let message = pen.left();
    pen.row(1, "data-notification", "a push, in the clear");
    pen.depth = pen.depth.saturating_add(1);
    if let Some(octets) = pen.left().first_chunk() {
        let id = InvokeId(u32::from_be_bytes(*octets));
        let mut text = format!("number {}", id.number());
        if id.high_priority() {
            text += ", high priority";
        }
        if id.confirmed() {
            text += ", confirmed";
        }
        pen.row(4, "invoke id and priority", text);
        date_time(pen);
    } else {
        pen.rest("invoke id and priority", "cut");
    }
    let before = message.len().saturating_sub(pen.left().len());
    let parsed = if trust.vouches() { Apdu::parse_vouched(message) } else { Apdu::parse(message) };
    let mut notes = data::Notes::default();
    let layouts = || context.layouts.for_list(context.framing.map_or("", Framing::name), trust.title());
    match parsed {
        Ok((Apdu::DataNotification(notification), _)) => {
            let reading = Reading::of_notification(&notification, layouts());
            notes.of(&reading, message);
            pen.sheet.recognised(&reading);
            doubts(pen, &reading);
        }
        _ => {
            let whole = data::whole(pen.left());
            if let Some(body) = data::parsed(&whole) {
                notes.of(&Reading::of_body(body, layouts()), &whole);
                notes.shift(before);
            }
        }
    }
    if pen.left().is_empty() {
        pen.stop(0, "the notification has no body: it ends here", "the message is cut");
    } else if !data::body(pen, &notes, before, trust) {
        let left = pen.left().len();
        pen.rest("not read", count(left, "octet"));
    }
    pen.depth = pen.depth.saturating_sub(1);
}

/// Says what can't be right in a reading, though its octets are.
pub(super) fn doubts(pen: &mut Pen<'_, '_>, reading: &Reading<'_>) {
    for doubt in reading.doubts() {
        pen.doubt(0, doubt, "");
    }
}

/// The body of a data-notification, without anything around it.
pub(super) fn body(pen: &mut Pen<'_, '_>, context: &Context<'_>) {
    let octets = pen.left();
    let layouts = || context.layouts.for_list(Framing::Body.name(), &[]);
    let mut notes = data::Notes::default();
    let whole = data::whole(octets);
    if let Some(body) = data::parsed(octets) {
        let reading = Reading::of_body(body, layouts());
        notes.of(&reading, octets);
        pen.sheet.recognised(&reading);
        doubts(pen, &reading);
    } else if let Some(body) = data::parsed(&whole) {
        notes.of(&Reading::of_body(body, layouts()), &whole);
    }
    let read = data::body(pen, &notes, 0, Trust::Not);
    let left = pen.left().len();
    if left > 0 && read {
        pen.stop(0, format_args!("{} left over behind the data", count(left, "octet")), "");
    }
    pen.rest(if read { "left over" } else { "not read" }, count(left, "octet"));
}

/// The date-time of a notification.
fn date_time(pen: &mut Pen<'_, '_>) {
    let left = pen.left();
    let (front, remark) = match left {
        [0x09, 0x0C, ..] => (2, ", extra tag"),
        [0x19, ..] => (1, ", extra tag"),
        [length @ 0..=0x7F, ..] => match usize::from(*length) {
            0 => return pen.row(1, "date-time", "none"),
            12 => (1, ""),
            other => {
                let said = format!("none: {other} octets, not 12");
                return pen.row(other.saturating_add(1), "date-time", said);
            }
        },
        [] => return,
        [octet, ..] => {
            return pen.stop(0, format_args!("the date-time has no length: {octet:02x} is none"), "");
        }
    };
    let octets = left.get(front..).and_then(<[u8]>::first_chunk);
    let length = 12usize.saturating_add(front);
    match octets.map(|octets| DateTime::from_octets(*octets)) {
        Some(Ok(time)) => pen.row(length, format_args!("date-time{remark}"), time),
        Some(Err(error)) => {
            pen.doubt(front, format_args!("the time of the notification makes no sense: {error}"), "");
            pen.check(length, "date-time", format_args!("none: {error}"), false);
        }
        None => pen.rest("date-time", "cut"),
    }
}

/// general-block-transfer. Returns the piece that the block is, unless it is cut.
pub(super) fn block(pen: &mut Pen<'_, '_>, right: bool) -> Option<Piece> {
    pen.layer = "block";
    let left = pen.left();
    pen.row(1, "general-block-transfer", "a piece of a message");
    pen.depth = pen.depth.saturating_add(1);
    let parsed = Block::parse(left);
    if let [_, control, ..] = *left {
        let last = if control & 0x80 == 0 { "more follow" } else { "the last" };
        let streaming = if control & 0x40 == 0 { "" } else { ", streaming" };
        pen.row(1, "block control", format_args!("{last}{streaming}, window {}", control & 0x3F));
    }
    for (name, at) in [("block number", 2usize), ("block acknowledged", 4)] {
        if let Some([high, low]) = left.get(at..).and_then(<[u8]>::first_chunk::<2>) {
            pen.row(2, name, u16::from_be_bytes([*high, *low]));
        }
    }
    let piece = match parsed {
        Ok((block, rest)) => {
            let head = pen.left().len().saturating_sub(rest.len()).saturating_sub(block.data.len());
            pen.row(head, "length", count(block.data.len(), "octet"));
            pen.row(block.data.len(), "piece of a message", count(block.data.len(), "octet"));
            let number = Number::Block(block.number);
            Some(Piece { octets: block.data.to_vec(), number, last: block.last(), right })
        }
        Err(error) => {
            pen.stop(
                0,
                format_args!("the transfer block is not whole: {}", error.kind),
                "the message is cut",
            );
            pen.rest("not read", "");
            None
        }
    };
    pen.depth = pen.depth.saturating_sub(1);
    let left = pen.left().len();
    if left > 0 {
        pen.doubt(0, format_args!("{} left over behind the block", count(left, "octet")), "");
        pen.rest("left over", count(left, "octet"));
    }
    piece
}
