//! Writes JSON without building it first: numbers keep the digits they have.

use std::fmt::{self, Display, Write};

/// Writes one JSON text.
#[derive(Debug)]
pub(crate) struct Json<'o> {
    out: &'o mut String,
    /// Whether the next item of the object or array follows another one.
    follows: bool,
}

impl<'o> Json<'o> {
    pub(crate) fn new(out: &'o mut String) -> Self {
        Self { out, follows: false }
    }

    fn comma(&mut self) {
        if self.follows {
            self.out.push(',');
        }
        self.follows = true;
    }

    /// The key of the next item of an object.
    pub(crate) fn key(&mut self, key: impl Display) -> &mut Self {
        self.comma();
        self.quoted(key);
        self.out.push(':');
        self.follows = false;
        self
    }

    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Self)) {
        self.enclosed('{', '}', fill);
    }

    pub(crate) fn array(&mut self, fill: impl FnOnce(&mut Self)) {
        self.enclosed('[', ']', fill);
    }

    fn enclosed(&mut self, open: char, close: char, fill: impl FnOnce(&mut Self)) {
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
        let _ = write!(self.out, "{value}");
    }

    pub(crate) fn null(&mut self) {
        self.plain("null");
    }

    /// A float; JSON has no word for those that are no numbers.
    pub(crate) fn float(&mut self, value: f64) {
        if value.is_finite() { self.plain(value) } else { self.null() }
    }

    pub(crate) fn text(&mut self, text: impl Display) {
        self.comma();
        self.quoted(text);
    }

    fn quoted(&mut self, text: impl Display) {
        self.out.push('"');
        let _ = write!(Escaped(self.out), "{text}");
        self.out.push('"');
    }
}

/// Text inside the quotes of JSON.
struct Escaped<'o>(&'o mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // Most texts have nothing to escape.
        let plain = |octet: u8| !matches!(octet, b'"' | b'\\' | 0x00..=0x1F | 0x7F);
        if text.bytes().all(plain) {
            self.0.push_str(text);
            return Ok(());
        }
        for c in text.chars() {
            match c {
                '"' | '\\' => self.0.extend(['\\', c]),
                '\0'..='\x1f' | '\x7f' => write!(self.0, "\\u{:04x}", u32::from(c))?,
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same_by_others() {
        let mut out = String::new();
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
        assert_eq!(out, r#"{"a\"\\\u000a\u007fé":"x\u0009y","n":[234.80,null,null,{},[]],"last":true}"#);
        let read: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(read["a\"\\\n\u{7f}é"], "x\ty");
        assert_eq!(read["n"][0].to_string(), "234.80");
    }
}
