//! One frame in the styles that people paste, and what no style is.

#![expect(clippy::arithmetic_side_effects, reason = "the numbers and texts here are known")]

use core::fmt::Write as _;
use std::io::{self, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Chunk, Error, ErrorKind, Form, Octets};

/// The Kaifa list 1 of the HDLC notes, with both flags.
const FRAME: [u8; 41] = [
    0x7E, 0xA0, 0x27, 0x01, 0x02, 0x01, 0x10, 0x5A, 0x87, 0xE6, 0xE7, 0x00, 0x0F, 0x40, 0x00, 0x00, 0x00,
    0x09, 0x0C, 0x07, 0xE4, 0x02, 0x0F, 0x06, 0x01, 0x19, 0x22, 0xFF, 0x80, 0x00, 0x00, 0x02, 0x01, 0x06,
    0x00, 0x00, 0x15, 0x7E, 0xEA, 0x5E, 0x7E,
];

/// Gives so many bytes a read.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(buffer.len());
        self.0.read(&mut buffer[..count])
    }
}

fn read(input: &[u8], form: Option<Form>) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    Octets::new(input, form).read_to_end(&mut out).map(|_| out)
}

/// The octets between pauses.
fn messages(input: &[u8], step: usize, room: usize) -> Vec<Vec<u8>> {
    let mut octets = Octets::new(Slow(input, step), None);
    let mut buffer = vec![0; room];
    let mut messages = vec![Vec::new()];
    loop {
        match octets.read_chunk(&mut buffer).unwrap() {
            Chunk::Octets(count) => messages.last_mut().unwrap().extend_from_slice(&buffer[..count]),
            Chunk::Pause => messages.push(Vec::new()),
            Chunk::End => return messages,
        }
    }
}

/// The octets with `separator` between.
fn hex(octets: &[u8], separator: &str) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(separator)
}

/// Rows of so many octets, each written by `row` from its offset and octets.
fn rows(width: usize, row: impl Fn(usize, &[u8]) -> String) -> String {
    let rows = FRAME.chunks(width).enumerate();
    rows.fold(String::new(), |text, (index, octets)| text + &row(index * width, octets) + "\n")
}

fn column(octets: &[u8]) -> String {
    octets.iter().map(|octet| if matches!(octet, b' '..=b'~') { char::from(*octet) } else { '.' }).collect()
}

fn quads(octets: &[u8]) -> String {
    octets.chunks(4).map(|quad| hex(quad, " ").to_uppercase()).collect::<Vec<_>>().join("  ")
}

/// The frame in all the styles.
fn styles() -> Vec<(&'static str, String)> {
    let plain = hex(&FRAME, "");
    let spaced = hex(&FRAME, " ");
    let c_list =
        |octets: &[u8]| octets.iter().fold(String::new(), |list, octet| list + &format!("0x{octet:02X}, "));
    let escaped = FRAME.iter().fold(String::new(), |text, octet| text + &format!("\\x{octet:02x}"));
    let python = FRAME.iter().fold(String::new(), |mut text, octet| {
        match octet {
            b'\\' | b'\'' => write!(text, "\\{}", char::from(*octet)),
            b' '..=b'~' => write!(text, "{}", char::from(*octet)),
            _ => write!(text, "\\x{octet:02x}"),
        }
        .unwrap();
        text
    });
    let wrapped = |text: &str, width| {
        text.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line) + "\r\n").collect::<String>()
    };
    vec![
        ("plain", plain.clone()),
        ("upper case", plain.to_uppercase()),
        ("wrapped", wrapped(&plain, 16)),
        ("spaces", spaced.clone()),
        ("one octet a line", hex(&FRAME, "\n")),
        ("colons", hex(&FRAME, ":")),
        ("commas", hex(&FRAME, ",")),
        ("commas and blanks", hex(&FRAME, ", ")),
        ("semicolons", hex(&FRAME, ";")),
        ("dashes, as .NET prints", hex(&FRAME, "-").to_uppercase()),
        ("0x", c_list(&FRAME)),
        ("brackets", format!("[{spaced}]")),
        (
            "C array",
            format!("const uint8_t frame[41] = {{\n{}}};\n", rows(12, |_, row| format!("  {}", c_list(row)))),
        ),
        (
            "xxd -i",
            format!(
                "unsigned char x[] = {{\n{}}};\nunsigned int x_len = 41;\n",
                rows(12, |_, row| c_list(row))
            ),
        ),
        ("escapes", escaped.clone()),
        ("C string", format!("char frame[] = \"{escaped}\";")),
        ("Python bytes", format!("payload: b'{python}'")),
        ("quotes", format!("\"{plain}\"")),
        ("list of strings", format!("[\"{}\"]", hex(&FRAME, "\", \""))),
        ("JSON", format!("{{\"id\":17,\"ts\":1672531200,\"data\":\"{plain}\",\"rssi\":-67}}")),
        ("node", format!("<Buffer {spaced}>")),
        (
            "hexdump -C",
            rows(16, |at, row| format!("{at:08x}  {:<47}  |{}|", hex(row, " "), column(row))) + "00000029\n",
        ),
        ("hexdump -C in halves", {
            let halves = |row: &[u8]| row.chunks(8).map(|half| hex(half, " ")).collect::<Vec<_>>().join("  ");
            rows(16, |at, row| format!("{at:08x}  {:<48}  |{}|", halves(row), column(row)))
        }),
        ("xxd", {
            let words = |row: &[u8]| row.chunks(2).map(|word| hex(word, "")).collect::<Vec<_>>().join(" ");
            rows(16, |at, row| format!("{at:08x}: {:<39}  {}", words(row), column(row)))
        }),
        ("od -tx1", rows(16, |at, row| format!("{at:07o} {}", hex(row, " "))) + "0000051\n"),
        (
            "od -A x -t x1z",
            rows(16, |at, row| format!("{at:06x} {:<47}  >{}<", hex(row, " "), column(row))) + "000029\n",
        ),
        ("Wireshark", rows(16, |at, row| format!("{at:04x}   {:<47}   {}", hex(row, " "), column(row)))),
        ("short offsets", rows(8, |at, row| format!("{at:x}: {}", hex(row, " ")))),
        ("from the middle", rows(16, |at, row| format!("{:08x}  {}", at + 0x1230, hex(row, " ")))),
        ("tabs", rows(8, |at, row| format!("{at:04x}:\t{}\t{}", hex(row, " "), column(row)))),
        (
            "ESP-IDF",
            rows(16, |at, row| {
                format!("I (327) ams: 0x{:08x}   {:<48}  |{}|", at + 0x3FFB_4280, hex(row, " "), column(row))
            }),
        ),
        (
            "ams telnet",
            format!("(I) Starting up...\n(V) HDLC frame:\n{}(I) done\n", rows(16, |_, row| quads(row))),
        ),
        (
            "log line",
            format!("[2023-01-01 10:00:00] (V) HDLC frame: {spaced}\n[2023-01-01 10:00:01] RSSI -67\n"),
        ),
        ("log rows", rows(8, |_, row| format!("[2023-01-01 10:00:00] (V) {}", hex(row, " ")))),
        ("serial monitor", rows(10, |_, row| format!("12:34:56.789 -> {}", hex(row, " ").to_uppercase()))),
        ("ESPHome pretty", format!("I/esp: RX: {} (41)\n", hex(&FRAME, ".").to_uppercase())),
        (
            "ESPHome uart",
            format!("\x1b[0;36m[10:00:00][D][uart_debug:114]: <<< {}\x1b[0m\n", hex(&FRAME, ":")),
        ),
        (
            "Home Assistant",
            format!("2023-01-01 10:00:00.123 DEBUG (MainThread) [amshan] dead beef add: {plain}\n"),
        ),
        ("mosquitto_sub", format!("1672531200.123456 {plain}\n")),
        ("epoch and comma", format!("1672531200,{plain}\n")),
        ("mail", rows(16, |_, row| format!("> {}", hex(row, " ")))),
        ("comments", format!("# Kaifa, list 1\n\n// 41 octets\n{spaced} ; end\n")),
        ("byte order mark", format!("\u{feff}{spaced}\n")),
        ("other languages", format!("trame reçue à 10:00:00 — {spaced}\n")),
        ("hex of hex", hex(plain.as_bytes(), "")),
        ("hex of hex in odd rows", wrapped(&hex(plain.as_bytes(), ""), 30)),
        ("base64", STANDARD.encode(FRAME)),
        ("base64 in lines", wrapped(&STANDARD.encode(FRAME), 20)),
        ("raw", String::new()),
    ]
}

#[test]
fn every_style_says_the_frame() {
    for (name, text) in styles() {
        let input = if name == "raw" { FRAME.to_vec() } else { text.clone().into_bytes() };
        assert_eq!(hex(&read(&input, None).unwrap(), " "), hex(&FRAME, " "), "{name}\n{text}");
        let crlf = text.replace("\r\n", "\n").replace('\n', "\r\n");
        assert!(name == "raw" || read(crlf.as_bytes(), None).unwrap() == FRAME, "{name}, CR LF");
        let twice = read(format!("{text}\n\n{text}").as_bytes(), None).unwrap();
        assert!(name == "raw" || twice == [FRAME, FRAME].concat(), "{name}, twice");
    }
}

#[test]
fn cuts_make_no_difference() {
    for (name, text) in styles() {
        let text = format!("{text}\n\n{text}");
        let whole = messages(text.as_bytes(), usize::MAX, 4096);
        for (step, room) in [(1, 4096), (7, 3), (usize::MAX, 1)] {
            assert_eq!(
                messages(text.as_bytes(), step, room),
                whole,
                "{name}, {step} a read, room for {room}"
            );
        }
    }
}

#[test]
fn groups_of_any_length() {
    let text = "e6e700 0f 40000000 00 0101 020309060100010700ff060000011802020f00161b\n";
    assert_eq!(hex(&read(text.as_bytes(), None).unwrap(), ""), text.trim().replace(' ', ""));
}

#[test]
fn pauses_end_messages_without_framing() {
    for (text, expected) in [
        ("0f 40\n00 00\n\n\n0f 41", vec!["0f400000", "0f41"]),
        ("0f40 01\n0f41 02\n0f42 03\n", vec!["0f4001", "0f4102", "0f4203", ""]),
        ("one:\ndb 08 4b 41\n4d 45\ntwo:\ndb 08 4b 42\n", vec!["db084b414d45", "db084b42"]),
        ("7ea0\n7ea1", vec!["7ea07ea1"]),
    ] {
        let found: Vec<_> =
            messages(text.as_bytes(), usize::MAX, 64).iter().map(|octets| hex(octets, "")).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn raw_stays_raw() {
    let p1 = b"/KFM5KAIFA-METER\r\n\r\n1-3:0.2.8(42)\r\n0-0:96.1.1(4530303034)\r\n1-0:1.7.0(00.193*kW)\r\n!AA00\r\n";
    for input in [
        &p1[..],
        &p1[20..],
        b"Debug: No HAN data",
        b"",
        b"\n\n",
        b"Starting up...\n12 V, 5 A\n",
        b"add",
        b"/\0",
    ] {
        assert_eq!(read(input, None).unwrap(), input);
    }
}

#[test]
fn random_octets_are_no_text() {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for length in 16..2000 {
        let input: Vec<u8> = (0..length)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_le_bytes()[3]
            })
            .collect();
        assert_eq!(read(&input, None).unwrap(), input);
    }
}

#[test]
fn text_cut_or_bent_anywhere_never_panics() {
    for (_, text) in styles() {
        for at in (0..text.len()).step_by(3).filter(|at| text.is_char_boundary(*at)) {
            let (head, tail) = text.split_at(at);
            for bent in [head.to_owned(), tail.to_owned(), format!("{head}:{tail}"), format!("{head}x{tail}")]
            {
                let _ = read(bent.as_bytes(), None);
                let _ = read(bent.as_bytes(), Some(Form::Hex));
                let _ = read(bent.as_bytes(), Some(Form::Base64));
            }
        }
    }
}

#[test]
fn damage_is_told_with_its_place() {
    for (text, form, kind, line, column) in [
        ("7EA02", None, ErrorKind::OddDigits, 1, 1),
        ("# Kaifa\n7E A0 27 01 0", None, ErrorKind::OddDigits, 2, 13),
        ("7E A0 27 01\n02 0G 10\n", None, ErrorKind::NotHex('G'), 2, 5),
        ("7ea0270102011\n", None, ErrorKind::OddDigits, 1, 1),
        ("7ea02701o2011000\n", None, ErrorKind::NotHex('o'), 1, 9),
        ("log é: 7E A0 27 01 2Z 01\n", None, ErrorKind::NotHex('Z'), 1, 21),
        ("hello\n", Some(Form::Hex), ErrorKind::Nothing, 1, 1),
        ("7ea0-\n", Some(Form::Base64), ErrorKind::NotBase64('-'), 1, 5),
        ("\n", Some(Form::Base64), ErrorKind::Nothing, 1, 1),
    ] {
        let error = read(text.as_bytes(), form).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        let error: &Error = error.get_ref().unwrap().downcast_ref().unwrap();
        assert_eq!((error.kind, error.line, error.column), (kind, line, column), "{text}: {error}");
    }
}

#[test]
fn reading_goes_on_behind_damage() {
    let mut octets = Octets::new(&b"7ea0\n27010\n7ea1\n"[..], None);
    let mut buffer = [0; 8];
    assert_eq!(octets.read_chunk(&mut buffer).unwrap(), Chunk::Octets(2));
    let error = octets.read_chunk(&mut buffer).unwrap_err();
    assert_eq!(error.to_string(), "odd number of hex digits: an octet takes two, at line 2, column 1");
    assert_eq!(octets.read_chunk(&mut buffer).unwrap(), Chunk::Octets(2));
    assert_eq!(octets.read_chunk(&mut buffer).unwrap(), Chunk::End);
}

#[test]
fn forms_can_be_forced() {
    assert_eq!(read(b"7ea0", Some(Form::Raw)).unwrap(), b"7ea0");
    assert_eq!(read(b"7ea0", Some(Form::Base64)).unwrap(), [0xED, 0xE6, 0xB4]);
    assert_eq!(read(b"\xb0C\n7e a0 \xb0\n", Some(Form::Hex)).unwrap(), [0x7E, 0xA0]);
}

#[test]
fn large_inputs() {
    let raw = FRAME.repeat(5_000);
    assert_eq!(read(&raw, None).unwrap(), raw);
    assert_eq!(read(hex(&raw, "").as_bytes(), None).unwrap(), raw);
    assert_eq!(read((hex(&FRAME, " ") + "\n").repeat(5_000).as_bytes(), None).unwrap(), raw);
    assert_eq!(read(STANDARD.encode(&raw).as_bytes(), None).unwrap(), raw);
    let endless = io::repeat(b'7').take(20 * 1024 * 1024);
    let error = Octets::new(endless, None).read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
}
