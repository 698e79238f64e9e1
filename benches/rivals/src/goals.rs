//! Where this project must land.

use amshan_benches::hurt::HURT;
use amshan_benches::{clean, path};

use crate::contenders::{Job, Run};
use crate::ours;
use crate::table::{Row, median, nanoseconds};

/// A job, who does it, and the limits: times memcpy and instructions that must be reached, and that are aimed at.
const GOALS: [(Job, &str, [f64; 2], [f64; 2]); 5] = [
    (Job::Hdlc, "amshan-hdlc frames", [3.0, 650.0], [2.0, 500.0]),
    (Job::HdlcValues, "amshan-hdlc + amshan-cosem", [9.0, 2000.0], [6.0, 1400.0]),
    (Job::HdlcFields, "amshan-hdlc + amshan-meters, known lists", [8.0, 1600.0], [5.0, 1150.0]),
    (Job::P1, "amshan-dlde readouts", [2.0, 1500.0], [1.5, 1250.0]),
    (Job::P1Values, "amshan-dlde, exact decimals", [10.0, 8500.0], [7.0, 6500.0]),
];

/// A reader in chunks, the same octets in hand, and how many times as long it may take.
const CHUNKS: [(Job, &str, &str, f64); 4] = [
    (Job::Hdlc, "amshan-hdlc FrameReader by 512", "amshan-hdlc frames", 1.3),
    (Job::Hdlc, "amshan-hdlc FrameReader by 1", "amshan-hdlc frames", 20.0),
    (Job::P1, "amshan-dlde ReadoutReader by 512", "amshan-dlde readouts", 1.3),
    (Job::P1, "amshan-dlde ReadoutReader by 1", "amshan-dlde readouts", 20.0),
];

/// Nanoseconds that an octet of a line of JSON may take.
const JSON_MUST: f64 = 1.0;
const JSON_AIM: f64 = 0.67;

/// Octets of each stream made to hurt.
const HURTING: usize = 1 << 16;
/// Nanoseconds that one of them may take.
const HURT_MUST: f64 = 5.0;
const HURT_AIM: f64 = 2.5;

/// Prints each goal with what was measured.
pub fn print(rows: &[Row]) {
    println!("| goal | measured | must | | aim | |");
    println!("|---|---:|---:|---|---:|---|");
    let row = |job: Job, name: &str| {
        let found = rows.iter().find(|row| row.contender.job == job && row.contender.name == name);
        found.unwrap_or_else(|| panic!("{name} is no contender"))
    };
    for (job, name, must, aim) in GOALS {
        let row = row(job, name);
        goal(&format!("{}, × memcpy", job.name()), row.ratio(), must[0], aim[0], 1);
        if let Some(instructions) = row.instructions {
            goal(&format!("{}, instructions", job.name()), instructions, must[1], aim[1], 0);
        }
    }
    for (job, chunked, whole, must) in CHUNKS {
        let measured = row(job, chunked).nanoseconds() / row(job, whole).nanoseconds();
        goal(&format!("{chunked}, × the whole slice"), measured, must, must, 1);
    }
    let ours = rows.iter().filter(|row| row.contender.name.starts_with("amshan"));
    goal("allocations", ours.map(|row| row.allocations).fold(0.0, f64::max), 0.0, 0.0, 0);
    let by_1: [(Job, Run); 2] = [
        (Job::Hdlc, |octets| ours::frame_reader(octets, 1)),
        (Job::P1, |octets| ours::readout_reader(octets, 1)),
    ];
    for (job, by_1) in by_1 {
        let octets = clean::damaged(&job.units(10_000));
        let whole: Run = if job == Job::Hdlc { ours::frames } else { ours::readouts };
        for (how, run) in [("whole", whole), ("by 1", by_1)] {
            let lost = 9000.0 - run(&octets) as f64;
            goal(&format!("{}, undamaged units lost of 9,000, {how}", job.name()), lost, 0.0, 0.0, 0);
        }
    }
    for job in [Job::HdlcFields, Job::P1Fields] {
        let octets = job.units(10_000).concat();
        let run = path::named("json").expect("a known path");
        let written = run(&octets);
        let times = (0..9).map(|_| nanoseconds(|| run(&octets), written) / written as f64);
        let what = format!("{} as JSON lines, ns an octet written", job.result());
        goal(&what, median(times), JSON_MUST, JSON_AIM, 2);
    }
    let mut hurt: Vec<_> =
        HURT.iter().flat_map(|hurt| hurt.paths.iter().map(move |path| (hurt, path))).map(hurts).collect();
    hurt.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    println!("\n| made to hurt | ns an octet | must: {HURT_MUST} | aim: {HURT_AIM} |");
    println!("|---|---:|---|---|");
    for (name, nanoseconds) in hurt {
        println!(
            "| {name} | {nanoseconds:.1} | {} | {} |",
            met(nanoseconds, HURT_MUST),
            met(nanoseconds, HURT_AIM)
        );
    }
}

fn hurts((hurt, name): (&amshan_benches::hurt::Hurt, &&str)) -> (String, f64) {
    let octets = (hurt.octets)(HURTING);
    let run = path::named(name).expect("a known path");
    let found = run(&octets);
    let times = (0..5).map(|_| nanoseconds(|| run(&octets), found) / octets.len() as f64);
    (format!("{} through {name}", hurt.name), median(times))
}

fn goal(name: &str, measured: f64, must: f64, aim: f64, digits: usize) {
    println!(
        "| {name} | {measured:.digits$} | {must:.digits$} | {} | {aim:.digits$} | {} |",
        met(measured, must),
        met(measured, aim)
    );
}

fn met(measured: f64, limit: f64) -> &'static str {
    if measured <= limit { "met" } else { "**not met**" }
}
