//! Frames out of a stream, through a fixed buffer.

use amshan_stream::Reader;

use crate::error::Gap;
use crate::frame::Frame;
use crate::scan::Scanner;

/// Reads frames out of a stream through a buffer of `N` octets, which never grows. The longest frame has 2,048. The reader
/// takes about 700 octets more than its buffer, most of them for frames inside one another.
///
/// See the [crate page](crate) for an example.
#[derive(Debug, Clone)]
pub struct FrameReader<const N: usize = 4096> {
    reader: Reader<Scanner, N>,
}

impl FrameReader {
    /// A reader with a buffer for frames of every length.
    pub const fn new() -> Self {
        Self::sized()
    }
}

impl<const N: usize> FrameReader<N> {
    /// A reader with a buffer of another size: `FrameReader::<512>::sized()`. A frame that is longer is reported
    /// once and skipped.
    pub const fn sized() -> Self {
        Self { reader: Reader::new(Scanner::with_limit(N)) }
    }

    /// Free space for the next octets of the stream; never empty as long as [`next_frame`](Self::next_frame) is
    /// called until it has nothing left.
    pub fn space(&mut self) -> &mut [u8] {
        self.reader.space()
    }

    /// The first `n` octets of [`space`](Self::space) now hold the next octets of the stream.
    pub fn advance(&mut self, n: usize) {
        self.reader.advance(n);
    }

    /// The line has paused: no frame that is incomplete will become whole.
    pub fn idle(&mut self) {
        self.reader.idle();
    }

    /// The input has ended: as [`idle`](Self::idle).
    pub fn finish(&mut self) {
        self.reader.finish();
    }

    /// The next frame, or the next stretch that gave none. `None`: more octets are needed.
    ///
    /// # Errors
    ///
    /// A [`Gap`], with the fault that tells most. It is an item of the stream, not its end.
    pub fn next_frame(&mut self) -> Option<Result<Frame<'_>, Gap>> {
        match self.reader.find()? {
            Ok(found) => found.unit.frame(self.reader.bytes(found.range)).map(Ok),
            Err(gap) => Some(Err(gap)),
        }
    }
}

impl<const N: usize> Default for FrameReader<N> {
    fn default() -> Self {
        Self::sized()
    }
}
