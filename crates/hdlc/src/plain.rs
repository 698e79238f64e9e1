//! Frames whose octets are not those received, but come out of an iterator over them: unstuffed, unbent.

use crate::error::ErrorKind;
use crate::fcs;
use crate::frame::Header;
use crate::parse;

/// The header at the start of these octets. [`ErrorKind::Truncated`]: they are too few.
pub(crate) fn header(octets: impl Iterator<Item = u8>) -> Result<Header, ErrorKind> {
    // It is parsed from a copy, and has at most as many octets.
    let mut start = [0; LONGEST_HEADER];
    let count = start.iter_mut().zip(octets).map(|(to, octet)| *to = octet).count();
    let start = start.get(..count).unwrap_or_default();
    match parse::header(start) {
        Ok((_, header)) => Ok(header),
        Err(nom::Err::Incomplete(_)) => Err(ErrorKind::truncated(start)),
        Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => Err(fault.kind),
    }
}

/// Whether the frame check is right. `octets` begin with the opening flag.
pub(crate) fn check(header: Header, octets: impl Iterator<Item = u8>) -> Result<(), ErrorKind> {
    let mut octets = octets.skip(1);
    let computed = fcs::checksum_of(octets.by_ref().take(header.octets().saturating_sub(3)));
    let found = u16::from_le_bytes([octets.next().unwrap_or_default(), octets.next().unwrap_or_default()]);
    if found == computed { Ok(()) } else { Err(ErrorKind::FrameCheck { found, computed }) }
}

/// Flag, frame format, two addresses of four octets, control, header check.
pub(crate) const LONGEST_HEADER: usize = 14;
