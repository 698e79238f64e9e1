//! What becomes of the messages of one line: readings on stdout, and on stderr what is wrong with them.

use core::fmt::Arguments;
use core::time::Duration;
use std::sync::Arc;

use amshan::cosem::ReplayGuard;
use amshan::live::{News, Seen};
use amshan::{Origin, Reading};
use tokio::time;

use super::out::Out;
use super::settings::Settings;
use super::thin::Thin;
use super::told::Told;
use crate::args::Format;
use crate::decode::{admit, hint};
use crate::feed::Item;
use crate::output::{Json, Printer};
use crate::tally::Tally;
use crate::wrong;

/// Stdout that takes nothing for this time is said to be slow.
const SLOW: Duration = Duration::from_secs(5);

/// The work on one line.
#[derive(Debug)]
pub(crate) struct Desk {
    settings: Arc<Settings>,
    out: Out,
    /// What `full` begins with, where there are several lines: which one it is.
    source: Option<Vec<u8>>,
    pub(crate) told: Told,
    pub(crate) tally: Tally,
    guard: Option<ReplayGuard>,
    seen: Seen,
    thin: Thin,
    printer: Printer,
    ready: Vec<u8>,
}

impl Desk {
    /// For a line of this name, which is said where there are several.
    pub(crate) fn new(settings: &Arc<Settings>, out: &Out, name: Option<&str>) -> Self {
        let source = name.filter(|_| settings.format == Format::Full).map(|name| {
            let mut text = Vec::new();
            Json::new(&mut text).object(|json| json.key("source").text(name));
            text
        });
        Self {
            settings: Arc::clone(settings),
            out: out.clone(),
            source,
            told: Told::new(name.map(str::to_owned)),
            tally: Tally::default(),
            guard: settings.refuse_replayed.then(ReplayGuard::default),
            seen: Seen::new(),
            thin: Thin::new(settings.thin.clone()),
            printer: settings.printer,
            ready: Vec::new(),
        }
    }

    /// Decodes a message.
    pub(crate) fn item(&mut self, item: Item<'_>) {
        let message = match item {
            Ok(message) => message,
            Err(error) => {
                self.tally.broken(&error);
                self.told.fault(error);
                return;
            }
        };
        self.tally.messages = self.tally.messages.saturating_add(1);
        let origin = message.origin();
        let settings = Arc::clone(&self.settings);
        for reading in settings.decoder().readings(message) {
            match reading.and_then(|reading| admit(self.guard.as_mut(), &origin, reading)) {
                Ok(reading) => self.reading(&origin, &reading),
                Err(error) => {
                    self.tally.undecodable = self.tally.undecodable.saturating_add(1);
                    match hint(&error.kind) {
                        Some(hint) => self.told.fault(format_args!("{error}: {hint}")),
                        None => self.told.fault(error),
                    };
                }
            }
        }
    }

    fn reading(&mut self, origin: &Origin, reading: &Reading<'_>) {
        self.tally.decoded = self.tally.decoded.saturating_add(1);
        let news: Vec<_> = self.seen.note(origin, reading).iter().map(News::to_string).collect();
        if !news.is_empty() {
            self.told.say(news.join(", "));
        }
        // Printing also tells what is wrong, so that what is left out is printed as well, and taken back.
        let (start, mut printer) = (self.ready.len(), self.printer);
        let seen = printer.print(origin, reading, &mut self.ready);
        if !self.thin.admits(reading) {
            self.ready.truncate(start);
        } else {
            self.printer = printer;
            if let Some(source) = &self.source {
                // `{"source":"…"}` and `{"offset":…`: one object.
                let last = source.len().saturating_sub(1);
                let first = source.get(..last).unwrap_or_default().iter().copied().chain([b',']);
                self.ready.splice(start..start.saturating_add(1), first);
            }
        }
        if reading.cut().is_some() {
            self.tally.undecodable = self.tally.undecodable.saturating_add(1);
        }
        let mut fault = |what: Arguments<'_>| self.told.fault(format_args!("byte {}: {what}", origin.offset));
        wrong::tell(reading, &seen, self.settings.meter.as_deref(), |_, what| {
            fault(what);
        });
        if origin.repaired {
            fault(format_args!("an adapter turned 0A into 0D 0A; undone"));
        }
    }

    /// Hands what is ready to stdout, and waits while that is slow. False: nobody takes any more.
    pub(crate) async fn flush(&mut self) -> bool {
        if self.ready.is_empty() {
            return true;
        }
        // What goes out together has its blank lines already.
        self.printer = self.settings.printer;
        let out = self.out.clone();
        let put = out.put(core::mem::take(&mut self.ready));
        tokio::pin!(put);
        match time::timeout(SLOW, &mut put).await {
            Ok(taken) => taken,
            Err(_) => {
                self.told.fault("standard output takes no more: reading waits for it");
                put.await
            }
        }
    }
}
