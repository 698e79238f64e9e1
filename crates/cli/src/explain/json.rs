//! `json`: one object a line for each message, with all octets of each row.

use super::sheet::{Of, Problem, Row, Sheet, Tone};
use crate::output::Json;

/// The line of a message.
pub(super) fn print(sheet: &Sheet) -> Vec<u8> {
    let mut out = Vec::new();
    Json::new(&mut out).object(|json| {
        let wire = sheet.parts.first();
        json.key("offset").plain(wire.map_or(0, |part| part.offset));
        json.key("length").plain(wire.map_or(0, |part| part.octets.len()));
        json.key("framing");
        if sheet.framing.is_empty() {
            json.null()
        } else {
            json.text(sheet.framing)
        }
        json.key("lists").array(|json| sheet.lists.iter().for_each(|list| json.text(list)));
        json.key("rows").array(|json| {
            for part in &sheet.parts {
                for row in &part.rows {
                    let range = row.range.start.saturating_sub(part.offset)
                        ..row.range.end.saturating_sub(part.offset);
                    self::row(json, part.of, row, part.octets.get(range).unwrap_or_default());
                }
            }
        });
        json.key("stopped");
        match sheet.stopped() {
            Some(problem) => self::problem(json, problem),
            None => json.null(),
        }
        let others = sheet.in_order().into_iter().skip(usize::from(sheet.stopped().is_some()));
        json.key("also").array(|json| others.for_each(|problem| self::problem(json, problem)));
    });
    out.push(b'\n');
    out
}

fn row(json: &mut Json<'_>, of: Of, row: &Row, octets: &[u8]) {
    json.object(|json| {
        part(json, of);
        json.key("offset").plain(row.range.start);
        json.key("octets").text(octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>());
        json.key("layer").text(row.layer);
        json.key("depth").plain(row.depth);
        json.key("name").text(&row.name);
        json.key("value").text(&row.value);
        if !row.means.is_empty() {
            json.key("means").text(&row.means);
        }
        match row.tone {
            Tone::Plain => {}
            Tone::Right => json.key("right").plain(true),
            Tone::Wrong => json.key("right").plain(false),
        }
    });
}

fn problem(json: &mut Json<'_>, problem: &Problem) {
    json.object(|json| {
        part(json, problem.of);
        json.key("offset").plain(problem.offset);
        json.key("layer").text(problem.layer);
        json.key("reason").text(&problem.reason);
        json.key("hint");
        if problem.hint.is_empty() { json.null() } else { json.text(&problem.hint) }
    });
}

/// Which octets an offset counts, if not those of the input.
fn part(json: &mut Json<'_>, of: Of) {
    match of {
        Of::Wire => {}
        Of::Joined => json.key("of").text("joined"),
        Of::Opened => json.key("of").text("opened"),
    }
}
