//! Layouts written down.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write};

use super::{CLOCKS, CONTENTS, FORMS, OUTERS, PLACES, Words};
use crate::layout::{Clock, Content, Element, Layout, Transformers, Types};

impl Layout<'_> {
    /// The layout as a file says it.
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        // Writing to a string can't fail.
        let _ = self.write_toml(&mut out);
        out
    }

    fn write_toml(&self, out: &mut String) -> fmt::Result {
        out.push_str("[[layout]]\n");
        let texts =
            [("name", self.name), ("title", self.title), ("maker", self.maker), ("source", self.source)];
        for (key, text) in
            texts.iter().chain(&[("framing", self.framing)]).filter(|(_, text)| !text.is_empty())
        {
            writeln!(out, "{key} = {}", Quoted(text))?;
        }
        match core::str::from_utf8(self.sender) {
            Ok("") => {}
            Ok(letters) if letters.bytes().all(|octet| octet.is_ascii_graphic()) => {
                writeln!(out, "sender = {}", Quoted(letters))?;
            }
            _ => {
                out.push_str("system_title = \"");
                self.sender.iter().try_for_each(|octet| write!(out, "{octet:02x}"))?;
                out.push_str("\"\n");
            }
        }
        for (key, word) in [("outer", named_by(OUTERS, self.outer)), ("form", named_by(FORMS, self.form))] {
            writeln!(out, "{key} = \"{word}\"")?;
        }
        if !self.marks.is_empty() {
            let marks = self.marks.iter();
            let marks = marks.map(|mark| {
                format!("{{ obis = \"{}\", begins = {} }}", mark.obis.reduced(), Quoted(mark.begins))
            });
            writeln!(out, "marks = [{}]", marks.collect::<Vec<_>>().join(", "))?;
        }
        if !self.push.is_empty() {
            let push = self.push.iter().map(|obis| format!("\"{obis}\""));
            writeln!(out, "push = [{}]", push.collect::<Vec<_>>().join(", "))?;
        }
        if self.open {
            out.push_str("open = true\n");
        }
        if self.count != 0 {
            writeln!(out, "count = {}", self.count)?;
        }
        if self.clock != Clock::AsSent {
            writeln!(out, "clock = \"{}\"", named_by(CLOCKS, self.clock))?;
        }
        if let Some(Transformers { current, voltage }) = self.transformers {
            writeln!(out, "ct_ratio = \"{current}\"\nvt_ratio = \"{voltage}\"")?;
        }
        out.push_str("elements = [\n");
        self.elements.iter().try_for_each(|element| writeln!(out, "    {{ {} }},", row(element)))?;
        out.push_str("]\n");
        Ok(())
    }
}

/// An element as the file says it.
fn row(element: &Element) -> String {
    let mut keys = Vec::new();
    if let Some(obis) = element.obis {
        let obis = if obis.f() == 255 { obis.reduced().to_string() } else { obis.to_string() };
        keys.push(format!("obis = \"{obis}\""));
    }
    if let Some(field) = element.field {
        keys.push(format!("quantity = \"{field}\""));
    }
    let types: Vec<_> = element.types.names().map(|name| format!("\"{name}\"")).collect();
    match types.as_slice() {
        _ if element.types == Types::ANY => {}
        [one] => keys.push(format!("type = {one}")),
        more => keys.push(format!("type = [{}]", more.join(", "))),
    }
    if element.content != Content::Any {
        keys.push(format!("holds = \"{}\"", named_by(CONTENTS, element.content)));
    }
    if element.scale != 0 {
        keys.push(format!("scale = {}", element.scale));
    }
    if let Some(symbol) = element.unit.symbol().filter(|symbol| !symbol.is_empty()) {
        keys.push(format!("unit = {}", Quoted(symbol)));
    }
    if let Some((limit, scale)) = element.above {
        keys.push(format!("above = {{ limit = {limit}, scale = {scale} }}"));
    }
    if element.fixed {
        keys.push("fixed = true".to_owned());
    }
    if element.place != 0 {
        keys.push(format!("place = \"{}\"", named_by(PLACES, element.place)));
    }
    keys.join(", ")
}

fn named_by<T: PartialEq>(words: Words<T>, meaning: T) -> &'static str {
    words.iter().find(|(_, known)| *known == meaning).map_or("", |(word, _)| word)
}

/// A text in quotes, as TOML writes it.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                c if c.is_control() => write!(f, "\\u{:04X}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}
