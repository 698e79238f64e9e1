//! Energomera: a self-describing list whose definitions have six elements.

use crate::apdu::HeaderTime;
use crate::axdr::{Value, array, enumerated, i8 as integer, obis, structure, u16 as long_unsigned};
use crate::clock::{Style, Zone};
use crate::household::Household;
use crate::list::Type::U32;
use crate::list::{Body, Row, Row::*, Shape};
use crate::message::Message;
use crate::meter::{List, Meter, always, sends};

const LIST: &[Row] = &[
    Octets("0-0:96.1.0", "99##########"),
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:1.8.0", U32, 0),
    Num("1-0:2.8.0", U32, 0),
];
const CODES: [(u16, &str); 5] =
    [(40, "0-0:25.9.0"), (1, "0-0:96.1.0"), (3, "1-0:1.7.0"), (3, "1-0:1.8.0"), (3, "1-0:2.8.0")];

/// {class, code, attribute, index, restriction {0, null, null}, no columns}
fn definition((class, code): (u16, &str)) -> Value {
    let restriction = structure([enumerated(0), Value::Null, Value::Null]);
    let empty = array([]);
    structure([long_unsigned(class), obis(code), integer(2), long_unsigned(0), restriction, empty])
}

fn send(h: &Household) -> Message {
    let mut body = Body::new(h, Zone::EetNormal, Shape::Bare, &[LIST]);
    body.items.insert(0, array(CODES.map(definition)));
    let clock = h.clock(Zone::EetNormal);
    body.clock = Some(clock);
    let time = HeaderTime::Plain(clock.octets(Style::TRUE));
    body.structure(h.counter() & 0x00FF_FFFF, time).hdlc(&[0x21], &[0x03], 0x13)
}

pub(super) const LISTS: &[List] = &[List {
    name: "energomera-ru",
    maker: "Energomera",
    country: "RU",
    framing: "hdlc",
    elements: 5,
    encode: send,
}];

pub(super) const METERS: &[Meter] = &[sends("energomera-ru", 60_000, &[always("energomera-ru")])];
