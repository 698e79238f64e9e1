//! Writes JSON without building it first: numbers keep the digits they have.
//!
//! What lines are full of (names, numbers, times, texts) is put down octet by octet; the rest goes through `Display`.

use std::fmt::{self, Display, Write};
use std::sync::LazyLock;

use amshan::{DateTime, Decimal, Field, Text};

/// Writes one JSON text.
#[derive(Debug)]
pub(crate) struct Json<'o> {
    out: &'o mut Vec<u8>,
    /// Whether the next item of the object or array follows another one.
    follows: bool,
}

/// The names of fields by their numbers, as keys behind another item; those with a channel are put together.
static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let key = |field: Field| if field.has_channel() { String::new() } else { format!(",\"{field}\":") };
    Field::all().map(key).collect()
});

impl<'o> Json<'o> {
    pub(crate) fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out, follows: false }
    }

    fn comma(&mut self) {
        if self.follows {
            self.out.push(b',');
        }
        self.follows = true;
    }

    /// The key of the next item of an object.
    pub(crate) fn key(&mut self, key: impl Display) -> &mut Self {
        self.comma();
        self.quoted(key);
        self.out.push(b':');
        self.follows = false;
        self
    }

    /// The same for a name.
    pub(crate) fn field(&mut self, field: Field) -> &mut Self {
        match KEYS.get(usize::from(field.id())).map(String::as_bytes) {
            Some(key @ [_, first @ ..]) => {
                self.out.extend_from_slice(if self.follows { key } else { first });
                self.follows = false;
                self
            }
            _ => self.key(field),
        }
    }

    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Self)) {
        self.enclosed(b'{', b'}', fill);
    }

    pub(crate) fn array(&mut self, fill: impl FnOnce(&mut Self)) {
        self.enclosed(b'[', b']', fill);
    }

    fn enclosed(&mut self, open: u8, close: u8, fill: impl FnOnce(&mut Self)) {
        self.comma();
        self.out.push(open);
        self.follows = false;
        fill(self);
        self.out.push(close);
        self.follows = true;
    }

    /// Something that prints as JSON by itself: a number, true, false.
    pub(crate) fn plain(&mut self, value: impl Display) {
        self.comma();
        let _ = write!(Plain(self.out), "{value}");
    }

    pub(crate) fn null(&mut self) {
        self.word("null");
    }

    pub(crate) fn flag(&mut self, flag: bool) {
        self.word(if flag { "true" } else { "false" });
    }

    fn word(&mut self, word: &str) {
        self.comma();
        self.out.extend_from_slice(word.as_bytes());
    }

    /// A float; JSON has no word for those that are no numbers.
    pub(crate) fn float(&mut self, value: f64) {
        if value.is_finite() { self.plain(value) } else { self.null() }
    }

    /// A number, with the digits that the meter sent.
    pub(crate) fn number(&mut self, number: Decimal) {
        self.comma();
        self.digits(number);
    }

    fn digits(&mut self, number: Decimal) {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(number.magnitude()).as_bytes();
        if number.is_negative() {
            self.out.push(b'-');
        }
        let places = usize::from(number.exponent().unsigned_abs());
        if number.exponent() >= 0 {
            self.out.extend_from_slice(digits);
            let zeros = if number.magnitude() == 0 { 0 } else { places };
            return self.zeros(zeros);
        }
        match digits.len().checked_sub(places).and_then(|whole| digits.split_at_checked(whole)) {
            Some((whole @ [_, ..], behind)) => {
                self.out.extend_from_slice(whole);
                self.out.push(b'.');
                self.out.extend_from_slice(behind);
            }
            _ => {
                self.out.extend_from_slice(b"0.");
                self.zeros(places.saturating_sub(digits.len()));
                self.out.extend_from_slice(digits);
            }
        }
    }

    fn zeros(&mut self, count: usize) {
        self.out.resize(self.out.len().saturating_add(count), b'0');
    }

    /// A number in quotes: some meters send their id as one.
    pub(crate) fn quoted_number(&mut self, number: Decimal) {
        self.comma();
        self.out.push(b'"');
        self.digits(number);
        self.out.push(b'"');
    }

    /// A time. Most name the second, and nothing below it.
    pub(crate) fn time(&mut self, time: DateTime) {
        let (date, clock) = (time.date(), time.time());
        let (
            Some(year),
            Some(month),
            Some(day),
            Some(hour),
            Some(minute),
            Some(second),
            None | Some(0),
            None,
        ) = (
            date.year(),
            date.month(),
            date.day(),
            clock.hour(),
            clock.minute(),
            clock.second(),
            clock.hundredths(),
            time.offset_minutes(),
        )
        else {
            return self.text(time);
        };
        self.comma();
        // A year has four digits.
        let ([_, century], [_, year]) = ((year / 100).to_be_bytes(), (year % 100).to_be_bytes());
        let [[c, e], [y, z], [m, n], [d, a], [h, i], [p, q], [s, t]] =
            [century, year, month, day, hour, minute, second].map(pair);
        let text = [b'"', c, e, y, z, b'-', m, n, b'-', d, a, b'T', h, i, b':', p, q, b':', s, t, b'"'];
        self.out.extend_from_slice(&text);
    }

    /// What a meter calls text.
    pub(crate) fn characters(&mut self, text: Text<'_>) {
        self.comma();
        self.out.push(b'"');
        for c in text.chars() {
            match c {
                '"' | '\\' | '\0'..='\x1f' | '\x7f'.. => escape(self.out, c),
                c => self.out.push(c as u8),
            }
        }
        self.out.push(b'"');
    }

    pub(crate) fn text(&mut self, text: impl Display) {
        self.comma();
        self.quoted(text);
    }

    fn quoted(&mut self, text: impl Display) {
        self.out.push(b'"');
        let _ = write!(Escaped(self.out), "{text}");
        self.out.push(b'"');
    }
}

/// The two digits of a number below 100.
const fn pair(number: u8) -> [u8; 2] {
    [b'0'.wrapping_add(number / 10), b'0'.wrapping_add(number % 10)]
}

/// A character as it stands inside the quotes of JSON.
fn escape(out: &mut Vec<u8>, c: char) {
    let _ = match c {
        '"' | '\\' => write!(Plain(out), "\\{c}"),
        '\0'..='\x1f' | '\x7f' => write!(Plain(out), "\\u{:04x}", u32::from(c)),
        c => write!(Plain(out), "{c}"),
    };
}

/// Text as it stands.
struct Plain<'o>(&'o mut Vec<u8>);

impl Write for Plain<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Text inside the quotes of JSON.
struct Escaped<'o>(&'o mut Vec<u8>);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // Most texts have nothing to escape.
        let plain = |octet: u8| !matches!(octet, b'"' | b'\\' | 0x00..=0x1F | 0x7F);
        if text.bytes().fold(true, |all, octet| all & plain(octet)) {
            self.0.extend_from_slice(text.as_bytes());
        } else {
            text.chars().for_each(|c| escape(self.0, c));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same_by_others() {
        let mut out = Vec::new();
        Json::new(&mut out).object(|json| {
            json.key("a\"\\\n\u{7f}é").text("x\ty");
            json.key("n").array(|json| {
                json.plain("234.80");
                json.null();
                json.float(f64::NAN);
                json.object(|_| {});
                json.array(|_| {});
            });
            json.key("last").plain(true);
        });
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out, r#"{"a\"\\\u000a\u007fé":"x\u0009y","n":[234.80,null,null,{},[]],"last":true}"#);
        let read: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(read["a\"\\\n\u{7f}é"], "x\ty");
        assert_eq!(read["n"][0].to_string(), "234.80");
    }

    /// What a value writes, in an array.
    fn written(write: impl Fn(&mut Json<'_>)) -> String {
        let mut out = Vec::new();
        write(&mut Json::new(&mut out));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_written_as_they_print() {
        for magnitude in [0, 1, 9, 10, 57, 100, 2348, 22_721_380, u64::MAX] {
            for exponent in [-128, -40, -21, -20, -19, -9, -5, -4, -3, -2, -1, 0, 1, 2, 3, 20, 127] {
                let number = Decimal::unsigned(magnitude, exponent);
                assert_eq!(written(|json| json.number(number)), number.to_string());
                assert_eq!(written(|json| json.quoted_number(number)), format!("\"{number}\""));
            }
        }
        for number in
            [Decimal::new(-57, -2), Decimal::new(i64::MIN, 0), Decimal::new(-5, 3), Decimal::new(-0, -1)]
        {
            assert_eq!(written(|json| json.number(number)), number.to_string());
        }
    }

    #[test]
    fn times_are_written_as_they_print() {
        let whole = [0x07, 0xE5, 9, 27, 1, 9, 47, 15, 0, 0x80, 0, 0x80];
        for place in 0..12 {
            for octet in [0x00, 0x01, 0x05, 0x80, 0xFD, 0xFE, 0xFF] {
                let mut octets = whole;
                octets[place] = octet;
                if let Ok(time) = DateTime::from_octets(octets) {
                    assert_eq!(written(|json| json.time(time)), format!("\"{time}\""), "{octets:?}");
                }
            }
        }
        for time in ["101209113020W", "230701235959S"] {
            let time = DateTime::parse_p1(time.as_bytes()).unwrap();
            assert_eq!(written(|json| json.time(time)), format!("\"{time}\""));
        }
    }

    #[test]
    fn names_and_texts_are_written_as_they_print() {
        for field in Field::all().chain((1..=8).flat_map(|n| Field::all().map(move |field| field.at(n)))) {
            let field = if field.has_channel() { field } else { field.at(0) };
            let expected = format!("{{\"{field}\":0,\"{field}\":0}}");
            let twice = written(|json| json.object(|json| (0..2).for_each(|_| json.field(field).plain(0))));
            assert_eq!(twice, expected);
        }
        for octet in 0..=255 {
            let octets = [b'a', octet, b'b'];
            let text = Text::new(&octets);
            assert_eq!(written(|json| json.characters(text)), written(|json| json.text(text)), "{octet}");
        }
    }
}
