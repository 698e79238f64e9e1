//! Topics of a message broker. Each is a line of its own: what bridges publish there is unwrapped, and read like any
//! other input.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::Arc;

use amshan::dlde::Check;
use amshan::envelope::{Payload, decode_hex_in_place};
use amshan::live::{Lost, State, Upkeep};
use rumqttc::{Packet, PubAck, PubComp, PubRec, Publish, QoS, SubscribeReasonCode, has_wildcards};
use tokio::time::{self, Instant};
use zeroize::Zeroizing;

use super::address::Mqtt;
use super::desk::Desk;
use super::out::Out;
use super::record::Recorder;
use super::session::{KEEP_ALIVE, Session};
use super::settings::Settings;
use super::stop::Stop;
use super::told::Told;
use crate::feed::Feed;
use crate::tally::Tally;

/// So many topics are read; a filter may let in more than anybody meant.
const TOPICS: usize = 256;

/// What is read of a broker.
pub(crate) struct Broker {
    mqtt: Mqtt,
    password: Option<Arc<Zeroizing<String>>>,
    settings: Arc<Settings>,
    out: Out,
    recorder: Option<Recorder>,
    /// Whether topics are named on stderr.
    named: bool,
    told: Told,
    upkeep: Upkeep,
    topics: BTreeMap<String, Topic>,
    /// What came with the highest quality and was not released: if it comes again, it is the same.
    received: BTreeSet<u16>,
    /// What came last under each number with the quality below, as a hash.
    answered: BTreeMap<u16, u64>,
    /// When what is incomplete is given up.
    idle_at: Option<Instant>,
}

/// One topic.
struct Topic {
    feed: Feed,
    desk: Desk,
    /// The last payload, for it comes again after a connection was lost if the broker retains it.
    last: Vec<u8>,
}

/// Why a connection is no longer followed.
enum Ended {
    Lost(Lost),
    /// It is to stop, or nobody takes any more.
    Stop,
}

impl Broker {
    pub(crate) fn new(
        mqtt: Mqtt,
        password: Option<Arc<Zeroizing<String>>>,
        settings: Arc<Settings>,
        out: Out,
        name: Option<&str>,
        recorder: Option<Recorder>,
    ) -> Self {
        Self {
            named: name.is_some() || has_wildcards(&mqtt.topic),
            told: Told::new(name.map(str::to_owned)),
            upkeep: Upkeep::new(settings.policy.clone()),
            topics: BTreeMap::new(),
            received: BTreeSet::new(),
            answered: BTreeMap::new(),
            idle_at: None,
            mqtt,
            password,
            settings,
            out,
            recorder,
        }
    }

    /// Reads until it is to stop.
    pub(crate) async fn read(mut self, mut stop: Stop) -> Tally {
        loop {
            let (state, until) = self.upkeep.connecting();
            self.told.state(state);
            let password = self.password.as_deref().map(|password| password.as_str());
            let opening = Session::open(&self.mqtt, password, self.settings.policy.timeout);
            let opened = tokio::select! {
                biased;
                () = stop.asked() => break,
                opened = time::timeout_at(until, opening) => opened,
            };
            let lost = match opened {
                Ok(Ok(session)) => match self.follow(session, &mut stop).await {
                    Ended::Lost(lost) => lost,
                    Ended::Stop => break,
                },
                Ok(Err(error)) => Lost::Refused(error),
                Err(_) => Lost::Timeout(self.settings.policy.timeout),
            };
            self.told.state(State::Lost(lost));
            let waiting = self.upkeep.lost();
            let wait = if let State::Waiting { time, .. } = waiting { time } else { continue };
            self.told.state(waiting);
            tokio::select! {
                biased;
                () = stop.asked() => break,
                () = time::sleep(wait) => {}
            }
        }
        self.finish().await
    }

    /// Follows a session until it ends.
    async fn follow(&mut self, mut session: Session, stop: &mut Stop) -> Ended {
        let state = self.upkeep.up();
        self.told.state(state);
        if !session.kept {
            self.received.clear();
            self.answered.clear();
        }
        let (mut ping_at, mut answered) = (later(), true);
        loop {
            let silent_at = self.upkeep.silent_at().unwrap_or(ping_at);
            let until = self.idle_at.unwrap_or(ping_at).min(silent_at).min(ping_at);
            let next = tokio::select! {
                biased;
                () = stop.asked() => {
                    // Whether it hears that makes no difference to us.
                    let _ = session.send(Packet::Disconnect).await;
                    return Ended::Stop;
                }
                next = time::timeout_at(until, session.next()) => next,
            };
            let done = match next {
                Ok(Some(Ok(packet))) => {
                    answered = true;
                    match self.packet(packet).await {
                        Ok(Some(answer)) => session.send(answer).await,
                        Ok(None) => Ok(()),
                        Err(ended) => return ended,
                    }
                }
                Ok(Some(Err(error))) => Err(error),
                Ok(None) => return Ended::Lost(Lost::Closed),
                Err(_) if Instant::now() >= silent_at => return Ended::Lost(self.upkeep.silence()),
                Err(_) if Instant::now() >= ping_at && !answered => {
                    Err(io::Error::new(io::ErrorKind::TimedOut, "the broker does not answer"))
                }
                Err(_) if Instant::now() >= ping_at => {
                    (ping_at, answered) = (later(), false);
                    session.send(Packet::PingReq).await
                }
                Err(_) => match self.idle().await {
                    true => Ok(()),
                    false => return Ended::Stop,
                },
            };
            if let Err(error) = done {
                return Ended::Lost(Lost::Failed(error));
            }
        }
    }

    /// Takes a packet, and gives what is to be answered.
    async fn packet(&mut self, packet: Packet) -> Result<Option<Packet>, Ended> {
        Ok(match packet {
            Packet::Publish(publish) => {
                let (id, quality) = (publish.pkid, publish.qos);
                let anew = match quality {
                    QoS::AtMostOnce => true,
                    QoS::AtLeastOnce => self.is_new(&publish),
                    QoS::ExactlyOnce => self.received.insert(id),
                };
                if anew && !self.publish(publish).await {
                    return Err(Ended::Stop);
                }
                match quality {
                    QoS::AtMostOnce => None,
                    QoS::AtLeastOnce => Some(Packet::PubAck(PubAck::new(id))),
                    QoS::ExactlyOnce => Some(Packet::PubRec(PubRec::new(id))),
                }
            }
            Packet::PubRel(release) => {
                self.received.remove(&release.pkid);
                Some(Packet::PubComp(PubComp::new(release.pkid)))
            }
            Packet::SubAck(answer) if answer.return_codes.contains(&SubscribeReasonCode::Failure) => {
                let why = "the broker does not let this user read this topic";
                return Err(Ended::Lost(Lost::Failed(io::Error::new(io::ErrorKind::PermissionDenied, why))));
            }
            _ => None,
        })
    }

    /// Whether this has not come before. A broker sends again, under the same number, what it heard no answer to.
    fn is_new(&mut self, publish: &Publish) -> bool {
        let mut hasher = DefaultHasher::new();
        (&publish.topic, publish.payload.as_ref()).hash(&mut hasher);
        let this = hasher.finish();
        self.answered.insert(publish.pkid, this) != Some(this) || !publish.dup
    }

    /// Reads what was published. False: nobody takes any more.
    async fn publish(&mut self, publish: Publish) -> bool {
        let Publish { topic: name, payload, retain, .. } = publish;
        if !self.topics.contains_key(&name) {
            if self.topics.len() == TOPICS {
                self.told.fault(format_args!("more than {TOPICS} topics: the others are not read"));
                return true;
            }
            let shown = self.mqtt.name(&name);
            let settings = &self.settings;
            let topic = Topic {
                feed: Feed::new(settings.framing.map(Into::into), Check::from(settings.p1_check)),
                desk: Desk::new(settings, &self.out, Some(shown.as_str()).filter(|_| self.named)),
                last: Vec::new(),
            };
            self.topics.insert(name.clone(), topic);
        }
        let Some(Topic { feed, desk, last }) = self.topics.get_mut(&name) else { return true };
        if retain && *last == payload {
            return true;
        }
        if let Some(recorder) = &self.recorder {
            recorder.put(&payload);
            if let Some(error) = recorder.fault() {
                self.told.fault(format_args!("nothing is recorded: {error}"));
            }
        }
        *last = payload.to_vec();
        let mut octets = payload.to_vec();
        if let Payload::Hex { times } = Payload::of(&payload) {
            for _ in 0..times {
                let count = decode_hex_in_place(&mut octets).unwrap_or(octets.len());
                octets.truncate(count);
            }
        }
        self.upkeep.octets(octets.len());
        let mut heard = false;
        let mut each = |item: crate::feed::Item<'_>| {
            heard |= item.is_ok();
            desk.item(item);
        };
        feed.octets(&octets, &mut each);
        feed.pause(&mut each);
        if heard {
            self.upkeep.heard();
        }
        self.idle_at = Instant::now().checked_add(self.settings.policy.pause);
        desk.flush().await
    }

    /// Nothing came for a while: what is incomplete is given up. False: nobody takes any more.
    async fn idle(&mut self) -> bool {
        self.idle_at = None;
        let mut taken = true;
        for Topic { feed, desk, .. } in self.topics.values_mut() {
            feed.idle(&mut |item| desk.item(item));
            taken &= desk.flush().await;
        }
        taken
    }

    /// What is left, and what came of all topics.
    async fn finish(mut self) -> Tally {
        let mut tally = Tally::default();
        for Topic { feed, desk, .. } in self.topics.values_mut() {
            feed.finish(&mut |item| desk.item(item));
            desk.flush().await;
            desk.told.finish();
            tally = tally.and(desk.tally);
        }
        self.told.finish();
        tally
    }
}

/// When the broker is asked whether it is there.
fn later() -> Instant {
    let now = Instant::now();
    now.checked_add(KEEP_ALIVE).unwrap_or(now)
}
