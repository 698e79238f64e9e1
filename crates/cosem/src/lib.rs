//! What DLMS/COSEM meters push: application protocol data units and the A-XDR data in them, borrowed.
//!
//! A push is, in almost every country, a *data-notification* with one tree of data. [`Apdu::parse`] says what an
//! application message is; [`Body`] is its tree, checked to its last octet when it is made and walked lazily
//! afterwards with [`Body::walk`].
//!
//! ```
//! use amshan_cosem::{Apdu, Data};
//!
//! // e6 e7 00 is the LLC header in front of it on HDLC; then a Kaifa list of one value: 5502 W
//! let message = [0x0F, 0x40, 0, 0, 0, 0x00, 0x02, 0x01, 0x06, 0x00, 0x00, 0x15, 0x7E];
//! let (Apdu::DataNotification(notification), rest) = Apdu::parse(&message)? else { panic!("a push") };
//! assert!(rest.is_empty());
//!
//! let mut walk = notification.body.walk();
//! assert_eq!(walk.next().unwrap().data, Data::Structure(1));
//! assert_eq!(walk.next().unwrap().data, Data::DoubleLongUnsigned(5502));
//! assert!(walk.next().is_none());
//! # Ok::<(), amshan_cosem::Error>(())
//! ```
//!
//! # Ciphered messages
//!
//! An [`Envelope`] is what can be seen of a ciphered message without a key. With the feature `decrypt`, `Envelope::open`
//! opens it where it lies.
//!
//! # Features
//!
//! | feature | adds | needs |
//! |---|---|---|
//! | `alloc` | `Pattern`, by which a list that was seen before is known again | a heap |
//! | `decrypt` | keys, and opening messages with them (AES-GCM, suites 0, 1 and 2) | `aes`, `ctr`, `ghash`, `subtle`, `zeroize`; no heap |
//!
//! # Departures from the standard
//!
//! Meters send what the standard does not allow, and a reader has to live with it (each is described where it is
//! handled): a tag in front of the notification's date-time ([`DataNotification::date_time`]), an outermost
//! structure that announces more elements than there are ([`Body::cut`]), attribute descriptors without a tag
//! ([`Data::Descriptor`]).
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation))]

#[cfg(feature = "alloc")]
extern crate alloc;

mod apdu;
mod block;
mod body;
mod compact;
mod data;
mod error;
#[cfg(feature = "decrypt")]
mod gcm;
#[cfg(feature = "decrypt")]
mod keys;
mod notification;
#[cfg(feature = "decrypt")]
mod open;
pub mod parse;
#[cfg(feature = "alloc")]
mod pattern;
#[cfg(feature = "decrypt")]
mod replay;
mod security;

pub use apdu::{Apdu, Service};
pub use block::{Block, BlockPart, BlockSeries, PlacedBlock};
pub use body::{Body, MAX_DEPTH, Node, Walk};
pub use compact::{CompactArray, Entries};
pub use data::{BitString, Data, Descriptor, ScalerUnit, Type};
pub use error::{Error, ErrorKind};
#[cfg(feature = "decrypt")]
pub use keys::{Key, KeyError, KeyStore, Keys};
pub use notification::{DataNotification, InvokeId};
#[cfg(feature = "decrypt")]
pub use open::{Opened, SecurityError};
#[cfg(feature = "alloc")]
pub use pattern::Pattern;
#[cfg(feature = "decrypt")]
pub use replay::ReplayGuard;
pub use security::{Envelope, Security, SecurityControl, SystemTitle};

// Its types stand in this crate's signatures.
pub use amshan_quantity as quantity;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
