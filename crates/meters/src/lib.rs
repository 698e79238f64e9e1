//! What the lists of smart meters mean.
//!
//! A list arrives as COSEM data ([`amshan_cosem::Body`]) or as a P1 readout ([`amshan_dlde::Readout`]). A [`Reading`]
//! is the same list with every value named: [`Reading::get`] finds a [`Field`], [`Reading::fields`] gives all that
//! have a name, [`Reading::objects`] everything that the meter says, by OBIS code or by place.
//!
//! Lists that describe themselves need nothing else. For those that don't, a [`Layout`] says what the meter leaves
//! out; [`LAYOUTS`] are the known ones. A layout is a table, and a user's own is as good as a built-in one.
//!
//! ```
//! use amshan_cosem::Apdu;
//! use amshan_meters::{Field, LAYOUTS, Reading};
//!
//! // One value without any description: only Kaifa's list 1 looks like that.
//! let message = [0x0F, 0x40, 0, 0, 0, 0x00, 0x02, 0x01, 0x06, 0x00, 0x00, 0x15, 0x7E];
//! let (Apdu::DataNotification(notification), _) = Apdu::parse(&message)? else { panic!("a push") };
//! let reading = Reading::of_notification(&notification, LAYOUTS);
//!
//! assert_eq!(reading.layout().unwrap().name, "kaifa-no-list-1");
//! assert_eq!(reading.get(Field::ACTIVE_POWER_IMPORT).unwrap().to_string(), "5502 W");
//! # Ok::<(), amshan_cosem::Error>(())
//! ```
//!
//! # What a reading says
//!
//! | asked with | comes |
//! |---|---|
//! | [`Reading::get`] | one quantity: a [`Value`] that prints with its unit |
//! | [`Reading::fields`] | every quantity that has a name, each once |
//! | [`Reading::objects`] | everything, in the meter's order, by code or place; what makes no sense as a [`Flaw`] among it |
//! | [`Reading::clock`] | when, by the meter's clock |
//! | [`Reading::submeters`] | the gas, water and heat meters behind it |
//! | [`Reading::derived`] | what follows from it without being in it, such as the total of two tariffs |
//! | [`Reading::doubts`] | what in it can't be right, such as more power than voltage and current allow |
//! | [`Reading::by`] | whether a layout, the codes alone, or nothing said what is what |
//!
//! # Features
//!
//! | feature | adds | needs |
//! |---|---|---|
//! | `alloc` | `ReadingBuf`, a reading without the message | a heap |
//! | `std` | `Lists`, by which a list or telegram that came before is known again | the standard library |
//! | `serde` | [`Field`] is written and read by its name; `ReadingBuf` too | `serde` |
//! | `toml` | layouts from text: `Layout::from_toml`, `Layout::to_toml` | a heap |
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation))]

#[cfg(any(feature = "alloc", feature = "toml"))]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(feature = "alloc")]
mod buf;
mod derived;
mod dialect;
mod field;
mod fields;
#[cfg(feature = "toml")]
mod file;
mod history;
mod layout;
mod line;
#[cfg(feature = "std")]
mod lists;
mod maker;
mod object;
#[cfg(feature = "std")]
mod places;
mod reading;
mod record;
#[cfg(feature = "serde")]
mod serial;
mod slot;
mod submeter;
#[cfg(feature = "std")]
mod telegram;
mod value;

mod aidon;
mod egd;
mod iskraemeco;
mod kaifa;
mod kamstrup;
mod landisgyr;
mod table;

#[cfg(feature = "alloc")]
pub use buf::{Name, ReadingBuf, SecurityBuf, ValueBuf};
pub use derived::{Doubt, Telling};
pub use dialect::{DIALECTS, Dialect};
pub use field::{Field, Kind, Quantity};
pub use fields::Fields;
#[cfg(feature = "toml")]
pub use file::LayoutError;
pub use history::{Entries, Entry, History};
pub use layout::{Clock, Content, Element, Form, Layout, Mark, Transformers, Types};
#[cfg(feature = "std")]
pub use lists::Lists;
pub use maker::maker;
pub use object::{Flaw, FlawKind, Object};
pub use reading::{By, MeterClock, Objects, Reading};
pub use submeter::{DeviceType, SubMeter};
pub use value::{Raw, Text, Value};

// Their types stand in this crate's signatures.
pub use amshan_cosem as cosem;
pub use amshan_dlde as dlde;
pub use amshan_quantity as quantity;

/// The lists that are known without being told, in the order in which they are tried.
pub static LAYOUTS: &[Layout<'static>] = &[
    aidon::NO_LIST_1,
    aidon::NO_LIST_2,
    aidon::NO_LIST_2_THREE_WIRE,
    aidon::NO_LIST_2_ONE_PHASE,
    aidon::NO_LIST_3,
    aidon::NO_LIST_3_THREE_WIRE,
    aidon::NO_LIST_3_ONE_PHASE,
    aidon::SE,
    aidon::EMBRIQ_LIST_2,
    aidon::EMBRIQ_OTHER,
    aidon::OTHER,
    aidon::NAMELESS,
    kaifa::NO_LIST_1,
    kaifa::NO_LIST_2_ONE_PHASE,
    kaifa::NO_LIST_2,
    kaifa::NO_LIST_3_ONE_PHASE,
    kaifa::NO_LIST_3,
    kaifa::SE,
    kaifa::SE_OTHER,
    kaifa::NETZ_NOE,
    kaifa::NETZ_NOE_ONE_PHASE,
    kaifa::MA309,
    kamstrup::LIST_CT,
    kamstrup::LIST,
    landisgyr::PUSH,
    landisgyr::VSE_2026,
    landisgyr::FIRST_GENERATION,
    landisgyr::NETZ_BURGENLAND,
    iskraemeco::A,
    iskraemeco::B,
    iskraemeco::C,
    iskraemeco::D_10,
    iskraemeco::D_9,
    iskraemeco::D_ENERGY,
    iskraemeco::E,
    iskraemeco::F,
    iskraemeco::G,
    iskraemeco::H,
    iskraemeco::J,
    iskraemeco::J_NAMED,
    egd::EGD,
];

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
