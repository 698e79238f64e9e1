//! `amshan probe`: what is at the other end, or why nothing comes.
#![cfg(unix)]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use common::live::terminal;
use common::{Run, amshan, message, run};

const KEY: &str = "000102030405060708090a0b0c0d0e0f";
const AUTH_KEY: &str = "d0d1d2d3d4d5d6d7d8d9dadbdcdddedf";

/// A meter of the simulator, twenty times as quick as a real one, and where it can be heard.
struct Meter(Child, String);

impl Meter {
    fn new(options: &[&str]) -> Self {
        let mut child = amshan().args(["simulate", "--speed", "20"]).args(options).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let place = line.trim_end().rsplit(' ').next().unwrap().to_owned();
        Self(child, if place.starts_with('/') { place } else { format!("tcp://{place}") })
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn probe(options: &[&str]) -> Run {
    run(amshan().arg("probe").args(options), b"")
}

/// A gateway that sends these octets again and again.
fn gateway(octets: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let Ok((mut client, _)) = listener.accept() else { return };
        while client.write_all(&octets).is_ok() {
            thread::sleep(Duration::from_millis(100));
        }
    });
    address
}

#[test]
fn each_framing_is_found_on_a_port_and_at_a_gateway() {
    let keyed = ["--key", KEY, "--auth-key", AUTH_KEY];
    for (list, framing, ciphered) in [
        ("aidon-no-list-2", "hdlc", false),
        ("kaifa-no-list-1", "hdlc", true),
        ("kaifa-ma309", "mbus", true),
        ("p1-dsmr-5", "p1", false),
        ("p1-lu", "apdu", true),
    ] {
        for end in [&["--pty"][..], &["--tcp", "127.0.0.1:0"]] {
            let options = [&[list][..], end, if ciphered { &keyed } else { &[] }].concat();
            let meter = Meter::new(&options);
            let start = Instant::now();
            let blind = probe(&["--wait", "4s", &meter.1]);
            assert!(start.elapsed() < Duration::from_secs(60));
            assert_eq!(blind.status, Some(0), "{list}: {blind:?}");
            assert!(blind.stdout.starts_with(&format!("found: {framing}")), "{list}: {blind:?}");
            assert_eq!(blind.stdout.contains("no key for it"), ciphered, "{list}: {blind:?}");
            assert!(blind.stdout.contains("a message every"), "{list}: {blind:?}");
            let next = if ciphered { "next: AMSHAN_KEY=… amshan read '" } else { "next: amshan read '" };
            assert!(blind.stdout.contains(next), "{list}: {blind:?}");
            if ciphered {
                let found = probe(&[&["--wait", "4s", &meter.1][..], &keyed].concat());
                assert_eq!(found.status, Some(0), "{list}: {found:?}");
                assert!(found.stdout.starts_with(&format!("found: {framing}")), "{list}: {found:?}");
                assert!(!found.stdout.contains("not decoded"), "{list}: {found:?}");
            }
        }
    }
}

#[test]
fn the_list_and_the_settings_are_named() {
    let meter = Meter::new(&["kaifa-no-list-2", "--pty"]);
    let found = probe(&["--wait", "4s", &meter.1]);
    let expected = format!("next: amshan read 'serial:{}?baud=2400'\n", meter.1);
    assert!(found.stdout.contains("hdlc, kaifa-no-list-2, meter 99"), "{found:?}");
    assert!(
        found.stdout.contains("settings: 2400 baud, 8N1\n") && found.stdout.ends_with(&expected),
        "{found:?}"
    );
}

#[test]
fn a_port_that_is_opened_within_a_message_is_listened_to_on() {
    let (mut meter, path) = terminal();
    let message = message("kaifa-no-list-1").bytes;
    let whole = message.clone();
    thread::spawn(move || {
        // The rest of a message that had begun before, and the next one after a while.
        let _ = meter.write_all(&message[20..]);
        thread::sleep(Duration::from_millis(3500));
        while meter.write_all(&whole).is_ok() {
            thread::sleep(Duration::from_secs(1));
        }
    });
    let found = probe(&["--wait", "6s", path.to_str().unwrap()]);
    assert_eq!(found.status, Some(0), "{found:?}");
    assert!(found.stdout.contains("settings: 2400 baud, 8N1"), "{found:?}");
}

#[test]
fn a_parity_bit_in_each_octet_is_seen() {
    let parity = |octet: u8| octet | (u8::from(octet.count_ones() % 2 == 1) << 7);
    let octets = message("p1-dsmr-5.0").bytes.into_iter().map(parity).collect();
    let found = probe(&["--wait", "2s", &gateway(octets)]);
    assert_eq!(found.status, Some(1), "{found:?}");
    assert!(found.stdout.contains("7 data bits and even parity"), "{found:?}");
}

#[test]
fn a_line_the_wrong_way_round_is_seen() {
    let found = probe(&["--wait", "2s", &gateway([0x00, 0xFF, 0xFF, 0x91].repeat(20))]);
    assert_eq!(found.status, Some(1), "{found:?}");
    assert!(found.stdout.contains("the wrong way round"), "{found:?}");
}

#[test]
fn a_silent_line_is_called_silent() {
    let found = probe(&["--wait", "1s", &gateway(Vec::new())]);
    assert_eq!(found.status, Some(1), "{found:?}");
    assert!(found.stdout.starts_with("nothing came: the line is silent"), "{found:?}");
}

#[test]
fn what_is_not_there_is_said() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (source, status, said) in [
        (format!("tcp://{nobody}"), 3, "refused"),
        ("/dev/ttyNOWHERE".to_owned(), 3, "No such file"),
        ("capture.bin".to_owned(), 2, "probe is for serial ports and gateways"),
        ("tcp://host".to_owned(), 2, "has no port"),
    ] {
        let run = probe(&[&source]);
        assert_eq!(run.status, Some(status), "{source}: {run:?}");
        assert!(run.stderr.contains(said), "{source}: {run:?}");
    }
}
