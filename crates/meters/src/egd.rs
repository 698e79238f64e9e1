//! EG.D (Czech Republic): values behind attribute descriptors, without any framing. Everything is in the base unit.

use amshan_cosem::Type;
use amshan_quantity::Unit;

use crate::layout::{Element, Form, Layout, code};
use crate::table::{U32, energy, plain, power, text};

pub(crate) const EGD: Layout<'static> = Layout {
    name: "egd",
    title: "Sagemcom XT211 and other meters of EG.D, Czech Republic, every 60 s",
    source: "EG.D specification of the customer interface; Tomer27cz/xt211",
    form: Form::Descriptors,
    open: true,
    elements: &[
        text("0-0:42.0.0"),
        text("0-0:96.1.0"),
        text("0-0:96.1.1"),
        plain("0-0:96.3.10", Type::BOOLEAN, 0).or(Type::ENUM).or(Type::UNSIGNED),
        Element::number(code("0-0:17.0.0"), U32, 0, Unit::WATT),
        text("0-0:96.14.0"),
        power("1-0:1.7.0"),
        power("1-0:21.7.0"),
        power("1-0:41.7.0"),
        power("1-0:61.7.0"),
        power("1-0:2.7.0"),
        power("1-0:22.7.0"),
        power("1-0:42.7.0"),
        power("1-0:62.7.0"),
        energy("1-0:1.8.0", 0),
        energy("1-0:1.8.1", 0),
        energy("1-0:1.8.2", 0),
        energy("1-0:1.8.3", 0),
        energy("1-0:1.8.4", 0),
        energy("1-0:2.8.0", 0),
        energy("1-0:2.8.1", 0),
        energy("1-0:2.8.2", 0),
        energy("1-0:2.8.3", 0),
        energy("1-0:2.8.4", 0),
        energy("1-0:3.8.0", 0),
        energy("1-0:4.8.0", 0),
        text("0-0:96.13.0"),
    ],
    ..Layout::EMPTY
};
