//! When to try again.

use core::time::Duration;

/// How long to wait before the next try: twice as long each time up to a limit, and a little less by chance, so that
/// a thousand programs that lost the same gateway do not come back at the same moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Backoff {
    /// The first wait.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// The share of each wait that is left to chance, 0 to 1.
    pub jitter: f64,
    /// How many tries have failed since the last success.
    failures: u32,
}

impl Backoff {
    /// One second at first, one minute at most, a fifth by chance.
    pub const fn new() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_secs(60), jitter: 0.2, failures: 0 }
    }

    /// A try has failed: how long to wait before the next.
    pub fn fail(&mut self) -> Duration {
        let doubled = 1u32.checked_shl(self.failures).unwrap_or(u32::MAX);
        self.failures = self.failures.saturating_add(1);
        let wait = self.first.saturating_mul(doubled).min(self.longest);
        wait.saturating_sub(wait.mul_f64(self.jitter.clamp(0.0, 1.0) * fastrand::f64()))
    }

    /// It works again.
    pub const fn reset(&mut self) {
        self.failures = 0;
    }

    /// How many tries have failed since it worked.
    pub const fn failures(&self) -> u32 {
        self.failures
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

/// Stops trying for a while where connections are made and lost at once: a gateway that has its one place taken, a
/// port that another program reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    /// A connection that was lost within this time, without a message, was lost at once.
    pub short: Duration,
    /// After so many of them, one behind the other, it opens.
    pub limit: u32,
    /// For so long. Then one more such connection opens it again.
    pub rest: Duration,
    /// How many there were.
    count: u32,
}

impl Breaker {
    /// Opens for five minutes after five connections of less than ten seconds.
    pub const fn new() -> Self {
        Self { short: Duration::from_secs(10), limit: 5, rest: Duration::from_secs(300), count: 0 }
    }

    /// A connection without a message was lost after this time. `Some`: the breaker opens, for so long.
    pub fn lost(&mut self, after: Duration) -> Option<Duration> {
        if after > self.short {
            self.count = 0;
            return None;
        }
        self.count = self.count.saturating_add(1).min(self.limit);
        (self.count == self.limit).then_some(self.rest)
    }

    /// A message came.
    pub const fn reset(&mut self) {
        self.count = 0;
    }
}

impl Default for Breaker {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    const fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn waits_double_up_to_the_longest_and_begin_anew() {
        let mut backoff = Backoff { jitter: 0.0, ..Backoff::new() };
        let waits: Vec<_> = (0..9).map(|_| backoff.fail().as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        backoff.reset();
        assert_eq!(backoff.fail(), seconds(1));
        // Years without success.
        for _ in 0..100_000 {
            backoff.fail();
        }
        assert_eq!(backoff.fail(), seconds(60));
    }

    #[test]
    fn chance_takes_its_share_and_no_more() {
        let waits = (0..10_000).map(|_| Backoff { jitter: 0.5, ..Backoff::new() }.fail().as_secs_f64());
        let (least, most) =
            waits.fold((1.0, 0.0), |(least, most), wait: f64| (wait.min(least), wait.max(most)));
        assert!((0.5..0.51).contains(&least) && (0.99..=1.0).contains(&most), "{least} to {most}");
    }

    #[test]
    fn the_breaker_opens_where_connections_are_lost_at_once() {
        let mut breaker = Breaker { limit: 3, ..Breaker::new() };
        assert_eq!(
            [1, 1, 1, 1].map(|after| breaker.lost(seconds(after)).is_some()),
            [false, false, true, true]
        );
        breaker.reset();
        assert_eq!([1, 1, 60, 1, 1].map(|after| breaker.lost(seconds(after)).is_some()), [false; 5]);
        assert_eq!(breaker.lost(seconds(1)), Some(seconds(300)));
    }
}
