//! Siemens TD-3511 of Wiener Netze.

use crate::ciphering::ENCRYPTED;
use crate::household::Household;
use crate::list::{Row, Row::*};
use crate::message::Message;
use crate::meter::{List, Meter, always, sends};
use crate::meters::iskraemeco::{LIST_J, bare};

const NAME: &[Row] = &[Octets("0-0:42.0.0", "SMS77099########")];

fn wien(h: &Household) -> Message {
    let unit = bare(h, &[NAME, LIST_J]).ciphered(h, b"SMSg", ENCRYPTED);
    unit.hdlc(&[0xCF], &[0x00, 0x02, 0x00, 0x23], 0x13)
}

pub(super) const LISTS: &[List] = &[List {
    name: "siemens-at-wien",
    maker: "Siemens",
    country: "AT",
    framing: "hdlc",
    elements: 10,
    encode: wien,
}];

pub(super) const METERS: &[Meter] = &[sends("siemens-at-wien", 1_000, &[always("siemens-at-wien")])];
