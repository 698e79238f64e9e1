//! The owned form of a reading says what the reading says, and is the same after it was written and read.

use amshan::cosem::{Key, Keys, Type};
use amshan::dlde::Check;
use amshan::meters::{Element, Form, Quantity};
use amshan::{By, Decoder, Field, Framing, Kind, Layout, Message, Messages, Name, Obis};
use amshan::{Reader, Reading, ReadingBuf, Unit, ValueBuf};
use amshan_sim::{START_MS, lists};

/// Every reading of every list of the simulator.
fn each(mut look: impl FnMut(&str, &Reading<'_>)) {
    for list in lists() {
        let message = list.message(3, START_MS);
        let keys = message.key.map(|key| Keys {
            encryption: Key::from_octets(&key).unwrap(),
            authentication: message.auth_key.map(|key| Key::from_octets(&key).unwrap()),
        });
        let decoder = keys.as_ref().map_or_else(Decoder::new, |keys| Decoder::new().keys(keys));
        let mut bytes = message.bytes.clone();
        if bytes.first() == Some(&0x0F) {
            let bare = Message::bare(Framing::Apdu, 0, &mut bytes);
            decoder.readings(bare).for_each(|reading| look(list.name, &reading.unwrap()));
            continue;
        }
        let reader = Reader::new().check_p1(Check::ArcOrX25);
        let mut messages = Messages::with(&message.bytes[..], reader);
        while let Some(item) = messages.next_message() {
            decoder.readings(item.unwrap()).for_each(|reading| look(list.name, &reading.unwrap()));
        }
    }
}

#[test]
fn it_says_the_same() {
    let (mut readings, mut nameless) = (0, 0);
    each(|list, reading| {
        readings += 1;
        let owned = reading.to_buf();
        let fields: Vec<_> = reading.fields().map(|(field, value)| (field, value.to_string())).collect();
        let same: Vec<_> = owned.fields().map(|(field, value)| (field, value.to_string())).collect();
        assert_eq!(fields, same, "{list}");
        for (field, value) in fields {
            assert_eq!(owned.get(field).unwrap().to_string(), value, "{list}");
        }
        assert_eq!(owned.layout.as_deref(), reading.layout().map(|layout| layout.name), "{list}");
        assert_eq!(
            (owned.by, owned.clock, owned.cut),
            (reading.by(), reading.clock(), reading.cut()),
            "{list}"
        );
        assert_eq!(owned.flaws.len(), reading.objects().filter(Result::is_err).count(), "{list}");
        assert_eq!(owned.security.is_some(), reading.security().is_some(), "{list}");
        nameless += owned.iter().count() - owned.fields().count();
    });
    assert!(readings > 60 && nameless > 50, "{readings} readings, {nameless} values without a name");
}

#[test]
fn it_is_the_same_after_it_was_written_and_read() {
    each(|list, reading| {
        let owned = reading.to_buf();
        let packed = postcard::to_allocvec(&owned).unwrap();
        assert_eq!(postcard::from_bytes::<ReadingBuf>(&packed).unwrap(), owned, "{list}");
        // A time in JSON has no day of the week; read and written once more it is the same.
        let text = serde_json::to_string(&owned).unwrap();
        let read: ReadingBuf = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text, "{list}");
        let values = |reading: &ReadingBuf| -> Vec<_> {
            reading.iter().map(|(name, value)| (name.clone(), value.to_string())).collect()
        };
        assert_eq!(values(&read), values(&owned), "{list}");
    });
}

#[test]
fn it_looks_so() {
    let telegram = b"/XYZ5EXAMPLE\r\n\r\n0-0:1.0.0(251026023000W)\r\n1-0:1.7.0(01.230*kW)\r\n\
        0-0:96.5.5(07)\r\n1-1:31.4.0(100*A)(-063*A)\r\n0-0:98.1.0(1)(1-0:1.6.0)(1-0:1.6.0)\
        (230201000000W)(632525252525W)(04.329*kW)\r\n1-0:1.8.0(x*kWh)\r\nF.F(00)\r\n!\r\n";
    let mut messages = Messages::new(&telegram[..]);
    let message = messages.next_message().unwrap().unwrap();
    let decoder = Decoder::new();
    let owned = decoder.readings(message).next().unwrap().unwrap().to_buf();
    assert_eq!(owned.by, By::Obis);
    let other = |text: &str| text.parse::<Name>().unwrap();
    assert_eq!(owned.get(Field::ACTIVE_POWER_IMPORT).unwrap().number(), Some("1230".parse().unwrap()));
    assert_eq!(other("1-0:96.5.5"), Name::Obis("1-0:96.5.5".parse().unwrap()));
    assert_eq!((other("element_3"), other("F.F")), (Name::Place(3), Name::Other("F.F".into())));
    let text = serde_json::to_string_pretty(&owned).unwrap();
    let expected = r#"{
  "layout": null,
  "by": "obis",
  "clock": {
    "time": {
      "time": "2025-10-26T02:30:00",
      "status": 0
    },
    "in_list": true,
    "season": "winter"
  },
  "security": null,
  "cut": null,
  "values": {"#;
    assert!(text.starts_with(expected), "{text}");
    for line in [
        r#""active_power_import":{"number":["1230","W"]}"#,
        r#""0-0:96.5.5":{"text":"07"}"#,
        r#""1-1:31.4.0":{"texts":["100*A","-063*A"]}"#,
        r#""F.F":{"text":"00"}"#,
        r#"{"peak":{"month_end":{"time":"2023-02-01T00:00:00","status":0},"time":null,"power":"4329"}}"#,
    ] {
        let text = serde_json::to_string(&owned).unwrap();
        assert!(text.contains(line), "{text}");
    }
    assert_eq!(
        owned.flaws,
        ["1-0:1.8.0: number makes no sense: character 'x' does not belong there at byte 0"]
    );
    // What no JSON number is, and octets.
    for (value, text) in [
        (ValueBuf::Float(f64::INFINITY), r#"{"float":"inf"}"#),
        (ValueBuf::Float(0.1), r#"{"float":"0.1"}"#),
        (ValueBuf::Octets(vec![0, 0xAB]), r#"{"octets":"00ab"}"#),
    ] {
        assert_eq!(serde_json::to_string(&value).unwrap(), text);
        assert_eq!(serde_json::from_str::<ValueBuf>(text).unwrap(), value);
        assert_eq!(postcard::from_bytes::<ValueBuf>(&postcard::to_allocvec(&value).unwrap()).unwrap(), value);
    }
    assert!(serde_json::from_str::<ValueBuf>(r#"{"octets":"00a"}"#).is_err());
}

#[test]
fn a_quantity_of_a_layout_keeps_its_name() {
    static FLOW: Quantity = Quantity { name: "flow_temperature", kind: Kind::Number, unit: Unit::CELSIUS };
    let field = Field::own(&FLOW);
    let element = Element {
        field: Some(field),
        ..Element::number(Obis::new(0, 0, 1, 0, 0, 255), Type::LONG_UNSIGNED, -1, Unit::CELSIUS)
    };
    let elements = [element, Element::unknown(Type::ENUM)];
    let layout = Layout { name: "boiler", form: Form::Places, elements: &elements, ..Layout::EMPTY };
    let mut list = [0x02, 0x02, 0x12, 0x02, 0x3A, 0x16, 0x01];
    let decoder = Decoder::new().meter(&layout);
    let message = Message::bare(Framing::Body, 0, &mut list);
    let owned = decoder.readings(message).next().unwrap().unwrap().to_buf();
    assert_eq!(owned.get(field).unwrap().to_string(), "57.0 °C");
    let text = serde_json::to_string(&owned).unwrap();
    assert!(text.contains(r#""flow_temperature":{"number":["57.0","°C"]}"#), "{text}");
    let read: ReadingBuf = serde_json::from_str(&text).unwrap();
    assert_eq!(read, owned);
    assert_eq!(read.get(field).unwrap().to_string(), "57.0 °C");
    // A field of the dictionary is read by its name; this one has no dictionary.
    assert_eq!(serde_json::from_str::<Field>("\"voltage_l1\"").unwrap(), Field::VOLTAGE_L1);
    assert_eq!(serde_json::to_string(&Field::SUBMETER_VALUE.at(2)).unwrap(), "\"submeter_2_value\"");
    let error = serde_json::from_str::<Field>("\"flow_temperature\"").unwrap_err().to_string();
    assert!(error.starts_with("no quantity is called \"flow_temperature\""), "{error}");
}

#[test]
fn no_key_is_in_it() {
    let list = lists().iter().find(|list| list.message(3, START_MS).auth_key.is_some()).unwrap();
    let message = list.message(3, START_MS);
    let keys = [message.key.unwrap(), message.auth_key.unwrap()];
    let [encryption, authentication] = keys.map(|key| Key::from_octets(&key).unwrap());
    let keyed = Keys { encryption, authentication: Some(authentication) };
    let decoder = Decoder::new().keys(&keyed);
    let mut messages = Messages::new(&message.bytes[..]);
    let owned = decoder.readings(messages.next_message().unwrap().unwrap()).next().unwrap().unwrap().to_buf();
    let security = owned.security.as_ref().unwrap();
    assert!(
        security.authenticated && security.system_title.len() == 16 && security.counter > 0,
        "{security:?}"
    );
    for text in [serde_json::to_string(&owned).unwrap(), format!("{owned:?}")] {
        for key in keys {
            let digits: String = key[..4].iter().map(|octet| format!("{octet:02x}")).collect();
            assert!(!text.contains(&digits), "{text}");
        }
    }
}
