//! What a list says: by a built-in layout, and by a layout of one's own.

use amshan_cosem::{Apdu, Type};
use amshan_meters::{Element, Field, Form, LAYOUTS, Layout, Reading};
use amshan_quantity::{Obis, Unit};

/// Four numbers, and nothing that says what they are: active power, current, voltage, and one that nobody knows.
const MESSAGE: &[u8] =
    b"\x0f\x00\x00\x00\x07\x00\x02\x04\x06\x00\x00\x07\xff\x12\x00\xb4\x12\x08\xee\x11\x2a";

/// What its maker says they are.
const MINE: Layout<'_> = Layout {
    name: "mine",
    form: Form::Places,
    elements: &[
        Element::number(Obis::new(1, 0, 1, 7, 0, 255), Type::DOUBLE_LONG_UNSIGNED, 0, Unit::WATT),
        Element::number(Obis::new(1, 0, 31, 7, 0, 255), Type::LONG_UNSIGNED, -1, Unit::AMPERE),
        Element::number(Obis::new(1, 0, 32, 7, 0, 255), Type::LONG_UNSIGNED, -1, Unit::VOLT),
        Element::unknown(Type::UNSIGNED),
    ],
    ..Layout::EMPTY
};

fn main() -> Result<(), amshan_cosem::Error> {
    let (apdu, _) = Apdu::parse(MESSAGE)?;
    let Apdu::DataNotification(notification) = apdu else { panic!("{apdu:?}") };

    let known = Reading::of_notification(&notification, LAYOUTS);
    println!("{:?}", known.by());
    show(&known);

    let reading = Reading::of_notification(&notification, [&MINE]);
    println!("{:?}: {}", reading.by(), reading.layout().map_or("none", |layout| layout.name));
    show(&reading);
    println!("{:?}", reading.get(Field::VOLTAGE_L1).and_then(|voltage| voltage.number()));
    Ok(())
}

fn show(reading: &Reading<'_>) {
    for (field, value) in reading.fields() {
        println!("  {field}: {value}");
    }
    for object in reading.objects().flatten() {
        if let (None, Some(position), Some(value)) = (object.field, object.position, object.value) {
            println!("  element {position}: {value}");
        }
    }
}
