//! HDLC and M-Bus frames out of streams.

use std::hint::black_box;

use amshan_benches::{feed, noise};
use criterion::{Criterion, Throughput};

use crate::{CHUNKS, HDLC, MBUS, framing, yardsticks};

pub(crate) fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame");
    framing!(&mut group, &*HDLC, amshan_hdlc::frames, amshan_hdlc::FrameReader::new(), next_frame);
    framing!(&mut group, &*MBUS, amshan_mbus::frames, amshan_mbus::FrameReader::new(), next_frame);

    let noise = noise(1 << 20);
    group.throughput(Throughput::Bytes(noise.len() as u64));
    group.bench_function("noise/hdlc", |bencher| {
        bencher.iter(|| assert_eq!(amshan_hdlc::frames(black_box(&noise)).flatten().count(), 0));
    });
    group.bench_function("noise/mbus", |bencher| {
        bencher.iter(|| assert_eq!(amshan_mbus::frames(black_box(&noise)).flatten().count(), 0));
    });
    group.finish();
}
