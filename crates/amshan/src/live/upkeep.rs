//! What is to be done about a connection, without making one.

use core::fmt;
use core::time::Duration;
use std::io;

use tokio::time::Instant;

use super::backoff::{Backoff, Breaker};
use super::cadence::Cadence;
use super::messages::PAUSE;

/// How a connection is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// How long to wait between tries.
    pub backoff: Backoff,
    /// When to stop trying for a while.
    pub breaker: Breaker,
    /// When a line that says nothing counts as lost.
    pub cadence: Cadence,
    /// How long connecting may take.
    pub timeout: Duration,
    /// A pause on the line after which what is incomplete is given up.
    pub pause: Duration,
}

impl Policy {
    /// What suits a meter at a gateway or a serial port.
    pub const fn new() -> Self {
        Self {
            backoff: Backoff::new(),
            breaker: Breaker::new(),
            cadence: Cadence::new(),
            timeout: Duration::from_secs(15),
            pause: PAUSE,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::new()
    }
}

/// How a connection stands.
#[derive(Debug)]
pub enum State {
    /// It is being made; the number of the try since it last worked.
    Connecting(u32),
    /// It is there.
    Up,
    /// It is gone.
    Lost(Lost),
    /// The next try is after this time.
    Waiting {
        /// So long.
        time: Duration,
        /// Whether the breaker has opened, for connections are made and lost at once.
        rest: bool,
    },
}

/// Why a connection is gone, or was not made.
#[derive(Debug)]
pub enum Lost {
    /// It could not be made.
    Refused(io::Error),
    /// It was not made within the time for it.
    Timeout(Duration),
    /// Reading from it failed.
    Failed(io::Error),
    /// The other side has closed it.
    Closed,
    /// No message came for longer than the meter's cadence explains.
    Silent {
        /// For so long.
        time: Duration,
        /// So many octets came in that time. None: look at the meter and its cable; some: at the settings of the line.
        octets: u64,
    },
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => write!(f, "no connection: {error}"),
            Self::Timeout(limit) => write!(f, "no connection within {} s", limit.as_secs()),
            Self::Failed(error) => write!(f, "connection failed: {error}"),
            Self::Closed => f.write_str("the other side has closed the connection"),
            Self::Silent { time, octets: 0 } => {
                write!(f, "no message for {} s, and nothing else", time.as_secs())
            }
            Self::Silent { time, octets } => {
                write!(f, "no message for {} s, but {octets} octets that are none", time.as_secs())
            }
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connecting(1) => f.write_str("connecting"),
            Self::Connecting(number) => write!(f, "connecting, try {number}"),
            Self::Up => f.write_str("connected"),
            Self::Lost(reason) => fmt::Display::fmt(reason, f),
            Self::Waiting { time, rest: false } => write!(f, "next try in {:.1} s", time.as_secs_f64()),
            Self::Waiting { time, rest: true } => {
                write!(f, "connections are lost as soon as they are made: next try in {} s", time.as_secs())
            }
        }
    }
}

/// Follows one connection, and says when to wait, for how long, and when it is silent.
///
/// [`Connection`](super::Connection) keeps what can be read as a stream. This is for what can't: a client of a message
/// broker tells it what happens, and does what it says.
#[derive(Debug, Clone)]
pub struct Upkeep {
    policy: Policy,
    /// Since when it is there, and when the last message came.
    since: Option<Instant>,
    heard: Option<Instant>,
    /// How many octets have come since.
    octets: u64,
}

impl Upkeep {
    /// Follows a connection that is still to be made.
    pub const fn new(policy: Policy) -> Self {
        Self { policy, since: None, heard: None, octets: 0 }
    }

    /// How it is kept, with what was learnt of the meter.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// It is being made now. Gives until when that may take.
    pub fn connecting(&mut self) -> (State, Instant) {
        let tries = self.policy.backoff.failures().saturating_add(1);
        (State::Connecting(tries), after(Instant::now(), self.policy.timeout))
    }

    /// It is there.
    pub fn up(&mut self) -> State {
        (self.since, self.heard, self.octets) = (Some(Instant::now()), None, 0);
        State::Up
    }

    /// So many octets came.
    pub const fn octets(&mut self, count: usize) {
        self.octets = self.octets.saturating_add(count as u64);
    }

    /// A message came. The first on a connection resets the waits.
    pub fn heard(&mut self) {
        self.policy.backoff.reset();
        self.policy.breaker.reset();
        self.octets = 0;
        if let Some(before) = self.heard.or(self.since) {
            let now = Instant::now();
            self.policy.cadence.heard(now.duration_since(before));
            self.heard = Some(now);
        }
    }

    /// When it is to be taken for silent, unless a message comes before; as long as it is there.
    pub fn silent_at(&self) -> Option<Instant> {
        self.heard.or(self.since).map(|last| after(last, self.policy.cadence.patience()))
    }

    /// It is silent: why it is lost.
    pub fn silence(&self) -> Lost {
        Lost::Silent { time: self.policy.cadence.patience(), octets: self.octets }
    }

    /// It is gone, or was not made: how long to wait.
    pub fn lost(&mut self) -> State {
        self.policy.cadence.interrupted();
        let since = self.since.take();
        let rest = match since {
            Some(since) if self.heard.is_none() => self.policy.breaker.lost(since.elapsed()),
            _ => None,
        };
        self.heard = None;
        State::Waiting { time: rest.unwrap_or_else(|| self.policy.backoff.fail()), rest: rest.is_some() }
    }
}

/// Then. No wait is longer than a year.
pub(super) fn after(at: Instant, time: Duration) -> Instant {
    at.checked_add(time.min(Duration::from_secs(365 * 86_400))).unwrap_or(at)
}
