//! What is wrong with the input or the command line is said in a sentence on stderr, with the promised exit status:
//! 1 for messages, 2 for the command line, 3 for files. None of it hangs; `common::run` ends what does.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::thread;

use amshan_sim::Rng;
use common::{Run, amshan, decode, file, hex, message, run, stream, wait};

/// The run has failed as promised: nothing on stdout, and on stderr these words.
#[track_caller]
fn failed(what: &str, run: &Run, status: i32, words: &[&str]) {
    assert_eq!((run.status, &*run.stdout), (Some(status), ""), "{what}: {run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "{what}: no {word:?} in {}", run.stderr);
    }
    for word in ["panicked", "Error {", "Some(", "\u{fffd}"] {
        assert!(!run.stderr.contains(word), "{what}: {word:?} in {}", run.stderr);
    }
}

fn noise(seed: u64, size: usize) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    (0..size).map(|_| rng.next_u64().to_le_bytes()[0]).collect()
}

/// `amshan decode`'s summary, where no message was found.
const NONE: &str = "amshan: 0 messages, 0 decoded";

#[test]
fn input_without_a_whole_message_is_status_1() {
    let png =
        [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0", &noise(1, 3000)[..]].concat();
    let (kaifa, austria, dsmr) =
        (message("kaifa-no-list-3"), message("kaifa-at-noe"), message("p1-dsmr-4.2"));
    for (what, input, words) in [
        ("an empty file", vec![], &["the input is empty", NONE][..]),
        ("blank lines", b"\n\n\n".to_vec(), &["amshan: no message found", NONE]),
        ("prose", b"This is no dump at all.\n".repeat(20), &["framing: "]),
        ("random bytes", noise(2, 100_000), &["framing: ", "100000 bytes skipped"]),
        ("random bytes as hex", hex(&noise(2, 10_000)).into(), &["framing: ", "10000 bytes skipped"]),
        ("a picture", png, &["framing: ", "0 decoded"]),
        ("only start marks", b"\x7e".repeat(100_000), &["0 decoded"]),
        ("only lengths", b"\x68\xff\xff\x68".repeat(25_000), &["M-Bus", "0 decoded"]),
        ("only slashes", b"/".repeat(100_000), &["0 decoded"]),
        (
            "an HDLC frame cut",
            kaifa.bytes[..80].to_vec(),
            &["byte 0: framing: HDLC frame ends after 80 of 156"],
        ),
        (
            "an M-Bus frame cut",
            austria.bytes[..80].to_vec(),
            &["byte 0: framing: M-Bus frame ends after 80 of 256"],
        ),
        ("one of two M-Bus frames", austria.bytes[..256].to_vec(), &["several frames", "not all of them"]),
        (
            "a P1 telegram cut",
            dsmr.bytes[..500].to_vec(),
            &["byte 0: framing: P1 readout ends after 500 bytes"],
        ),
        ("the end of a frame", kaifa.bytes[40..].to_vec(), &["framing: ", NONE]),
    ] {
        failed(what, &decode(&[], &input), 1, words);
        let quiet = decode(&["--quiet"], &input);
        assert!(!quiet.stderr.contains(NONE) && !quiet.stderr.is_empty(), "{what}: {quiet:?}");
    }
}

#[test]
fn wrong_framing_and_form_are_status_1() {
    let (hdlc, p1) = (message("kaifa-no-list-3").bytes, message("p1-dsmr-4.2").bytes);
    for (options, input, words) in [
        (&["--framing", "mbus"][..], &hdlc, "framing: nothing here looks like a message"),
        (&["--framing", "p1"], &hdlc, "framing: P1 "),
        (&["--framing", "apdu"], &hdlc, "application message begins with 7e, which no push does"),
        (&["--framing", "body"], &hdlc, "data type 126 is unknown"),
        (&["--framing", "hdlc"], &p1, "framing: nothing here looks like a message"),
        (&["--framing", "mbus"], &p1, "framing: M-Bus "),
        (&["--framing", "apdu"], &p1, "application message begins with 2f, which no push does"),
        (&["--framing", "body"], &p1, "data type 47 is unknown"),
        (&["--input", "hex"], &hdlc, "no octets found in the text"),
        (&["--input", "base64"], &hdlc, "is not a base64 character, at line 1, column 1"),
        (&["--input", "hex"], &b"no hex\n".to_vec(), "no octets found in the text"),
    ] {
        let run = decode(options, input);
        failed(&format!("{options:?}"), &run, 1, &[words, "0 decoded"]);
        assert!(!run.stderr.contains("the input is empty"), "{options:?}: {}", run.stderr);
    }
}

/// Two frames in rows of 16 octets, of which the third row is changed.
fn damaged(change: impl Fn(&str) -> String) -> Vec<u8> {
    let frame = message("kaifa-no-list-3").bytes;
    let rows = |frame: &[u8]| frame.chunks(16).map(hex).collect::<Vec<_>>();
    let mut rows = [rows(&frame), rows(&frame)].concat();
    rows[2] = change(&rows[2]);
    rows.join("\n").into()
}

#[test]
fn a_broken_line_of_a_dump_is_named_and_costs_its_message_only() {
    for (what, input, words) in [
        (
            "another letter",
            damaged(|row| row.replacen("1209", "12q9", 1)),
            "'q' is not a hex digit, at line 3, column 3",
        ),
        (
            "a digit short",
            damaged(|row| row[1..].to_owned()),
            "odd number of hex digits: an octet takes two, at line 3",
        ),
    ] {
        let run = decode(&[], &input);
        assert_eq!((run.status, run.lines().len()), (Some(1), 1), "{what}: {run:?}");
        assert!(run.stderr.contains(words), "{what}: {}", run.stderr);
    }
    let words = message("kaifa-no-list-3").bytes;
    let word = |pair: &[u8]| format!(" {:02x}{:02x}", pair.get(1).copied().unwrap_or(0), pair[0]);
    let row = |(index, row): (usize, &[u8])| {
        format!("{:07x}{}\n", index * 16, row.chunks(2).map(word).collect::<String>())
    };
    let swapped: String = words.chunks(16).enumerate().map(row).collect();
    failed("hexdump", &decode(&[], swapped.as_bytes()), 1, &["swapped", "hexdump -C"]);
    let left_out =
        "00000000  7e a0 27 01 02 01 10 5a  87 e6 e7 00 0f 40 00 00  |~.'....Z.....@..|\n*\n00000027\n";
    failed(
        "rows left out",
        &decode(&[], left_out.as_bytes()),
        1,
        &["rows are left out", "hexdump -Cv", "line 2"],
    );
}

#[test]
fn a_wrong_command_line_is_status_2() {
    let key = "00112233445566778899aabbccddeeff";
    for (arguments, words) in [
        (&["decod"][..], &["unrecognized subcommand 'decod'", "'decode'"][..]),
        (&["decode", "--colour"], &["unexpected argument '--colour'", "Usage: amshan decode"]),
        (&["decode", "--format", "xml"], &["invalid value 'xml'", "table, json, full, csv"]),
        (&["decode", "--framing", "sml"], &["invalid value 'sml'", "hdlc, mbus, p1, apdu, body"]),
        (&["decode", "--input", "binary"], &["invalid value 'binary'", "raw, hex, base64"]),
        (&["decode", "--auth-key", key], &["--auth-key needs --key"]),
        (&["decode", "--key", ""], &["--key", "0 hexadecimal digits", "keys have 32 or 64"]),
        (&["decode", "--key", &key[1..]], &["--key", "31 hexadecimal digits"]),
        (&["decode", "--key", &key[2..]], &["--key", "30 hexadecimal digits", "keys have 32 or 64"]),
        (
            &["decode", "--key", "0011223344556677x899aabbccddeeff"],
            &["--key", "character 17", "no hexadecimal digit"],
        ),
        (&["decode", "--key", key, "--auth-key", "xyz"], &["--auth-key", "no hexadecimal digit"]),
        (&["decode", "--keys", "/nowhere/keys.toml"], &["key file", "No such file"]),
        (&["meters", "--format", "xml"], &["invalid value 'xml'", "table, json"]),
    ] {
        failed(&format!("{arguments:?}"), &run(amshan().args(arguments), &[]), 2, words);
    }
}

#[test]
fn what_cannot_be_opened_or_read_is_status_3() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    for (path, words) in [
        ("/nowhere/capture.bin", &["amshan: /nowhere/capture.bin: No such file or directory"][..]),
        (folder, &[folder, "is a directory, not a capture"]),
    ] {
        failed(path, &decode(&[path], &[]), 3, words);
    }
    // The others are read all the same.
    let good = file("bad-input-good.bin", &message("p1-se").bytes);
    let run = run(amshan().args(["decode", "/nowhere/capture.bin"]).arg(good), &[]);
    assert_eq!((run.status, run.lines().len()), (Some(3), 1), "{run:?}");
}

/// Runs the command, takes a line of stdout and closes it, and stderr if that is said. Gives the exit status.
fn closed_early(arguments: &[&str], input: &[u8], stderr: bool) -> (Option<i32>, String) {
    let mut command = amshan();
    let mut child = command.args(arguments).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut errors = child.stderr.take().filter(|_| !stderr);
    thread::scope(|scope| {
        scope.spawn(move || drop(stdin.write_all(input)));
        let said = scope.spawn(move || {
            let mut text = String::new();
            errors.as_mut().map(|errors| errors.read_to_string(&mut text));
            text
        });
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let status = wait(&mut child);
        (status, said.join().unwrap())
    })
}

#[test]
fn a_closed_pipe_downstream_is_no_error() {
    let input = stream(&["kaifa-no-list-3", "p1-dsmr-5.0"]).repeat(500);
    for format in ["table", "json", "full", "csv"] {
        let (status, said) = closed_early(&["decode", "--format", format], &input, false);
        assert_eq!((status, &*said), (Some(0), ""), "{format}");
    }
    for arguments in [&["meters"][..], &["meters", "--format", "json"], &["decode", "--help"]] {
        let (status, said) = closed_early(arguments, &[], false);
        assert_eq!((status, &*said), (Some(0), ""), "{arguments:?}");
    }
}

/// As in `amshan decode … 2>&1 | head`.
#[test]
fn closed_stderr_ends_nothing_with_a_panic() {
    let cut = message("kaifa-no-list-3").bytes[..80].repeat(100);
    // With a reading, stdout is closed while there are more, which is no error.
    for (input, status) in [(cut.clone(), 1), ([message("p1-se").bytes, cut].concat().repeat(50), 0)] {
        assert_eq!(closed_early(&["decode"], &input, true).0, Some(status));
    }
    assert_eq!(closed_early(&["decode", "/nowhere"], &[], true).0, Some(3));
    assert_eq!(closed_early(&["decode", "--key", "x"], &[], true).0, Some(2));
}
