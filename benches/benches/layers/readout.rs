//! P1 readouts, and every value in them.

use std::hint::black_box;

use amshan_benches::{feed, noise, path};
use amshan_dlde::{ReadoutReader, readouts};
use criterion::{Criterion, Throughput};

use crate::{CHUNKS, P1, framing, yardsticks};

pub(crate) fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("readout");
    framing!(&mut group, &*P1, readouts, ReadoutReader::new(), next_readout);
    let octets = &P1.octets;
    let values = octets.iter().filter(|octet| **octet == b'(').count();
    let path = path::named("p1-values").unwrap();
    group.bench_function("p1/clean/every value", |bencher| {
        bencher.iter(|| assert_eq!(path(black_box(octets)), values));
    });

    let noise = noise(1 << 20);
    group.throughput(Throughput::Bytes(noise.len() as u64));
    group.bench_function("noise/p1", |bencher| {
        bencher.iter(|| assert_eq!(readouts(black_box(&noise)).flatten().count(), 0));
    });
    group.finish();
}
