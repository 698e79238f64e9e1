//! `amshan decode` on what is good: every way to say the input, every way to print the readings.

mod common;

use std::collections::BTreeSet;
use std::path::PathBuf;

use amshan_sim::Message;
use amshan_sim::envelope::unhex;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{amshan, decode, file, keys, message, run, stream};
use serde_json::{Map, Value};

/// The example of the Python package's README.
const README: &str = "e6e700 0f 40000000 00 0101 020309060100010700ff060000011802020f00161b";

/// Lists of several makers, framings and kinds.
const MAKERS: [&str; 8] = [
    "aidon-no-list-3",
    "kaifa-no-list-3",
    "kamstrup-no-35",
    "landisgyr-e450-push-1",
    "iskraemeco-ch-f",
    "landisgyr-e450-push-1",
    "p1-dsmr-5.0",
    "p1-be",
];

#[test]
fn a_dump_reads_the_same_in_every_style() {
    let octets = unhex(README);
    let join = |separator: &str, octets: &[u8]| {
        octets.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(separator)
    };
    let ascii = |row: &[u8]| -> String {
        row.iter().map(|&c| if c.is_ascii_graphic() { char::from(c) } else { '.' }).collect()
    };
    let rows = |size: usize, row: &dyn Fn(usize, &[u8]) -> String| -> String {
        octets.chunks(size).enumerate().map(|(index, octets)| row(index * size, octets) + "\n").collect()
    };
    let xxd = rows(16, &|at, row| {
        let words: Vec<_> = row.chunks(2).map(|word| join("", word)).collect();
        format!("{at:08x}: {:39}  {}", words.join(" "), ascii(row))
    });
    let hexdump = rows(16, &|at, row| {
        let (left, right) = row.split_at(row.len().min(8));
        format!("{at:08x}  {:23}  {:23}  |{}|", join(" ", left), join(" ", right), ascii(row))
    }) + &format!("{:08x}\n", octets.len());
    let telnet =
        rows(16, &|at, row| format!("{at:04X}  {:47}  {}", join(" ", row).to_uppercase(), ascii(row)));
    let list = format!("{{0x{}}};", join(", 0x", &octets));
    let wrapped = rows(10, &|_, row| format!("    0x{},", join(", 0x", row)));
    let lines = rows(8, &|_, row| join(" ", row));
    let upper = join("", &octets).to_uppercase();
    let log = format!("2026-01-14 11:59:00 DEBUG han: {}\n", join(" ", &octets));
    for (style, text) in [
        ("README", README),
        ("without spaces", &join("", &octets)),
        ("upper case", &upper),
        ("colons", &join(":", &octets)),
        ("xxd", &xxd),
        ("hexdump -C", &hexdump),
        ("a telnet log", &telnet),
        ("a list", &list),
        ("a list in several lines", &wrapped),
        ("8 octets a line", &lines),
        ("CR LF", &lines.replace('\n', "\r\n")),
        ("a log's prefix", &log),
        ("base64", &STANDARD.encode(&octets)),
    ] {
        let run = decode(&["--quiet"], format!("{text}\n").as_bytes()).good(style);
        assert_eq!(run.stdout, "{\"active_power_import\":280}\n", "{style}: {text}");
    }
    assert_eq!(decode(&["--quiet"], &octets).good("raw").stdout, "{\"active_power_import\":280}\n");
}

#[test]
fn what_is_said_overrules_what_is_found_out() {
    let octets = unhex(README);
    for (options, input) in [
        (&["--input", "raw", "--framing", "apdu"][..], octets.clone()),
        (&["--input", "hex"], README.into()),
        (&["--input", "base64"], STANDARD.encode(&octets).into()),
        (&["--framing", "apdu"], octets[3..].to_vec()),
        (&["--framing", "body"], octets[9..].to_vec()),
        (&["--framing", "hdlc"], amshan_sim::hdlc::frame(&[1], &[2, 1], 0x10, &octets, false)),
        (&["--framing", "mbus"], amshan_sim::mbus::telegrams(&octets[3..], 250)),
    ] {
        let options = [&["--quiet"], options].concat();
        let run = decode(&options, &input).good(&format!("{options:?}"));
        assert_eq!(run.lines()[0]["active_power_import"], 280, "{options:?}");
    }
    let run = decode(&["--quiet", "--framing", "p1"], &message("p1-be").bytes).good("p1");
    assert_eq!(run.lines().len(), 1);
}

/// A number's digits, without those that say nothing.
fn plain(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// What a line says otherwise than what was sent.
fn differences(line: &Value, sent: &Message) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut hold = |name: &'static str, sent: &str, same: bool| {
        if !same {
            found.push((name, format!("{name} was sent as {sent} and read as {}", line[name])));
        }
    };
    for (name, value) in &sent.values {
        let value = value.to_string();
        hold(name, &value, plain(&line[name].to_string()) == plain(&value));
    }
    for (name, text) in &sent.texts {
        let read = &line[name];
        // An enumeration has a number where the meter spells it in digits.
        let same = read == text || *name == "breaker_state" && **text == *read.to_string();
        hold(name, text, same);
    }
    if let (Some(clock), Some(read)) = (sent.clock, line["meter_datetime"].as_str()) {
        let time = [clock.month, clock.day, clock.hour, clock.minute, clock.second].map(u32::from);
        let mut digits = read[..19].split(['-', 'T', ':']).map(|part| part.parse::<u32>().unwrap());
        let same = digits.next() == Some(clock.year.into()) && digits.eq(time);
        hold("meter_datetime", &format!("{clock:?}"), same);
    }
    found
}

#[track_caller]
fn holds_what_was_sent(line: &Value, sent: &Message) {
    let found = differences(line, sent);
    assert!(found.is_empty(), "{}: {found:#?}", sent.list);
}

#[test]
fn json_has_a_line_a_message_with_exact_numbers() {
    let run = decode(&["--quiet", "--format", "json"], &stream(&MAKERS)).good("json");
    let lines = run.lines();
    assert_eq!(lines.len(), MAKERS.len());
    for (line, list) in lines.iter().zip(MAKERS) {
        holds_what_was_sent(line, &message(list));
    }
    let voltage = message("aidon-no-list-3").value("voltage_l1").unwrap();
    assert!(run.stdout.contains(&format!("\"voltage_l1\":{voltage},")), "{}", run.stdout);
    let log = lines[6]["power_failure_log"].as_array().expect("a history is an array of objects");
    assert!(log.iter().all(|entry| entry["seconds"].is_number()), "{log:?}");
    assert!(lines.iter().all(|line| line.as_object().unwrap().values().all(|value| *value != "")));
}

#[test]
fn json_is_the_default_where_stdout_is_no_terminal() {
    let input = stream(&MAKERS);
    assert_eq!(decode(&[], &input).stdout, decode(&["--format", "json"], &input).stdout);
}

fn keys_of(object: &Value) -> Vec<&str> {
    object
        .as_object()
        .map(|object: &Map<_, _>| object.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

#[test]
fn full_has_the_documented_keys() {
    let input = stream(&MAKERS);
    let flat = decode(&["--quiet", "--format", "json"], &input).good("json").lines();
    let full = decode(&["--quiet", "--format", "full"], &input).good("full").lines();
    assert_eq!(full.len(), flat.len());
    let (mut offset, mut units) = (0, BTreeSet::new());
    for ((line, flat), list) in full.iter().zip(&flat).zip(MAKERS) {
        let keys = "offset length framing frames link security layout clock fields objects";
        assert_eq!(keys_of(line).join(" "), keys, "{list}");
        assert_eq!(line["fields"], *flat, "{list}");
        assert_eq!(line["offset"], offset, "{list}");
        offset += message(list).bytes.len();
        assert!(line["length"].as_u64().is_some_and(|length| length > 0), "{list}");
        if line["framing"] == "hdlc" {
            assert_eq!(keys_of(&line["link"]), ["destination", "source", "control"], "{list}");
        } else {
            assert_eq!((&line["framing"], &line["link"]), (&"p1".into(), &Value::Null), "{list}");
        }
        assert_eq!(line["security"], Value::Null, "{list}");
        assert_eq!(keys_of(&line["layout"]), ["name", "by"], "{list}");
        assert!(["layout", "obis", "tree"].map(Value::from).contains(&line["layout"]["by"]), "{list}");
        if !line["clock"].is_null() {
            assert_eq!(keys_of(&line["clock"]), ["local", "offset_minutes", "status", "from"], "{list}");
            assert!(["notification", "list"].map(Value::from).contains(&line["clock"]["from"]), "{list}");
        }
        holds_what_was_sent(&line["fields"], &message(list));
        let objects = line["objects"].as_array().unwrap();
        assert!(!objects.is_empty(), "{list}");
        for object in objects {
            units.extend(object["unit"].as_str().map(str::to_owned));
            let known = ["position", "obis", "field", "raw", "texts", "scale", "value", "unit", "time"];
            assert!(keys_of(object).iter().all(|key| known.contains(key)), "{list}: {object}");
            assert!(object.get("obis").or(object.get("position")).is_some(), "{list}: {object}");
            assert!(object.get("raw").is_some() != object.get("texts").is_some(), "{list}: {object}");
        }
        for (name, value) in flat.as_object().unwrap() {
            // Where several elements are the same quantity, the object prints one of them.
            let mut same = objects.iter().filter(|object| object["field"] == **name).peekable();
            assert!(same.peek().is_none() || same.any(|object| object["value"] == *value), "{list}: {name}");
        }
    }
    assert!(["W", "Wh", "V", "A", "var", "varh", "m3"].iter().all(|unit| units.contains(*unit)), "{units:?}");
}

#[test]
fn csv_has_a_header_and_as_many_columns_in_every_line() {
    let input = stream(&MAKERS);
    let csv = decode(&["--quiet", "--format", "csv"], &input).good("csv");
    let flat = decode(&["--quiet", "--format", "json"], &input).good("json").lines();
    let mut rows = csv.stdout.lines().map(cells);
    let header = rows.next().unwrap();
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), MAKERS.len());
    for (row, line) in rows.iter().zip(&flat) {
        assert_eq!(row.len(), header.len());
        for (name, cell) in header.iter().zip(row) {
            match &line[name] {
                Value::Null => assert_eq!(cell, "", "{name}"),
                Value::Array(_) => assert!(!cell.is_empty(), "{name}"),
                Value::String(text) => assert_eq!(cell, text, "{name}"),
                number => assert_eq!(*cell, number.to_string(), "{name}"),
            }
        }
    }
}

/// The cells of a line (RFC 4180).
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

#[test]
fn a_table_is_aligned_and_has_units() {
    let run = decode(&["--quiet", "--format", "table"], &stream(&MAKERS)).good("table");
    assert!(!run.stdout.contains('\x1b'), "colour where no terminal is");
    assert_eq!(run.stdout.split("\n\n").count(), MAKERS.len());
    let column = |text: &str| {
        let ends: Vec<_> =
            run.stdout.lines().filter_map(|line| line.strip_suffix(text)).map(str::len).collect();
        assert!(ends.len() > 5, "{text}: {ends:?}");
        assert!(ends.windows(2).all(|pair| pair[0] == pair[1]), "{text}: {ends:?}");
        ends[0]
    };
    let columns = [" W", " Wh", " V", " A", " var"].map(column);
    assert!(columns.windows(2).all(|pair| pair[0] == pair[1]), "{columns:?}");
    let power = message(MAKERS[0]).value("active_power_export").unwrap();
    let row = run.stdout.lines().find(|line| line.starts_with("  active_power_export ")).unwrap();
    assert!(row.ends_with(&format!(" {power} W")), "{row}");
}

#[test]
fn a_summary_ends_the_run_unless_it_is_to_be_quiet() {
    let summary = "amshan: 8 messages, 8 decoded, 0 broken, 0 undecodable, 0 bytes skipped\n";
    for format in ["table", "json", "full", "csv"] {
        let input = stream(&MAKERS);
        let told = decode(&["--format", format], &input);
        assert_eq!((told.status, &*told.stderr), (Some(0), summary), "{format}");
        let quiet = decode(&["--format", format, "--quiet"], &input).good(format);
        assert_eq!(quiet.stdout, told.stdout, "{format}");
    }
}

#[test]
fn several_files_and_stdin_are_read_in_their_order() {
    let paths = ["files-1.bin", "files-2.bin"].map(PathBuf::from);
    let [first, second] = [(&paths[0], "aidon-no-list-1"), (&paths[1], "p1-se")]
        .map(|(name, list)| file(name.to_str().unwrap(), &message(list).bytes));
    let stdin = message("kaifa-no-list-1").bytes;
    let sent = ["aidon-no-list-1", "kaifa-no-list-1", "p1-se"].map(message);
    let done = run(amshan().args(["decode", "--quiet"]).args([&first, &PathBuf::from("-"), &second]), &stdin);
    let lines = done.good("two files and stdin").lines();
    assert_eq!(lines.len(), 3);
    lines.iter().zip(&sent).for_each(|(line, sent)| holds_what_was_sent(line, sent));
    let dash = decode(&["-"], &stdin);
    assert_eq!((dash.status, &dash.stdout), (Some(0), &decode(&[], &stdin).stdout));

    let csv = run(amshan().args(["decode", "--quiet", "--format", "csv"]).args([&first, &second]), &[]);
    assert_eq!(csv.good("csv of two files").stdout.lines().count(), 3, "one header for all files");

    let broken = file("files-broken.bin", &message("p1-se").bytes[..300]);
    let some = run(amshan().arg("decode").args([&first, &broken, &second]), &[]);
    assert_eq!((some.status, some.lines().len()), (Some(1), 2));
    assert!(some.stderr.contains("files-broken.bin: byte 0: framing: P1 "), "{}", some.stderr);
    assert!(some.stderr.contains("2 decoded, 1 broken"), "{}", some.stderr);
}

/// What the program does not read as it is sent: list, fields (`*`: all), and why.
const UNREAD: [(&str, &str); 2] = [
    // It names its values, but says nothing of their scale: they are given by their codes.
    ("energomera-ru", "*"),
    // The resolution of these energies is not in the message: it needs a setting.
    ("kamstrup-push-65-fine", "*"),
];

#[test]
fn every_list_of_the_simulator_reads_as_it_was_sent() {
    let mut found = Vec::new();
    for list in amshan_sim::lists() {
        let sent = message(list.name);
        let check = if list.name == "p1-hu-holley" { "arc-or-x25" } else { "arc" };
        let run =
            run(amshan().args(["decode", "--quiet", "--p1-check", check]).args(keys(&sent)), &sent.bytes);
        let mut note = |what: &str, difference: String| {
            if !UNREAD.iter().any(|&(name, field)| name == list.name && (field == "*" || field == what)) {
                found.push(format!("{}: {difference}", list.name));
            }
        };
        if list.name.ends_with("-cut") {
            assert_eq!(run.status, Some(1), "{}", list.name);
            assert!(run.stderr.contains("what is whole is given"), "{}", run.stderr);
        } else if list.name == "p1-hu-holley" {
            // It opens a parenthesis in one line and closes it in another: both lines make no sense by themselves.
            assert_eq!((run.status, run.stderr.lines().count()), (Some(0), 2), "{}", run.stderr);
        } else if (run.status, &*run.stderr) != (Some(0), "") {
            note("*", format!("exit status {:?}: {}", run.status, run.stderr));
        }
        match run.lines().first() {
            None => note("*", "no reading".to_owned()),
            Some(line) => differences(line, &sent).into_iter().for_each(|(name, text)| note(name, text)),
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_command_has_a_long_help_with_an_example() {
    for command in ["decode", "meters"] {
        let help = run(amshan().args([command, "--help"]), &[]).good(command);
        assert!(help.stdout.contains("Examples:\n  amshan "), "{}", help.stdout);
    }
    let bare = run(&mut amshan(), &[]);
    assert!(bare.stderr.contains("Usage: amshan") && bare.stderr.contains("decode"), "{bare:?}");
}
