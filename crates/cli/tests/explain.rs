//! `amshan explain`: every octet named, and where and why it stopped.

mod common;

use std::fs;
use std::path::PathBuf;

use common::explain::{corpus, covered, explain, explained, meanings, one, row};
use common::{amshan, keys, message, run};
use serde_json::Value;

#[test]
fn a_frame_of_each_field_a_row() {
    let frame = message("kaifa-no-list-1").bytes;
    let sheet = one(explained(&[], &frame));
    assert_eq!((&sheet["framing"], &sheet["stopped"]), (&"hdlc".into(), &Value::Null));
    let rows = sheet["rows"].as_array().unwrap();
    let names: Vec<_> =
        rows.iter().map(|row| (row["layer"].as_str().unwrap(), row["name"].as_str().unwrap())).collect();
    assert_eq!(
        names,
        [
            ("hdlc", "opening flag"),
            ("hdlc", "format"),
            ("hdlc", "destination address"),
            ("hdlc", "source address"),
            ("hdlc", "control"),
            ("hdlc", "header check"),
            ("llc", "LLC header"),
            ("apdu", "data-notification"),
            ("apdu", "invoke id and priority"),
            ("apdu", "date-time, extra tag"),
            ("data", "structure of 1"),
            ("data", "double-long-unsigned"),
            ("hdlc", "frame check"),
            ("hdlc", "closing flag"),
        ]
    );
    assert_eq!(row(&sheet, "format")["value"], "type 3, 39 octets");
    assert_eq!(row(&sheet, "frame check")["right"], true);
    assert_eq!(row(&sheet, "structure of 1")["depth"], 2);
    assert_eq!(row(&sheet, "double-long-unsigned")["depth"], 3);
    assert!(
        row(&sheet, "double-long-unsigned")["means"].as_str().unwrap().starts_with("active_power_import ")
    );
}

#[test]
fn segments_blocks_and_telegrams_are_named_and_joined() {
    for (list, layer) in [("iskraemeco-ch-f", "hdlc"), ("landisgyr-e450-push-1", "block")] {
        let sheet = one(explained(&[], &message(list).bytes));
        assert_eq!(sheet["stopped"], Value::Null, "{list}");
        let joined = covered(&sheet, "joined", 0);
        let pieces: String = sheet["rows"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["name"].as_str().unwrap().ends_with("piece of a message"))
            .inspect(|row| assert_eq!(row["layer"], if row["layer"] == "llc" { "llc" } else { layer }))
            .map(|row| row["octets"].as_str().unwrap())
            .collect();
        assert!(joined.starts_with(&pieces) || pieces.is_empty(), "{list}: {joined}\n{pieces}");
        assert!(!meanings(&sheet).is_empty(), "{list}");
    }
    let sheet = one(explained(
        &["--keys", corpus().join("keys.toml").to_str().unwrap()],
        &fs::read(corpus().join("mbus/sagemcom-at-noe-overflow.bin")).unwrap(),
    ));
    assert_eq!(sheet["stopped"], Value::Null);
    assert_eq!(row(&sheet, "length, twice")["value"], "257: 1 and 256, as some Sagemcom meters send it");
    assert!(meanings(&sheet).contains(&"active_power_import 2047 W"));
}

#[test]
fn lines_of_a_telegram_have_their_characters_and_meanings() {
    let text = b"/XMX5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n0-1:24.2.1(101209112500W)(12785.123*m3)\r\n!";
    let sum = amshan::dlde::checksum_arc(text);
    let sheet = one(explained(&[], &[&text[..], format!("{sum:04X}\r\n").as_bytes()].concat()));
    assert_eq!((&sheet["framing"], &sheet["stopped"]), (&"p1".into(), &Value::Null));
    assert_eq!(row(&sheet, "identification")["value"], "XMX, Xemex; EXAMPLE");
    assert_eq!(row(&sheet, "1-0:1.7.0")["value"], "00.543 kW");
    assert_eq!(meanings(&sheet), ["active_power_import 543 W", "submeter_1_value 12785.123 m3"]);
    assert_eq!(row(&sheet, "time")["value"], "2010-12-09T11:25:00");
    assert_eq!(row(&sheet, "checksum")["right"], true);
}

#[test]
fn what_can_be_seen_without_a_key_is_shown_and_with_it_what_is_inside() {
    let message = message("kamstrup-dk-25");
    let sheet = one(explained(&[], &message.bytes));
    let stopped = &sheet["stopped"];
    assert_eq!(stopped["layer"], "cipher");
    assert!(
        stopped["reason"]
            .as_str()
            .unwrap()
            .starts_with("message is ciphered, and there is no key for it (sender 4b414d")
    );
    assert!(stopped["hint"].as_str().unwrap().starts_with("give --key"));
    assert!(row(&sheet, "system title")["value"].as_str().unwrap().starts_with("KAM, Kamstrup, device "));
    assert_eq!(row(&sheet, "security control")["value"], "suite 0, encrypted, with a tag");
    assert_eq!(row(&sheet, "authentication tag")["octets"].as_str().unwrap().len(), 24);
    assert_eq!(stopped["offset"], row(&sheet, "ciphertext")["offset"]);
    assert!(meanings(&sheet).is_empty());

    let keys = keys(&message);
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let sheet = one(explained(&keys, &message.bytes));
    assert_eq!(sheet["stopped"], Value::Null);
    assert_eq!(row(&sheet, "authentication tag")["value"], "right");
    let opened = covered(&sheet, "opened", 0);
    assert!(
        opened.starts_with("0f")
            && opened.len() == row(&sheet, "ciphertext")["octets"].as_str().unwrap().len()
    );
    assert!(meanings(&sheet).iter().any(|means| means.starts_with("active_power_import ")));
    // Keys are not printed.
    for format in ["text", "json"] {
        let run = explain(&[&["--format", format], &keys[..]].concat(), &message.bytes);
        for key in [keys[1], keys[3]] {
            let spaced =
                key.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect::<Vec<_>>();
            assert!(!run.stdout.contains(&key[..16]) && !run.stdout.contains(&spaced[..6].join(" ")));
        }
    }

    // Another authentication key, another key, and a bit that was changed.
    let other = "00112233445566778899aabbccddee00";
    let sheet = one(explained(&[keys[0], keys[1], "--auth-key", other], &message.bytes));
    assert!(sheet["stopped"]["reason"].as_str().unwrap().starts_with("authentication key is wrong"));
    assert!(!meanings(&sheet).is_empty());
    let sheet = one(explained(&["--key", other, keys[2], keys[3]], &message.bytes));
    assert!(sheet["stopped"]["reason"].as_str().unwrap().starts_with("key is wrong"));
    assert!(meanings(&sheet).is_empty());
}

#[test]
fn a_message_without_a_frame() {
    let apdu = b"\xE6\xE7\x00\x0F\x40\x00\x00\x00\x00\x02\x01\x06\x00\x00\x15\x7E";
    let sheet = one(explained(&[], apdu));
    assert_eq!((&sheet["framing"], meanings(&sheet)), (&"apdu".into(), vec!["active_power_import 5502 W"]));
    let sheet = one(explained(&["--framing", "body"], &apdu[9..]));
    assert_eq!((&sheet["framing"], meanings(&sheet)), (&"body".into(), vec!["active_power_import 5502 W"]));
    let sheet = one(explained(&["--framing", "apdu"], &apdu[..12]));
    assert_eq!(
        sheet["stopped"]["reason"],
        "the double-long-unsigned here is cut: 4 octets more would follow (0 of the 1 element before it are whole)"
    );
}

/// No octet of this is without a row, however it is opened, and the text fits a terminal.
#[track_caller]
fn holds(what: &str, octets: &[u8], options: &[&str]) {
    for sheet in explained(options, octets) {
        assert!(
            sheet["stopped"].is_null() || !sheet["stopped"]["reason"].as_str().unwrap().is_empty(),
            "{what}"
        );
    }
    let run = explain(options, octets);
    for line in run.stdout.lines() {
        assert!(line.chars().count() <= 100 && !line.contains('\x1b'), "{what}: {line}");
    }
}

#[test]
fn every_octet_of_the_corpus_has_its_row() {
    let keys = corpus().join("keys.toml");
    for folder in ["hdlc", "mbus", "p1", "apdu"] {
        for file in fs::read_dir(corpus().join(folder)).unwrap().map(|file| file.unwrap().path()) {
            if file.extension().is_some_and(|extension| extension == "bin") {
                let octets = fs::read(&file).unwrap();
                let what = file.display().to_string();
                holds(&what, &octets, &[]);
                holds(&what, &octets, &["--keys", keys.to_str().unwrap()]);
                // What decoding can't read, this can't either.
                let options = ["--keys", keys.to_str().unwrap()];
                let decoded =
                    run(amshan().args(["decode", "--quiet", "--input", "raw"]).args(options), &octets);
                assert_eq!(explain(&options, &octets).status, decoded.status, "{what}");
            }
        }
    }
}

#[test]
fn damaged_octets_have_their_rows() {
    // A simple generator: the same octets each time.
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for list in
        ["aidon-no-list-2", "landisgyr-e450-push-1", "kaifa-at-noe", "p1-dsmr-5.0", "p1-lu", "kamstrup-dk-25"]
    {
        let octets = message(list).bytes;
        for _ in 0..12 {
            let mut damaged = octets.clone();
            let place = random(damaged.len());
            match random(5) {
                0 => damaged[place] ^= 1 << random(8),
                1 => drop(damaged.remove(place)),
                2 => damaged.insert(place, random(256) as u8),
                3 => damaged.truncate(place + 1),
                _ => drop(damaged.drain(..place)),
            }
            holds(list, &damaged, &[]);
        }
    }
}

#[test]
fn every_octet_of_the_captures_has_its_row() {
    let captures =
        std::env::var_os("AMSHAN_CAPTURES").map(|folder| PathBuf::from(folder).join("captures.jsonl"));
    let Some(captures) = captures.and_then(|file| fs::read_to_string(file).ok()) else {
        eprintln!("SKIPPED: AMSHAN_CAPTURES is not set to a folder with captured messages");
        return;
    };
    for line in captures.lines() {
        let capture: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| capture[name].as_str();
        let octets = text("stream_hex").unwrap().as_bytes();
        let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        let octets: Vec<u8> = octets.chunks(2).map(octet).collect();
        let mut options = Vec::new();
        for (option, name) in [("--key", "key_hex"), ("--auth-key", "auth_key_hex")] {
            options.extend(text(name).into_iter().flat_map(|key| [option, key]));
        }
        match text("framing").unwrap() {
            "llc-apdu" | "apdu" => options.extend(["--framing", "apdu"]),
            "notification-body" => options.extend(["--framing", "body"]),
            _ => {}
        }
        holds(text("id").unwrap(), &octets, &options);
    }
}
