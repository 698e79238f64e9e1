//! Application messages: in the clear, and ciphered.

use std::hint::black_box;

use amshan::cosem::{Apdu, Envelope, Key, Keys};
use amshan_sim::axdr::Length;
use amshan_sim::ciphering::{BOTH, Cipher};
use criterion::{BatchSize, Criterion};

use crate::{HDLC, yardsticks};

pub(crate) fn group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("apdu");
    let clear: Vec<_> = HDLC.messages.iter().map(|message| &message.plain[..]).collect();
    yardsticks(&mut group, "clear", &clear.concat(), clear.len(), 0x0F);
    group.bench_function("clear/parse", |bencher| {
        bencher.iter(|| {
            for apdu in black_box(&clear) {
                assert!(matches!(Apdu::parse(apdu), Ok((Apdu::DataNotification(_), []))));
            }
        });
    });

    let (key, auth_key) = ([1; 16], [2; 16]);
    let seal = |(counter, apdu): (u32, &&[u8])| {
        let title = *b"ABC\x01\x02\x03\x04\x05";
        let cipher = Cipher {
            title,
            control: BOTH,
            counter,
            key: &key,
            auth_key: &auth_key,
            length: Length::Shortest,
        };
        cipher.general_glo(apdu)
    };
    let sealed: Vec<_> = (1..).zip(clear.iter().take(1000)).map(seal).collect();
    let keys = Keys {
        encryption: Key::from_octets(&key).unwrap(),
        authentication: Some(Key::from_octets(&auth_key).unwrap()),
    };
    yardsticks(&mut group, "ciphered", &sealed.concat(), sealed.len(), 0xDB);
    group.bench_function("ciphered/open", |bencher| {
        bencher.iter_batched_ref(
            || sealed.clone(),
            |sealed| {
                for message in sealed {
                    let envelope = Envelope::parse(message).unwrap();
                    assert!(black_box(envelope.open(message, &keys)).is_ok());
                }
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}
