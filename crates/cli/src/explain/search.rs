//! Where messages begin, also those that no reader takes.

use std::ops::Range;

use amshan::Framing;
use amshan::cosem::Envelope;

use super::pieces::{Piece, Pieces};
use super::sheet::{Of, Part, Pen, Row, Sheet, Tone, View, count};
use super::{Context, Trust, apdu, hdlc, mbus, p1};

/// How far behind a start the next one is looked for: twice the longest frame.
const WINDOW: usize = 4200;

/// A message that the reader takes.
#[derive(Debug, Clone)]
pub(super) struct Good {
    pub(super) range: Range<usize>,
    pub(super) framing: Framing,
}

/// What may begin at an octet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Hdlc,
    MBus,
    P1,
    /// The rest of a telegram whose identification is not there.
    Lines,
    /// An application message without a frame.
    Apdu,
    Body,
}

/// Goes over the octets of an input and hands out what is known of each message, and of what is none.
pub(super) struct Search<'s> {
    stream: &'s [u8],
    context: Context<'s>,
    open: Option<Open>,
    /// Fill in front of the message that comes next.
    lead: Option<Row>,
    /// Whether the octets are those of a message that the reader takes.
    good: bool,
    each: &'s mut dyn FnMut(Sheet),
}

/// The message that is being read.
struct Open {
    sheet: Sheet,
    start: usize,
    end: usize,
    frames: usize,
    unit: &'static str,
    pieces: Pieces,
}

impl<'s> Search<'s> {
    pub(super) fn new(stream: &'s [u8], context: Context<'s>, each: &'s mut dyn FnMut(Sheet)) -> Self {
        Self { stream, context, open: None, lead: None, good: false, each }
    }

    /// Goes over all octets, those of `good` messages and those between them.
    pub(super) fn run(mut self, good: &[Good]) {
        let mut at = 0;
        for (index, message) in good.iter().enumerate() {
            let start = message.range.start.max(at);
            self.region(at..start, None);
            // The flag behind a frame is its own, unless it opens the next message.
            let next = good.get(index.saturating_add(1)).map(|next| next.range.start);
            let mut end = message.range.end.max(start);
            if message.framing == Framing::Hdlc && next != Some(end) && self.stream.get(end) == Some(&0x7E) {
                end = end.saturating_add(1);
            }
            if message.framing == Framing::P1 {
                let rest = self.stream.get(end..).unwrap_or_default();
                let ends = rest.iter().take(2).take_while(|octet| matches!(octet, b'\r' | b'\n')).count();
                end = end.saturating_add(ends);
            }
            self.region(start..end, Some(message.framing));
            at = end;
        }
        self.region(at..self.stream.len(), None);
        self.close();
        if let Some(lead) = self.lead.take() {
            self.nothing(lead.range);
        }
    }

    /// Goes over some octets, in which there are messages of this framing, or none that the reader takes.
    fn region(&mut self, range: Range<usize>, framing: Option<Framing>) {
        self.good = framing.is_some();
        let mut at = range.start;
        while at < range.end {
            let begins = |place: &usize| self.start(*place, &range, framing).map(|start| (*place, start));
            let found = match framing {
                Some(Framing::Apdu) => Some((at, Start::Apdu)),
                Some(Framing::Body) => Some((at, Start::Body)),
                _ => (at..range.end).find_map(|place| begins(&place)),
            };
            let Some((place, start)) = found else { break };
            self.skip(at..place);
            // What is not known to be a message ends where it says, or where another one begins.
            let end = match start {
                Start::Apdu if framing.is_none() => {
                    apdu_end(self.stream, place, self.limit(place, range.end))
                }
                _ => range.end,
            };
            at = self.unit(place, start, end).max(place.saturating_add(1));
        }
        self.skip(at..range.end);
    }

    /// What may begin at a place. `known`: the framing of the messages here.
    fn start(&self, place: usize, region: &Range<usize>, known: Option<Framing>) -> Option<Start> {
        let octets = self.stream.get(place..region.end)?;
        let only = known.or(self.context.framing);
        let may = |framing: Framing| only.is_none_or(|only| only == framing);
        let first = place == region.start;
        let behind = octets.get(1..).unwrap_or_default();
        let line = first
            || place
                .checked_sub(1)
                .and_then(|at| self.stream.get(at))
                .is_some_and(|o| matches!(o, b'\r' | b'\n'));
        match octets {
            [0x7E, ..] if may(Framing::Hdlc) => {
                // Where a message is known to be, its frames may be bent or stuffed.
                let known = known.is_some() && matches!(behind, [0xA0..=0xAF, ..]);
                (known || hdlc::is_header(behind) || hdlc::may_be_frame(behind)).then_some(Start::Hdlc)
            }
            [0xA0..=0xAF, ..] if known.is_none() && may(Framing::Hdlc) && hdlc::is_header(octets) => {
                Some(Start::Hdlc)
            }
            [b'/', ..]
                if may(Framing::P1)
                    && p1::is_start(octets)
                    && (line || known.is_some() || !p1::is_line(octets)) =>
            {
                Some(Start::P1)
            }
            [0xDB, 0x08, a, b, c, ..]
                if may(Framing::Apdu) && [a, b, c].iter().all(|octet| octet.is_ascii_uppercase()) =>
            {
                Some(Start::Apdu)
            }
            [0xE6, 0xE7, 0x00, 0x0F | 0xDB | 0xE0, ..] if may(Framing::Apdu) => Some(Start::Apdu),
            _ if may(Framing::MBus) && (mbus::is_start(octets) || mbus::is_short(octets)) => {
                Some(Start::MBus)
            }
            _ if may(Framing::MBus) && known.is_none() && mbus::may_be_frame(octets) => Some(Start::MBus),
            _ if first && known.is_none() && may(Framing::P1) && p1::is_rest(octets) => Some(Start::Lines),
            [b'0'..=b'9', ..] if line && known.is_none() && may(Framing::P1) && p1::is_line(octets) => {
                Some(Start::Lines)
            }
            _ => None,
        }
    }

    /// Where the next message begins for sure, behind the start of one that may be damaged.
    fn limit(&self, place: usize, end: usize) -> usize {
        let window = place.saturating_add(WINDOW).min(end);
        let sure = |at: &usize| match self.stream.get(*at..end) {
            Some([0x7E, behind @ ..]) => hdlc::is_header(behind),
            _ => false,
        };
        (place.saturating_add(1)..window).find(sure).unwrap_or(window)
    }

    /// Reads what begins at a place. Returns where it ends.
    fn unit(&mut self, place: usize, start: Start, end: usize) -> usize {
        let segments = self.open.as_ref().is_some_and(|open| open.pieces.has_segments());
        let context = self.context;
        let sheet = |framing| {
            let part = Part {
                of: Of::Wire,
                title: String::new(),
                offset: place,
                octets: Vec::new(),
                text: framing == "p1",
                rows: Vec::new(),
            };
            Sheet { framing, parts: vec![part], ..Sheet::default() }
        };
        let stream = self.stream;
        match start {
            Start::Hdlc => {
                let found = hdlc::measure(stream, place, self.limit(place, end));
                let mut sheet = sheet("hdlc");
                let mut pen = Pen::new(&mut sheet, found.view(), "hdlc", 0);
                let piece = hdlc::explain(&found, &mut pen, &self.context(Framing::Hdlc), segments);
                self.add(sheet, place..found.end(), "HDLC frame", piece)
            }
            Start::MBus => {
                let found = mbus::measure(stream, place, place.saturating_add(WINDOW).min(end));
                let mut sheet = sheet("mbus");
                let mut pen = Pen::new(&mut sheet, found.view(), "mbus", 0);
                let piece = mbus::explain(&found, &mut pen, &self.context(Framing::MBus));
                self.add(sheet, place..found.end(), "M-Bus frame", piece)
            }
            Start::P1 | Start::Lines => {
                let found = p1::measure(stream, place, end);
                let mut sheet = sheet("p1");
                let mut pen = Pen::new(&mut sheet, found.view(), "p1", 0);
                p1::explain(&mut pen, &self.context(Framing::P1), false);
                self.add(sheet, place..found.end(), "P1 telegram", None)
            }
            Start::Apdu | Start::Body => {
                let view = View::plain(stream.get(place..end).unwrap_or_default(), place);
                let mut sheet = sheet(if start == Start::Apdu { "apdu" } else { "body" });
                let mut pen = Pen::new(&mut sheet, &view, "apdu", 0);
                if !self.good && pen.left().first() == Some(&0xE6) {
                    pen.layer = "framing";
                    pen.stop(
                        0,
                        "an application message stands here, and the frame's header in front of it is missing",
                        "the capture began inside a frame, or octets were lost on the line",
                    );
                }
                let name = if start == Start::Apdu {
                    apdu::messages(
                        &mut pen,
                        &Context { framing: Some(Framing::Apdu), ..context },
                        Trust::Not,
                    );
                    "application message"
                } else {
                    apdu::body(&mut pen, &context);
                    "notification body"
                };
                pen.rest("not read", "");
                self.add(sheet, place..end, name, None)
            }
        }
    }

    /// The context for messages of this framing.
    const fn context(&self, framing: Framing) -> Context<'s> {
        Context { framing: Some(framing), ..self.context }
    }

    /// Adds what was read to the message that is open, or begins another one.
    fn add(
        &mut self,
        mut sheet: Sheet,
        range: Range<usize>,
        unit: &'static str,
        piece: Option<Piece>,
    ) -> usize {
        let end = range.end;
        let continues = match (&self.open, &piece) {
            (Some(open), Some(piece)) => open.unit == unit && open.pieces.takes(piece),
            // A frame between the pieces of a message that the reader has joined.
            (Some(open), None) => self.good && open.unit == unit && open.pieces.is_open(),
            (None, _) => false,
        };
        if !continues {
            self.close();
        }
        match &mut self.open {
            Some(open) => {
                let mut parts = sheet.parts.drain(..);
                if let (Some(all), Some(part)) = (open.sheet.parts.first_mut(), parts.next()) {
                    all.rows.extend(part.rows);
                }
                open.sheet.parts.extend(parts);
                open.sheet.lists.append(&mut sheet.lists);
                open.sheet.problems.append(&mut sheet.problems);
                open.end = end;
                open.frames = open.frames.saturating_add(1);
                if let Some(piece) = piece {
                    open.pieces.add(&piece, &mut open.sheet, range.start);
                }
            }
            None => {
                let mut pieces = Pieces::default();
                if let Some(piece) = piece {
                    pieces.add(&piece, &mut sheet, range.start);
                }
                let mut start = range.start;
                if let (Some(lead), Some(part)) = (self.lead.take(), sheet.parts.first_mut()) {
                    start = lead.range.start;
                    part.offset = start;
                    part.rows.insert(0, lead);
                }
                self.open = Some(Open { sheet, start, end, frames: 1, unit, pieces });
            }
        }
        end
    }

    /// Octets between messages.
    fn skip(&mut self, range: Range<usize>) {
        let octets = self.stream.get(range.clone()).unwrap_or_default();
        if octets.is_empty() {
            return;
        }
        let fill = match octets {
            _ if octets.iter().all(|octet| *octet == 0x7E) => Some(("hdlc", "flags between frames")),
            _ if octets.iter().all(u8::is_ascii_whitespace) => Some(("p1", "line ends")),
            _ => None,
        };
        let row = |layer, name: &str, tone| Row {
            range: range.clone(),
            depth: 0,
            layer,
            name: name.to_owned(),
            value: String::new(),
            means: String::new(),
            tone,
        };
        match (&mut self.open, fill) {
            (Some(open), fill) if fill.is_some() || open.pieces.is_open() => {
                let row = match fill {
                    Some((layer, name)) => row(layer, name, Tone::Plain),
                    None => row("", "no part of the message", Tone::Wrong),
                };
                if let Some(part) = open.sheet.parts.first_mut() {
                    part.rows.push(row);
                }
                open.end = range.end;
            }
            (_, Some((layer, name))) => {
                let before = self.lead.take();
                let start = before.map_or(range.start, |before| before.range.start);
                self.lead = Some(Row { range: start..range.end, ..row(layer, name, Tone::Plain) });
            }
            _ => self.nothing(range),
        }
    }

    /// Octets that are no message.
    fn nothing(&mut self, range: Range<usize>) {
        self.close();
        let start = self.lead.take().map_or(range.start, |lead| lead.range.start);
        let range = start..range.end;
        let octets = self.stream.get(range.clone()).unwrap_or_default();
        let row = Row {
            range: range.clone(),
            depth: 0,
            layer: "",
            name: "no message".to_owned(),
            value: count(octets.len(), "octet"),
            means: String::new(),
            tone: Tone::Wrong,
        };
        let part = Part {
            of: Of::Wire,
            title: String::new(),
            offset: range.start,
            octets: octets.to_vec(),
            text: is_text(octets),
            rows: vec![row],
        };
        let mut sheet = Sheet { kind: "no message".to_owned(), parts: vec![part], ..Sheet::default() };
        let before = range.start == 0 && range.end < self.stream.len();
        sheet.stop(
            range.start,
            "framing",
            "nothing here begins like a message".to_owned(),
            guess(octets, before),
        );
        (self.each)(sheet);
    }

    /// The message that is open is at its end.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let Open { mut sheet, start, end, frames, unit, pieces } = open;
        let framing = if unit == "HDLC frame" { Framing::Hdlc } else { Framing::MBus };
        pieces.end(&mut sheet, &self.context(framing), end);
        if let Some(part) = sheet.parts.first_mut() {
            part.octets = self.stream.get(start..end).unwrap_or_default().to_vec();
        }
        sheet.kind = if frames == 1 { unit.to_owned() } else { count(frames, unit) };
        (self.each)(sheet);
    }
}

/// Where a message without a frame ends: a ciphered one where its length says, if that is before `limit`.
fn apdu_end(stream: &[u8], place: usize, limit: usize) -> usize {
    let octets = stream.get(place..limit).unwrap_or_default();
    match Envelope::parse(octets) {
        Ok(envelope) => place.saturating_add(envelope.content.end),
        Err(_) => limit,
    }
}

/// Whether octets are characters.
fn is_text(octets: &[u8]) -> bool {
    octets.iter().all(|octet| octet.is_ascii_graphic() || octet.is_ascii_whitespace())
}

/// What may be the matter with octets that are no message; `before`: one follows.
fn guess(octets: &[u8], before: bool) -> &'static str {
    let stripped: Vec<u8> = octets.iter().map(|octet| octet & 0x7F).collect();
    if octets.iter().any(|octet| *octet >= 0x80) && is_text(&stripped) && stripped.contains(&b'(') {
        return "it reads as P1 with a parity bit in front of each character: open the port with 7E1, not 8N1";
    }
    if octets.len() > 3 && octets.iter().all(|octet| matches!(octet, 0x00 | 0xFF)) {
        return "the line rests at the wrong level, or the signal is inverted: check the wiring";
    }
    if before {
        return "the end of a message whose start was not captured, most likely";
    }
    if is_text(octets) {
        return "it is text, but no P1 telegram; if it says octets in hex or base64, --input tells so";
    }
    "with a wrong baud rate or parity every message looks like this; or it is of a kind that amshan does not know"
}
