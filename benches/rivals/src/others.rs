//! What people could take instead.

use std::convert::Infallible;
use std::hint::black_box;

use dlms_cosem_rs::axdr::Data;
use dlms_cosem_rs::codec::Decode;
use dlms_cosem_rs::transport::hdlc::{Found, Frame, Framer};
use dlms_cosem_rs::transport::p1::{self, Telegram, TelegramReader};
use dlms_cosem_rs::xdlms::Apdu;
use hdlcparse::type3::HdlcFrame;

pub fn hdlcparse(octets: &[u8]) -> usize {
    let (mut rest, mut found) = (octets, 0);
    while let Ok((behind, frame)) = HdlcFrame::parse(rest) {
        black_box(frame);
        found += 1;
        // The closing flag.
        rest = behind.get(1..).unwrap_or_default();
    }
    found
}

pub fn framer(octets: &[u8]) -> usize {
    let mut found = 0;
    framed(octets, |frame| {
        black_box(frame);
        found += 1;
    });
    found
}

pub fn apdu_values(octets: &[u8]) -> usize {
    let mut found = 0;
    framed(octets, |frame| {
        let apdu = frame.information.get(3..).map(Apdu::from_bytes);
        if let Some(Ok(Apdu::DataNotification(notification))) = apdu {
            found += visit(&notification.body);
        }
    });
    found
}

/// The frames in a stream that is all in hand.
fn framed<'a>(octets: &'a [u8], mut take: impl FnMut(Frame<'a>)) {
    let (mut framer, mut rest) = (Framer::new(), octets);
    while let Ok(Found::Frame { frame, consumed }) = framer.next_frame(rest) {
        take(frame);
        rest = &rest[consumed..];
    }
}

/// How many values there are, containers included.
fn visit(data: &Data<'_>) -> usize {
    match data {
        Data::Array(items) | Data::Structure(items) => {
            1 + items.iter().flatten().map(|item| visit(&item)).sum::<usize>()
        }
        value => {
            black_box(value);
            1
        }
    }
}

pub fn telegrams_1(octets: &[u8]) -> usize {
    let mut found = 0;
    telegrams(octets, 1 << 10, |telegram| {
        black_box(telegram);
        found += 1;
    });
    found
}

pub fn telegrams_64(octets: &[u8]) -> usize {
    let mut found = 0;
    telegrams(octets, 1 << 16, |telegram| {
        black_box(telegram);
        found += 1;
    });
    found
}

pub fn telegram_values(octets: &[u8]) -> usize {
    let mut found = 0;
    telegrams(octets, 1 << 10, |telegram| {
        for line in telegram.lines().flatten() {
            black_box(line.as_scaled());
            found += line.values().map(black_box).count();
        }
    });
    found
}

/// The telegrams in a stream, of which so many octets are in hand; more where one is longer.
fn telegrams<'a>(octets: &'a [u8], window: usize, mut take: impl FnMut(Telegram<'a>)) {
    let (mut reader, mut rest, mut hand) = (TelegramReader::new(), octets, window);
    loop {
        match reader.next_telegram(&rest[..hand.min(rest.len())]) {
            Ok(p1::Found::Telegram { telegram, consumed }) => {
                take(telegram);
                rest = &rest[consumed..];
                hand = window;
            }
            _ if hand < rest.len() => hand *= 2,
            _ => return,
        }
    }
}

pub fn dsmr5(octets: &[u8]) -> usize {
    let octets = octets.iter().map(|octet| Ok::<u8, Infallible>(*octet));
    dsmr5::Reader::new(octets).flatten().filter(|readout| black_box(readout.to_telegram()).is_ok()).count()
}

pub fn dsmr5_values(octets: &[u8]) -> usize {
    let octets = octets.iter().map(|octet| Ok::<u8, Infallible>(*octet));
    let values = |readout: dsmr5::Readout| {
        let telegram = readout.to_telegram().ok()?;
        Some(telegram.objects().filter(|object| black_box(object).is_ok()).count())
    };
    dsmr5::Reader::new(octets).flatten().filter_map(values).sum()
}

pub fn dsmr_parse(octets: &[u8]) -> usize {
    let (mut rest, mut found) = (octets, 0);
    while let Ok(Some(telegram)) = dsmr_parse::Telegram::read_from(&mut rest) {
        black_box(telegram);
        found += 1;
    }
    found
}
