//! What is heard on a line, and when that changes.

use core::fmt;
use std::borrow::ToOwned;
use std::string::{String, ToString};
use std::vec::Vec;

use amshan_meters::{By, Field, Reading};

use crate::message::{Framing, Origin};

/// So many meters, lists and framings of one line are remembered. What was heard longest ago is forgotten first.
const LIMIT: usize = 16;

/// Remembers what was heard on a line: framings, meters and lists.
///
/// A grid company changes the list of a meter overnight, an electrician the meter, a module its framing. Nothing has to be
/// set for that, and [`note`](Self::note) tells it.
///
/// ```
/// # fn main() -> Result<(), amshan::Error> {
/// use amshan::live::Seen;
/// use amshan::{Decoder, Reader};
///
/// let mut seen = Seen::new();
/// let mut reader = Reader::new();
/// let telegram = b"/XYZ5EXAMPLE\r\n\r\n0-0:96.1.1(4B3132)\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n";
/// reader.space()[..telegram.len()].copy_from_slice(telegram);
/// reader.advance(telegram.len());
/// while let Some(message) = reader.next_message() {
///     let message = message?;
///     let origin = message.origin();
///     for reading in Decoder::new().readings(message) {
///         let news: Vec<_> = seen.note(&origin, &reading?).iter().map(ToString::to_string).collect();
///         assert_eq!(news, ["framing p1", "list p1", "meter K12"]);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Seen {
    framings: Vec<Framing>,
    meters: Vec<String>,
    lists: Vec<String>,
}

/// Something that was not heard on this line before.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum News {
    /// A framing.
    Framing {
        /// This one.
        now: Framing,
        /// The one that was heard last.
        before: Option<Framing>,
    },
    /// A meter, by its id.
    Meter {
        /// This one.
        now: String,
        /// The one that was heard last.
        before: Option<String>,
    },
    /// A list.
    List {
        /// The name of its layout; of a list without one, how it is read: `obis` or `tree`.
        name: String,
        /// Whether it is the first on this line.
        first: bool,
    },
}

impl Seen {
    /// Nothing was heard yet.
    pub const fn new() -> Self {
        Self { framings: Vec::new(), meters: Vec::new(), lists: Vec::new() }
    }

    /// What is new in a reading. It is told once.
    pub fn note(&mut self, origin: &Origin, reading: &Reading<'_>) -> Vec<News> {
        let mut news = Vec::new();
        if let Some(before) = remember(&mut self.framings, origin.framing) {
            news.push(News::Framing { now: origin.framing, before });
        }
        let list = match (reading.layout(), reading.by()) {
            (Some(layout), _) => layout.name,
            (None, _) if origin.framing == Framing::P1 => "p1",
            (None, By::Tree) => "tree",
            (None, _) => "obis",
        };
        if self.lists.last().is_none_or(|last| last != list) {
            if let Some(before) = remember(&mut self.lists, list.to_owned()) {
                news.push(News::List { name: list.to_owned(), first: before.is_none() });
            }
        }
        if let Some(meter) = reading.get(Field::METER_ID) {
            if let Some(before) = remember(&mut self.meters, meter.to_string()) {
                news.push(News::Meter { now: meter.to_string(), before });
            }
        }
        news
    }
}

/// Puts it last. If it was not there: the one that was last.
fn remember<T: PartialEq + Clone>(known: &mut Vec<T>, now: T) -> Option<Option<T>> {
    let last = known.last().cloned();
    let place = known.iter().position(|known| *known == now);
    if let Some(place) = place {
        known.remove(place);
    } else if known.len() == LIMIT {
        known.remove(0);
    }
    known.push(now);
    place.is_none().then_some(last)
}

impl fmt::Display for News {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Framing { now, before: None } => write!(f, "framing {now}"),
            Self::Framing { now, before: Some(before) } => {
                write!(f, "framing changed from {before} to {now}")
            }
            Self::Meter { now, before: None } => write!(f, "meter {now}"),
            Self::Meter { now, before: Some(before) } => write!(f, "meter changed from {before} to {now}"),
            Self::List { name, first: true } => write!(f, "list {name}"),
            Self::List { name, first: false } => write!(f, "list {name}, not heard before"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_not_told_again() {
        let mut known = Vec::new();
        assert_eq!(remember(&mut known, 1), Some(None));
        assert_eq!(remember(&mut known, 1), None);
        assert_eq!(remember(&mut known, 2), Some(Some(1)));
        assert_eq!(remember(&mut known, 1), None, "meters that take turns");
        assert_eq!(remember(&mut known, 3), Some(Some(1)));
    }

    #[test]
    fn memory_has_an_end() {
        let mut known = Vec::new();
        (0..1000).for_each(|n| assert!(remember(&mut known, n).is_some()));
        assert_eq!(known.len(), LIMIT);
        assert_eq!(known.last(), Some(&999));
    }
}
