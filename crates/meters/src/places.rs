//! Where what came before is kept.

use std::sync::OnceLock;

/// How many there are.
const PLACES: usize = 64;

/// How many are looked at for one message.
const PROBES: usize = 8;

/// Places for what was found out about kinds of messages, one behind another where their number of octets leads to the
/// same.
#[derive(Debug)]
pub(crate) struct Places<T>([OnceLock<Option<T>>; PLACES]);

impl<T> Places<T> {
    /// All of them free.
    pub(crate) const fn new() -> Self {
        Self([const { OnceLock::new() }; PLACES])
    }

    /// Where a message of so many octets may be.
    #[inline(always)]
    fn of(&self, length: usize) -> impl Iterator<Item = &OnceLock<Option<T>>> {
        let places = length..length.saturating_add(PROBES);
        places.filter_map(|place| self.0.get(place % PLACES))
    }

    /// What a message of so many octets is known as.
    #[inline(always)]
    pub(crate) fn find<'a, R>(&'a self, length: usize, known: impl FnMut(&'a T) -> Option<R>) -> Option<R> {
        self.of(length).map_while(OnceLock::get).flatten().find_map(known)
    }

    /// Keeps what is known of a message of so many octets. Where nothing is, its place is taken all the same, so that it is
    /// not tried for ever.
    pub(crate) fn keep(&self, length: usize, known: impl FnOnce() -> Option<T>) {
        if let Some(place) = self.of(length).find(|place| place.get().is_none()) {
            let _ = place.set(known());
        }
    }
}
