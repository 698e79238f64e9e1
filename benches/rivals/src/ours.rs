//! This project.

use amshan::Reader;
use amshan_benches::{feed, path};
use amshan_dlde::ReadoutReader;
use amshan_hdlc::FrameReader;

macro_rules! through {
    ($name:literal) => {
        path::named($name).expect("a known path")
    };
}

pub fn frames(octets: &[u8]) -> usize {
    through!("hdlc")(octets)
}

pub fn hdlc_values(octets: &[u8]) -> usize {
    through!("hdlc-values")(octets)
}

pub fn hdlc_fields(octets: &[u8]) -> usize {
    through!("hdlc-fields")(octets)
}

pub fn hdlc_fields_known(octets: &[u8]) -> usize {
    through!("hdlc-fields-known")(octets)
}

pub fn readouts(octets: &[u8]) -> usize {
    through!("p1")(octets)
}

pub fn p1_values(octets: &[u8]) -> usize {
    through!("p1-values")(octets)
}

pub fn p1_fields(octets: &[u8]) -> usize {
    through!("p1-fields")(octets)
}

pub fn p1_fields_known(octets: &[u8]) -> usize {
    through!("p1-fields-known")(octets)
}

/// Every field of every reading.
pub fn readings(octets: &[u8]) -> usize {
    through!("reader")(octets)
}

/// The same of lists and telegrams that came before.
pub fn readings_known(octets: &[u8]) -> usize {
    through!("reader-known")(octets)
}

/// Feeds octets into a reader in chunks, and counts what comes out.
macro_rules! through_reader {
    ($reader:expr, $octets:expr, $chunk:expr, $next:ident) => {{
        let (mut reader, mut found) = ($reader, 0);
        feed!(&mut reader, $octets, $chunk, $next, |item| found += usize::from(item.is_ok()));
        found
    }};
}

pub fn frame_reader(octets: &[u8], chunk: usize) -> usize {
    through_reader!(FrameReader::new(), octets, chunk, next_frame)
}

pub fn readout_reader(octets: &[u8], chunk: usize) -> usize {
    through_reader!(ReadoutReader::new(), octets, chunk, next_readout)
}

pub fn messages(octets: &[u8]) -> usize {
    through_reader!(Reader::new(), octets, usize::MAX, next_message)
}
