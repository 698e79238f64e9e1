//! What `amshan read` prints, leaves out, keeps, and where its settings come from.
#![cfg(unix)]

mod common;

use std::fs;
use std::time::{Duration, Instant};

use amshan_sim::{Rng, START_MS, list};
use common::live::{Live, gateway, send, telegram, telegrams};
use common::{amshan, file, message, run, stream};

/// Every framing, ciphered ones apart.
const LISTS: [&str; 6] =
    ["aidon-no-list-3", "kaifa-no-list-3", "kamstrup-no-35", "landisgyr-e450-push-1", "p1-dsmr-5.0", "p1-be"];

#[test]
fn files_and_stdin_are_read_as_decode_reads_them() {
    let octets = stream(&LISTS);
    let hex = common::hex(&octets);
    let expected = common::decode(&["--quiet"], &octets).good("decode");
    for (name, input) in [("read.bin", &octets[..]), ("read.hex", hex.as_bytes())] {
        let path = file(name, input);
        let of_file = run(amshan().args(["read", "--quiet"]).arg(&path), b"");
        assert_eq!((of_file.status, &of_file.stdout), (Some(0), &expected.stdout), "{}", of_file.stderr);
        let of_stdin = run(amshan().args(["read", "-"]), input);
        assert_eq!((of_stdin.status, &of_stdin.stdout), (Some(0), &expected.stdout));
        assert!(of_stdin.stderr.contains("messages, "), "{}", of_stdin.stderr);
    }
}

#[test]
fn statuses_tell_how_a_file_ended() {
    let bent = [&telegram(1)[..40], b"\r\n"].concat();
    for (name, content, status) in [("good", telegrams(0..2), 0), ("bent", bent, 1), ("empty", Vec::new(), 1)]
    {
        let path = file(&format!("status-{name}.bin"), &content);
        assert_eq!(run(amshan().arg("read").arg(path), b"").status, Some(status), "{name}");
    }
    let none = run(amshan().args(["read", "/none/such.bin"]), b"");
    assert_eq!(none.status, Some(3));
    assert!(none.stderr.contains("amshan: /none/such.bin: No such file"), "{}", none.stderr);
}

#[test]
fn of_several_sources_each_line_says_which() {
    let [one, two] = [file("one.bin", &telegrams(0..1)), file("two.bin", &telegrams(1..2))];
    let both = run(amshan().args(["read", "--format", "full"]).args([&one, &two]), b"");
    assert_eq!(both.status, Some(0), "{}", both.stderr);
    let mut sources: Vec<_> =
        both.lines().iter().map(|line| line["source"].as_str().unwrap().to_owned()).collect();
    sources.sort();
    assert_eq!(sources, [one.to_str().unwrap(), two.to_str().unwrap()]);
    for path in [one, two] {
        assert!(
            both.stderr.contains(&format!("amshan: {}: framing p1, list p1", path.display())),
            "{}",
            both.stderr
        );
    }
}

#[test]
fn a_recording_is_read_as_what_was_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("record.hex");
    let octets: Vec<u8> = (0..5).flat_map(|_| stream(&LISTS)).collect();
    let expected = common::decode(&["--quiet"], &octets).good("decode");
    let (listener, port) = gateway();
    let url = format!("tcp://127.0.0.1:{port}");
    let mut live = Live::read(&[&url, "--record", record.to_str().unwrap()]);
    let (mut stream, _) = listener.accept().unwrap();
    let (mut rest, mut rng) = (&octets[..], Rng::new(3));
    while !rest.is_empty() {
        let (now, later) = rest.split_at((1 + rng.next_u64() % 300).min(rest.len() as u64) as usize);
        send(&mut stream, now);
        std::thread::sleep(Duration::from_millis(1));
        rest = later;
    }
    live.has(expected.stdout.lines().count());
    assert_eq!(live.stop(), Some(0));
    assert_eq!(live.stdout(), expected.stdout.lines().collect::<Vec<_>>());

    let pieces = fs::read_to_string(&record).unwrap().lines().count();
    assert!(pieces > 20, "{pieces} pieces");
    let again = run(amshan().args(["decode", "--quiet"]).arg(&record), b"");
    assert_eq!(again.stdout, expected.stdout, "{}", again.stderr);
    let again = run(amshan().args(["read", "--quiet"]).arg(&record), b"");
    assert_eq!(again.stdout, expected.stdout, "{}", again.stderr);
    let fast = format!("file:{}?pace=1000", record.display());
    let again = run(amshan().args(["read", "--quiet", &fast]), b"");
    assert_eq!(again.stdout, expected.stdout, "{}", again.stderr);
}

#[test]
fn a_recording_in_pieces_of_any_size_says_the_same() {
    let mut rng = Rng::new(8);
    for list in ["p1-dsmr-5.0", "p1-be", "kaifa-no-list-1", "kamstrup-no-35", "kaifa-at-noe"] {
        let octets = message(list).bytes.repeat(2);
        let keys = common::keys(&message(list));
        let options: Vec<_> = ["--quiet"].into_iter().chain(keys.iter().map(String::as_str)).collect();
        let expected = common::decode(&options, &octets).good(list);
        for longest in [1, 2, 3, 8, 100] {
            let (mut rest, mut text) = (&octets[..], String::new());
            while !rest.is_empty() {
                let (now, later) =
                    rest.split_at((1 + rng.next_u64() % longest).min(rest.len() as u64) as usize);
                text +=
                    &format!("2026-01-14T10:59:0{}.{:03}Z {}\n", longest % 10, now.len(), common::hex(now));
                rest = later;
            }
            let again = common::decode(&options, text.as_bytes()).good(list);
            assert_eq!(again.stdout, expected.stdout, "{list} in pieces of up to {longest}");
        }
    }
}

#[test]
fn recordings_of_several_sources_are_rotated_each() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = [file("long.bin", &telegrams(0..20_000)), file("short.bin", &telegrams(0..2))];
    let record = folder.path().join("r.hex");
    let options = ["--quiet", "--every", "1h", "--record-size", "1", "--record-files", "2", "--record"];
    let both = run(amshan().arg("read").args(options).arg(&record).args([&one, &two]), b"");
    assert_eq!(both.status, Some(0), "{}", both.stderr);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap()).collect();
    files.sort_by_key(|entry| entry.file_name());
    let names: Vec<_> = files.iter().map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert_eq!(names, ["r-1.hex", "r-1.hex.1", "r-2.hex"]);
    assert!(files.iter().all(|entry| entry.metadata().unwrap().len() <= 1_000_000));
}

#[test]
fn a_recording_is_replayed_at_its_pace() {
    let line = |time: &str, n| format!("2026-01-14T10:59:{time}Z {}\n", common::hex(&telegram(n)));
    let path = file("pace.hex", (line("00.000", 0) + &line("01.000", 1) + &line("02.500", 2)).as_bytes());
    let source = format!("file:{}?pace=5", path.display());
    let live = Live::read(&[&source]);
    live.has(1);
    let start = Instant::now();
    live.has(2);
    let second = start.elapsed();
    live.has(3);
    let third = start.elapsed();
    // Loaded machines are late, never early.
    assert!(
        second > Duration::from_millis(150) && third > Duration::from_millis(450),
        "{second:?} {third:?}"
    );
    assert_eq!(live.numbers(), [0, 1, 2]);

    let none = file("no-pace.bin", &telegram(0));
    let none = run(amshan().args(["read", &format!("file:{}?pace=1", none.display())]), b"");
    assert_eq!(none.status, Some(3));
    assert!(none.stderr.contains("its lines have no times"), "{}", none.stderr);
}

/// A minute of a meter that sends three lists.
fn minute() -> Vec<u8> {
    let lists = |n: u64| match n {
        0 => "kaifa-no-list-3",
        n if n % 5 == 0 => "kaifa-no-list-2",
        _ => "kaifa-no-list-1",
    };
    (0..30).flat_map(|n| list(lists(n)).unwrap().message(1, START_MS + 2000 * n).bytes).collect()
}

#[test]
fn less_is_printed_where_less_is_asked_for() {
    let path = file("minute.bin", &minute());
    let read = |options: &[&str]| {
        let run = run(amshan().args(["read", "--quiet"]).args(options).arg(&path), b"");
        assert_eq!(run.status, Some(0), "{}", run.stderr);
        run
    };
    assert_eq!(read(&[]).lines().len(), 30);
    // All come at once: one of each list.
    assert_eq!(read(&["--every", "10s"]).lines().len(), 3);
    let power = read(&["--fields", "active_power_import"]).lines();
    assert_eq!(power.len(), 30);
    assert!(power.iter().all(|line| line.as_object().unwrap().keys().eq(["active_power_import"])));
    assert_eq!(read(&["--fields", "active_power_import_total"]).lines().len(), 1);
    assert_eq!(read(&["--fields", "meter_id", "--on-change"]).lines().len(), 2, "two lists have it");

    let csv = read(&["--format", "csv", "--fields", "active_power_import_total,active_power_import"]).stdout;
    assert_eq!(csv.lines().next(), Some("active_power_import_total,active_power_import"));
    assert!(csv.lines().skip(1).all(|line| line.split(',').count() == 2));
    let full = read(&["--format", "full", "--fields", "voltage_l1"]).lines();
    assert!(full.iter().all(|line| line["objects"].as_array().unwrap().len() == 1
        && line["fields"].as_object().unwrap().len() == 1));
    let table = read(&["--format", "table", "--fields", "voltage_l1,current_l1"]).stdout;
    assert_eq!(table.split("\n\n").count(), full.len());
    assert!(table.split("\n\n").all(|table| table.trim().lines().count() == 3), "{table}");
}

#[test]
fn options_count_before_the_environment_and_that_before_the_file() {
    let path = file("settings.bin", &telegrams(0..1));
    let config = |text: &str| file("settings.toml", text.as_bytes());
    let base = format!("[[source]]\naddress = \"{}\"\nname = \"house\"\n", path.display());
    let read = |text: &str, env: &[(&str, &str)], options: &[&str]| {
        let mut command = amshan();
        command.args(["read", "--quiet", "--config"]).arg(config(text)).args(options);
        let run = run(command.envs(env.iter().copied()), b"");
        assert_eq!(run.status, Some(0), "{}", run.stderr);
        run.stdout
    };
    let csv = format!("format = \"csv\"\nfields = [\"active_power_import_total\"]\n{base}");
    assert_eq!(read(&csv, &[], &[]), "active_power_import_total\n0\n");
    assert_eq!(read(&csv, &[("AMSHAN_FORMAT", "json")], &[]), "{\"active_power_import_total\":0}\n");
    let table = read(&csv, &[("AMSHAN_FORMAT", "json")], &["--format", "table"]);
    assert!(table.contains("0 Wh"), "{table}");
    let clock = file("settings-clock.bin", &message("kaifa-no-list-2").bytes);
    let oslo = format!("timezone = \"Europe/Oslo\"\n[[source]]\naddress = \"{}\"\n", clock.display());
    let times = ["--fields", "meter_datetime"];
    assert!(read(&oslo, &[], &times).contains("+01:00"));
    assert!(read(&oslo, &[], &[&times[..], &["--timezone", "+03:00"]].concat()).contains("+03:00"));
    let other = file("settings-other.bin", &telegrams(7..8));
    let sources = [("AMSHAN_SOURCES", other.to_str().unwrap())];
    assert_eq!(read(&csv, &sources, &[]), "active_power_import_total\n7\n");
    assert_eq!(read(&csv, &sources, &[path.to_str().unwrap()]), "active_power_import_total\n0\n");
}

#[test]
fn a_ciphered_meter_is_read_with_the_key_of_the_settings() {
    let message = message("kaifa-at-noe");
    let path = file("ciphered.bin", &message.bytes);
    let key = common::hex(&message.key.unwrap());
    let text = format!("key = \"{key}\"\n[[source]]\naddress = \"{}\"\n", path.display());
    let config = file("key.toml", text.as_bytes());
    let read = run(amshan().args(["read", "--config"]).arg(config), b"");
    assert_eq!((read.status, read.lines().len()), (Some(0), 1), "{}", read.stderr);
    let without = run(amshan().arg("read").arg(path), b"");
    assert_eq!(without.status, Some(1));
    assert!(without.stderr.contains("give --key"), "{}", without.stderr);
}

#[test]
fn what_is_wrong_with_settings_is_said_without_secrets() {
    for (number, (text, says)) in [
        ("every = \"often\"", "line 1: it is a time as 10s, 5m or 1h"),
        ("evry = \"10s\"", "line 1: unknown field `evry`"),
        ("\n[[source]]\naddress = \"-\"\npassword = 12345678", "line 4: this makes no sense"),
        ("key = 1234567890123456", "line 1: this makes no sense"),
        ("key = \"12345678\"\n[[source]]\naddress = \"-\"", "--key: "),
        ("password = \"12345678\"", "line 1: unknown field `password`"),
        ("format = \"12345678\"", "line 1: "),
        ("[[source]]\naddress = \"mqtt://me:12345678@host/topic\"", "give it in AMSHAN_PASSWORD"),
        ("[[source]]\naddress = \"tcp://host\"", "source 1: the address of a source has no port"),
        ("", "no source is given"),
    ]
    .into_iter()
    .enumerate()
    {
        let config = file(&format!("wrong-{number}.toml"), text.as_bytes());
        let run = run(amshan().args(["read", "--config"]).arg(config), b"");
        assert_eq!(run.status, Some(2), "{text}");
        assert!(run.stderr.contains(says), "{text}: {}", run.stderr);
        assert!(!run.stderr.contains("12345678"), "{text}: {}", run.stderr);
    }
    for arguments in [&["read", "mqtt://me:12345678@host/topic"][..], &["read", "--fields", "power", "-"]] {
        let run = run(amshan().args(arguments), b"");
        assert_eq!(run.status, Some(2), "{}", run.stderr);
        assert!(!run.stderr.contains("12345678"), "{}", run.stderr);
    }
}

#[test]
fn readings_come_at_once() {
    // A pipe that stays open: what is there is printed, though neither a block nor a frame more comes.
    let mut live = Live::start(amshan().args(["read", "-"]));
    let mut stdin = live.child.stdin.take().unwrap();
    for n in 0..3 {
        std::io::Write::write_all(&mut stdin, &telegram(n)).unwrap();
        live.has(usize::try_from(n).unwrap() + 1);
    }
    drop(stdin);
    assert_eq!(live.ended(), Some(0));
}

#[test]
fn what_was_sent_before_is_refused_on_request() {
    let message = message("kaifa-at-noe");
    let keys = common::keys(&message);
    let path = file("sent-twice.bin", &message.bytes.repeat(2));
    let read = |options: &[&str]| {
        run(amshan().args(["read", "--format", "json"]).args(&keys).args(options).arg(&path), b"")
    };
    let both = read(&[]);
    assert_eq!((both.status, both.lines().len()), (Some(0), 2), "{both:?}");
    let once = read(&["--refuse-replayed"]);
    assert_eq!((once.status, once.lines().len()), (Some(1), 1), "{once:?}");
    assert!(once.stderr.contains("was sent before"), "{once:?}");
}
