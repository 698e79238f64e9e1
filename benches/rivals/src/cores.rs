//! Two streams on two processors.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use crate::contenders::Job;
use crate::ours;
use crate::table::median;

/// Prints how much two threads do, each with a reader and a decoder of its own, and one.
pub fn print(messages: usize, rounds: usize) {
    println!("| from octets to | one thread | two threads | |");
    println!("|---|---:|---:|---:|");
    for job in [Job::HdlcFields, Job::P1Fields] {
        let octets = job.units(messages).concat();
        let copies = [octets.clone(), octets.clone()];
        let rounds: Vec<_> = (0..rounds).map(|_| (time(&copies[..1]), time(&copies))).collect();
        let speed = |threads: f64, time: f64| 1000.0 * threads * octets.len() as f64 / time;
        let one = median(rounds.iter().map(|(one, _)| speed(1.0, *one)));
        let two = median(rounds.iter().map(|(_, two)| speed(2.0, *two)));
        let times = median(rounds.iter().map(|(one, two)| 2.0 * one / two));
        println!("| {} | {one:.0} MB/s | {two:.0} MB/s | {times:.2} × |", job.result());
    }
}

/// Nanoseconds until all streams are read, each by a thread of its own.
fn time(streams: &[Vec<u8>]) -> f64 {
    let start = Barrier::new(streams.len() + 1);
    thread::scope(|scope| {
        let threads: Vec<_> = streams
            .iter()
            .map(|octets| {
                scope.spawn(|| {
                    start.wait();
                    ours::readings(octets)
                })
            })
            .collect();
        start.wait();
        let begun = Instant::now();
        threads.into_iter().for_each(|thread| assert!(thread.join().expect("no panic") > 0));
        begun.elapsed().as_nanos() as f64
    })
}
