//! Streams made to hurt: what an attacker, or bad luck, could send to keep a reader busy.

use amshan_sim::apdu::{HeaderTime, LLC, data_notification, with_llc};
use amshan_sim::axdr::Value;
use amshan_sim::{Rng, crc, hdlc, mbus};

use crate::{noise, repeated};

/// A stream made to hurt.
#[derive(Debug, Clone, Copy)]
pub struct Hurt {
    /// Its name.
    pub name: &'static str,
    /// Why it hurts.
    pub why: &'static str,
    /// The paths that it is sent through, see [`crate::path`].
    pub paths: &'static [&'static str],
    /// So many octets of it.
    pub octets: fn(usize) -> Vec<u8>,
}

/// All of them.
pub const HURT: &[Hurt] = &[
    Hurt {
        name: "compact-nothing",
        why: "right frames with compact arrays, each of whose entries would be 65,535 times nothing",
        paths: &["reader"],
        octets: |n| framed(n, &[&[0x02, 100][..], &b"\x13\x01\xFF\xFF\x00\x01\x00".repeat(100)].concat()),
    },
    Hurt {
        name: "compact-deep",
        why: "right frames with a compact array whose entries are six structures around each octet",
        paths: &["reader"],
        octets: |n| {
            let description = [&[0x13][..], &b"\x02\x01".repeat(6), b"\x11"].concat();
            framed(n, &[&description, &b"\x82\x07\x6C"[..], &[1; 1900]].concat())
        },
    },
    Hurt {
        name: "compact-bare",
        why: "one compact array as long as the input",
        paths: &["body"],
        octets: |n| {
            let contents = n / 3 * 3;
            [&b"\x13\x02\x02\x11\x12\x84"[..], &(contents as u32).to_be_bytes(), &vec![1; contents]].concat()
        },
    },
    Hurt {
        name: "flags",
        why: "every octet may open a frame",
        paths: &["hdlc", "reader"],
        octets: |n| vec![0x7E; n],
    },
    Hurt {
        name: "headers-wrong",
        why: "every three octets begin a frame of 2047, whose header check is wrong",
        paths: &["hdlc", "reader"],
        octets: |n| repeated(b"\x7E\xA7\xFF", n),
    },
    Hurt {
        name: "headers-nested",
        why: "every eight octets a right header that announces 2047, none of them one: 256 sums an octet",
        paths: &["hdlc", "reader"],
        octets: |n| repeated(&header(b"\xA7\xFF\x01\x01\x10"), n),
    },
    Hurt {
        name: "headers-bent",
        why: "the same, right only when each 0D 0A is read as 0A, so that the octets must be read so, too",
        paths: &["hdlc", "reader"],
        octets: |n| repeated(&bent(&header(b"\xA7\xFF\x0A\x01\x01\x10")), n),
    },
    Hurt {
        name: "headers-bent-behind",
        why: "right headers with a 0D 0A between them: wrong as they stand, and to be summed again without",
        paths: &["hdlc", "reader"],
        octets: |n| repeated(&[&header(b"\xA7\xFF\x01\x01\x10"), &b"\r\n"[..]].concat(), n),
    },
    Hurt {
        name: "mbus-starts",
        why: "every octet may be a start",
        paths: &["mbus", "reader"],
        octets: |n| vec![0x68; n],
    },
    Hurt {
        name: "mbus-nested",
        why: "every four octets a head that announces 261",
        paths: &["mbus", "reader"],
        octets: |n| repeated(b"\x68\xFF\xFF\x68", n),
    },
    Hurt {
        name: "mbus-shared",
        why: "every three octets a head, whose last octet begins the next",
        paths: &["mbus", "reader"],
        octets: |n| repeated(b"\x68\xFF\xFF", n),
    },
    Hurt {
        name: "mbus-sums",
        why: "every five octets a head, and a stop octet where its frame ends: 50 sums an octet",
        paths: &["mbus", "reader"],
        octets: |n| repeated(b"\x68\xF9\xF9\x68\x16", n),
    },
    Hurt {
        name: "mbus-endless",
        why: "frames of a message whose last never comes",
        paths: &["reader"],
        octets: |n| numbered(n, |number| mbus_piece(number, &[0x55; 100])),
    },
    Hurt {
        name: "p1-slashes",
        why: "two starts a line, and never an end",
        paths: &["p1", "reader"],
        octets: |n| repeated(b"/ABC5/DEF5\r\n", n),
    },
    Hurt {
        name: "p1-starts",
        why: "nothing but starts: each must be given up for another reason than the one before",
        paths: &["p1", "reader"],
        octets: |n| repeated(b"/abc\n", n),
    },
    Hurt {
        name: "p1-ends",
        why: "every line an end mark with a checksum, wrong for each start before it",
        paths: &["p1", "reader"],
        octets: |n| repeated(b"/abc\n!0000", n),
    },
    Hurt {
        name: "p1-ends-inside",
        why: "end marks inside lines, each of which is one only if its checksum is right",
        paths: &["p1", "reader"],
        octets: |n| repeated(b"/abc\nx!0000", n),
    },
    Hurt {
        name: "p1-line",
        why: "one line that never ends",
        paths: &["p1", "reader"],
        octets: |n| [&b"/ABC5\r\n\r\n1-0:1.8.0("[..], &repeated(b"0123456789", n)].concat(),
    },
    Hurt {
        name: "p1-lines",
        why: "a telegram that never ends",
        paths: &["p1", "reader"],
        octets: |n| [&b"/ABC5\r\n\r\n"[..], &repeated(b"1-0:1.8.0(000123.456*kWh)\r\n", n)].concat(),
    },
    Hurt {
        name: "text",
        why: "printable noise, with starts and ends of lines and telegrams in it",
        paths: &["p1", "reader"],
        octets: |n| {
            let mut rng = Rng::new(2);
            let mut letter = || b"/!()*:.-0123456789abcdefgABCDEFG \r\n"[rng.below(35) as usize];
            (0..n).map(|_| letter()).collect()
        },
    },
    Hurt {
        name: "noise",
        why: "random octets, every start mark among them",
        paths: &["hdlc", "mbus", "p1", "reader"],
        octets: noise,
    },
    Hurt {
        name: "arrays-framed",
        why: "right frames with arrays in arrays, each of which claims 65,535 elements",
        paths: &["reader"],
        octets: |n| framed(n, &[&claims(), &[0; 1900][..]].concat()),
    },
    Hurt {
        name: "arrays-bare",
        why: "the same without a frame, as long as the input",
        paths: &["body"],
        octets: |n| [&claims(), &vec![0; n][..]].concat(),
    },
    Hurt {
        name: "elements-bare",
        why: "an array without end of records with a code, of which every field may be another",
        paths: &["body"],
        octets: |n| {
            let record = b"\x02\x02\x09\x06\x01\x00\x01\x08\x00\xFF\x06\x00\x00\x00\x01";
            let count = n / record.len();
            [&[0x01, 0x84], &(count as u32).to_be_bytes()[..], &repeated(record, count * record.len())]
                .concat()
        },
    },
    Hurt {
        name: "deep-framed",
        why: "right frames with structures in structures, a thousand deep",
        paths: &["reader"],
        octets: |n| framed(n, &[&b"\x02\x01".repeat(1000)[..], &[0]].concat()),
    },
    Hurt {
        name: "deep-bare",
        why: "structures in structures, 10,000 deep and more",
        paths: &["body"],
        octets: |n| repeated(b"\x02\x01", n),
    },
    Hurt {
        name: "blocks-endless",
        why: "transfer blocks with right numbers, of which none is the last",
        paths: &["reader"],
        octets: |n| numbered(n, |number| block(number, &[0x55; 100])),
    },
    Hurt {
        name: "blocks-tiny",
        why: "the same with one octet in each",
        paths: &["reader"],
        octets: |n| numbered(n, |number| block(number, &[0x55])),
    },
    Hurt {
        name: "segments-endless",
        why: "segments with more to come, for ever",
        paths: &["reader"],
        octets: |n| repeated(&hdlc::frame(&[1], &[2, 1], 0x10, &[0x55; 100], true), n),
    },
    Hurt {
        name: "ciphered",
        why: "every 18 octets a ciphered message that claims 4 KiB, which only its tag could tell from noise",
        paths: &["reader", "reader-key"],
        octets: |n| repeated(b"\xDB\x08ABC\x01\x02\x03\x04\x05\x82\x0F\xF0\x30\x00\x00\x00\x01", n),
    },
    Hurt {
        name: "identified",
        why: "the same behind identification lines, and a checksum where each should end",
        paths: &["p1", "reader", "reader-key"],
        octets: |n| repeated(b"/ABC\n\x00\x82\x0F\xFF\x30\x00\x00\x00\x01!0000", n),
    },
];

/// A flag, a header and its check.
fn header(fields: &[u8]) -> Vec<u8> {
    [&[0x7E], fields, &crc::x25(fields).to_le_bytes()].concat()
}

/// What an adapter makes of it that takes octets for text.
fn bent(octets: &[u8]) -> Vec<u8> {
    octets.iter().flat_map(|octet| if *octet == 0x0A { vec![0x0D, 0x0A] } else { vec![*octet] }).collect()
}

/// Frames with this body, one after the other.
fn framed(octets: usize, body: &[u8]) -> Vec<u8> {
    let apdu = data_notification(1, HeaderTime::Absent, &Value::Raw(body.to_vec()));
    repeated(&hdlc::frame(&[1], &[2, 1], 0x10, &with_llc(&apdu), false), octets)
}

/// Arrays in arrays, each claiming 65,535 elements.
fn claims() -> Vec<u8> {
    b"\x01\x82\xFF\xFF".repeat(14)
}

/// Pieces with numbers from 1 on.
fn numbered(octets: usize, piece: impl Fn(u16) -> Vec<u8>) -> Vec<u8> {
    let mut stream: Vec<u8> = Vec::with_capacity(octets);
    let numbers = (1..=u16::MAX).cycle();
    for number in numbers {
        if stream.len() >= octets {
            break;
        }
        stream.extend(piece(number));
    }
    stream.truncate(octets);
    stream
}

/// A transfer block that is not the last, in a frame.
fn block(number: u16, data: &[u8]) -> Vec<u8> {
    let [high, low] = number.to_be_bytes();
    let block = [&[0xE0, 0x00, high, low, 0x00, 0x00, data.len() as u8], data].concat();
    let unit = if number == 1 { [&LLC, &block[..]].concat() } else { block };
    hdlc::frame(&[1], &[2, 1], 0x10, &unit, false)
}

/// A telegram that is not the last.
fn mbus_piece(number: u16, data: &[u8]) -> Vec<u8> {
    let number = (number - 1).to_be_bytes()[1] & 0x0F;
    mbus::long_frame(mbus::SND_UD, mbus::BROADCAST, number, &[&mbus::TSAPS, data].concat())
}
