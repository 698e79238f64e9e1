//! P1 readouts, and every value in them.

use std::hint::black_box;

use amshan_benches::{P1, messages, stream};
use amshan_dlde::{ReadoutReader, readouts};
use criterion::Criterion;

use crate::{CHUNKS, feed, yardsticks};

const READOUTS: usize = 300;

pub(crate) fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("readout");
    let octets = stream(&messages(P1, READOUTS));
    yardsticks(&mut group, "p1", &octets, b'/');
    group.bench_function("p1/slice", |bencher| {
        bencher.iter(|| assert_eq!(readouts(black_box(&octets)).flatten().count(), READOUTS));
    });
    for (name, chunk) in CHUNKS {
        let mut reader = Box::new(ReadoutReader::new());
        group.bench_function(format!("p1/reader {name}"), |bencher| {
            bencher.iter(|| {
                let mut found = 0;
                feed!(&mut reader, black_box(&octets), chunk, next_readout, |readout| found +=
                    usize::from(readout.is_ok()));
                assert_eq!(found, READOUTS);
            });
        });
    }
    let values = octets.iter().filter(|octet| **octet == b'(').count();
    group.bench_function("p1/every value", |bencher| {
        bencher.iter(|| {
            let sets =
                readouts(black_box(&octets)).flatten().flat_map(|readout| readout.data_sets()).flatten();
            let found = sets.flat_map(|set| set.values()).inspect(|value| {
                black_box(value.number());
            });
            assert_eq!(found.count(), values);
        });
    });
    group.finish();
}
