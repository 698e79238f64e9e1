//! `--timezone`: the offset of times that do not say it themselves.

mod common;

use common::{amshan, message, run};
use serde_json::{Value, json};

/// A telegram with its clock at this time.
fn telegram(time: &str) -> String {
    format!("/XYZ5EXAMPLE\r\n\r\n0-0:1.0.0({time})\r\n1-0:1.7.0(01.230*kW)\r\n!\r\n")
}

/// Kaifa's list 1 without a frame, its header at this date-time.
fn kaifa(octets: [u8; 12]) -> Vec<u8> {
    let header = [0xE6, 0xE7, 0x00, 0x0F, 0x40, 0, 0, 0, 0x09, 0x0C];
    [&header[..], &octets, &[0x02, 0x01, 0x06, 0, 0, 0x15, 0x7E]].concat()
}

/// What is printed, and what is said on stderr.
fn decode(zone: &str, arguments: &[&str], input: &[u8]) -> (Vec<Value>, String) {
    let mut command = amshan();
    command.args(["decode", "--quiet", "--format", "json", "--timezone", zone]).args(arguments);
    let output = run(&mut command, input);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    let said = output.stderr.clone();
    (output.lines(), said)
}

fn clock(zone: &str, input: &[u8]) -> (String, String) {
    let (lines, said) = decode(zone, &[], input);
    (lines[0]["meter_datetime"].as_str().unwrap().to_owned(), said)
}

#[test]
fn the_offset_is_that_of_the_zone() {
    for (time, zone, printed) in [
        ("260115120000W", "Europe/Amsterdam", "2026-01-15T12:00:00+01:00"),
        ("260715120000S", "Europe/Amsterdam", "2026-07-15T12:00:00+02:00"),
        ("260715120000", "Europe/Vilnius", "2026-07-15T12:00:00+03:00"),
        ("261025023000S", "Europe/Amsterdam", "2026-10-25T02:30:00+02:00"),
        ("261025023000W", "Europe/Amsterdam", "2026-10-25T02:30:00+01:00"),
        ("260715120000W", "+01:00", "2026-07-15T12:00:00+01:00"),
        ("260115120000W", "-03:30", "2026-01-15T12:00:00-03:30"),
        ("260115120000", "Pacific/Kiritimati", "2026-01-15T12:00:00+14:00"),
    ] {
        assert_eq!(clock(zone, telegram(time).as_bytes()), (printed.to_owned(), String::new()), "{time}");
    }
}

#[test]
fn what_the_message_says_holds() {
    let summer = kaifa([0x07, 0xEA, 7, 15, 3, 12, 0, 0, 0xFF, 0xFF, 0xC4, 0]);
    assert_eq!(clock("Europe/Stockholm", &summer).0, "2026-07-15T12:00:00+01:00");
    let full = run(
        amshan().args(["decode", "--quiet", "--format", "full", "--timezone", "Europe/Stockholm"]),
        &summer,
    )
    .good("full");
    let expected = json!({"local": "2026-07-15T12:00:00", "offset_minutes": 60, "offset_from": "message",
        "status": 0, "from": "notification"});
    assert_eq!(full.lines()[0]["clock"], expected);
}

#[test]
fn an_hour_that_cannot_be_placed_has_no_offset_and_is_named_once() {
    let autumn = kaifa([0x07, 0xEA, 10, 25, 7, 2, 30, 0, 0xFF, 0x80, 0, 0]);
    let (lines, said) = decode("Europe/Oslo", &["--framing", "apdu"], &autumn);
    assert_eq!(lines[0]["meter_datetime"], "2026-10-25T02:30:00");
    assert_eq!(
        said,
        "amshan: byte 0: 2026-10-25T02:30:00 is there twice in Europe/Oslo, as clocks are put back, and the meter does \
         not say which it is: no offset is given (said once)\n"
    );
    let spring = telegram("260329023000").repeat(3);
    let (lines, said) = decode("Europe/Oslo", &[], spring.as_bytes());
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[2]["meter_datetime"], "2026-03-29T02:30:00");
    assert_eq!(
        said,
        "amshan: byte 0: 2026-03-29T02:30:00 does not exist in Europe/Oslo, as clocks are put forward: no offset is \
         given (said once)\n"
    );
}

#[test]
fn doubts_of_several_kinds_come_in_the_order_of_kinds() {
    let later = "0-1:24.2.1(261025023000)(00012.345*m3)\r\n!";
    let both = telegram("260329023000").replace('!', later);
    let (lines, said) = decode("Europe/Oslo", &[], both.as_bytes());
    assert_eq!(lines[0]["submeter_1_time"], "2026-10-25T02:30:00");
    let kinds: Vec<bool> = said.lines().map(|line| line.contains("is there twice")).collect();
    assert_eq!(kinds, [true, false], "{said}");
}

#[test]
fn the_meters_word_against_the_zone_holds_and_is_named_once() {
    let (lines, said) = decode("Europe/Stockholm", &[], telegram("260715120000W").repeat(2).as_bytes());
    assert_eq!(lines[1]["meter_datetime"], "2026-07-15T12:00:00+01:00");
    assert_eq!(
        said,
        "amshan: byte 0: 2026-07-15T12:00:00 is winter time by the meter, and summer time in Europe/Stockholm: the \
         offset of winter time is given (said once)\n"
    );
    let (lines, said) = decode("+01:00", &[], telegram("260715120000S").as_bytes());
    assert_eq!(lines[0]["meter_datetime"], "2026-07-15T12:00:00");
    assert_eq!(
        said,
        "amshan: byte 0: 2026-07-15T12:00:00 is summer time by the meter, and +01:00 has none: no offset is given \
         (said once)\n"
    );
}

#[test]
fn a_maker_that_never_says_summer_is_not_believed_to_say_winter() {
    let summer = [0x07, 0xEA, 7, 15, 3, 12, 0, 0, 0xFF, 0x80, 0, 0];
    assert_eq!(clock("Europe/Oslo", &kaifa(summer)), ("2026-07-15T12:00:00+02:00".to_owned(), String::new()));
    // Aidon sends deviation 0 and means local time; Kamstrup keeps normal time and says when it does not.
    for (list, printed) in [
        ("aidon-no-list-3", "2026-07-14T21:00:00+02:00"),
        ("kamstrup-no-35", "2026-07-14T20:59:00+01:00"),
        ("kaifa-no-list-3", "2026-07-14T21:59:00+02:00"),
    ] {
        let message = amshan_sim::list(list).unwrap().message(3, 1_784_059_140_000);
        assert_eq!(clock("Europe/Oslo", &message.bytes).0, printed, "{list}");
    }
}

#[test]
fn every_format_prints_the_same_times() {
    let lines = "0-0:1.0.0(261025023000W)\r\n\
        1-0:99.97.0(1)(0-0:96.7.19)(260708152415S)(0000000240*s)\r\n\
        0-0:98.1.0(1)(1-0:1.6.0)(1-0:1.6.0)(260801000000S)(260717224500S)(04.329*kW)\r\n\
        0-1:24.2.1(261025022500S)(00012.345*m3)";
    let telegram = format!("/XYZ5EXAMPLE\r\n\r\n{lines}\r\n!\r\n");
    let times = [
        "2026-10-25T02:30:00+01:00",
        "2026-07-08T15:24:15+02:00",
        "2026-07-17T22:45:00+02:00",
        "2026-10-25T02:25:00+02:00",
    ];
    for format in ["json", "full", "table", "csv"] {
        let mut command = amshan();
        command.env("AMSHAN_TIMEZONE", "Europe/Brussels").args(["decode", "--quiet", "--format", format]);
        let output = run(&mut command, telegram.as_bytes()).good(format);
        for time in times {
            assert!(output.stdout.contains(time), "{format}: {time} in {}", output.stdout);
        }
    }
    let mut command = amshan();
    command.args(["decode", "--quiet", "--format", "full", "--timezone", "Europe/Brussels"]);
    let full = run(&mut command, telegram.as_bytes()).good("full").lines();
    assert_eq!(full[0]["clock"]["offset_minutes"], 60);
    assert_eq!(full[0]["clock"]["offset_from"], "timezone");
    let objects = full[0]["objects"].as_array().unwrap();
    assert_eq!(objects[0]["raw"], "261025023000W");
    assert_eq!(objects[3]["time"], "2026-10-25T02:25:00+02:00");
    assert_eq!(objects[2]["value"][0]["month_end"], "2026-08-01T00:00:00+02:00");
}

#[test]
fn a_zone_that_is_none_is_a_fault_of_the_command_line() {
    let output = run(amshan().args(["decode", "--timezone", "Europe/Olso"]), b"");
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("did you mean Europe/Oslo?"), "{}", output.stderr);
    let output = run(amshan().env("AMSHAN_TIMEZONE", "somewhere else").arg("decode"), b"");
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("Europe/Oslo, or +01:00"), "{}", output.stderr);
}

#[test]
fn without_a_zone_nothing_changes() {
    let octets = message("kaifa-no-list-3").bytes;
    let plain = run(amshan().args(["decode", "--quiet", "--format", "full"]), &octets).good("plain");
    let clock = &plain.lines()[0]["clock"];
    assert_eq!((&clock["offset_minutes"], &clock["offset_from"]), (&Value::Null, &Value::Null));
}
