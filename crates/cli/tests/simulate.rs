//! `amshan simulate` on one side, reading on the other.

mod common;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use amshan::meters::{DIALECTS, LAYOUTS};
use common::{Run, amshan, decode, file, run, wait};
use serde_json::Value;

const KEY: &str = "000102030405060708090a0b0c0d0e0f";
const AUTH_KEY: &str = "d0d1d2d3d4d5d6d7d8d9dadbdcdddedf";
const FAST: [&str; 2] = ["--speed", "1e9"];
/// Ten seconds past an hour, when the lists of an hour come.
const START: [&str; 2] = ["--start", "2026-01-14T11:00:10Z"];

fn simulate(options: &[&str]) -> Command {
    let mut command = amshan();
    command.arg("simulate").args(options);
    command
}

/// Octets that a run writes.
fn octets(options: &[&str]) -> Vec<u8> {
    let output = simulate(options).args(FAST).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{options:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What these octets say, one JSON value a message; however many are broken.
fn readings(options: &[&str], octets: &[u8]) -> Vec<Value> {
    let mut child = amshan().arg("decode").args(options).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let (mut text, mut said) = (String::new(), String::new());
    thread::scope(|scope| {
        scope.spawn(move || std::io::Write::write_all(&mut stdin, octets).unwrap());
        scope.spawn(|| err.read_to_string(&mut said).unwrap());
        out.read_to_string(&mut text).unwrap();
    });
    child.wait().unwrap();
    let run = Run { status: None, stdout: text, stderr: said };
    run.lines()
}

/// The numbers of the messages that arrived.
fn numbers(readings: &[Value]) -> Vec<u64> {
    readings.iter().map(|reading| reading["active_power_import"].as_u64().unwrap()).collect()
}

/// A meter that goes on, and what it says.
struct Meter {
    child: Child,
    said: Receiver<String>,
}

impl Meter {
    fn start(options: &[&str]) -> Self {
        let mut child = simulate(options).spawn().unwrap();
        let (sender, said) = channel();
        let err = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || err.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, said }
    }

    /// What it says behind this.
    #[track_caller]
    fn says(&self, what: &str) -> String {
        let end = Instant::now() + Duration::from_secs(10);
        let mut all = String::new();
        while let Ok(line) = self.said.recv_timeout(end.saturating_duration_since(Instant::now())) {
            if let Some((_, rest)) = line.split_once(what) {
                return rest.trim().to_owned();
            }
            all += &line;
        }
        panic!("it did not say \"{what}\", but {all}");
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.says("listening on ")).unwrap()
    }

    #[cfg(unix)]
    fn signal(&self, name: &str) {
        let done = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(done.unwrap().success());
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_name_of_the_meters_can_be_simulated_and_decoding_names_it() {
    let layouts = LAYOUTS.iter().map(|layout| layout.name);
    for name in layouts.chain(DIALECTS.iter().map(|dialect| dialect.name)) {
        let keys: [&[&str]; 3] = [&[], &["--key", KEY], &["--key", KEY, "--auth-key", AUTH_KEY]];
        let (keys, sent) = keys
            .iter()
            .map(|keys| {
                (keys, simulate(&[name, "--count", "1"]).args(FAST).args(START).args(*keys).output().unwrap())
            })
            .find(|(_, sent)| sent.status.code() != Some(2))
            .expect(name);
        // A bare message has no start that would be known among others.
        let bare: &[&str] = if name == "egd" { &["--framing", "apdu"] } else { &[] };
        let read = decode(&[&["--quiet", "--format", "full"], *keys, bare].concat(), &sent.stdout).good(name);
        let [reading] = &read.lines()[..] else { panic!("{name}: {read:?}") };
        assert!(
            reading["fields"].as_object().unwrap().len() > 3 || name.ends_with("list-1"),
            "{name}: {reading}"
        );
        if name.starts_with("p1-") {
            // Ciphered telegrams have no frame.
            assert_eq!(reading["framing"], if keys.is_empty() { "p1" } else { "apdu" }, "{name}");
        } else if ["aidon", "kaifa"].contains(&name) {
            // Makers, too: what they send has names of its own.
            assert!(reading["layout"]["name"].as_str().unwrap().starts_with(name), "{reading}");
        } else {
            assert_eq!(reading["layout"]["name"], name, "{name}");
        }
    }
}

#[test]
fn ten_thousand_numbered_messages_arrive_and_of_damaged_ones_all_that_are_whole() {
    for (meter, rate) in [("kaifa", "0.1"), ("aidon", "0"), ("p1-dsmr-5", "0.1"), ("netz-noe", "0.1")] {
        let count: u64 = if meter == "kaifa" { 10_000 } else { 500 };
        let options = [meter, "--numbered", "--verbose", "--damage", rate, "--count", &count.to_string()];
        let keys: &[&str] = if meter == "netz-noe" { &["--key", KEY] } else { &[] };
        let sent = simulate(&options).args(FAST).args(START).args(keys).output().unwrap();
        let said = String::from_utf8(sent.stderr).unwrap();
        let damaged: BTreeSet<u64> = said
            .lines()
            .filter_map(|line| line.strip_prefix("amshan: message "))
            .filter(|line| !line.ends_with("noise before it"))
            .map(|line| line.split(' ').next().unwrap().parse().unwrap())
            .collect();
        let summary = said.lines().last().unwrap();
        let told = format!("amshan: {count} messages sent, {} of them damaged, ", damaged.len());
        assert!(summary.starts_with(&told), "{summary}");

        let arrived = numbers(&readings(&[&["--quiet"], keys].concat(), &sent.stdout));
        let set: BTreeSet<u64> = arrived.iter().copied().collect();
        assert_eq!(set.len(), arrived.len(), "{meter}: none twice");
        let lost: Vec<u64> =
            (1..=count).filter(|number| !set.contains(number) && !damaged.contains(number)).collect();
        assert!(lost.is_empty() && arrived.iter().all(|number| *number <= count), "{meter} {rate}: {lost:?}");
        assert_eq!(damaged.is_empty(), rate == "0");
    }
}

#[test]
fn the_number_of_a_message_is_its_power_or_else_its_energy() {
    for name in LAYOUTS.iter().map(|layout| layout.name).chain(DIALECTS.iter().map(|dialect| dialect.name)) {
        // With keys everything is ciphered, which is the longer way.
        let keys = ["--key", KEY, "--auth-key", AUTH_KEY];
        let sent = octets(&[&[name, "--numbered", "--count", "2"][..], &keys, &START].concat());
        let bare: &[&str] = if name == "egd" { &["--framing", "apdu"] } else { &[] };
        let all = readings(&[&["--quiet"], &keys[..], bare].concat(), &sent);
        let last = all.last().unwrap_or_else(|| panic!("{name}: no reading"));
        let number = |field: &str| last[field].as_f64().unwrap_or_default();
        let energy = number("active_energy_import_t1") + number("active_energy_import_t2");
        let found = [number("active_power_import"), number("active_power_import_total"), energy];
        assert!(found.contains(&2.0) || number("submeter_1_value") == 0.002, "{name}: {last}");
    }
}

#[test]
fn the_same_seed_and_start_give_the_same_bytes() {
    let once = |seed: &str| {
        octets(&["aidon", "--seed", seed, "--count", "50", "--damage", "0.3", START[0], START[1]])
    };
    assert_eq!(once("4"), once("4"));
    assert_ne!(once("4"), once("5"));
}

#[test]
fn a_meter_that_sends_in_clear_ciphers_with_a_key() {
    for meter in ["aidon", "kamstrup", "p1-se", "landisgyr-push", "iskraemeco-ch"] {
        let clear = [meter, "--count", "3", START[0], START[1]];
        let fields = |readings: Vec<Value>| {
            let without = |mut reading: Value| {
                reading.as_object_mut().unwrap().retain(|name, _| name != "frame_counter");
                reading
            };
            readings.into_iter().map(without).collect::<Vec<_>>()
        };
        let plain = fields(readings(&[], &octets(&clear)));
        assert_eq!(plain.len(), 3);
        for keys in [&["--key", KEY][..], &["--key", KEY, "--auth-key", AUTH_KEY]] {
            let ciphered = octets(&[&clear[..], keys].concat());
            assert!(readings(&[], &ciphered).is_empty(), "{meter}");
            assert_eq!(fields(readings(keys, &ciphered)), plain, "{meter}");
        }
    }
}

#[test]
fn it_goes_at_the_speed_that_was_wanted() {
    let start = Instant::now();
    let sent =
        simulate(&["p1-dsmr-5", "--speed", "20", "--count", "21", START[0], START[1]]).output().unwrap();
    assert!(
        start.elapsed() >= Duration::from_millis(990),
        "20 s at twenty times the speed: {:?}",
        start.elapsed()
    );
    let readings = readings(&[], &sent.stdout);
    let clock = |reading: &Value| reading["meter_datetime"].as_str().unwrap().to_owned();
    assert_eq!(clock(&readings[0]), "2026-01-14T12:00:10");
    assert_eq!(clock(&readings[20]), "2026-01-14T12:00:30");
}

#[test]
fn clients_get_the_same_from_when_they_come_and_may_leave() {
    let meter = Meter::start(&["p1-dsmr-5", "--tcp", "127.0.0.1:0", "--numbered", "--speed", "100"]);
    let mut first = meter.connect();
    let address = first.peer_addr().unwrap();
    let mut some = [0; 5_000];
    first.read_exact(&mut some).unwrap();
    let (mut second, third) = (TcpStream::connect(address).unwrap(), TcpStream::connect(address).unwrap());
    drop(third);
    let (mut of_first, mut of_second) = (vec![0; 30_000], vec![0; 20_000]);
    second.read_exact(&mut of_second).unwrap();
    first.read_exact(&mut of_first).unwrap();
    let of_first = numbers(&readings(&[], &[&some[..], &of_first].concat()));
    let of_second = numbers(&readings(&[], &of_second));
    assert!(of_first.windows(2).all(|pair| pair[1] == pair[0] + 1), "{of_first:?}");
    assert!(of_second.windows(2).all(|pair| pair[1] == pair[0] + 1), "{of_second:?}");
    assert!(of_second[0] > of_first[0], "no messages from before it came");
    assert!(of_first.iter().filter(|number| of_second.contains(number)).count() > 5);
    drop((first, second));
    meter.says("has gone");
}

#[test]
fn a_client_that_does_not_read_is_dropped_and_holds_up_nobody() {
    let options = ["p1-dsmr-5", "--count", "1500", START[0], START[1]];
    let mut meter = Meter::start(&[&options[..], &FAST, &["--tcp", "127.0.0.1:0"]].concat());
    let mut reads = meter.connect();
    let idle = TcpStream::connect(reads.peer_addr().unwrap()).unwrap();
    let mut read = Vec::new();
    reads.read_to_end(&mut read).unwrap();
    assert!(read == octets(&options), "{} octets", read.len());
    assert_eq!(meter.says(&format!("{} is too slow", idle.local_addr().unwrap())), ", and was dropped");
    assert_eq!(wait(&mut meter.child), Some(0));
}

/// Reads a pseudo-terminal until so many octets came, or it ended: which is an error there.
#[cfg(unix)]
fn terminal(path: &str, most: usize) -> Vec<u64> {
    let mut port = std::fs::File::open(path).unwrap();
    let (mut octets, mut buffer) = (Vec::new(), [0; 256]);
    while octets.len() < most {
        match port.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => octets.extend(&buffer[..count]),
        }
    }
    numbers(&readings(&["--quiet", "--key", KEY], &octets))
}

#[cfg(unix)]
#[test]
fn a_pseudo_terminal_is_read_like_a_serial_port() {
    let options = ["netz-noe", "--pty", "--numbered", "--key", KEY, "--speed", "1000"];
    let meter = Meter::start(&options);
    let path = meter.says("pseudo-terminal ");
    let before = terminal(&path, 3_000);
    meter.says("was closed");
    thread::sleep(Duration::from_millis(100));
    let after = terminal(&path, 3_000);
    for numbers in [&before, &after] {
        assert!(numbers.len() > 5 && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    }
    assert!(
        after[0] > before[before.len() - 1] + 5,
        "nothing from while nobody listened: {before:?} {after:?}"
    );

    let mut meter = Meter::start(&[&options[..], &["--count", "100"]].concat());
    let all = terminal(&meter.says("pseudo-terminal "), usize::MAX);
    assert!(all.iter().copied().eq(1..=100), "{all:?}");
    assert_eq!(wait(&mut meter.child), Some(0));
}

#[cfg(unix)]
#[test]
fn it_ends_when_it_is_told_to() {
    for name in ["INT", "TERM"] {
        let mut meter = Meter::start(&["p1-dsmr-5", "--tcp", "127.0.0.1:0"]);
        meter.says("listening on ");
        meter.signal(name);
        assert_eq!(wait(&mut meter.child), Some(0), "{name}");
        meter.says("messages sent, 0 of them damaged");
    }
    // Also while nobody reads what it writes.
    let mut meter = Meter::start(&["p1-dsmr-5", FAST[0], FAST[1]]);
    thread::sleep(Duration::from_millis(300));
    meter.signal("TERM");
    assert_eq!(wait(&mut meter.child), Some(0));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = simulate(&["aidon", "--quiet"]).args(FAST).spawn().unwrap();
    let mut some = [0; 1_000];
    child.stdout.take().unwrap().read_exact(&mut some).unwrap();
    assert_eq!(wait(&mut child), Some(0));
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "");
}

#[test]
fn to_a_file() {
    let path = file("simulated.bin", b"what was there");
    let options = ["kamstrup", "--count", "5", "--quiet", START[0], START[1]];
    let written = run(simulate(&options).args(FAST).arg("--out").arg(&path), &[]).good("--out");
    assert_eq!(written.stdout, "");
    assert_eq!(std::fs::read(&path).unwrap(), octets(&options));
}

#[test]
fn what_makes_no_sense_is_said_and_keys_are_not() {
    for (options, status, what) in [
        (&["nobody"][..], 2, "no meter is called \"nobody\""),
        (&["netz-noe"], 2, "give it a --key"),
        (&["netz-burgenland", "--key", KEY], 2, "give it an --auth-key"),
        (&["kaifa", "--auth-key", KEY], 2, "--auth-key needs --key"),
        (&["kaifa", "--key", "c0ffee"], 2, "32 hexadecimal digits"),
        (&["kaifa", "--damage", "1.5"], 2, "not a number from 0 to 1"),
        (&["kaifa", "--speed", "0"], 2, "not a number from 0.001"),
        (&["kaifa", "--speed", "nan"], 2, "not a number from 0.001"),
        (&["kaifa", "--start", "today"], 2, "--start"),
        (&["kaifa", "--tcp", "127.0.0.1:0", "--out", "x"], 2, "cannot be used with"),
        (&["kaifa", "--tcp", "nowhere"], 3, "nowhere: "),
        (&["kaifa", "--out", "/no/such/folder/x"], 3, "/no/such/folder/x: "),
    ] {
        let run = run(&mut simulate(options), &[]);
        assert_eq!(run.status, Some(status), "{options:?}: {run:?}");
        assert!(run.stderr.contains(what) && !run.stderr.contains("c0ffee"), "{options:?}: {}", run.stderr);
    }
    let help = run(&mut simulate(&["--help"]), &[]).good("help");
    assert!(help.stdout.contains("Examples:\n  amshan simulate "), "{}", help.stdout);
}

/// Twenty minutes of a meter in six seconds, a tenth of it damaged, read as it comes.
#[cfg(target_os = "linux")]
#[test]
fn a_soak_in_short_loses_nothing_and_grows_nowhere() {
    const COUNT: u64 = 2_000;
    let count = COUNT.to_string();
    let options = ["--tcp", "127.0.0.1:0", "--numbered", "--verbose", "--damage", "0.1", "--count", &count];
    let meter = Meter::start(&[&["kaifa-no-list-1", "--speed", "600"][..], &options].concat());
    let address = format!("tcp://{}", meter.says("listening on"));
    let mut reader =
        amshan().args(["read", "--quiet", "--format", "json", "--retry", "1s", &address]).spawn().unwrap();
    let lines = BufReader::new(reader.stdout.take().unwrap());
    let id = reader.id();
    let (sender, numbers) = channel();
    thread::spawn(move || {
        let number = |line: &str| serde_json::from_str::<Value>(line).ok()?["active_power_import"].as_u64();
        lines.lines().map_while(Result::ok).filter_map(|line| number(&line)).try_for_each(|n| sender.send(n))
    });
    let memory = || {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap().to_owned();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    let (mut damaged, mut end, mut before) = (BTreeSet::new(), None, 0);
    while end.is_none() {
        let line = meter.said.recv_timeout(Duration::from_secs(30)).unwrap();
        let number =
            line.split_once("message ").and_then(|(_, rest)| rest.split(' ').next()?.parse::<u64>().ok());
        damaged.extend(number);
        if damaged.len() == 20 {
            before = memory();
        }
        end = line.contains("messages sent").then_some(line);
    }
    thread::sleep(Duration::from_millis(500));
    let after = memory();
    reader.kill().unwrap();
    reader.wait().unwrap();
    let found: Vec<_> = numbers.iter().collect();
    assert!(found.windows(2).all(|pair| pair[0] < pair[1]), "none twice, and in order");
    let found: BTreeSet<_> = found.into_iter().collect();
    let lost: Vec<_> = (1..=COUNT).filter(|n| !damaged.contains(n) && !found.contains(n)).collect();
    assert!(lost.is_empty() && (100..400).contains(&damaged.len()), "{lost:?} of {end:?}, {}", damaged.len());
    assert!(before > 0 && after < before + 1_000, "{before} kB, then {after} kB");
}
