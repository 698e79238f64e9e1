//! How many instructions the paths take, as valgrind counts them: the same on a busy machine as on an idle one.
//!
//! `cargo test -p amshan-benches --test work -- --nocapture` prints the table. What is in `work.txt` is recorded anew by
//! `WORK=renew cargo test -p amshan-benches --test work`; a value that has moved, for better or worse, is for a commit
//! to show.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use amshan_benches::hurt::HURT;

/// Undamaged streams, as so many messages, and their paths.
const CLEAN: [(&str, usize, &[&str]); 3] = [
    (
        "clean-hdlc",
        800,
        &[
            "hdlc",
            "hdlc-by-1",
            "hdlc-by-512",
            "hdlc-values",
            "hdlc-fields",
            "hdlc-fields-known",
            "reader",
            "reader-known",
            "reader-by-1",
            "json",
        ],
    ),
    (
        "clean-p1",
        300,
        &[
            "p1",
            "p1-by-1",
            "p1-by-512",
            "p1-values",
            "p1-fields",
            "p1-fields-known",
            "reader",
            "reader-known",
            "reader-by-1",
            "json",
        ],
    ),
    ("clean-mbus", 300, &["mbus", "mbus-by-1", "reader", "reader-by-1"]),
];

/// Octets of a stream made to hurt.
const SMALL: usize = 1 << 16;
const LARGE: usize = 1 << 20;
/// Instead of [`LARGE`] for a stream that hurts so much that it would take minutes.
const LESS: usize = 1 << 17;
/// As well, for streams that cost next to nothing.
const HUGE: usize = 1 << 24;

/// How much more an octet may take in a long stream than in one of [`SMALL`] octets. What the last units of a stream
/// announce is not there to be looked at, up to 4 KiB of the 64.
const LINEAR: f64 = 1.08;
/// How much a value may differ from the recorded one, for undamaged streams.
const SAME: f64 = 0.03;
/// The same for those made to hurt: one loop makes up most of each, and what is inlined into it changes with the code
/// around it.
const SAME_WHEN_HURT: f64 = 0.10;
/// The same if another compiler recorded it.
const ANOTHER_COMPILER: f64 = 0.15;

const RECORD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/work.txt");

/// What one path takes on one stream.
struct Work {
    stream: &'static str,
    path: &'static str,
    clean: bool,
    /// Sizes, and instructions for each message or octet; the shortest stream first.
    counts: Vec<(usize, f64)>,
}

impl Work {
    fn of(stream: &'static str, path: &'static str, messages: Option<usize>) -> Self {
        let count = |size: usize| (size, instructions(path, stream, size) / size as f64);
        let Some(messages) = messages else {
            let mut counts = vec![count(SMALL)];
            let small = counts[0].1;
            counts.push(count(if small < 1000.0 { LARGE } else { LESS }));
            if counts[1].1 < 4.0 {
                counts.push(count(HUGE));
            }
            return Self { stream, path, clean: false, counts };
        };
        Self { stream, path, clean: true, counts: vec![count(messages)] }
    }

    /// The value to record: that of a long stream.
    fn value(&self) -> f64 {
        self.counts.get(1).unwrap_or(&self.counts[0]).1
    }

    fn name(&self) -> String {
        format!("{} {}", self.stream, self.path)
    }
}

/// Everything, counted once; nothing if there is no valgrind.
static WORK: LazyLock<Option<Vec<Work>>> = LazyLock::new(|| {
    if Command::new("valgrind").arg("--version").output().is_err() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI needs valgrind");
        loudly("SKIPPED: the counting of instructions, as valgrind is not installed");
        return None;
    }
    build();
    let clean = CLEAN
        .iter()
        .flat_map(|&(stream, messages, paths)| paths.iter().map(move |&path| (stream, path, Some(messages))));
    let hurt = HURT.iter().flat_map(|hurt| hurt.paths.iter().map(|&path| (hurt.name, path, None)));
    let jobs: Vec<_> = clean.chain(hurt).collect();
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        while let Some(&(stream, path, messages)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push(Work::of(stream, path, messages));
        }
        done
    };
    let mut all: Vec<Work> = thread::scope(|scope| {
        let threads: Vec<_> = (0..thread::available_parallelism().map_or(1, usize::from))
            .map(|_| scope.spawn(worker))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let place = |work: &Work| jobs.iter().position(|job| (job.0, job.1) == (work.stream, work.path));
    all.sort_by_key(place);
    Some(all)
});

/// Law 6, bounds: time is linear in the input, also in input made to hurt.
#[test]
fn time_is_linear_in_the_input() {
    let Some(all) = &*WORK else { return };
    println!("instructions an octet, by the octets of the stream");
    let mut wrong = String::new();
    for work in all.iter().filter(|work| !work.clean) {
        let mut line = format!("{:20} {:12}", work.stream, work.path);
        for (size, value) in &work.counts {
            let _ = write!(line, " {:>6} KiB: {value:9.2}", size >> 10);
        }
        println!("{line}");
        if work.counts.iter().any(|(_, value)| *value > work.counts[0].1 * LINEAR) {
            wrong += &(line + "\n");
        }
    }
    assert!(wrong.is_empty(), "not linear:\n{wrong}");
}

#[test]
fn paths_take_as_many_instructions_as_recorded() {
    let Some(all) = &*WORK else { return };
    let compiler = compiler();
    if std::env::var("WORK").as_deref() == Ok("renew") {
        let mut text = String::from(
            "# Instructions for each message of a clean stream and each octet of one made to hurt: see tests/work.rs.\n",
        );
        text += &(compiler + "\n");
        for work in all {
            let _ = writeln!(text, "{} {:.2}", work.name(), work.value());
        }
        return std::fs::write(RECORD, text).unwrap();
    }
    let text = std::fs::read_to_string(RECORD).unwrap();
    let (by, values) = text.trim_start_matches(|c| c != '\n').trim_start().split_once('\n').unwrap();
    let mut at_least: f64 = 0.0;
    if by != compiler {
        at_least = ANOTHER_COMPILER;
        loudly(&format!(
            "WIDENED to {:.0} %: instructions are counted with {compiler}, and were recorded with {by}",
            at_least * 100.0
        ));
    }
    let recorded = |name: &str| -> Option<f64> {
        values.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    };
    let mut wrong = String::new();
    for work in all {
        let (name, value) = (work.name(), work.value());
        let recorded = recorded(&name);
        let line = format!("{name:33} {value:10.2}, recorded {:10.2}\n", recorded.unwrap_or(f64::NAN));
        print!("{line}");
        let within = at_least.max(if work.clean { SAME } else { SAME_WHEN_HURT });
        // Half of the last digit that is recorded is no difference.
        if recorded.is_none_or(|recorded| (value - recorded).abs() > recorded * within + 0.005) {
            wrong += &line;
        }
    }
    if values.lines().count() != all.len() {
        wrong += "what is recorded is not what is counted\n";
    }
    assert!(
        wrong.is_empty(),
        "{wrong}If this is meant so: WORK=renew cargo test -p amshan-benches --test work"
    );
}

/// The counted program, as it is shipped.
fn build() {
    let folder = Path::new(PROGRAM).parent().unwrap().parent().unwrap();
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--bin", "work", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .arg("--target-dir")
        .arg(folder)
        // Fuzzing needs it off, and may have said so to the whole shell.
        .env_remove("CARGO_PROFILE_RELEASE_LTO")
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
}

/// The instructions between the start and the end of the part that is counted.
fn instructions(path: &str, stream: &str, size: usize) -> f64 {
    let program = Path::new(PROGRAM).parent().unwrap().with_file_name("release").join("work");
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no"])
        .arg("--toggle-collect=*counted_part*")
        .arg(program)
        .args([path, stream, &size.to_string()])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{path} {stream} {size}: {told}");
    let found: usize = String::from_utf8_lossy(&run.stdout).trim().parse().unwrap();
    assert!(found > 0 || !stream.starts_with("clean"), "{path} found nothing in {stream}");
    let collected = told.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    collected.filter(|count| *count > 0.0).unwrap_or_else(|| panic!("nothing was counted: {told}"))
}

fn compiler() -> String {
    let rustc = Path::new(env!("CARGO")).with_file_name("rustc");
    let told = Command::new(rustc).arg("-vV").output().unwrap().stdout;
    let told = String::from_utf8(told).unwrap();
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    format!("{} for {host}", told.lines().next().unwrap())
}

/// Past the test harness, which keeps the output of tests that pass to itself.
fn loudly(what: &str) {
    let _ = writeln!(std::io::stderr(), "{what}");
}

/// The same program, as the tests are built; it tells where the folder of builds is.
const PROGRAM: &str = env!("CARGO_BIN_EXE_work");
