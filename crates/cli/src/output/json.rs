//! Writes JSON without building it first: numbers keep the digits they have.
//!
//! What lines are full of (names, numbers, times, texts) is put down octet by octet; the rest goes through `Display`.

use std::fmt::{self, Display, Write};

use amshan::{DateTime, Decimal, Field, Kind, Text};

use super::key::{FieldKeys, KEYS, Key, Sort};
use super::short::Short;
use crate::zone::Times;

/// Writes one JSON text.
#[derive(Debug)]
pub(crate) struct Json<'o> {
    out: &'o mut Vec<u8>,
    /// Whether the next item stands behind a comma: all items of an object or array do, but no value behind its key.
    follows: bool,
    times: Times<'o>,
    keys: &'static FieldKeys,
}

impl<'o> Json<'o> {
    pub(crate) fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out, follows: false, times: Times::default(), keys: &KEYS }
    }

    /// Times are written so.
    pub(crate) fn with_times(self, times: Times<'o>) -> Self {
        Self { times, ..self }
    }

    /// How times are written.
    pub(crate) const fn times(&self) -> Times<'o> {
        self.times
    }

    /// For items of an object that stand behind others, to be put there with [`items`](Self::items).
    pub(crate) fn behind(out: &'o mut Vec<u8>) -> Self {
        Self { follows: true, ..Self::new(out) }
    }

    /// Items of an object that were written apart, each behind a comma.
    pub(crate) fn items(&mut self, items: &[u8]) {
        self.out.extend_from_slice(items);
    }

    #[inline]
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
        let (key, channel) = match (self.prepared(field), field.channel()) {
            (Some(Key { sort: Sort::Channel(_), .. }), 10..) | (None, _) => return self.key(field),
            (Some(key), channel) => (key, channel),
        };
        self.write(&key.octets, |octets| {
            key.put_channel(channel, octets);
            key.length
        });
        self.follows = false;
        self
    }

    /// A field that is a text.
    #[inline(never)]
    pub(crate) fn field_text(&mut self, field: Field, text: Text<'_>) {
        match (self.prepared(field), text.as_octets()) {
            (Some(key @ Key { sort: Sort::Plain | Sort::Name, .. }), Some(octets)) if is_plain(octets) => {
                self.write(&key.octets, |_| key.length.wrapping_add(1));
                self.out.extend_from_slice(octets);
                self.out.push(b'"');
            }
            _ => self.field(field).characters(text),
        }
    }

    /// A field that is a number.
    #[inline(never)]
    pub(crate) fn field_number(&mut self, field: Field, number: Decimal) {
        match self.prepared(field) {
            // Where there is room nothing is called, so that nothing has to be kept for after a call.
            Some(key @ Key { sort: Sort::Plain, .. }) if self.has_room() => match Short::of(number) {
                Some(number) => self.write(&key.octets, |space| {
                    let behind = space.get_mut(key.length..).and_then(|behind| behind.first_chunk_mut());
                    key.length.wrapping_add(behind.map_or(0, |behind| number.put(behind)))
                }),
                None => self.any_field_number(field, number),
            },
            _ => self.any_field_number(field, number),
        }
    }

    /// Whether the key of a field and a number fit without more memory.
    #[inline]
    fn has_room(&self) -> bool {
        self.out.capacity().wrapping_sub(self.out.len()) >= Key::SPACE
    }

    /// The key of a field, if it was put together before.
    #[inline(always)]
    fn prepared(&self, field: Field) -> Option<&'static Key> {
        self.keys.get(usize::from(field.id()))?.as_ref()
    }

    /// A field that is any number.
    #[inline(never)]
    fn any_field_number(&mut self, field: Field, number: Decimal) {
        self.out.reserve(Key::SPACE);
        if field.kind() == Kind::Text {
            self.field(field).quoted_number(number);
        } else {
            self.field(field).number(number);
        }
    }

    /// Puts octets down at once, writes over them, and keeps as many as that says.
    #[inline(always)]
    fn write<const N: usize>(&mut self, octets: &[u8; N], over: impl FnOnce(&mut [u8; N]) -> usize) {
        let start = self.out.len();
        self.out.extend_from_slice(octets);
        let length = self.out.last_chunk_mut().map_or(0, over);
        self.out.truncate(start.wrapping_add(length));
    }

    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Self)) {
        self.enclosed(b'{', b'}', fill);
    }

    pub(crate) fn array(&mut self, fill: impl FnOnce(&mut Self)) {
        self.enclosed(b'[', b']', fill);
    }

    fn enclosed(&mut self, open: u8, close: u8, fill: impl FnOnce(&mut Self)) {
        self.comma();
        let start = self.out.len();
        self.follows = true;
        fill(self);
        // The comma of the first item becomes what opens them all.
        match self.out.get_mut(start) {
            Some(comma) => *comma = open,
            None => self.out.push(open),
        }
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
    #[inline(always)]
    pub(crate) fn number(&mut self, number: Decimal) {
        self.comma();
        self.digits(number);
    }

    #[inline]
    fn digits(&mut self, number: Decimal) {
        match Short::of(number) {
            Some(number) => self.write(&[0; Short::SPACE], |space| number.put(space)),
            None => self.long(number),
        }
    }

    /// Any number.
    #[inline(never)]
    fn long(&mut self, number: Decimal) {
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
        let time = self.times.of(time);
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
        if let Some(octets) = text.as_octets().filter(|octets| is_plain(octets)) {
            self.out.extend_from_slice(octets);
            self.out.push(b'"');
            return;
        }
        text.chars().for_each(|c| match c {
            '"' | '\\' | '\0'..='\x1f' | '\x7f'.. => escape(self.out, c),
            c => self.out.push(c as u8),
        });
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
        if is_plain(text.as_bytes()) {
            self.0.extend_from_slice(text.as_bytes());
        } else {
            text.chars().for_each(|c| escape(self.0, c));
        }
        Ok(())
    }
}

/// Whether a text is ASCII of which nothing needs to be escaped, as most are. Its ends may overlap.
#[inline(always)]
fn is_plain(text: &[u8]) -> bool {
    if let (Some((first, behind)), Some(last)) = (text.split_first_chunk(), text.last_chunk()) {
        let middle = behind.chunks_exact(8).filter_map(|octets| octets.first_chunk());
        let ends = odd(*first) | odd(*last);
        return if text.len() <= 16 {
            ends == 0
        } else {
            middle.fold(ends, |all, octets| all | odd(*octets)) == 0
        };
    }
    match (text.first_chunk(), text.last_chunk()) {
        (Some([a, b, c, d]), Some([e, f, g, h])) => odd([*a, *b, *c, *d, *e, *f, *g, *h]) == 0,
        _ => text.iter().all(|octet| odd([*octet; 8]) == 0),
    }
}

/// Not 0 if one of these octets is no ASCII or has to be escaped.
#[inline(always)]
fn odd(octets: [u8; 8]) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_le_bytes(octets);
    // The high bit of an octet that is below a limit, if it is the first such and no higher one is set.
    let below = |word: u64, limit: u64| word.wrapping_sub(limit.wrapping_mul(EACH)) & !word;
    let is = |octet: u64| below(word ^ octet.wrapping_mul(EACH), 1);
    (word | below(word, 0x20) | is(0x22) | is(0x5C) | is(0x7F)) & (0x80 * EACH)
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
    fn short_numbers_are_written_as_they_print() {
        let mut rng = amshan_sim::Rng::new(8);
        for round in 0..200_000u64 {
            let magnitude = if round < 100_000 { round } else { rng.below(10u64.pow(1 + round as u32 % 9)) };
            let number = Decimal::unsigned(magnitude, 3 - (round as i8 & 15));
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
        for field in (0..=12).flat_map(|n| Field::all().map(move |field| field.at(n))) {
            // So often that there is room without more memory at least once.
            let often = |write: &dyn Fn(&mut Json<'_>)| {
                written(|json| json.object(|json| (0..8).for_each(|_| write(json))))
            };
            let expected = |value: &str| format!("{{{}}}", vec![format!("\"{field}\":{value}"); 8].join(","));
            assert_eq!(often(&|json| json.field(field).plain(0)), expected("0"));
            assert_eq!(often(&|json| json.field_text(field, Text::new(b"abc"))), expected("\"abc\""));
            assert_eq!(often(&|json| json.field_text(field, Text::new(b"\""))), expected(r#""\"""#));
            for number in [Decimal::new(12345, -2), Decimal::new(-5, 0), Decimal::unsigned(u64::MAX, 0)] {
                let quote = if field.kind() == Kind::Text { "\"" } else { "" };
                let value = format!("{quote}{number}{quote}");
                assert_eq!(often(&|json| json.field_number(field, number)), expected(&value));
            }
        }
        for octet in 0..=255 {
            let octets = [b'a', octet, b'b'];
            let text = Text::new(&octets);
            assert_eq!(written(|json| json.characters(text)), written(|json| json.text(text)), "{octet}");
            let plain = !matches!(octet, b'"' | b'\\' | 0x00..=0x1F | 0x7F..);
            for length in 1..40 {
                for place in 0..length {
                    let mut octets = [b'~'; 40];
                    octets[place] = octet;
                    assert_eq!(is_plain(&octets[..length]), plain, "{octet} at {place} of {length}");
                }
            }
        }
    }
}
