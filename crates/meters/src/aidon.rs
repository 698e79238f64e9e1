//! Aidon (Finland): lists of {code, value, {scaler, unit}}, so that scale and unit are in the message.

use amshan_cosem::Type;

use crate::layout::{Clock, Element, Layout, Mark, code};
use crate::table::{I16, U16, current, energy, power, text, time, voltage};

const LIST: Layout<'static> = Layout {
    maker: "Aidon",
    source: "Aidon HAN interface description v1.1A",
    outer: Type::ARRAY,
    marks: &[Mark { obis: code("1-1:0.2.129"), begins: "AIDON_V" }],
    // It sends deviation 0, which would be UTC, and means local time ("Norwegian local time", HAN interface description
    // v1.1A). Its status is 0 in July, too (a list 3 of 2020-07-21).
    // Whether the clocks of all firmware follow summer time is not known: amsreader-firmware takes those of 2024 for
    // UTC+1 all year.
    clock: Clock::Local,
    ..Layout::EMPTY
};

/// Landis+Gyr meters with Embriq's module send the same list 1, so that it names no maker.
pub(crate) const NO_LIST_1: Layout<'static> = Layout {
    name: "aidon-no-list-1",
    maker: "",
    title: "Aidon 65xx (and Landis+Gyr E350 with Embriq's module), Norway, every 2.5 s",
    marks: &[],
    elements: &[power("1-0:1.7.0")],
    ..LIST
};

pub(crate) const NO_LIST_2: Layout<'static> = Layout {
    name: "aidon-no-list-2",
    title: "Aidon 65xx, Norway, four wires, every 10 s",
    elements: &NOW,
    ..LIST
};

/// On IT nets there is no neutral: the current of L2 is missing, and voltages are between lines.
pub(crate) const NO_LIST_2_THREE_WIRE: Layout<'static> = Layout {
    name: "aidon-no-list-2-three-wire",
    title: "Aidon 65xx, Norway, three wires, every 10 s",
    elements: &[VERSION, ID, KIND, P1, P2, Q1, Q2, I1, I3, U1, U2, U3],
    ..LIST
};

pub(crate) const NO_LIST_2_ONE_PHASE: Layout<'static> = Layout {
    name: "aidon-no-list-2-one-phase",
    title: "Aidon 65xx, Norway, one phase, every 10 s",
    elements: &[VERSION, ID, KIND, P1, P2, Q1, Q2, I1, U1],
    ..LIST
};

pub(crate) const NO_LIST_3: Layout<'static> = Layout {
    name: "aidon-no-list-3",
    title: "Aidon 65xx, Norway, four wires, every hour",
    elements: &[VERSION, ID, KIND, P1, P2, Q1, Q2, I1, I2, I3, U1, U2, U3, TIME, A1, A2, R1, R2],
    ..LIST
};

pub(crate) const NO_LIST_3_THREE_WIRE: Layout<'static> = Layout {
    name: "aidon-no-list-3-three-wire",
    title: "Aidon 65xx, Norway, three wires, every hour",
    elements: &[VERSION, ID, KIND, P1, P2, Q1, Q2, I1, I3, U1, U2, U3, TIME, A1, A2, R1, R2],
    ..LIST
};

pub(crate) const NO_LIST_3_ONE_PHASE: Layout<'static> = Layout {
    name: "aidon-no-list-3-one-phase",
    title: "Aidon 65xx, Norway, one phase, every hour",
    elements: &[VERSION, ID, KIND, P1, P2, Q1, Q2, I1, U1, TIME, A1, A2, R1, R2],
    ..LIST
};

/// The same list under another name.
pub(crate) const EMBRIQ_LIST_2: Layout<'static> = Layout {
    name: "embriq-no-list-2",
    title: "Landis+Gyr E350 with Embriq's module, Norway, every 10 s",
    elements: &NOW,
    ..EMBRIQ
};

/// Any other list under Embriq's name.
pub(crate) const EMBRIQ_OTHER: Layout<'static> = Layout {
    name: "embriq",
    title: "Landis+Gyr with Embriq's module, any other list with its name in it",
    open: true,
    elements: &[text("1-1:0.2.129"), time("0-0:1.0.0")],
    ..EMBRIQ
};

const EMBRIQ: Layout<'static> = Layout {
    maker: "Landis+Gyr",
    source: "ArnieO/SmartMeterDocumentation",
    marks: &[Mark { obis: code("1-1:0.2.129"), begins: "EMBRIQ_V" }],
    ..LIST
};

/// Any other list under Aidon's name. It describes itself; but its clock is Aidon's.
pub(crate) const OTHER: Layout<'static> = Layout {
    name: "aidon",
    title: "Aidon, any other list with its name in it",
    marks: &[Mark { obis: code("1-1:0.2.129"), begins: "AIDON_" }],
    open: true,
    elements: &[text("1-1:0.2.129"), time("0-0:1.0.0")],
    ..LIST
};

/// Lists of Aidon's kind without a name: whoever sends one, its clock is not to be trusted.
pub(crate) const NAMELESS: Layout<'static> = Layout {
    name: "aidon-like",
    maker: "",
    title: "Lists of Aidon's kind without a name in them",
    marks: &[],
    open: true,
    elements: &[time("0-0:1.0.0")],
    ..LIST
};

/// It begins with the clock and has no list version.
pub(crate) const SE: Layout<'static> = Layout {
    name: "aidon-se",
    title: "Aidon 65xx, Sweden and Finland, every 10 s",
    source: "Aidon RJ12 interface description v1.6",
    marks: &[],
    // No deviation, no status. The same port sends P1 in normal time all year (Swedish HAN/H1 port specification 2.0, 3;
    // SESKO SK 13-1); that this list has the same clock is taken from there.
    clock: Clock::Normal,
    elements: &[
        TIME,
        P1,
        P2,
        Q1,
        Q2,
        I1,
        I2,
        I3,
        U1,
        U2,
        U3,
        power("1-0:21.7.0"),
        power("1-0:22.7.0"),
        power("1-0:23.7.0"),
        power("1-0:24.7.0"),
        power("1-0:41.7.0"),
        power("1-0:42.7.0"),
        power("1-0:43.7.0"),
        power("1-0:44.7.0"),
        power("1-0:61.7.0"),
        power("1-0:62.7.0"),
        power("1-0:63.7.0"),
        power("1-0:64.7.0"),
        energy("1-0:1.8.0", 0),
        energy("1-0:2.8.0", 0),
        energy("1-0:3.8.0", 0),
        energy("1-0:4.8.0", 0),
    ],
    ..LIST
};

const NOW: [Element; 13] = [VERSION, ID, KIND, P1, P2, Q1, Q2, I1, I2, I3, U1, U2, U3];

const VERSION: Element = text("1-1:0.2.129");
const ID: Element = text("0-0:96.1.0");
const KIND: Element = text("0-0:96.1.7");
const P1: Element = power("1-0:1.7.0");
const P2: Element = power("1-0:2.7.0");
const Q1: Element = power("1-0:3.7.0");
const Q2: Element = power("1-0:4.7.0");
const I1: Element = current("1-0:31.7.0", I16, -1);
const I2: Element = current("1-0:51.7.0", I16, -1);
const I3: Element = current("1-0:71.7.0", I16, -1);
const U1: Element = voltage("1-0:32.7.0", U16, -1);
const U2: Element = voltage("1-0:52.7.0", U16, -1);
const U3: Element = voltage("1-0:72.7.0", U16, -1);
const TIME: Element = time("0-0:1.0.0");
const A1: Element = energy("1-0:1.8.0", 1);
const A2: Element = energy("1-0:2.8.0", 1);
const R1: Element = energy("1-0:3.8.0", 1);
const R2: Element = energy("1-0:4.8.0", 1);
