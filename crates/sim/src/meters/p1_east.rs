//! P1 of Hungary and Lithuania: words, quadrants, tariffs.

use crate::axdr::parse_obis;
use crate::clock::{Clock, Zone};
use crate::household::Household;
use crate::message::Message;
use crate::meter::{List, Meter, always, sends};
use crate::p1::Check;
use crate::quantities::milli;
use crate::telegram::{Kind, Line, Line::*, to_decimals, written};

const HU: Kind = Kind { identification: "SAG5SAG-METER", zone: Zone::Cet, check: Check::Arc };
const HOLLEY: Kind = Kind { identification: "HLY5/D545-METER", check: Check::X25, ..HU };
const LT: Kind = Kind { identification: "LGF5E360", zone: Zone::Eet, ..HU };

const HUNGARY: &[Line] = &[
    T,
    S("0-0:42.0.0", "SAG109900######"),
    S("0-0:96.1.0", "99########"),
    S("0-0:96.14.0", "TARIFF 1"),
    S("0-0:96.3.10", "ON"),
    S("0-1:96.3.10", "OFF"),
    F(|_, r| {
        r.telegram.line("0-0:17.0.0", &["90.000*kW"]);
        r.means("power_limit", 90_000, 0);
    }),
];
const REGISTERS: &[Line] = &[
    N("1-0:1.8.0", 6, 3, "kWh"),
    N("1-0:1.8.1", 6, 3, "kWh"),
    N("1-0:1.8.2", 6, 3, "kWh"),
    N("1-0:1.8.3", 6, 3, "kWh"),
    N("1-0:1.8.4", 6, 3, "kWh"),
    N("1-0:2.8.0", 6, 3, "kWh"),
    N("1-0:2.8.1", 6, 3, "kWh"),
    N("1-0:2.8.2", 6, 3, "kWh"),
    N("1-0:2.8.3", 6, 3, "kWh"),
    N("1-0:2.8.4", 6, 3, "kWh"),
    N("1-0:3.8.0", 6, 3, "kvarh"),
    N("1-0:4.8.0", 6, 3, "kvarh"),
    N("1-0:5.8.0", 6, 3, "kvarh"),
    N("1-0:6.8.0", 6, 3, "kvarh"),
    N("1-0:7.8.0", 6, 3, "kvarh"),
    N("1-0:8.8.0", 6, 3, "kvarh"),
    N("1-0:15.8.0", 6, 3, "kWh"),
];
const MOMENTARY: &[Line] = &[
    N("1-0:32.7.0", 3, 1, "V"),
    N("1-0:52.7.0", 3, 1, "V"),
    N("1-0:72.7.0", 3, 1, "V"),
    N("1-0:31.7.0", 3, 0, "A"),
    N("1-0:51.7.0", 3, 0, "A"),
    N("1-0:71.7.0", 3, 0, "A"),
    N("1-0:13.7.0", 1, 3, ""),
    N("1-0:33.7.0", 1, 3, ""),
    N("1-0:53.7.0", 1, 3, ""),
    N("1-0:73.7.0", 1, 3, ""),
    N("1-0:14.7.0", 2, 2, "Hz"),
    N("1-0:1.7.0", 2, 3, "kW"),
    N("1-0:2.7.0", 2, 3, "kW"),
    N("1-0:5.7.0", 2, 3, "kvar"),
    N("1-0:6.7.0", 2, 3, "kvar"),
    N("1-0:7.7.0", 2, 3, "kvar"),
    N("1-0:8.7.0", 2, 3, "kvar"),
    F(|_, r| {
        for code in ["1-0:31.4.0", "1-0:51.4.0", "1-0:71.4.0"] {
            r.telegram.line(code, &["032.00*A"]);
        }
        r.means("current_limit", 32, 0);
    }),
];
/// The end of the month, and what the registers (but not those of tariffs 3 and 4) and six demands were then:
/// nineteen values.
const HISTORY: &[Line] = &[F(|h, r| {
    let (clock, then) = month_end(h, r.zone);
    let mut values = vec![clock.p1()];
    let registers = REGISTERS.iter().filter_map(|line| register(&then, line));
    let two_tariffs = registers.filter(|(code, _)| !code.ends_with(".3") && !code.ends_with(".4"));
    values.extend(two_tariffs.map(|(_, value)| value));
    values.extend((0..6).map(|quarter| format!("{}*kW", written(1_500 + 250 * quarter, 2, 3))));
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    r.telegram.line("0-0:98.1.0", &values);
})];
/// The same over many lines, each with its code, between parentheses of which the first is never closed in its line.
const HISTORY_IN_LINES: &[Line] = &[F(|h, r| {
    let (clock, then) = month_end(h, r.zone);
    r.telegram.raw("0-0:98.1.0(");
    r.telegram.line("0-0:1.0.0", &[&format!("{}T", clock.digits())]);
    for (code, value) in REGISTERS.iter().filter_map(|line| register(&then, line)) {
        r.telegram.line(code, &[&value]);
    }
    r.telegram.raw(")");
})];
const END: &[Line] = &[S("0-0:96.13.0", "")];

const LITHUANIA: &[Line] = &[
    T,
    S("0-0:96.1.0", "99######"),
    S("0-0:96.1.1", "LGZ990######"),
    S("1-0:0.2.0", "V1.0"),
    S("1-0:0.2.8", "V2.0"),
    S("1-0:0.8.2", "900*s"),
    N("1-0:1.8.0", 6, 3, "kWh"),
    N("1-0:1.8.1", 6, 3, "kWh"),
    N("1-0:1.8.2", 6, 3, "kWh"),
    N("1-0:1.8.3", 6, 3, "kWh"),
    N("1-0:1.8.4", 6, 3, "kWh"),
    N("1-0:2.8.0", 6, 3, "kWh"),
    N("1-0:2.8.1", 6, 3, "kWh"),
    N("1-0:2.8.2", 6, 3, "kWh"),
    N("1-0:3.8.0", 6, 3, "kvarh"),
    N("1-0:4.8.0", 6, 3, "kvarh"),
    N("1-0:5.8.0", 6, 3, "kvarh"),
    N("1-0:6.8.0", 6, 3, "kvarh"),
    N("1-0:7.8.0", 6, 3, "kvarh"),
    N("1-0:8.8.0", 6, 3, "kvarh"),
    N("1-0:1.7.0", 2, 3, "kW"),
    N("1-0:2.7.0", 2, 3, "kW"),
    N("1-0:3.7.0", 2, 3, "kvar"),
    N("1-0:4.7.0", 2, 3, "kvar"),
    N("1-0:9.7.0", 2, 3, "kVA"),
    N("1-0:10.7.0", 2, 3, "kVA"),
    N("1-0:15.7.0", 2, 3, "kW"),
    N("1-0:1.24.0", 2, 3, "kW"),
    N("1-0:15.24.0", 2, 3, "kW"),
    N("1-0:16.24.0", 2, 3, "kW"),
    N("1-0:1.4.0", 2, 3, "kW"),
    N("1-0:2.4.0", 2, 3, "kW"),
    N("1-0:3.4.0", 2, 3, "kvar"),
    N("1-0:4.4.0", 2, 3, "kvar"),
    N("1-0:9.4.0", 2, 3, "kVA"),
    N("1-0:10.4.0", 2, 3, "kVA"),
    N("1-0:11.7.0", 3, 2, "A"),
    N("1-0:31.7.0", 3, 2, "A"),
    N("1-0:51.7.0", 3, 2, "A"),
    N("1-0:71.7.0", 3, 2, "A"),
    N("1-0:91.7.0", 3, 2, "A"),
    N("1-0:90.7.0", 3, 2, "A"),
    N("1-0:12.7.0", 3, 1, "V"),
    N("1-0:32.7.0", 3, 1, "V"),
    N("1-0:52.7.0", 3, 1, "V"),
    N("1-0:72.7.0", 3, 1, "V"),
    N("1-0:32.24.0", 3, 1, "V"),
    N("1-0:52.24.0", 3, 1, "V"),
    N("1-0:72.24.0", 3, 1, "V"),
    N("1-0:29.7.0", 2, 3, "kVA"),
    N("1-0:49.7.0", 2, 3, "kVA"),
    N("1-0:69.7.0", 2, 3, "kVA"),
    N("1-0:30.7.0", 2, 3, "kVA"),
    N("1-0:50.7.0", 2, 3, "kVA"),
    N("1-0:70.7.0", 2, 3, "kVA"),
    N("1-0:13.7.0", 1, 3, ""),
    N("1-0:33.7.0", 1, 3, ""),
    N("1-0:53.7.0", 1, 3, ""),
    N("1-0:73.7.0", 1, 3, ""),
    N("1-0:13.3.0", 1, 3, ""),
    N("1-0:14.7.0", 2, 2, "Hz"),
    N("1-0:32.33.0", 5, 0, "s"),
    N("1-0:32.34.0", 3, 1, "V"),
    N("1-0:32.37.0", 5, 0, "s"),
    N("1-0:32.38.0", 3, 1, "V"),
];

/// The first of this month, and the house at that moment.
fn month_end(h: &Household, zone: Zone) -> (Clock, Household) {
    let now = h.clock(zone);
    let clock = Clock { day: 1, hour: 0, minute: 0, second: 0, ..now };
    let since = (u64::from(now.day) - 1) * 86_400_000
        + u64::from(now.hour) * 3_600_000
        + u64::from(now.minute) * 60_000
        + u64::from(now.second) * 1000;
    (clock, h.then(h.unix_ms.saturating_sub(since)))
}

/// Code and value of a line of registers.
fn register(h: &Household, line: &Line) -> Option<(&'static str, String)> {
    let N(code, whole, decimals, unit) = *line else { return None };
    let (raw, _) = to_decimals(milli(h, parse_obis(code))?, unit, decimals);
    Some((code, format!("{}*{unit}", written(raw, whole, decimals))))
}

pub(super) const LISTS: &[List] = &[
    list("p1-hu", "HU", |h| HU.unit(h, &[HUNGARY, REGISTERS, MOMENTARY, HISTORY, END]).bare()),
    list("p1-hu-holley", "HU", |h| {
        HOLLEY.unit(h, &[HUNGARY, REGISTERS, MOMENTARY, HISTORY_IN_LINES, END]).bare()
    }),
    list("p1-lt", "LT", |h| LT.unit(h, &[LITHUANIA]).bare()),
];

const fn list(name: &'static str, country: &'static str, encode: fn(&Household) -> Message) -> List {
    List { name, maker: "P1", country, framing: "p1", elements: 0, encode }
}

pub(super) const METERS: &[Meter] = &[
    sends("p1-hu", 10_000, &[always("p1-hu")]),
    sends("p1-hu-holley", 10_000, &[always("p1-hu-holley")]),
    sends("p1-lt", 10_000, &[always("p1-lt")]),
];
