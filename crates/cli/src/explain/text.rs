//! `text`: for people, in columns that fit 100 characters.

use std::fmt::Write;
use std::path::Path;

use super::sheet::{Of, Part, Problem, Row, Sheet, Tone, count, hex};

const WIDTH: usize = 100;
/// Width of the octets' column: eight of them.
const OCTETS: usize = 23;
/// The same where the octets are characters.
const CHARACTERS: usize = 28;
const LAYER: usize = 6;
/// Width of the names' column, at least and at most.
const NAMES: (usize, usize) = (14, 36);

const BOLD: &str = "1";
const DIM: &str = "2";
const GREEN: &str = "32";
const RED: &str = "1;31";
const CYAN: &str = "36";
const YELLOW: &str = "33";

/// How values begin that say nothing by themselves.
const ASIDE: [&str; 6] = ["code: ", "scale: ", "unit: ", "class: ", "attribute: ", "index: "];

/// The text about a message; `file`: where it comes from, if that is to be said.
pub(super) fn print(sheet: &Sheet, file: Option<&Path>, coloured: bool) -> String {
    let mut paper = Paper { text: String::new(), coloured };
    let (offset, length) = sheet.parts.first().map_or((0, 0), |part| (part.offset, part.octets.len()));
    let file = file.map(|file| format!("{}, ", file.display())).unwrap_or_default();
    paper.put(BOLD, &format!("{file}byte {offset}: {}, {}", sheet.kind, count(length, "octet")));
    match sheet.stopped() {
        Some(problem) => paper.put(RED, &format!(", stopped at {}", place(problem))),
        None => paper.put(GREEN, ", right"),
    }
    paper.line();
    for list in &sheet.lists {
        paragraph(&mut paper, "", list);
    }
    for part in &sheet.parts {
        paper.line();
        self::part(&mut paper, part);
    }
    paper.line();
    verdict(&mut paper, sheet);
    paper.text
}

/// What is printed so far.
struct Paper {
    text: String,
    coloured: bool,
}

impl Paper {
    /// Writes text in a colour; an empty one is the terminal's own.
    fn put(&mut self, colour: &str, text: &str) {
        if self.coloured && !colour.is_empty() && !text.is_empty() {
            let _ = write!(self.text, "\x1b[{colour}m{text}\x1b[0m");
        } else {
            self.text.push_str(text);
        }
    }

    /// Writes text and fills its column up, with two blanks to the next.
    fn cell(&mut self, colour: &str, text: &str, width: usize) {
        self.put(colour, text);
        let used = text.chars().count();
        self.blanks(width.saturating_sub(used).saturating_add(2));
    }

    fn blanks(&mut self, number: usize) {
        self.text.extend(std::iter::repeat_n(' ', number));
    }

    /// Ends the line, without blanks at its end.
    fn line(&mut self) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        self.text.push('\n');
    }
}

/// The widths of the columns of a part.
struct Columns {
    offset: usize,
    octets: usize,
    name: usize,
}

impl Columns {
    const fn value(&self) -> usize {
        // Two blanks between columns.
        self.offset
            .saturating_add(self.octets)
            .saturating_add(LAYER)
            .saturating_add(self.name)
            .saturating_add(8)
    }
}

fn part(paper: &mut Paper, part: &Part) {
    if part.of != Of::Wire {
        paper.put(BOLD, &part.title);
        paper.put("", "; offsets count from its start");
        paper.line();
    }
    let last = part.rows.last().map_or(0, |row| row.range.end);
    let names = part.rows.iter().map(|row| indent(row).saturating_add(row.name.chars().count()));
    let columns = Columns {
        offset: last.to_string().len().max(6),
        octets: if part.text { CHARACTERS } else { OCTETS },
        name: names.max().unwrap_or_default().clamp(NAMES.0, NAMES.1),
    };
    let octets = if part.text { "characters" } else { "octets" };
    paper.cell(DIM, "offset", columns.offset);
    paper.cell(DIM, octets, columns.octets);
    paper.cell(DIM, "layer", LAYER);
    paper.cell(DIM, "what", columns.name);
    paper.put(DIM, "value");
    paper.line();
    for row in &part.rows {
        let start = row.range.start.saturating_sub(part.offset);
        let octets = part.octets.get(start..row.range.end.saturating_sub(part.offset)).unwrap_or_default();
        self::row(paper, &columns, row, octets, part.text);
    }
}

const fn indent(row: &Row) -> usize {
    row.depth.saturating_mul(2)
}

fn row(paper: &mut Paper, columns: &Columns, row: &Row, octets: &[u8], text: bool) {
    let offset = if octets.is_empty() { String::new() } else { row.range.start.to_string() };
    let width = columns.offset;
    paper.cell(DIM, &format!("{offset:>width$}"), width);
    let wrong = row.tone == Tone::Wrong;
    let shown = if text { characters(octets) } else { shortened(octets) };
    paper.cell(if wrong { RED } else { "" }, &shown, columns.octets);
    paper.cell(layer(row.layer), row.layer, LAYER);
    let name = format!("{:indent$}{}", "", row.name, indent = indent(row));
    let name = cut(name, NAMES.1);
    // Containers and what only explains a number stay behind the numbers.
    let aside = !text && row.layer == "data" && row.means.is_empty();
    let quiet = aside && (row.value.is_empty() || ASIDE.iter().any(|start| row.value.starts_with(start)));
    let colour = match (wrong, quiet) {
        (true, _) => RED,
        (false, true) => DIM,
        (false, false) => "",
    };
    paper.cell(colour, &name, columns.name);

    let at = columns.value();
    // A name that is too long leaves less of the first line.
    let used = name.chars().count().saturating_sub(columns.name);
    let mut room = WIDTH.saturating_sub(at).saturating_sub(used);
    let (value, means) = (row.value.as_str(), row.means.as_str());
    let tone = match row.tone {
        Tone::Plain if quiet => DIM,
        Tone::Plain if means.is_empty() => "",
        Tone::Plain => DIM,
        Tone::Right => GREEN,
        Tone::Wrong => RED,
    };
    let said = value.trim_matches('"');
    let told =
        means.split_once(' ').is_some_and(|(_, rest)| rest == said || rest.starts_with(&format!("{said} ")));
    let mut pieces: Vec<(&str, &str)> = Vec::new();
    // Characters speak for themselves.
    let told = told || (text && !means.is_empty());
    if !told || said.is_empty() {
        pieces.extend(value.split(' ').filter(|word| !word.is_empty()).map(|word| (tone, word)));
        if !value.is_empty() && !means.is_empty() {
            pieces.push((DIM, "→"));
        }
    }
    // A number and its unit stay together.
    let (quantity, amount) = means.split_once(' ').unwrap_or((means, ""));
    let words =
        if wrong || amount.len() > room { means.split(' ').collect() } else { vec![quantity, amount] };
    for (index, word) in words.into_iter().filter(|word| !word.is_empty()).enumerate() {
        let colour = match (wrong, index) {
            (true, _) => RED,
            (false, 0) => CYAN,
            (false, _) => BOLD,
        };
        pieces.push((colour, word));
    }
    let mut first = true;
    for (colour, word) in pieces {
        let mut rest = word;
        loop {
            let length = rest.chars().count();
            if !first && length.saturating_add(1) <= room {
                paper.put("", " ");
                room = room.saturating_sub(1);
            } else if !first {
                paper.line();
                paper.blanks(at);
                room = WIDTH.saturating_sub(at);
            }
            first = false;
            // A word that no line holds is broken.
            let end = rest.char_indices().nth(room.max(1)).map_or(rest.len(), |(end, _)| end);
            let (now, later) = rest.split_at(end);
            paper.put(colour, now);
            room = room.saturating_sub(now.chars().count());
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
    }
    paper.line();
}

/// Octets, those in the middle of many left out.
fn shortened(octets: &[u8]) -> String {
    match octets {
        [front @ .., last] if octets.len() > 8 => {
            format!("{} … {last:02x}", hex(front.get(..6).unwrap_or_default()))
        }
        _ => hex(octets),
    }
}

/// The characters of a line, without its end.
fn characters(octets: &[u8]) -> String {
    let text = octets.trim_ascii_end();
    let text: String = text
        .iter()
        .map(|octet| if octet.is_ascii_graphic() || *octet == b' ' { char::from(*octet) } else { '·' })
        .collect();
    cut(text, CHARACTERS)
}

/// Text that is not longer than this.
fn cut(text: String, width: usize) -> String {
    if text.chars().count() <= width {
        return text;
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// The colour of a layer.
fn layer(name: &str) -> &'static str {
    match name {
        "hdlc" | "mbus" => "34",
        "llc" | "block" => CYAN,
        "apdu" => "35",
        "cipher" => YELLOW,
        _ => "",
    }
}

/// Whether all is right, or what is wrong.
fn verdict(paper: &mut Paper, sheet: &Sheet) {
    let stopped = sheet.stopped();
    if stopped.is_none() {
        let all = sheet.problems.is_empty();
        paper.put(
            GREEN,
            if all { "Everything is right." } else { "Nothing keeps the message from being read." },
        );
        paper.line();
    }
    for problem in sheet.in_order() {
        let (what, colour) =
            match (problem.stops, stopped.is_some_and(|stopped| std::ptr::eq(stopped, problem))) {
                (_, true) => ("stopped", RED),
                (true, false) => ("also", RED),
                (false, false) => ("note", YELLOW),
            };
        paper.put(colour, &format!("{what} at {}, {}", place(problem), problem.layer));
        paper.line();
        paragraph(paper, "  ", &problem.reason);
        if !problem.hint.is_empty() {
            paragraph(paper, "  help: ", &problem.hint);
        }
    }
}

/// Where it is wrong.
fn place(problem: &Problem) -> String {
    let of = match problem.of {
        Of::Wire => "",
        Of::Joined => " of the joined message",
        Of::Opened => " of what was opened",
    };
    format!("byte {}{of}", problem.offset)
}

/// Text in lines of the width, the first of them with a label.
fn paragraph(paper: &mut Paper, label: &str, text: &str) {
    let indent = label.chars().count();
    paper.put(if label.trim().is_empty() { "" } else { GREEN }, label);
    let mut used = indent;
    // A word that no line holds is broken.
    let words: Vec<char> = text.chars().collect();
    let words = words.split(|c| *c == ' ').flat_map(|word| word.chunks(WIDTH.saturating_sub(indent).max(1)));
    for word in words.map(|word| word.iter().collect::<String>()) {
        let length = word.chars().count();
        if used > indent {
            if used.saturating_add(length) >= WIDTH {
                paper.line();
                paper.blanks(indent);
                used = indent;
            } else {
                paper.put("", " ");
                used = used.saturating_add(1);
            }
        }
        paper.put("", &word);
        used = used.saturating_add(length);
    }
    paper.line();
}
