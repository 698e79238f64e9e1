//! The productions of the standard as nom parsers, one function each, for complete input.
//!
//! They are public so that they can be combined with other parsers. Everywhere else in this crate nom stays out of
//! signatures.

use core::ops::Range;

use amshan_quantity::Obis;
use nom::IResult;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16, be_u32};

use crate::apdu::Service;
use crate::block::Block;
use crate::body::{self, Body};
use crate::compact::CompactArray;
use crate::data::{BitString, Data, Descriptor};
use crate::error::ErrorKind;
pub use crate::error::Fault;
use crate::notification::{DataNotification, InvokeId};
use crate::security::{Envelope, SecurityControl, SystemTitle};

/// What a parser gives: the rest and the view, or a fault with its place.
pub type Parsed<'a, T> = IResult<&'a [u8], T, Fault<'a>>;

pub(crate) const fn fault<'a, T>(at: &'a [u8], kind: ErrorKind) -> Parsed<'a, T> {
    Err(nom::Err::Error(Fault { at, kind }))
}

pub(crate) const fn truncated<'a, T>(at: &'a [u8], needed: usize) -> Parsed<'a, T> {
    fault(at, ErrorKind::Truncated { missing: needed.saturating_sub(at.len()) })
}

/// length: one octet below `80`, or the number of octets that hold it (A-XDR, IEC 61334-6).
///
/// # Errors
///
/// [`ErrorKind::Length`] for `80` and for more than four octets, [`ErrorKind::Truncated`].
pub fn length(i: &[u8]) -> Parsed<'_, usize> {
    match i {
        [short @ 0..=0x7F, rest @ ..] => Ok((rest, usize::from(*short))),
        [0x81, a, rest @ ..] => Ok((rest, usize::from(*a))),
        [0x82, a, b, rest @ ..] => Ok((rest, usize::from(u16::from_be_bytes([*a, *b])))),
        [0x83, a, b, c, rest @ ..] => long_length(i, rest, [0, *a, *b, *c]),
        [0x84, a, b, c, d, rest @ ..] => long_length(i, rest, [*a, *b, *c, *d]),
        [first @ 0x81..=0x84, ..] => truncated(i, usize::from(*first & 0x0F).saturating_add(1)),
        [first, ..] => fault(i, ErrorKind::Length(*first)),
        [] => truncated(i, 1),
    }
}

fn long_length<'a>(i: &'a [u8], rest: &'a [u8], octets: [u8; 4]) -> Parsed<'a, usize> {
    match usize::try_from(u32::from_be_bytes(octets)) {
        Ok(length) => Ok((rest, length)),
        Err(_) => fault(i, ErrorKind::Length(0x84)),
    }
}

/// octet-string without its tag: length and octets.
///
/// # Errors
///
/// As [`length`].
pub fn octets(i: &[u8]) -> Parsed<'_, &[u8]> {
    let (i, count) = length(i)?;
    match i.split_at_checked(count) {
        Some((octets, rest)) => Ok((rest, octets)),
        None => truncated(i, count),
    }
}

/// One value with its tag; of a container, the head alone, and its elements are the rest.
///
/// # Errors
///
/// [`ErrorKind::UnknownType`], [`ErrorKind::Truncated`], [`ErrorKind::Length`], [`ErrorKind::CompactArray`].
#[inline]
pub fn value(i: &[u8]) -> Parsed<'_, Data<'_>> {
    common(i).map_or_else(|| any(i), Ok)
}

/// A value of one of the types that lists consist of, and the rest in front of it, as nom puts them. `None`: another type, or
/// it is cut; [`any`] tells.
#[inline(always)]
pub(crate) fn common(i: &[u8]) -> Option<(&[u8], Data<'_>)> {
    Some(match i {
        [0x09, count @ 0..=0x7F, rest @ ..] => {
            let (octets, rest) = rest.split_at_checked(usize::from(*count))?;
            (rest, Data::OctetString(octets))
        }
        [0x02, count @ 0..=0x7F, rest @ ..] => (rest, Data::Structure(usize::from(*count))),
        [0x06, a, b, c, d, rest @ ..] => {
            (rest, Data::DoubleLongUnsigned(u32::from_be_bytes([*a, *b, *c, *d])))
        }
        [0x12, a, b, rest @ ..] => (rest, Data::LongUnsigned(u16::from_be_bytes([*a, *b]))),
        [0x10, a, b, rest @ ..] => (rest, Data::Long(i16::from_be_bytes([*a, *b]))),
        [0x0A, count @ 0..=0x7F, rest @ ..] => {
            let (octets, rest) = rest.split_at_checked(usize::from(*count))?;
            (rest, Data::VisibleString(octets))
        }
        [0x0F, a, rest @ ..] => (rest, Data::Integer(i8::from_be_bytes([*a]))),
        [0x16, a, rest @ ..] => (rest, Data::Enum(*a)),
        _ => return None,
    })
}

/// A value of any type.
#[inline(never)]
pub(crate) fn any(i: &[u8]) -> Parsed<'_, Data<'_>> {
    match i {
        [tag, rest @ ..] => match contents(*tag, rest) {
            Err(nom::Err::Error(Fault { kind: kind @ ErrorKind::UnknownType(_), .. })) => fault(i, kind),
            parsed => parsed,
        },
        [] => truncated(i, 1),
    }
}

/// Passes over a value with all that is in it.
///
/// # Errors
///
/// As [`body`].
#[inline]
pub fn skip(i: &[u8]) -> Parsed<'_, ()> {
    match behind_scalar(i) {
        Some(behind) => Ok((behind, ())),
        None => body(i).map(|(behind, _)| (behind, ())),
    }
}

/// What stands behind a value that is no container. `None`: there is none, it is not whole, or [`value`] has to tell.
#[inline]
pub(crate) fn behind_scalar(i: &[u8]) -> Option<&[u8]> {
    match i {
        [0x09 | 0x0A | 0x0C, count @ 0..=0x7F, rest @ ..] => rest.get(usize::from(*count)..),
        [tag, rest @ ..] => rest.get(scalar_size(*tag)?..),
        [] => None,
    }
}

/// The octets behind the tag of a scalar of this type. `None`: that can't be told by its type.
#[inline]
pub(crate) fn scalar_size(tag: u8) -> Option<usize> {
    let size = SCALARS.get(usize::from(tag))?;
    (*size != NONE).then_some(usize::from(*size))
}

/// By type.
static SCALARS: [u8; 34] = [
    0, NONE, NONE, 1, NONE, 4, 4, 4, NONE, NONE, NONE, NONE, NONE, 1, NONE, 1, 2, 1, 2, NONE, 8, 8, 1, 4, 8,
    12, 5, 4, 1, 2, 4, 1, 2, 4,
];

const NONE: u8 = u8::MAX;

/// One value of a known type, without its tag.
///
/// # Errors
///
/// As [`value`].
pub fn contents(tag: u8, i: &[u8]) -> Parsed<'_, Data<'_>> {
    Ok(match tag {
        0 => (i, Data::Null),
        1 => length(i).map(|(rest, count)| (rest, Data::Array(count)))?,
        2 => length(i).map(|(rest, count)| (rest, Data::Structure(count)))?,
        3 => fixed(i).map(|(rest, [a])| (rest, Data::Boolean(a != 0)))?,
        4 => bit_string(i)?,
        5 => fixed(i).map(|(rest, o)| (rest, Data::DoubleLong(i32::from_be_bytes(o))))?,
        6 => fixed(i).map(|(rest, o)| (rest, Data::DoubleLongUnsigned(u32::from_be_bytes(o))))?,
        7 => fixed(i).map(|(rest, o)| (rest, Data::FloatingPoint(o)))?,
        9 => octets(i).map(|(rest, o)| (rest, Data::OctetString(o)))?,
        10 => octets(i).map(|(rest, o)| (rest, Data::VisibleString(o)))?,
        12 => octets(i).map(|(rest, o)| (rest, Data::Utf8String(o)))?,
        13 => fixed(i).map(|(rest, [a])| (rest, Data::Bcd(a)))?,
        15 => fixed(i).map(|(rest, o)| (rest, Data::Integer(i8::from_be_bytes(o))))?,
        16 => fixed(i).map(|(rest, o)| (rest, Data::Long(i16::from_be_bytes(o))))?,
        17 => fixed(i).map(|(rest, [a])| (rest, Data::Unsigned(a)))?,
        18 => fixed(i).map(|(rest, o)| (rest, Data::LongUnsigned(u16::from_be_bytes(o))))?,
        19 => compact_array(i).map(|(rest, array)| (rest, Data::CompactArray(array)))?,
        20 => fixed(i).map(|(rest, o)| (rest, Data::Long64(i64::from_be_bytes(o))))?,
        21 => fixed(i).map(|(rest, o)| (rest, Data::Long64Unsigned(u64::from_be_bytes(o))))?,
        22 => fixed(i).map(|(rest, [a])| (rest, Data::Enum(a)))?,
        23 => fixed(i).map(|(rest, o)| (rest, Data::Float32(f32::from_be_bytes(o))))?,
        24 => fixed(i).map(|(rest, o)| (rest, Data::Float64(f64::from_be_bytes(o))))?,
        25 => fixed(i).map(|(rest, o)| (rest, Data::DateTime(o)))?,
        26 => fixed(i).map(|(rest, o)| (rest, Data::Date(o)))?,
        27 => fixed(i).map(|(rest, o)| (rest, Data::Time(o)))?,
        28 => fixed(i).map(|(rest, o)| (rest, Data::DeltaInteger(i8::from_be_bytes(o))))?,
        29 => fixed(i).map(|(rest, o)| (rest, Data::DeltaLong(i16::from_be_bytes(o))))?,
        30 => fixed(i).map(|(rest, o)| (rest, Data::DeltaDoubleLong(i32::from_be_bytes(o))))?,
        31 => fixed(i).map(|(rest, [a])| (rest, Data::DeltaUnsigned(a)))?,
        32 => fixed(i).map(|(rest, o)| (rest, Data::DeltaLongUnsigned(u16::from_be_bytes(o))))?,
        33 => fixed(i).map(|(rest, o)| (rest, Data::DeltaDoubleLongUnsigned(u32::from_be_bytes(o))))?,
        255 => (i, Data::DontCare),
        unknown => return fault(i, ErrorKind::UnknownType(unknown)),
    })
}

fn fixed<const N: usize>(i: &[u8]) -> Parsed<'_, [u8; N]> {
    match i.split_first_chunk() {
        Some((octets, rest)) => Ok((rest, *octets)),
        None => truncated(i, N),
    }
}

/// bit-string: the length counts bits.
fn bit_string(i: &[u8]) -> Parsed<'_, Data<'_>> {
    let (i, bits) = length(i)?;
    let (i, octets) = take(bits.div_ceil(8))(i)?;
    Ok((i, Data::BitString(BitString { bits, octets })))
}

/// compact-array: contents-description, then the values' octets (DLMS UA 1000-1, 4.1.5).
fn compact_array(i: &[u8]) -> Parsed<'_, CompactArray<'_>> {
    let (rest, _) = crate::compact::description(i, 0)?;
    let description = i.get(..i.len().saturating_sub(rest.len())).unwrap_or_default();
    let (rest, contents) = octets(rest)?;
    match CompactArray::new(description, contents) {
        Some(array) => Ok((rest, array)),
        None => fault(i, ErrorKind::CompactArray),
    }
}

/// cosem-attribute-descriptor: class, instance and attribute, without a tag.
///
/// # Errors
///
/// [`ErrorKind::Truncated`].
pub fn attribute_descriptor(i: &[u8]) -> Parsed<'_, Descriptor> {
    match i {
        [c0, c1, a, b, c, d, e, f, attribute, rest @ ..] => Ok((
            rest,
            Descriptor {
                class: u16::from_be_bytes([*c0, *c1]),
                obis: Obis::new(*a, *b, *c, *d, *e, *f),
                attribute: i8::from_be_bytes([*attribute]),
            },
        )),
        _ => truncated(i, 9),
    }
}

/// Data: one value with all that is in it, walked once to its end.
///
/// # Errors
///
/// As [`value`], and [`ErrorKind::Depth`].
pub fn body(i: &[u8]) -> Parsed<'_, Body<'_>> {
    body::check(i, false)
}

/// As [`body`], but of an outermost structure that the input's end cuts, the elements that are whole.
///
/// # Errors
///
/// As [`body`].
pub fn body_or_cut(i: &[u8]) -> Parsed<'_, Body<'_>> {
    body::check(i, true)
}

/// Data, as [`body`] reads it, but in one pass that gives each value as it comes, containers before their elements: all
/// those in front of a fault, if there is one. It keeps nothing of the tree, so that the tree may be of any depth.
///
/// # Errors
///
/// As [`value`].
#[inline]
pub fn each_value<'a>(i: &'a [u8], each: impl FnMut(Data<'a>)) -> Parsed<'a, ()> {
    body::each_value(i, each)
}

/// data-notification, its body read with [`body`], [`body_or_cut`] or [`each_value`].
///
/// # Errors
///
/// As [`body`].
pub fn data_notification<'a, B>(
    i: &'a [u8],
    body: impl FnOnce(&'a [u8]) -> Parsed<'a, B>,
) -> Parsed<'a, DataNotification<'a, B>> {
    let (i, _tag) = be_u8(i)?;
    let (i, invoke_id) = be_u32(i)?;
    let (i, time) = notification_time(i)?;
    let (i, body) = body(i)?;
    Ok((i, DataNotification { invoke_id: InvokeId(invoke_id), time, body }))
}

/// The date-time of a notification: an octet-string without its tag, by the standard; some meters send the tag, or
/// that of date-time. Neither tag can be the length of a date-time, so there is no doubt.
fn notification_time(i: &[u8]) -> Parsed<'_, &[u8]> {
    match i {
        [0x09, 0x0C, rest @ ..] | [0x19, rest @ ..] => take(12usize)(rest),
        _ => octets(i),
    }
}

/// general-block-transfer.
///
/// # Errors
///
/// [`ErrorKind::NoApdu`] for another tag, [`ErrorKind::Truncated`], [`ErrorKind::Length`].
pub fn block(i: &[u8]) -> Parsed<'_, Block<'_>> {
    let (rest, tag) = be_u8(i)?;
    if tag != 0xE0 {
        return fault(i, ErrorKind::NoApdu(tag));
    }
    let (i, control) = be_u8(rest)?;
    let (i, number) = be_u16(i)?;
    let (i, acknowledged) = be_u16(i)?;
    let (i, data) = octets(i)?;
    Ok((i, Block { control, number, acknowledged, data }))
}

/// The outside of a ciphered message: general-glo-ciphering, general-ded-ciphering, general-ciphering, and the
/// glo- and ded-ciphered services.
///
/// # Errors
///
/// [`ErrorKind::NoApdu`] for another tag, [`ErrorKind::Service`] for a general-ciphering that brings its key,
/// [`ErrorKind::Truncated`], [`ErrorKind::Length`].
pub fn envelope(message: &[u8]) -> Parsed<'_, Envelope> {
    let at = |rest: &[u8]| message.len().saturating_sub(rest.len());
    let (i, tag) = be_u8(message)?;
    let service = Service::of(tag).filter(|service| service.is_ciphered());
    let Some(service) = service else { return fault(message, ErrorKind::NoApdu(tag)) };
    let (i, title, covered) = match tag {
        0xDB | 0xDC => octets(i).map(|(rest, title)| (rest, title, 0..0))?,
        0xDD => {
            let (rest, _transaction) = octets(i)?;
            let (rest, originator) = octets(rest)?;
            let (rest, _recipient) = octets(rest)?;
            let (rest, _date_time) = octets(rest)?;
            let (rest, _other) = octets(rest)?;
            let covered = at(i)..at(rest);
            match rest {
                // No key information, or the number of a key that both sides know.
                [0x00, rest @ ..] | [0x01, 0x00, _, rest @ ..] => (rest, originator, covered),
                [] | [0x01] | [0x01, 0x00] => return truncated(rest, rest.len().saturating_add(1)),
                _ => return fault(rest, ErrorKind::Service(service)),
            }
        }
        _ => (i, i.get(..0).unwrap_or_default(), 0..0),
    };
    let Some(system_title) = SystemTitle::from_octets(title) else {
        let length = u8::try_from(title.len()).unwrap_or(u8::MAX);
        return fault(message.get(1..).unwrap_or_default(), ErrorKind::Length(length));
    };
    ciphered(message, i, service, system_title, covered)
}

/// general-glo-ciphering without its tag and without a system title: `00`, then the ciphered part.
///
/// # Errors
///
/// [`ErrorKind::Length`] for another title, [`ErrorKind::Truncated`].
pub fn untagged_envelope(message: &[u8]) -> Parsed<'_, Envelope> {
    match (message, Service::of(0xDB)) {
        ([0x00, i @ ..], Some(service)) => ciphered(message, i, service, SystemTitle::default(), 0..0),
        ([first, ..], _) => fault(message, ErrorKind::Length(*first)),
        ([], _) => truncated(message, 1),
    }
}

/// The ciphered part of `message`: its length, security control, counter, content.
fn ciphered<'a>(
    message: &'a [u8],
    i: &'a [u8],
    service: Service,
    system_title: SystemTitle,
    covered: Range<usize>,
) -> Parsed<'a, Envelope> {
    let (rest, ciphered) = octets(i)?;
    let (content, control) = be_u8(ciphered)?;
    let Some((counter, content)) = content.split_first_chunk() else { return truncated(content, 4) };
    let end = message.len().saturating_sub(rest.len());
    let content = end.saturating_sub(content.len())..end;
    let (control, counter) = (SecurityControl(control), u32::from_be_bytes(*counter));
    Ok((rest, Envelope { service, system_title, control, counter, content, covered }))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    #[test]
    fn scalars_are_passed_over_as_they_are_read() {
        for tag in 0..=255 {
            for length in 0..=200 {
                let octets: Vec<u8> = [tag, length].into_iter().chain([3; 150]).collect();
                for end in 0..octets.len() {
                    let i = &octets[..end];
                    let read = value(i).ok().filter(|(_, data)| data.elements().is_none());
                    if let Some(behind) = behind_scalar(i) {
                        assert_eq!(
                            read.map(|(rest, _)| rest),
                            Some(behind),
                            "tag {tag}, length {length}, {end} octets"
                        );
                    } else if let Some((_, data)) = read {
                        // Left to `value`: lengths of more than one octet, counted bits, compact arrays, don't-care.
                        assert!(length >= 0x80 || matches!(tag, 4 | 19 | 255), "{data:?}");
                    }
                }
            }
        }
    }
}
