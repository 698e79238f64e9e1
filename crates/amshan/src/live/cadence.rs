//! How often a meter sends, and when its silence means something.

use core::time::Duration;

/// How often a meter sends, as far as it was heard.
///
/// Meters mix lists: every 2.5 seconds, every 10 seconds, every hour. What tells a silent line is the longest time
/// between two messages, whatever they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cadence {
    /// So many times the longest gap heard of late is silence.
    pub factor: u32,
    /// A line is never taken for silent before this time.
    pub least: Duration,
    /// Before the second message: as long as a meter that sends every quarter of an hour needs.
    pub unknown: Duration,
    /// The longest gap of the messages that are counted now, and that of those before.
    longest: [Duration; 2],
    /// How many gaps are counted now.
    count: u32,
    /// Whether the last message came over the line that is there now, so that the time to the next is a gap.
    going: bool,
}

/// After so many gaps the longest one of those before is forgotten.
const COUNTED: u32 = 32;

impl Cadence {
    /// Five times the longest gap, 30 seconds at least; 20 minutes where nothing is known.
    pub const fn new() -> Self {
        Self {
            factor: 5,
            least: Duration::from_secs(30),
            unknown: Duration::from_secs(20 * 60),
            longest: [Duration::ZERO; 2],
            count: 0,
            going: false,
        }
    }

    /// A message came, this long after the one before, or after the connection was made.
    pub fn heard(&mut self, after: Duration) {
        if self.going {
            if self.count == COUNTED {
                self.longest = [Duration::ZERO, self.longest[0]];
                self.count = 0;
            }
            self.longest[0] = self.longest[0].max(after);
            self.count = self.count.saturating_add(1);
        }
        self.going = true;
    }

    /// The line was lost: the time until the next message says nothing of the meter.
    pub const fn interrupted(&mut self) {
        self.going = false;
    }

    /// The longest time between two messages of late. `None`: there were no two.
    pub fn longest(&self) -> Option<Duration> {
        Some(self.longest[0].max(self.longest[1])).filter(|longest| !longest.is_zero())
    }

    /// How long a line may say nothing before it is taken for lost.
    pub fn patience(&self) -> Duration {
        match self.longest() {
            Some(longest) => longest.saturating_mul(self.factor).max(self.least),
            None => self.unknown,
        }
    }
}

impl Default for Cadence {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn silence_is_measured_by_what_the_meter_does() {
        let mut cadence = Cadence::new();
        assert_eq!(cadence.patience(), seconds(1200));
        cadence.heard(seconds(7));
        assert_eq!(cadence.patience(), seconds(1200), "one message has no cadence");
        cadence.heard(seconds(10));
        assert_eq!((cadence.longest(), cadence.patience()), (Some(seconds(10)), seconds(50)));
        cadence.heard(seconds(2));
        assert_eq!(cadence.patience(), seconds(50));
        cadence.heard(seconds(900));
        assert_eq!(cadence.patience(), seconds(4500));
    }

    #[test]
    fn a_quick_meter_is_given_time_and_an_old_gap_is_forgotten() {
        let mut cadence = Cadence::new();
        cadence.heard(seconds(1));
        cadence.heard(seconds(100));
        (0..2 * COUNTED).for_each(|_| cadence.heard(seconds(1)));
        assert_eq!((cadence.longest(), cadence.patience()), (Some(seconds(1)), seconds(30)));
    }

    #[test]
    fn the_gap_of_a_lost_line_does_not_count() {
        let mut cadence = Cadence::new();
        cadence.heard(seconds(1));
        cadence.heard(seconds(10));
        cadence.interrupted();
        cadence.heard(seconds(5000));
        assert_eq!(cadence.longest(), Some(seconds(10)));
        cadence.heard(seconds(12));
        assert_eq!(cadence.longest(), Some(seconds(12)));
    }
}
