//! Elements as the tables of the makers write them.

use amshan_cosem::Type;
use amshan_quantity::{Obis, Unit};

use crate::layout::{Element, code};

pub(crate) const U8: Type = Type::UNSIGNED;
pub(crate) const U16: Type = Type::LONG_UNSIGNED;
pub(crate) const U32: Type = Type::DOUBLE_LONG_UNSIGNED;
pub(crate) const U64: Type = Type::LONG64_UNSIGNED;
pub(crate) const I16: Type = Type::LONG;
pub(crate) const I64: Type = Type::LONG64;

/// A power in W, var or VA, as 32 bits.
pub(crate) const fn power(obis: &str) -> Element {
    Element::number(code(obis), U32, 0, power_unit(code(obis)))
}

/// An energy in Wh, varh or VAh times 10 to the power of `scale`, as 32 bits.
pub(crate) const fn energy(obis: &str, scale: i8) -> Element {
    let unit = match power_unit(code(obis)) {
        Unit::WATT => Unit::WATT_HOUR,
        Unit::VAR => Unit::VAR_HOUR,
        _ => Unit::VOLT_AMPERE_HOUR,
    };
    Element::number(code(obis), U32, scale, unit)
}

/// A voltage of this type and scale.
pub(crate) const fn voltage(obis: &str, kind: Type, scale: i8) -> Element {
    Element::number(code(obis), kind, scale, Unit::VOLT)
}

/// A current of this type and scale.
pub(crate) const fn current(obis: &str, kind: Type, scale: i8) -> Element {
    Element::number(code(obis), kind, scale, Unit::AMPERE)
}

/// A number without unit.
pub(crate) const fn plain(obis: &str, kind: Type, scale: i8) -> Element {
    Element::number(code(obis), kind, scale, Unit::NONE)
}

pub(crate) const fn text(obis: &str) -> Element {
    Element::text(code(obis))
}

pub(crate) const fn time(obis: &str) -> Element {
    Element::time(code(obis))
}

/// The unit of a power, by group C: active 1 and 2, reactive 3 to 8, apparent 9 and 10, of each phase 20 further on.
const fn power_unit(obis: Obis) -> Unit {
    match obis.c() % 20 {
        1 | 2 => Unit::WATT,
        3..=8 => Unit::VAR,
        _ => Unit::VOLT_AMPERE,
    }
}
