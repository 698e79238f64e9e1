//! One checked frame.

use core::fmt;
use core::ops::Range;

use crate::address::Address;
use crate::control::Control;
use crate::error::{Error, ErrorKind};
use crate::parse;

/// One checked frame, borrowed. If it exists, its header check and frame check are right.
///
/// | field | octets | here |
/// |---|---|---|
/// | opening flag | 1 | |
/// | frame format | 2 | [`segmented`](Self::segmented), [`length`](Self::length) |
/// | destination address | 1, 2, 4 | [`destination`](Self::destination) |
/// | source address | 1, 2, 4 | [`source`](Self::source) |
/// | control | 1 | [`control`](Self::control) |
/// | header check (HCS) | 2, or none without information | |
/// | information | n | [`information`](Self::information) |
/// | frame check (FCS) | 2 | |
///
/// Green Book Ed. 8, 8.4.1.
///
/// ```
/// # use amshan_hdlc::{ControlKind, Error, Frame};
/// // Green Book: DISC to a server of four address octets. A closing flag is left over.
/// let octets = b"\x7E\xA0\x0A\x48\x68\xFE\xFF\x75\x53\xD4\x3E\x7E";
/// let (frame, rest) = Frame::parse_prefix(octets)?;
/// assert_eq!((frame.destination().upper(), frame.destination().lower()), (0x1234, Some(0x3FFF)));
/// assert_eq!(frame.control().kind(), ControlKind::Disconnect);
/// assert_eq!(rest, b"\x7E");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    header: Header,
    octets: &'a [u8],
    information: &'a [u8],
}

/// The header of a checked frame: what makes a [`Frame`] of its octets, wherever these have moved to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub(crate) length: u16,
    pub(crate) segmented: bool,
    pub(crate) destination: Address,
    pub(crate) source: Address,
    pub(crate) control: Control,
    /// Where in the frame the information field begins, counted from the opening flag.
    pub(crate) information: u8,
    /// Whether there is a header check, and so an information field (an empty one, perhaps).
    pub(crate) header_check: bool,
}

impl<'a> Frame<'a> {
    /// Parses the frame at the start of `octets`, from its opening flag on. Returns what is behind its frame check,
    /// mostly the closing flag.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Truncated`] if the octets end inside the frame; every other kind outside octet stuffing.
    pub fn parse_prefix(octets: &'a [u8]) -> Result<(Self, &'a [u8]), Error> {
        match parse::frame(octets) {
            Ok((rest, frame)) => Ok((frame, rest)),
            Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => Err(fault.within(octets)),
            Err(nom::Err::Incomplete(_)) => {
                Err(Error { kind: ErrorKind::truncated(octets), offset: octets.len() })
            }
        }
    }

    /// `octets` and `information` are those that `header` belongs to.
    pub(crate) const fn new(header: Header, octets: &'a [u8], information: &'a [u8]) -> Self {
        Self { header, octets, information }
    }

    /// All octets, from the opening flag to the frame check.
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// Its header.
    pub const fn header(&self) -> Header {
        self.header
    }

    /// The length that it announces: its octets without the flag.
    pub const fn length(&self) -> u16 {
        self.header.length
    }

    /// The S bit: the message goes on in the next frame.
    pub const fn segmented(&self) -> bool {
        self.header.segmented
    }

    /// Where it goes to. Of a push: the client.
    pub const fn destination(&self) -> Address {
        self.header.destination
    }

    /// Where it comes from. Of a push: the meter.
    pub const fn source(&self) -> Address {
        self.header.source
    }

    /// The control field.
    pub const fn control(&self) -> Control {
        self.header.control
    }

    /// The information field; empty when there is none.
    pub const fn information(&self) -> &'a [u8] {
        self.information
    }
}

impl fmt::Display for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.segmented() { "segment" } else { "frame" };
        let Header { source, destination, control, .. } = self.header;
        let length = self.information.len();
        write!(f, "{what} from {source} to {destination}, control {control}, {length} bytes of information")
    }
}

impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({self}: ")?;
        self.information.iter().try_for_each(|octet| write!(f, "{octet:02x}"))?;
        f.write_str(")")
    }
}

impl Header {
    /// The frame whose octets these are; they are not checked again. `None` if they are not as many as they should
    /// be.
    ///
    /// A header that was found in other octets gives a frame that means nothing, but does no harm.
    pub fn frame<'a>(&self, octets: &'a [u8]) -> Option<Frame<'a>> {
        let information = octets.get(self.information())?;
        (octets.len() == self.octets()).then_some(Frame::new(*self, octets, information))
    }

    /// How many octets the frame has, from the opening flag to the frame check.
    pub fn octets(&self) -> usize {
        usize::from(self.length).saturating_add(1)
    }

    /// Where in the frame the information field lies, counted from the opening flag.
    pub fn information(&self) -> Range<usize> {
        usize::from(self.information)..self.octets().saturating_sub(2)
    }

    /// The S bit: the message goes on in the next frame.
    pub const fn segmented(&self) -> bool {
        self.segmented
    }

    /// Where the frame goes to.
    pub const fn destination(&self) -> Address {
        self.destination
    }

    /// Where the frame comes from.
    pub const fn source(&self) -> Address {
        self.source
    }

    /// The control field.
    pub const fn control(&self) -> Control {
        self.control
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{KAIFA, hex};
    use std::format;

    #[test]
    fn every_octet_named() {
        let octets = hex(KAIFA);
        let (frame, rest) = Frame::parse_prefix(&octets).unwrap();
        assert_eq!(rest, [0x7E]);
        assert_eq!(frame.octets(), &octets[..40]);
        assert_eq!(frame.length(), 39);
        assert!(!frame.segmented());
        assert_eq!(format!("{} {}", frame.destination(), frame.source()), "01 0201");
        assert_eq!(frame.control(), Control(0x10));
        assert_eq!(frame.information(), &octets[9..38]);
        assert_eq!(format!("{frame}"), "frame from 0201 to 01, control 10, 29 bytes of information");
        assert_eq!(frame.header().frame(&octets[..40]), Some(frame));
        assert_eq!(frame.header().frame(&octets), None);
    }

    #[test]
    fn a_field_outlives_the_frame() {
        let octets = hex(KAIFA);
        let information = Frame::parse_prefix(&octets).unwrap().0.information();
        assert_eq!(information.len(), 29);
    }

    #[test]
    fn input_that_ends_inside_is_truncated() {
        let octets = hex(KAIFA);
        for length in 0..40 {
            let announced = if length < 3 { 8 } else { 40 };
            let available = length as u16;
            let kind = ErrorKind::Truncated { available, announced };
            assert_eq!(Frame::parse_prefix(&octets[..length]), Err(Error { kind, offset: length }));
        }
    }
}
