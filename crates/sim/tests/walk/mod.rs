//! A walk over A-XDR octets that knows nothing of the encoder: each element as its tag and its contents' length.

#![allow(clippy::indexing_slicing, clippy::panic, reason = "a test")]

/// Splits an APDU into the body behind the header of its data-notification.
pub(crate) fn body(apdu: &[u8]) -> &[u8] {
    assert_eq!(apdu[0], 0x0F);
    match apdu[5] {
        0x00 => &apdu[6..],
        0x0C => &apdu[18..],
        0x09 if apdu[6] == 0x0C => &apdu[19..],
        other => panic!("header time {other:02X}"),
    }
}

/// Writes the shape of the value that octets begin with, as one character a value (`[` `]` array, `(` `)` structure),
/// and gives the rest, or `None` if the octets end too early.
pub(crate) fn shape<'a>(octets: &'a [u8], out: &mut String) -> Option<&'a [u8]> {
    let (&tag, rest) = octets.split_first()?;
    let fixed = |length: usize, mark: char, out: &mut String| {
        out.push(mark);
        rest.get(length..)
    };
    match tag {
        0x00 => fixed(0, '0', out),
        0x03 => fixed(1, 'b', out),
        0x06 => fixed(4, 'U', out),
        0x0F => fixed(1, 'c', out),
        0x10 => fixed(2, 'i', out),
        0x11 => fixed(1, 'C', out),
        0x12 => fixed(2, 'u', out),
        0x14 => fixed(8, 'l', out),
        0x15 => fixed(8, 'L', out),
        0x16 => fixed(1, 'e', out),
        0x09 | 0x0A => {
            let (&length, rest) = rest.split_first()?;
            assert!(length < 0x80);
            out.push(match (tag, length) {
                (0x0A, _) => 's',
                (_, 6) => 'o',
                (_, 12) => 't',
                _ => 'x',
            });
            rest.get(usize::from(length)..)
        }
        0x01 | 0x02 => {
            let (&count, mut rest) = rest.split_first()?;
            out.push(if tag == 1 { '[' } else { '(' });
            for _ in 0..count {
                rest = shape(rest, out)?;
            }
            out.push(if tag == 1 { ']' } else { ')' });
            Some(rest)
        }
        other => panic!("tag {other:02X}"),
    }
}

/// How many elements a body announces: those of its outermost array or structure.
pub(crate) fn announced(body: &[u8]) -> usize {
    assert!(matches!(body[0], 0x01 | 0x02));
    usize::from(body[1])
}
