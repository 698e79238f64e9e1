//! P1 of the North, Austria, Slovenia, and the readout of a German EasyMeter.

use crate::axdr::Length;
use crate::ciphering::{BOTH, P1_AUTH_KEY};
use crate::clock::Zone;
use crate::household::Household;
use crate::message::Message;
use crate::meter::{List, Meter, always, sends};
use crate::p1::Check;
use crate::telegram::{Kind, Line, Line::*};

const SE: Kind = Kind { identification: "ELL5\\25399####_A", zone: Zone::CetNormal, check: Check::Arc };
const FI: Kind = Kind { identification: "ADN9 6534", zone: Zone::EetNormal, ..SE };
const DK: Kind = Kind { identification: "LGF5E360", zone: Zone::Cet, ..SE };
const NES: Kind = Kind { identification: "NES5:83335-3E", ..DK };
const ST: Kind = Kind { identification: "EST5\\25399####_A", ..DK };
const SI: Kind = Kind { identification: "ISK5\\2M550T-2006", check: Check::None, ..DK };
const DE: Kind = Kind { identification: "ESY5Q3DB1024 V3.04", ..SI };

const TIME: &[Line] = &[T];
const TIME_NES: &[Line] = &[F(|h, r| {
    let clock = h.clock(r.zone);
    r.body.clock = Some(clock);
    let date = format!("{}{:02}{:02}", clock.year, clock.month, clock.day);
    let time = format!("{:02}:{:02}:{:02}", clock.hour, clock.minute, clock.second);
    r.telegram.line("0-0:1.0.0", &[&format!("{date} {time}")]);
})];
const NORTH: &[Line] = &[
    N("1-0:1.8.0", 8, 3, "kWh"),
    N("1-0:2.8.0", 8, 3, "kWh"),
    N("1-0:3.8.0", 8, 3, "kvarh"),
    N("1-0:4.8.0", 8, 3, "kvarh"),
    N("1-0:1.7.0", 4, 3, "kW"),
    N("1-0:2.7.0", 4, 3, "kW"),
    N("1-0:3.7.0", 4, 3, "kvar"),
    N("1-0:4.7.0", 4, 3, "kvar"),
    N("1-0:21.7.0", 4, 3, "kW"),
    N("1-0:22.7.0", 4, 3, "kW"),
    N("1-0:41.7.0", 4, 3, "kW"),
    N("1-0:42.7.0", 4, 3, "kW"),
    N("1-0:61.7.0", 4, 3, "kW"),
    N("1-0:62.7.0", 4, 3, "kW"),
    N("1-0:23.7.0", 4, 3, "kvar"),
    N("1-0:24.7.0", 4, 3, "kvar"),
    N("1-0:43.7.0", 4, 3, "kvar"),
    N("1-0:44.7.0", 4, 3, "kvar"),
    N("1-0:63.7.0", 4, 3, "kvar"),
    N("1-0:64.7.0", 4, 3, "kvar"),
    N("1-0:32.7.0", 3, 1, "V"),
    N("1-0:52.7.0", 3, 1, "V"),
    N("1-0:72.7.0", 3, 1, "V"),
    N("1-0:31.7.0", 3, 1, "A"),
    N("1-0:51.7.0", 3, 1, "A"),
    N("1-0:71.7.0", 3, 1, "A"),
];
const STEIERMARK: &[Line] = &[
    T,
    S("0-0:42.0.0", "SAG103009900####"),
    S("0-0:96.1.0", "990#####"),
    N("1-0:1.8.0", 9, 0, "Wh"),
    N("1-0:1.8.1", 9, 0, "Wh"),
    N("1-0:1.8.2", 9, 0, "Wh"),
    N("1-0:1.7.0", 9, 0, "W"),
    N("1-0:2.8.0", 9, 0, "Wh"),
    N("1-0:2.8.1", 9, 0, "Wh"),
    N("1-0:2.8.2", 9, 0, "Wh"),
    N("1-0:2.7.0", 9, 0, "W"),
    N("1-0:3.8.0", 9, 0, "varh"),
    N("1-0:3.7.0", 9, 0, "var"),
    N("1-0:4.8.0", 9, 0, "varh"),
    N("1-0:4.7.0", 9, 0, "var"),
    F(|_, r| {
        r.telegram.line("0-0:17.0.0", &["17250*W"]);
        r.means("power_limit", 17_250, 0);
    }),
    S("0-0:96.3.10", "1"),
];
const SLOVENIA: &[Line] = &[
    F(|h, r| {
        let clock = h.clock(r.zone);
        let digits = clock.digits();
        r.telegram.line("1-0:0.9.1", &[&digits[6..]]);
        r.telegram.line("1-0:0.9.2", &[&digits[..6]]);
    }),
    S("0-0:96.1.0", "9909####"),
    N("1-0:1.8.0", 6, 3, "kWh"),
    N("1-0:2.8.0", 6, 3, "kWh"),
    N("1-0:3.8.0", 6, 3, "kvarh"),
    N("1-0:4.8.0", 6, 3, "kvarh"),
    N("1-0:1.7.0", 2, 3, "kW"),
    N("1-0:2.7.0", 2, 3, "kW"),
    N("1-0:3.7.0", 2, 3, "kvar"),
    N("1-0:4.7.0", 2, 3, "kvar"),
    N("1-0:21.7.0", 2, 3, "kW"),
    N("1-0:22.7.0", 2, 3, "kW"),
    N("1-0:41.7.0", 2, 3, "kW"),
    N("1-0:42.7.0", 2, 3, "kW"),
    N("1-0:61.7.0", 2, 3, "kW"),
    N("1-0:62.7.0", 2, 3, "kW"),
    N("1-0:31.7.0", 3, 0, "A"),
    N("1-0:32.7.0", 5, 1, "V"),
    N("1-0:51.7.0", 3, 0, "A"),
    N("1-0:52.7.0", 5, 1, "V"),
    N("1-0:71.7.0", 3, 0, "A"),
    N("1-0:72.7.0", 5, 1, "V"),
    S("0-0:97.97.0", "00000000"),
];
const EASYMETER: &[Line] = &[
    S("1-0:0.0.0*255", "0273099######"),
    N("1-0:1.8.0*255", 8, 7, "kWh"),
    N("1-0:2.8.0*255", 8, 7, "kWh"),
    N("1-0:21.7.0*255", 6, 2, "W"),
    N("1-0:41.7.0*255", 6, 2, "W"),
    N("1-0:61.7.0*255", 6, 2, "W"),
    N("1-0:1.7.0*255", 6, 2, "W"),
    S("1-0:96.5.5*255", "82"),
    S("0-0:96.1.255*255", "1ESY1199######"),
];

/// The list of the North with the units of reactive energy as they are spelled in Denmark.
fn respelled() -> Vec<Line> {
    let spell = |line: &Line| match *line {
        N(code, whole, decimals, "kvarh") => N(code, whole, decimals, "kVArh"),
        N(code, whole, decimals, "kvar") => N(code, whole, decimals, "kVAr"),
        line => line,
    };
    NORTH.iter().map(spell).collect()
}

fn steiermark(h: &Household) -> Message {
    ST.unit(h, &[STEIERMARK]).ciphered_with(h, b"SAG", BOTH, Some(P1_AUTH_KEY), Length::Two).bare()
}

pub(super) const LISTS: &[List] = &[
    list("p1-se", "SE", "p1", |h| SE.unit(h, &[TIME, NORTH]).bare()),
    list("p1-fi", "FI", "p1", |h| FI.unit(h, &[TIME, NORTH]).bare()),
    list("p1-dk", "DK", "p1", |h| DK.unit(h, &[TIME, &respelled()]).bare()),
    list("p1-dk-nes", "DK", "p1", |h| NES.unit(h, &[TIME_NES, &respelled()]).bare()),
    list("p1-at-steiermark", "AT", "p1-ciphered", steiermark),
    list("p1-si", "SI", "p1", |h| SI.unit(h, &[SLOVENIA]).bare()),
    list("easymeter-q3d", "DE", "p1", |h| DE.unit(h, &[EASYMETER]).bare()),
];

const fn list(
    name: &'static str,
    country: &'static str,
    framing: &'static str,
    encode: fn(&Household) -> Message,
) -> List {
    List { name, maker: "P1", country, framing, elements: 0, encode }
}

pub(super) const METERS: &[Meter] = &[
    sends("p1-se", 10_000, &[always("p1-se")]),
    sends("p1-fi", 10_000, &[always("p1-fi")]),
    sends("p1-dk", 10_000, &[always("p1-dk")]),
    sends("p1-dk-nes", 10_000, &[always("p1-dk-nes")]),
    sends("p1-at-steiermark", 10_000, &[always("p1-at-steiermark")]),
    sends("p1-si", 5_000, &[always("p1-si")]),
    sends("easymeter-q3d", 2_000, &[always("easymeter-q3d")]),
];
