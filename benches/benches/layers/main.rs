//! How fast each layer is. `cargo bench -p amshan-benches`, or `-- frame` for one group.
//!
//! Compare with the memcpy of the same octets in the same run, not with numbers of another machine.

mod check_sequence;
mod data;
mod end_to_end;
mod frame;
mod readout;

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};

criterion_main!(layers);

criterion_group! {
    name = layers;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = check_sequence::group, frame::group, readout::group, data::group, end_to_end::group
}

/// The sizes in which octets reach a reader, and their names.
const CHUNKS: [(&str, usize); 4] = [("by 1", 1), ("by 64", 64), ("by 4096", 4096), ("whole", usize::MAX)];

/// Copying the octets, and looking for every start mark in them.
fn yardsticks(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, octets: &[u8], mark: u8) {
    group.throughput(Throughput::Bytes(octets.len() as u64));
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
