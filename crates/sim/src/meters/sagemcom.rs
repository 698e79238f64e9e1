//! Sagemcom T210-D: the list of Netz Niederösterreich, in telegrams that may be longer than their length says.

use crate::ciphering::ENCRYPTED;
use crate::clock::Style;
use crate::household::Household;
use crate::list::Type::{self, I16, U16};
use crate::message::Message;
use crate::meter::{List, Meter, always, sends};
use crate::meters::kaifa::netz_noe;

/// The clock calls itself doubtful.
const CLOCK: Style = Style { hundredths: 0, status: 0x02, ..Style::TRUE };

fn noe(h: &Household, factor: Type, size: usize) -> Message {
    netz_noe(h, CLOCK, 3, factor).ciphered(h, b"SAG", ENCRYPTED).mbus(size)
}

pub(super) const LISTS: &[List] =
    &[list("sagemcom-at-noe", |h| noe(h, U16, 250)), list("sagemcom-at-noe-overflow", |h| noe(h, I16, 257))];

const fn list(name: &'static str, encode: fn(&Household) -> Message) -> List {
    List { name, maker: "Sagemcom", country: "AT", framing: "mbus", elements: 35, encode }
}

pub(super) const METERS: &[Meter] = &[
    sends("sagemcom-at-noe", 5_000, &[always("sagemcom-at-noe")]),
    sends("sagemcom-at-noe-overflow", 5_000, &[always("sagemcom-at-noe-overflow")]),
];
