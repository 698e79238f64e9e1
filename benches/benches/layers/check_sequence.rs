//! Frames of growing length, so that the check sequence decides; beside it the `crc` package's tables.

use std::hint::black_box;

use amshan_benches::clean::frame_of;
use amshan_hdlc::Frame;
use crc::{CRC_16_IBM_SDLC, Crc, Table};
use criterion::Criterion;

use crate::yardsticks;

static ONE: Crc<u16, Table<1>> = Crc::<u16, Table<1>>::new(&CRC_16_IBM_SDLC);
static SIXTEEN: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_IBM_SDLC);
/// What octets and their right check sequence sum up to.
const RIGHT: u16 = 0x0F47;

pub(crate) fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check_sequence");
    for octets in [41, 130, 300, 900, 2047] {
        let frame = frame_of(octets);
        let name = octets.to_string();
        yardsticks(&mut group, &name, &frame, 1, 0x7E);
        group.bench_function(format!("{name}/table of 1"), |bencher| {
            bencher.iter(|| assert_eq!(ONE.checksum(black_box(&frame[1..])), RIGHT));
        });
        group.bench_function(format!("{name}/table of 16"), |bencher| {
            bencher.iter(|| assert_eq!(SIXTEEN.checksum(black_box(&frame[1..])), RIGHT));
        });
        group.bench_function(format!("{name}/frame"), |bencher| {
            bencher.iter(|| assert!(Frame::parse_prefix(black_box(&frame)).is_ok()));
        });
    }
    group.finish();
}
