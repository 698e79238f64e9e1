//! Aidon (Finland): lists of {code, value, {scaler, unit}}, so that scale and unit are in the message.

use amshan_cosem::Type;
use amshan_quantity::Unit;

use crate::layout::{Clock, Element, Form, Layout, Mark, code};

const LIST: Layout<'static> = Layout {
    name: "",
    maker: "Aidon",
    title: "",
    source: "Aidon HAN interface description v1.1A",
    outer: Type::ARRAY,
    form: Form::Codes,
    marks: &[Mark { obis: code("1-1:0.2.129"), begins: "AIDON_V" }],
    open: false,
    // It sends deviation 0, which would be UTC, and means local time.
    clock: Clock::Local,
    elements: &[],
};

/// Landis+Gyr meters with Embriq's module send the same list 1, so that it names no maker.
pub(crate) const NO_LIST_1: Layout<'static> = Layout {
    name: "aidon-no-list-1",
    maker: "",
    title: "Aidon 6515, 6525, 6534, 6540, 6550 (and Landis+Gyr E350 with Embriq's module), Norway, every 2.5 s",
    marks: &[],
    elements: &[power("1-0:1.7.0", Unit::WATT)],
    ..LIST
};

/// Three-wire meters lack the current of L2, one-phase meters all of L2 and L3.
pub(crate) const NO_LIST_2: Layout<'static> = Layout {
    name: "aidon-no-list-2",
    title: "Aidon 6515, 6525, 6534, 6540, 6550, Norway, every 10 s",
    elements: &[
        Element::text(code("1-1:0.2.129")),
        Element::text(code("0-0:96.1.0")),
        Element::text(code("0-0:96.1.7")),
        power("1-0:1.7.0", Unit::WATT),
        power("1-0:2.7.0", Unit::WATT),
        power("1-0:3.7.0", Unit::VAR),
        power("1-0:4.7.0", Unit::VAR),
        current("1-0:31.7.0"),
        current("1-0:51.7.0").optional(),
        current("1-0:71.7.0").optional(),
        voltage("1-0:32.7.0"),
        voltage("1-0:52.7.0").optional(),
        voltage("1-0:72.7.0").optional(),
    ],
    ..LIST
};

pub(crate) const NO_LIST_3: Layout<'static> = Layout {
    name: "aidon-no-list-3",
    title: "Aidon 6515, 6525, 6534, 6540, 6550, Norway, every hour",
    elements: &[
        Element::text(code("1-1:0.2.129")),
        Element::text(code("0-0:96.1.0")),
        Element::text(code("0-0:96.1.7")),
        power("1-0:1.7.0", Unit::WATT),
        power("1-0:2.7.0", Unit::WATT),
        power("1-0:3.7.0", Unit::VAR),
        power("1-0:4.7.0", Unit::VAR),
        current("1-0:31.7.0"),
        current("1-0:51.7.0").optional(),
        current("1-0:71.7.0").optional(),
        voltage("1-0:32.7.0"),
        voltage("1-0:52.7.0").optional(),
        voltage("1-0:72.7.0").optional(),
        Element::time(code("0-0:1.0.0")),
        energy("1-0:1.8.0", Unit::WATT_HOUR),
        energy("1-0:2.8.0", Unit::WATT_HOUR),
        energy("1-0:3.8.0", Unit::VAR_HOUR),
        energy("1-0:4.8.0", Unit::VAR_HOUR),
    ],
    ..LIST
};

pub(crate) const SE: Layout<'static> = Layout {
    name: "aidon-se",
    title: "Aidon 6515, 6525, 6534, Sweden and Finland, every 10 s",
    source: "Aidon RJ12 interface description v1.6",
    marks: &[],
    elements: &[
        Element::time(code("0-0:1.0.0")),
        power("1-0:1.7.0", Unit::WATT),
        power("1-0:2.7.0", Unit::WATT),
        power("1-0:3.7.0", Unit::VAR),
        power("1-0:4.7.0", Unit::VAR),
        current("1-0:31.7.0"),
        current("1-0:51.7.0"),
        current("1-0:71.7.0"),
        voltage("1-0:32.7.0"),
        voltage("1-0:52.7.0"),
        voltage("1-0:72.7.0"),
        power("1-0:21.7.0", Unit::WATT),
        power("1-0:22.7.0", Unit::WATT),
        power("1-0:23.7.0", Unit::VAR),
        power("1-0:24.7.0", Unit::VAR),
        power("1-0:41.7.0", Unit::WATT),
        power("1-0:42.7.0", Unit::WATT),
        power("1-0:43.7.0", Unit::VAR),
        power("1-0:44.7.0", Unit::VAR),
        power("1-0:61.7.0", Unit::WATT),
        power("1-0:62.7.0", Unit::WATT),
        power("1-0:63.7.0", Unit::VAR),
        power("1-0:64.7.0", Unit::VAR),
        energy("1-0:1.8.0", Unit::WATT_HOUR),
        energy("1-0:2.8.0", Unit::WATT_HOUR),
        energy("1-0:3.8.0", Unit::VAR_HOUR),
        energy("1-0:4.8.0", Unit::VAR_HOUR),
    ],
    ..LIST
};

const fn power(obis: &str, unit: Unit) -> Element {
    Element::number(code(obis), Type::DOUBLE_LONG_UNSIGNED, 0, unit)
}

const fn current(obis: &str) -> Element {
    Element::number(code(obis), Type::LONG, -1, Unit::AMPERE)
}

const fn voltage(obis: &str) -> Element {
    Element::number(code(obis), Type::LONG_UNSIGNED, -1, Unit::VOLT)
}

const fn energy(obis: &str, unit: Unit) -> Element {
    Element::number(code(obis), Type::DOUBLE_LONG_UNSIGNED, 1, unit)
}
