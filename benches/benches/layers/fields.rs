//! Every field of the lists, list by list, from frame or readout on.

use std::hint::black_box;

use amshan_benches::clean::{HDLC, P1, messages, stream};
use amshan_benches::path;
use criterion::Criterion;

use crate::yardsticks;

const MESSAGES: usize = 1000;

pub(crate) fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fields");
    let hdlc = [("every field", "hdlc-fields"), ("every field, known lists", "hdlc-fields-known")];
    let p1 = [("every field", "p1-fields"), ("every field, known telegrams", "p1-fields-known")];
    for (lists, mark, paths) in [(HDLC, 0x7E, hdlc), (P1, b'/', p1)] {
        for list in lists {
            let messages = messages(&[list], MESSAGES);
            let octets = stream(&messages);
            let named: usize =
                messages.iter().map(|message| message.values.len() + message.texts.len()).sum();
            yardsticks(&mut group, list, &octets, MESSAGES, mark);
            for (name, path) in paths {
                let path = path::named(path).unwrap();
                let fields = path(&octets);
                assert!(fields >= named, "{list}: {fields} of {named}");
                group.bench_function(format!("{list}/{name}"), |bencher| {
                    bencher.iter(|| assert_eq!(path(black_box(&octets)), fields));
                });
            }
        }
    }
    group.finish();
}
