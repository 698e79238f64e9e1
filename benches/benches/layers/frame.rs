//! HDLC and M-Bus frames out of streams, good ones and others.

use std::hint::black_box;

use amshan_benches::{HDLC, made_to_hurt, mbus_stream, messages, noise, stream};
use amshan_hdlc::{FrameReader, frames};
use criterion::{Criterion, Throughput};

use crate::{CHUNKS, feed, yardsticks};

const FRAMES: usize = 1000;

pub(crate) fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame");

    let octets = stream(&messages(HDLC, FRAMES));
    yardsticks(&mut group, "hdlc", &octets, 0x7E);
    group.bench_function("hdlc/slice", |bencher| {
        bencher.iter(|| assert_eq!(frames(black_box(&octets)).flatten().count(), FRAMES));
    });
    for (name, chunk) in CHUNKS {
        let mut reader = FrameReader::new();
        group.bench_function(format!("hdlc/reader {name}"), |bencher| {
            bencher.iter(|| {
                let mut found = 0;
                feed!(&mut reader, black_box(&octets), chunk, next_frame, |frame| found +=
                    usize::from(frame.is_ok()));
                assert_eq!(found, FRAMES);
            });
        });
    }

    let octets = mbus_stream(&messages(&["kaifa-no-list-1", "kaifa-no-list-2", "kaifa-no-list-3"], FRAMES));
    yardsticks(&mut group, "mbus", &octets, 0x68);
    group.bench_function("mbus/slice", |bencher| {
        bencher.iter(|| assert_eq!(amshan_mbus::frames(black_box(&octets)).flatten().count(), FRAMES));
    });

    // What carries nothing must cost little, whatever it looks like. Twice the octets, twice the time.
    for size in [65_536, 131_072] {
        for (name, octets) in [("noise", noise(size)), ("made to hurt", made_to_hurt(size))] {
            group.throughput(Throughput::Bytes(octets.len() as u64));
            group.bench_function(format!("hdlc/{name} {size}"), |bencher| {
                bencher.iter(|| assert_eq!(frames(black_box(&octets)).flatten().count(), 0));
            });
        }
    }
    group.finish();
}
