#![no_std]
//! Readouts of IEC 62056-21 mode D, which meters push out of their P1, HAN or H1 port ("telegrams").
//!
//! Every second, or every ten, such a meter sends text:
//!
//! ```text
//! /XYZ5EXAMPLE                              who made it, what it is
//!
//! 0-0:1.0.0(240115123015W)                  data sets: an address, mostly an OBIS code,
//! 1-0:1.8.1(000123.456*kWh)                 and one or more values, perhaps with a unit
//! 0-1:24.2.1(240115123000W)(00012.345*m3)
//! !E60B                                     end mark, and a checksum unless the meter sends none
//! ```
//!
//! This crate finds such readouts in a stream of octets, checks them, and reads their lines. Nothing is copied or
//! allocated, nothing does I/O, and no input makes it panic. Numbers are exact decimals.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The tail of something, then an (invented) readout.
//! let stream = b"789*kWh)\r\n!\r\n/XYZ5EXAMPLE\r\n\r\n1-3:0.2.8(50)\r\n0-0:1.0.0(240115123015W)\r\n\
//!     1-0:1.8.1(000123.456*kWh)\r\n1-0:1.7.0(00.543*kW)\r\n\
//!     0-1:24.2.1(240115123000W)(00012.345*m3)\r\n!3FFA\r\n";
//!
//! let mut reader = amshan_dlde::ReadoutReader::new();
//! for octets in stream.chunks(5) {
//!     reader.space()[..octets.len()].copy_from_slice(octets); // or read from a port into the space
//!     reader.advance(octets.len());
//!     while let Some(readout) = reader.next_readout() {
//!         match readout {
//!             Ok(readout) => {
//!                 assert_eq!(readout.identification().text(), b"EXAMPLE");
//!                 for set in readout.data_sets() {
//!                     let set = set?;
//!                     if let Some((time, value)) = set.timed() {
//!                         assert_eq!(time.to_string(), "2024-01-15T12:30:00");
//!                         assert_eq!(value.number().map(|number| number.to_string()), Some("12.345".into()));
//!                     } else if set.address() == b"1-0:1.7.0" {
//!                         let (power, unit) = set.value().and_then(|value| value.quantity()).unwrap();
//!                         assert_eq!(format!("{power} {unit}"), "543 W");
//!                     }
//!                 }
//!             }
//!             Err(gap) => assert_eq!(gap.to_string(), "noise at byte 0 (11 bytes skipped)"),
//!         }
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Layers
//!
//! | | works on | gives |
//! |---|---|---|
//! | [`parse::readout`] | a slice that starts with `/` | a readout, "incomplete", or what is wrong: a nom parser |
//! | [`Readout::parse_prefix`] | the same, all of it there | a readout or an [`Error`] |
//! | [`Scanner`] | the start of any octets | the next step of a search, see [`amshan_stream`] |
//! | [`readouts`] | a slice with anything in it | an iterator over readouts and [gaps](Gap) |
//! | [`ReadoutReader`] | a stream, through a fixed buffer | readouts and gaps, lent |
//! | [`Readout::data_sets`] | a readout | its [data sets](DataSet), and [values](Value) in them |
//!
//! # How damage is dealt with
//!
//! * The end mark is a `!` at the start of a line. One inside a line ends a readout only when a right checksum
//!   follows: a single wrong bit makes a `!` of a `1`. Behind the mark stands a checksum or the end of the line.
//! * The checksum is CRC-16/ARC over the octets as received. A wrong one is an error. A readout without one is
//!   accepted, until a stream has shown one with a checksum; from then on a missing one is damage.
//! * A `/` at the start of a line begins a new readout, whatever stood before. When two were glued together inside a
//!   line, the checksum tells where the second begins: it is run backwards over all that was seen. Where a `!`
//!   inside a line ends the second, this is done for the last such mark before the next readout.
//! * A line that makes no sense is one error among the data sets. Its neighbours survive.
//!
//! # Deviations from the standard
//!
//! * Lines may end with CR LF, LF or CR; the empty line behind the identification may be missing.
//! * The identification may have any length, no baud rate digit, and any printable character.
//! * Addresses, values and units may have any length; a readout may have [`LIMIT`] octets.
//! * Octets `A0` to `FF` are accepted in a readout whose checksum is right: some meters write `m³` in Latin-1.
//! * A checksum may have fewer than four digits, in any case.
//! * Values may go on in the next line, without an address (DSMR 2 and 3).
//! * A parenthesis inside a value makes its line an error.
//! * Parity is the business of the port: a stream of 7E1 octets that was read as 8N1 gives nothing.
//! * There are no timeouts here. Whoever has a clock calls [`ReadoutReader::idle`] when the line has paused.
//!
//! # Features
//!
//! None: the crate is `no_std` and without a heap as it is.

mod code;
mod crc;
mod error;
mod line;
mod marks;
pub mod parse;
mod reader;
mod readout;
#[cfg(test)]
mod sample;
mod scan;
mod sets;
mod special;
mod value;

#[cfg(test)]
extern crate std;

pub use crc::checksum_arc;
pub use error::{Error, ErrorKind, Gap};
pub use line::{DataSet, Values};
pub use reader::ReadoutReader;
pub use readout::{Identification, LIMIT, Readout, Unit};
pub use scan::{Check, Readouts, Scanner, readouts, readouts_with};
pub use sets::{DataSets, data_sets};
pub use value::{Spelled, Value};

// Their types stand in this crate's signatures.
pub use amshan_quantity as quantity;
pub use amshan_stream as stream;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
