//! Landis+Gyr: the Embriq module in Norway, self-describing lists in Switzerland, bare values in Austria.

use crate::apdu::{HeaderTime, with_llc};
use crate::axdr::{Value, array, i8 as integer, obis, structure, u16 as long_unsigned, u32 as double_long};
use crate::ciphering::{BOTH, ENCRYPTED};
use crate::clock::{Deviation, Style, Zone};
use crate::hdlc::frame;
use crate::household::Household;
use crate::list::Type::{I16, I64, U16, U32, U64};
use crate::list::{Body, Row, Row::*, Shape, Unit};
use crate::message::Message;
use crate::meter::{HOUR, List, Meter, QUARTER, always, every, sends};

/// The only one that tells hundredths.
const CLOCK_E360: Style = Style { hundredths: 18, ..Style::TRUE };

const IMPORT: &[Row] = &[Num("1-0:1.7.0", U32, 0)];
const EMBRIQ: &[Row] = &[
    Text("1-1:0.2.129", "EMBRIQ_V1_1"),
    Text("0-0:96.1.0", "990000######\0\0\0\0"),
    Text("0-0:96.1.7", "\0\0\0\0\0\0\0\0"),
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:2.7.0", U32, 0),
    Num("1-0:3.7.0", U32, 0),
    Num("1-0:4.7.0", U32, 0),
    Num("1-0:31.7.0", I16, -2),
    Num("1-0:51.7.0", I16, -2),
    Num("1-0:71.7.0", I16, -2),
    Num("1-0:32.7.0", U16, -1),
    Num("1-0:52.7.0", U16, -1),
    Num("1-0:72.7.0", U16, -1),
];

const HOURLY: &[Row] = &[
    Clock("0-0:1.0.0", Style { weekday: false, deviation: Deviation::Zero, ..Style::TRUE }),
    Num("1-0:1.8.0", U32, 1),
    Num("1-0:2.8.0", U32, 1),
    Num("1-0:3.8.0", U32, 1),
    Num("1-0:4.8.0", U32, 1),
];

const PUSH_1: &[Row] = &[
    Octets("0-0:96.1.0", "99######"),
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:2.7.0", U32, 0),
    Num("1-1:1.8.0", U32, 0),
    Num("1-1:2.8.0", U32, 0),
    Num("1-1:5.8.0", U32, 0),
    Num("1-1:6.8.0", U32, 0),
    Num("1-1:7.8.0", U32, 0),
    Num("1-1:8.8.0", U32, 0),
    Num("1-0:31.7.0", U16, -2),
    Num("1-0:51.7.0", U16, -2),
    Num("1-0:71.7.0", U16, -2),
];
const PUSH_2: &[Row] = &[
    Octets("0-0:96.1.0", "99######"),
    Num("1-1:1.8.1", U32, 0),
    Num("1-1:1.8.2", U32, 0),
    Num("1-1:2.8.1", U32, 0),
    Num("1-1:2.8.2", U32, 0),
];
/// Meters on M-Bus channels: gas on 1, water on 2, in litres.
const PUSH_3: &[Row] = &[
    Octets("0-0:96.1.0", "99######"),
    Is("0-1:24.2.1", |h| double_long(h.gas as u32)),
    Is("0-2:24.2.1", |h| double_long(h.water as u32)),
];
/// Numbers of 64 bits, currents in whole amperes.
const E570: &[Row] = &[
    Octets("0-0:42.0.0", "LGZ10304099#####"),
    Clock("0-0:1.0.0", Style::LOCAL),
    Num("1-0:1.7.0", I64, 0),
    Num("1-0:2.7.0", I64, 0),
    Num("1-0:3.7.0", I64, 0),
    Num("1-0:4.7.0", I64, 0),
    Num("1-1:1.8.0", U64, 0),
    Num("1-1:2.8.0", U64, 0),
    Num("1-1:5.8.0", U64, 0),
    Num("1-1:6.8.0", U64, 0),
    Num("1-1:7.8.0", U64, 0),
    Num("1-1:8.8.0", U64, 0),
    Num("1-0:31.7.0", I64, 0),
    Num("1-0:51.7.0", I64, 0),
    Num("1-0:71.7.0", I64, 0),
    Num("1-0:13.7.0", I16, -3),
];
const VSE_E570: &[Row] = &[
    Octets("0-0:42.0.0", "LGZ10304099#####"),
    Num("1-1:1.8.0", U64, 0),
    Num("1-1:2.8.0", U64, 0),
    Num("1-1:3.8.0", U64, 0),
    Num("1-1:4.8.0", U64, 0),
    Num("1-0:1.7.0", I64, 0),
    Num("1-0:2.7.0", I64, 0),
    Num("1-0:32.7.0", I64, 0),
    Num("1-0:52.7.0", I64, 0),
    Num("1-0:72.7.0", I64, 0),
    Num("1-0:31.7.0", I64, 0),
    Num("1-0:51.7.0", I64, 0),
    Num("1-0:71.7.0", I64, 0),
];
const VSE_E360: &[Row] = &[
    Octets("0-0:42.0.0", "LGZ10306099#####"),
    Num("1-1:1.8.0", U32, 0),
    Num("1-1:2.8.0", U32, 0),
    Num("1-1:3.8.0", U32, 0),
    Num("1-1:4.8.0", U32, 0),
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:2.7.0", U32, 0),
    Num("1-0:32.7.0", U16, -1),
    Num("1-0:72.7.0", U16, -1),
    Num("1-0:52.7.0", U16, -1),
    Num("1-0:31.7.0", U16, -2),
    Num("1-0:51.7.0", U16, -2),
    Num("1-0:71.7.0", U16, -2),
];
const FIRST: &[Row] = &[
    Clock("", Style::LOCAL),
    Num("1-0:1.8.0", U32, 0),
    Num("1-0:1.8.1", U32, 0),
    Num("1-0:1.8.2", U32, 0),
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:2.8.0", U32, 0),
    Num("1-0:2.8.1", U32, 0),
    Num("1-0:2.8.2", U32, 0),
    Num("1-0:2.7.0", U32, 0),
    Num("1-0:3.8.0", U32, 0),
    Num("1-0:3.8.1", U32, 0),
    Num("1-0:3.8.2", U32, 0),
    Num("1-0:3.7.0", U32, 0),
    Num("1-0:4.8.0", U32, 0),
    Num("1-0:4.8.1", U32, 0),
    Num("1-0:4.8.2", U32, 0),
    Num("1-0:4.7.0", U32, 0),
];
const BURGENLAND: &[Row] = &[
    Num("1-0:32.7.0", U16, 0),
    Num("1-0:52.7.0", U16, 0),
    Num("1-0:72.7.0", U16, 0),
    Num("1-0:31.7.0", U16, -2),
    Num("1-0:51.7.0", U16, -2),
    Num("1-0:71.7.0", U16, -2),
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:2.7.0", U32, 0),
    Num("1-0:1.8.0", U32, 0),
    Num("1-0:2.8.0", U32, 0),
    Num("1-0:81.7.40", U16, 0),
    Num("1-0:81.7.51", U16, 0),
    Num("1-0:81.7.62", U16, 0),
    Octets("", "99######"),
];
/// What an E450 sent beside its own list: two registers without a word.
const STRAY: &[Row] = &[Num("1-0:1.8.0", U32, 0), Num("1-0:2.8.0", U32, 0)];

fn embriq(h: &Household, tables: &[&[Row]]) -> Message {
    let body = Body::new(h, Zone::Cet, Shape::Records, tables);
    body.array(0x4000_0000, HeaderTime::Absent).hdlc(&[0x41], &[0x08, 0x83], 0x13)
}

/// The definition of one value: {class, code, attribute, index}.
pub(super) fn definition(class: u16, code: &str, attribute: i8) -> Value {
    structure([long_unsigned(class), obis(code), integer(attribute), long_unsigned(0)])
}

fn class_of(row: &Row) -> (u16, &'static str) {
    match *row {
        Num(code, ..) => (3, code),
        Clock(code, _) => (8, code),
        Text(code, _) | Octets(code, _) | Is(code, _) | Date(code) | Time(code) => (1, code),
    }
}

/// A list that begins with its own description: what each value is, the description itself (attribute 2 of the push
/// setup) included, and before 2026 the name of the push setup (attribute 1).
pub(super) fn described(h: &Household, setup: &str, named: bool, style: Style, rows: &[Row]) -> Unit {
    let mut definitions = vec![definition(40, setup, 2)];
    let mut values = vec![Value::Null];
    if named {
        definitions.push(definition(40, setup, 1));
        values.push(obis(setup));
    }
    for row in rows {
        let (class, code) = class_of(row);
        definitions.push(definition(class, code, 2));
    }
    let mut body = Body::new(h, Zone::Cet, Shape::Bare, &[rows]);
    values.append(&mut body.items);
    values[0] = array(definitions);
    body.items = values;
    body.clock = Some(h.clock(Zone::Cet));
    let time = HeaderTime::Plain(h.clock(Zone::Cet).octets(style));
    body.structure(h.counter() & 0x00FF_FFFF, time)
}

fn blocks(unit: Unit, destination: u8) -> Message {
    unit.hdlc_blocks(&[0xCE, destination], &[0x03], 112)
}

fn long_blocks(unit: Unit) -> Message {
    unit.hdlc_blocks(&[0xCE, 0xFF], &[0x03], 119)
}

fn e570(h: &Household, setup: &str, rows: &[Row]) -> Message {
    e450(h, setup, rows).ciphered(h, b"LGZg", ENCRYPTED).hdlc_blocks(&[0xCE, 0x9B], &[0x03], 116)
}

fn e450(h: &Household, setup: &str, rows: &[Row]) -> Unit {
    described(h, setup, true, Style::LOCAL, rows)
}

fn bare(h: &Household, shape: Shape, rows: &[Row]) -> Unit {
    let time = HeaderTime::Plain(h.clock(Zone::Cet).octets(Style::LOCAL));
    let mut body = Body::new(h, Zone::Cet, shape, &[rows]);
    body.clock = Some(h.clock(Zone::Cet));
    body.structure(h.counter() & 0x00FF_FFFF, time)
}

/// Three pushes, a minute apart, in one frame. Values that nothing in the message names are no fields.
fn stray(h: &Household) -> Message {
    let push = |minutes: u64| {
        let then = h.then(h.unix_ms - minutes * 60_000);
        bare(&then, Shape::Bare, STRAY).bare()
    };
    let mut message = push(2);
    message.values.clear();
    message.plain = [push(2).plain, with_llc(&push(1).plain), with_llc(&push(0).plain)].concat();
    message.bytes = frame(&[0xCE, 0xFF], &[0x03], 0x13, &with_llc(&message.plain), false);
    message
}

pub(super) const LISTS: &[List] = &[
    list("landisgyr-no-list-1", "NO", "hdlc", 1, |h| embriq(h, &[IMPORT])),
    list("landisgyr-no-list-2", "NO", "hdlc", 13, |h| embriq(h, &[EMBRIQ])),
    list("landisgyr-no-list-3", "NO", "hdlc", 18, |h| embriq(&h.registers_of_the_hour(), &[EMBRIQ, HOURLY])),
    list("landisgyr-e450-push-1", "CH", "hdlc-blocks", 14, |h| blocks(e450(h, "0-8:25.9.0", PUSH_1), 0xFF)),
    list("landisgyr-e450-push-2", "CH", "hdlc-blocks", 7, |h| blocks(e450(h, "0-9:25.9.0", PUSH_2), 0xFF)),
    list("landisgyr-e450-push-3", "CH", "hdlc-blocks", 5, |h| blocks(e450(h, "0-11:25.9.0", PUSH_3), 0xFF)),
    list("landisgyr-e450-push-1-encrypted", "CH", "hdlc-blocks", 14, |h| {
        blocks(e450(h, "0-8:25.9.0", PUSH_1).ciphered(h, b"LGZ", BOTH), 0xFF)
    }),
    list("landisgyr-e570-push-1-encrypted", "CH", "hdlc-blocks", 18, |h| e570(h, "0-8:25.9.0", E570)),
    list("landisgyr-e570-push-2-encrypted", "CH", "hdlc-blocks", 7, |h| e570(h, "0-9:25.9.0", PUSH_2)),
    list("landisgyr-e450-stray", "CH", "hdlc", 2, stray),
    list("landisgyr-e570-vse-2026", "CH", "hdlc-blocks", 14, |h| {
        blocks(described(h, "0-8:25.9.0", false, Style::LOCAL, VSE_E570), 0x95)
    }),
    list("landisgyr-e360-vse-2026", "CH", "hdlc", 14, |h| {
        described(h, "0-6:25.9.0", false, CLOCK_E360, VSE_E360).hdlc(&[0xCF], &[0x03], 0x13)
    }),
    list("landisgyr-first-generation", "CH", "hdlc-blocks", 33, |h| {
        long_blocks(bare(h, Shape::Pairs, FIRST).ciphered(h, b"LGZgs", BOTH))
    }),
    list("landisgyr-at-burgenland", "AT", "hdlc", 14, |h| {
        bare(h, Shape::Bare, BURGENLAND).ciphered(h, b"LGZg", BOTH).hdlc(&[0xCE, 0xFF], &[0x03], 0x13)
    }),
    list("landisgyr-at-burgenland-blocks", "AT", "hdlc-blocks", 14, |h| {
        long_blocks(bare(h, Shape::Bare, BURGENLAND).ciphered(h, b"LGZg", BOTH))
    }),
];

const fn list(
    name: &'static str,
    country: &'static str,
    framing: &'static str,
    elements: usize,
    encode: fn(&Household) -> Message,
) -> List {
    List { name, maker: "Landis+Gyr", country, framing, elements, encode }
}

pub(super) const METERS: &[Meter] = &[
    sends(
        "landisgyr-no",
        2_500,
        &[
            every("landisgyr-no-list-3", HOUR, 10_000),
            every("landisgyr-no-list-2", 10_000, 0),
            always("landisgyr-no-list-1"),
        ],
    ),
    sends(
        "landisgyr-e450",
        5_000,
        &[
            every("landisgyr-e450-push-3", QUARTER, 0),
            every("landisgyr-e450-push-2", 60_000, 0),
            always("landisgyr-e450-push-1"),
        ],
    ),
    sends(
        "landisgyr-e570-encrypted",
        5_000,
        &[every("landisgyr-e570-push-2-encrypted", 60_000, 0), always("landisgyr-e570-push-1-encrypted")],
    ),
    sends("landisgyr-e570", 5_000, &[always("landisgyr-e570-vse-2026")]),
    sends("landisgyr-e360", 5_000, &[always("landisgyr-e360-vse-2026")]),
    sends("landisgyr-first-generation", 5_000, &[always("landisgyr-first-generation")]),
    sends("landisgyr-at-burgenland", 5_000, &[always("landisgyr-at-burgenland")]),
];
