//! Sagemcom XT211 and other meters of EG.D: bare units of descriptors without tags.

use crate::apdu::{HeaderTime, attribute_descriptor};
use crate::axdr::{Value, array, enumerated, obis, octets, structure, u32 as double_long};
use crate::clock::Zone;
use crate::household::Household;
use crate::list::Type::U32;
use crate::list::{Body, Row, Row::*, Shape};
use crate::message::Message;
use crate::meter::{List, Meter, always, sends};

/// Class, attribute, and the value.
type Entry = (u16, i8, Row);

const NAME: &[Entry] = &[(1, 2, Octets("0-0:42.0.0", "SAX990###"))];
const SETUP: &[Entry] = &[(0x28, 1, Is("0-2:25.9.0", |_| obis("0-2:25.9.0")))];
const STATE: &[Entry] = &[
    (1, 2, Octets("0-0:96.1.0", "99######")),
    (0x46, 3, Is("0-0:96.3.10", |_| enumerated(1))),
    (0x47, 3, Is("0-0:17.0.0", |_| double_long(17_250))),
    (0x46, 3, Is("0-1:96.3.10", |_| enumerated(1))),
    (0x46, 3, Is("0-2:96.3.10", |_| enumerated(0))),
];
const MORE_RELAYS: &[Entry] = &[
    (0x46, 3, Is("0-3:96.3.10", |_| enumerated(0))),
    (0x46, 3, Is("0-4:96.3.10", |_| enumerated(0))),
    (0x46, 3, Is("0-5:96.3.10", |_| enumerated(0))),
    (0x46, 3, Is("0-6:96.3.10", |_| enumerated(0))),
];
const REGISTERS: &[Entry] = &[
    (1, 2, Is("0-0:96.14.0", |_| octets("T1"))),
    (3, 2, Num("1-0:1.7.0", U32, 0)),
    (3, 2, Num("1-0:21.7.0", U32, 0)),
    (3, 2, Num("1-0:41.7.0", U32, 0)),
    (3, 2, Num("1-0:61.7.0", U32, 0)),
    (3, 2, Num("1-0:2.7.0", U32, 0)),
    (3, 2, Num("1-0:22.7.0", U32, 0)),
    (3, 2, Num("1-0:42.7.0", U32, 0)),
    (3, 2, Num("1-0:62.7.0", U32, 0)),
    (3, 2, Num("1-0:1.8.0", U32, 0)),
    (3, 2, Num("1-0:1.8.1", U32, 0)),
    (3, 2, Num("1-0:1.8.2", U32, 0)),
    (3, 2, Num("1-0:1.8.3", U32, 0)),
    (3, 2, Num("1-0:1.8.4", U32, 0)),
    (3, 2, Num("1-0:2.8.0", U32, 0)),
    (1, 2, Octets("0-0:96.13.0", "")),
];

fn send(h: &Household, tables: &[&[Entry]]) -> Message {
    let entries: Vec<Entry> = tables.concat();
    let rows: Vec<Row> = entries.iter().map(|entry| entry.2).collect();
    let mut body = Body::new(h, Zone::Cet, Shape::Bare, &[&rows]);
    body.values.push(("power_limit", 17_250u32.into()));
    let values = core::mem::take(&mut body.items);
    let described = |(&(class, attribute, row), value): (&Entry, Value)| {
        structure([attribute_descriptor(class, code(row), attribute), value])
    };
    let list = structure([enumerated(1), array(entries.iter().zip(values).map(described))]);
    body.notify(h.counter() & 0x00FF_FFFF, HeaderTime::Absent, &list).bare()
}

fn code(row: Row) -> &'static str {
    match row {
        Num(code, ..) | Text(code, _) | Octets(code, _) | Clock(code, _) | Is(code, _) => code,
        Date(code) | Time(code) => code,
    }
}

pub(super) const LISTS: &[List] = &[
    list("sagemcom-cz-xt211", |h| send(h, &[NAME, STATE, REGISTERS])),
    list("egd-cz", |h| send(h, &[NAME, SETUP, STATE, MORE_RELAYS, REGISTERS])),
];

const fn list(name: &'static str, encode: fn(&Household) -> Message) -> List {
    List { name, maker: "Sagemcom", country: "CZ", framing: "apdu", elements: 2, encode }
}

pub(super) const METERS: &[Meter] = &[
    sends("sagemcom-cz-xt211", 60_000, &[always("sagemcom-cz-xt211")]),
    sends("egd-cz", 60_000, &[always("egd-cz")]),
];
