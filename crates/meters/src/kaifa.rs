//! Kaifa (China): bare values, whose meaning is their place. Currents are in mA, voltages in tenths of a volt.

use amshan_cosem::Type;
use amshan_quantity::Unit;

use crate::layout::{Clock, Element, Form, Layout, Mark, code};

const LIST: Layout<'static> = Layout {
    name: "",
    maker: "Kaifa",
    title: "",
    source: "Kaifa KFM_001 list description",
    outer: Type::STRUCTURE,
    form: Form::Places,
    marks: &[Mark { obis: code("1-0:0.2.129"), begins: "KFM_" }],
    open: false,
    clock: Clock::AsSent,
    elements: &[],
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

/// The same values with their codes. A form without clock and energies is likely, and one-phase ones are.
pub(crate) const SE: Layout<'static> = Layout {
    name: "kaifa-se",
    title: "Kaifa MA105, MA304, Sweden, with codes, every 10 s",
    source: "operator's annotated message, amsreader-firmware issue 242",
    form: Form::Codes,
    elements: &[
        VERSION,
        ID,
        TYPE,
        POWER_IMPORT,
        POWER_EXPORT,
        REACTIVE_IMPORT,
        REACTIVE_EXPORT, //
        I1,
        I2.optional(),
        I3.optional(),
        U1,
        U2.optional(),
        U3.optional(),
        CLOCK.optional(), //
        ENERGY_IMPORT.optional(),
        ENERGY_EXPORT.optional(), //
        REACTIVE_ENERGY_IMPORT.optional(),
        REACTIVE_ENERGY_EXPORT.optional(),
    ],
    ..LIST
};

const VERSION: Element = Element::text(code("1-0:0.2.129"));
const ID: Element = Element::text(code("0-0:96.1.0"));
const TYPE: Element = Element::text(code("0-0:96.1.7"));
const POWER_IMPORT: Element = number("1-0:1.7.0", 0, Unit::WATT);
const POWER_EXPORT: Element = number("1-0:2.7.0", 0, Unit::WATT);
const REACTIVE_IMPORT: Element = number("1-0:3.7.0", 0, Unit::VAR);
const REACTIVE_EXPORT: Element = number("1-0:4.7.0", 0, Unit::VAR);
const I1: Element = number("1-0:31.7.0", -3, Unit::AMPERE);
const I2: Element = number("1-0:51.7.0", -3, Unit::AMPERE);
const I3: Element = number("1-0:71.7.0", -3, Unit::AMPERE);
const U1: Element = number("1-0:32.7.0", -1, Unit::VOLT);
const U2: Element = number("1-0:52.7.0", -1, Unit::VOLT);
const U3: Element = number("1-0:72.7.0", -1, Unit::VOLT);
const CLOCK: Element = Element::time(code("0-0:1.0.0"));
const ENERGY_IMPORT: Element = energy("1-0:1.8.0", Unit::WATT_HOUR);
const ENERGY_EXPORT: Element = energy("1-0:2.8.0", Unit::WATT_HOUR);
const REACTIVE_ENERGY_IMPORT: Element = energy("1-0:3.8.0", Unit::VAR_HOUR);
const REACTIVE_ENERGY_EXPORT: Element = energy("1-0:4.8.0", Unit::VAR_HOUR);

const fn number(obis: &str, scale: i8, unit: Unit) -> Element {
    Element::number(code(obis), Type::DOUBLE_LONG_UNSIGNED, scale, unit)
}

const fn energy(obis: &str, unit: Unit) -> Element {
    number(obis, 0, unit).or(Type::LONG64_UNSIGNED)
}
