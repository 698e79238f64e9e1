//! Meters that are connected: messages as they come, for as long as they come.
//!
//! | to | there is |
//! |---|---|
//! | take messages from anything that can be read | [`AsyncMessages`] |
//! | split messages off a buffer, in a framed transport | [`MessageCodec`] |
//! | keep a connection for years | [`Connection`] |
//! | have readings of one's own, to send to others | [`AsyncMessages::readings`], [`Connection::readings`] |
//! | keep what is no stream: a client of a message broker | [`Upkeep`] |
//! | be told when another meter, list or framing comes | [`Seen`] |
//!
//! Nothing here opens a port: what is read is whatever the caller connects to, and [`Connection`] is given a way to
//! connect again. Whatever is awaited here may be dropped half-way, as in `select!`, and nothing is lost.

mod backoff;
mod cadence;
mod codec;
mod connection;
mod messages;
mod readings;
mod seen;
mod upkeep;

pub use backoff::{Backoff, Breaker};
pub use cadence::Cadence;
pub use codec::{MessageCodec, Whole};
pub use connection::{Connection, Event};
pub use messages::AsyncMessages;
pub use seen::{News, Seen};
pub use upkeep::{Lost, Policy, State, Upkeep};
