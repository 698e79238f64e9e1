//! Kaifa: bare values in Norway, pairs in Sweden, records over M-Bus in Austria.

use crate::apdu::HeaderTime;
use crate::ciphering::ENCRYPTED;
use crate::clock::{Style, Zone};
use crate::household::Household;
use crate::list::Type::{self, U16, U32, U64};
use crate::list::{Body, Row, Row::*, Shape};
use crate::message::Message;
use crate::meter::{HOUR, List, Meter, always, every, sends};

const IMPORT: &[Row] = &[Num("1-0:1.7.0", U32, 0)];
const POWERS: &[Row] =
    &[Num("1-0:1.7.0", U32, 0), Num("1-0:2.7.0", U32, 0), Num("1-0:3.7.0", U32, 0), Num("1-0:4.7.0", U32, 0)];
const IDENTITY_1P: &[Row] = &[
    Octets("1-1:0.2.129", "KFM_001"),
    Octets("0-0:96.1.0", "99000020########"),
    Octets("0-0:96.1.7", "MA105H2E"),
];
const IDENTITY_3W: &[Row] = &[
    Octets("1-1:0.2.129", "KFM_001"),
    Octets("0-0:96.1.0", "99000020########"),
    Octets("0-0:96.1.7", "MA304H3E"),
];
const IDENTITY_4W: &[Row] = &[
    Octets("1-1:0.2.129", "KFM_001"),
    Octets("0-0:96.1.0", "99000020########"),
    Octets("0-0:96.1.7", "MA304H4D"),
];
const IDENTITY_CT: &[Row] = &[
    Octets("1-1:0.2.129", "KFM_001"),
    Octets("0-0:96.1.0", "99000020########"),
    Octets("0-0:96.1.7", "MA304T4"),
];
const PHASE: &[Row] = &[Num("1-0:31.7.0", U32, -3), Num("1-0:32.7.0", U32, -1)];
const CURRENTS: &[Row] =
    &[Num("1-0:31.7.0", U32, -3), Num("1-0:51.7.0", U32, -3), Num("1-0:71.7.0", U32, -3)];
const VOLTAGES: &[Row] =
    &[Num("1-0:32.7.0", U32, -1), Num("1-0:52.7.0", U32, -1), Num("1-0:72.7.0", U32, -1)];
const HOURLY: &[Row] = &[
    Clock("0-0:1.0.0", Style::LOCAL),
    Num("1-0:1.8.0", U32, 0),
    Num("1-0:2.8.0", U32, 0),
    Num("1-0:3.8.0", U32, 0),
    Num("1-0:4.8.0", U32, 0),
];
const HOURLY_CT: &[Row] = &[
    Clock("0-0:1.0.0", Style::LOCAL),
    Num("1-0:1.8.0", U64, 0),
    Num("1-0:2.8.0", U64, 0),
    Num("1-0:3.8.0", U64, 0),
    Num("1-0:4.8.0", U64, 0),
];
const SWEDEN: &[Row] = &[
    Octets("1-0:0.2.129", "KFM_001"),
    Octets("0-0:96.1.0", "99000020########"),
    Octets("0-0:96.1.7", "MA304H4"),
];
const CLOCK_SE: &[Row] = &[Clock("0-0:1.0.0", Style::TRUE)];
const ENERGIES: &[Row] =
    &[Num("1-0:1.8.0", U32, 0), Num("1-0:2.8.0", U32, 0), Num("1-0:3.8.0", U32, 0), Num("1-0:4.8.0", U32, 0)];

const CLOCK_AT: Style = Style { hundredths: 0, ..Style::TRUE };
const NOE_ENERGY: &[Row] =
    &[Num("1-0:1.8.0", U32, 0), Num("1-0:2.8.0", U32, 0), Num("1-0:1.7.0", U32, 0), Num("1-0:2.7.0", U32, 0)];
const NOE_3P: &[Row] = &[
    Num("1-0:32.7.0", U16, -1),
    Num("1-0:52.7.0", U16, -1),
    Num("1-0:72.7.0", U16, -1),
    Num("1-0:31.7.0", U16, -2),
    Num("1-0:51.7.0", U16, -2),
    Num("1-0:71.7.0", U16, -2),
];
const NOE_1P: &[Row] = &[Num("1-0:32.7.0", U16, -1), Num("1-0:31.7.0", U16, -2)];
const NOE_END: &[Row] = &[Octets("", "9990000#####")];

const TINETZ: &[Row] = &[
    Octets("0-0:96.1.0", "1KFM0299######"),
    Octets("0-0:42.0.0", "KFM1200299######"),
    Num("1-0:32.7.0", U16, -1),
    Num("1-0:52.7.0", U16, -1),
    Num("1-0:72.7.0", U16, -1),
    Num("1-0:31.7.0", U16, -2),
    Num("1-0:51.7.0", U16, -2),
    Num("1-0:71.7.0", U16, -2),
    Num("1-0:1.7.0", U32, 0),
    Num("1-0:2.7.0", U32, 0),
    Num("1-0:1.8.0", U32, 0),
    Num("1-0:2.8.0", U32, 0),
    Num("1-0:3.8.0", U32, 0),
    Num("1-0:4.8.0", U32, 0),
];

fn norway(h: &Household, tables: &[&[Row]]) -> Message {
    bare(h, &[0x02, 0x01], tables)
}

fn bare(h: &Household, source: &[u8], tables: &[&[Row]]) -> Message {
    let time = HeaderTime::Octets(h.clock(Zone::Cet).octets(Style::LOCAL));
    let mut body = Body::new(h, Zone::Cet, Shape::Bare, tables);
    body.clock = Some(h.clock(Zone::Cet));
    body.structure(0x4000_0000, time).hdlc(&[0x01], source, 0x10)
}

/// Three wires: the voltage of the second phase is 0.
fn three_wires(h: &Household) -> Household {
    Household { voltage: [h.voltage[0], 0, h.voltage[2]], ..*h }
}

fn sweden(h: &Household) -> Message {
    let tables = [SWEDEN, POWERS, CURRENTS, VOLTAGES, CLOCK_SE, ENERGIES];
    let body = Body::new(h, Zone::CetNormal, Shape::Pairs, &tables);
    body.structure(0x4000_0000, HeaderTime::Absent).hdlc(&[0x01], &[0x00, 0x01], 0x10)
}

/// The list of Netz Niederösterreich, in clear, as an application unit.
pub(super) fn netz_noe(h: &Household, style: Style, phases: u8, factor: Type) -> crate::list::Unit {
    let clock = [Clock("", style)];
    let by_phase = if phases == 1 { NOE_1P } else { NOE_3P };
    let factor = [Num("1-0:13.7.0", factor, -3)];
    let tables = [&clock, NOE_ENERGY, by_phase, &factor, NOE_END];
    let body = Body::new(h, Zone::Cet, Shape::Triples, &tables);
    let time = HeaderTime::Plain(h.clock(Zone::Cet).octets(style));
    body.structure(0x8000_0000 | (h.counter() & 0x00FF_FFFF), time)
}

fn tinetz(h: &Household) -> Message {
    let clock = [Clock("0-0:1.0.0", CLOCK_AT)];
    let mut body = Body::new(h, Zone::Cet, Shape::Pairs, &[&clock]);
    let rest = Body::new(h, Zone::Cet, Shape::Records, &[TINETZ]);
    body.items.extend(rest.items);
    body.values = rest.values;
    body.texts = rest.texts;
    let time = HeaderTime::Plain(h.clock(Zone::Cet).octets(CLOCK_AT));
    let unit = body.structure(0x8000_0000 | (h.counter() & 0x00FF_FFFF), time);
    unit.ciphered(h, b"KFM", ENCRYPTED | 1).mbus(250)
}

pub(super) const LISTS: &[List] = &[
    list("kaifa-no-list-1", "NO", "hdlc", 1, |h| norway(h, &[IMPORT])),
    list("kaifa-no-list-2-1p", "NO", "hdlc", 9, |h| norway(&h.one_phase(), &[IDENTITY_1P, POWERS, PHASE])),
    list("kaifa-no-list-2-3w", "NO", "hdlc", 13, |h| {
        norway(&three_wires(h), &[IDENTITY_3W, POWERS, CURRENTS, VOLTAGES])
    }),
    list("kaifa-no-list-2", "NO", "hdlc", 13, |h| norway(h, &[IDENTITY_4W, POWERS, CURRENTS, VOLTAGES])),
    list("kaifa-no-list-3-1p", "NO", "hdlc", 14, |h| {
        norway(&h.one_phase(), &[IDENTITY_1P, POWERS, PHASE, HOURLY])
    }),
    list("kaifa-no-list-3-3w", "NO", "hdlc", 18, |h| {
        norway(&three_wires(h), &[IDENTITY_3W, POWERS, CURRENTS, VOLTAGES, HOURLY])
    }),
    list("kaifa-no-list-3", "NO", "hdlc", 18, |h| {
        norway(h, &[IDENTITY_4W, POWERS, CURRENTS, VOLTAGES, HOURLY])
    }),
    list("kaifa-no-list-2-ct", "NO", "hdlc", 13, |h| norway(h, &[IDENTITY_CT, POWERS, CURRENTS, VOLTAGES])),
    list("kaifa-no-list-3-ct", "NO", "hdlc", 18, |h| {
        norway(h, &[IDENTITY_CT, POWERS, CURRENTS, VOLTAGES, HOURLY_CT])
    }),
    list("kaifa-se", "SE", "hdlc", 36, sweden),
    list("kaifa-se-bare", "SE", "hdlc", 18, |h| {
        bare(h, &[0x00, 0x01], &[IDENTITY_4W, POWERS, CURRENTS, VOLTAGES, HOURLY])
    }),
    list("kaifa-at-noe", "AT", "mbus", 35, |h| {
        netz_noe(h, CLOCK_AT, 3, U16).ciphered(h, b"KFM", ENCRYPTED).mbus(250)
    }),
    list("kaifa-at-noe-1p", "AT", "mbus", 23, |h| {
        let h = &h.one_phase();
        netz_noe(h, CLOCK_AT, 1, U16).ciphered(h, b"KFM", ENCRYPTED).mbus(250)
    }),
    list("kaifa-at-tinetz", "AT", "mbus", 16, tinetz),
];

const fn list(
    name: &'static str,
    country: &'static str,
    framing: &'static str,
    elements: usize,
    encode: fn(&Household) -> Message,
) -> List {
    List { name, maker: "Kaifa", country, framing, elements, encode }
}

macro_rules! norway {
    ($name:literal, $hourly:literal, $ten:literal) => {
        sends(
            $name,
            2_000,
            &[every($hourly, HOUR, 10_000), every($ten, 10_000, 0), always("kaifa-no-list-1")],
        )
    };
}

pub(super) const METERS: &[Meter] = &[
    norway!("kaifa-no-1p", "kaifa-no-list-3-1p", "kaifa-no-list-2-1p"),
    norway!("kaifa-no-3w", "kaifa-no-list-3-3w", "kaifa-no-list-2-3w"),
    norway!("kaifa-no-3p", "kaifa-no-list-3", "kaifa-no-list-2"),
    norway!("kaifa-no-ct", "kaifa-no-list-3-ct", "kaifa-no-list-2-ct"),
    sends("kaifa-se", 10_000, &[always("kaifa-se")]),
    sends("kaifa-at-noe", 5_000, &[always("kaifa-at-noe")]),
    sends("kaifa-at-noe-1p", 5_000, &[always("kaifa-at-noe-1p")]),
    sends("kaifa-at-tinetz", 5_000, &[always("kaifa-at-tinetz")]),
];
