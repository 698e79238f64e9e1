//! The lists by name, and the meters that send them.

use core::time::Duration;
use std::sync::LazyLock;

use crate::household::Household;
use crate::message::Message;

/// When the first push of a meter is sent: 2026-01-14T10:59:00Z in milliseconds of Unix time, a minute before an hour.
pub const START_MS: u64 = 1_768_388_340_000;

/// One list that some meter sends.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct List {
    /// Its name in kebab case: maker, country or model, list.
    pub name: &'static str,
    /// The maker, or on P1 what the telegram is known as.
    pub maker: &'static str,
    /// Where it is in use: ISO 3166 codes.
    pub country: &'static str,
    /// `hdlc`, `hdlc-segments`, `hdlc-blocks`, `mbus`, `apdu`, `p1` or `p1-ciphered`.
    pub framing: &'static str,
    /// How many elements the outermost array or structure announces; 0 for text.
    pub elements: usize,
    pub(crate) encode: fn(&Household) -> Message,
}

impl List {
    /// The list for this house at this moment.
    pub fn encode(&self, household: &Household) -> Message {
        Message { list: self.name, ..(self.encode)(household) }
    }

    /// The list for the house of a seed at a moment of Unix time in milliseconds.
    pub fn message(&self, seed: u64, unix_ms: u64) -> Message {
        self.encode(&Household::at(seed, unix_ms))
    }
}

/// A list in a meter's plan: sent when the time of day, in milliseconds, divided by `every` leaves `at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Push {
    /// The name of the list.
    pub list: &'static str,
    /// Period in milliseconds.
    pub every: u64,
    /// Offset in milliseconds.
    pub at: u64,
}

/// A meter: which lists it sends, and when.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Meter {
    /// Its name in kebab case.
    pub name: &'static str,
    /// Time between two pushes.
    pub cadence: Duration,
    /// Its lists, the rarest first: of those that are due the first is sent.
    pub pushes: &'static [Push],
}

impl Meter {
    /// The `n`-th push since [`START_MS`], from the house of a seed.
    ///
    /// # Panics
    ///
    /// If no list is due at that time: a fault of the table.
    pub fn message(&self, n: u64, seed: u64) -> Message {
        let time = START_MS + n * self.cadence.as_millis() as u64;
        let due = |push: &&Push| time % push.every == push.at;
        let push = self.pushes.iter().find(due).expect("a list is due at every push");
        list(push.list).expect("a list of the table").message(seed, time)
    }

    /// Its first list; all of a meter's lists come from one maker in one framing.
    pub fn list(&self) -> &'static List {
        self.pushes.first().and_then(|push| list(push.list)).expect("a list of the table")
    }

    /// The maker.
    pub fn maker(&self) -> &'static str {
        self.list().maker
    }

    /// Where it is in use.
    pub fn country(&self) -> &'static str {
        self.list().country
    }

    /// How it frames.
    pub fn framing(&self) -> &'static str {
        self.list().framing
    }

    /// Whether its messages can be read only with a key.
    pub fn needs_key(&self) -> bool {
        self.list().message(0, START_MS).key.is_some()
    }
}

/// Every list.
pub fn lists() -> &'static [List] {
    static LISTS: LazyLock<Vec<List>> = LazyLock::new(|| crate::meters::LISTS.concat());
    &LISTS
}

/// The list of this name.
pub fn list(name: &str) -> Option<&'static List> {
    lists().iter().find(|list| list.name == name)
}

/// Every meter.
pub fn meters() -> &'static [Meter] {
    static METERS: LazyLock<Vec<Meter>> = LazyLock::new(|| crate::meters::METERS.concat());
    &METERS
}

/// The meter of this name.
pub fn meter(name: &str) -> Option<&'static Meter> {
    meters().iter().find(|meter| meter.name == name)
}

/// A row of a table of meters: name, cadence in milliseconds, lists.
pub(crate) const fn sends(name: &'static str, cadence_ms: u64, pushes: &'static [Push]) -> Meter {
    Meter { name, cadence: Duration::from_millis(cadence_ms), pushes }
}

/// A list that is sent at every push of its meter.
pub(crate) const fn always(list: &'static str) -> Push {
    Push { list, every: 1, at: 0 }
}

/// A list that is sent every so many milliseconds, so many after the full period.
pub(crate) const fn every(list: &'static str, every: u64, at: u64) -> Push {
    Push { list, every, at }
}

/// Milliseconds of an hour.
pub(crate) const HOUR: u64 = 3_600_000;
/// Milliseconds of a quarter of an hour.
pub(crate) const QUARTER: u64 = 900_000;
