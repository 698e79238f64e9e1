//! Finds units in a byte stream, whatever a unit is: an HDLC frame, an M-Bus telegram, a P1 readout.
//!
//! A framing says with [`Scan::step`] what stands at the start of some bytes; that is all it knows. Everything
//! else exists once, here: [`Search`] repeats the step until a unit is found and gathers what was skipped,
//! [`units`] searches a slice, and [`Reader`] owns a fixed buffer, lends its free space to whoever reads from a
//! port, and lends found units out of it. Nothing is copied, nothing is allocated, nothing does I/O.
//!
//! Two laws hold for every framing that keeps the contract of [`Scan::step`]:
//!
//! * **Chunking.** However a stream is cut, the units and [`Gap`]s are the same as for the whole.
//! * **Recovery.** After a failed candidate the search goes on one octet behind its start, so a unit that lost
//!   octets cannot swallow the good one behind it.
#![no_std]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation))]

mod credit;
mod reader;
mod search;

pub use credit::Credit;
pub use reader::{Found, Item, Reader};
pub use search::{Event, Fault, Gap, Scan, Search, Step, Units, units};
