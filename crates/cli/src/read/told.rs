//! What is said on stderr: each thing once, then how often it came again.

use core::fmt::Display;
use core::time::Duration;
use std::io::{self, Write};

use amshan::live::{Lost, State};
use tokio::time::Instant;

/// What one source says.
#[derive(Debug)]
pub(crate) struct Told {
    /// The source, where there are several.
    name: Option<String>,
    faults: Vec<Fault>,
    /// Why the connection is gone, until it is known when the next try is.
    lost: Option<Lost>,
    /// Whether that it is gone was the last that was said of it.
    down: bool,
    tries: u32,
    sink: Sink,
}

/// Where it is said.
#[derive(Debug)]
enum Sink {
    Stderr,
    #[cfg(test)]
    Kept(Vec<String>),
}

/// Something that goes wrong again and again.
#[derive(Debug)]
struct Fault {
    /// Its text without numbers.
    key: String,
    /// The last one that was not said, and how many.
    text: String,
    count: u64,
    said: Instant,
    last: Instant,
    /// How long to say nothing of it.
    wait: Duration,
}

/// A fault is said again after a minute, then after two, after an hour at most.
const SHORTEST: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(3600);
/// So many kinds of faults are told apart.
const KINDS: usize = 64;

impl Told {
    /// For a source, which is named where there are several.
    pub(crate) const fn new(name: Option<String>) -> Self {
        Self { name, faults: Vec::new(), lost: None, down: false, tries: 0, sink: Sink::Stderr }
    }

    /// Says it.
    pub(crate) fn say(&mut self, what: impl Display) {
        let line = match &self.name {
            Some(name) => format!("amshan: {name}: {what}"),
            None => format!("amshan: {what}"),
        };
        match &mut self.sink {
            // Nobody need listen there.
            Sink::Stderr => drop(writeln!(io::stderr(), "{line}")),
            #[cfg(test)]
            Sink::Kept(lines) => lines.push(line),
        }
    }

    /// Says it when it comes first; later how often it came. Tells whether it was said.
    pub(crate) fn fault(&mut self, what: impl Display) -> bool {
        let (now, text) = (Instant::now(), what.to_string());
        let key = key(&text);
        let place = self.faults.iter().position(|fault| fault.key == key);
        let Some(fault) = place.and_then(|place| self.faults.get_mut(place)) else {
            if self.faults.len() == KINDS {
                self.forget();
            }
            self.faults.push(Fault {
                key,
                text: String::new(),
                count: 0,
                said: now,
                last: now,
                wait: SHORTEST,
            });
            self.say(text);
            return true;
        };
        let rare = now.duration_since(fault.last) > LONGEST;
        fault.last = now;
        if !rare && now.duration_since(fault.said) < fault.wait {
            fault.count = fault.count.saturating_add(1);
            fault.text = text;
            return false;
        }
        fault.wait = if rare { SHORTEST } else { fault.wait.saturating_mul(2).min(LONGEST) };
        let (count, since) = (core::mem::take(&mut fault.count), now.duration_since(fault.said));
        fault.said = now;
        match count {
            0 => self.say(text),
            count => self.say(format_args!("{text} ({count} more in the last {})", span(since))),
        }
        true
    }

    /// Says a state, in one line for each change.
    pub(crate) fn state(&mut self, state: State) {
        match state {
            State::Connecting(number) => {
                self.tries = number;
                if number == 1 && !self.down {
                    self.say(&state);
                }
            }
            State::Up => {
                let told = core::mem::take(&mut self.down);
                match self.tries {
                    1 if told => self.say("connected again"),
                    1 => self.say(&state),
                    tries if told => self.say(format_args!("connected after {tries} tries")),
                    _ => {}
                }
            }
            State::Lost(lost) => self.lost = Some(lost),
            State::Waiting { .. } => {
                let said = match self.lost.take() {
                    Some(lost) => self.fault(format_args!("{lost}; {state}")),
                    None => self.fault(&state),
                };
                self.down |= said;
            }
        }
    }

    /// Says what was not said yet.
    pub(crate) fn finish(&mut self) {
        for fault in core::mem::take(&mut self.faults) {
            self.rest(&fault);
        }
    }

    /// Forgets the fault that did not come for the longest time.
    fn forget(&mut self) {
        let oldest =
            self.faults.iter().enumerate().min_by_key(|(_, fault)| fault.last).map(|(index, _)| index);
        if let Some(index) = oldest {
            let fault = self.faults.swap_remove(index);
            self.rest(&fault);
        }
    }

    fn rest(&mut self, fault: &Fault) {
        if fault.count > 0 {
            let since = span(fault.said.elapsed());
            self.say(format_args!("{} ({} times in the last {since})", fault.text, fault.count));
        }
    }
}

/// A text without what is another number each time: words with a digit in them.
fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for word in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        key += if word.contains(|c: char| c.is_ascii_digit()) { "#" } else { word };
    }
    key
}

/// A time for people.
fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=119 => format!("{seconds} s"),
        seconds @ 120..=7199 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    fn told() -> Told {
        Told { sink: Sink::Kept(Vec::new()), ..Told::new(Some("a".to_owned())) }
    }

    fn lines(told: &mut Told) -> Vec<String> {
        let Sink::Kept(lines) = &mut told.sink else { panic!("kept") };
        core::mem::take(lines)
    }

    #[tokio::test(start_paused = true)]
    async fn a_fault_is_said_once_and_then_counted() {
        let mut told = told();
        // Each second for an hour, and once something else.
        for second in 0..3600 {
            told.fault(format_args!("byte {second}: check 4f{second:02x} is wrong"));
            if second == 100 {
                told.fault("the list is cut");
            }
            advance(Duration::from_secs(1)).await;
        }
        assert_eq!(
            lines(&mut told),
            [
                "amshan: a: byte 0: check 4f00 is wrong",
                "amshan: a: byte 60: check 4f3c is wrong (59 more in the last 60 s)",
                "amshan: a: the list is cut",
                "amshan: a: byte 180: check 4fb4 is wrong (119 more in the last 2 min)",
                "amshan: a: byte 420: check 4f1a4 is wrong (239 more in the last 4 min)",
                "amshan: a: byte 900: check 4f384 is wrong (479 more in the last 8 min)",
                "amshan: a: byte 1860: check 4f744 is wrong (959 more in the last 16 min)",
            ]
        );
        told.finish();
        assert_eq!(
            lines(&mut told),
            ["amshan: a: byte 3599: check 4fe0f is wrong (1739 times in the last 29 min)"]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_fault_that_comes_once_a_day_is_said_each_time() {
        let mut told = told();
        for _ in 0..3 {
            told.fault("wrong");
            advance(Duration::from_secs(86_400)).await;
        }
        assert_eq!(lines(&mut told), ["amshan: a: wrong"; 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_day_without_a_gateway_is_few_lines() {
        let mut told = told();
        let refused = || State::Lost(Lost::Refused(io::ErrorKind::ConnectionRefused.into()));
        told.state(State::Connecting(1));
        told.state(State::Up);
        for number in 1..=1440 {
            told.state(State::Connecting(number));
            told.state(refused());
            told.state(State::Waiting { time: Duration::from_secs(60), rest: false });
            advance(Duration::from_secs(60)).await;
        }
        told.state(State::Connecting(1441));
        told.state(State::Up);
        let lines = lines(&mut told);
        assert_eq!(lines[..2], ["amshan: a: connecting", "amshan: a: connected"]);
        assert_eq!(lines[2], "amshan: a: connecting");
        assert_eq!(lines[3], "amshan: a: no connection: connection refused; next try in 60.0 s");
        assert_eq!(lines.last().unwrap(), "amshan: a: connected after 1441 tries");
        assert!(lines.len() < 40, "{}", lines.len());
    }

    #[tokio::test(start_paused = true)]
    async fn kinds_have_an_end() {
        let mut told = told();
        for kind in 0..1000u32 {
            let letters: String = format!("{kind:03}").bytes().map(|c| char::from(c + 49)).collect();
            told.fault(letters);
        }
        assert_eq!((told.faults.len(), lines(&mut told).len()), (KINDS, 1000));
    }
}
