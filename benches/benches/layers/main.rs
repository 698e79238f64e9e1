//! How fast each layer is. `cargo bench -p amshan-benches`, or `-- frame` for one group.
//!
//! Compare with the memcpy of the same octets in the same run, not with numbers of another machine.

mod apdu;
mod check_sequence;
mod data;
mod end_to_end;
mod fields;
mod frame;
mod hurt;
mod readout;

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Duration;

use amshan_benches::clean;
use amshan_sim::Message;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};

criterion_main!(layers);

criterion_group! {
    name = layers;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = check_sequence::group, frame::group, readout::group, data::group, apdu::group, fields::group,
        end_to_end::group, hurt::group
}

/// The sizes in which octets reach a reader, and their names.
const CHUNKS: [(&str, usize); 5] =
    [("by 1", 1), ("by 64", 64), ("by 512", 512), ("by 4096", 4096), ("whole", usize::MAX)];

/// A stream of undamaged messages.
struct Sample {
    name: &'static str,
    /// What its messages begin with.
    mark: u8,
    messages: Vec<Message>,
    octets: Vec<u8>,
}

static HDLC: LazyLock<Sample> = LazyLock::new(|| {
    let messages = clean::messages(clean::HDLC, 10_000);
    Sample { name: "hdlc", mark: 0x7E, octets: clean::stream(&messages), messages }
});

static P1: LazyLock<Sample> = LazyLock::new(|| {
    let messages = clean::messages(clean::P1, 10_000);
    Sample { name: "p1", mark: b'/', octets: clean::stream(&messages), messages }
});

static MBUS: LazyLock<Sample> = LazyLock::new(|| {
    let messages = clean::messages(clean::MBUS, 10_000);
    Sample { name: "mbus", mark: 0x68, octets: clean::mbus_stream(&messages), messages }
});

impl Sample {
    /// The same with one bit flipped in the middle of every tenth message, and how many messages are whole.
    fn damaged(&self) -> (Vec<u8>, usize) {
        let mut octets = self.octets.clone();
        let mut start = 0;
        for (index, message) in self.messages.iter().enumerate() {
            let length = if self.mark == 0x68 { message.plain.len() + 11 } else { message.bytes.len() };
            if index % 10 == 0 {
                octets[start + length / 2] ^= 1 << (index / 10 % 7);
            }
            start += length;
        }
        (octets, self.messages.len() - self.messages.len().div_ceil(10))
    }
}

/// Copying the octets of so many messages, and looking for every start mark in them.
fn yardsticks(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    octets: &[u8],
    messages: usize,
    mark: u8,
) {
    group.throughput(Throughput::ElementsAndBytes { elements: messages as u64, bytes: octets.len() as u64 });
    let mut copy = vec![0; octets.len()];
    group.bench_function(format!("{name}/memcpy"), |bencher| {
        bencher.iter(|| black_box(&mut copy[..]).copy_from_slice(black_box(octets)));
    });
    let marks = octets.iter().filter(|octet| **octet == mark).count();
    group.bench_function(format!("{name}/memchr"), |bencher| {
        bencher.iter(|| assert_eq!(memchr::memchr_iter(mark, black_box(octets)).count(), marks));
    });
}

/// Feeds octets into a reader in chunks and does `$take` with every item.
macro_rules! feed {
    ($reader:expr, $octets:expr, $chunk:expr, $next:ident, |$item:ident| $take:expr) => {{
        let reader = $reader;
        let mut left: &[u8] = $octets;
        loop {
            let space = reader.space();
            let (now, later) = left.split_at(left.len().min(space.len()).min($chunk));
            space[..now.len()].copy_from_slice(now);
            if now.is_empty() {
                reader.finish()
            } else {
                reader.advance(now.len())
            }
            while let Some($item) = reader.$next() {
                $take;
            }
            if now.is_empty() {
                break;
            }
            left = later;
        }
    }};
}
use feed;

/// A stream of one framing: out of a slice and through its reader in chunks, as it is and damaged.
macro_rules! framing {
    ($group:expr, $sample:expr, $units:path, $reader:expr, $next:ident) => {{
        let (group, sample) = ($group, $sample);
        let (damaged, whole) = sample.damaged();
        let count = sample.messages.len();
        for (name, octets, count) in [("clean", &sample.octets, count), ("damaged", &damaged, whole)] {
            let name = format!("{}/{name}", sample.name);
            yardsticks(group, &name, octets, sample.messages.len(), sample.mark);
            group.bench_function(format!("{name}/slice"), |bencher| {
                bencher.iter(|| assert_eq!($units(black_box(octets)).flatten().count(), count));
            });
            for (chunks, chunk) in CHUNKS {
                let mut reader = Box::new($reader);
                group.bench_function(format!("{name}/reader, {chunks}"), |bencher| {
                    bencher.iter(|| {
                        let mut found = 0;
                        feed!(&mut reader, black_box(octets), chunk, $next, |unit| found +=
                            usize::from(unit.is_ok()));
                        assert_eq!(found, count);
                    });
                });
            }
        }
    }};
}
use framing;
