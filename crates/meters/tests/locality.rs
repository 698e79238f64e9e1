//! Law 5, locality: an object that makes no sense costs that object, and its neighbours survive.

use amshan_cosem::{Body, Type};
use amshan_dlde::Readout;
use amshan_meters::{Element, Field, Kind, LAYOUTS, Layout, Quantity, Reading};
use amshan_quantity::{Obis, Unit};

/// {code, clock}, {code, power}, {code, clock}: the first clock is in the month 13.
const LIST: &[u8] = b"\x02\x03\
    \x02\x02\x09\x06\x00\x00\x01\x00\x00\xFF\x09\x0C\x07\xEA\x0D\x0E\x03\x13\x3B\x00\xFF\x80\x00\x00\
    \x02\x02\x09\x06\x01\x00\x01\x07\x00\xFF\x06\x00\x00\x07\xFF\
    \x02\x02\x09\x06\x00\x00\x01\x00\x00\xFF\x09\x0C\x07\xEA\x01\x0E\x03\x13\x3B\x00\xFF\x80\x00\x00";

#[test]
fn a_clock_that_makes_no_sense_costs_the_clock() {
    let (body, rest) = Body::parse(LIST).unwrap();
    assert!(rest.is_empty());
    let reading = Reading::of_body(body, LAYOUTS);
    let objects: Vec<_> = reading.objects().collect();
    let [Err(flaw), Ok(_), Ok(_)] = &objects[..] else { panic!("{objects:?}") };
    assert_eq!(flaw.to_string(), "0-0:1.0.0: time makes no sense: month cannot be 13 at byte 2");
    let time = reading.get(Field::METER_DATETIME).expect("the clock that makes sense");
    assert_eq!(time.to_string(), "2026-01-14T19:59:00");
}

#[test]
fn an_object_comes_with_the_octets_that_its_value_takes() {
    let (body, _) = Body::parse(LIST).unwrap();
    let placed: Vec<_> = Reading::of_body(body, LAYOUTS).placed().collect();
    let place = |octets: &[u8]| octets.as_ptr() as usize - body.bytes().as_ptr() as usize;
    let places: Vec<_> = placed.iter().map(|(octets, _)| (place(octets), octets.len())).collect();
    assert_eq!(places, [(12, 14), (36, 5), (51, 14)]);
    assert!(placed[0].1.is_err() && placed[1].1.is_ok());
}

#[test]
fn a_number_in_a_unit_that_its_name_does_not_have_is_given_by_its_code() {
    let telegram = b"/XYZ5EXAMPLE\r\n\r\n1-0:32.7.0(3*kV)\r\n1-0:1.7.0(1*GJ)\r\n1-0:52.7.0(230.1*V)\r\n!\r\n";
    let (readout, _) = Readout::parse_prefix(telegram).unwrap();
    let reading = Reading::of_readout(readout);
    let objects: Vec<_> = reading.objects().map(Result::unwrap).collect();
    let fields: Vec<_> = objects.iter().map(|object| object.field).collect();
    assert_eq!(fields, [None, None, Some(Field::VOLTAGE_L2)]);
    assert_eq!(objects[1].value.unwrap().to_string(), "1 GJ");
    assert_eq!(
        (reading.get(Field::VOLTAGE_L1).is_none(), reading.get(Field::ACTIVE_POWER_IMPORT).is_none()),
        (true, true)
    );
    let named: Vec<_> = reading.fields().map(|(field, _)| field.to_string()).collect();
    assert!(!named.iter().any(|name| name == "voltage_l1" || name == "active_power_import"), "{named:?}");
}

#[test]
fn a_number_of_a_list_in_a_unit_that_its_name_does_not_have_is_given_by_its_code() {
    // A voltage in ampere, and one in volt.
    const LIST: &[u8] = b"\x02\x02\
        \x02\x03\x09\x06\x01\x00\x20\x07\x00\xFF\x12\x09\x00\x02\x02\x0F\xFF\x16\x21\
        \x02\x03\x09\x06\x01\x00\x34\x07\x00\xFF\x12\x09\x00\x02\x02\x0F\xFF\x16\x23";
    let (body, _) = Body::parse(LIST).unwrap();
    let reading = Reading::of_body(body, LAYOUTS);
    let fields: Vec<_> = reading.objects().map(|object| object.unwrap().field).collect();
    assert_eq!(fields, [None, Some(Field::VOLTAGE_L2)]);
    let named: Vec<_> = reading.fields().map(|(field, value)| format!("{field} {value}")).collect();
    assert_eq!(named, ["voltage_l2 230.4 V"]);
}

/// Objects of one name, whether the dictionary has it or a layout: the first counts.
#[test]
fn a_name_is_given_once() {
    static LEVEL: Quantity = Quantity { name: "level", kind: Kind::Number, unit: Unit::NONE };
    let level = |obis| Element {
        field: Some(Field::own(&LEVEL)),
        ..Element::number(obis, Type::UNSIGNED, 0, Unit::NONE)
    };
    let elements = [level(Obis::new(0, 0, 99, 1, 0, 255)), level(Obis::new(0, 0, 99, 2, 0, 255))];
    let layout = [Layout { name: "tank", elements: &elements, ..Layout::EMPTY }];
    const LIST: &[u8] = b"\x02\x04\
        \x09\x06\x00\x00\x63\x01\x00\xFF\x11\x05\x09\x06\x00\x00\x63\x02\x00\xFF\x11\x06";
    let (body, _) = Body::parse(LIST).unwrap();
    let layout = [Layout { count: 4, ..layout[0] }];
    let reading = Reading::of_body(body, &layout);
    assert_eq!(reading.layout().map(|layout| layout.name), Some("tank"));
    let named: Vec<_> = reading.fields().map(|(field, value)| format!("{field} {value}")).collect();
    assert_eq!(named, ["level 5"]);
}
