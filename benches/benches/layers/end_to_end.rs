//! From octets to readings.

use std::hint::black_box;

use amshan::{Decimal, Decoder, Field, Reader};
use amshan_benches::{feed, path};
use criterion::Criterion;

use crate::{CHUNKS, HDLC, MBUS, P1, yardsticks};

pub(crate) fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("end_to_end");
    for sample in [&*HDLC, &*MBUS, &*P1] {
        let powers = sample.messages.iter().filter_map(|message| message.value("active_power_import"));
        let sum = powers.fold(Decimal::ZERO, |sum, power| sum.checked_add(power).unwrap());

        yardsticks(&mut group, sample.name, &sample.octets, sample.messages.len(), sample.mark);
        let mut reader = Box::new(Reader::new());
        for (name, chunk) in CHUNKS {
            group.bench_function(format!("{}/one field, {name}", sample.name), |bencher| {
                bencher.iter(|| {
                    let mut found = Decimal::ZERO;
                    feed!(&mut reader, black_box(&sample.octets), chunk, next_message, |message| {
                        for reading in Decoder::new().readings(message.unwrap()) {
                            let power = reading.unwrap().get(Field::ACTIVE_POWER_IMPORT);
                            let power = power.and_then(|value| value.number()).unwrap_or(Decimal::ZERO);
                            found = found.checked_add(power).unwrap();
                        }
                    });
                    assert_eq!(found, sum);
                });
            });
        }
        let fields = path::reader(&sample.octets, usize::MAX, &Decoder::new());
        group.bench_function(format!("{}/every field", sample.name), |bencher| {
            bencher.iter(|| {
                let found = path::reader(black_box(&sample.octets), usize::MAX, &Decoder::new());
                assert_eq!(found, fields);
            });
        });
    }
    group.finish();
}
