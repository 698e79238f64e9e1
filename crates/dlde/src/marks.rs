//! Where addresses and values end: parentheses, `*`, ends of lines.

/// How many octets stand before the next parenthesis or end of a line, and how many of them before a `*`.
#[inline(never)]
pub(crate) fn measure(input: &[u8]) -> (usize, usize) {
    let mark = until_mark(input);
    let length = |rest: &[u8]| input.len().wrapping_sub(rest.len());
    match mark {
        [b'*', ..] => (length(mark), length(behind_stars(mark))),
        _ => (length(mark), length(mark)),
    }
}

/// The same input from the next parenthesis or end of a line on, where it now begins with a `*`.
pub(crate) fn behind_stars(input: &[u8]) -> &[u8] {
    let mut rest = input;
    while let [b'*', behind @ ..] = rest {
        rest = until_mark(behind);
    }
    rest
}

/// The same input from the next parenthesis, `*` or end of a line on.
pub(crate) fn until_mark(input: &[u8]) -> &[u8] {
    let mut rest = input;
    loop {
        while let Some((octets, behind)) = rest.split_first_chunk() {
            let above = above_marks(octets);
            if above < octets.len() {
                rest = rest.get(above..).unwrap_or_default();
                break;
            }
            rest = behind;
        }
        match rest {
            [b'(' | b')' | b'*' | b'\r' | b'\n', ..] | [] => return rest,
            [_, behind @ ..] => rest = behind,
        }
    }
}

/// How many octets are above `*`, up to the first that is not. No mark is.
#[inline(always)]
pub(crate) fn above_marks(octets: &[u8; 8]) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let octets = u64::from_le_bytes(*octets);
    // Octets below 0x2B have their high bit set then, and perhaps some behind the first of them, which had to lend.
    let others = octets.wrapping_sub(EACH * 0x2B) & !octets & (EACH * 0x80);
    usize::try_from(others.trailing_zeros() / 8).unwrap_or_default()
}

/// What stands in `input` before its end `rest`.
pub(crate) fn before<'a>(input: &'a [u8], rest: &[u8]) -> &'a [u8] {
    input.get(..input.len().wrapping_sub(rest.len())).unwrap_or_default()
}

pub(crate) fn skip(input: &[u8], what: impl Fn(u8) -> bool) -> &[u8] {
    let end = input.iter().position(|octet| !what(*octet)).unwrap_or(input.len());
    input.get(end..).unwrap_or_default()
}

pub(crate) const fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}
