//! What came of the input.

use std::fmt::{self, Display};

use amshan::Error;

/// What came of the input.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) messages: u64,
    pub(crate) decoded: u64,
    pub(crate) broken: u64,
    pub(crate) undecodable: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    /// Both together.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self {
            messages: self.messages.saturating_add(other.messages),
            decoded: self.decoded.saturating_add(other.decoded),
            broken: self.broken.saturating_add(other.broken),
            undecodable: self.undecodable.saturating_add(other.undecodable),
            skipped: self.skipped.saturating_add(other.skipped),
        }
    }

    /// A stretch gave no message.
    pub(crate) fn broken(&mut self, error: &Error) {
        self.skipped = self.skipped.saturating_add(error.length);
        if !error.is_noise() {
            self.broken = self.broken.saturating_add(1);
        }
    }

    /// Whether something was decoded, and all that was found.
    pub(crate) const fn is_good(&self) -> bool {
        matches!(self, Self { decoded: 1.., broken: 0, undecodable: 0, .. })
    }
}

impl Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { messages, decoded, broken, undecodable, skipped } = self;
        write!(
            f,
            "{messages} messages, {decoded} decoded, {broken} broken, {undecodable} undecodable, \
             {skipped} bytes skipped"
        )
    }
}
