//! Feeding a reader, and holding what it gives against the stream.

use amshan_stream::{Fault, Gap, Reader, Scan};

/// Feeds `$pieces` into `$reader` and gathers what `$next` gives, each made into an item of its own by `$own`.
macro_rules! feed {
    ($reader:expr, $pieces:expr, $next:ident, $own:expr) => {{
        let mut reader = $reader;
        let mut items = Vec::new();
        for piece in $pieces {
            let mut left: &[u8] = piece;
            while !left.is_empty() {
                let space = reader.space();
                let (now, later) = left.split_at(left.len().min(space.len()));
                assert!(!now.is_empty(), "no space, though everything was taken");
                space[..now.len()].copy_from_slice(now);
                reader.advance(now.len());
                left = later;
                while let Some(item) = reader.$next() {
                    items.push($own(item));
                }
            }
        }
        reader.finish();
        while let Some(item) = reader.$next() {
            items.push($own(item));
        }
        assert!(reader.$next().is_none(), "more came after the end");
        items
    }};
}

/// Where a unit or gap of a stream lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    pub(crate) offset: usize,
    pub(crate) length: usize,
}

impl Stretch {
    /// A part of the stream itself.
    pub(crate) fn of(stream: &[u8], part: &[u8]) -> Self {
        Self { offset: part.as_ptr() as usize - stream.as_ptr() as usize, length: part.len() }
    }

    pub(crate) fn of_gap<F: Fault>(gap: &Gap<F>) -> Self {
        let (offset, length) = (gap.offset, gap.length);
        assert!(length > 0, "an empty gap");
        if let Some((at, _)) = gap.fault {
            assert!((offset..offset + length).contains(&at), "a fault outside its gap: {gap:?}");
        }
        Self { offset: usize::try_from(offset).unwrap(), length: usize::try_from(length).unwrap() }
    }
}

/// Every octet is accounted for: the stretches follow one another, and between them lies only what `is_fill` knows.
pub(crate) fn assert_accounted(stream: &[u8], stretches: &[Stretch], is_fill: impl Fn(&[u8]) -> bool) {
    let mut end = 0;
    let tail = Stretch { offset: stream.len(), length: 0 };
    for stretch in stretches.iter().chain([&tail]) {
        let between = stream.get(end..stretch.offset);
        let between = between.unwrap_or_else(|| panic!("out of order at {end}: {stretches:?}"));
        assert!(is_fill(between), "octets {end} to {} are lost: {between:02X?}", stretch.offset);
        end = stretch.offset + stretch.length;
    }
    assert_eq!(end, stream.len(), "stretches beyond the stream");
}

/// The stretches that a search gives when the line pauses behind each piece, which is another stream than one without
/// pauses, but no octet may be lost either.
pub(crate) fn with_pauses<'a, S: Scan>(scanner: S, pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Stretch> {
    let mut reader = Box::new(Reader::<S, 32_768>::new(scanner));
    let mut stretches = Vec::new();
    for piece in pieces {
        assert!(reader.waiting() == 0, "octets wait behind a pause");
        reader.space()[..piece.len()].copy_from_slice(piece);
        reader.advance(piece.len());
        reader.idle();
        while let Some(item) = reader.find() {
            stretches.push(match item {
                Ok(found) => {
                    assert_eq!(reader.bytes(found.range.clone()).len(), found.range.len());
                    Stretch { offset: usize::try_from(found.offset).unwrap(), length: found.range.len() }
                }
                Err(gap) => Stretch::of_gap(&gap),
            });
        }
    }
    stretches
}
