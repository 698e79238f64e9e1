//! Frames of IEC 62056-46 (HDLC, frame format type 3), as electricity meters push them out of their customer port.
//!
//! A meter that sends by itself puts each message, or each piece of one, into a frame:
//!
//! ```text
//! 7E | format | destination | source | control | header check | information | frame check | 7E
//!  1     2       1, 2, 4      1, 2, 4     1            2             n             2         1   octets
//! ```
//!
//! This crate finds such frames in a stream of octets, checks them, and lends the information field. Nothing is
//! copied or allocated, nothing does I/O, and no input makes it panic. What the information field means (mostly an
//! [LLC header](Llc) and a DLMS APDU) is the business of others.
//!
//! ```
//! // The tail of something, then an (invented) frame.
//! let stream = b"\x02\x01\x7e\xa0\x12\x01\x02\x01\x10\xdf\x75\xe6\xe7\x00\x0f\x00\x02\x01\x00\x36\x45\x7e";
//!
//! let mut reader = amshan_hdlc::FrameReader::new();
//! let mut frames = 0;
//! for octets in stream.chunks(5) {
//!     reader.space()[..octets.len()].copy_from_slice(octets); // or read from a port into the space
//!     reader.advance(octets.len());
//!     while let Some(frame) = reader.next_frame() {
//!         match frame {
//!             Ok(frame) => {
//!                 let (_, apdu) = amshan_hdlc::strip_llc(frame.information());
//!                 assert_eq!(frame.source().to_string(), "0201");
//!                 assert_eq!(apdu, b"\x0f\x00\x02\x01\x00");
//!                 frames += 1;
//!             }
//!             Err(gap) => assert_eq!(gap.to_string(), "noise at byte 0 (2 bytes skipped)"),
//!         }
//!     }
//! }
//! assert_eq!(frames, 1);
//! ```
//!
//! # Layers
//!
//! | | works on | gives |
//! |---|---|---|
//! | [`parse::frame`] | a slice that starts with a flag | a frame, "incomplete", or what is wrong: a nom parser |
//! | [`Frame::parse_prefix`] | the same, all of it there | a frame or an [`Error`] |
//! | [`Scanner`] | the start of any octets | the next step of a search, see [`amshan_stream`] |
//! | [`frames`] | a slice with anything in it | an iterator over frames and [gaps](Gap) |
//! | [`FrameReader`] | a stream, through a fixed buffer | frames and gaps, lent |
//! | [`Series`] | frames, one by one | which of them belong together |
//!
//! Octet stuffing is a framing of its own, never guessed: [`StuffedScanner`], [`StuffedReader`].
//!
//! Some adapters take the octets for text and send each `0A` as `0D 0A`. [`BentScanner`] finds the frames of such a
//! line, too, and says which they are.
//!
//! # How damage is dealt with
//!
//! A frame is accepted for its own checks and refused as early as its octets allow: a wrong header check costs a
//! dozen octets, not the two thousand that a damaged length may announce. The search then goes on one octet behind
//! the flag that failed, so a frame that lost octets never takes the good one behind it along. What gave no frame
//! is reported once, as one [`Gap`], with the fault that tells most.
//!
//! # Deviations from the standard
//!
//! * The closing flag is not asked for. A frame with a right header check and frame check is undamaged, also when
//!   the flag behind it is missing.
//! * A header check followed by an empty information field is accepted.
//! * The information field may have up to 2,038 octets; the standard's default of 128 is not kept by meters that
//!   push.
//! * The abort sequence `7D 7E` has no meaning outside octet stuffing: it occurs inside good frames.
//! * Addresses and control octets are handed on, not checked against roles: pushes put two-octet addresses on the
//!   client's side, and use UI and I frames alike.
//! * There are no timeouts here. Whoever has a clock calls [`FrameReader::idle`] when the line has paused.
//!
//! # Features
//!
//! None: the crate is `no_std` and without a heap as it is.
#![no_std]

#[cfg(test)]
extern crate std;

mod address;
mod bent;
mod control;
mod error;
mod fcs;
mod frame;
mod llc;
mod overlap;
pub mod parse;
mod plain;
mod reader;
#[cfg(test)]
mod sample;
mod scan;
mod segment;
mod stuffing;

pub use address::Address;
pub use bent::{BentScanner, Received, unbend_in_place};
pub use control::{Control, ControlKind};
pub use error::{Error, ErrorKind, Gap};
pub use frame::{Frame, Header};
pub use llc::{Llc, strip_llc};
pub use reader::FrameReader;
pub use scan::{Scanner, frames};
pub use segment::{Dropped, Part, Placed, Series};
pub use stuffing::{StuffedReader, StuffedScanner, unstuff_in_place};

// Its types stand in this crate's signatures.
pub use amshan_stream as stream;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
