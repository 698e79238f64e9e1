//! Iskraemeco: the operators' lists, most of them bare values.

use crate::apdu::HeaderTime;
use crate::axdr::{
    Value, array, boolean, enumerated, octets, u8 as unsigned, u16 as long_unsigned, u32 as double_long,
};
use crate::ciphering::ENCRYPTED;
use crate::clock::{Style, Zone};
use crate::household::Household;
use crate::list::Type::{U16, U32};
use crate::list::{Body, Row, Row::*, Shape, Unit};
use crate::message::Message;
use crate::meter::{List, Meter, QUARTER, always, every, sends};
use crate::meters::landisgyr::described;

/// True deviation, whole seconds.
const CLOCK: Style = Style { hundredths: 0, ..Style::TRUE };

const NAME: &str = "ISK10309909#####";
const SERIAL: &str = "ISK9909####";

const LIST_A: &[Row] = &[
    Octets("0-0:42.0.0", NAME),
    Octets("0-0:96.1.2", "16829905"),
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:2.7.0", U32, 0),
    Num("1-0:3.7.0", U32, 0),
    Num("1-0:4.7.0", U32, 0),
    Num("1-0:32.7.0", U16, -1),
    Num("1-0:52.7.0", U16, -1),
    Num("1-0:72.7.0", U16, -1),
    Num("1-0:31.7.0", U16, -2),
    Num("1-0:51.7.0", U16, -2),
    Num("1-0:71.7.0", U16, -2),
    Num("1-0:21.7.0", U32, 0),
    Num("1-0:41.7.0", U32, 0),
    Num("1-0:61.7.0", U32, 0),
    Num("1-0:22.7.0", U32, 0),
    Num("1-0:42.7.0", U32, 0),
    Num("1-0:62.7.0", U32, 0),
];
const LIST_B: &[Row] = &[
    Octets("0-0:42.0.0", NAME),
    Octets("", "UP_3f"),
    Num("1-0:32.7.0", U16, -1),
    Num("1-0:52.7.0", U16, -1),
    Num("1-0:72.7.0", U16, -1),
    Num("1-0:31.7.0", U16, -2),
    Num("1-0:51.7.0", U16, -2),
    Num("1-0:71.7.0", U16, -2),
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:2.7.0", U32, 0),
    Num("1-0:3.7.0", U32, 0),
    Num("1-0:4.7.0", U32, 0),
];
const LIST_C: &[Row] = &[
    Octets("0-0:42.0.0", NAME),
    Octets("0-0:96.1.3", "16829906"),
    Is("0-0:96.3.10", |_| enumerated(1)),
    Is("0-0:96.14.0", |_| octets([0x00, 0x02])),
];
/// The same with an empty list id and a boolean breaker.
const LIST_C_BOOLEAN: &[Row] = &[
    Octets("0-0:42.0.0", NAME),
    Octets("0-0:96.1.3", ""),
    Is("0-0:96.3.10", |_| boolean(true)),
    Is("0-0:96.14.0", |_| octets([0x00, 0x02])),
];
const ENERGIES_C: &[Row] = &[
    Num("1-0:1.8.0", U32, 0),
    Num("1-0:1.8.1", U32, 0),
    Num("1-0:1.8.2", U32, 0),
    Num("1-0:2.8.0", U32, 0),
    Num("1-0:2.8.1", U32, 0),
    Num("1-0:2.8.2", U32, 0),
    Num("1-0:3.8.0", U32, 0),
    Num("1-0:4.8.0", U32, 0),
];
const LIST_D: &[Row] = &[
    Octets("0-0:42.0.0", NAME),
    Octets("", SERIAL),
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:2.7.0", U32, 0),
    Num("1-0:3.7.0", U32, 0),
    Num("1-0:4.7.0", U32, 0),
    Num("1-0:32.7.0", U16, -1),
];
/// Nobody knows what these are; they have always been 0.
const REST_D_9: &[Row] = &[Is("", |_| double_long(0)), Is("", |_| double_long(0))];
const REST_D_10: &[Row] = &[Num("1-0:31.7.0", U16, -2), Num("1-0:21.7.0", U32, 0), Num("1-0:22.7.0", U32, 0)];
const LIST_D_ENERGY: &[Row] = &[
    Octets("0-0:42.0.0", NAME),
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:2.7.0", U32, 0),
    Num("1-0:1.8.0", U32, 0),
    Num("1-0:1.8.1", U32, 0),
    Num("1-0:1.8.2", U32, 0),
    Num("1-0:2.8.0", U32, 0),
    Num("1-0:2.8.1", U32, 0),
    Num("1-0:2.8.2", U32, 0),
];
const LIST_E: &[Row] =
    &[Octets("", "9909####"), Is("", |_| unsigned(0)), Num("1-0:1.8.0", U32, 0), Num("1-0:2.8.0", U32, 0)];
const LIST_F: &[Row] = &[
    Octets("0-0:96.1.0", "9909####"),
    Octets("0-0:96.1.1", "99####"),
    Num("1-1:1.7.0", U32, 0),
    Num("1-1:2.7.0", U32, 0),
    Num("1-1:1.8.0", U32, 0),
    Num("1-1:2.8.0", U32, 0),
    Num("1-0:32.7.0", U16, -1),
    Num("1-0:52.7.0", U16, -1),
    Num("1-0:72.7.0", U16, -1),
    Num("1-0:31.7.0", U16, -2),
    Num("1-0:51.7.0", U16, -2),
    Num("1-0:71.7.0", U16, -2),
    Num("1-1:1.8.1", U32, 0),
    Num("1-1:1.8.2", U32, 0),
    Num("1-1:2.8.1", U32, 0),
    Num("1-1:2.8.2", U32, 0),
];
const LIST_G: &[Row] = &[
    Is("", |_| crate::axdr::obis("0-6:25.9.0")),
    Octets("", "99###########"),
    Time("0-0:1.0.0"),
    Date("0-0:1.0.0"),
    Num("1-0:1.8.0", U32, 0),
    Num("1-0:2.8.0", U32, 0),
    Num("1-0:3.8.0", U32, 0),
    Num("1-0:4.8.0", U32, 0),
];
const REST_G: &[Row] = &[Num("1-0:1.7.0", U32, 0), Num("1-0:2.7.0", U32, 0), Octets("", ""), Octets("", "")];
const LIST_H: &[Row] = &[
    Octets("", "9909####"),
    Time("0-0:1.0.0"),
    Date("0-0:1.0.0"),
    Num("1-0:1.8.0", U32, 0),
    Num("1-0:1.8.1", U32, 0),
    Num("1-0:1.8.2", U32, 0),
    Num("1-0:2.8.0", U32, 0),
    Num("1-0:2.8.1", U32, 0),
    Num("1-0:2.8.2", U32, 0),
    Num("1-0:5.8.0", U32, 0),
    Num("1-0:6.8.0", U32, 0),
    Num("1-0:7.8.0", U32, 0),
    Num("1-0:8.8.0", U32, 0),
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:2.7.0", U32, 0),
    Num("1-0:13.7.0", U16, -3),
    Num("1-0:21.7.0", U32, 0),
    Num("1-0:41.7.0", U32, 0),
    Num("1-0:61.7.0", U32, 0),
    Num("1-0:22.7.0", U32, 0),
    Num("1-0:42.7.0", U32, 0),
    Num("1-0:62.7.0", U32, 0),
    Num("1-0:32.7.0", U16, -1),
    Num("1-0:52.7.0", U16, -1),
    Num("1-0:72.7.0", U16, -1),
    Num("1-0:31.7.0", U16, -2),
    Num("1-0:51.7.0", U16, -2),
    Num("1-0:71.7.0", U16, -2),
    Is("", |_| double_long(11_040)),
    Is("", |_| array([long_unsigned(9_200)])),
    Is("", |_| array([long_unsigned(9_200)])),
    Is("", |_| array([long_unsigned(9_200)])),
    Is("", |_| boolean(true)),
];
/// Wiener Netze, of meters of any maker.
pub(super) const LIST_J: &[Row] = &[
    Clock("0-0:1.0.0", CLOCK),
    Num("1-0:1.8.0", U32, 0),
    Num("1-0:2.8.0", U32, 0),
    Num("1-0:3.8.0", U32, 0),
    Num("1-0:4.8.0", U32, 0),
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:2.7.0", U32, 0),
    Num("1-0:3.7.0", U32, 0),
    Num("1-0:4.7.0", U32, 0),
];
const VSE_2026: &[Row] = &[
    Octets("0-0:42.0.0", NAME),
    Num("1-1:1.8.0", U32, 0),
    Num("1-1:2.8.0", U32, 0),
    Num("1-1:3.8.0", U32, 0),
    Num("1-1:4.8.0", U32, 0),
    Num("1-1:1.7.0", U32, 0),
    Num("1-1:2.7.0", U32, 0),
    Num("1-0:32.7.0", U16, -1),
    Num("1-0:52.7.0", U16, -1),
    Num("1-0:72.7.0", U16, -1),
    Num("1-0:31.7.0", U16, -2),
    Num("1-0:51.7.0", U16, -2),
    Num("1-0:71.7.0", U16, -2),
];

/// Octets of information in one frame of a segmented unit: frames of `A8A4`.
const SEGMENT: usize = 154;

fn time(h: &Household) -> HeaderTime {
    HeaderTime::Plain(h.clock(Zone::Cet).octets(CLOCK))
}

fn body(h: &Household, shape: Shape, tables: &[&[Row]]) -> Body {
    let mut body = Body::new(h, Zone::Cet, shape, tables);
    body.clock = Some(h.clock(Zone::Cet));
    body
}

pub(super) fn bare(h: &Household, tables: &[&[Row]]) -> Unit {
    body(h, Shape::Bare, tables).structure(h.counter() & 0x00FF_FFFF, time(h))
}

fn one(unit: Unit) -> Message {
    unit.hdlc(&[0xCF], &[0x02, 0x23], 0x13)
}

fn segmented(unit: Unit) -> Message {
    unit.segments(&[0xCF], &[0x02, 0x23], (0x03, 0x13), SEGMENT)
}

/// With the meter's id from its device name, where the list has no serial number.
fn named(h: &Household, tables: &[&[Row]]) -> Message {
    let body = body(h, Shape::Bare, tables).with_text("meter_id", h.fill(NAME));
    one(body.structure(h.counter() & 0x00FF_FFFF, time(h)))
}

fn serial(h: &Household, tables: &[&[Row]]) -> Message {
    let body = body(h, Shape::Bare, tables).with_text("meter_id", h.fill(SERIAL));
    one(body.structure(h.counter() & 0x00FF_FFFF, time(h)))
}

/// Announces twelve elements and ends after the eighth; in clear, since without a tag nothing would tell a cut list
/// from one that was opened with a wrong key.
fn cut_short(h: &Household) -> Message {
    let mut body = body(h, Shape::Bare, &[LIST_G]);
    let value = Value::Announcing(12, core::mem::take(&mut body.items));
    one(body.notify(h.counter() & 0x00FF_FFFF, time(h), &value))
}

fn croatia(h: &Household) -> Unit {
    let mut body = body(h, Shape::Bare, &[LIST_H]);
    body.values.push(("power_limit", 11_040u32.into()));
    body.structure(h.counter() & 0x00FF_FFFF, time(h))
}

pub(super) const LISTS: &[List] = &[
    list("iskraemeco-si-a", "SI", "hdlc", 18, |h| named(h, &[LIST_A])),
    list("iskraemeco-si-b", "SI", "hdlc", 12, |h| named(h, &[LIST_B])),
    list("iskraemeco-si-c", "SI", "hdlc", 12, |h| named(h, &[LIST_C, ENERGIES_C])),
    list("iskraemeco-si-c-boolean", "SI", "hdlc", 12, |h| named(h, &[LIST_C_BOOLEAN, ENERGIES_C])),
    list("iskraemeco-si-d-9", "SI", "hdlc", 9, |h| serial(&h.one_phase(), &[LIST_D, REST_D_9])),
    list("iskraemeco-si-d-10", "SI", "hdlc", 10, |h| serial(&h.one_phase(), &[LIST_D, REST_D_10])),
    list("iskraemeco-si-d-energy", "SI", "hdlc", 9, |h| named(&h.one_phase(), &[LIST_D_ENERGY])),
    list("iskraemeco-si-e", "SI", "hdlc", 4, |h| one(bare(&h.one_phase(), &[LIST_E]))),
    list("iskraemeco-ch-f", "CH", "hdlc-segments", 16, |h| {
        segmented(body(h, Shape::Records, &[LIST_F]).structure(h.counter() & 0x00FF_FFFF, time(h)))
    }),
    list("iskraemeco-at-kelag", "AT", "hdlc", 12, |h| {
        one(bare(h, &[LIST_G, REST_G]).ciphered(h, b"ISKi", ENCRYPTED))
    }),
    list("iskraemeco-at-kelag-cut", "AT", "hdlc", 12, cut_short),
    list("iskraemeco-hr-h", "HR", "hdlc-segments", 33, |h| segmented(croatia(h))),
    list("iskraemeco-at-wien", "AT", "hdlc", 9, |h| one(bare(h, &[LIST_J]).ciphered(h, b"ISKg", ENCRYPTED))),
    list("iskraemeco-ch-vse-2026", "CH", "hdlc-segments", 14, |h| {
        segmented(described(h, "0-6:25.9.0", false, CLOCK, VSE_2026))
    }),
];

const fn list(
    name: &'static str,
    country: &'static str,
    framing: &'static str,
    elements: usize,
    encode: fn(&Household) -> Message,
) -> List {
    List { name, maker: "Iskraemeco", country, framing, elements, encode }
}

pub(super) const METERS: &[Meter] = &[
    sends("iskraemeco-si-3p", 5_000, &[every("iskraemeco-si-c", QUARTER, 0), always("iskraemeco-si-a")]),
    sends("iskraemeco-si-celje", 5_000, &[always("iskraemeco-si-b")]),
    sends("iskraemeco-si-1p", 5_000, &[every("iskraemeco-si-e", QUARTER, 0), always("iskraemeco-si-d-10")]),
    sends("iskraemeco-ch", 10_000, &[always("iskraemeco-ch-f")]),
    sends("iskraemeco-ch-vse-2026", 5_000, &[always("iskraemeco-ch-vse-2026")]),
    sends("iskraemeco-at-kelag", 10_000, &[always("iskraemeco-at-kelag")]),
    sends("iskraemeco-hr", 10_000, &[always("iskraemeco-hr-h")]),
    sends("iskraemeco-at-wien", 1_000, &[always("iskraemeco-at-wien")]),
];
