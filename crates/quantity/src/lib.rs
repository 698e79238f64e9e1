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
#![no_std]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation))]

mod clock;
mod decimal;
mod error;
mod obis;
mod unit;

pub use clock::{ClockStatus, Date, DateTime, Time};
pub use decimal::Decimal;
pub use error::{Error, ErrorKind};
pub use obis::{Obis, Reduced};
pub use unit::Unit;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
