//! Finds units in a byte stream, whatever a unit is: an HDLC frame, an M-Bus telegram, a P1 readout.
//!
//! A framing says with [`Scan::step`] what stands at the start of some bytes; that is all it knows. Everything
//! else exists once, here: [`Search`] repeats the step until a unit is found and gathers what was skipped,
//! [`units`] searches a slice, and [`Reader`] owns a fixed buffer, lends its free space to whoever reads from a
//! port, and lends found units out of it. Nothing is copied, nothing is allocated, nothing does I/O.
//!
//! ```
//! use amshan_stream::{Fault, Scan, Step, units};
//!
//! /// `A5 | length | data | sum of the data, modulo 256`
//! struct Records;
//!
//! #[derive(Debug, Clone, Copy)]
//! struct WrongSum;
//!
//! impl core::fmt::Display for WrongSum {
//!     fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
//!         write!(f, "wrong sum")
//!     }
//! }
//!
//! impl Fault for WrongSum {
//!     fn rank(&self) -> u8 { 0 }
//! }
//!
//! impl Scan for Records {
//!     type Unit = ();
//!     type Fault = WrongSum;
//!
//!     fn step(&mut self, input: &[u8], _at: u64, ended: bool) -> Step<(), WrongSum> {
//!         let length = match input {
//!             [0xA5, length, ..] => usize::from(*length) + 3,
//!             [0xA5] => 2,
//!             _ => return Step::Noise(input.iter().position(|octet| *octet == 0xA5).unwrap_or(input.len())),
//!         };
//!         match input.get(2..length) {
//!             None if !ended => Step::More(length - input.len()),
//!             Some([data @ .., sum]) if data.iter().fold(0u8, |sum, octet| sum.wrapping_add(*octet)) == *sum => {
//!                 Step::Unit { length, unit: () }
//!             }
//!             _ => Step::Broken { skip: 1, fault: WrongSum },
//!         }
//!     }
//! }
//!
//! let found: Vec<String> = units(Records, b"\x01\xA5\x02hi\xD1\xA5\x02ho\x00\xA5\x01!!")
//!     .map(|unit| match unit {
//!         Ok((octets, ())) => octets.escape_ascii().to_string(),
//!         Err(gap) => gap.to_string(),
//!     })
//!     .collect();
//! assert_eq!(found, [
//!     "noise at byte 0 (1 bytes skipped)",
//!     r"\xa5\x02hi\xd1",
//!     "wrong sum at byte 6 (5 bytes skipped)",
//!     r"\xa5\x01!!",
//! ]);
//! ```
//!
//! Two laws hold for every framing that keeps the contract of [`Scan::step`]:
//!
//! * **Chunking.** However a stream is cut, the units and [`Gap`]s are the same as for the whole.
//! * **Recovery.** After a failed candidate the search goes on one octet behind its start, so a unit that lost
//!   octets cannot swallow the good one behind it.
//!
//! # Features
//!
//! None: the crate is `no_std` and without a heap as it is.
#![no_std]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation))]

mod credit;
mod reader;
mod search;

pub use credit::Credit;
pub use reader::{Found, Item, Reader};
pub use search::{Event, Fault, Gap, Scan, Search, Step, Units, units};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
