//! What is said of a message: rows, one behind the other, each of which has its octets.
//!
//! A [`Pen`] writes them down. It goes over the octets once, and each row takes the next of them, so that there can be no
//! gap and no octet that two rows have.

use std::fmt::Display;
use std::ops::Range;

use amshan::Reading;

/// What is known of one message, or of octets that are none.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// What it is: `HDLC frame`.
    pub(super) kind: String,
    /// How it is framed, by its name on the command line; empty for octets that are no message.
    pub(super) framing: &'static str,
    /// The lists that were recognised in it.
    pub(super) lists: Vec<String>,
    /// The octets of the wire, then those that were put together or opened.
    pub(super) parts: Vec<Part>,
    /// What is wrong, what stops first.
    pub(super) problems: Vec<Problem>,
}

/// Octets and what they are.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) of: Of,
    /// What the octets are, in a heading; none for those of the wire.
    pub(super) title: String,
    /// Where the first of them stands: in the input, or 0.
    pub(super) offset: usize,
    pub(super) octets: Vec<u8>,
    /// Whether they are characters rather than numbers.
    pub(super) text: bool,
    pub(super) rows: Vec<Row>,
}

/// Where octets come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// They are the input's.
    Wire,
    /// They were put together from the pieces in several frames.
    Joined,
    /// They were ciphered.
    Opened,
}

/// What some octets are.
#[derive(Debug)]
pub(super) struct Row {
    /// Where they stand, counted as their [`Part`] counts.
    pub(super) range: Range<usize>,
    /// In how many things they lie.
    pub(super) depth: usize,
    pub(super) layer: &'static str,
    pub(super) name: String,
    /// What they say.
    pub(super) value: String,
    /// Which quantity that is: `active_power_import 2047 W`.
    pub(super) means: String,
    pub(super) tone: Tone,
}

/// How a row is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Tone {
    #[default]
    Plain,
    /// Something was checked, and is right.
    Right,
    /// Something is wrong.
    Wrong,
}

/// What is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// Whether it keeps the message from being read; else it costs a part of it, or nothing.
    pub(super) stops: bool,
    pub(super) of: Of,
    /// Counted as the octets are counted that it is about.
    pub(super) offset: usize,
    pub(super) layer: &'static str,
    pub(super) reason: String,
    /// What would help; empty if nothing is known to.
    pub(super) hint: String,
}

/// Octets as the sender meant them, and where each of them stands: not side by side if the line or an adapter put others
/// between them.
#[derive(Debug)]
pub(super) struct View {
    octets: Vec<u8>,
    /// Where each stands, and where the last one ends.
    at: Vec<usize>,
}

impl View {
    /// Octets that stand side by side from this place on.
    pub(super) fn plain(octets: &[u8], offset: usize) -> Self {
        let at = (0..=octets.len()).map(|index| offset.saturating_add(index)).collect();
        Self { octets: octets.to_vec(), at }
    }

    /// The octets with `0A` for every `0D 0A`.
    pub(super) fn unbent(octets: &[u8], offset: usize) -> Self {
        Self::read_back(octets, offset, |octets| match octets {
            [0x0D, 0x0A, ..] => (0x0A, 2),
            [octet, ..] => (*octet, 1),
            [] => (0, 1),
        })
    }

    /// The octets with `7D` and what follows it read as one.
    pub(super) fn unstuffed(octets: &[u8], offset: usize) -> Self {
        Self::read_back(octets, offset, |octets| match octets {
            [0x7D, octet, ..] => (octet ^ 0x20, 2),
            [octet, ..] => (*octet, 1),
            [] => (0, 1),
        })
    }

    fn read_back(octets: &[u8], offset: usize, one: impl Fn(&[u8]) -> (u8, usize)) -> Self {
        let (mut view, mut next) = (Self { octets: Vec::new(), at: Vec::new() }, 0usize);
        while let Some(rest) = octets.get(next..).filter(|rest| !rest.is_empty()) {
            let (octet, taken) = one(rest);
            view.octets.push(octet);
            view.at.push(offset.saturating_add(next));
            next = next.saturating_add(taken);
        }
        view.at.push(offset.saturating_add(octets.len()));
        view
    }

    /// The first `count` octets, and `tail` more that stand behind them side by side.
    pub(super) fn ending(mut self, count: usize, tail: &[u8]) -> Self {
        self.octets.truncate(count);
        self.at.truncate(count.saturating_add(1));
        let end = self.at.last().copied().unwrap_or_default();
        self.octets.extend_from_slice(tail);
        self.at.extend((1..=tail.len()).map(|index| end.saturating_add(index)));
        self
    }

    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }

    fn at(&self, index: usize) -> usize {
        self.at.get(index).or(self.at.last()).copied().unwrap_or_default()
    }

    /// Where the octets end.
    pub(super) fn end(&self) -> usize {
        self.at(usize::MAX)
    }
}

/// Writes rows about the octets of a view, from its first to its last.
#[derive(Debug)]
pub(super) struct Pen<'s, 'v> {
    pub(super) sheet: &'s mut Sheet,
    view: &'v View,
    /// The part that the rows are of.
    part: usize,
    next: usize,
    /// What is being read ends here.
    end: usize,
    pub(super) layer: &'static str,
    pub(super) depth: usize,
}

impl<'s, 'v> Pen<'s, 'v> {
    /// For the last part of the sheet.
    pub(super) fn new(sheet: &'s mut Sheet, view: &'v View, layer: &'static str, depth: usize) -> Self {
        let part = sheet.parts.len().saturating_sub(1);
        Self { sheet, view, part, next: 0, end: view.octets.len(), layer, depth }
    }

    /// The octets that are still to be taken.
    pub(super) fn left(&self) -> &'v [u8] {
        self.view.octets.get(self.next..self.end).unwrap_or_default()
    }

    /// The octets that were taken since a place.
    pub(super) fn taken(&self, from: usize) -> &'v [u8] {
        self.view.octets.get(from..self.next).unwrap_or_default()
    }

    /// How many octets were taken.
    pub(super) const fn place(&self) -> usize {
        self.next
    }

    /// Where the octet at a place stands.
    pub(super) fn offset_of(&self, place: usize) -> usize {
        self.view.at(place)
    }

    /// The octet at a place.
    pub(super) fn octet(&self, place: usize) -> Option<u8> {
        self.view.octets.get(place).copied()
    }

    /// Takes the next octets, or what there is of them, as a row.
    pub(super) fn row(&mut self, count: usize, name: impl Display, value: impl Display) {
        self.add(count, name, value, String::new(), Tone::Plain);
    }

    /// The same for a value of which it is known what it means.
    pub(super) fn quantity(&mut self, count: usize, name: impl Display, value: impl Display, means: String) {
        self.add(count, name, value, means, Tone::Plain);
    }

    /// The same for what is right or wrong.
    pub(super) fn check(&mut self, count: usize, name: impl Display, value: impl Display, right: bool) {
        self.add(count, name, value, String::new(), if right { Tone::Right } else { Tone::Wrong });
    }

    /// The same for a value that makes no sense.
    pub(super) fn flaw(&mut self, count: usize, name: impl Display, value: impl Display, flaw: &str) {
        self.add(count, name, value, flaw.to_owned(), Tone::Wrong);
    }

    fn add(&mut self, count: usize, name: impl Display, value: impl Display, means: String, tone: Tone) {
        let start = self.view.at(self.next);
        self.next = self.next.saturating_add(count).min(self.end);
        let row = Row {
            range: start..self.view.at(self.next),
            depth: self.depth,
            layer: self.layer,
            name: name.to_string(),
            value: value.to_string(),
            means,
            tone,
        };
        if let Some(part) = self.sheet.parts.get_mut(self.part) {
            part.rows.push(row);
        }
    }

    /// Takes all that is left as a row, if anything is.
    pub(super) fn rest(&mut self, name: impl Display, value: impl Display) {
        if !self.left().is_empty() {
            self.row(usize::MAX, name, value);
        }
    }

    /// Reads the next `count` octets one level deeper, as if nothing stood behind them. What is left of them is named.
    pub(super) fn inside<T>(&mut self, count: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        self.depth = self.depth.saturating_add(1);
        let result = self.within(count, read);
        self.depth = self.depth.saturating_sub(1);
        result
    }

    /// The same on this level.
    pub(super) fn within<T>(&mut self, count: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        let (end, depth, layer) = (self.end, self.depth, self.layer);
        self.end = self.next.saturating_add(count).min(end);
        let result = read(self);
        self.rest("not read", "");
        (self.end, self.depth, self.layer) = (end, depth, layer);
        result
    }

    /// Notes what is wrong at the octet `ahead` of the next, and keeps the message from being read.
    pub(super) fn stop(&mut self, ahead: usize, reason: impl Display, hint: impl Display) {
        self.problem(true, self.next.saturating_add(ahead), reason, hint);
    }

    /// Notes what is wrong there and costs a part of the message, or nothing.
    pub(super) fn doubt(&mut self, ahead: usize, reason: impl Display, hint: impl Display) {
        self.problem(false, self.next.saturating_add(ahead), reason, hint);
    }

    /// Notes what is wrong at an octet that was taken before.
    pub(super) fn stop_at(&mut self, place: usize, reason: impl Display, hint: impl Display) {
        self.problem(true, place, reason, hint);
    }

    fn problem(&mut self, stops: bool, place: usize, reason: impl Display, hint: impl Display) {
        let of = self.sheet.parts.get(self.part).map_or(Of::Wire, |part| part.of);
        let (reason, hint) = (reason.to_string(), hint.to_string());
        let offset = self.view.at(place);
        self.sheet.problems.push(Problem { stops, of, offset, layer: self.layer, reason, hint });
    }
}

impl Sheet {
    /// What stops the reading. Where the frame is damaged, what is wrong inside it follows from that.
    pub(super) fn stopped(&self) -> Option<&Problem> {
        self.in_order().first().copied().filter(|problem| problem.stops)
    }

    /// What is wrong, what tells most first.
    pub(super) fn in_order(&self) -> Vec<&Problem> {
        let mut problems: Vec<_> = self.problems.iter().collect();
        problems.sort_by_key(|problem| {
            let inside = !matches!(problem.layer, "framing" | "hdlc" | "mbus" | "p1");
            (!problem.stops, inside)
        });
        problems
    }

    /// Notes which list a reading was recognised as.
    pub(super) fn recognised(&mut self, reading: &Reading<'_>) {
        let Some(layout) = reading.layout() else { return };
        let title = if layout.title.is_empty() { String::new() } else { format!(": {}", layout.title) };
        let name = format!("{}{title}", layout.name);
        if !self.lists.contains(&name) {
            self.lists.push(name);
        }
    }

    /// Notes what keeps a message from being read, at an octet of the wire.
    pub(super) fn stop(&mut self, offset: usize, layer: &'static str, reason: String, hint: &str) {
        let hint = hint.to_owned();
        self.problems.push(Problem { stops: true, of: Of::Wire, offset, layer, reason, hint });
    }

    /// Begins a part whose octets are not those of the wire.
    pub(super) fn begin(&mut self, of: Of, title: String, octets: &[u8]) {
        self.parts.push(Part {
            of,
            title,
            offset: 0,
            octets: octets.to_vec(),
            text: false,
            rows: Vec::new(),
        });
    }
}

/// `1 octet`, `12 octets`.
pub(super) fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// Octets in hexadecimal, with blanks between.
pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(" ")
}
