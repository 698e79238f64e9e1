//! What the meter says, and what becomes of it on the way.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use amshan_sim::ciphering::P1_AUTH_KEY;
use amshan_sim::damage::Damage;
use amshan_sim::{House, Plan, Rng};

use crate::args::Simulate;
use crate::decode::say;

/// The messages of a meter, one after the other.
#[derive(Debug)]
pub(crate) struct Stream {
    plan: Plan,
    house: House,
    /// The next message is the first that is due from this moment on, in milliseconds of Unix time.
    from: u64,
    count: Option<u64>,
    numbered: bool,
    /// The share of messages to be damaged.
    rate: f64,
    rng: Rng,
    verbose: bool,
    tally: Tally,
}

/// How many were sent.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    sent: u64,
    damaged: u64,
    disturbed: u64,
}

/// Why there can be no such meter.
#[derive(Debug)]
pub(crate) enum Error {
    /// Nobody knows its name.
    Unknown(String),
    /// This key is none.
    Key(&'static str),
    /// An authentication key without an encryption key.
    Alone,
    /// It ciphers, and no key was given.
    NoKey,
    /// Its messages have a tag, and no authentication key was given.
    NoAuthKey,
}

/// What happens to messages, in turn; none stands for noise between two of them.
const KINDS: [Option<Damage>; 6] = [
    Some(Damage::FlipBit),
    Some(Damage::LoseOctet),
    Some(Damage::DoubleOctet),
    None,
    Some(Damage::CutTail),
    Some(Damage::CutHead),
];

/// How many octets of noise there are at most.
const NOISE: u64 = 32;

impl Stream {
    pub(crate) fn new(options: &Simulate) -> Result<Self, Error> {
        let plan = Plan::named(&options.meter).ok_or_else(|| Error::Unknown(options.meter.clone()))?;
        let house = House::lived(options.seed);
        let house = match (&options.key, &options.auth_key) {
            (Some(key), auth_key) => {
                let auth_key = auth_key.as_deref().map(|text| octets("--auth-key", text)).transpose()?;
                house.keyed(octets("--key", key)?, auth_key)
            }
            (None, Some(_)) => return Err(Error::Alone),
            (None, None) => house,
        };
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let from = match options.start {
            Some(start) => u64::try_from(start.as_millisecond()).unwrap_or_default(),
            None => u64::try_from(now()).unwrap_or_default(),
        };
        for list in plan.lists() {
            let message = list.encode(&house.at(from));
            if message.key.is_some() && options.key.is_none() {
                return Err(Error::NoKey);
            }
            let known = |key: &[u8; 16]| *key == P1_AUTH_KEY || options.auth_key.is_some();
            if !message.auth_key.is_none_or(|key| known(&key)) {
                return Err(Error::NoAuthKey);
            }
        }
        Ok(Self {
            plan,
            house,
            from,
            count: options.count,
            numbered: options.numbered,
            rate: options.damage,
            rng: Rng::new(options.seed),
            verbose: options.verbose,
            tally: Tally::default(),
        })
    }

    /// When the next message is due, in milliseconds of Unix time.
    pub(crate) fn due(&self) -> u64 {
        self.plan.next(self.from).0
    }

    pub(crate) const fn tally(&self) -> Tally {
        self.tally
    }

    /// The next message, and when it is due; none when there were as many as wanted.
    pub(crate) fn next_message(&mut self) -> Option<(u64, Vec<u8>)> {
        if self.count.is_some_and(|count| self.tally.sent >= count) {
            return None;
        }
        let (due, list) = self.plan.next(self.from);
        self.from = due.saturating_add(1);
        self.tally.sent = self.tally.sent.saturating_add(1);
        // All lists have room for this many watts.
        let number = self.tally.sent & 0xFFFF;
        let house = if self.numbered { self.house.numbered(number) } else { self.house };
        let mut octets = list.encode(&house.at(due)).bytes;
        let drawn = u32::try_from(self.rng.below(1 << 32)).unwrap_or_default();
        if f64::from(drawn) < self.rate * f64::from(u32::MAX) {
            let what = self.damage(&mut octets);
            if self.verbose {
                say(format_args!("message {} ({}): {what}", self.tally.sent, list.name));
            }
        }
        Some((due, octets))
    }

    /// Does the damage whose turn it is, and says which.
    fn damage(&mut self, octets: &mut Vec<u8>) -> &'static str {
        let turn =
            usize::try_from(self.tally.damaged.saturating_add(self.tally.disturbed)).unwrap_or_default();
        let kind =
            KINDS.iter().copied().cycle().nth(turn.checked_rem(KINDS.len()).unwrap_or_default()).flatten();
        let Some(kind) = kind else {
            self.tally.disturbed = self.tally.disturbed.saturating_add(1);
            let noise = self.rng.below(NOISE).saturating_add(1);
            let noise: Vec<u8> = (0..noise).map(|_| self.rng.next_u64().to_be_bytes()[0]).collect();
            octets.splice(..0, noise);
            return "noise before it";
        };
        self.tally.damaged = self.tally.damaged.saturating_add(1);
        // A cut before the first octet, or behind the last, cuts nothing.
        let whole = octets.clone();
        while *octets == whole {
            kind.apply(octets, &mut self.rng);
        }
        match kind {
            Damage::FlipBit => "one bit flipped",
            Damage::LoseOctet => "one octet lost",
            Damage::DoubleOctet => "one octet doubled",
            Damage::CutTail => "its end lost",
            _ => "its beginning lost",
        }
    }
}

/// The octets of a key. What is wrong with it is said without it.
fn octets(option: &'static str, text: &str) -> Result<[u8; 16], Error> {
    let right = text.len() == 32 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = u128::from_str_radix(text, 16).ok().filter(|_| right);
    number.map(u128::to_be_bytes).ok_or(Error::Key(option))
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, damaged, disturbed } = self;
        write!(f, "{sent} messages sent, {damaged} of them damaged, {disturbed} behind noise")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "no meter is called \"{name}\"; `amshan meters` names them"),
            Self::Key(option) => write!(f, "{option}: a key has 32 hexadecimal digits"),
            Self::Alone => write!(f, "--auth-key needs --key as well"),
            Self::NoKey => {
                write!(f, "this meter ciphers what it sends: give it a --key, any 32 hexadecimal digits")
            }
            Self::NoAuthKey => {
                write!(f, "the messages of this meter have a tag: give it an --auth-key as well")
            }
        }
    }
}
