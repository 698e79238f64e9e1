//! What others need for the same streams, beside ours, `memcpy` and floors: a few lines that do as little as can be done.
//!
//! `cargo run --release --manifest-path benches/rivals/Cargo.toml` prints the tables in Markdown, those of the README
//! first. Within each round all contenders
//! have their turn, job by job, and each is compared with a `memcpy` of its own stream in that round; medians over the
//! rounds.
//! Instructions are counted by valgrind, if it is there.

mod contenders;
mod cores;
mod floors;
mod goals;
mod others;
mod ours;
mod table;

use std::hint::black_box;

use contenders::{Contender, Run};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => table::print(31),
        ["--rounds", rounds] => table::print(rounds.parse().expect("a number")),
        ["--count", name, messages] => count(name, messages.parse().expect("a number")),
        _ => panic!("usage: amshan-rivals [--rounds N]"),
    }
}

/// One run of a contender on the units that it reads of so many, for valgrind to count.
fn count(name: &str, messages: usize) {
    let contender =
        Contender::all().into_iter().find(|contender| contender.key() == name).expect("a contender");
    let units = contender.units(&contender.job.units(messages));
    let octets = units.concat();
    println!("{} {}", units.len(), counted_part(contender.run, &octets));
}

/// Never inlined, so that a counter can be told to count from its start to its end.
#[inline(never)]
fn counted_part(run: Run, octets: &[u8]) -> usize {
    black_box(run(black_box(octets)))
}
