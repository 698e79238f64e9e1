//! A connection that is kept.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use std::boxed::Box;
use std::collections::VecDeque;
use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{self, Instant};

use super::upkeep::{Lost, Policy, State, Upkeep, after};
use crate::error::Error;
use crate::message::Message;
use crate::reader::Reader;

/// What happened on a connection.
#[derive(Debug)]
pub enum Event<'a> {
    /// A whole message.
    Message(Message<'a>),
    /// A stretch that gave no message. The stream goes on behind it.
    Broken(Error),
    /// The connection is now so.
    State(State),
}

/// Keeps a connection: makes it, takes messages from it, and makes it again when it is lost, for ever.
///
/// ```no_run
/// use amshan::live::{Connection, Event};
/// use tokio::net::TcpStream;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut connection = Connection::new(|| TcpStream::connect("meter.local:4059"));
/// while let Some(event) = connection.next().await {
///     match event {
///         Event::Message(message) => println!("{} octets of {}", message.bytes().len(), message.origin().framing),
///         Event::Broken(error) => eprintln!("{error}"),
///         Event::State(state) => eprintln!("{state}"),
///     }
/// }
/// # }
/// ```
///
/// What was whole before a connection was lost is given first. The first message on a connection resets the waits.
pub struct Connection<S> {
    connect: Box<dyn FnMut() -> Connecting<S> + Send>,
    upkeep: Upkeep,
    reader: Reader,
    link: Link<S>,
    /// States that are still to be told.
    told: VecDeque<State>,
}

type Connecting<S> = Pin<Box<dyn Future<Output = io::Result<S>> + Send>>;

enum Link<S> {
    /// Nothing is being done.
    Down,
    Connecting(Connecting<S>, Instant),
    /// It is there; when the last octet came that a message may still be made of.
    Up(S, Option<Instant>),
    Waiting(Instant),
    Ended,
}

impl<S: AsyncRead + Unpin> Connection<S> {
    /// Keeps what this connects to, as suits most.
    pub fn new<F>(connect: impl FnMut() -> F + Send + 'static) -> Self
    where
        F: Future<Output = io::Result<S>> + Send + 'static,
    {
        Self::with(connect, Policy::new(), Reader::new())
    }

    /// Keeps what this connects to, with a policy and a reader of the caller's making.
    pub fn with<F>(mut connect: impl FnMut() -> F + Send + 'static, policy: Policy, reader: Reader) -> Self
    where
        F: Future<Output = io::Result<S>> + Send + 'static,
    {
        let connect = Box::new(move || -> Connecting<S> { Box::pin(connect()) });
        Self { connect, upkeep: Upkeep::new(policy), reader, link: Link::Down, told: VecDeque::new() }
    }

    /// How it is kept, with what was learnt of the meter.
    pub const fn policy(&self) -> &Policy {
        self.upkeep.policy()
    }

    /// Ends it. What has come whole is still given by [`next`](Self::next), then `None`.
    pub fn close(&mut self) {
        if !matches!(self.link, Link::Ended) {
            self.link = Link::Ended;
            self.reader.finish();
        }
    }

    /// What happens next; `None` after [`close`](Self::close).
    ///
    /// Cancel-safe: nothing is lost if this is dropped before it is done.
    pub async fn next(&mut self) -> Option<Event<'_>> {
        loop {
            match self.reader.locate() {
                Some(Ok(located)) => {
                    self.upkeep.heard();
                    return Some(Event::Message(self.reader.lend(located)));
                }
                Some(Err(error)) => return Some(Event::Broken(error)),
                None => {}
            }
            if let Some(state) = self.told.pop_front() {
                return Some(Event::State(state));
            }
            match &mut self.link {
                Link::Ended => return None,
                Link::Down => {
                    let (state, until) = self.upkeep.connecting();
                    self.link = Link::Connecting((self.connect)(), until);
                    self.told.push_back(state);
                }
                Link::Connecting(connecting, until) => match time::timeout_at(*until, connecting).await {
                    Ok(Ok(source)) => {
                        self.link = Link::Up(source, None);
                        self.told.push_back(self.upkeep.up());
                    }
                    Ok(Err(error)) => self.lose(Lost::Refused(error)),
                    Err(_) => self.lose(Lost::Timeout(self.upkeep.policy().timeout)),
                },
                Link::Up(source, octets) => {
                    let silence = self.upkeep.silent_at().unwrap_or_else(Instant::now);
                    // Only what is incomplete can be given up.
                    let pause = octets
                        .filter(|_| !self.reader.is_empty())
                        .map(|at| after(at, self.upkeep.policy().pause));
                    let until = pause.map_or(silence, |pause| pause.min(silence));
                    match time::timeout_at(until, source.read(self.reader.space())).await {
                        Ok(Ok(0)) => self.lose(Lost::Closed),
                        Ok(Ok(n)) => {
                            *octets = Some(Instant::now());
                            self.upkeep.octets(n);
                            self.reader.advance(n);
                        }
                        Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                        Ok(Err(error)) => self.lose(Lost::Failed(error)),
                        Err(_) if Instant::now() >= silence => self.lose(self.upkeep.silence()),
                        Err(_) => {
                            *octets = None;
                            self.reader.idle();
                        }
                    }
                }
                Link::Waiting(until) => {
                    time::sleep_until(*until).await;
                    self.link = Link::Down;
                }
            }
        }
    }

    /// The connection is gone, or was not made.
    fn lose(&mut self, reason: Lost) {
        self.reader.finish();
        let waiting = self.upkeep.lost();
        if let State::Waiting { time, .. } = waiting {
            self.link = Link::Waiting(after(Instant::now(), time));
        }
        self.told.extend([State::Lost(reason), waiting]);
    }
}

impl<S> fmt::Debug for Connection<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let link = match self.link {
            Link::Down => "down",
            Link::Connecting(..) => "connecting",
            Link::Up(..) => "up",
            Link::Waiting(_) => "waiting",
            Link::Ended => "ended",
        };
        f.debug_struct("Connection")
            .field("link", &link)
            .field("policy", self.upkeep.policy())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use std::string::String;
    use std::sync::{Arc, Mutex};
    use std::vec::Vec;
    use tokio::io::{AsyncWriteExt, DuplexStream, duplex};

    const TELEGRAM: &[u8] = b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n";

    /// What the meter does on each connection: how long it takes, and then.
    type Script = Vec<(Duration, Then)>;

    #[derive(Clone, Copy)]
    enum Then {
        Refuse,
        Hang,
        /// So many messages, this far apart; then it closes.
        Send(u32, Duration),
        /// The same, then it says nothing more.
        Freeze(u32, Duration),
    }

    const fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    async fn send(mut meter: DuplexStream, count: u32, gap: Duration, freeze: bool) {
        for _ in 0..count {
            meter.write_all(TELEGRAM).await.unwrap();
            time::sleep(gap).await;
        }
        if freeze {
            time::sleep(seconds(1_000_000)).await;
        }
    }

    fn connection(script: Script, policy: Policy) -> Connection<DuplexStream> {
        let script = Arc::new(Mutex::new(VecDeque::from(script)));
        let connect = move || {
            let next = script.lock().unwrap().pop_front();
            async move {
                let Some((delay, then)) = next else { return core::future::pending().await };
                time::sleep(delay).await;
                let (meter, port) = duplex(4096);
                match then {
                    Then::Refuse => return Err(io::ErrorKind::ConnectionRefused.into()),
                    Then::Hang => return core::future::pending().await,
                    Then::Send(count, gap) => drop(tokio::spawn(send(meter, count, gap, false))),
                    Then::Freeze(count, gap) => drop(tokio::spawn(send(meter, count, gap, true))),
                }
                Ok(port)
            }
        };
        Connection::with(connect, policy, Reader::new())
    }

    fn steady() -> Policy {
        let mut policy = Policy::new();
        policy.backoff.jitter = 0.0;
        policy
    }

    /// What happens within this time: messages as `*`, states in words, each with its second.
    async fn watch(connection: &mut Connection<DuplexStream>, limit: Duration) -> Vec<String> {
        let start = Instant::now();
        let mut seen: Vec<String> = Vec::new();
        while let Ok(Some(event)) = time::timeout_at(start + limit, connection.next()).await {
            let at = start.elapsed().as_secs();
            seen.push(match event {
                Event::Message(message) => {
                    assert_eq!(message.bytes(), TELEGRAM.trim_ascii_end());
                    std::format!("{at} *")
                }
                Event::Broken(error) => std::format!("{at} {error}"),
                Event::State(state) => std::format!("{at} {state}"),
            });
        }
        seen
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_lost_comes_back_and_a_message_resets_the_wait() {
        let refuse = (Duration::ZERO, Then::Refuse);
        let mut connection =
            connection(std::vec![refuse, refuse, (seconds(1), Then::Send(2, seconds(10))), refuse], steady());
        let seen = watch(&mut connection, seconds(28)).await;
        let refused = "no connection: connection refused";
        assert_eq!(
            seen,
            [
                "0 connecting",
                &std::format!("0 {refused}"),
                "0 next try in 1.0 s",
                "1 connecting, try 2",
                &std::format!("1 {refused}"),
                "1 next try in 2.0 s",
                "3 connecting, try 3",
                "4 connected",
                "4 *",
                "14 *",
                "24 the other side has closed the connection",
                "24 next try in 1.0 s",
                "25 connecting, try 2",
                &std::format!("25 {refused}"),
                "25 next try in 2.0 s",
                "27 connecting, try 3",
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_hangs_is_given_up() {
        let mut connection = connection(std::vec![(Duration::ZERO, Then::Hang)], steady());
        let seen = watch(&mut connection, seconds(16)).await;
        assert_eq!(seen[1..3], ["15 no connection within 15 s", "15 next try in 1.0 s"]);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_measured_by_the_cadence() {
        // Ten seconds apart: silent after fifty.
        let mut connection = connection(std::vec![(Duration::ZERO, Then::Freeze(3, seconds(10)))], steady());
        let seen = watch(&mut connection, seconds(200)).await;
        assert_eq!(
            seen[2..7],
            ["0 *", "10 *", "20 *", "70 no message for 50 s, and nothing else", "70 next try in 1.0 s"]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_breaker_rests_where_connections_are_lost_at_once() {
        let at_once = (Duration::ZERO, Then::Send(0, Duration::ZERO));
        let mut policy = steady();
        policy.breaker.limit = 3;
        let mut connection = connection(std::vec![at_once; 3], policy);
        let seen = watch(&mut connection, seconds(400)).await;
        let waits: Vec<_> =
            seen.iter().filter(|line| line.contains("next try")).map(String::as_str).collect();
        assert_eq!(
            waits,
            [
                "0 next try in 1.0 s",
                "1 next try in 2.0 s",
                "3 connections are lost as soon as they are made: next try in 300 s",
                "318 next try in 4.0 s",
                "337 next try in 8.0 s",
                "360 next try in 16.0 s",
                "391 next try in 32.0 s",
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_whole_before_the_end_is_given() {
        let mut connection = connection(std::vec![(Duration::ZERO, Then::Freeze(1, seconds(1)))], steady());
        while !matches!(connection.next().await, Some(Event::State(State::Up))) {}
        assert!(matches!(connection.next().await, Some(Event::Message(_))));
        connection.close();
        assert!(connection.next().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn of_a_message_that_the_end_cuts_the_rest_is_told() {
        let (mut meter, port) = duplex(4096);
        let mut port = Some(port);
        let connect = move || core::future::ready(port.take().ok_or(io::ErrorKind::NotFound.into()));
        let mut connection = Connection::new(connect);
        // Two telegrams in one piece, and a part of a third.
        meter.write_all(&[TELEGRAM, TELEGRAM, &TELEGRAM[..20]].concat()).await.unwrap();
        drop(meter);
        let seen = watch(&mut connection, seconds(1)).await;
        let messages = seen.iter().filter(|line| line.ends_with('*')).count();
        let broken =
            seen.iter().position(|line| line.contains("ends after")).unwrap_or_else(|| panic!("{seen:?}"));
        let lost = seen.iter().position(|line| line.contains("closed")).unwrap();
        assert!(messages == 2 && broken < lost, "{seen:?}");
    }
}
