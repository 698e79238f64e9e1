//! Iskraemeco (Slovenia): lists of bare values, told apart by the types of their elements.

use amshan_cosem::Type;
use amshan_quantity::Unit;

use crate::layout::{Element, Form, Layout, code};
use crate::table::{U8, U16, U32, current, energy, plain, power, text, time, voltage};

const LIST: Layout<'static> = Layout {
    maker: "Iskraemeco",
    source: "amsreader-firmware issues 615, 869, 956; athombv/node-dsmr-parser",
    form: Form::Places,
    ..Layout::EMPTY
};

/// The second element is what the grid company put there: the name of the list, or the serial number.
pub(crate) const A: Layout<'static> = Layout {
    name: "iskraemeco-si-three-phase",
    title: "Iskraemeco AM550, Slovenia, three phases, every 5 s",
    elements: &[
        NAME,
        text("0-0:96.1.2"),
        power("1-0:1.7.0"),
        power("1-0:2.7.0"),
        power("1-0:3.7.0"),
        power("1-0:4.7.0"),
        voltage("1-0:32.7.0", U16, -1),
        voltage("1-0:52.7.0", U16, -1),
        voltage("1-0:72.7.0", U16, -1),
        current("1-0:31.7.0", U16, -2),
        current("1-0:51.7.0", U16, -2),
        current("1-0:71.7.0", U16, -2),
        power("1-0:21.7.0"),
        power("1-0:41.7.0"),
        power("1-0:61.7.0"),
        power("1-0:22.7.0"),
        power("1-0:42.7.0"),
        power("1-0:62.7.0"),
    ],
    ..LIST
};

pub(crate) const B: Layout<'static> = Layout {
    name: "iskraemeco-si-celje",
    title: "Iskraemeco AM550, Slovenia (Elektro Celje), every 5 s",
    elements: &[
        NAME,
        text("0-0:96.1.2"),
        voltage("1-0:32.7.0", U16, -1),
        voltage("1-0:52.7.0", U16, -1),
        voltage("1-0:72.7.0", U16, -1),
        current("1-0:31.7.0", U16, -2),
        current("1-0:51.7.0", U16, -2),
        current("1-0:71.7.0", U16, -2),
        power("1-0:1.7.0"),
        power("1-0:2.7.0"),
        power("1-0:3.7.0"),
        power("1-0:4.7.0"),
    ],
    ..LIST
};

pub(crate) const C: Layout<'static> = Layout {
    name: "iskraemeco-si-energy",
    title: "Iskraemeco AM550, Slovenia, every quarter of an hour",
    elements: &[
        NAME,
        text("0-0:96.1.3"),
        plain("0-0:96.3.10", Type::ENUM, 0).or(Type::BOOLEAN),
        Element::octets(code("0-0:96.14.0")),
        energy("1-0:1.8.0", 0),
        energy("1-0:1.8.1", 0),
        energy("1-0:1.8.2", 0),
        energy("1-0:2.8.0", 0),
        energy("1-0:2.8.1", 0),
        energy("1-0:2.8.2", 0),
        energy("1-0:3.8.0", 0),
        energy("1-0:4.8.0", 0),
    ],
    ..LIST
};

pub(crate) const D_10: Layout<'static> = Layout {
    name: "iskraemeco-si-one-phase",
    title: "Iskraemeco AM550, Slovenia, one phase, every 5 s",
    elements: &[
        NAME,
        text("0-0:96.1.2"),
        power("1-0:1.7.0"),
        power("1-0:2.7.0"),
        power("1-0:3.7.0"),
        power("1-0:4.7.0"),
        voltage("1-0:32.7.0", U16, -1),
        current("1-0:31.7.0", U16, -2),
        power("1-0:21.7.0"),
        power("1-0:22.7.0"),
    ],
    ..LIST
};

/// What the last two are is not known; they were 0 in every message.
pub(crate) const D_9: Layout<'static> = Layout {
    name: "iskraemeco-si-one-phase-short",
    title: "Iskraemeco AM550, Slovenia, one phase, nine elements",
    elements: &[
        NAME,
        text("0-0:96.1.2"),
        power("1-0:1.7.0"),
        power("1-0:2.7.0"),
        power("1-0:3.7.0"),
        power("1-0:4.7.0"),
        voltage("1-0:32.7.0", U16, -1),
        Element::unknown(U32),
        Element::unknown(U32),
    ],
    ..LIST
};

pub(crate) const D_ENERGY: Layout<'static> = Layout {
    name: "iskraemeco-si-power-and-energy",
    title: "Iskraemeco AM550, Slovenia, powers and energies of two tariffs",
    elements: &[
        NAME,
        power("1-0:1.7.0"),
        power("1-0:2.7.0"),
        energy("1-0:1.8.0", 0),
        energy("1-0:1.8.1", 0),
        energy("1-0:1.8.2", 0),
        energy("1-0:2.8.0", 0),
        energy("1-0:2.8.1", 0),
        energy("1-0:2.8.2", 0),
    ],
    ..LIST
};

pub(crate) const E: Layout<'static> = Layout {
    name: "iskraemeco-si-totals",
    title: "Iskraemeco AM550, Slovenia, totals, every quarter of an hour",
    elements: &[text("0-0:96.1.0"), Element::unknown(U8), energy("1-0:1.8.0", 0), energy("1-0:2.8.0", 0)],
    ..LIST
};

/// It describes itself. The second id is no type.
pub(crate) const F: Layout<'static> = Layout {
    name: "iskraemeco-ch",
    title: "Iskraemeco AM550, Switzerland, with codes",
    source: "arendst/Tasmota issue 8790; esphome-libs/dlms_parser",
    form: Form::Codes,
    elements: &[
        text("0-0:96.1.0"),
        text("0-0:96.1.1"),
        power("1-0:1.7.0"),
        power("1-0:2.7.0"),
        energy("1-0:1.8.0", 0),
        energy("1-0:2.8.0", 0),
        voltage("1-0:32.7.0", U16, -1),
        voltage("1-0:52.7.0", U16, -1),
        voltage("1-0:72.7.0", U16, -1),
        current("1-0:31.7.0", U16, -2),
        current("1-0:51.7.0", U16, -2),
        current("1-0:71.7.0", U16, -2),
        energy("1-0:1.8.1", 0),
        energy("1-0:1.8.2", 0),
        energy("1-0:2.8.1", 0),
        energy("1-0:2.8.2", 0),
    ],
    ..LIST
};

/// It begins with the code of its push setup object. Some meters announce twelve elements and end after eight.
pub(crate) const G: Layout<'static> = Layout {
    name: "iskraemeco-kelag",
    title: "Iskraemeco AM550, Carinthia (KELAG)",
    source: "amsreader-firmware issue 787; athombv/node-dsmr-parser",
    push: &[code("0-6:25.9.0")],
    elements: &[
        Element::octets(code("0-6:25.9.0")),
        text("0-0:96.1.0"),
        time("1-0:0.9.1"),
        time("1-0:0.9.2"),
        energy("1-0:1.8.0", 0),
        energy("1-0:2.8.0", 0),
        energy("1-0:3.8.0", 0),
        energy("1-0:4.8.0", 0),
        power("1-0:1.7.0"),
        power("1-0:2.7.0"),
        Element::unknown(Type::OCTET_STRING),
        Element::unknown(Type::OCTET_STRING),
    ],
    ..LIST
};

/// Each limit of a phase is an array of one number; what it limits is not known.
pub(crate) const H: Layout<'static> = Layout {
    name: "iskraemeco-hr",
    title: "Iskraemeco IE.5, Croatia",
    source: "amsreader-firmware issue 1072",
    elements: &[
        text("0-0:96.1.0"),
        time("1-0:0.9.1"),
        time("1-0:0.9.2"),
        energy("1-0:1.8.0", 0),
        energy("1-0:1.8.1", 0),
        energy("1-0:1.8.2", 0),
        energy("1-0:2.8.0", 0),
        energy("1-0:2.8.1", 0),
        energy("1-0:2.8.2", 0),
        energy("1-0:5.8.0", 0),
        energy("1-0:6.8.0", 0),
        energy("1-0:7.8.0", 0),
        energy("1-0:8.8.0", 0),
        power("1-0:1.7.0"),
        power("1-0:2.7.0"),
        plain("1-0:13.7.0", U16, -3),
        power("1-0:21.7.0"),
        power("1-0:41.7.0"),
        power("1-0:61.7.0"),
        power("1-0:22.7.0"),
        power("1-0:42.7.0"),
        power("1-0:62.7.0"),
        voltage("1-0:32.7.0", U16, -1),
        voltage("1-0:52.7.0", U16, -1),
        voltage("1-0:72.7.0", U16, -1),
        current("1-0:31.7.0", U16, -2),
        current("1-0:51.7.0", U16, -2),
        current("1-0:71.7.0", U16, -2),
        Element::number(code("0-0:17.0.0"), U32, 0, Unit::WATT),
        Element::unknown(Type::ARRAY),
        Element::unknown(Type::ARRAY),
        Element::unknown(Type::ARRAY),
        plain("0-0:96.3.10", Type::BOOLEAN, 0).or(Type::ENUM),
    ],
    ..LIST
};

/// Wiener Netze: the grid company's list, whoever made the meter.
pub(crate) const J: Layout<'static> = Layout {
    name: "wiener-netze",
    title: "Iskraemeco AM550, Landis+Gyr E450, Vienna",
    maker: "",
    source: "Wiener Netze customer interface; messages of AM550 owners",
    elements: &[
        time("0-0:1.0.0"),
        energy("1-0:1.8.0", 0),
        energy("1-0:2.8.0", 0),
        energy("1-0:3.8.0", 0),
        energy("1-0:4.8.0", 0),
        power("1-0:1.7.0"),
        power("1-0:2.7.0"),
        power("1-0:3.7.0"),
        power("1-0:4.7.0"),
    ],
    ..LIST
};

/// The same behind the logical device name.
pub(crate) const J_NAMED: Layout<'static> = Layout {
    name: "wiener-netze-named",
    title: "Siemens TD-3511, Vienna",
    maker: "",
    source: "Wiener Netze customer interface; messages of TD-3511 owners",
    elements: &[
        NAME,
        time("0-0:1.0.0"),
        energy("1-0:1.8.0", 0),
        energy("1-0:2.8.0", 0),
        energy("1-0:3.8.0", 0),
        energy("1-0:4.8.0", 0),
        power("1-0:1.7.0"),
        power("1-0:2.7.0"),
        power("1-0:3.7.0"),
        power("1-0:4.7.0"),
    ],
    ..LIST
};

/// The logical device name.
const NAME: Element = text("0-0:42.0.0");
