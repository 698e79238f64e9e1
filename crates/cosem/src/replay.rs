//! A guard against messages that are sent again.

use crate::open::SecurityError;
use crate::security::{Security, SystemTitle};

/// Remembers the highest invocation counter of up to `N` senders, and refuses messages that are not above it.
///
/// A meter that was reset may begin anew: forget it with a new guard. When a sender comes that has no place left, the
/// one that was not heard of for longest loses its place.
#[derive(Debug, Clone)]
pub struct ReplayGuard<const N: usize = 8> {
    /// The senders, the latest first.
    senders: [Option<(SystemTitle, u32)>; N],
}

impl<const N: usize> Default for ReplayGuard<N> {
    fn default() -> Self {
        Self { senders: [None; N] }
    }
}

impl<const N: usize> ReplayGuard<N> {
    /// Admits a message, and remembers its counter.
    ///
    /// # Errors
    ///
    /// [`SecurityError::Replayed`].
    pub fn admit(&mut self, security: &Security) -> Result<(), SecurityError> {
        let Security { system_title, counter, .. } = *security;
        let known =
            self.senders.iter().position(|sender| sender.is_some_and(|(title, _)| title == system_title));
        let place = known.unwrap_or(N.saturating_sub(1));
        if let (Some(_), Some(Some((_, last)))) = (known, self.senders.get(place).copied()) {
            if counter <= last {
                return Err(SecurityError::Replayed { last, counter });
            }
        }
        if let Some(first) = self.senders.get_mut(..=place) {
            first.rotate_right(1);
        }
        if let Some(first) = self.senders.first_mut() {
            *first = Some((system_title, counter));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::SecurityControl;

    #[test]
    fn counters_must_rise_for_each_sender() {
        let mut guard = ReplayGuard::<2>::default();
        let mut admit = |sender: u8, counter| {
            guard.admit(&Security {
                system_title: SystemTitle::from_octets(&[sender]).unwrap(),
                control: SecurityControl(0x30),
                counter,
                authenticated: true,
            })
        };
        assert_eq!(admit(1, 5), Ok(()));
        assert_eq!(admit(2, 3), Ok(()));
        assert_eq!(admit(1, 5), Err(SecurityError::Replayed { last: 5, counter: 5 }));
        assert_eq!(admit(1, 6), Ok(()));
        assert_eq!(admit(2, 2), Err(SecurityError::Replayed { last: 3, counter: 2 }));
        // A third sender takes the place of the second, which was heard of before the first.
        assert_eq!(admit(3, 1), Ok(()));
        assert_eq!(admit(1, 6), Err(SecurityError::Replayed { last: 6, counter: 6 }));
        assert_eq!(admit(2, 1), Ok(()));
    }
}
