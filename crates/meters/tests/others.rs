//! Fields, and what is none of them on the way.

use amshan_dlde::Readout;
use amshan_meters::Reading;

#[test]
fn what_is_no_field_comes_by_among_the_fields() {
    let telegram =
        b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.100*kW)\r\n1-0:96.5.5(7)\r\n0-0:96.13.0()\r\n1-0:2.7.0(x*kW)\r\n\
        1-0:1.7.0(00.200*kW)\r\nnonsense\r\n1-0:32.7.0(230.1*V)\r\n!\r\n";
    let reading = Reading::of_readout(Readout::parse_prefix(telegram).unwrap().0);

    let (mut named, mut others) = (Vec::new(), Vec::new());
    reading.each_field(
        |field, _| named.push(field.to_string()),
        |other| others.push(other.map(|object| object.obis.unwrap().to_string())),
    );
    assert_eq!(named, reading.fields().map(|(field, _)| field.to_string()).collect::<Vec<_>>());
    assert!(named.ends_with(&["active_power_import".to_owned(), "voltage_l1".to_owned()]), "{named:?}");

    let told: Vec<_> = others
        .iter()
        .map(|other| other.as_ref().map_or_else(|flaw| flaw.to_string(), Clone::clone))
        .collect();
    assert_eq!(told[..2], ["1-0:96.5.5*255", "0-0:96.13.0*255"]);
    assert!(told[2].starts_with("1-0:2.7.0: number makes no sense"), "{told:?}");
    let all = reading.objects().filter(|object| match object {
        Ok(object) => object.field.is_none() || object.value.is_none(),
        Err(_) => true,
    });
    let expected: Vec<_> = all.map(|object| object.map(|object| object.obis.unwrap().to_string())).collect();
    assert_eq!(format!("{others:?}"), format!("{expected:?}"));
}
