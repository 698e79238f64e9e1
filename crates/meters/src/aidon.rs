//! Aidon (Finland): lists of {code, value, {scaler, unit}}, so that scale and unit are in the message.

use amshan_cosem::Type;

use crate::layout::{Clock, Element, Form, Layout, Mark, code};
use crate::table::{I16, U16, current, energy, power, text, time, voltage};

const LIST: Layout<'static> = Layout {
    name: "",
    maker: "Aidon",
    title: "",
    source: "Aidon HAN interface description v1.1A",
    outer: Type::ARRAY,
    form: Form::Codes,
    marks: &[Mark { obis: code("1-1:0.2.129"), begins: "AIDON_V" }],
    push: &[],
    open: false,
    // It sends deviation 0, which would be UTC, and means local time.
    clock: Clock::Local,
    elements: &[],
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

pub(crate) const NO_LIST_2: Layout<'static> =
    Layout { name: "aidon-no-list-2", title: "Aidon 65xx, Norway, every 10 s", elements: &NOW, ..LIST };

pub(crate) const NO_LIST_3: Layout<'static> =
    Layout { name: "aidon-no-list-3", title: "Aidon 65xx, Norway, every hour", elements: &HOURLY, ..LIST };

/// The same lists under another name.
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
    elements: &[text("1-1:0.2.129"), time("0-0:1.0.0").optional()],
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
    elements: &[text("1-1:0.2.129"), time("0-0:1.0.0").optional()],
    ..LIST
};

/// It begins with the clock and has no list version.
pub(crate) const SE: Layout<'static> = Layout {
    name: "aidon-se",
    title: "Aidon 65xx, Sweden and Finland, every 10 s",
    source: "Aidon RJ12 interface description v1.6",
    marks: &[],
    elements: &[
        time("0-0:1.0.0"),
        power("1-0:1.7.0"),
        power("1-0:2.7.0"),
        power("1-0:3.7.0"),
        power("1-0:4.7.0"),
        current("1-0:31.7.0", I16, -1),
        current("1-0:51.7.0", I16, -1).optional(),
        current("1-0:71.7.0", I16, -1).optional(),
        voltage("1-0:32.7.0", U16, -1),
        voltage("1-0:52.7.0", U16, -1).optional(),
        voltage("1-0:72.7.0", U16, -1).optional(),
        power("1-0:21.7.0"),
        power("1-0:22.7.0"),
        power("1-0:23.7.0"),
        power("1-0:24.7.0"),
        power("1-0:41.7.0").optional(),
        power("1-0:42.7.0").optional(),
        power("1-0:43.7.0").optional(),
        power("1-0:44.7.0").optional(),
        power("1-0:61.7.0").optional(),
        power("1-0:62.7.0").optional(),
        power("1-0:63.7.0").optional(),
        power("1-0:64.7.0").optional(),
        energy("1-0:1.8.0", 0),
        energy("1-0:2.8.0", 0),
        energy("1-0:3.8.0", 0),
        energy("1-0:4.8.0", 0),
    ],
    ..LIST
};

/// Three-wire meters lack the current of L2, one-phase meters all of L2 and L3.
const NOW: [Element; 13] = [
    text("1-1:0.2.129"),
    text("0-0:96.1.0"),
    text("0-0:96.1.7"),
    power("1-0:1.7.0"),
    power("1-0:2.7.0"),
    power("1-0:3.7.0"),
    power("1-0:4.7.0"),
    current("1-0:31.7.0", I16, -1),
    current("1-0:51.7.0", I16, -1).optional(),
    current("1-0:71.7.0", I16, -1).optional(),
    voltage("1-0:32.7.0", U16, -1),
    voltage("1-0:52.7.0", U16, -1).optional(),
    voltage("1-0:72.7.0", U16, -1).optional(),
];

const HOURLY: [Element; 18] = {
    let [version, id, kind, p1, p2, q1, q2, i1, i2, i3, u1, u2, u3] = NOW;
    let clock = time("0-0:1.0.0");
    let (a1, a2) = (energy("1-0:1.8.0", 1), energy("1-0:2.8.0", 1));
    let (r1, r2) = (energy("1-0:3.8.0", 1), energy("1-0:4.8.0", 1));
    [version, id, kind, p1, p2, q1, q2, i1, i2, i3, u1, u2, u3, clock, a1, a2, r1, r2]
};
