//! Aidon: an array of records that describe themselves.

use crate::apdu::HeaderTime;
use crate::clock::{Deviation, Style, Zone};
use crate::household::Household;
use crate::list::Type::{I16, U16, U32};
use crate::list::{Body, Row, Row::*, Shape};
use crate::message::Message;
use crate::meter::{HOUR, List, Meter, Push, always, every, sends};

/// Day of week and deviation are 0, whatever they should be.
const CLOCK: Style = Style { weekday: false, hundredths: 0xFF, deviation: Deviation::Zero, status: 0 };
const CLOCK_SE: Style = Style { deviation: Deviation::Absent, status: 0xFF, ..Style::TRUE };

const IMPORT: &[Row] = &[Num("1-0:1.7.0", U32, 0)];
const IDENTITY: &[Row] =
    &[Text("1-1:0.2.129", "AIDON_V0001"), Text("0-0:96.1.0", "99000010########"), Text("0-0:96.1.7", "6525")];
const POWERS: &[Row] =
    &[Num("1-0:1.7.0", U32, 0), Num("1-0:2.7.0", U32, 0), Num("1-0:3.7.0", U32, 0), Num("1-0:4.7.0", U32, 0)];
const I1: &[Row] = &[Num("1-0:31.7.0", I16, -1)];
const I2: &[Row] = &[Num("1-0:51.7.0", I16, -1)];
const I3: &[Row] = &[Num("1-0:71.7.0", I16, -1)];
const U1: &[Row] = &[Num("1-0:32.7.0", U16, -1)];
const U2: &[Row] = &[Num("1-0:52.7.0", U16, -1)];
const U3: &[Row] = &[Num("1-0:72.7.0", U16, -1)];
const HOURLY: &[Row] = &[
    Clock("0-0:1.0.0", CLOCK),
    Num("1-0:1.8.0", U32, 1),
    Num("1-0:2.8.0", U32, 1),
    Num("1-0:3.8.0", U32, 1),
    Num("1-0:4.8.0", U32, 1),
];
/// What one phase sends that does not say whose it is.
const NAMELESS: &[Row] = &[
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:2.7.0", U32, 0),
    Num("1-0:31.7.0", I16, -1),
    Num("1-0:32.7.0", U16, -1),
    Num("1-0:1.8.0", U32, 0),
    Num("1-0:2.8.0", U32, 0),
];
const SWEDEN: &[Row] = &[
    Clock("0-0:1.0.0", CLOCK_SE),
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:2.7.0", U32, 0),
    Num("1-0:3.7.0", U32, 0),
    Num("1-0:4.7.0", U32, 0),
    Num("1-0:31.7.0", I16, -1),
    Num("1-0:51.7.0", I16, -1),
    Num("1-0:71.7.0", I16, -1),
    Num("1-0:32.7.0", U16, -1),
    Num("1-0:52.7.0", U16, -1),
    Num("1-0:72.7.0", U16, -1),
    Num("1-0:21.7.0", U32, 0),
    Num("1-0:22.7.0", U32, 0),
    Num("1-0:23.7.0", U32, 0),
    Num("1-0:24.7.0", U32, 0),
    Num("1-0:41.7.0", U32, 0),
    Num("1-0:42.7.0", U32, 0),
    Num("1-0:43.7.0", U32, 0),
    Num("1-0:44.7.0", U32, 0),
    Num("1-0:61.7.0", U32, 0),
    Num("1-0:62.7.0", U32, 0),
    Num("1-0:63.7.0", U32, 0),
    Num("1-0:64.7.0", U32, 0),
    Num("1-0:1.8.0", U32, 0),
    Num("1-0:2.8.0", U32, 0),
    Num("1-0:3.8.0", U32, 0),
    Num("1-0:4.8.0", U32, 0),
];

/// Sent ten seconds past the hour, with the clock and the energies of the hour.
fn hourly(h: &Household, tables: &[&[Row]]) -> Message {
    send(&h.registers_of_the_hour(), Zone::Cet, tables)
}

fn send(h: &Household, zone: Zone, tables: &[&[Row]]) -> Message {
    Body::new(h, zone, Shape::Records, tables).array(0x4000_0000, HeaderTime::Absent).hdlc(
        &[0x41],
        &[0x08, 0x83],
        0x13,
    )
}

pub(super) const LISTS: &[List] = &[
    norway("aidon-no-list-1", 1, |h| send(h, Zone::Cet, &[IMPORT])),
    norway("aidon-no-list-2-1p", 9, |h| send(&h.one_phase(), Zone::Cet, &[IDENTITY, POWERS, I1, U1])),
    norway("aidon-no-list-2-3w", 12, |h| send(h, Zone::Cet, &[IDENTITY, POWERS, I1, I3, U1, U2, U3])),
    norway("aidon-no-list-2", 13, |h| send(h, Zone::Cet, &[IDENTITY, POWERS, I1, I2, I3, U1, U2, U3])),
    norway("aidon-no-list-3-1p", 14, |h| hourly(&h.one_phase(), &[IDENTITY, POWERS, I1, U1, HOURLY])),
    norway("aidon-no-list-3-3w", 17, |h| hourly(h, &[IDENTITY, POWERS, I1, I3, U1, U2, U3, HOURLY])),
    norway("aidon-no-list-3", 18, |h| hourly(h, &[IDENTITY, POWERS, I1, I2, I3, U1, U2, U3, HOURLY])),
    norway("aidon-nameless", 6, |h| send(&h.one_phase(), Zone::Cet, &[NAMELESS])),
    List {
        name: "aidon-se",
        maker: "Aidon",
        country: "SE",
        framing: "hdlc",
        elements: 27,
        encode: |h| send(h, Zone::CetNormal, &[SWEDEN]),
    },
];

const fn norway(name: &'static str, elements: usize, encode: fn(&Household) -> Message) -> List {
    List { name, maker: "Aidon", country: "NO", framing: "hdlc", elements, encode }
}

pub(super) const METERS: &[Meter] = &[
    sends("aidon-no-1p", 2_500, &plan("aidon-no-list-3-1p", "aidon-no-list-2-1p")),
    sends("aidon-no-3w", 2_500, &plan("aidon-no-list-3-3w", "aidon-no-list-2-3w")),
    sends("aidon-no-3p", 2_500, &plan("aidon-no-list-3", "aidon-no-list-2")),
    sends("aidon-nameless", 10_000, &[always("aidon-nameless")]),
    sends("aidon-se", 10_000, &[always("aidon-se")]),
];

const fn plan(hourly: &'static str, ten_seconds: &'static str) -> [Push; 3] {
    [every(hourly, HOUR, 10_000), every(ten_seconds, 10_000, 0), always("aidon-no-list-1")]
}
