//! Streams to measure with, as `amshan-sim` writes them, and the paths that are measured on them.

pub mod clean;
pub mod hurt;
pub mod path;

use amshan_sim::Rng;

/// Octets that carry nothing, start marks among them.
pub fn noise(octets: usize) -> Vec<u8> {
    let mut rng = Rng::new(1);
    (0..octets).map(|_| rng.next_u64().to_be_bytes()[0]).collect()
}

/// So many octets of a piece that is repeated.
pub(crate) fn repeated(piece: &[u8], octets: usize) -> Vec<u8> {
    piece.iter().copied().cycle().take(octets).collect()
}

/// The code on the page for those who come from Python.
#[cfg(doctest)]
#[doc = include_str!("../../docs/from-python.md")]
struct FromPython;
