#![doc = include_str!("../README.md")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "encodes trusted values; nothing here reads the wire"
)]

pub mod apdu;
pub mod axdr;
pub mod ciphering;
mod clock;
pub mod crc;
pub mod damage;
pub mod envelope;
pub mod hdlc;
mod house;
mod household;
mod list;
pub mod mbus;
mod message;
mod meter;
mod meters;
pub mod p1;
mod plan;
mod quantities;
mod rng;
mod telegram;

pub use clock::{Clock, Zone};
pub use house::House;
pub use household::Household;
pub use message::Message;
pub use meter::{List, Meter, Push, START_MS, list, lists, meter, meters};
pub use plan::{Plan, names};
pub use rng::Rng;
