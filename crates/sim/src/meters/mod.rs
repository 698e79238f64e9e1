//! The lists of each maker, and the meters that send them.

mod aidon;
mod egd;
mod energomera;
mod iskraemeco;
mod kaifa;
mod kamstrup;
mod landisgyr;
mod p1;
mod p1_east;
mod p1_nl;
mod sagemcom;
mod siemens;

use crate::meter::{List, Meter};

/// The tables of lists.
pub(crate) const LISTS: &[&[List]] = &[
    aidon::LISTS,
    kaifa::LISTS,
    kamstrup::LISTS,
    landisgyr::LISTS,
    iskraemeco::LISTS,
    siemens::LISTS,
    sagemcom::LISTS,
    egd::LISTS,
    energomera::LISTS,
    p1_nl::LISTS,
    p1::LISTS,
    p1_east::LISTS,
];

/// The tables of meters.
pub(crate) const METERS: &[&[Meter]] = &[
    aidon::METERS,
    kaifa::METERS,
    kamstrup::METERS,
    landisgyr::METERS,
    iskraemeco::METERS,
    siemens::METERS,
    sagemcom::METERS,
    egd::METERS,
    energomera::METERS,
    p1_nl::METERS,
    p1::METERS,
    p1_east::METERS,
];
