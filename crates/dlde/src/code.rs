//! Addresses as most meters write them: `1-0:1.8.0`.

use amshan_quantity::Obis;

use crate::marks::before;

/// A code `A-B:C.D.E` before a parenthesis, and how long it is: one or two digits in C, one in the others.
#[inline(always)]
pub(crate) fn code(input: &[u8]) -> Option<(Obis, usize)> {
    let (medium, rest) = input.split_first_chunk()?;
    let medium = u64::from(u32::from_le_bytes(*medium));
    let rest = u64::from_le_bytes(*rest.first_chunk()?);
    let (others, [a, _, b, ..]) = numbers(medium, b"0-0:\0\0\0\0");
    if rest >> 8 & 0xFF == u64::from(b'.') {
        let (more, [c, _, d, _, e, ..]) = numbers(rest & u64::MAX >> 16, b"0.0.0(\0\0");
        if others | more != 0 { None } else { Some((Obis::new(a, b, c, d, e, 255), 9)) }
    } else {
        let (more, [tens, ones, _, d, _, e, ..]) = numbers(rest & u64::MAX >> 8, b"00.0.0(\0");
        if others | more != 0 { None } else { Some((Obis::new(a, b, number(tens, ones), d, e, 255), 10)) }
    }
}

/// The same with one or two digits in D and E as well.
#[inline(never)]
pub(crate) fn longer_code(input: &[u8]) -> Option<(Obis, usize)> {
    let (medium, rest) = input.split_first_chunk()?;
    let medium = u64::from(u32::from_le_bytes(*medium));
    let rest = u64::from_le_bytes(*rest.first_chunk()?);
    // A C of one digit gets a 0 before it.
    let is_short = rest >> 8 & 0xFF == u64::from(b'.');
    let (rest, length) = if is_short { (rest << 8 | u64::from(b'0'), 10) } else { (rest, 11) };
    let (others, [a, _, b, ..]) = numbers(medium, b"0-0:\0\0\0\0");
    let (more, [tens, ones, _, d_tens, d_ones, _, e, _]) = numbers(rest, b"00.00.0(");
    if others | more != 0 {
        return longest_code(input);
    }
    Some((Obis::new(a, b, number(tens, ones), number(d_tens, d_ones), e, 255), length))
}

/// What digits stand for, where `form` has a 0, and 0 for what else it has; before them, 0 if there is nothing else.
#[inline(always)]
fn numbers(octets: u64, form: &[u8; 8]) -> (u64, [u8; 8]) {
    let numbers = octets ^ u64::from_le_bytes(*form);
    // What is more has its high bit set then.
    let room = u64::from_le_bytes(form.map(|octet| if octet == b'0' { 0x76 } else { 0x7F }));
    ((numbers | numbers.wrapping_add(room)) & 0x8080_8080_8080_8080, numbers.to_le_bytes())
}

const fn number(tens: u8, ones: u8) -> u8 {
    tens.wrapping_mul(10).wrapping_add(ones)
}

/// The same, digit by digit.
#[inline(never)]
fn longest_code(input: &[u8]) -> Option<(Obis, usize)> {
    let digit = |octet: &u8| Some(octet ^ b'0').filter(|digit| *digit < 10);
    let [a, b'-', b, b':', rest @ ..] = input else { return None };
    let mut rest = rest;
    let mut group = |end: u8| {
        let (number, behind) = match rest {
            [ones, mark, behind @ ..] if *mark == end => (digit(ones)?, behind),
            [tens, ones, mark, behind @ ..] if *mark == end => {
                (digit(tens)?.wrapping_mul(10).wrapping_add(digit(ones)?), behind)
            }
            _ => return None,
        };
        rest = behind;
        Some(number)
    };
    let obis = Obis::new(digit(a)?, digit(b)?, group(b'.')?, group(b'.')?, group(b'(')?, 255);
    Some((obis, before(input, rest).len().saturating_sub(1)))
}
