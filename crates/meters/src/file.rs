//! Layouts as a file says them, in TOML.

mod write;

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use amshan_cosem::Type;
use amshan_quantity::{Decimal, Obis, Unit};
use serde::Deserialize;
use toml::Spanned;

use crate::LAYOUTS;
use crate::field::{Field, Kind, Quantity};
use crate::layout::{Clock, Content, Element, Form, Layout, Mark, Transformers, Types};

/// Why a file with layouts can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutError {
    /// The line at fault, counted from 1.
    pub line: usize,
    /// What is wrong there, and what would be right.
    pub reason: String,
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl core::error::Error for LayoutError {}

/// What is wrong, and where in the text.
struct Fault(Range<usize>, String);

type Checked<T> = Result<T, Fault>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    layout: Vec<Spanned<Table>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: Spanned<String>,
    like: Option<Spanned<String>>,
    title: Option<String>,
    maker: Option<String>,
    source: Option<String>,
    framing: Option<Spanned<String>>,
    sender: Option<String>,
    system_title: Option<Spanned<String>>,
    outer: Option<Spanned<String>>,
    form: Option<Spanned<String>>,
    marks: Option<Vec<Sign>>,
    push: Option<Vec<Spanned<String>>>,
    open: Option<bool>,
    count: Option<usize>,
    clock: Option<Spanned<String>>,
    ct_ratio: Option<Spanned<Ratio>>,
    vt_ratio: Option<Spanned<Ratio>>,
    elements: Option<Vec<Spanned<Row>>>,
    changes: Option<Vec<Spanned<Row>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    obis: Spanned<String>,
    begins: String,
}

/// A number, exact: one with a fraction is a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Ratio {
    Whole(u32),
    Text(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// An element, or a change to one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    obis: Option<Spanned<String>>,
    quantity: Option<Spanned<String>>,
    #[serde(rename = "type")]
    kind: Option<Spanned<OneOrMore>>,
    holds: Option<Spanned<String>>,
    scale: Option<i8>,
    unit: Option<Spanned<String>>,
    above: Option<Above>,
    fixed: Option<bool>,
    place: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Above {
    limit: u32,
    scale: i8,
}

/// Words of the file, and what they mean.
type Words<T> = &'static [(&'static str, T)];

const FORMS: Words<Form> = &[
    ("places", Form::Places),
    ("codes", Form::Codes),
    ("definitions", Form::Definitions),
    ("descriptors", Form::Descriptors),
    ("lines", Form::Lines),
];
const OUTERS: Words<Type> = &[("structure", Type::STRUCTURE), ("array", Type::ARRAY)];
const CLOCKS: Words<Clock> = &[
    ("as-sent", Clock::AsSent),
    ("with-season", Clock::WithSeason),
    ("local", Clock::Local),
    ("normal", Clock::Normal),
];
const CONTENTS: Words<Content> =
    &[("anything", Content::Any), ("text", Content::Text), ("time", Content::Time)];
const PLACES: Words<i8> = &[("coded", 0), ("first", 1), ("last", -1)];
const FRAMINGS: Words<&str> =
    &[("hdlc", "hdlc"), ("mbus", "mbus"), ("p1", "p1"), ("apdu", "apdu"), ("body", "body")];

impl Layout<'static> {
    /// Reads layouts from TOML, in the form that [`to_toml`](Layout::to_toml) writes. Layouts are read once, when a
    /// program starts: what this reads stays in memory to its end.
    ///
    /// `like` starts from a built-in layout, or from one further up in the file; `changes` then changes single elements
    /// of it.
    ///
    /// ```
    /// use amshan_meters::Layout;
    ///
    /// let layouts = Layout::from_toml(r#"
    ///     [[layout]]
    ///     name = "kamstrup-three-decimals"
    ///     like = "kamstrup"
    ///     changes = [{ quantity = "active_power_import_total", scale = 0 }]
    /// "#)?;
    /// assert_eq!(layouts[0].maker, "Kamstrup");
    /// # Ok::<(), amshan_meters::LayoutError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LayoutError`] names the line and says what is wrong with it.
    pub fn from_toml(text: &str) -> Result<Vec<Self>, LayoutError> {
        let located = |at: usize, reason| {
            let before = text.get(..at).unwrap_or(text);
            LayoutError { line: before.matches('\n').count().saturating_add(1), reason }
        };
        let file: File = toml::from_str(text).map_err(|error| {
            located(error.span().map_or(0, |span| span.start), error.message().to_owned())
        })?;
        let mut layouts = Vec::new();
        for table in file.layout {
            let layout =
                layout(table, &layouts).map_err(|Fault(span, reason)| located(span.start, reason))?;
            layouts.push(layout);
        }
        Ok(layouts)
    }
}

fn layout(table: Spanned<Table>, before: &[Layout<'static>]) -> Checked<Layout<'static>> {
    let whole = table.span();
    let table = table.into_inner();
    let base = match &table.like {
        None => Layout::EMPTY,
        Some(like) => {
            *before.iter().chain(LAYOUTS).find(|layout| layout.name == like.as_ref()).ok_or_else(|| {
                fault(like, format!("no layout is called \"{}\"; `amshan meters` lists them", like.as_ref()))
            })?
        }
    };
    if before.iter().any(|layout| layout.name == table.name.as_ref()) {
        return Err(fault(&table.name, format!("\"{}\" is there twice", table.name.as_ref())));
    }
    let kept = |text: Option<String>, base: &'static str| text.map_or(base, |text| &*text.leak());
    let sender = match (&table.sender, &table.system_title) {
        (_, Some(title)) => octets(title)?.leak(),
        (Some(letters), None) => letters.clone().into_bytes().leak(),
        (None, None) => base.sender,
    };
    let mut elements = match &table.elements {
        None => base.elements.to_vec(),
        Some(rows) => rows.iter().map(element).collect::<Checked<Vec<_>>>()?,
    };
    for row in table.changes.iter().flatten() {
        change(&mut elements, row)?;
    }
    let layout = Layout {
        name: table.name.as_ref().clone().leak(),
        maker: kept(table.maker, base.maker),
        title: kept(table.title, base.title),
        source: kept(table.source, base.source),
        framing: word(table.framing.as_ref(), FRAMINGS, base.framing)?,
        sender,
        outer: word(table.outer.as_ref(), OUTERS, base.outer)?,
        form: word(table.form.as_ref(), FORMS, base.form)?,
        marks: match table.marks {
            None => base.marks,
            Some(signs) => signs.into_iter().map(mark).collect::<Checked<Vec<_>>>()?.leak(),
        },
        push: match table.push {
            None => base.push,
            Some(codes) => codes.iter().map(obis).collect::<Checked<Vec<_>>>()?.leak(),
        },
        open: table.open.unwrap_or(base.open),
        count: table.count.unwrap_or(base.count),
        clock: word(table.clock.as_ref(), CLOCKS, base.clock)?,
        transformers: match (&table.ct_ratio, &table.vt_ratio) {
            (None, None) => base.transformers,
            (current, voltage) => {
                Some(Transformers { current: ratio(current.as_ref())?, voltage: ratio(voltage.as_ref())? })
            }
        },
        elements: elements.leak(),
    };
    check(&layout).map_err(|reason| Fault(whole, reason))?;
    Ok(layout)
}

/// Whether a layout makes sense.
fn check(layout: &Layout<'_>) -> Result<(), String> {
    let coded = layout.form == Form::Lines || layout.open;
    let lacks_code = layout.elements.iter().any(|element| element.obis.is_none() && element.place == 0);
    let problem = if layout.elements.len() > Layout::MOST_ELEMENTS {
        "a layout has 128 elements at most"
    } else if layout.elements.is_empty() && !coded {
        "a list that is not open is known by its elements, and there are none"
    } else if layout.form != Form::Places && lacks_code {
        "only a list by places has elements without `obis`"
    } else {
        return Ok(());
    };
    Err(problem.to_owned())
}

fn element(row: &Spanned<Row>) -> Checked<Element> {
    let row = row.as_ref();
    let obis = row.obis.as_ref().map(obis).transpose()?;
    let content = word(row.holds.as_ref(), CONTENTS, Content::Any)?;
    let sent = row.unit.as_ref().map(unit).transpose()?;
    let field = match &row.quantity {
        Some(quantity) => Some(named(quantity, sent, content)?),
        None => obis.and_then(Field::of),
    };
    let (unit, power) = match (sent, &row.unit, field) {
        (Some((unit, _)), Some(at), Some(field)) if !field.fits(unit) => {
            return Err(fault(at, format!("{field} is in {}, not in {}", field.unit(), at.as_ref())));
        }
        (Some(sent), ..) => sent,
        (None, _, field) => (field.map_or(Unit::NONE, Field::unit), 0),
    };
    let scaled = |scale: i8| scale.saturating_add(power);
    Ok(Element {
        obis,
        field,
        types: row.kind.as_ref().map_or(Ok(Types::ANY), types)?,
        content,
        scale: scaled(row.scale.unwrap_or(0)),
        unit,
        above: row.above.as_ref().map(|above| (above.limit, scaled(above.scale))),
        fixed: row.fixed.unwrap_or(false),
        place: word(row.place.as_ref(), PLACES, 0)?,
    })
}

/// Changes the element of this code or this quantity.
fn change(elements: &mut [Element], row: &Spanned<Row>) -> Checked<()> {
    let changed = element(row)?;
    let span = row.span();
    let row = row.as_ref();
    let is_it = |element: &&mut Element| match changed.obis {
        Some(_) => element.obis == changed.obis,
        None => element.field == changed.field && changed.field.is_some(),
    };
    let mut found = false;
    for element in elements.iter_mut().filter(is_it) {
        found = true;
        if row.quantity.is_some() {
            element.field = changed.field;
        }
        if row.kind.is_some() {
            element.types = changed.types;
        }
        if row.holds.is_some() {
            element.content = changed.content;
        }
        if row.scale.is_some() || row.unit.is_some() {
            (element.scale, element.above) = (changed.scale, changed.above);
        }
        if row.unit.is_some() {
            element.unit = changed.unit;
        }
        if row.above.is_some() {
            element.above = changed.above;
        }
        element.fixed = row.fixed.unwrap_or(element.fixed);
        element.place = if row.place.is_some() { changed.place } else { element.place };
    }
    if found {
        return Ok(());
    }
    Err(Fault(span, "the layout has no element of this code or quantity".to_owned()))
}

/// The field of this name, a new one if the dictionary has none.
fn named(name: &Spanned<String>, unit: Option<(Unit, i8)>, content: Content) -> Checked<Field> {
    let text = name.as_ref();
    if let Some(field) = Field::named(text) {
        return Ok(field);
    }
    let is_name = |octet: u8| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'_');
    if text.is_empty() || !text.bytes().all(is_name) {
        return Err(fault(name, "a name has small letters, digits and _ only".to_owned()));
    }
    let kind = match content {
        Content::Any => Kind::Number,
        Content::Text => Kind::Text,
        Content::Time => Kind::Time,
    };
    let unit = unit.map_or(Unit::NONE, |(unit, _)| unit);
    Ok(Field::own(Box::leak(Box::new(Quantity { name: text.clone().leak(), kind, unit }))))
}

fn mark(sign: Sign) -> Checked<Mark<'static>> {
    Ok(Mark { obis: obis(&sign.obis)?, begins: sign.begins.leak() })
}

fn obis(text: &Spanned<String>) -> Checked<Obis> {
    Obis::parse(text.as_ref().as_bytes()).map_err(|error| fault(text, format!("no OBIS code: {error}")))
}

fn types(names: &Spanned<OneOrMore>) -> Checked<Types> {
    let all = match names.as_ref() {
        OneOrMore::One(name) => core::slice::from_ref(name),
        OneOrMore::More(names) => names.as_slice(),
    };
    all.iter().try_fold(Types::NONE, |types, name| {
        let kind = (0..=u8::MAX).map(Type).find(|kind| kind.name() == Some(name));
        kind.map(|kind| types.or(kind))
            .ok_or_else(|| fault(names, format!("no type of DLMS is called \"{name}\"")))
    })
}

/// A unit, and the power of ten that it stands for: `kWh` is Wh times 10³.
fn unit(text: &Spanned<String>) -> Checked<(Unit, i8)> {
    let blue_book = || (0..=u8::MAX).map(Unit::from_code).find(|unit| unit.symbol() == Some(text.as_ref()));
    Unit::parse(text.as_ref().as_bytes())
        .or_else(|| blue_book().map(|unit| (unit, 0)))
        .ok_or_else(|| fault(text, format!("unknown unit \"{}\"", text.as_ref())))
}

fn ratio(ratio: Option<&Spanned<Ratio>>) -> Checked<Decimal> {
    let Some(ratio) = ratio else { return Ok(Decimal::new(1, 0)) };
    let number = match ratio.as_ref() {
        Ratio::Whole(number) => Some(Decimal::from(*number)),
        Ratio::Text(text) => Decimal::parse(text.as_bytes()).ok(),
    };
    number
        .filter(|number| *number > Decimal::ZERO)
        .ok_or_else(|| fault(ratio, "a ratio is a number above 0: 40, or \"37.5\"".to_owned()))
}

fn octets(text: &Spanned<String>) -> Checked<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.as_ref().chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let octets = digits.filter(|digits| (2..=16).contains(&digits.len()) && digits.len() % 2 == 0);
    let octets =
        octets.map(|digits| digits.chunks(2).map(|pair| pair.iter().fold(0, |o, d| o << 4 | d)).collect());
    octets.ok_or_else(|| {
        fault(text, "a system title is 16 hexadecimal digits, or fewer of its beginning".to_owned())
    })
}

/// What a word means, or the value that stands where there is none.
fn word<T: Copy>(text: Option<&Spanned<String>>, words: Words<T>, otherwise: T) -> Checked<T> {
    let Some(text) = text else { return Ok(otherwise) };
    match words.iter().find(|(word, _)| *word == text.as_ref()) {
        Some((_, meaning)) => Ok(*meaning),
        None => {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            Err(fault(text, format!("\"{}\" is none of {}", text.as_ref(), known.join(", "))))
        }
    }
}

fn fault<T>(at: &Spanned<T>, reason: String) -> Fault {
    Fault(at.span(), reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use std::vec;

    /// What is wrong with one layout of these lines, and in which line.
    fn wrong(lines: &str) -> (usize, String) {
        let error = Layout::from_toml(&format!("[[layout]]\n{lines}\n")).unwrap_err();
        (error.line, error.reason)
    }

    #[test]
    fn what_is_built_in_is_written_and_read_again() {
        for layout in LAYOUTS {
            let text = layout.to_toml();
            assert_eq!(Layout::from_toml(&text).unwrap(), vec![*layout], "{text}");
        }
    }

    #[test]
    fn elements_are_named_scaled_and_found_by_code() {
        let layouts = Layout::from_toml(
            r#"
            [[layout]]
            name = "a"
            form = "places"
            sender = "ABC"
            ct_ratio = 40
            vt_ratio = "0.5"
            elements = [
                { obis = "1.7.0", type = "double-long" },
                { quantity = "water_level", type = ["unsigned", "long-unsigned"], unit = "dm3" },
                { obis = "1-0:1.8.0", unit = "kWh", scale = -2 },
            ]
            "#,
        );
        let [layout] = layouts.unwrap()[..] else { panic!("one layout") };
        let transformers = layout.transformers.unwrap();
        assert_eq!((transformers.current, transformers.voltage), (40.into(), Decimal::new(5, -1)));
        let [power, level, energy] = layout.elements else { panic!("three elements") };
        assert_eq!((power.field, power.unit), (Some(Field::ACTIVE_POWER_IMPORT), Unit::WATT));
        assert_eq!(level.field.unwrap().to_string(), "water_level");
        assert_eq!(
            (level.scale, level.unit, level.field.unwrap().unit()),
            (-3, Unit::CUBIC_METRE, Unit::CUBIC_METRE)
        );
        assert_eq!((energy.scale, energy.unit), (1, Unit::WATT_HOUR));
    }

    #[test]
    fn changes_touch_what_they_name_only() {
        let text = r#"
            [[layout]]
            name = "b"
            like = "kamstrup"
            changes = [{ quantity = "active_power_import_total", scale = 0 }]
            "#;
        let [changed] = Layout::from_toml(text).unwrap()[..] else { panic!("one layout") };
        let kamstrup = LAYOUTS.iter().find(|layout| layout.name == "kamstrup").unwrap();
        assert_eq!((changed.maker, changed.marks, changed.open), (kamstrup.maker, kamstrup.marks, true));
        for (new, old) in changed.elements.iter().zip(kamstrup.elements) {
            let scale = if old.field == Some(Field::ACTIVE_POWER_IMPORT_TOTAL) { 0 } else { old.scale };
            assert_eq!(*new, Element { scale, ..*old });
        }
    }

    #[test]
    fn faults_name_their_line_and_what_would_be_right() {
        for (lines, line, reason) in [
            ("title = \"x\"", 1, "missing field `name`"),
            ("name = \"x\"\ncolour = 3", 3, "unknown field `colour`"),
            ("name = \"x\"\nlike = \"y\"", 3, "no layout is called \"y\"; `amshan meters` lists them"),
            (
                "name = \"x\"\nform = \"y\"",
                3,
                "\"y\" is none of places, codes, definitions, descriptors, lines",
            ),
            ("name = \"x\"\nelements = [\n{ obis = \"1-0:1.7\" },\n{ obis = \"x\" }]", 5, "no OBIS code"),
            (
                "name = \"x\"\nelements = [{ obis = \"1.7.0\", unit = \"A\" }]",
                3,
                "active_power_import is in W, not in A",
            ),
            (
                "name = \"x\"\nelements = [{ obis = \"1.7.0\", unit = \"parsec\" }]",
                3,
                "unknown unit \"parsec\"",
            ),
            (
                "name = \"x\"\nelements = [{ obis = \"1.7.0\", type = \"word\" }]",
                3,
                "no type of DLMS is called \"word\"",
            ),
            (
                "name = \"x\"\nelements = [{ obis = \"1.7.0\", quantity = \"Über\" }]",
                3,
                "a name has small letters",
            ),
            (
                "name = \"x\"\nelements = [{ quantity = \"y\" }]",
                1,
                "only a list by places has elements without `obis`",
            ),
            ("name = \"x\"", 1, "a list that is not open is known by its elements, and there are none"),
            ("name = \"x\"\nct_ratio = 0", 3, "a ratio is a number above 0"),
            ("name = \"x\"\nsystem_title = \"4b4\"", 3, "a system title is 16 hexadecimal digits"),
            (
                "name = \"x\"\nlike = \"kamstrup\"\nchanges = [{ obis = \"9.9.9\" }]",
                4,
                "the layout has no element",
            ),
            ("name = ", 2, "string values must be quoted"),
        ] {
            let (found, text) = wrong(lines);
            assert!(found == line && text.starts_with(reason), "{lines}: line {found}: {text}");
        }
    }
}
