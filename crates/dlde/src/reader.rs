//! A fixed buffer that readouts are read into and lent from.

use amshan_stream::Reader;

use crate::error::Gap;
use crate::readout::Readout;
use crate::scan::Scanner;

/// Reads readouts out of a stream through a buffer of `N` octets, which never grows.
///
/// ```
/// let mut reader = amshan_dlde::ReadoutReader::new();
/// # let mut port: &[u8] = b"/ABC5\r\n\r\n1-0:1.7.0(00.123*kW)\r\n!\r\n";
/// # let mut read = |space: &mut [u8]| {
/// #     let n = port.len().min(space.len()).min(7);
/// #     space[..n].copy_from_slice(&port[..n]);
/// #     port = &port[n..];
/// #     n
/// # };
/// loop {
///     let n = read(reader.space());                       // from a serial port, a socket, …
///     if n == 0 { reader.finish() } else { reader.advance(n) }
///     while let Some(readout) = reader.next_readout() {
///         match readout {
///             Ok(readout) => assert_eq!(readout.data_sets().count(), 1),
///             Err(gap) => panic!("{gap}"),
///         }
///     }
///     if n == 0 { break }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct ReadoutReader<const N: usize = 32768> {
    reader: Reader<Scanner, N>,
}

impl ReadoutReader {
    /// An empty reader.
    pub const fn new() -> Self {
        Self::with_scanner(Scanner::new())
    }
}

impl<const N: usize> ReadoutReader<N> {
    /// An empty reader with a scanner or a size of one's own: `ReadoutReader::<4096>::with_scanner(…)`. The limit of
    /// the scanner is lowered to what fits the buffer.
    pub const fn with_scanner(scanner: Scanner) -> Self {
        let room = N.saturating_sub(CHECKSUM);
        let limit = scanner.limit();
        let scanner = scanner.with_limit(if limit < room { limit } else { room });
        Self { reader: Reader::new(scanner) }
    }

    /// Free space for the next octets of the stream; never empty as long as
    /// [`next_readout`](Self::next_readout) is called until it has nothing left.
    pub fn space(&mut self) -> &mut [u8] {
        self.reader.space()
    }

    /// The first `n` octets of [`space`](Self::space) now hold the next octets of the stream.
    pub fn advance(&mut self, n: usize) {
        self.reader.advance(n);
    }

    /// The line has paused for longer than within a readout: what is incomplete will stay so.
    pub fn idle(&mut self) {
        self.reader.idle();
    }

    /// The input has ended: as [`idle`](Self::idle).
    pub fn finish(&mut self) {
        self.reader.finish();
    }

    /// The next readout, or the next stretch that gave none. `None`: more octets are needed.
    ///
    /// # Errors
    ///
    /// A [`Gap`]. It is an item of the stream, not its end.
    pub fn next_readout(&mut self) -> Option<Result<Readout<'_>, Gap>> {
        match self.reader.find()? {
            Ok(found) => Some(Ok(found.unit.readout(self.reader.bytes(found.range)))),
            Err(gap) => Some(Err(gap)),
        }
    }
}

impl Default for ReadoutReader {
    fn default() -> Self {
        Self::new()
    }
}

/// Octets of the longest checksum, and one more that shows that there is a shorter one.
const CHECKSUM: usize = 5;
