//! Laws of the decoder, one for each layer and one from end to end.
//!
//! Some laws take the octets for what comes off the wire; others (`axdr`, `blocks`, `ciphered`, `segments`,
//! `structured_stream`) let them choose what the simulator is to send, and know what must come out.
//!
//! A law is a function of any octets that panics when it is broken. `fuzz_targets/` hands each to the fuzzer, and
//! `tests/seeds.rs` runs them over `seeds/` and `regressions/` in plain `cargo test`.
//!
//! To add one: a function here, a line in [`TARGETS`], a file of three lines in `fuzz_targets/` with its entry in
//! `Cargo.toml`, and seeds in a folder of its name. What the fuzzer breaks goes, made small, to
//! `regressions/<target>/<what goes wrong>`.
#![forbid(unsafe_code)]

#[macro_use]
mod feed;

mod axdr;
mod ciphered;
mod cosem;
mod dump;
mod hdlc;
mod input;
mod joined;
mod mbus;
mod meters;
mod p1;
mod quantity;
mod repair;
mod stream;
mod structured;

pub use axdr::axdr;
pub use ciphered::ciphered;
pub use cosem::{apdu, cosem_data};
pub use dump::dump;
pub use hdlc::{hdlc_reader, hdlc_stuffed};
pub use joined::{blocks, segments};
pub use mbus::mbus_reader;
pub use meters::meters;
pub use p1::p1_reader;
pub use quantity::quantity;
pub use stream::stream;
pub use structured::structured_stream;

/// A law: panics when the octets break it.
pub type Law = fn(&[u8]);

/// All laws, by the name of their fuzz target.
pub const TARGETS: &[(&str, Law)] = &[
    ("apdu", apdu),
    ("axdr", axdr),
    ("blocks", blocks),
    ("ciphered", ciphered),
    ("cosem_data", cosem_data),
    ("dump", dump),
    ("hdlc_reader", hdlc_reader),
    ("hdlc_stuffed", hdlc_stuffed),
    ("mbus_reader", mbus_reader),
    ("meters", meters),
    ("p1_reader", p1_reader),
    ("quantity", quantity),
    ("segments", segments),
    ("stream", stream),
    ("structured_stream", structured_stream),
];

/// Makes a fuzz target of a law; without the fuzzer, a program that does nothing.
#[macro_export]
macro_rules! target {
    ($law:ident) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|octets: &[u8]| $crate::$law(octets));

        #[cfg(not(fuzzing))]
        fn main() {}
    };
}
