//! Progress on a terminal, when it takes long.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Shows how much of the input is read.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: bool,
    total: Option<u64>,
    last: Instant,
    wait: Duration,
    enabled: bool,
}

impl Progress {
    const AFTER: Duration = Duration::from_secs(2);
    const EVERY: Duration = Duration::from_millis(200);

    /// For an input of `total` octets, if that is known. It keeps silent unless stderr is a terminal and readings go
    /// elsewhere.
    pub(crate) fn new(total: Option<u64>) -> Self {
        let enabled = io::stderr().is_terminal() && !io::stdout().is_terminal();
        Self { shown: false, total, last: Instant::now(), wait: Self::AFTER, enabled }
    }

    /// So many octets are read.
    pub(crate) fn at(&mut self, octets: u64) {
        if !self.enabled || self.last.elapsed() < self.wait {
            return;
        }
        (self.last, self.wait) = (Instant::now(), Self::EVERY);
        self.shown = true;
        let read = octets / 1_000_000;
        let percent = |total: u64| octets.saturating_mul(100).checked_div(total);
        let mut stderr = io::stderr().lock();
        let _ = match self.total.and_then(percent) {
            Some(percent) => write!(stderr, "\r{read} MB read, {percent} %\x1b[K"),
            None => write!(stderr, "\r{read} MB read\x1b[K"),
        };
    }

    /// Clears the line, before something else is written to the terminal.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }
}
