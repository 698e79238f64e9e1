//! `amshan meters`: the meters and lists that the program knows.

use std::io::{self, Write};

use amshan::meters::{DIALECTS, Form, Layout};

use crate::Status;
use crate::args::{Meters, MetersFormat};
use crate::decode::{say, unwritten};
use crate::layouts::Layouts;
use crate::output::Json;

/// Prints the lists.
pub(crate) fn run(options: &Meters) -> Status {
    let text = Layouts::of_file(options.layouts.as_deref()).and_then(|layouts| match &options.show {
        Some(name) => layouts.named(name).map(|layout| layout.to_toml().into_bytes()),
        None => Ok(match options.format {
            MetersFormat::Table => table(&layouts),
            MetersFormat::Json => json(&layouts),
        }),
    });
    let out = match text {
        Ok(text) => text,
        Err(error) => {
            say(&error);
            return error.status();
        }
    };
    let mut stdout = io::stdout().lock();
    match stdout.write_all(&out).and_then(|()| stdout.flush()) {
        Ok(()) => Status::Good,
        Err(error) => unwritten(&error),
    }
}

fn table(layouts: &Layouts) -> Vec<u8> {
    let mut out = Vec::new();
    let lists = layouts.all().map(|layout| (layout.name, layout.title));
    let rows: Vec<_> = lists.chain(DIALECTS.iter().map(|dialect| (dialect.name, dialect.title))).collect();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, title) in rows {
        let _ = writeln!(out, "{name:width$}  {title}");
    }
    out
}

fn json(layouts: &Layouts) -> Vec<u8> {
    let mut out = Vec::new();
    Json::new(&mut out).array(|json| {
        for layout in layouts.all() {
            json.object(|json| list(json, layout));
        }
        for dialect in DIALECTS {
            json.object(|json| {
                json.key("name").text(dialect.name);
                json.key("kind").text("p1");
                json.key("meters").text(dialect.title);
                json.key("source").text(dialect.source);
            });
        }
    });
    out.push(b'\n');
    out
}

fn list(json: &mut Json<'_>, layout: &Layout<'_>) {
    json.key("name").text(layout.name);
    json.key("kind").text(match layout.form {
        Form::Places => "places",
        Form::Codes => "codes",
        Form::Definitions => "definitions",
        Form::Descriptors => "descriptors",
        Form::Lines => "p1",
    });
    if !layout.maker.is_empty() {
        json.key("maker").text(layout.maker);
    }
    json.key("meters").text(layout.title);
    json.key("source").text(layout.source);
    if layout.open {
        json.key("open").plain(true);
    }
    json.key("elements").array(|json| {
        for element in layout.elements {
            json.object(|json| {
                if let Some(obis) = element.obis {
                    json.key("obis").text(obis.reduced());
                }
                if let Some(field) = element.field {
                    json.key("field").text(field);
                }
                if element.scale != 0 {
                    json.key("scale").plain(element.scale);
                }
                if !element.unit.to_string().is_empty() {
                    json.key("unit").text(element.unit);
                }
            });
        }
    });
}
