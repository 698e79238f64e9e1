//! `amshan explain` on what is damaged: what is wrong, and what a right message would have had there.

mod common;

use std::time::Instant;

use common::explain::{explain, explained, meanings, one, row};
use common::{hex, message};
use serde_json::Value;

/// The octets without some.
fn without(octets: &[u8], range: std::ops::Range<usize>) -> Vec<u8> {
    [&octets[..range.start], &octets[range.end..]].concat()
}

/// The octets with one changed.
fn with(octets: &[u8], place: usize, octet: u8) -> Vec<u8> {
    let mut octets = octets.to_vec();
    octets[place] = octet;
    octets
}

/// That of `A7 FF 03 05 13`.
const HEADER_CHECK: u16 = 0x637B;
/// Invented: a list of one value in a frame of HDLC and in one of M-Bus, and a telegram.
const HDLC: &[u8] = b"\x7E\xA0\x27\x01\x02\x01\x10\x5A\x87\xE6\xE7\x00\x0F\x40\x00\x00\x00\x09\x0C\x07\xE4\
    \x02\x0F\x06\x01\x19\x22\xFF\x80\x00\x00\x02\x01\x06\x00\x00\x15\x7E\xEA\x5E\x7E";
const MBUS: &[u8] =
    b"\x68\x12\x12\x68\x53\xFF\x10\x01\x67\x0F\x40\x00\x00\x00\x00\x02\x01\x06\x00\x00\x15\x7E\xB5\x16";
const P1: &[u8] = b"/XMX5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n1-0:2.7.0(00.000*kW)\r\n!7111\r\n";

#[test]
fn what_is_damaged_is_said_with_what_would_be_right() {
    for right in [HDLC, MBUS, P1] {
        assert_eq!(one(explained(&[], right))["stopped"], Value::Null, "{}", hex(right));
    }
    let cases: [(&str, Vec<u8>, u64, &str, &str); 20] = [
        (
            "a bit of the data",
            with(HDLC, 36, 0x35),
            38,
            "hdlc",
            "the frame check is ea 5e; for these octets it would be d9 7d. One changed bit explains it: byte 36 is 35 and was 15",
        ),
        (
            "the frame check",
            with(HDLC, 38, 0xEB),
            38,
            "hdlc",
            "the frame check is eb 5e; for these octets it would be ea 5e",
        ),
        (
            "a bit of the header",
            with(HDLC, 3, 0x03),
            7,
            "hdlc",
            "the header check is 5a 87; for these octets it would be 2c be. One changed bit explains it: byte 3 is 03 and was 01",
        ),
        (
            "the length",
            with(HDLC, 2, 0x26),
            7,
            "hdlc",
            "the header check is 5a 87; for these octets it would be 1e 8c. One changed bit explains it: byte 2 is 26 and was 27",
        ),
        (
            "the frame type",
            with(HDLC, 1, 0x20),
            1,
            "hdlc",
            "the frame format is 20; that of a frame of type 3 is a0 to af",
        ),
        (
            "a lost octet",
            without(HDLC, 20..21),
            1,
            "hdlc",
            "the frame says that it has 39 octets, and its flags stand 38 apart: 1 octet missing",
        ),
        (
            "a cut frame",
            HDLC[..30].to_vec(),
            30,
            "hdlc",
            "the frame is cut: it has 29 of 39 octets, and its closing flag is missing",
        ),
        ("no opening flag", HDLC[1..].to_vec(), 0, "hdlc", "the flag 7e that opens the frame is missing"),
        (
            "an octet of M-Bus",
            with(MBUS, 20, 0x16),
            22,
            "mbus",
            "the checksum is b5; for these octets it would be b6",
        ),
        (
            "a length of M-Bus",
            with(MBUS, 1, 0x13),
            1,
            "mbus",
            "the length stands twice, as 13 and 12; by where the frame ends it is 12",
        ),
        (
            "a start of M-Bus",
            with(MBUS, 3, 0x60),
            3,
            "mbus",
            "the start again octet of the frame is 60; 68 would stand here",
        ),
        (
            "a cut frame of M-Bus",
            MBUS[..12].to_vec(),
            12,
            "mbus",
            "the frame is cut: it announces 24 octets, and 12 are missing",
        ),
        (
            "a lost octet of M-Bus",
            without(MBUS, 19..20),
            1,
            "mbus",
            "the frame announces 18 octets, and 17 stand here: 1 octet missing",
        ),
        (
            "a character",
            with(P1, 29, b'4'),
            61,
            "p1",
            "the checksum is 7111; for these octets it would be DD10. One changed bit explains it: byte 29 is 34 \"4\" and was 35 \"5\"",
        ),
        (
            "the checksum",
            with(P1, 61, b'x'),
            61,
            "p1",
            "behind the end mark stands no checksum; right would be 7111 and the line's end",
        ),
        (
            "a cut telegram",
            P1[..50].to_vec(),
            50,
            "p1",
            "the telegram is cut: its end mark ! and the checksum behind it are missing",
        ),
        (
            "the start of a telegram",
            P1[16..].to_vec(),
            0,
            "p1",
            "the telegram has no identification: a line that begins with / and three letters is missing",
        ),
        (
            "a control character",
            with(P1, 27, 0x01),
            27,
            "p1",
            "the telegram has an octet that is no printable character: 01",
        ),
        (
            "a frame without its head",
            [b"\x01\x02", &HDLC[9..]].concat(),
            2,
            "framing",
            "an application message stands here, and the frame's header in front of it is missing",
        ),
        ("noise", b"\x01\x02\x03\x04\x05".to_vec(), 0, "framing", "nothing here begins like a message"),
    ];
    for (what, octets, offset, layer, reason) in cases {
        // What stands before the one that is damaged is no message.
        let sheet = explained(&[], &octets).pop().unwrap();
        let stopped = &sheet["stopped"];
        assert_eq!(
            (&stopped["reason"], &stopped["offset"], &stopped["layer"]),
            (&reason.into(), &offset.into(), &layer.into()),
            "{what}: {sheet}"
        );
        let run = explain(&[], &octets);
        assert!(
            run.stdout.contains(&format!("stopped at byte {offset}, {layer}\n  {}", &reason[..20])),
            "{what}: {}",
            run.stdout
        );
    }
}

/// An application message in a right frame of M-Bus.
fn framed(message: &[u8]) -> Vec<u8> {
    let inside = [b"\x53\xFF\x10\x01\x67", message].concat();
    let sum = inside.iter().fold(0u8, |sum, octet| sum.wrapping_add(*octet));
    [&[0x68, inside.len() as u8, inside.len() as u8, 0x68], &inside[..], &[sum, 0x16]].concat()
}

#[test]
fn what_the_data_says_wrong_is_said_with_its_place() {
    let head = b"\x0F\x40\x00\x00\x00\x00";
    let cases: [(&str, &[u8], u64, &str); 5] = [
        (
            "an unknown type",
            b"\x02\x02\x06\x00\x00\x15\x7E\x29\x00\x00",
            22,
            "29 is no data type; how long its value is can't be known, so that nothing behind it can be read \
             (1 of the 2 elements before it are whole)",
        ),
        (
            "too few elements",
            b"\x02\x03\x06\x00\x00\x15\x7E",
            22,
            "the data ends early: the structure at byte 15 announces 3 elements, and 1 of them are whole",
        ),
        (
            "a cut value",
            b"\x02\x02\x06\x00\x00\x15\x7E\x09\x06\x01\x00",
            22,
            "the octet-string here is cut: 4 octets more would follow (1 of the 2 elements before it are whole)",
        ),
        (
            "octets left over",
            b"\x02\x01\x06\x00\x00\x15\x7E\x00\x01",
            22,
            "2 octets left over behind the message's data",
        ),
        (
            "another service",
            b"",
            9,
            "the application message is of the kind general-signing, which is not read",
        ),
    ];
    for (what, data, offset, reason) in cases {
        let octets = if data.is_empty() { framed(b"\xDF\x00\x00") } else { framed(&[head, data].concat()) };
        let sheet = one(explained(&[], &octets));
        assert_eq!(
            (&sheet["stopped"]["reason"], &sheet["stopped"]["offset"]),
            (&reason.into(), &offset.into()),
            "{what}"
        );
        assert_eq!(row(&sheet, "checksum")["right"], true);
    }
}

#[test]
fn one_line_that_makes_no_sense_costs_that_line() {
    let text = b"/XMX5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW\r\n1-0:2.7.0(00.001*kW)\r\n!\r\n";
    let sheet = one(explained(&[], text));
    assert_eq!((&sheet["stopped"], meanings(&sheet)), (&Value::Null, vec!["active_power_export 1 W"]));
    let note = &sheet["also"][0];
    assert_eq!(note["offset"], 16);
    assert!(note["reason"].as_str().unwrap().contains("a parenthesis is not closed; right would be"));
}

#[test]
fn stuffed_and_bent_frames_are_read_back() {
    let bent = message("aidon-no-list-2").bytes;
    let bent: Vec<u8> =
        bent.iter().flat_map(|octet| if *octet == 0x0A { vec![0x0D, 0x0A] } else { vec![*octet] }).collect();
    let sheet = one(explained(&[], &bent));
    assert_eq!(sheet["stopped"], Value::Null);
    assert!(sheet["also"][0]["reason"].as_str().unwrap().starts_with("an adapter turned each 0a"));

    let stuff =
        |octet: &u8| if matches!(octet, 0x7D | 0x7E) { vec![0x7D, octet ^ 0x20] } else { vec![*octet] };
    let stuffed: Vec<u8> = HDLC[1..40].iter().flat_map(stuff).collect();
    let sheet = one(explained(&[], &[b"\x7E", &stuffed[..], b"\x7E"].concat()));
    assert!(sheet["stopped"]["reason"].as_str().unwrap().starts_with("the line uses octet stuffing"));
    assert_eq!(meanings(&sheet), ["active_power_import 5502 W"]);
    assert_eq!(row(&sheet, "double-long-unsigned")["octets"], "060000157d5e");
}

#[test]
fn missing_pieces_are_named() {
    let blocks = message("landisgyr-e450-push-1").bytes;
    let second = blocks.windows(2).position(|pair| pair == [0x7E, 0x7E]).unwrap() + 1;
    let sheet = one(explained(&[], &blocks[second..]));
    assert_eq!(
        sheet["stopped"]["reason"],
        "this is piece 2 of the message, and piece 1 was to come: it is missing"
    );
    let sheet = one(explained(&[], &blocks[..second]));
    assert_eq!(sheet["stopped"]["reason"], "the message came in pieces, and its last one is not here");
    assert!(sheet["rows"].as_array().unwrap().iter().any(|row| row["of"] == "joined"));
}

#[test]
fn what_stands_between_blocks_is_named_among_them() {
    let blocks = message("landisgyr-e450-push-1").bytes;
    let second = blocks.windows(2).position(|pair| pair == [0x7E, 0x7E]).unwrap() + 1;
    let sheet = one(explained(&[], &[&blocks[..second], HDLC, &blocks[second..]].concat()));
    assert_eq!(sheet["stopped"], Value::Null);
    assert!(meanings(&sheet).contains(&"active_power_import 5502 W"));
    assert!(
        sheet["rows"].as_array().unwrap().iter().any(|row| row["of"] == "joined" && !row["means"].is_null())
    );
}

#[test]
fn an_octet_lost_before_the_next_frame_is_noticed() {
    let lost = without(HDLC, 20..21);
    let sheets = explained(&[], &[&lost[..], HDLC].concat());
    assert_eq!(sheets.len(), 2);
    assert!(
        sheets[0]["stopped"]["reason"].as_str().unwrap().ends_with("38 apart: 1 octet missing"),
        "{}",
        sheets[0]
    );
    assert_eq!(sheets[1]["stopped"], Value::Null);
    // Fill in front of something that is none.
    explained(&[], &[b"\r\n\x7E\x7E", HDLC, b"\r\n\x7E\x01\x02\r\n\x03"].concat());
    explained(&[], b"\r\n\x01\x02\r\n\x7E\x7E\r\n");
}

#[test]
fn messages_between_damaged_ones_are_found() {
    let stream = [&HDLC[20..], HDLC, &with(HDLC, 36, 0)[..], P1, &P1[..40], P1, MBUS, b"\x00\x00"].concat();
    let sheets = explained(&[], &stream);
    let said: Vec<_> = sheets
        .iter()
        .map(|sheet| (sheet["framing"].as_str().unwrap_or(""), sheet["stopped"].is_null()))
        .collect();
    assert_eq!(
        said,
        [
            ("", false),
            ("hdlc", true),
            ("hdlc", false),
            ("p1", true),
            ("p1", false),
            ("p1", true),
            ("mbus", true),
            ("", false)
        ]
    );
    assert_eq!(explain(&[], &stream).status, Some(1));
    assert_eq!(explain(&[], HDLC).status, Some(0));
    let run = explain(&[], b"");
    assert_eq!((run.status, &*run.stderr), (Some(1), "amshan: -: the input is empty\n"));
}

#[test]
fn input_made_to_hurt_is_done_with_in_time() {
    // A right header that announces 2,047 octets.
    let header = b"\x7E\xA7\xFF\x03\x05\x13";
    let check = HEADER_CHECK.to_le_bytes();
    let nested = [&header[..], &check].concat().repeat(8192);
    let compact = b"\x13\x02\x02\x01\xFF\xFF\x00\x11\x01\x05".repeat(6553);
    let apdu = [b"\x0F\x00\x00\x00\x00\x00\x02\x82\xFF\xFF", &compact[..]].concat();
    for (what, octets) in [
        ("flags", vec![0x7E; 65_536]),
        ("headers inside one another", nested),
        ("starts of M-Bus", vec![0x68; 65_536]),
        ("starts of telegrams", b"/ABC\n".repeat(13_107)),
        ("a line without end", [b"/ABC\n", &[b'1'; 65_536][..]].concat()),
        ("starts of ciphered messages", b"\xDB\x08XYZ\x00\x00\x00\x00\x01\x82\xFF\xFF\x30".repeat(4681)),
        ("compact arrays of nothing", apdu),
    ] {
        let start = Instant::now();
        explained(&["--key", "00112233445566778899aabbccddeeff"], &octets);
        assert!(start.elapsed().as_secs() < 8, "{what}: {:?}", start.elapsed());
    }
}
