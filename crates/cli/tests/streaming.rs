//! However long a stream is, the program needs no more memory for it.
#![cfg(target_os = "linux")]

mod common;

use std::io::Write;
use std::process::{ChildStdin, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use amshan_sim::Rng;
use common::{amshan, hex, stream};

/// How many octets are fed that are decoded, and that are only looked through. A build without optimisation takes its
/// time.
const DECODED: usize = if cfg!(debug_assertions) { 1_000_000 } else { 200_000_000 };
const SEARCHED: usize = if cfg!(debug_assertions) { 8_000_000 } else { 200_000_000 };
/// What the program may need at most, and how much of it after the first eighth of the stream, in kB.
const MEMORY: u64 = 60_000;
const GROWTH: u64 = 500;
/// The same for a line without an end, of which 8 MiB are held.
const LINE: u64 = 32_000;
/// A run that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(300);

/// Meters of every framing that needs no key.
const METERS: [&str; 8] = [
    "aidon-no-list-3",
    "kaifa-no-list-3",
    "kamstrup-no-35",
    "landisgyr-e450-push-1",
    "iskraemeco-ch-f",
    "energomera-ru",
    "p1-dsmr-5.0",
    "p1-be",
];

/// The highest memory that a process has had so far, in kB.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse().unwrap()
}

/// Writes `block` again and again. Gives the highest memory of the reader after an eighth and after all, but for what
/// the pipe still holds.
fn feed(mut stdin: ChildStdin, process: u32, block: &[u8], size: usize) -> [u64; 2] {
    let mut write = |size: usize| {
        (0..size.div_ceil(block.len())).for_each(|_| stdin.write_all(block).unwrap());
        peak(process)
    };
    [write(size / 8), write(size - size / 8)]
}

#[track_caller]
fn stays_small(what: &str, options: &[&str], block: &[u8], size: usize, status: i32, growth: u64) {
    let start = Instant::now();
    let mut command = amshan();
    command.arg("decode").args(options).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let (process, stdin) = (child.id(), child.stdin.take().unwrap());
    let (found, [first, last]) = thread::scope(|scope| {
        let writer = scope.spawn(|| feed(stdin, process, block, size));
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return (status.code(), writer.join().unwrap());
            }
            if start.elapsed() > LIMIT {
                child.kill().unwrap();
            }
            thread::sleep(Duration::from_millis(5));
        }
    });
    println!("{what}: {last} kB, {} MB in {:.1?}", size / 1_000_000, start.elapsed());
    assert_eq!(found, Some(status), "{what}");
    assert!(last < MEMORY && last - first < growth, "{what}: {first} kB grow to {last} kB");
}

#[test]
fn memory_is_flat_over_a_long_stream() {
    stays_small("a stream", &[], &stream(&METERS), DECODED, 0, GROWTH);
}

#[test]
fn memory_is_flat_over_a_long_dump() {
    let rows: String = stream(&METERS).chunks(16).map(|row| hex(row) + "\n").collect();
    stays_small("rows of hex", &[], rows.as_bytes(), DECODED, 0, GROWTH);
}

#[test]
fn memory_is_flat_over_what_is_no_stream() {
    let mut rng = Rng::new(5);
    let noise: Vec<u8> = (0..1_000_000).map(|_| rng.next_u64().to_le_bytes()[0]).collect();
    stays_small("noise", &[], &noise, SEARCHED, 1, GROWTH);
    stays_small(
        "noise without framing",
        &["--input", "raw", "--framing", "apdu"],
        &noise,
        SEARCHED,
        1,
        GROWTH,
    );
    stays_small("a telegram without an end", &[], b"1-0:1.7.0(00.543*kW)\r\n", SEARCHED, 1, GROWTH);
    stays_small("hex without an end of line", &[], &b"7e".repeat(1000), 3 * SEARCHED, 1, LINE);
}
