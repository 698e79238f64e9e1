//! Streams made to hurt: what an octet of them costs, beside an octet that is copied. That it doesn't grow with the
//! length of the stream is counted by `tests/work.rs`.

use std::hint::black_box;

use amshan_benches::hurt::HURT;
use amshan_benches::path;
use criterion::{Criterion, Throughput};

const OCTETS: usize = 1 << 16;

pub(crate) fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hurt");
    group.throughput(Throughput::Bytes(OCTETS as u64));
    let (octets, mut copy) = (vec![0; OCTETS], vec![0; OCTETS]);
    group.bench_function("memcpy", |bencher| {
        bencher.iter(|| black_box(&mut copy[..]).copy_from_slice(black_box(&octets)));
    });
    for hurt in HURT {
        let octets = (hurt.octets)(OCTETS);
        group.throughput(Throughput::Bytes(octets.len() as u64));
        for name in hurt.paths {
            let path = path::named(name).unwrap();
            let found = path(&octets);
            group.bench_function(format!("{}/{name}", hurt.name), |bencher| {
                bencher.iter(|| assert_eq!(path(black_box(&octets)), found));
            });
        }
    }
    group.finish();
}
