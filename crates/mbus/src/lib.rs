//! Frames of EN 13757-2 (wired M-Bus), as some electricity meters push them out of their customer port, and the
//! DLMS telegrams in them.
//!
//! ```text
//! 68 | L | L | 68 | C | A | CI | data | checksum | 16
//!  1   1   1   1    1   1   1    0…252     1       1   octets; L counts C, A, CI and data
//! ```
//!
//! This crate finds such frames in a stream of octets, checks them, and lends their data. Nothing is copied or
//! allocated, nothing does I/O, and no input makes it panic.
//!
//! ```
//! // The tail of something, then (invented) a message in two telegrams.
//! let stream = b"\x01\x02\
//!     \x68\x0A\x0A\x68\x53\xFF\x00\x01\x67\x0F\x00\x00\x00\x01\xCA\x16\
//!     \x68\x08\x08\x68\x53\xFF\x11\x01\x67\x00\x02\x00\xCD\x16";
//!
//! let mut reader = amshan_mbus::FrameReader::new();
//! let mut series = amshan_mbus::Series::new();
//! let mut message: Vec<u8> = Vec::new();
//! for octets in stream.chunks(5) {
//!     reader.space()[..octets.len()].copy_from_slice(octets); // or read from a port into the space
//!     reader.advance(octets.len());
//!     while let Some(frame) = reader.next_frame() {
//!         match frame {
//!             Ok(frame) => {
//!                 let telegram = frame.telegram().expect("a DLMS telegram");
//!                 series.place(&telegram); // says: the first piece, the last piece
//!                 message.extend(telegram.piece());
//!             }
//!             Err(gap) => assert_eq!(gap.to_string(), "noise at byte 0 (2 bytes skipped)"),
//!         }
//!     }
//! }
//! assert_eq!(message, b"\x0F\x00\x00\x00\x01\x00\x02\x00");
//! ```
//!
//! # Layers
//!
//! | | works on | gives |
//! |---|---|---|
//! | [`parse::frame`] | a slice that starts with `68` | a frame, "incomplete", or what is wrong: a nom parser |
//! | [`Frame::parse_prefix`] | the same, all of it there | a frame or an [`Error`] |
//! | [`Scanner`] | the start of any octets | the next step of a search, see [`amshan_stream`] |
//! | [`frames`] | a slice with anything in it | an iterator over frames and [gaps](Gap) |
//! | [`FrameReader`] | a stream, through a fixed buffer | frames and gaps, lent |
//! | [`Telegram`] | a frame | the DLMS transport fields, a piece of an APDU |
//! | [`Series`] | telegrams, one by one | which of them belong together |
//!
//! Single characters (`E5`) and short frames (`10 C A checksum 16`) carry no data: they are passed over.
//!
//! # How weak the checks are
//!
//! The four octets of the start vouch for each other (24 bits), the checksum is eight bits, the stop octet eight.
//! Every single flipped bit is noticed, two flipped bits not always: octets that changed places, or two that changed
//! by opposite amounts, give the same sum. Of all errors of two bits in a frame of 20 octets, one in 29 passes
//! (`tests/damage.rs` counts them). What a message means must be checked above, where it has a tag or a structure to
//! be filled exactly.
//!
//! # Deviations from the standard
//!
//! * L below 3 is no legal length. Some Sagemcom T210-D send 256 to 258 octets with L modulo 256, so it is read as
//!   L + 256; start, checksum and stop octet must still be right.
//! * Control and address fields are handed on, not checked.
//! * There are no timeouts here. Whoever has a clock calls [`FrameReader::idle`] when the line has paused.
//!
//! # Features
//!
//! None: the crate is `no_std` and without a heap as it is.
#![no_std]

#[cfg(test)]
extern crate std;

mod control;
mod error;
mod frame;
pub mod parse;
mod reader;
#[cfg(test)]
mod sample;
mod scan;
mod segment;
mod telegram;

pub use control::Control;
pub use error::{Error, ErrorKind, Gap};
pub use frame::{Frame, Header};
pub use reader::FrameReader;
pub use scan::{Scanner, frames};
pub use segment::{Dropped, Part, Placed, Series};
pub use telegram::Telegram;

// Its types stand in this crate's signatures.
pub use amshan_stream as stream;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
