//! Meters that are connected: messages as they come, for as long as they come.
//!
//! | to | there is |
//! |---|---|
//! | take messages from anything that can be read | [`AsyncMessages`] |
//! | split messages off a buffer, in a framed transport | [`MessageCodec`] |
//! | keep a connection for years | [`Connection`] |
//! | have readings of one's own, to send to others | [`AsyncMessages::readings`], [`Connection::readings`] |
//!
//! Nothing here opens a port: what is read is whatever the caller connects to, and [`Connection`] is given a way to
//! connect again. Whatever is awaited here may be dropped half-way, as in `select!`, and nothing is lost.

mod backoff;
mod cadence;
mod codec;
mod connection;
mod messages;
mod readings;

pub use backoff::{Backoff, Breaker};
pub use cadence::Cadence;
pub use codec::{MessageCodec, Whole};
pub use connection::{Connection, Event, Lost, Policy, State};
pub use messages::AsyncMessages;
