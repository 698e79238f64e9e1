#![doc = include_str!("book.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
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
pub use amshan_stream as stream;

#[cfg(feature = "std")]
pub use amshan_meters::Lists;
pub use amshan_meters::{
    By, Entry, Field, Flaw, History, Kind, LAYOUTS, Layout, MeterClock, Object, Raw, Reading, Text, Value,
};
#[cfg(feature = "alloc")]
pub use amshan_meters::{Name, ReadingBuf, SecurityBuf, ValueBuf};
pub use amshan_quantity::{DateTime, Decimal, Obis, Season, Unit};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
