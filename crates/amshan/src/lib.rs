//! Smart-meter streams to exact, named readings.
//!
//! A meter pushes its readings out of its customer port every few seconds, framed in one of several ways. A
//! [`Reader`] takes the octets of the port and finds whole, checked messages in them, whatever the framing, and goes
//! on after damage without losing what is whole. A [`Decoder`] turns a message into [`Reading`]s.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mut port = std::io::stdin();
//! # use std::io::Read;
//! use amshan::{Decoder, Field, Reader};
//!
//! let mut reader = Reader::new(); // HDLC, M-Bus or P1: finds out by itself
//! let decoder = Decoder::new();
//! loop {
//!     let n = port.read(reader.space())?;
//!     if n == 0 { reader.finish() } else { reader.advance(n) }
//!     while let Some(message) = reader.next_message() {
//!         for reading in decoder.readings(message?) {
//!             if let Some(power) = reading?.get(Field::ACTIVE_POWER_IMPORT) {
//!                 println!("{power}"); // "1234 W"
//!             }
//!         }
//!     }
//!     if n == 0 { break }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What happens to a message
//!
//! 1. The caller reads octets into the reader's own free space ([`Reader::space`]).
//! 2. The reader finds a start mark and asks the parser of that framing: a unit, more octets, or neither.
//! 3. The parser looks at each octet once: the header check as soon as it is there, the length, the frame check.
//! 4. A message in one piece is lent as it lies; pieces are joined, the only copy ([`Message`]).
//! 5. The decoder checks the data in one pass and picks the layout ([`Reading`]).
//! 6. Objects and fields are read lazily, out of the message ([`Reading::fields`]).
//!
//! Nothing on this way touches the heap.
//!
//! # Features
//!
//! * `std`: [`Messages`], which reads from any [`std::io::Read`]; `alloc` with it.
//! * `tokio`: messages as they come over any `tokio::io::AsyncRead`, and connections that are kept (the module `live`).
//! * `alloc`: [`ReadingBuf`], a reading without its message, for channels and threads.
//! * `serde`: [`ReadingBuf`], [`Field`], [`Obis`], [`Decimal`], [`Unit`] and [`DateTime`] are written and read.
//! * `jiff`, `chrono`: [`DateTime`] to times of these crates; with `jiff` also the offset of a wall clock in a zone.
//! * `toml`: layouts from a file ([`Layout::from_toml`]).
#![no_std]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation))]

#[cfg(feature = "std")]
extern crate std;

mod assemble;
#[cfg(feature = "std")]
mod blocking;
mod decoder;
pub mod envelope;
mod error;
mod identified;
mod join;
#[cfg(feature = "tokio")]
pub mod live;
mod message;
mod reader;
mod scan;

#[cfg(feature = "std")]
pub use blocking::{Messages, ReadError};
pub use decoder::{Decoder, Readings};
pub use error::{Error, ErrorKind};
pub use message::{Address, Framing, Link, Message, Origin};
pub use reader::Reader;

pub use amshan_cosem as cosem;
pub use amshan_dlde as dlde;
pub use amshan_hdlc as hdlc;
pub use amshan_mbus as mbus;
pub use amshan_meters as meters;
pub use amshan_quantity as quantity;

pub use amshan_meters::{
    By, Entry, Field, Flaw, History, Kind, LAYOUTS, Layout, MeterClock, Object, Raw, Reading, Text, Value,
};
#[cfg(feature = "alloc")]
pub use amshan_meters::{Name, ReadingBuf, SecurityBuf, ValueBuf};
pub use amshan_quantity::{DateTime, Decimal, Obis, Season, Unit};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
