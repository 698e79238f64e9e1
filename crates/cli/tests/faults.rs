//! What systems do to a program: no stdin, no reader, a full disk, a writer that dies, a file that changes while it is
//! read. The program ends with the promised status and a sentence on stderr, does not panic, and every line on stdout
//! is whole.
#![cfg(target_os = "linux")]

mod common;

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::{Run, amshan, file, message, run, wait};
use serde_json::Value;

/// The program, started by a shell that does something before, and this to its files.
fn by_a_shell(before: &str, files: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{before} exec \"$0\" \"$@\" {files}")]);
    command.arg(amshan().get_program()).args(arguments).env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A frame, and its flags.
fn frame() -> Vec<u8> {
    message("kaifa-no-list-3").bytes
}

/// Status, lines of stdout, all of them whole, and these words on stderr.
#[track_caller]
fn assert_run(what: &str, run: &Run, status: i32, lines: usize, words: &str) {
    assert_eq!((run.status, run.lines().len()), (Some(status), lines), "{what}: {run:?}");
    assert!(run.stdout.is_empty() || run.stdout.ends_with('\n'), "{what}: a line is cut");
    assert!(run.stderr.contains(words), "{what}: no {words:?} in {}", run.stderr);
    assert!(!run.stderr.contains("panicked"), "{what}: {}", run.stderr);
}

/// What is left to read when the program has ended.
fn rest(mut child: Child, mut stdout: impl Read, first: String) -> Run {
    let mut run = Run { status: None, stdout: first, stderr: String::new() };
    stdout.read_to_string(&mut run.stdout).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut run.stderr).unwrap();
    run.status = wait(&mut child);
    run
}

#[test]
fn without_stdin_there_is_no_message() {
    let write_only = file("faults-write-only", b"x").display().to_string();
    for (files, status, words) in [
        ("<&-", 1, "the input is empty"),
        ("</dev/null", 1, "the input is empty"),
        (&format!("0>{write_only}"), 1, "the input is empty"),
        ("</", 3, "Is a directory"),
    ] {
        assert_run(files, &run(&mut by_a_shell("", files, &["decode"]), &[]), status, 0, words);
    }
}

#[test]
fn a_full_disk_is_status_3() {
    let good = file("faults-full.bin", &frame().repeat(3)).display().to_string();
    for arguments in [
        &["decode", "--format", "table", &good][..],
        &["decode", "--format", "json", &good],
        &["decode", "--format", "full", &good],
        &["decode", "--format", "csv", &good],
        &["decode", &good, "/nowhere", &good],
        &["meters"],
        &["meters", "--format", "json"],
        &["decode", "--help"],
        &["--version"],
    ] {
        let run = run(&mut by_a_shell("", ">/dev/full", arguments), &[]);
        // Said once, of what it is true of, and nothing else is tried.
        assert_eq!(run.status, Some(3), "{arguments:?}: {run:?}");
        assert_eq!(
            run.stderr, "amshan: standard output: No space left on device (os error 28)\n",
            "{arguments:?}"
        );
    }
}

/// The disk takes a part: what it took is the beginning of what would have been written.
#[test]
fn a_disk_that_fills_up_is_status_3() {
    let good = file("faults-fills-up.bin", &frame().repeat(100)).display().to_string();
    let whole = run(amshan().args(["decode", &good]), &[]);
    let out = file("faults-fills-up.out", b"");
    let files = format!(">{}", out.display());
    // Blocks are of 512 octets, or of 1024.
    let limited = "trap '' XFSZ; ulimit -f 8;";
    let run = run(&mut by_a_shell(limited, &files, &["decode", &good]), &[]);
    assert_eq!(run.status, Some(3), "{run:?}");
    assert_eq!(run.stderr, "amshan: standard output: File too large (os error 27)\n");
    let written = std::fs::read_to_string(out).unwrap();
    assert!(!written.is_empty() && written.len() < whole.stdout.len() && whole.stdout.starts_with(&written));
}

#[test]
fn nobody_needs_to_listen() {
    let good = file("faults-nobody.bin", &frame().repeat(1000)).display().to_string();
    let cut = file("faults-nobody-cut.bin", &frame()[..80]).display().to_string();
    for (files, arguments, status) in [
        (">&-", &["decode", &good][..], 0),
        (">&-", &["meters"], 0),
        (">&- 2>&-", &["decode", &cut], 1),
        ("2>/dev/full", &["decode", &good], 0),
        ("2>/dev/full", &["decode", &cut], 1),
        ("2>/dev/full", &["decode", "--key", "x"], 2),
        ("2>/dev/full", &["decode", "/nowhere"], 3),
        (">/dev/full 2>/dev/full", &["decode", &good], 3),
        ("<&- >&- 2>&-", &["decode"], 1),
    ] {
        let run = run(&mut by_a_shell("", files, arguments), &[]);
        assert_eq!(run.status, Some(status), "{files} {arguments:?}: {run:?}");
    }
    // The reader is gone before the first line.
    for arguments in [&["decode", &good][..], &["meters"], &["decode", "--help"]] {
        let mut child = amshan().args(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let run = rest(child, std::io::empty(), String::new());
        assert_eq!((run.status, &*run.stderr), (Some(0), ""), "{arguments:?}");
    }
}

/// Starts to decode a file and stops at the first line: the program waits until somebody reads the others, and has read
/// no more than a part of the file.
fn decode_to_the_first_line(path: &Path) -> (Child, BufReader<impl Read>, String) {
    let mut child = amshan().arg("decode").arg(path).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    (child, stdout, first)
}

/// More than the program reads at once, and than a pipe holds of its output.
const FRAMES: usize = 2000;

#[test]
fn a_file_that_shrinks_while_it_is_read_ends_there() {
    for size in [0, 1000, 100_000] {
        let path = file("faults-shrinks.bin", &frame().repeat(FRAMES));
        let (child, stdout, first) = decode_to_the_first_line(&path);
        File::options().write(true).open(&path).unwrap().set_len(size).unwrap();
        let run = rest(child, stdout, first);
        let lines = run.lines().len();
        assert_run("a file that shrinks", &run, 1, lines, "framing: HDLC frame ends after ");
        assert!(
            (1..FRAMES).contains(&lines) && lines as u64 >= size / frame().len() as u64,
            "{lines} of {size}"
        );
    }
}

#[test]
fn a_file_that_grows_while_it_is_read_is_read_to_its_end() {
    let frames = frame().repeat(FRAMES);
    let path = file("faults-grows.bin", &frames[..frames.len() - 80]);
    let (child, stdout, first) = decode_to_the_first_line(&path);
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(&frames[frames.len() - 80..]).unwrap();
    file.write_all(&frame()).unwrap();
    assert_run("a file that grows", &rest(child, stdout, first), 0, FRAMES + 1, "0 broken");
}

/// A pipe in the file system.
fn fifo(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&path);
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

#[test]
fn a_writer_that_dies_ends_the_input() {
    for (what, list, whole, words) in [
        ("HDLC", "kaifa-no-list-3", 1, "framing: HDLC frame ends after 80 of 156"),
        ("P1", "p1-dsmr-5.0", 1, "framing: P1 readout ends after 80 bytes"),
        ("M-Bus", "kaifa-at-noe", 0, "framing: M-Bus frame ends after 80 of 256"),
    ] {
        let octets = message(list).bytes;
        let part = file(&format!("faults-{list}.part"), &[&octets.repeat(whole)[..], &octets[..80]].concat());
        let pipe = fifo(&format!("faults-{list}.pipe"));
        let mut writer = Command::new("sh");
        writer.args(["-c", "exec 3>\"$1\"; cat \"$0\" >&3; kill -9 $$"]).arg(part).arg(&pipe);
        let mut writer = writer.spawn().unwrap();
        let run = run(amshan().arg("decode").arg(pipe), &[]);
        assert!(!writer.wait().unwrap().success());
        assert_run(what, &run, 1, whole, words);
    }
}

/// The connection behind stdin is reset: what was whole before is decoded, also what only its end makes whole, and then
/// the fault is told.
#[test]
fn a_source_that_breaks_is_status_3() {
    let clear = b"\x0F\x40\x00\x00\x00\x00\x02\x01\x06\x00\x00\x15\x7E";
    let part = [&frame()[..], &frame()[..80]].concat();
    for (what, input, lines, words) in [
        ("nothing", &b""[..], 0, "0 messages"),
        ("a message without framing", clear, 1, "1 decoded"),
        ("hex without a line's end", b"7ea0", 0, "framing: HDLC frame ends after 2"),
        ("a frame and a part", &part, 1, "framing: HDLC frame ends after 80 of 156"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut theirs = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut ours, _) = listener.accept().unwrap();
        // What was not read when a connection is closed resets it.
        theirs.write_all(b"unread").unwrap();
        ours.peek(&mut [0]).unwrap();
        let mut child = amshan().arg("decode").stdin(OwnedFd::from(theirs)).spawn().unwrap();
        ours.write_all(input).unwrap();
        drop(ours);
        let stdout = child.stdout.take().unwrap();
        let run = rest(child, stdout, String::new());
        assert_run(what, &run, 3, lines, words);
        assert!(run.stderr.contains("amshan: -: Connection reset by peer"), "{what}: {}", run.stderr);
        assert!(run.lines().iter().all(Value::is_object));
    }
}
