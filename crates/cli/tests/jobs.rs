//! `amshan decode --jobs N`: as with one job, only faster.

mod common;

use std::path::PathBuf;

use common::{Run, amshan, file, message, run, stream};

/// What is put aside in memory of one file; the rest goes to a temporary file.
const IN_MEMORY: usize = 1 << 20;

/// Good and bad files, a slow one among the first, so that those behind it are done before their turn.
fn files(name: &str) -> Vec<PathBuf> {
    let list = message("landisgyr-e450-push-1").bytes;
    let meters = stream(&["aidon-no-list-3", "p1-dsmr-5.0", "kamstrup-no-35"]);
    let mut files = Vec::new();
    for (index, content) in [
        message("p1-se").bytes,
        list.repeat(100),
        Vec::new(),
        message("p1-se").bytes[..300].to_vec(),
        list.repeat(if cfg!(debug_assertions) { 1000 } else { 10_000 }),
        b"nothing that a meter sends".to_vec(),
    ]
    .into_iter()
    .chain((0..30).map(|times| meters.repeat(times % 7)))
    .enumerate()
    {
        files.push(file(&format!("jobs-{name}-{index}.bin"), &content));
    }
    files.insert(2, PathBuf::from("/no/such/file"));
    files.insert(6, PathBuf::from(env!("CARGO_TARGET_TMPDIR")));
    files.insert(9, PathBuf::from("-"));
    files
}

/// With these options, both outputs as one text where they are `merged`.
fn decode(options: &[&str], files: &[PathBuf], merged: bool) -> Run {
    let mut command = amshan();
    command.arg("decode");
    if merged {
        command = std::process::Command::new("sh");
        command.args(["-c", "exec \"$0\" decode \"$@\" 2>&1", env!("CARGO_BIN_EXE_amshan")]);
        command.stdin(std::process::Stdio::piped());
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    }
    run(command.args(options).args(files), &message("kaifa-no-list-1").bytes)
}

#[test]
fn many_jobs_print_what_one_prints() {
    for format in ["json", "table", "csv", "full"] {
        let files = files(format);
        let one = decode(&["--format", format], &files, false);
        assert_eq!(one.status, Some(3), "{}", one.stderr);
        if format == "full" {
            assert!(one.stdout.len() > 2 * IN_MEMORY, "{}", one.stdout.len());
        }
        for jobs in ["2", "64"] {
            let many = decode(&["--format", format, "--jobs", jobs], &files, false);
            assert_eq!(many.status, one.status, "{format}, {jobs} jobs");
            assert_eq!(many.stderr, one.stderr, "{format}, {jobs} jobs");
            assert!(many.stdout == one.stdout, "{format}, {jobs} jobs");
        }
        if cfg!(unix) {
            let merged = |jobs| decode(&["--format", format, "--jobs", jobs], &files, true).stdout;
            assert!(merged("1") == merged("5"), "{format}, both outputs as one");
        }
    }
}

#[test]
fn the_exit_status_is_that_of_one_job() {
    let good = file("jobs-good.bin", &message("p1-se").bytes);
    let bad = file("jobs-bad.bin", &message("p1-se").bytes[..300]);
    let none = PathBuf::from("/no/such/file");
    for (files, status) in [
        ([&good, &good, &good], 0),
        ([&good, &bad, &good], 1),
        ([&bad, &bad, &bad], 1),
        ([&good, &none, &good], 3),
        ([&none, &good, &bad], 3),
    ] {
        for jobs in ["1", "2", "3"] {
            let files = files.map(PathBuf::clone);
            assert_eq!(decode(&["--jobs", jobs], &files, false).status, Some(status), "{files:?}");
        }
    }
    assert_eq!(decode(&["--jobs", "0"], &[good], false).status, Some(2));
}

#[test]
fn a_message_sent_before_is_refused_in_the_next_file_too() {
    let sent = message("kaifa-at-noe");
    let keys = common::keys(&sent);
    let options: Vec<&str> =
        keys.iter().map(String::as_str).chain(["--refuse-replayed", "--jobs", "4"]).collect();
    let files = ["jobs-replayed-1.bin", "jobs-replayed-2.bin"].map(|name| file(name, &sent.bytes));
    let run = decode(&options, &files, false);
    assert_eq!((run.status, run.lines().len()), (Some(1), 1), "{}", run.stderr);
    assert!(run.stderr.contains("jobs-replayed-2.bin: "), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_reader_downstream_that_has_seen_enough_ends_all_jobs() {
    let list = file("jobs-head.bin", &message("p1-se").bytes.repeat(1000));
    let mut shell = std::process::Command::new("sh");
    shell.args([
        "-c",
        "{ \"$0\" decode --jobs 3 \"$@\"; echo $? >&2; } | head -n 1",
        env!("CARGO_BIN_EXE_amshan"),
    ]);
    shell.stdin(std::process::Stdio::piped());
    shell.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let run = run(shell.args([&list; 20]), &[]);
    assert_eq!((run.lines().len(), &*run.stderr), (1, "0\n"));
}
