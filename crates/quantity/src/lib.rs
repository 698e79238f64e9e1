//! The vocabulary that text and binary meters share.
//!
//! * [`Obis`]: which quantity a number is, `1-0:1.8.0*255`.
//! * [`Decimal`]: a number as exact as the meter sent it, `234.8` and never `234.79999`.
//! * [`Unit`]: what it is counted in.
//! * [`DateTime`]: a meter's wall clock, with the deviation from UTC and the status that it may carry.
//!
//! Everything is `Copy`, needs no heap and no operating system.
//!
//! ```
//! use amshan_quantity::{Decimal, Obis, Unit};
//!
//! let code: Obis = "1-0:32.7.0".parse()?;
//! assert_eq!(code, Obis::new(1, 0, 32, 7, 0, 255));
//!
//! let raw = Decimal::from(2276u16);                       // as in an Aidon list, with scaler -1 and unit 35
//! let voltage = raw.scaled(-1);
//! assert_eq!(format!("{voltage} {}", Unit::from_code(35)), "227.6 V");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! | feature | adds | needs |
//! |---|---|---|
//! | `serde` | all of it is written and read, as below | `serde`; no heap |
//! | `jiff` | [`DateTime`] to `jiff`'s civil time, instant and zoned time, and the offset of a wall clock in a zone | `jiff` |
//! | `chrono` | [`DateTime`] to `chrono`'s naive time and instant | `chrono` |
//!
//! With `serde`, formats for people (JSON, TOML) have texts, so that nothing is lost where numbers are read as binary
//! floats; those for programs (CBOR, postcard) what a value consists of:
//!
//! | type | for people | for programs |
//! |---|---|---|
//! | [`Obis`] | `"1-0:1.8.0*255"` | its six octets |
//! | [`Decimal`] | `"234.80"`; `"5E100"` where it has more than 64 bits | sign, digits, power of ten |
//! | [`Unit`] | `"kg"`, `""`; `"unit 14"` where another unit has its symbol, or none is known | its number |
//! | [`DateTime`] | `{"time": "2022-08-04T13:50:21+02:00", "status": 128}` | its twelve octets |
//! | [`ClockStatus`] | its octet | its octet |
//!
//! All is read back as what was written, but for a time for people: it has no day of the week, no fraction that is
//! zero, no "last day of the month" and no deviation that no zone has.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation))]

mod clock;
mod decimal;
mod digits;
mod error;
mod iso;
mod obis;
#[cfg(feature = "serde")]
mod serial;
#[cfg(any(feature = "chrono", feature = "jiff"))]
mod time_error;
#[cfg(feature = "chrono")]
mod to_chrono;
#[cfg(feature = "jiff")]
mod to_jiff;
mod unit;

pub use clock::{ClockStatus, Date, DateTime, Season, Time};
pub use decimal::Decimal;
pub use digits::Digits;
pub use error::{Error, ErrorKind};
pub use obis::{Obis, Reduced};
#[cfg(any(feature = "chrono", feature = "jiff"))]
pub use time_error::TimeError;
#[cfg(feature = "jiff")]
pub use to_jiff::{OffsetBy, ZoneOffset};
pub use unit::Unit;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
