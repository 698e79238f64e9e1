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
mod json;
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
        end_to_end::group, json::group, hurt::group
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
    /// The messages as they are sent, by themselves and one after the other.
    units: Vec<Vec<u8>>,
    octets: Vec<u8>,
}

static HDLC: LazyLock<Sample> =
    LazyLock::new(|| Sample::new("hdlc", 0x7E, clean::HDLC, |message| message.bytes.clone()));
static P1: LazyLock<Sample> =
    LazyLock::new(|| Sample::new("p1", b'/', clean::P1, |message| message.bytes.clone()));
static MBUS: LazyLock<Sample> = LazyLock::new(|| Sample::new("mbus", 0x68, clean::MBUS, clean::mbus_frame));

impl Sample {
    fn new(name: &'static str, mark: u8, lists: &[&str], unit: fn(&Message) -> Vec<u8>) -> Self {
        let messages = clean::messages(lists, 10_000);
        let units: Vec<_> = messages.iter().map(unit).collect();
        Self { name, mark, octets: units.concat(), units, messages }
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

/// A stream of one framing: out of a slice and through its reader in chunks, as it is and damaged.
macro_rules! framing {
    ($group:expr, $sample:expr, $units:path, $reader:expr, $next:ident) => {{
        let (group, sample) = ($group, $sample);
        let damaged = amshan_benches::clean::damaged(&sample.units);
        let count = sample.messages.len();
        let whole = count - count.div_ceil(10);
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
