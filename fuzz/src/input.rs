//! What the fuzzer's octets say: how to cut a stream, what to repair in it, and the stream.

use crate::repair;

/// A stream and the cuts to feed it with.
///
/// ```text
/// options | cuts … | stream …
///    1      0 to 15
/// ```
///
/// | option | meaning |
/// |---|---|
/// | bits 0–3 | how many octets of cuts follow |
/// | bit 4 | HDLC checks are put right |
/// | bit 5 | M-Bus checks are put right |
/// | bit 6 | P1 checksums are put right |
///
/// A cut is the length of a piece, 0 for all that is left; they are gone through again and again. Without cuts, the
/// stream comes whole.
#[derive(Debug)]
pub(crate) struct Input<'a> {
    cuts: &'a [u8],
    pub(crate) stream: Vec<u8>,
}

impl<'a> Input<'a> {
    /// `None` if there is no stream.
    pub(crate) fn new(octets: &'a [u8]) -> Option<Self> {
        let (options, rest) = octets.split_first()?;
        let (cuts, stream) = rest.split_at_checked(usize::from(options & 0x0F))?;
        let mut stream = stream.to_vec();
        if options & 0x10 != 0 {
            repair::hdlc(&mut stream);
        }
        if options & 0x20 != 0 {
            repair::mbus(&mut stream);
        }
        if options & 0x40 != 0 {
            repair::p1(&mut stream);
        }
        Some(Self { cuts, stream })
    }

    /// The stream in its pieces.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        pieces(&self.stream, self.cuts)
    }
}

/// A stream cut in pieces of these lengths, which are gone through again and again.
pub(crate) fn pieces<'a>(stream: &'a [u8], cuts: &[u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = stream;
    let mut cuts = cuts.iter().cycle();
    std::iter::from_fn(move || {
        let length = match cuts.next() {
            None | Some(0) => rest.len(),
            Some(&cut) => rest.len().min(cut.into()),
        };
        let (piece, behind) = rest.split_at(length);
        rest = behind;
        (!piece.is_empty()).then_some(piece)
    })
}

/// The fuzzer's octets as decisions, one after the other. When they are used up, all are 0.
#[derive(Debug)]
pub(crate) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub(crate) const fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn octet(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        let octets = self.octets(N);
        array[..octets.len()].copy_from_slice(octets);
        array
    }

    pub(crate) fn u16(&mut self) -> u16 {
        u16::from_be_bytes(self.array())
    }

    /// As many octets, or those that are left.
    pub(crate) fn octets(&mut self, count: usize) -> &'a [u8] {
        let (octets, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        octets
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }
}
