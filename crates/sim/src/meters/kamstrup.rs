//! Kamstrup: pairs of code and value, without scalers.

use crate::apdu::HeaderTime;
use crate::axdr::{Value, u32 as double_long};
use crate::ciphering::BOTH;
use crate::clock::{Deviation, Style, Zone};
use crate::household::Household;
use crate::list::Type::{U16, U32};
use crate::list::{Body, Row, Row::*, Shape, Unit};
use crate::message::Message;
use crate::meter::{HOUR, List, Meter, always, every, sends};

const CLOCK: Style = Style { hundredths: 0xFF, deviation: Deviation::Absent, ..Style::TRUE };

/// The meter number, where it is a number.
const NUMBER: &str = "99######";

const VERSION: &[Row] = &[Text("", "Kamstrup_V0001")];
const DIRECT: &[Row] = &[Text("1-1:0.0.5", "99000030########"), Text("1-1:96.1.1", "6840000BN990000###")];
const ONE_PHASE: &[Row] = &[Text("1-1:0.0.5", "99000030########"), Text("1-1:96.1.1", "6860000BN990000###")];
const TRANSFORMER: &[Row] =
    &[Text("1-1:0.0.5", "99000030########"), Text("1-1:96.1.1", "6850000BN990000###")];
const POWERS: &[Row] =
    &[Num("1-1:1.7.0", U32, 0), Num("1-1:2.7.0", U32, 0), Num("1-1:3.7.0", U32, 0), Num("1-1:4.7.0", U32, 0)];
const I1: &[Row] = &[Num("1-1:31.7.0", U32, -2)];
const I23: &[Row] = &[Num("1-1:51.7.0", U32, -2), Num("1-1:71.7.0", U32, -2)];
const I_CT: &[Row] = &[Num("1-1:31.7.0", U32, -3), Num("1-1:51.7.0", U32, -3), Num("1-1:71.7.0", U32, -3)];
const U1: &[Row] = &[Num("1-1:32.7.0", U16, 0)];
const U23: &[Row] = &[Num("1-1:52.7.0", U16, 0), Num("1-1:72.7.0", U16, 0)];
const NULLS: &[Row] =
    &[Is("", |_| Value::Null), Is("", |_| Value::Null), Is("", |_| Value::Null), Is("", |_| Value::Null)];
const HOURLY: &[Row] = &[
    Clock("0-1:1.0.0", CLOCK),
    Num("1-1:1.8.0", U32, 1),
    Num("1-1:2.8.0", U32, 1),
    Num("1-1:3.8.0", U32, 1),
    Num("1-1:4.8.0", U32, 1),
];
/// What is left of the hourly list on one phase and one quadrant.
const ONE_QUADRANT: &[Row] = &[
    Text("1-1:0.0.5", "99000030########"),
    Text("1-1:96.1.1", "6860000BN990000###"),
    Num("1-1:1.7.0", U32, 0),
    Num("1-1:31.7.0", U32, -2),
    Num("1-1:32.7.0", U16, 0),
    Clock("0-1:1.0.0", CLOCK),
    Num("1-1:1.8.0", U32, 1),
];

const PUSH_1: &[Row] = &[
    Num("1-1:1.8.0", U32, 1),
    Num("1-1:2.8.0", U32, 1),
    Num("1-1:3.8.0", U32, 1),
    Num("1-1:4.8.0", U32, 1),
    Is("1-1:0.0.1", |h| double_long(h.fill(NUMBER).parse().expect("digits"))),
    Num("1-1:1.7.0", U32, 0),
    Num("1-1:2.7.0", U32, 0),
    Num("1-1:3.7.0", U32, 0),
    Num("1-1:4.7.0", U32, 0),
    Clock("0-1:1.0.0", CLOCK),
];
const PUSH_1_3P: &[Row] = &[
    Num("1-1:32.7.0", U16, 0),
    Num("1-1:52.7.0", U16, 0),
    Num("1-1:72.7.0", U16, 0),
    Num("1-1:31.7.0", U32, -2),
    Num("1-1:51.7.0", U32, -2),
    Num("1-1:71.7.0", U32, -2),
    Num("1-1:21.7.0", U32, 0),
    Num("1-1:41.7.0", U32, 0),
    Num("1-1:61.7.0", U32, 0),
    Num("1-1:33.7.0", U16, -2),
    Num("1-1:53.7.0", U16, -2),
    Num("1-1:73.7.0", U16, -2),
    Num("1-1:13.7.0", U16, -2),
    Num("1-1:22.7.0", U32, 0),
    Num("1-1:42.7.0", U32, 0),
    Num("1-1:62.7.0", U32, 0),
    Num("1-1:22.8.0", U32, 1),
    Num("1-1:42.8.0", U32, 1),
    Num("1-1:62.8.0", U32, 1),
    Num("1-1:21.8.0", U32, 1),
    Num("1-1:41.8.0", U32, 1),
    Num("1-1:61.8.0", U32, 1),
];
const PUSH_1_1P: &[Row] = &[
    Num("1-1:32.7.0", U16, 0),
    Num("1-1:31.7.0", U32, -2),
    Num("1-1:21.7.0", U32, 0),
    Num("1-1:33.7.0", U16, -2),
    Num("1-1:13.7.0", U16, -2),
    Num("1-1:22.7.0", U32, 0),
    Num("1-1:22.8.0", U32, 1),
    Num("1-1:21.8.0", U32, 1),
];

/// The header time with its true length.
fn new(h: &Household, tables: &[&[Row]]) -> Unit {
    unit(h, HeaderTime::Plain(h.clock(Zone::CetNormal).octets(CLOCK)), tables)
}

/// The header time of firmware before revision 3.0 of the interface description.
fn old(h: &Household, tables: &[&[Row]]) -> Unit {
    unit(h, HeaderTime::Octets(h.clock(Zone::CetNormal).octets(CLOCK)), tables)
}

fn unit(h: &Household, time: HeaderTime, tables: &[&[Row]]) -> Unit {
    let mut body = Body::new(h, Zone::CetNormal, Shape::Pairs, tables);
    body.clock = Some(h.clock(Zone::CetNormal));
    if !body.texts.iter().any(|(name, _)| *name == "meter_id") {
        body.texts.push(("meter_id", h.fill(NUMBER)));
    }
    body.with_text("list_ver_id", "Kamstrup_V0001".to_owned()).structure(0, time)
}

fn plain(unit: Unit) -> Message {
    unit.hdlc(&[0x2B], &[0x21], 0x13)
}

fn ciphered(h: &Household, unit: Unit) -> Message {
    unit.ciphered(h, b"KAM", BOTH).hdlc(&[0x41], &[0x03], 0x13)
}

/// The voltage in hundredths, as after some reconfigurations, and energies in Wh.
fn fine(rows: &[Row]) -> Vec<Row> {
    let finer = |row: &Row| match *row {
        Num(code, U16, 0) => Num(code, U16, -2),
        Num(code, U32, 1) => Num(code, U32, 0),
        row => row,
    };
    rows.iter().map(finer).collect()
}

pub(super) const LISTS: &[List] = &[
    list("kamstrup-no-25", "NO", 25, |h| plain(new(h, &[VERSION, DIRECT, POWERS, I1, I23, U1, U23]))),
    list("kamstrup-no-35", "NO", 35, |h| plain(new(h, &[VERSION, DIRECT, POWERS, I1, I23, U1, U23, HOURLY]))),
    list("kamstrup-no-25-old", "NO", 25, |h| plain(old(h, &[VERSION, DIRECT, POWERS, I1, I23, U1, U23]))),
    list("kamstrup-no-35-old", "NO", 35, |h| {
        plain(old(h, &[VERSION, DIRECT, POWERS, I1, I23, U1, U23, HOURLY]))
    }),
    list("kamstrup-no-25-1p", "NO", 25, |h| {
        plain(old(&h.one_phase(), &[VERSION, ONE_PHASE, POWERS, I1, NULLS, U1, NULLS]))
    }),
    list("kamstrup-no-35-1p", "NO", 35, |h| {
        plain(old(&h.one_phase(), &[VERSION, ONE_PHASE, POWERS, I1, NULLS, U1, NULLS, HOURLY]))
    }),
    list("kamstrup-no-15", "NO", 15, |h| plain(new(&h.one_phase(), &[VERSION, ONE_QUADRANT]))),
    list("kamstrup-no-25-ct", "NO", 25, |h| plain(new(h, &[VERSION, TRANSFORMER, POWERS, I_CT, U1, U23]))),
    list("kamstrup-no-35-ct", "NO", 35, |h| {
        plain(new(h, &[VERSION, TRANSFORMER, POWERS, I_CT, U1, U23, HOURLY]))
    }),
    list("kamstrup-push-65", "SE", 65, |h| plain(new(h, &[VERSION, PUSH_1, PUSH_1_3P]))),
    list("kamstrup-push-37", "SE", 37, |h| plain(new(&h.one_phase(), &[VERSION, PUSH_1, PUSH_1_1P]))),
    list("kamstrup-push-65-fine", "SE", 65, |h| plain(new(h, &[VERSION, &fine(PUSH_1), &fine(PUSH_1_3P)]))),
    list("kamstrup-dk-65", "DK", 65, |h| ciphered(h, new(h, &[VERSION, PUSH_1, PUSH_1_3P]))),
    list("kamstrup-dk-37", "DK", 37, |h| ciphered(h, new(&h.one_phase(), &[VERSION, PUSH_1, PUSH_1_1P]))),
    list("kamstrup-dk-25", "DK", 25, |h| ciphered(h, new(h, &[VERSION, DIRECT, POWERS, I1, I23, U1, U23]))),
];

const fn list(
    name: &'static str,
    country: &'static str,
    elements: usize,
    encode: fn(&Household) -> Message,
) -> List {
    List { name, maker: "Kamstrup", country, framing: "hdlc", elements, encode }
}

macro_rules! norway {
    ($name:literal, $hourly:literal, $ten:literal) => {
        sends($name, 10_000, &[every($hourly, HOUR, 0), always($ten)])
    };
}

pub(super) const METERS: &[Meter] = &[
    norway!("kamstrup-no-3p", "kamstrup-no-35", "kamstrup-no-25"),
    norway!("kamstrup-no-3p-old", "kamstrup-no-35-old", "kamstrup-no-25-old"),
    norway!("kamstrup-no-1p", "kamstrup-no-35-1p", "kamstrup-no-25-1p"),
    norway!("kamstrup-no-ct", "kamstrup-no-35-ct", "kamstrup-no-25-ct"),
    sends("kamstrup-se-3p", 10_000, &[always("kamstrup-push-65")]),
    sends("kamstrup-se-1p", 10_000, &[always("kamstrup-push-37")]),
    sends("kamstrup-dk-3p", 10_000, &[always("kamstrup-dk-65")]),
    sends("kamstrup-dk-1p", 10_000, &[always("kamstrup-dk-37")]),
];
