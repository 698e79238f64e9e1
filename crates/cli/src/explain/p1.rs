//! P1 telegrams, right ones and others.

use amshan::cosem::SystemTitle;
use amshan::dlde::{Check, DataSet, ErrorKind, Readout};
use amshan::meters::maker;
use amshan::{Reading, Value};

use super::data::{clean, said};
use super::sheet::{Pen, View, count};
use super::sum::{ARC, X25};
use super::{Context, Trust, apdu, cipher};

/// A telegram, or what may have been one.
#[derive(Debug)]
pub(super) struct Found {
    view: View,
}

impl Found {
    /// Where it ends.
    pub(super) fn end(&self) -> usize {
        self.view.end()
    }

    pub(super) const fn view(&self) -> &View {
        &self.view
    }
}

/// Whether a telegram begins so.
pub(super) const fn is_start(octets: &[u8]) -> bool {
    matches!(octets, [b'/', a, b, c, ..] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() && c.is_ascii_alphabetic())
}

/// Whether a line of a telegram stands here: a code, and a value in parentheses.
pub(super) fn is_line(octets: &[u8]) -> bool {
    let line = octets.split(|octet| is_line_end(*octet)).next().unwrap_or_default();
    let code = line.split(|octet| *octet == b'(').next().unwrap_or_default();
    code.len() < line.len()
        && code.len() >= 3
        && code.first().is_some_and(u8::is_ascii_digit)
        && code.iter().all(|octet| octet.is_ascii_digit() || matches!(octet, b'-' | b':' | b'.' | b'*'))
        && line.contains(&b')')
}

/// Whether octets begin in the middle of a line, behind which other lines stand.
pub(super) fn is_rest(octets: &[u8]) -> bool {
    let line = octets.iter().position(|octet| is_line_end(*octet)).unwrap_or(octets.len());
    let (first, behind) = octets.split_at(line);
    let ends = behind.iter().take_while(|octet| is_line_end(**octet)).count();
    let text = first.iter().all(|octet| matches!(octet, b' '..=b'~'));
    text && line > 0 && behind.get(ends..).is_some_and(is_line)
}

const fn is_line_end(octet: u8) -> bool {
    matches!(octet, b'\r' | b'\n')
}

/// The end mark in octets, and where the telegram ends behind it.
fn mark(octets: &[u8]) -> Option<(usize, usize)> {
    let marks = octets.iter().enumerate().filter(|(_, octet)| **octet == b'!').map(|(at, _)| at);
    for at in marks {
        let behind = octets.get(at.saturating_add(1)..).unwrap_or_default();
        let digits = behind.iter().take(4).take_while(|octet| octet.is_ascii_hexdigit()).count();
        let before = at.checked_sub(1).and_then(|before| octets.get(before)).copied().unwrap_or(b'\n');
        let ends = behind.get(digits).is_none_or(|octet| is_line_end(*octet));
        if is_line_end(before) || (digits == 4 && ends) {
            let behind = behind.get(digits..).unwrap_or_default();
            // What stands on the line of the mark belongs to it, as damage goes.
            let line = behind.iter().take(8).take_while(|octet| !is_line_end(**octet)).count();
            let line = if behind.get(line).is_none_or(|octet| is_line_end(*octet)) { line } else { 0 };
            let ends = behind.get(line..).unwrap_or_default();
            let ends = match ends {
                [b'\r', b'\n', ..] => 2,
                [b'\r' | b'\n', ..] => 1,
                _ => 0,
            };
            let end = at.saturating_add(1).saturating_add(digits).saturating_add(line).saturating_add(ends);
            return Some((at, end));
        }
    }
    None
}

/// The telegram that begins at `start`. What stands at `limit` belongs to something else.
pub(super) fn measure(stream: &[u8], start: usize, limit: usize) -> Found {
    let octets = stream.get(start..limit).unwrap_or_default();
    // Another identification at the start of a line begins another telegram.
    let other = octets.windows(4).enumerate().skip(1).find(|(at, window)| {
        let before = at.checked_sub(1).and_then(|before| octets.get(before));
        is_start(window) && before.is_some_and(|octet| is_line_end(*octet))
    });
    let octets = octets.get(..other.map_or(octets.len(), |(at, _)| at)).unwrap_or(octets);
    let end = match identified(octets) {
        Some(end) => end,
        None => mark(octets).map_or(octets.len(), |(_, end)| end),
    };
    Found { view: View::plain(octets.get(..end).unwrap_or(octets), start) }
}

/// Where a telegram ends that is ciphered behind its identification: `00` and a length stand there.
fn identified(octets: &[u8]) -> Option<usize> {
    let part = ciphered(octets)?;
    let behind = octets.get(part..)?;
    let length = match behind {
        [0x00, 0x82, high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])).saturating_add(4),
        [0x00, 0x81, length, ..] => usize::from(*length).saturating_add(3),
        _ => return None,
    };
    let end = part.saturating_add(length).min(octets.len());
    let behind = octets.get(end..).unwrap_or_default();
    Some(end.saturating_add(mark(behind).filter(|(at, _)| *at < 4).map_or(0, |(_, end)| end)))
}

/// Where the ciphered part begins, if there is one.
fn ciphered(octets: &[u8]) -> Option<usize> {
    let line = octets.iter().position(|octet| is_line_end(*octet))?;
    let ends = octets.iter().skip(line).take_while(|octet| is_line_end(**octet)).count();
    let part = line.saturating_add(ends);
    matches!(octets.get(part..), Some([0x00, 0x81 | 0x82, ..])).then_some(part)
}

/// Says what a telegram is that was inside a ciphered message.
pub(super) fn inside(pen: &mut Pen<'_, '_>, context: &Context<'_>, trust: Trust) {
    if let Some(part) = pen.sheet.parts.last_mut() {
        part.text = true;
    }
    let octets = pen.left();
    let end = mark(octets).map_or(octets.len(), |(_, end)| end);
    pen.within(end, |pen| explain(pen, context, trust.vouches()));
    pen.layer = "p1";
    pen.rest("fill", "");
}

/// Says what the octets of a telegram are; `vouched`: a right tag does without a checksum.
pub(super) fn explain(pen: &mut Pen<'_, '_>, context: &Context<'_>, vouched: bool) {
    pen.layer = "p1";
    let (octets, first) = (pen.left(), pen.place());
    if let Some(part) = ciphered(octets) {
        return behind_identification(pen, context, part);
    }
    let mark = mark(octets).map(|(at, _)| at);
    let summed =
        mark.is_some_and(|mark| octets.get(mark.saturating_add(1)).is_some_and(u8::is_ascii_hexdigit));
    odd_octets(pen, octets, summed);
    // A copy that the parser takes whatever is damaged: its lines stand where they stand here, and it has no checksum.
    let lines = octets.get(..mark.unwrap_or(octets.len())).unwrap_or_default();
    let starts = is_start(octets);
    let mut before = b'/';
    let mut copy = lines.to_vec();
    for octet in &mut copy {
        let begins = is_line_end(before) && matches!(octet, b'/' | b'!');
        before = *octet;
        if begins || is_odd(*octet) {
            *octet = b'?';
        }
    }
    let front = if starts { 0 } else { 6 };
    if !starts {
        copy.splice(0..0, *b"/XYZ\r\n");
    }
    copy.extend_from_slice(b"\r\n!\r\n");
    let readout = Readout::parse_prefix(&copy).ok().map(|(readout, _)| readout);
    if starts {
        identification(pen, lines);
    } else {
        pen.stop(
            0,
            "the telegram has no identification: a line that begins with / and three letters is missing",
            "the capture began in the middle of a telegram",
        );
    }
    if let Some(readout) = readout {
        let reading = Reading::of_readout_with(readout, context.layouts.for_telegrams());
        pen.sheet.recognised(&reading);
        apdu::doubts(pen, &reading);
        let mut objects = reading.objects();
        for set in readout.data_sets() {
            let object = objects.next();
            match set {
                Ok(set) => {
                    let place = offset(&copy, set.address()).saturating_sub(front);
                    between(pen, first.saturating_add(place));
                    data_set(pen, &set, object);
                }
                Err(error) => {
                    // The error stands at an octet of the line; all of the line makes no sense.
                    let place = error.offset.saturating_sub(front);
                    let line = lines.get(..place).unwrap_or_default();
                    let start = line
                        .iter()
                        .rposition(|octet| is_line_end(*octet))
                        .map_or(0, |at| at.saturating_add(1));
                    between(pen, first.saturating_add(start));
                    bad_line(pen, error.kind);
                }
            }
        }
    }
    between(pen, first.saturating_add(lines.len()));
    let Some(mark) = mark else {
        pen.check(0, "end mark", "missing: ! would stand here", false);
        return pen.stop(
            0,
            "the telegram is cut: its end mark ! and the checksum behind it are missing",
            "capture for longer, so that a telegram is whole; or octets were lost on the line",
        );
    };
    pen.row(1, "end mark", "");
    if starts {
        checksum(pen, context, octets.get(..=mark).unwrap_or_default(), vouched);
    } else {
        pen.rest("checksum", "not checked: it is that of what is missing, too");
    }
}

fn offset(octets: &[u8], part: &[u8]) -> usize {
    (part.as_ptr() as usize).saturating_sub(octets.as_ptr() as usize)
}

/// Whether no telegram has this octet.
const fn is_odd(octet: u8) -> bool {
    !matches!(octet, b' '..=b'~' | b'\r' | b'\n' | b'\t')
}

/// Says which octets there are that no telegram has.
fn odd_octets(pen: &mut Pen<'_, '_>, octets: &[u8], summed: bool) {
    let odd: Vec<_> = octets.iter().enumerate().filter(|(_, octet)| is_odd(**octet)).collect();
    // Some meters write m³ in Latin-1, and a checksum vouches for that.
    let Some((at, octet)) = odd.iter().find(|(_, octet)| !summed || **octet < 0xA0) else { return };
    let others = odd.len().saturating_sub(1);
    let more = if others > 0 { format!(", and {others} others are like it") } else { String::new() };
    let hint = if odd.len() > octets.len() / 4 {
        "open the port with 7 data bits and even parity (7E1), not 8N1"
    } else {
        "the octet was changed on the line"
    };
    pen.stop(
        *at,
        format_args!("the telegram has an octet that is no printable character: {octet:02x}{more}"),
        hint,
    );
}

/// The identification line, with the end of its line.
fn identification(pen: &mut Pen<'_, '_>, octets: &[u8]) {
    let line = octets.iter().take_while(|octet| !is_line_end(**octet)).count();
    let text = octets.get(1..line).unwrap_or_default();
    let letters = text.get(..3).unwrap_or_default();
    // A digit behind the letters stands for a baud rate.
    let text = match text.get(3..).unwrap_or_default() {
        [b'0'..=b'9', text @ ..] | text => clean(&String::from_utf8_lossy(text)),
    };
    let letters = (String::from_utf8_lossy(letters), maker(letters));
    let said = match letters {
        (letters, Some(maker)) => format!("{letters}, {maker}; {text}"),
        (letters, None) => format!("{letters}; {text}"),
    };
    pen.row(line.saturating_add(line_end(octets, line)), "identification", said.trim_end_matches("; "));
}

/// How many octets the end of a line has that stands here.
fn line_end(octets: &[u8], at: usize) -> usize {
    match octets.get(at..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([b'\r' | b'\n', ..]) => 1,
        _ => 0,
    }
}

/// What stands before the next thing that is known: ends of lines, blanks.
fn between(pen: &mut Pen<'_, '_>, place: usize) {
    let length = place.saturating_sub(pen.place());
    let octets = pen.left().get(..length).unwrap_or_default();
    if octets.is_empty() {
        return;
    }
    let empty = octets.iter().all(u8::is_ascii_whitespace);
    pen.row(length, if empty { "empty line" } else { "not read" }, "");
}

/// An address and its values.
fn data_set(
    pen: &mut Pen<'_, '_>,
    set: &DataSet<'_>,
    object: Option<Result<amshan::Object<'_>, amshan::Flaw<'_>>>,
) {
    let line = set.address().len().saturating_add(set.groups().len());
    let line = line.saturating_add(line_end(pen.left(), line));
    let (name, address) = (clean(&String::from_utf8_lossy(set.address())), set.address().len());
    let history = matches!(&object, Some(Ok(amshan::Object { value: Some(Value::History(_)), .. })));
    let (means, flaw) = match object {
        Some(Ok(object)) => {
            let field = object.field.map(|field| field.to_string()).unwrap_or_default();
            let value = object.value.as_ref().map(said).unwrap_or_default();
            let unit = matches!(object.value, Some(Value::Number(_, unit)) if unit != amshan::Unit::NONE);
            let said = match (field.is_empty(), value.is_empty()) {
                (false, false) => format!("{field} {value}"),
                // Nothing is known of it but its unit.
                (true, false) if unit => value,
                _ => String::new(),
            };
            (said, None)
        }
        Some(Err(flaw)) => (String::new(), Some(flaw.to_string())),
        None => (String::new(), None),
    };
    if let Some(flaw) = flaw {
        pen.doubt(0, &flaw, "the value is left out; its neighbours are read");
        return pen.flaw(line, name, values(set), &flaw);
    }
    if set.value().is_some() {
        return pen.quantity(line, name, values(set), means);
    }
    // What stands in a history is said of each of its values.
    let means = match means.split_once(' ') {
        Some((field, _)) if history => field.to_owned(),
        _ => means,
    };
    pen.quantity(address, name, count(set.values().count(), "value"), means);
    pen.depth = pen.depth.saturating_add(1);
    let groups = set.groups();
    let mut done = 0usize;
    let mut values = set.values().peekable();
    while let Some(value) = values.next() {
        let end = match values.peek() {
            Some(next) => offset(groups, next.raw()).saturating_sub(1),
            None => line.saturating_sub(address),
        };
        let (name, said) = match (value.unit(), value.time()) {
            (Some(_), _) => ("number", raw(&value)),
            (None, Some(time)) => ("time", time.to_string()),
            (None, None) => ("value", raw(&value)),
        };
        pen.row(end.saturating_sub(done), name, said);
        done = end;
    }
    pen.depth = pen.depth.saturating_sub(1);
}

/// The values as they stand.
fn values(set: &DataSet<'_>) -> String {
    let values: Vec<_> = set.values().map(|value| raw(&value)).collect();
    let said = values.join(", ");
    if said.is_empty() { "nothing".to_owned() } else { said }
}

fn raw(value: &amshan::dlde::Value<'_>) -> String {
    clean(&String::from_utf8_lossy(value.raw())).replace('*', " ")
}

/// A line that makes no sense.
fn bad_line(pen: &mut Pen<'_, '_>, kind: ErrorKind) {
    let octets = pen.left();
    let line = octets.iter().take_while(|octet| !is_line_end(**octet)).count();
    let text = clean(&String::from_utf8_lossy(octets.get(..line).unwrap_or_default()));
    let short: String = text.chars().take(40).collect();
    let missing = match kind {
        ErrorKind::ValueMissing => "it has no value in parentheses",
        ErrorKind::AddressMissing => "its value has no code in front",
        ErrorKind::Unclosed => "a parenthesis is not closed",
        _ => "it is no line of a telegram",
    };
    pen.doubt(
        0,
        format_args!("the line \"{short}\" makes no sense: {missing}; right would be A-B:C.D.E(value*unit)"),
        "the line is left out; its neighbours are read",
    );
    pen.check(line.saturating_add(line_end(octets, line)), "line", missing, false);
}

/// The checksum behind the end mark, over these octets.
fn checksum(pen: &mut Pen<'_, '_>, context: &Context<'_>, covered: &[u8], vouched: bool) {
    let octets = pen.left();
    let digits = octets.iter().take(4).take_while(|octet| octet.is_ascii_hexdigit()).count();
    let line = octets.iter().take_while(|octet| !is_line_end(**octet)).count();
    let sent = octets.get(..digits).and_then(|digits| std::str::from_utf8(digits).ok());
    let sent = sent.and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let end = line.saturating_add(line_end(octets, line));
    let due = ARC.of(covered);
    match sent {
        _ if line > digits => {
            pen.stop(
                0,
                format_args!(
                    "behind the end mark stands no checksum; right would be {due:04X} and the line's end"
                ),
                "an octet was changed on the line, or octets were lost",
            );
            pen.check(end, "checksum", format_args!("wrong: {due:04X} for these octets"), false);
        }
        None if vouched => pen.row(end, "checksum", "none: the tag of the ciphered message vouches for it"),
        None => pen.row(end, "checksum", "none: this meter sends no checksum, or it is cut"),
        Some(sent) if sent == due => pen.check(end, "checksum", "right", true),
        Some(sent) if sent == X25.of(covered) => {
            if context.check == Check::Arc {
                pen.stop(
                    0,
                    format_args!(
                        "the checksum {sent:04X} is one of another kind (CRC-16/X-25); P1 has {due:04X} here"
                    ),
                    "--p1-check arc-or-x25 reads such telegrams",
                );
            }
            pen.check(end, "checksum", "right, of another kind (CRC-16/X-25)", context.check != Check::Arc);
        }
        Some(sent) => {
            let changed = ARC.changed(covered, sent);
            let changed = changed.filter(|changed| matches!(changed.was, b' '..=b'~' | b'\r' | b'\n'));
            let bit = changed.map(|changed| {
                let start = pen.place().saturating_sub(covered.len());
                let place = start.saturating_add(changed.place);
                let octet = pen.octet(place).unwrap_or_default();
                format!(
                    ". One changed bit explains it: byte {} is {octet:02x} {} and was {:02x} {}",
                    pen.offset_of(place),
                    character(octet),
                    changed.was,
                    character(changed.was)
                )
            });
            let reason = format!(
                "the checksum is {sent:04X}; for these octets it would be {due:04X}{}",
                bit.unwrap_or_default()
            );
            let hint = "characters were changed or lost on the line: check wiring, inversion and baud rate. \
                        The values here can't be trusted";
            if context.check == Check::Ignored {
                pen.doubt(0, reason, hint);
            } else {
                pen.stop(0, reason, hint);
            }
            pen.check(end, "checksum", format_args!("wrong: {due:04X} for these octets"), false);
        }
    }
}

/// A character in quotes, if it can be seen.
fn character(octet: u8) -> String {
    if octet.is_ascii_graphic() || octet == b' ' {
        format!("\"{}\"", char::from(octet))
    } else {
        "(no character)".to_owned()
    }
}

/// A ciphered message behind an identification line, which says who sent it.
fn behind_identification(pen: &mut Pen<'_, '_>, context: &Context<'_>, part: usize) {
    let octets = pen.left();
    identification(pen, octets.get(..part).unwrap_or_default());
    between(pen, pen.place());
    let sender = octets.get(1..4).and_then(SystemTitle::from_octets).unwrap_or_default();
    let length = identified(octets).map_or(octets.len(), |end| {
        let message = octets.get(part..end).unwrap_or_default();
        match message {
            [0x00, 0x82, high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])).saturating_add(4),
            [0x00, 0x81, length, ..] => usize::from(*length).saturating_add(3),
            _ => message.len(),
        }
    });
    pen.inside(length, |pen| cipher::explain(pen, context, false, Some(sender)));
    pen.layer = "p1";
    let left = pen.left();
    let ends = left.iter().take_while(|octet| is_line_end(**octet)).count();
    if ends > 0 {
        pen.row(ends, "empty line", "");
    }
    if pen.left().first() == Some(&b'!') {
        pen.row(1, "end mark", "");
    }
    pen.rest("checksum", "of what is not known: the tag tells");
}
