//! P1 of the Netherlands, Belgium and Luxembourg.

use crate::axdr::Length;
use crate::ciphering::{BOTH, P1_AUTH_KEY};
use crate::clock::{Clock, Zone};
use crate::household::Household;
use crate::message::Message;
use crate::meter::{List, Meter, always, sends};
use crate::p1::Check;
use crate::telegram::{Kind, Line, Line::*, Report, Submeter, written};

const NL: Kind = Kind { identification: "ISk5\\2MT382-1000", zone: Zone::Cet, check: Check::None };
const NL_4: Kind = Kind { identification: "KFM5KAIFA-METER", check: Check::Arc, ..NL };
const NL_5: Kind = Kind { identification: "Ene5\\T211 ESMR 5.0", ..NL_4 };
const BE: Kind = Kind { identification: "FLU5\\25399####_A", ..NL_4 };
const LU: Kind = Kind { identification: "Lux5\\25399####_D", ..NL_4 };
const WARMTE: Kind = Kind { identification: "NWA-WARMTELINK", check: Check::Short, ..NL };

const DSMR_2: &[Line] = &[
    S("0-0:42.0.0", "XX1100099########"),
    N("1-0:1.8.1", 5, 3, "kWh"),
    N("1-0:1.8.2", 5, 3, "kWh"),
    N("1-0:2.8.1", 5, 3, "kWh"),
    N("1-0:2.8.2", 5, 3, "kWh"),
    S("0-0:96.14.0", "0001"),
    N("1-0:1.7.0", 4, 2, "kW"),
    N("1-0:2.7.0", 4, 2, "kW"),
    F(|_, r| {
        r.telegram.line("0-0:17.0.0", &["0999.00*kW"]);
        r.means("power_limit", 999_000, 0);
    }),
    S("0-0:24.4.0", "1"),
    S("0-0:96.13.1", ""),
    S("0-0:96.13.0", ""),
    S("7-0:0.0.0", "G99000########"),
    F(|h, r| {
        let time = r.reading_time(h, 3600).digits();
        let value = format!("{}*m3", written(h.gas as i64, 5, 3));
        r.telegram.line("7-0:23.1.0", &[&time[..10], &value]);
    }),
    S("7-0:24.4.0", "1"),
];
const DSMR_3: &[Line] = &[
    H("0-0:96.1.1", "XX1100099########"),
    N("1-0:1.8.1", 5, 3, "kWh"),
    N("1-0:1.8.2", 5, 3, "kWh"),
    N("1-0:2.8.1", 5, 3, "kWh"),
    N("1-0:2.8.2", 5, 3, "kWh"),
    S("0-0:96.14.0", "0001"),
    N("1-0:1.7.0", 4, 2, "kW"),
    N("1-0:2.7.0", 4, 2, "kW"),
    F(|_, r| {
        r.telegram.line("0-0:17.0.0", &["0999.00*kW"]);
        r.means("power_limit", 999_000, 0);
    }),
    S("0-0:96.3.10", "1"),
    S("0-0:96.13.1", ""),
    S("0-0:96.13.0", ""),
    S("0-1:24.1.0", "3"),
    H("0-1:96.1.0", "G99000########"),
    F(|h, r| {
        let time = r.reading_time(h, 3600).digits();
        r.telegram.line("0-1:24.3.0", &[&time, "00", "60", "1", "0-1:24.2.1", "m3"]);
        r.telegram.line("", &[&written(h.gas as i64, 5, 3)]);
        r.means("submeter_1_type", 3, 0);
        r.means("submeter_1_value", h.gas as i64, -3);
    }),
    S("0-1:24.4.0", "1"),
];
const ENERGIES: &[Line] = &[
    N("1-0:1.8.1", 6, 3, "kWh"),
    N("1-0:1.8.2", 6, 3, "kWh"),
    N("1-0:2.8.1", 6, 3, "kWh"),
    N("1-0:2.8.2", 6, 3, "kWh"),
];
const POWERS: &[Line] = &[N("1-0:1.7.0", 2, 3, "kW"), N("1-0:2.7.0", 2, 3, "kW")];
const FAILURES: &[Line] = &[
    N("0-0:96.7.21", 5, 0, ""),
    N("0-0:96.7.9", 5, 0, ""),
    F(failure_log),
    N("1-0:32.32.0", 5, 0, ""),
    N("1-0:52.32.0", 5, 0, ""),
    N("1-0:72.32.0", 5, 0, ""),
    N("1-0:32.36.0", 5, 0, ""),
    N("1-0:52.36.0", 5, 0, ""),
    N("1-0:72.36.0", 5, 0, ""),
];
const DSMR_4: &[Line] = &[S("1-3:0.2.8", "42"), T, H("0-0:96.1.1", "E0099000########")];
const DSMR_5: &[Line] = &[S("1-3:0.2.8", "50"), T, H("0-0:96.1.1", "E0099000########")];
const TARIFF: &[Line] = &[S("0-0:96.14.0", "0002")];
const NO_MESSAGES: &[Line] = &[S("0-0:96.13.1", ""), S("0-0:96.13.0", "")];
const MESSAGE: &[Line] = &[H("0-0:96.13.0", "Water on Monday!")];
const VOLTAGES: &[Line] =
    &[N("1-0:32.7.0", 3, 1, "V"), N("1-0:52.7.0", 3, 1, "V"), N("1-0:72.7.0", 3, 1, "V")];
const CURRENTS: &[Line] =
    &[N("1-0:31.7.0", 3, 0, "A"), N("1-0:51.7.0", 3, 0, "A"), N("1-0:71.7.0", 3, 0, "A")];
const BY_PHASE: &[Line] = &[
    N("1-0:21.7.0", 2, 3, "kW"),
    N("1-0:41.7.0", 2, 3, "kW"),
    N("1-0:61.7.0", 2, 3, "kW"),
    N("1-0:22.7.0", 2, 3, "kW"),
    N("1-0:42.7.0", 2, 3, "kW"),
    N("1-0:62.7.0", 2, 3, "kW"),
];
const GAS_HOURLY: &[Line] = &[F(|h, r| r.submeter(h, &gas(h, 3600)))];
const GAS_AND_EMPTY: &[Line] = &[
    F(|h, r| r.submeter(h, &gas(h, 300))),
    S("0-2:24.1.0", "000"),
    S("0-2:96.1.0", ""),
    F(|_, r| r.telegram.line("0-2:24.2.1", &["700101010000W", "00000000"])),
];

const BELGIUM: &[Line] = &[
    S("0-0:96.1.4", "50217"),
    H("0-0:96.1.1", "1SAG99000#####"),
    T,
    N("1-0:1.8.1", 6, 3, "kWh"),
    N("1-0:1.8.2", 6, 3, "kWh"),
    N("1-0:2.8.1", 6, 3, "kWh"),
    N("1-0:2.8.2", 6, 3, "kWh"),
    S("0-0:96.14.0", "0001"),
    N("1-0:1.4.0", 2, 3, "kW"),
    F(month_peak),
    F(peak_history),
    N("1-0:1.7.0", 2, 3, "kW"),
    N("1-0:2.7.0", 2, 3, "kW"),
    N("1-0:21.7.0", 2, 3, "kW"),
    N("1-0:41.7.0", 2, 3, "kW"),
    N("1-0:61.7.0", 2, 3, "kW"),
    N("1-0:22.7.0", 2, 3, "kW"),
    N("1-0:42.7.0", 2, 3, "kW"),
    N("1-0:62.7.0", 2, 3, "kW"),
    N("1-0:32.7.0", 3, 1, "V"),
    N("1-0:52.7.0", 3, 1, "V"),
    N("1-0:72.7.0", 3, 1, "V"),
    N("1-0:31.7.0", 3, 2, "A"),
    N("1-0:51.7.0", 3, 2, "A"),
    N("1-0:71.7.0", 3, 2, "A"),
    S("0-0:96.3.10", "1"),
    F(|_, r| {
        r.telegram.line("0-0:17.0.0", &["999.9*kW"]);
        r.means("power_limit", 9999, 2);
        r.telegram.line("1-0:31.4.0", &["999*A"]);
        r.means("current_limit", 999, 0);
    }),
    S("0-0:96.13.0", ""),
    F(|h, r| {
        r.submeter(h, &Submeter { id: 1, code: "24.2.3", ..gas(h, 300) });
        r.telegram.line("0-1:24.4.0", &["1"]);
    }),
    F(|h, r| {
        let water = Submeter { channel: 2, kind: "007", raw: h.water as i64, ..gas(h, 300) };
        r.submeter(h, &Submeter { id: 1, ..water });
    }),
];

const LUXEMBOURG: &[Line] = &[
    S("1-3:0.2.8", "42"),
    T,
    H("0-0:42.0.0", "SAG103000099####"),
    N("1-0:1.8.0", 6, 3, "kWh"),
    N("1-0:2.8.0", 6, 3, "kWh"),
    N("1-0:3.8.0", 6, 3, "kvarh"),
    N("1-0:4.8.0", 6, 3, "kvarh"),
    N("1-0:1.7.0", 2, 3, "kW"),
    N("1-0:2.7.0", 2, 3, "kW"),
    N("1-0:3.7.0", 2, 3, "kvar"),
    N("1-0:4.7.0", 2, 3, "kvar"),
    F(|_, r| {
        r.telegram.line("0-0:17.0.0", &["027.6*kVA"]);
        r.means("power_limit", 276, 2);
    }),
    N("1-0:9.7.0", 2, 3, "kVA"),
    N("1-0:10.7.0", 2, 3, "kVA"),
    N("1-0:31.7.0", 3, 0, "A"),
    N("1-0:51.7.0", 3, 0, "A"),
    N("1-0:71.7.0", 3, 0, "A"),
    S("0-0:96.3.10", "1"),
    S("0-1:96.3.10", "0"),
    S("0-2:96.3.10", "0"),
    N("0-0:96.7.21", 5, 0, ""),
    S("0-0:32.32.0", "00002"),
    S("0-0:52.32.0", "00001"),
    S("0-0:72.32.0", "00000"),
    S("0-0:96.13.0", ""),
    S("0-0:96.13.2", ""),
    S("0-0:96.13.3", ""),
    S("0-0:96.13.4", ""),
    S("0-0:96.13.5", ""),
    N("1-0:21.7.0", 2, 3, "kW"),
    N("1-0:41.7.0", 2, 3, "kW"),
    N("1-0:61.7.0", 2, 3, "kW"),
    N("1-0:22.7.0", 2, 3, "kW"),
    N("1-0:42.7.0", 2, 3, "kW"),
    N("1-0:62.7.0", 2, 3, "kW"),
    N("1-0:23.7.0", 2, 3, "kvar"),
    N("1-0:43.7.0", 2, 3, "kvar"),
    N("1-0:63.7.0", 2, 3, "kvar"),
    N("1-0:24.7.0", 2, 3, "kvar"),
    N("1-0:44.7.0", 2, 3, "kvar"),
    N("1-0:64.7.0", 2, 3, "kvar"),
];

const WARMTELINK: &[Line] = &[
    S("1-3:0.2.8", "50"),
    T,
    F(|h, r| {
        let heat = Submeter { kind: "012", raw: h.heat as i64, unit: "GJ", ..gas(h, 3600) };
        r.submeter(h, &heat);
    }),
];

fn gas(h: &Household, every: u64) -> Submeter {
    let raw = h.then(h.unix_ms - h.unix_ms % (every * 1000)).gas as i64;
    Submeter { channel: 1, kind: "003", id: 0, code: "24.2.1", raw, unit: "m3", every }
}

fn failure_log(h: &Household, r: &mut Report) {
    let (first, second) = (h.peak(2, r.zone).0.p1(), h.peak(5, r.zone).0.p1());
    let values = ["2", "0-0:96.7.19", &first, "0000000240*s", &second, "0000000301*s"];
    r.telegram.line("1-0:99.97.0", &values);
}

fn month_peak(h: &Household, r: &mut Report) {
    let (clock, watts) = h.peak(0, r.zone);
    r.telegram.line("1-0:1.6.0", &[&clock.p1(), &kilowatts(watts)]);
    r.means("max_demand_import_month", watts as i64, 0);
}

/// The peaks of thirteen months; the oldest is of a month in which nothing was used.
fn peak_history(h: &Household, r: &mut Report) {
    let mut values = vec!["13".to_owned(), "1-0:1.6.0".to_owned(), "1-0:1.6.0".to_owned()];
    for back in (1..=13).rev() {
        let end = Clock { hour: 0, ..h.peak(back - 1, r.zone).0 };
        let end = Clock { day: 1, minute: 0, second: 0, ..end };
        let (clock, watts) = h.peak(back, r.zone);
        values.push(end.p1());
        values.push(if back == 13 { "632525252525W".to_owned() } else { clock.p1() });
        values.push(kilowatts(if back == 13 { 0 } else { watts }));
    }
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    r.telegram.line("0-0:98.1.0", &values);
}

fn kilowatts(watts: u64) -> String {
    format!("{}*kW", written(watts as i64, 2, 3))
}

fn luxembourg(h: &Household) -> Message {
    LU.unit(h, &[LUXEMBOURG]).ciphered_with(h, b"SAG", BOTH, Some(P1_AUTH_KEY), Length::Two).bare()
}

pub(super) const LISTS: &[List] = &[
    nl("p1-dsmr-2.2", |h| NL.unit(h, &[DSMR_2]).bare()),
    nl("p1-dsmr-3.0", |h| NL.unit(h, &[DSMR_3]).bare()),
    nl("p1-dsmr-4.2", |h| {
        let tables =
            [DSMR_4, ENERGIES, TARIFF, POWERS, FAILURES, NO_MESSAGES, CURRENTS, BY_PHASE, GAS_HOURLY];
        NL_4.unit(h, &tables).bare()
    }),
    nl("p1-dsmr-5.0", |h| {
        let tables = [
            DSMR_5,
            ENERGIES,
            TARIFF,
            POWERS,
            FAILURES,
            MESSAGE,
            VOLTAGES,
            CURRENTS,
            BY_PHASE,
            GAS_AND_EMPTY,
        ];
        NL_5.unit(h, &tables).bare()
    }),
    nl("p1-nl-warmtelink", |h| WARMTE.unit(h, &[WARMTELINK]).bare()),
    List { name: "p1-be", country: "BE", ..nl("", |h| BE.unit(h, &[BELGIUM]).bare()) },
    List { name: "p1-lu", country: "LU", framing: "p1-ciphered", ..nl("", luxembourg) },
];

const fn nl(name: &'static str, encode: fn(&Household) -> Message) -> List {
    List { name, maker: "P1", country: "NL", framing: "p1", elements: 0, encode }
}

pub(super) const METERS: &[Meter] = &[
    sends("p1-dsmr-2.2", 10_000, &[always("p1-dsmr-2.2")]),
    sends("p1-dsmr-3.0", 10_000, &[always("p1-dsmr-3.0")]),
    sends("p1-dsmr-4.2", 10_000, &[always("p1-dsmr-4.2")]),
    sends("p1-dsmr-5.0", 1_000, &[always("p1-dsmr-5.0")]),
    sends("p1-nl-warmtelink", 10_000, &[always("p1-nl-warmtelink")]),
    sends("p1-be", 1_000, &[always("p1-be")]),
    sends("p1-lu", 10_000, &[always("p1-lu")]),
];
