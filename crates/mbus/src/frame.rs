//! One checked frame.

use core::fmt;
use core::ops::Range;

use crate::control::Control;
use crate::error::{Error, ErrorKind};
use crate::parse;
use crate::telegram::Telegram;

/// One checked long frame (without data: control frame), borrowed. If it exists, its start, its checksum and its
/// stop octet are right.
///
/// | field | octets | here |
/// |---|---|---|
/// | start `68`, L, L, `68` | 4 | |
/// | C | 1 | [`control`](Self::control) |
/// | A | 1 | [`address`](Self::address) |
/// | CI | 1 | [`control_information`](Self::control_information) |
/// | data | 0 to 252 | [`data`](Self::data) |
/// | checksum | 1 | |
/// | stop `16` | 1 | |
///
/// EN 13757-2, 5.
///
/// ```
/// # use amshan_mbus::{Control, Error, Frame};
/// let (frame, rest) = Frame::parse_prefix(b"\x68\x04\x04\x68\x08\x05\x72\x99\x18\x16\xE5")?;
/// assert_eq!(frame.control(), Control::RSP_UD);
/// assert_eq!((frame.address(), frame.control_information(), frame.data()), (5, 0x72, &b"\x99"[..]));
/// assert_eq!(rest, b"\xE5");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    header: Header,
    octets: &'a [u8],
    data: &'a [u8],
}

/// The header of a checked frame: what makes a [`Frame`] of its octets, wherever these have moved to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// All octets, from the first start octet to the stop octet.
    pub(crate) octets: u16,
    pub(crate) control: Control,
    pub(crate) address: u8,
    pub(crate) control_information: u8,
}

impl<'a> Frame<'a> {
    /// Parses the frame at the start of `octets`. Returns what is behind its stop octet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Truncated`] if the octets end inside the frame; [`ErrorKind::Start`], [`ErrorKind::Length`],
    /// [`ErrorKind::Checksum`] or [`ErrorKind::Stop`].
    pub fn parse_prefix(octets: &'a [u8]) -> Result<(Self, &'a [u8]), Error> {
        match parse::frame(octets) {
            Ok((rest, frame)) => Ok((frame, rest)),
            Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => Err(fault.within(octets)),
            Err(nom::Err::Incomplete(_)) => {
                Err(Error { kind: ErrorKind::truncated(octets), offset: octets.len() })
            }
        }
    }

    /// `octets` and `data` are those that `header` belongs to.
    pub(crate) const fn new(header: Header, octets: &'a [u8], data: &'a [u8]) -> Self {
        Self { header, octets, data }
    }

    /// All octets, from the first start octet to the stop octet.
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// Its header.
    pub const fn header(&self) -> Header {
        self.header
    }

    /// The control field, C.
    pub const fn control(&self) -> Control {
        self.header.control
    }

    /// The address field, A: 1 to 250 of a slave, 255 of a push.
    pub const fn address(&self) -> u8 {
        self.header.address
    }

    /// The control information field, CI: which protocol the data is of.
    pub const fn control_information(&self) -> u8 {
        self.header.control_information
    }

    /// The data.
    pub const fn data(&self) -> &'a [u8] {
        self.data
    }

    /// The DLMS telegram in it; `None` if its data is of another protocol.
    pub const fn telegram(&self) -> Option<Telegram<'a>> {
        Telegram::new(self.header.control_information, self.data)
    }
}

impl fmt::Display for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Header { control, address, control_information, .. } = self.header;
        let length = self.data.len();
        write!(f, "frame c {control}, a {address:02x}, ci {control_information:02x}, {length} bytes of data")
    }
}

impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({self}: ")?;
        self.data.iter().try_for_each(|octet| write!(f, "{octet:02x}"))?;
        f.write_str(")")
    }
}

impl Header {
    /// The frame whose octets these are; they are not checked again. `None` if they are not as many as they should
    /// be.
    ///
    /// A header that was found in other octets gives a frame that means nothing, but does no harm.
    pub fn frame<'a>(&self, octets: &'a [u8]) -> Option<Frame<'a>> {
        let data = octets.get(self.data())?;
        (octets.len() == self.octets()).then_some(Frame::new(*self, octets, data))
    }

    /// How many octets the frame has, from the first start octet to the stop octet.
    pub fn octets(&self) -> usize {
        usize::from(self.octets)
    }

    /// Where in the frame its data lies, counted from the first start octet.
    pub fn data(&self) -> Range<usize> {
        7..self.octets().saturating_sub(2)
    }

    /// The control field, C.
    pub const fn control(&self) -> Control {
        self.control
    }

    /// The address field, A.
    pub const fn address(&self) -> u8 {
        self.address
    }

    /// The control information field, CI.
    pub const fn control_information(&self) -> u8 {
        self.control_information
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{ONE, hex};
    use std::format;

    #[test]
    fn every_octet_named() {
        let octets = hex(ONE);
        let (frame, rest) = Frame::parse_prefix(&octets).unwrap();
        assert!(rest.is_empty());
        assert_eq!(frame.octets(), octets);
        assert_eq!(frame.control(), Control::SND_UD);
        assert_eq!((frame.address(), frame.control_information()), (0xFF, 0x10));
        assert_eq!(frame.data(), &octets[7..41]);
        assert_eq!(format!("{frame}"), "frame c 53, a ff, ci 10, 34 bytes of data");
        assert_eq!(frame.header().frame(&octets), Some(frame));
        assert_eq!(frame.header().frame(&octets[1..]), None);
    }

    #[test]
    fn input_that_ends_inside_is_truncated() {
        let octets = hex(ONE);
        for length in 0..octets.len() {
            let kind = ErrorKind::Truncated {
                available: length as u16,
                announced: if length < 2 { 9 } else { octets.len() as u16 },
            };
            assert_eq!(Frame::parse_prefix(&octets[..length]), Err(Error { kind, offset: length }));
        }
    }
}
