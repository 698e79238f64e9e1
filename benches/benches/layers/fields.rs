//! Every field of the lists, list by list, from frame or readout on.

use std::hint::black_box;

use amshan_benches::clean::{HDLC, P1, messages, stream};
use amshan_benches::path;
use criterion::Criterion;

use crate::yardsticks;

const MESSAGES: usize = 1000;

pub(crate) fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fields");
    for (lists, mark, path) in [(HDLC, 0x7E, "hdlc-fields"), (P1, b'/', "p1-fields")] {
        let path = path::named(path).unwrap();
        for list in lists {
            let messages = messages(&[list], MESSAGES);
            let octets = stream(&messages);
            let named: usize =
                messages.iter().map(|message| message.values.len() + message.texts.len()).sum();
            let fields = path(&octets);
            assert!(fields >= named, "{list}: {fields} of {named}");
            yardsticks(&mut group, list, &octets, MESSAGES, mark);
            group.bench_function(format!("{list}/every field"), |bencher| {
                bencher.iter(|| assert_eq!(path(black_box(&octets)), fields));
            });
        }
    }
    group.finish();
}
