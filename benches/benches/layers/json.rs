//! From octets to JSON lines, in memory. The throughput is that of the lines.

use std::hint::black_box;

use amshan_benches::path;
use criterion::{Criterion, Throughput};

use crate::{HDLC, P1};

pub(crate) fn group(criterion: &mut Criterion) {
    let path = path::named("json").unwrap();
    let mut group = criterion.benchmark_group("json");
    for sample in [&*HDLC, &*P1] {
        let written = path(&sample.octets);
        group.throughput(Throughput::ElementsAndBytes {
            elements: sample.messages.len() as u64,
            bytes: written as u64,
        });
        let mut copy = vec![0; written];
        let lines = vec![b' '; written];
        group.bench_function(format!("{}/memcpy of the lines", sample.name), |bencher| {
            bencher.iter(|| black_box(&mut copy[..]).copy_from_slice(black_box(&lines)));
        });
        group.bench_function(format!("{}/lines", sample.name), |bencher| {
            bencher.iter(|| assert_eq!(path(black_box(&sample.octets)), written));
        });
    }
    group.finish();
}
