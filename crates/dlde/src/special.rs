//! The octets that a readout is looked at for: all that is no text.

/// What ends, cuts or damages a readout; a tab damages its identification only. Text, blanks and ends of lines don't.
pub(crate) const fn is_special(octet: u8) -> bool {
    (octet < b' ' && !matches!(octet, b'\r' | b'\n')) | (octet == b'!') | (octet == b'/') | (octet > b'~')
}

/// Where the first octet is that is special. Mostly it is near or far away.
#[inline]
pub(crate) fn position_of_special(octets: &[u8]) -> Option<usize> {
    octets.first_chunk().and_then(position_in_few).or_else(|| position_far_away(octets))
}

/// The same where it is hardly near. Inlined, its loops would run out of registers.
#[inline(never)]
pub(crate) fn position_far_away(octets: &[u8]) -> Option<usize> {
    let mut rest = octets;
    while let Some((block, next)) = rest.split_first_chunk() {
        if !is_text(block) {
            break;
        }
        rest = next;
    }
    while let Some((few, next)) = rest.split_first_chunk() {
        if let Some(at) = position_in_few(few) {
            return octets.len().wrapping_sub(rest.len()).checked_add(at);
        }
        rest = next;
    }
    // The last few are looked at with some before them, which are known to be text.
    match octets.last_chunk() {
        Some(few) => octets.len().wrapping_sub(few.len()).checked_add(position_in_few(few)?),
        None => octets.iter().position(|octet| is_special(*octet)),
    }
}

/// The same in a few octets.
#[inline(always)]
fn position_in_few(octets: &[u8; 16]) -> Option<usize> {
    let found = u128::from_le_bytes(octets.map(|octet| {
        let [place, turned] = places(octet);
        beyond_text(octet, place, turned, turned.wrapping_sub(0x1D))
    }));
    if found == 0 { None } else { usize::try_from(found.trailing_zeros() / 8).ok() }
}

/// Whether there is no special octet. Compiles to eight operations on 16 octets at a time.
#[inline(always)]
fn is_text(block: &[u8; 128]) -> bool {
    let (mut greatest, mut farthest) = ([0; 16], [0; 16]);
    let (mut least, mut nearest) = ([u8::MAX; 16], [u8::MAX; 16]);
    for octets in block.chunks_exact(16) {
        let extremes = greatest.iter_mut().zip(&mut farthest).zip(&mut least).zip(&mut nearest);
        for ((((greatest, farthest), least), nearest), octet) in extremes.zip(octets) {
            let [place, turned] = places(*octet);
            *greatest = (*octet).max(*greatest);
            *farthest = place.max(*farthest);
            *least = turned.min(*least);
            *nearest = turned.wrapping_sub(0x1D).min(*nearest);
        }
    }
    let extremes = greatest.iter().zip(&farthest).zip(&least).zip(&nearest);
    !extremes.fold(false, |any, (((greatest, farthest), least), nearest)| {
        any | (beyond_text(*greatest, *farthest, *least, *nearest) != 0)
    })
}

/// How far an octet is behind `0`, which puts `/` at the far end; and the same with some bits turned round, which makes 1B
/// and 1C of the ends of lines, 31 and more of all other text, and something else of what else is up to `~`.
#[inline(always)]
const fn places(octet: u8) -> [u8; 2] {
    let place = octet.wrapping_sub(b'0');
    [place, place ^ 0xC1]
}

/// 0 if among some octets none is special, going by the greatest of them and of their places behind `0`, and by the least
/// of those turned round, before and after taking 1D away, which puts the ends of lines at the far end.
#[inline(always)]
const fn beyond_text(greatest: u8, farthest: u8, least: u8, nearest: u8) -> u8 {
    greatest.saturating_sub(b'~')
        | farthest.saturating_sub(0xFE)
        | 0x1Bu8.saturating_sub(least)
        | 0x14u8.saturating_sub(nearest)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    #[test]
    fn blocks_are_searched_like_single_octets() {
        let found: Vec<u8> = (0..=255).filter(|octet| is_special(*octet)).collect();
        let expected = (0..=9u8).chain([11, 12]).chain(14..=31).chain([b'!', b'/']).chain(127..=255);
        assert_eq!(found, expected.collect::<Vec<u8>>());
        for octet in 0..=255 {
            for length in [1, 15, 16, 17, 127, 128, 200] {
                for at in 0..length {
                    let mut octets = [b'x'; 200];
                    octets[at] = octet;
                    let expected = is_special(octet).then_some(at);
                    for position in [position_of_special, position_far_away] {
                        assert_eq!(position(&octets[..length]), expected, "{octet} at {at} of {length}");
                    }
                }
            }
        }
    }

    #[test]
    fn octets_do_not_hide_each_other() {
        for octet in 0..=255 {
            for other in 0..=255 {
                let mut block = [b'x'; 128];
                (block[21], block[85]) = (octet, other);
                let expected = match (is_special(octet), is_special(other)) {
                    (true, _) => Some(21),
                    (_, true) => Some(85),
                    _ => None,
                };
                assert_eq!(is_text(&block), expected.is_none(), "{octet} and {other}");
                assert_eq!(position_of_special(&block), expected, "{octet} and {other}");
                let mut few = [b'x'; 16];
                (few[3], few[4]) = (octet, other);
                let expected = few.iter().position(|octet| is_special(*octet));
                assert_eq!(position_in_few(&few), expected, "{octet} and {other}");
            }
        }
    }
}
