//! Every value of A-XDR bodies.

use std::hint::black_box;

use amshan_cosem::{Apdu, Body};
use criterion::Criterion;

use crate::{HDLC, yardsticks};

pub(crate) fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("data");
    let bodies: Vec<_> = HDLC
        .messages
        .iter()
        .map(|message| match Apdu::parse(&message.plain) {
            Ok((Apdu::DataNotification(notification), _)) => notification.body,
            other => panic!("{}: {other:?}", message.list),
        })
        .collect();
    let values: usize = bodies.iter().map(|body| body.walk().count()).sum();
    let bodies: Vec<_> = bodies.iter().map(Body::bytes).collect();

    yardsticks(&mut group, "bodies", &bodies.concat(), bodies.len(), 0x09);
    group.bench_function("bodies/parse", |bencher| {
        bencher.iter(|| {
            for body in black_box(&bodies) {
                assert!(Body::parse(body).is_ok());
            }
        });
    });
    group.bench_function("bodies/parse and walk", |bencher| {
        bencher.iter(|| {
            let mut found = 0;
            for body in black_box(&bodies) {
                let (body, _) = Body::parse(body).unwrap();
                found += body.walk().map(black_box).count();
            }
            assert_eq!(found, values);
        });
    });
    group.finish();
}
