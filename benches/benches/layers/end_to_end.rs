//! From octets to readings.

use std::hint::black_box;

use amshan::{Decimal, Decoder, Error, Field, Message, Reader, Reading};
use amshan_benches::{HDLC, P1, mbus_stream, messages, stream};
use criterion::Criterion;

use crate::{CHUNKS, feed, yardsticks};

pub(crate) fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("end_to_end");
    let (hdlc, p1) = (messages(HDLC, 1000), messages(P1, 300));
    let mbus = messages(&["kaifa-no-list-1", "kaifa-no-list-2", "kaifa-no-list-3"], 1000);
    for (kind, mark, octets, messages) in [
        ("hdlc", 0x7E, stream(&hdlc), hdlc),
        ("mbus", 0x68, mbus_stream(&mbus), mbus),
        ("p1", b'/', stream(&p1), p1),
    ] {
        let powers = messages.iter().filter_map(|message| message.value("active_power_import"));
        let sum = powers.fold(Decimal::ZERO, |sum, power| sum.checked_add(power).unwrap());

        yardsticks(&mut group, kind, &octets, mark);
        let mut reader = Box::new(Reader::new());
        for (name, chunk) in CHUNKS {
            group.bench_function(format!("{kind}/one field, {name}"), |bencher| {
                bencher.iter(|| {
                    let mut found = Decimal::ZERO;
                    feed!(&mut reader, black_box(&octets), chunk, next_message, |message| readings(
                        message,
                        |reading| {
                            let power =
                                reading.get(Field::ACTIVE_POWER_IMPORT).and_then(|value| value.number());
                            found = found.checked_add(power.unwrap_or(Decimal::ZERO)).unwrap();
                        }
                    ));
                    assert_eq!(found, sum);
                });
            });
        }
        group.bench_function(format!("{kind}/every field"), |bencher| {
            bencher.iter(|| {
                let mut found = 0;
                feed!(&mut reader, black_box(&octets), usize::MAX, next_message, |message| readings(
                    message,
                    |reading| found += usize::from(reading.fields().map(black_box).count() > 0)
                ));
                assert_eq!(found, messages.len());
            });
        });
    }
    group.finish();
}

/// Takes each reading of a message.
fn readings(message: Result<Message<'_>, Error>, take: impl FnMut(Reading<'_>)) {
    Decoder::new().readings(message.unwrap()).map(Result::unwrap).for_each(take);
}
