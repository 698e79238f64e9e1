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

/// Feeds octets into a reader in chunks and does `$take` with every item.
#[macro_export]
macro_rules! feed {
    ($reader:expr, $octets:expr, $chunk:expr, $next:ident, |$item:ident| $take:expr) => {{
        let reader = $reader;
        let mut left: &[u8] = $octets;
        loop {
            let space = reader.space();
            let most = space.len().min($chunk);
            // A slice is read as a port is, and one octet without a call to copy it.
            let read = std::io::Read::read(&mut left, &mut space[..most]).expect("a slice can be read");
            if read == 0 {
                reader.finish()
            } else {
                reader.advance(read)
            }
            while let Some($item) = reader.$next() {
                $take;
            }
            if read == 0 {
                break;
            }
        }
    }};
}

/// The code on the page for those who come from Python.
#[cfg(doctest)]
#[doc = include_str!("../../docs/from-python.md")]
struct FromPython;
