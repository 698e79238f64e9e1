//! Landis+Gyr (Switzerland): pushes that begin with the definitions of their values, but leave out the scale.

use amshan_quantity::Unit;

use crate::layout::{Element, Form, Layout, code};
use crate::table::{I16, I64, U16, U32, U64, current, energy, plain, power, text, time, voltage};

const LIST: Layout<'static> = Layout {
    maker: "Landis+Gyr",
    source: "RWB leaflet on the E450; scs/smartmeter-datacollector",
    form: Form::Definitions,
    open: true,
    ..Layout::EMPTY
};

/// Which values it holds is the grid company's choice, so the list is known by its push setup object alone. The E450
/// sends 16 bits and hundredths of an ampere, the E570 64 bits and whole amperes; both send whole volts.
///
/// There is no deviation, and status 00 in June (E570, 2026-06-09): normal time, or a status that never says summer; it is
/// not known which.
pub(crate) const PUSH: Layout<'static> = Layout {
    name: "landisgyr-push",
    title: "Landis+Gyr E450, E570, Switzerland, every 5 s, minute and quarter of an hour",
    push: &[code("0-8:25.9.0"), code("0-9:25.9.0"), code("0-11:25.9.0")],
    elements: &push(0, -1),
    ..LIST
};

/// The list of 2026: tenths of a volt. Iskraemeco's AM550 sends it, too.
pub(crate) const VSE_2026: Layout<'static> = Layout {
    name: "vse-2026",
    maker: "",
    title: "Landis+Gyr E360, Iskraemeco AM550, Switzerland, list of 2026",
    source: "scs/smartmeter-datacollector",
    push: &[code("0-6:25.9.0")],
    elements: &push(-1, -1),
    ..LIST
};

/// The values of a push, voltages at this scale, and at another where raw values are above 1000.
const fn push(volts: i8, above: i8) -> [Element; 35] {
    const fn volt(obis: &str, scale: i8, above: i8) -> Element {
        voltage(obis, U16, scale).or(U32).or(U64).or(I64).above(1000, above)
    }
    const fn watt(obis: &str) -> Element {
        power(obis).or(I64).or(U64)
    }
    const fn watt_hour(obis: &str) -> Element {
        energy(obis, 0).or(U64).or(I64)
    }
    [
        text("0-0:42.0.0"),
        text("0-0:96.1.0"),
        watt("1-0:1.7.0"),
        watt("1-0:2.7.0"),
        watt("1-0:3.7.0"),
        watt("1-0:4.7.0"),
        watt("1-0:21.7.0"),
        watt("1-0:41.7.0"),
        watt("1-0:61.7.0"),
        watt("1-0:22.7.0"),
        watt("1-0:42.7.0"),
        watt("1-0:62.7.0"),
        watt_hour("1-1:1.8.0"),
        watt_hour("1-1:1.8.1"),
        watt_hour("1-1:1.8.2"),
        watt_hour("1-1:2.8.0"),
        watt_hour("1-1:2.8.1"),
        watt_hour("1-1:2.8.2"),
        watt_hour("1-1:3.8.0"),
        watt_hour("1-1:4.8.0"),
        watt_hour("1-1:5.8.0"),
        watt_hour("1-1:6.8.0"),
        watt_hour("1-1:7.8.0"),
        watt_hour("1-1:8.8.0"),
        ampere("1-0:31.7.0"),
        ampere("1-0:51.7.0"),
        ampere("1-0:71.7.0"),
        whole_ampere("1-0:31.7.0"),
        whole_ampere("1-0:51.7.0"),
        whole_ampere("1-0:71.7.0"),
        volt("1-0:32.7.0", volts, above),
        volt("1-0:52.7.0", volts, above),
        volt("1-0:72.7.0", volts, above),
        plain("1-0:13.7.0", I16, -3),
        time("0-0:1.0.0"),
    ]
}

const fn ampere(obis: &str) -> Element {
    current(obis, U16, -2).or(I16)
}

const fn whole_ampere(obis: &str) -> Element {
    current(obis, I64, 0).or(U64)
}

/// A clock, then codes and values to the end, everything in the base unit.
pub(crate) const FIRST_GENERATION: Layout<'static> = Layout {
    name: "landisgyr-first-generation",
    title: "Landis+Gyr E450, first generation, Switzerland",
    count: 33,
    source: "messages in esphome-libs/dlms_parser",
    form: Form::Codes,
    open: false,
    elements: &[
        time("0-0:1.0.0").first(),
        energy("1-0:1.8.0", 0),
        energy("1-0:1.8.1", 0),
        energy("1-0:1.8.2", 0),
        power("1-0:1.7.0"),
        energy("1-0:2.8.0", 0),
        energy("1-0:2.8.1", 0),
        energy("1-0:2.8.2", 0),
        power("1-0:2.7.0"),
        energy("1-0:3.8.0", 0),
        energy("1-0:3.8.1", 0),
        energy("1-0:3.8.2", 0),
        power("1-0:3.7.0"),
        energy("1-0:4.8.0", 0),
        energy("1-0:4.8.1", 0),
        energy("1-0:4.8.2", 0),
        power("1-0:4.7.0"),
    ],
    ..LIST
};

/// Bare values; no other list begins with three voltages and three currents.
pub(crate) const NETZ_BURGENLAND: Layout<'static> = Layout {
    name: "netz-burgenland",
    title: "Landis+Gyr E450, Burgenland",
    source: "amsreader-firmware issue 501",
    form: Form::Places,
    open: false,
    elements: &[
        voltage("1-0:32.7.0", U16, 0),
        voltage("1-0:52.7.0", U16, 0),
        voltage("1-0:72.7.0", U16, 0),
        current("1-0:31.7.0", U16, -2),
        current("1-0:51.7.0", U16, -2),
        current("1-0:71.7.0", U16, -2),
        power("1-0:1.7.0"),
        power("1-0:2.7.0"),
        energy("1-0:1.8.0", 0),
        energy("1-0:2.8.0", 0),
        Element::number(code("1-0:81.7.40"), U16, 0, Unit::DEGREE),
        Element::number(code("1-0:81.7.51"), U16, 0, Unit::DEGREE),
        Element::number(code("1-0:81.7.62"), U16, 0, Unit::DEGREE),
        text("0-0:96.1.0"),
    ],
    ..LIST
};
