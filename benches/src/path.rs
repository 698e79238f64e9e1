//! The ways of octets through the libraries. Each is a function of a stream and says how much it has found.

use std::hint::black_box;
use std::sync::LazyLock;

use amshan::cosem::{Apdu, Key, Keys, parse};
use amshan::hdlc::strip_llc;
use amshan::{Decoder, Framing, LAYOUTS, Lists, Message, Reader, Reading};
use amshan_cli::output::{Format, Printer};
use amshan_dlde::ReadoutReader;
use amshan_hdlc::FrameReader;

use crate::feed;

/// A path: a stream in, and how many units or values were found in it.
pub type Path = fn(&[u8]) -> usize;

/// How many units come out of a reader.
macro_rules! through {
    ($reader:expr, $octets:expr, $chunk:expr, $next:ident) => {{
        let (mut reader, mut found) = ($reader, 0);
        feed!(&mut reader, $octets, $chunk, $next, |unit| found += usize::from(unit.is_ok()));
        found
    }};
}

/// All paths by name.
pub const PATHS: &[(&str, Path)] = &[
    // Frames and readouts with their checks.
    ("hdlc", |octets| amshan_hdlc::frames(octets).flatten().count()),
    ("mbus", |octets| amshan_mbus::frames(octets).flatten().count()),
    ("p1", |octets| amshan_dlde::readouts(octets).flatten().count()),
    // The same through their readers, in pieces of so many octets.
    ("hdlc-by-1", |octets| through!(FrameReader::new(), octets, 1, next_frame)),
    ("hdlc-by-512", |octets| through!(FrameReader::new(), octets, 512, next_frame)),
    ("mbus-by-1", |octets| through!(amshan_mbus::FrameReader::new(), octets, 1, next_frame)),
    ("p1-by-1", |octets| through!(ReadoutReader::new(), octets, 1, next_readout)),
    ("p1-by-512", |octets| through!(ReadoutReader::new(), octets, 512, next_readout)),
    // Every value in them.
    ("hdlc-values", hdlc_values),
    ("p1-values", p1_values),
    // Every field that has a name.
    ("hdlc-fields", hdlc_fields),
    ("hdlc-fields-known", hdlc_fields_known),
    ("p1-fields", p1_fields),
    ("p1-fields-known", p1_fields_known),
    ("body", body),
    // The whole library: messages, and every field of theirs.
    ("reader", |octets| reader(octets, usize::MAX, &Decoder::new())),
    ("reader-known", |octets| reader(octets, usize::MAX, &Decoder::new().lists(&LISTS))),
    ("reader-key", reader_with_key),
    ("reader-by-1", |octets| reader(octets, 1, &Decoder::new())),
    // The program, but for its reading and writing: a line for each message.
    ("json", json),
];

/// The path of this name.
pub fn named(name: &str) -> Option<Path> {
    PATHS.iter().find(|(known, _)| *known == name).map(|(_, path)| *path)
}

/// Messages out of a stream that comes in pieces of so many octets, down to their fields.
pub fn reader(octets: &[u8], chunk: usize, decoder: &Decoder<'_>) -> usize {
    let mut found = 0;
    messages(octets, chunk, |message| {
        found += decoder.readings(message).flatten().map(|reading| fields(&reading)).sum::<usize>();
    });
    found
}

/// Octets of JSON lines.
fn json(octets: &[u8]) -> usize {
    let (decoder, mut printer) = (Decoder::new().lists(&LISTS), Printer::new(Format::Json, false, false));
    let (mut out, mut found) = (Vec::new(), 0);
    messages(octets, usize::MAX, |message| {
        let origin = message.origin();
        for reading in decoder.readings(message) {
            let Ok(reading) = reading else { continue };
            printer.print(&origin, &reading, &mut out);
        }
        found += black_box(&out).len();
        out.clear();
    });
    found
}

fn messages(octets: &[u8], chunk: usize, mut each: impl FnMut(Message<'_>)) {
    let mut reader = Reader::new();
    feed!(&mut reader, octets, chunk, next_message, |message| {
        if let Ok(message) = message {
            each(message);
        }
    });
}

fn reader_with_key(octets: &[u8]) -> usize {
    let key = |octet| Key::from_octets(&[octet; 16]).expect("sixteen octets");
    let keys = Keys { encryption: key(1), authentication: Some(key(2)) };
    reader(octets, usize::MAX, &Decoder::new().keys(&keys))
}

fn hdlc_values(octets: &[u8]) -> usize {
    let mut found = 0;
    for frame in amshan_hdlc::frames(octets).flatten() {
        let each = |data| {
            black_box(data);
            found += 1;
        };
        let (_, message) = strip_llc(frame.information());
        let _ = parse::data_notification(message, |body| parse::each_value(body, each));
    }
    found
}

fn p1_values(octets: &[u8]) -> usize {
    let mut found = 0;
    for readout in amshan_dlde::readouts(octets).flatten() {
        readout.data_sets().flatten().for_each(|set| {
            for value in set.values() {
                black_box(value.number());
                found += 1;
            }
        });
    }
    found
}

fn hdlc_fields(octets: &[u8]) -> usize {
    let mut found = 0;
    for frame in amshan_hdlc::frames(octets).flatten() {
        if let Ok((Apdu::DataNotification(notification), _)) = Apdu::parse(strip_llc(frame.information()).1) {
            found += fields(&Reading::of_notification(&notification, LAYOUTS));
        }
    }
    found
}

/// What came before, whichever path it came.
static LISTS: LazyLock<Lists<'static>> = LazyLock::new(|| Lists::new(&[]));

/// The same where each list is known from the first of its kind.
fn hdlc_fields_known(octets: &[u8]) -> usize {
    let lists = &*LISTS;
    let mut found = 0;
    amshan_hdlc::frames(octets).flatten().for_each(|frame| {
        let (_, message) = strip_llc(frame.information());
        found += match lists.reading(message) {
            Some(reading) => fields(&reading),
            None => {
                lists.learn(message);
                lists.reading(message).map_or(0, |reading| fields(&reading))
            }
        };
    });
    found
}

fn p1_fields(octets: &[u8]) -> usize {
    amshan_dlde::readouts(octets).flatten().map(|readout| fields(&Reading::of_readout(readout))).sum()
}

/// The same where each telegram is known from the first of its kind.
fn p1_fields_known(octets: &[u8]) -> usize {
    let lists = &*LISTS;
    let mut found = 0;
    amshan_dlde::readouts(octets).flatten().for_each(|readout| {
        found += match lists.readout(readout) {
            Some(reading) => fields(&reading),
            None => {
                lists.learn_readout(&readout);
                lists.readout(readout).map_or(0, |reading| fields(&reading))
            }
        };
    });
    found
}

/// The whole stream as one notification body.
fn body(octets: &[u8]) -> usize {
    let mut octets = octets.to_vec();
    let message = Message::bare(Framing::Body, 0, &mut octets);
    Decoder::new().readings(message).flatten().map(|reading| fields(&reading)).sum()
}

fn fields(reading: &Reading<'_>) -> usize {
    let mut found = 0;
    let field = |field, value: &_| {
        black_box((field, value));
        found += 1;
    };
    reading.each_field(field, drop);
    found
}
