//! What the Python package `amshan` 2.1.1 gets wrong, a test for each: named by what it does, holding what is right.

use amshan::{Decoder, Framing, Message, Messages};
use amshan_sim::apdu::{HeaderTime, data_notification, with_llc};
use amshan_sim::axdr::{Value, obis, octets, structure, text};
use amshan_sim::{START_MS, hdlc, list};

/// The fields of every reading in a stream, as they print.
fn fields(stream: &[u8]) -> Vec<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut messages = Messages::new(stream);
    while let Some(item) = messages.next_message() {
        if let Ok(message) = item {
            found.extend(read(message));
        }
    }
    found
}

fn read(message: Message<'_>) -> Vec<Vec<(String, String)>> {
    let readings = Decoder::new().readings(message).flatten();
    readings
        .map(|reading| {
            reading.fields().map(|(field, value)| (field.to_string(), value.to_string())).collect()
        })
        .collect()
}

fn value(fields: &[(String, String)], name: &str) -> Option<String> {
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone())
}

/// A P1 telegram of these lines, without checksum.
fn telegram(lines: &[&str]) -> Vec<u8> {
    format!("/XYZ5EXAMPLE\r\n\r\n{}\r\n!\r\n", lines.join("\r\n")).into_bytes()
}

fn one(lines: &[&str]) -> Vec<(String, String)> {
    fields(&telegram(lines)).remove(0)
}

/// A list of bare elements, as an application message without a frame.
fn bare(elements: impl IntoIterator<Item = Value>) -> Vec<(String, String)> {
    let mut message = data_notification(0x4000_0000, HeaderTime::Absent, &structure(elements));
    read(Message::bare(Framing::Apdu, 0, &mut message)).remove(0)
}

#[test]
fn kilowatts_go_through_floats_and_lose_a_watt() {
    assert_eq!(value(&one(&["1-0:1.7.0(01.011*kW)"]), "active_power_import").unwrap(), "1011 W");
}

#[test]
fn a_gas_meter_overwrites_the_meter_id() {
    let read = one(&["0-0:96.1.0(4D41494E)", "0-1:24.1.0(003)", "0-1:96.1.0(474153)"]);
    assert_eq!(value(&read, "meter_id").unwrap(), "MAIN");
    assert_eq!(value(&read, "submeter_1_id").unwrap(), "GAS");
}

#[test]
fn the_equipment_id_is_taken_for_the_type() {
    let read = one(&["0-0:96.1.1(4D41494E)"]);
    assert_eq!((value(&read, "meter_id").unwrap().as_str(), value(&read, "meter_type")), ("MAIN", None));
}

#[test]
fn one_odd_line_costs_the_telegram() {
    for odd in [
        "0-0:1.0.0(632525252525W)",
        "0-0:1.0.0(nonsense)",
        "1-0:2.7.0(*kW)",
        "1-0:4:24.7.0(0000.000*kVAr)",
        "1-0:32.7.0(230.0*V",
        "(",
        "nonsense",
    ] {
        let read = one(&[odd, "1-0:1.7.0(00.543*kW)"]);
        assert_eq!(value(&read, "active_power_import").as_deref(), Some("543 W"), "{odd}");
    }
}

#[test]
fn a_telegram_inside_another_makes_one_of_two() {
    let whole = telegram(&["1-0:1.7.0(00.001*kW)"]);
    let stream = [&whole[..whole.len() - 10], &b"\r\n"[..], &whole[..]].concat();
    assert_eq!(fields(&stream).len(), 1);
}

#[test]
fn a_checksum_of_zeros_is_taken_for_none() {
    let mut telegram = telegram(&["1-0:1.7.0(00.001*kW)"]);
    telegram.truncate(telegram.len() - 2);
    telegram.extend(b"0000\r\n");
    assert!(fields(&telegram).is_empty());
}

#[test]
fn identification_lines_of_real_meters_are_refused() {
    for line in
        ["/Ene5\\XS210 ESMR 5.0", "/NWA-WARMTELINK", "/KMP5 ZABF009999999999", "/XMX5LGBBFFB9999999999"]
    {
        let telegram = format!("{line}\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n");
        assert_eq!(fields(telegram.as_bytes()).len(), 1, "{line}");
    }
}

#[test]
fn a_date_with_parts_left_out_raises() {
    // The hour of the notification is not specified.
    let time = [0x07, 0xEA, 1, 14, 3, 0xFF, 0xFF, 0xFF, 0xFF, 0x80, 0, 0xFF];
    let body = structure([Value::U32(280)]);
    let plain = data_notification(0x4000_0000, HeaderTime::Absent, &body);
    let mut message = plain[..5].to_vec();
    message.push(12);
    message.extend(time);
    message.extend(&plain[6..]);
    let read = read(Message::bare(Framing::Apdu, 0, &mut message)).remove(0);
    assert_eq!(value(&read, "active_power_import").unwrap(), "280 W");
    assert_eq!(value(&read, "meter_datetime"), None);
}

#[test]
fn a_meter_number_of_twelve_characters_becomes_a_date() {
    let read = bare([text("Kamstrup_V0001"), obis("1-1:0.0.5"), octets("990000000001")]);
    assert_eq!(value(&read, "meter_id").unwrap(), "990000000001");
}

#[test]
fn an_unknown_code_costs_the_kamstrup_list() {
    let list =
        [text("Kamstrup_V0001"), obis("1-1:1.7.0"), Value::U32(280), obis("1-1:99.99.9"), Value::U32(1)];
    assert_eq!(value(&bare(list), "active_power_import").unwrap(), "280 W");
}

#[test]
fn currents_of_transformer_meters_are_ten_times_too_high() {
    let list = [
        text("Kamstrup_V0001"),
        obis("1-1:96.1.1"),
        text("6850000BN990000000"),
        obis("1-1:31.7.0"),
        Value::U32(3792),
    ];
    assert_eq!(value(&bare(list), "current_l1").unwrap(), "3.792 A");
}

#[test]
fn scaling_gives_floats_that_are_not_the_number() {
    let list = [text("Kamstrup_V0001"), obis("1-1:31.7.0"), Value::U32(57)];
    assert_eq!(value(&bare(list), "current_l1").unwrap(), "0.57 A");
}

#[test]
fn aidons_deviation_is_taken_for_utc() {
    let message = list("aidon-no-list-3").unwrap().message(1, START_MS);
    let time = value(&fields(&message.bytes)[0], "meter_datetime").unwrap();
    assert_eq!(time.len(), "2026-01-14T12:00:00".len(), "{time} has no offset");
}

#[test]
fn a_list_of_an_unknown_length_raises() {
    let read = bare([octets("KFM_001"), Value::U32(1), Value::U32(2)]);
    assert!(read.is_empty(), "there is nothing to name, and no harm done: {read:?}");
}

#[test]
fn a_wrong_length_swallows_the_frames_behind_it() {
    let good = list("kaifa-no-list-1").unwrap().message(1, START_MS).bytes;
    let mut wrong = good.clone();
    wrong[1..3].copy_from_slice(&[0xA7, 0xFF]);
    let stream = [wrong, good.repeat(20)].concat();
    assert_eq!(fields(&stream).len(), 20);
}

#[test]
fn a_shared_flag_behind_a_broken_frame_loses_the_next_one() {
    let good = list("kaifa-no-list-1").unwrap().message(1, START_MS).bytes;
    let stream = [&[0x7E, 0xA0, 0x01, 0x02][..], &good[..]].concat();
    assert_eq!(fields(&stream).len(), 1);
}

#[test]
fn a_right_frame_that_ends_in_7d_is_taken_for_an_abort() {
    let apdu = |n: u32| with_llc(&data_notification(n, HeaderTime::Absent, &structure([Value::U32(280)])));
    let ends = |n: &u32| hdlc::frame(&[0x41], &[0x08, 0x83], 0x13, &apdu(*n), false).ends_with(&[0x7D, 0x7E]);
    let n = (0..100_000).find(ends).unwrap();
    assert_eq!(fields(&hdlc::frame(&[0x41], &[0x08, 0x83], 0x13, &apdu(n), false)).len(), 1);
}
