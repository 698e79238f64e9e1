//! Ciphered messages: what can be seen of them, and what a key opens.

use amshan::cosem::{
    Envelope, Key, KeyStore, Keys, Security, SecurityControl, SecurityError, Service, SystemTitle, parse,
};
use amshan::meters::maker;

use super::sheet::{Of, Pen, View, count, hex};
use super::{Context, Trust, apdu};

const TAG: usize = 12;

/// The authentication key of Luxembourg's specification, the same for all meters; other ports use it, too.
const PUBLIC_AUTHENTICATION_KEY: [u8; 16] =
    [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF];

/// What came of opening a message.
struct Opened {
    /// What is inside, if something sensible is.
    content: Option<Vec<u8>>,
    /// Whether the tag is right; `None`: there is none, or it could not be checked.
    authenticated: Option<bool>,
    /// Why it is not to be trusted, or does not open.
    error: Option<SecurityError>,
}

/// Says what a ciphered message is that begins with its tag, or (`tagged` is false) with the length of its system title,
/// which is empty: then `sender` tells who sent it.
pub(super) fn explain(
    pen: &mut Pen<'_, '_>,
    context: &Context<'_>,
    tagged: bool,
    sender: Option<SystemTitle>,
) {
    pen.layer = "cipher";
    let message = pen.left();
    let envelope = if tagged { Envelope::parse(message) } else { Envelope::parse_untagged(message) };
    let opened = match &envelope {
        Ok(envelope) => {
            let sender = sender.unwrap_or(envelope.system_title);
            Some((sender, open(envelope, sender, message, context)))
        }
        Err(_) => None,
    };
    let start = pen.place();
    let control = head(pen, tagged, envelope.as_ref().ok());
    let content = match &envelope {
        Ok(envelope) => {
            let ahead = pen.place().saturating_sub(start);
            envelope.content.end.saturating_sub(ahead)
        }
        Err(_) => pen.left().len(),
    };
    let tag = control.is_some_and(SecurityControl::authenticated) && envelope.is_ok() && content >= TAG;
    let inside = content.saturating_sub(if tag { TAG } else { 0 });
    if inside > 0 {
        let encrypted = control.is_none_or(SecurityControl::encrypted);
        let name = if encrypted { "ciphertext" } else { "content, in the clear" };
        let opens = match &opened {
            Some((_, Opened { content: Some(_), .. })) => ", opened below",
            _ => "",
        };
        pen.row(inside, name, format_args!("{}{opens}", count(inside, "octet")));
    }
    if tag {
        match opened.as_ref().and_then(|(_, opened)| opened.authenticated) {
            Some(true) => pen.check(TAG, "authentication tag", "right", true),
            Some(false) => pen.check(TAG, "authentication tag", "wrong", false),
            None => pen.row(TAG, "authentication tag", "not checked: that takes the keys"),
        }
    }
    if let Err(error) = &envelope {
        let missing = missing(message, tagged);
        let reason = match missing {
            Some(missing) => format!("the ciphered message is cut: {} missing", count(missing, "octet")),
            None => format!("the envelope of the ciphered message makes no sense: {}", error.kind),
        };
        pen.stop_at(
            start.saturating_add(error.offset),
            reason,
            "octets were lost, or a piece is not here; without all of them it can't be opened",
        );
        let what = missing.map_or_else(
            || "makes no sense".to_owned(),
            |missing| format!("{} missing", count(missing, "octet")),
        );
        pen.check(0, "end of the octets", what, false);
    }
    if let (Some((sender, opened)), Ok(envelope)) = (opened, &envelope) {
        reveal(pen, context, start, sender, envelope, opened);
    }
}

/// The rows in front of the content. Returns the security control.
fn head(pen: &mut Pen<'_, '_>, tagged: bool, envelope: Option<&Envelope>) -> Option<SecurityControl> {
    let mut fields: &[&str] = &["system title"];
    if tagged {
        let tag = pen.left().first().copied().unwrap_or_default();
        let service = Service::of(tag).map_or("", Service::name);
        pen.row(1, service, "a ciphered message");
        fields = match tag {
            0xDB | 0xDC => &["system title"],
            0xDD => &["transaction id", "system title", "recipient", "date-time", "other information"],
            _ => &[],
        };
        pen.depth = pen.depth.saturating_add(1);
    }
    for field in fields {
        let left = pen.left();
        let Ok((rest, octets)) = parse::octets(left) else { break };
        let said = if *field == "system title" { title(octets) } else { hex(octets) };
        let said = if octets.is_empty() { "none".to_owned() } else { said };
        pen.row(left.len().saturating_sub(rest.len()), field, said);
    }
    if matches!(envelope, Some(envelope) if envelope.service.tag() == 0xDD) {
        let length = if pen.left().first() == Some(&0) { 1 } else { 3 };
        pen.row(length, "key information", if length == 1 { "none" } else { "a key that both sides know" });
    }
    let left = pen.left();
    if let Ok((rest, length)) = parse::length(left) {
        let there = rest.len();
        let size = left.len().saturating_sub(rest.len());
        if length > there {
            let missing = length.saturating_sub(there);
            let said = format!("{}, but {there} stand here: {missing} missing", count(length, "octet"));
            pen.check(size, "length", said, false);
        } else {
            pen.row(size, "length", count(length, "octet"));
        }
    }
    let control = pen.left().first().map(|octet| SecurityControl(*octet));
    if let Some(control) = control {
        pen.row(1, "security control", protection(control));
    }
    match pen.left().first_chunk() {
        Some(octets) => pen.row(4, "invocation counter", u32::from_be_bytes(*octets)),
        None => pen.rest("invocation counter", "cut"),
    }
    if tagged {
        pen.depth = pen.depth.saturating_sub(1);
    }
    control
}

/// How many octets the message announces that are not there.
fn missing(message: &[u8], tagged: bool) -> Option<usize> {
    let behind = if tagged { message.get(1..)? } else { message };
    let (rest, _) = parse::octets(behind).ok()?;
    let (rest, length) = parse::length(rest).ok()?;
    length.checked_sub(rest.len()).filter(|missing| *missing > 0)
}

/// Who sent it, by the system title.
fn title(octets: &[u8]) -> String {
    let number: String = octets.iter().skip(3).map(|octet| format!("{octet:02x}")).collect();
    match octets.get(..3) {
        Some(id) if id.iter().all(u8::is_ascii_alphanumeric) => {
            let letters = String::from_utf8_lossy(id);
            let maker = maker(octets).map(|maker| format!(", {maker}")).unwrap_or_default();
            format!("{letters}{maker}, device {number}")
        }
        _ => hex(octets),
    }
}

fn protection(control: SecurityControl) -> String {
    let mut words = vec![format!("suite {}", control.suite())];
    let flags = [
        (control.encrypted(), "encrypted", "not encrypted"),
        (control.authenticated(), "with a tag", "without a tag"),
        (control.broadcast(), "broadcast key", ""),
        (control.compressed(), "compressed", ""),
    ];
    for (is, yes, no) in flags {
        let word = if is { yes } else { no };
        if !word.is_empty() {
            words.push(word.to_owned());
        }
    }
    words.join(", ")
}

/// Opens a message with the keys of its sender, as decoding does; and where that refuses what comes out, says so.
fn open(envelope: &Envelope, sender: SystemTitle, message: &[u8], context: &Context<'_>) -> Opened {
    let failed = |error| Opened { content: None, authenticated: None, error: Some(error) };
    let Some(keys) = context.keys.keys(&sender) else { return failed(SecurityError::NoKey) };
    let mut octets = message.get(..envelope.content.end).unwrap_or_default().to_vec();
    let tag = envelope.control.authenticated();
    let result = envelope.open(&mut octets, &keys).or_else(|error| match error {
        // The public key, where the user gave none.
        SecurityError::NoAuthenticationKey if keys.encryption.length() == 16 => {
            let public = Key::from_octets(&PUBLIC_AUTHENTICATION_KEY).ok();
            let keys = Keys { authentication: public, ..keys.clone() };
            envelope.open(&mut octets, &keys).map_err(|error| match error {
                SecurityError::WrongAuthenticationKey | SecurityError::WrongKey => {
                    SecurityError::NoAuthenticationKey
                }
                other => other,
            })
        }
        other => Err(other),
    });
    let (authenticated, error) = match &result {
        Ok(_) => (tag.then_some(true), None),
        Err(SecurityError::NoAuthenticationKey) => (None, Some(SecurityError::NoAuthenticationKey)),
        Err(
            error @ (SecurityError::WrongAuthenticationKey
            | SecurityError::Damaged { .. }
            | SecurityError::WrongKey),
        ) => (Some(false), Some(*error)),
        Err(error) => return failed(*error),
    };
    let opened = result.or_else(|_| envelope.open_unverified(&mut octets, &keys)).ok();
    let content = opened.and_then(|opened| octets.get(opened.content).map(<[u8]>::to_vec));
    let content = content.filter(|content| begins_sensibly(content));
    let error = match (&content, error) {
        (None, None) if authenticated == Some(true) => None,
        (None, None | Some(SecurityError::NoAuthenticationKey)) => Some(SecurityError::NoApdu),
        (_, error) => error,
    };
    Opened { content, authenticated, error }
}

/// Whether octets begin as what is ciphered does: a push, a transfer block, a P1 telegram or its lines.
fn begins_sensibly(content: &[u8]) -> bool {
    let is_text = |octet: &u8| octet.is_ascii_graphic() || matches!(octet, b'\r' | b'\n');
    match content {
        [0x0F, _, _, _, _, 0x00 | 0x09 | 0x0C | 0x19, ..] | [0xE6, 0xE7, 0x00, ..] | [0xE0, _, 0x00, ..] => {
            true
        }
        [b'/', a, b, c, ..] => [a, b, c].iter().all(|octet| octet.is_ascii_alphabetic()),
        _ => content.get(..16).is_some_and(|start| start.iter().all(is_text)),
    }
}

/// Says whether the message opened, and what is inside.
fn reveal(
    pen: &mut Pen<'_, '_>,
    context: &Context<'_>,
    start: usize,
    sender: SystemTitle,
    envelope: &Envelope,
    opened: Opened,
) {
    let maker = maker(sender.octets()).map(|maker| format!(", {maker}")).unwrap_or_default();
    let Opened { content, authenticated, error } = opened;
    let is_telegram = matches!(&content, Some(content) if content.first() == Some(&b'/'));
    match error {
        None => {}
        // The checksum inside vouches for a telegram.
        Some(SecurityError::NoAuthenticationKey) if context.unverified || is_telegram => {
            pen.doubt(0, "the message has a tag that was not checked", "give --auth-key to check it");
        }
        Some(SecurityError::Damaged { offset }) => pen.stop_at(
            start.saturating_add(offset),
            "one bit of this octet was changed on the way, by what the tag tells; the keys are right",
            "look at the line and the adapter between meter and computer",
        ),
        Some(error) => {
            let hint = match error {
                SecurityError::NoKey => {
                    "give --key, or --keys with a table for this sender; the grid company has the key. \
                     Nothing but what stands above can be seen without it"
                }
                SecurityError::NoAuthenticationKey => {
                    "give --auth-key, or --unverified to read it without checking the tag"
                }
                SecurityError::WrongKey | SecurityError::NoApdu => {
                    "check --key against what the grid company sent for this meter"
                }
                SecurityError::WrongAuthenticationKey => "check --auth-key; --key is right",
                _ => "",
            };
            let place = start.saturating_add(envelope.content.start);
            pen.stop_at(place, format_args!("{error} (sender {sender}{maker})"), hint);
        }
    }
    let Some(content) = content else { return };
    let number = pen.sheet.parts.iter().filter(|part| part.of == Of::Opened).count();
    let which = if number == 0 { String::new() } else { format!(" ({})", number.saturating_add(1)) };
    pen.sheet.begin(
        Of::Opened,
        format!("opened with the key{which}: {}", count(content.len(), "octet")),
        &content,
    );
    let Envelope { system_title, control, counter, .. } = *envelope;
    let authenticated = authenticated == Some(true);
    let trust = Trust::Opened(Security { system_title, control, counter, authenticated });
    let view = View::plain(&content, 0);
    let mut inner = Pen::new(pen.sheet, &view, "apdu", 0);
    apdu::messages(&mut inner, context, trust);
    inner.rest("not read", "");
}
