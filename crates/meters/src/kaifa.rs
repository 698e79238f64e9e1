//! Kaifa (China): in Norway bare values, whose meaning is their place, with currents in mA and voltages in tenths of a
//! volt; in Sweden the same with codes; in Austria lists that describe themselves.

use crate::layout::{Clock, Element, Form, Layout, Mark, code};
use crate::table::{I16, U16, U32, U64, current, energy, plain, power, text, time, voltage};

const LIST: Layout<'static> = Layout {
    maker: "Kaifa",
    source: "Kaifa KFM_001 list description",
    form: Form::Places,
    marks: &[Mark { obis: code("1-0:0.2.129"), begins: "KFM_" }],
    // Civil time, by the description; no deviation, and status 0 in summer, too (lists of July 2020 and of September 2017).
    // Meters in Sweden with these lists may send deviation -60, which is right.
    clock: Clock::AsSent,
    ..Layout::EMPTY
};

/// No other maker sends a structure of a single number.
pub(crate) const NO_LIST_1: Layout<'static> = Layout {
    name: "kaifa-no-list-1",
    title: "Kaifa MA105, MA304, Norway, every 2 s",
    marks: &[],
    elements: &[POWER_IMPORT],
    ..LIST
};

pub(crate) const NO_LIST_2_ONE_PHASE: Layout<'static> = Layout {
    name: "kaifa-no-list-2-one-phase",
    title: "Kaifa MA105, Norway and Sweden, every 10 s",
    elements: &[VERSION, ID, TYPE, POWER_IMPORT, POWER_EXPORT, REACTIVE_IMPORT, REACTIVE_EXPORT, I1, U1],
    ..LIST
};

pub(crate) const NO_LIST_2: Layout<'static> = Layout {
    name: "kaifa-no-list-2",
    title: "Kaifa MA304, Norway and Sweden, every 10 s",
    elements: &[
        VERSION,
        ID,
        TYPE,
        POWER_IMPORT,
        POWER_EXPORT,
        REACTIVE_IMPORT,
        REACTIVE_EXPORT,
        I1,
        I2,
        I3,
        U1,
        U2,
        U3,
    ],
    ..LIST
};

pub(crate) const NO_LIST_3_ONE_PHASE: Layout<'static> = Layout {
    name: "kaifa-no-list-3-one-phase",
    title: "Kaifa MA105, Norway and Sweden, every hour",
    elements: &[
        VERSION,
        ID,
        TYPE,
        POWER_IMPORT,
        POWER_EXPORT,
        REACTIVE_IMPORT,
        REACTIVE_EXPORT,
        I1,
        U1, //
        CLOCK,
        ENERGY_IMPORT,
        ENERGY_EXPORT,
        REACTIVE_ENERGY_IMPORT,
        REACTIVE_ENERGY_EXPORT,
    ],
    ..LIST
};

/// Transformer meters (MA304T4) send the energies in 64 bits.
pub(crate) const NO_LIST_3: Layout<'static> = Layout {
    name: "kaifa-no-list-3",
    title: "Kaifa MA304, Norway and Sweden, every hour",
    elements: &[
        VERSION,
        ID,
        TYPE,
        POWER_IMPORT,
        POWER_EXPORT,
        REACTIVE_IMPORT,
        REACTIVE_EXPORT,
        I1,
        I2,
        I3,
        U1,
        U2,
        U3, //
        CLOCK,
        ENERGY_IMPORT,
        ENERGY_EXPORT,
        REACTIVE_ENERGY_IMPORT,
        REACTIVE_ENERGY_EXPORT,
    ],
    ..LIST
};

/// The same values with their codes.
pub(crate) const SE: Layout<'static> =
    Layout { name: "kaifa-se", title: "Kaifa MA304, Sweden, with codes, every 10 s", count: 36, ..OTHER };

/// Other lists with codes under Kaifa's name: what they have in common with the known ones is in the same scale.
pub(crate) const SE_OTHER: Layout<'static> = Layout {
    name: "kaifa",
    title: "Kaifa, any other list with codes and its name in it",
    open: true,
    ..OTHER
};

const OTHER: Layout<'static> = Layout {
    source: "operator's annotated message, amsreader-firmware issue 242",
    form: Form::Codes,
    // Normal time all year, with deviation -60 and status 0 (a list of 2022-10-15).
    clock: Clock::AsSent,
    elements: &[
        VERSION,
        ID,
        TYPE,
        POWER_IMPORT,
        POWER_EXPORT,
        REACTIVE_IMPORT,
        REACTIVE_EXPORT,
        I1,
        I2,
        I3,
        U1,
        U2,
        U3, //
        CLOCK,
        ENERGY_IMPORT,
        ENERGY_EXPORT,
        REACTIVE_ENERGY_IMPORT,
        REACTIVE_ENERGY_EXPORT,
    ],
    ..LIST
};

/// Netz NÖ: bare triples of code, value and {scaler, unit}; the clock in front and the meter's number behind them come
/// without codes. Sagemcom's meters there send the same list.
pub(crate) const NETZ_NOE: Layout<'static> = Layout {
    name: "netz-noe",
    maker: "",
    count: 35,
    title: "Kaifa MA309M and Sagemcom T210-D, Lower Austria, three phases, every 5 s",
    source: "Netz Niederösterreich customer interface description 218_9",
    form: Form::Codes,
    // True deviation and season: -120 and 80 in September, -60 and 00 in November.
    clock: Clock::AsSent,
    marks: &[],
    elements: &[
        CLOCK.first(),
        ENERGY_IMPORT,
        ENERGY_EXPORT,
        POWER_IMPORT,
        POWER_EXPORT,
        voltage("1-0:32.7.0", U16, -1),
        voltage("1-0:52.7.0", U16, -1),
        voltage("1-0:72.7.0", U16, -1),
        current("1-0:31.7.0", U16, -2),
        current("1-0:51.7.0", U16, -2),
        current("1-0:71.7.0", U16, -2),
        FACTOR,
        ID.last(),
    ],
    ..LIST
};

pub(crate) const NETZ_NOE_ONE_PHASE: Layout<'static> = Layout {
    name: "netz-noe-one-phase",
    title: "Kaifa MA110M, Lower Austria, one phase, every 5 s",
    count: 23,
    elements: &[
        CLOCK.first(),
        ENERGY_IMPORT,
        ENERGY_EXPORT,
        POWER_IMPORT,
        POWER_EXPORT,
        voltage("1-0:32.7.0", U16, -1),
        current("1-0:31.7.0", U16, -2),
        FACTOR,
        ID.last(),
    ],
    ..NETZ_NOE
};

/// TINETZ, Vorarlberg, Salzburg, Stoen (Poland): the clock behind its code, then structures that describe themselves.
pub(crate) const MA309: Layout<'static> = Layout {
    name: "kaifa-ma309",
    title: "Kaifa MA309M, MA110M, Tyrol, Vorarlberg, Salzburg, every 5 s",
    count: 16,
    source: "TINETZ customer interface description",
    form: Form::Codes,
    // True deviation and season: -120 and 80 in September, -60 and 00 in November.
    clock: Clock::AsSent,
    marks: &[],
    elements: &[
        CLOCK,
        ID,
        text("0-0:42.0.0"),
        voltage("1-0:32.7.0", U16, -1),
        voltage("1-0:52.7.0", U16, -1),
        voltage("1-0:72.7.0", U16, -1),
        current("1-0:31.7.0", U16, -2),
        current("1-0:51.7.0", U16, -2),
        current("1-0:71.7.0", U16, -2),
        POWER_IMPORT,
        POWER_EXPORT,
        ENERGY_IMPORT,
        ENERGY_EXPORT,
        REACTIVE_ENERGY_IMPORT,
        REACTIVE_ENERGY_EXPORT,
    ],
    ..LIST
};

const FACTOR: Element = plain("1-0:13.7.0", U16, -3).or(I16);
const VERSION: Element = text("1-0:0.2.129");
const ID: Element = text("0-0:96.1.0");
const TYPE: Element = text("0-0:96.1.7");
const POWER_IMPORT: Element = power("1-0:1.7.0");
const POWER_EXPORT: Element = power("1-0:2.7.0");
const REACTIVE_IMPORT: Element = power("1-0:3.7.0");
const REACTIVE_EXPORT: Element = power("1-0:4.7.0");
const I1: Element = current("1-0:31.7.0", U32, -3);
const I2: Element = current("1-0:51.7.0", U32, -3);
const I3: Element = current("1-0:71.7.0", U32, -3);
const U1: Element = voltage("1-0:32.7.0", U32, -1);
const U2: Element = voltage("1-0:52.7.0", U32, -1);
const U3: Element = voltage("1-0:72.7.0", U32, -1);
const CLOCK: Element = time("0-0:1.0.0");
const ENERGY_IMPORT: Element = energy("1-0:1.8.0", 0).or(U64);
const ENERGY_EXPORT: Element = energy("1-0:2.8.0", 0).or(U64);
const REACTIVE_ENERGY_IMPORT: Element = energy("1-0:3.8.0", 0).or(U64);
const REACTIVE_ENERGY_EXPORT: Element = energy("1-0:4.8.0", 0).or(U64);
