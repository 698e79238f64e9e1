//! Times, instructions and allocations, as a table.

use std::hint::black_box;
use std::process::Command;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use crate::contenders::{Contender, Job, MEMCPY};
use crate::{cores, floors, goals};

/// Messages of each stream.
const MESSAGES: usize = 10_000;
/// Messages of the streams that valgrind counts on.
const COUNTED: usize = 240;

/// A contender and how it did.
pub struct Row {
    pub contender: Contender,
    /// How many of the messages it can read, and those one after the other.
    units: usize,
    octets: Rc<Vec<u8>>,
    /// What it finds in them.
    found: usize,
    /// Nanoseconds of each round, and of copying the same octets just before.
    rounds: Vec<(f64, f64)>,
    /// Instructions a unit.
    pub instructions: Option<f64>,
    /// Allocations a unit.
    pub allocations: f64,
}

impl Row {
    /// Nanoseconds a unit.
    pub fn nanoseconds(&self) -> f64 {
        median(self.rounds.iter().map(|(own, _)| own / self.units as f64))
    }

    /// How many times as long as copying takes.
    pub fn ratio(&self) -> f64 {
        median(self.rounds.iter().map(|(own, copy)| own / copy))
    }

    /// Megabytes a second.
    fn speed(&self) -> f64 {
        median(self.rounds.iter().map(|(own, _)| 1000.0 * self.octets.len() as f64 / own))
    }

    /// How many of the messages it can read.
    fn share(&self) -> String {
        format!("{:.0} %", 100.0 * self.units as f64 / MESSAGES as f64)
    }

    /// Whether it is what people could take instead.
    fn is_rival(&self) -> bool {
        let name = self.contender.name;
        name != MEMCPY && !name.starts_with("floor") && !name.starts_with("amshan")
    }

    fn line(&self) -> String {
        let Contender { job, name, .. } = self.contender;
        if self.units == 0 {
            return format!("| {} | {name} | 0 % | – | – | – | – | – |", job.name());
        }
        let instructions = self.instructions.map_or("–".into(), |count| format!("{count:.0}"));
        format!(
            "| {} | {name} | {} | {:.0} | {:.0} ns | {:.1} | {instructions} | {:.0} |",
            job.name(),
            self.share(),
            self.speed(),
            self.nanoseconds(),
            self.ratio(),
            self.allocations,
        )
    }
}

/// Measures everything and prints it.
pub fn print(rounds: usize) {
    let mut rows = rows();
    assert!(Job::ALL.iter().all(|job| Job::IN_TURN.contains(job)), "a job has no turn");
    for _ in 0..rounds {
        for job in Job::IN_TURN {
            round(rows.iter_mut().filter(|row| row.contender.job == job && row.units > 0).collect());
        }
    }
    count(&mut rows);
    println!("{MESSAGES} messages, {rounds} rounds, {}.\n", machine());
    readme(&rows);
    println!();
    cores::print(MESSAGES, rounds);
    println!("\n| job | contender | reads | MB/s | per unit | × memcpy | instr. | allocs |");
    println!("|---|---|---:|---:|---:|---:|---:|---:|");
    for row in &rows {
        println!("{}", row.line());
    }
    println!();
    goals::print(&rows);
}

/// The fastest of ours and the fastest of the others for each job, for the README.
fn readme(rows: &[Row]) {
    println!("| from octets to | amshan | × memcpy | fastest other found | |");
    println!("|---|---:|---:|---:|---|");
    for job in Job::ALL {
        let of_job = |row: &&Row| row.contender.job == job && row.units > 0;
        let fastest = |ours: bool| {
            let candidates = rows.iter().filter(of_job).filter(|row| {
                let name = row.contender.name;
                if ours { name.starts_with("amshan-") } else { row.is_rival() }
            });
            candidates.max_by(|one, other| one.speed().total_cmp(&other.speed()))
        };
        let Some(ours) = fastest(true) else { continue };
        let (speed, who) = match fastest(false) {
            Some(row) if row.units < MESSAGES => {
                (format!("{:.0} MB/s", row.speed()), format!("{}, reads {}", row.contender.name, row.share()))
            }
            Some(row) => (format!("{:.0} MB/s", row.speed()), row.contender.name.into()),
            None => ("–".into(), "none".into()),
        };
        let what = job.result();
        println!("| {what} | {:.0} MB/s | {:.1} | {speed} | {who} |", ours.speed(), ours.ratio());
    }
}

/// All contenders of a job, one after the other. Each stream is copied first, when the caches hold those of another job.
fn round(rows: Vec<&mut Row>) {
    let mut copies: Vec<(Rc<Vec<u8>>, f64)> = Vec::new();
    for row in &rows {
        if !copies.iter().any(|(octets, _)| Rc::ptr_eq(octets, &row.octets)) {
            let time = nanoseconds(|| floors::copy(black_box(&row.octets)), row.octets.len());
            copies.push((row.octets.clone(), time));
        }
    }
    for row in rows {
        let copy = copies.iter().find(|(octets, _)| Rc::ptr_eq(octets, &row.octets));
        let copy = copy.map_or(f64::NAN, |(_, time)| *time);
        let run = || (row.contender.run)(black_box(&row.octets));
        let own = if row.contender.name == MEMCPY { copy } else { nanoseconds(run, row.found) };
        row.rounds.push((own, copy));
    }
}

/// Every contender with the stream of what it can read.
fn rows() -> Vec<Row> {
    let units = Job::ALL.map(|job| (job, job.units(MESSAGES)));
    let mut streams: Vec<Rc<Vec<u8>>> = Vec::new();
    let row = |contender: Contender| {
        let all = units.iter().find(|(job, _)| *job == contender.job).map_or(&[][..], |(_, units)| units);
        let readable = contender.units(all);
        let found = readable.iter().map(|unit| (contender.run)(unit)).sum();
        let octets = readable.concat();
        let octets = streams.iter().find(|known| ***known == octets).cloned().unwrap_or_else(|| {
            streams.push(Rc::new(octets));
            streams.last().cloned().unwrap_or_default()
        });
        let allocated = allocation_counter::measure(|| {
            let in_a_row = (contender.run)(&octets);
            assert_eq!(in_a_row, found, "{}: in a row, and one by one", contender.key());
        });
        Row {
            contender,
            units: readable.len(),
            octets,
            found,
            rounds: Vec::new(),
            instructions: None,
            allocations: allocated.count_total as f64 / readable.len().max(1) as f64,
        }
    };
    Contender::all().into_iter().map(row).collect()
}

/// How long it takes to find that many.
pub fn nanoseconds(run: impl FnOnce() -> usize, expected: usize) -> f64 {
    let start = Instant::now();
    let found = black_box(run());
    let time = start.elapsed();
    assert_eq!(found, expected);
    time.as_nanos() as f64
}

pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Lets valgrind count, on as many threads as there are processors.
fn count(rows: &mut [Row]) {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("SKIPPED: the counting of instructions, as valgrind is not installed\n");
        return;
    }
    let keys: Vec<String> = rows.iter().map(|row| row.contender.key()).collect();
    let next = AtomicUsize::new(0);
    let worker = || {
        let next = || {
            let index = next.fetch_add(1, Ordering::Relaxed);
            keys.get(index).map(|key| (index, instructions(key)))
        };
        std::iter::from_fn(next).collect::<Vec<_>>()
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let counted: Vec<(usize, Option<f64>)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("valgrind runs")).collect()
    });
    for (index, instructions) in counted {
        rows[index].instructions = instructions;
    }
}

/// Instructions a unit; none where there is no unit.
fn instructions(key: &str) -> Option<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no"])
        .arg("--toggle-collect=*counted_part*")
        .arg(std::env::current_exe().expect("a path"))
        .args(["--count", key, &COUNTED.to_string()])
        .output()
        .expect("valgrind runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{key}: {told}");
    let collected = told.lines().find_map(|line| line.split_once("Collected : "));
    let count: f64 = collected.and_then(|(_, count)| count.trim().parse().ok()).expect("a count");
    let told = String::from_utf8_lossy(&output.stdout);
    let units: f64 = told.split_whitespace().next().and_then(|units| units.parse().ok()).expect("a number");
    (units > 0.0).then_some(count / units)
}

/// What it runs on, in words.
fn machine() -> String {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let rustc =
        Command::new("rustc").arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    let rustc = String::from_utf8_lossy(&rustc);
    let version = rustc.split_whitespace().nth(1).unwrap_or("of unknown version");
    format!("{threads} processors ({}), Rust {version}", std::env::consts::ARCH)
}
