//! `amshan probe`: why nothing comes out, and what to write instead.

use core::fmt::{self, Write as _};
use core::time::Duration;
use std::io::{self, Write as _};

use amshan::live::{News, Seen};
use amshan::{Decoder, Reader};
use serial2_tokio::{CharSize, Parity, StopBits};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{self, Instant};

use crate::Status;
use crate::args::Probe;
use crate::decode::{given, hint, say, unwritten};
use crate::read::address::{Serial, Source};
use crate::read::{serial, tcp};

/// The settings of ports, the most frequent first: where 2400 8N1 garbles, P1 and then meters with parity follow.
const SETTINGS: [(u32, CharSize, Parity); 8] = [
    (2400, CharSize::Bits8, Parity::None),
    (115_200, CharSize::Bits8, Parity::None),
    (2400, CharSize::Bits8, Parity::Even),
    (9600, CharSize::Bits8, Parity::None),
    (9600, CharSize::Bits7, Parity::Even),
    (115_200, CharSize::Bits7, Parity::Even),
    (9600, CharSize::Bits8, Parity::Even),
    (19_200, CharSize::Bits8, Parity::None),
];

/// A pause between two messages.
const PAUSE: Duration = Duration::from_millis(500);

/// No message takes longer, at 2400 baud either: 1,400 octets.
const LONGEST: Duration = Duration::from_secs(6);

/// How long connecting to a gateway may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Octets that are kept to look at them in other ways.
const KEPT: usize = 16_384;

/// Finds out what is at a source.
pub(crate) fn run(options: &Probe) -> Status {
    let source = match Source::parse(&options.source) {
        Ok(source @ (Source::Serial(_) | Source::Tcp(_))) => source,
        Ok(_) => {
            say("there is nothing to find out about this source: probe is for serial ports and gateways");
            return Status::Usage;
        }
        Err(error) => {
            say(error);
            return Status::Usage;
        }
    };
    let (keys, layouts) = match given(&options.keys, &options.layouts) {
        Ok(given) => given,
        Err(status) => return status,
    };
    let decoder = layouts.decoder().keys(&keys).unverified(options.keys.unverified);
    let found = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .and_then(|runtime| runtime.block_on(find(&source, &decoder, options.wait)));
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            say(format_args!("{source}: {error}"));
            return Status::Unreadable;
        }
    };
    let mut stdout = io::stdout().lock();
    match stdout.write_all(found.text(&options.source).as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) if found.heard.messages > 0 => Status::Good,
        Ok(()) => Status::Incomplete,
        Err(error) => unwritten(&error),
    }
}

/// What was found out.
struct Found {
    /// How the port was set, if it is one.
    serial: Option<Serial>,
    heard: Heard,
    /// What came under each setting that was given up.
    garbled: Vec<(Serial, Heard)>,
}

/// What was heard under one setting.
#[derive(Debug, Default)]
struct Heard {
    octets: u64,
    /// Octets with their highest bit set.
    high: u64,
    /// Octets of value 0 or FF: what a line that idles the wrong way round looks like.
    flat: u64,
    messages: u32,
    broken: u32,
    /// What was heard of, in the words of `read`.
    news: Vec<String>,
    /// Why messages that came whole could not be decoded.
    refused: Option<String>,
    /// When messages came.
    times: Vec<Instant>,
    first: Vec<u8>,
}

async fn find(source: &Source, decoder: &Decoder<'_>, wait: Duration) -> io::Result<Found> {
    match source {
        Source::Serial(port) => try_settings(port, decoder, wait).await,
        Source::Tcp(hosts) => {
            let stream = tcp::connect(hosts, CONNECT).await?;
            let heard = listen(stream, decoder, wait, 3, false).await?;
            Ok(Found { serial: None, heard, garbled: Vec::new() })
        }
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// Listens to a port under one setting after the other, until a message comes whole.
async fn try_settings(port: &Serial, decoder: &Decoder<'_>, wait: Duration) -> io::Result<Found> {
    let mut garbled = Vec::new();
    for (baud, data, parity) in SETTINGS {
        let serial = Serial { path: port.path.clone(), baud, data, parity, stop: StopBits::One };
        say(format_args!("listening at {}", Settings(&serial)));
        // The setting before was given up in a pause.
        let quiet = !garbled.is_empty();
        let heard = listen(serial::open(&serial)?, decoder, wait, 1, quiet).await?;
        // What a line has is heard at any speed, garbled; a silent one is silent at all.
        if heard.messages > 0 || heard.octets == 0 {
            return Ok(Found { serial: Some(serial), heard, garbled });
        }
        garbled.push((serial, heard));
    }
    Ok(Found { serial: None, heard: Heard::default(), garbled })
}

/// Listens until a third message makes the cadence sure, until nothing comes for so long, or until so many bursts, heard
/// from their start, gave no message. What is on the line first may be the rest of a message, unless it was quiet before.
async fn listen(
    mut line: impl AsyncRead + Unpin,
    decoder: &Decoder<'_>,
    wait: Duration,
    mut bursts: u32,
    mut quiet: bool,
) -> io::Result<Heard> {
    let (mut heard, mut seen, mut reader) = (Heard::default(), Seen::new(), Reader::new());
    let mut last = Instant::now();
    let mut burst: Option<Instant> = None;
    while heard.messages < 3 {
        let n = match time::timeout(PAUSE, line.read(reader.space())).await {
            Ok(n) => n?,
            Err(_) if last.elapsed() >= wait => break,
            Err(_) => {
                reader.idle();
                heard.take(&mut reader, decoder, &mut seen);
                if burst.take().is_some() && quiet && heard.messages == 0 {
                    bursts = bursts.saturating_sub(1);
                    if bursts == 0 {
                        break;
                    }
                }
                quiet = true;
                continue;
            }
        };
        if n == 0 {
            break;
        }
        last = Instant::now();
        heard.note(reader.space().get(..n).unwrap_or_default());
        reader.advance(n);
        heard.take(&mut reader, decoder, &mut seen);
        if burst.get_or_insert(last).elapsed() > LONGEST && heard.messages == 0 {
            break;
        }
    }
    reader.finish();
    heard.take(&mut reader, decoder, &mut seen);
    Ok(heard)
}

impl Heard {
    fn note(&mut self, octets: &[u8]) {
        self.octets = self.octets.saturating_add(octets.len() as u64);
        let count = |is: fn(&u8) -> bool| octets.iter().filter(|octet| is(octet)).count() as u64;
        self.high = self.high.saturating_add(count(|octet| octet & 0x80 != 0));
        self.flat = self.flat.saturating_add(count(|octet| matches!(octet, 0x00 | 0xFF)));
        let room = KEPT.saturating_sub(self.first.len());
        self.first.extend(octets.iter().take(room));
    }

    fn take(&mut self, reader: &mut Reader, decoder: &Decoder<'_>, seen: &mut Seen) {
        while let Some(message) = reader.next_message() {
            let Ok(message) = message else {
                self.broken = self.broken.saturating_add(1);
                continue;
            };
            let origin = message.origin();
            let (mut whole, mut refused) = (false, None);
            for reading in decoder.readings(message) {
                match reading {
                    Ok(reading) => {
                        whole = true;
                        self.news.extend(seen.note(&origin, &reading).into_iter().filter_map(in_words));
                    }
                    Err(error) => {
                        whole = true;
                        let help = hint(&error.kind).map_or(String::new(), |hint| format!(": {hint}"));
                        refused = Some(format!("{}{help}", error.kind));
                    }
                }
            }
            if whole {
                self.messages = self.messages.saturating_add(1);
                self.times.push(Instant::now());
                if refused.is_some() && self.news.is_empty() {
                    self.news.push(origin.framing.to_string());
                }
                self.refused = refused.or(self.refused.take());
            }
        }
    }

    /// The time between messages, if there were two.
    fn cadence(&self) -> Option<Duration> {
        let (first, last) = (self.times.first()?, self.times.last()?);
        let gaps = u32::try_from(self.times.len()).ok()?.checked_sub(1)?;
        last.duration_since(*first).checked_div(gaps).filter(|gap| !gap.is_zero())
    }

    /// How many messages there are if each octet's highest bit is a parity bit.
    fn without_parity(&self) -> usize {
        let octets: Vec<u8> = self.first.iter().map(|octet| octet & 0x7F).collect();
        amshan::dlde::readouts(&octets).flatten().count()
    }
}

/// What is new, as part of what was found.
fn in_words(news: News) -> Option<String> {
    Some(match news {
        News::Framing { now, .. } => now.to_string(),
        News::List { name, .. } => name,
        News::Meter { now, .. } => format!("meter {now}"),
        _ => return None,
    })
}

impl Found {
    fn text(&self, address: &str) -> String {
        let mut text = String::new();
        // Writing to a string can't fail.
        let _ = self.write(&mut text, address);
        text
    }

    fn write(&self, out: &mut String, address: &str) -> fmt::Result {
        let heard = &self.heard;
        if heard.messages == 0 {
            return self.write_nothing(out);
        }
        let mut news = heard.news.clone();
        news.dedup();
        writeln!(out, "found: {}", news.join(", "))?;
        if let Some(gap) = heard.cadence() {
            writeln!(out, "a message every {:.1} s", gap.as_secs_f64())?;
        }
        if let Some(refused) = &heard.refused {
            writeln!(out, "not decoded: {refused}")?;
        }
        // A message that only its tag could vouch for counts as none, too.
        if heard.broken > 0 && heard.refused.is_none() {
            writeln!(out, "{} stretches gave no message: the line is disturbed", heard.broken)?;
        }
        let next = match &self.serial {
            Some(serial) => {
                writeln!(out, "settings: {}", Settings(serial))?;
                serial.address()
            }
            None => address.to_owned(),
        };
        let key = if heard.refused.is_some() { "AMSHAN_KEY=… " } else { "" };
        writeln!(out, "next: {key}amshan read '{next}'")
    }

    fn write_nothing(&self, out: &mut String) -> fmt::Result {
        let octets = self.garbled.iter().map(|(_, heard)| heard.octets).sum::<u64>().max(self.heard.octets);
        if octets == 0 {
            return out.write_str(
                "nothing came: the line is silent\n\
                 help: is the port of the meter switched on (some grid companies do that on request)? Is the plug in \
                 the right way, and does the adapter get its current? M-Bus needs a converter, P1 a request line at 5 V\n",
            );
        }
        writeln!(out, "octets came, and none of them make a message:")?;
        for (serial, heard) in &self.garbled {
            let share = heard.high.saturating_mul(100).checked_div(heard.octets).unwrap_or(0);
            let stretches = heard.broken;
            writeln!(
                out,
                "  {:16} {:5} octets, {share:3} % above 7F, {stretches} stretches that are none",
                Settings(serial).to_string(),
                heard.octets
            )?;
        }
        let all = || self.garbled.iter().map(|(_, heard)| heard).chain([&self.heard]);
        let parity = all().any(|heard| heard.without_parity() > 0);
        let flat = all().any(|heard| heard.octets > 32 && heard.flat.saturating_mul(2) > heard.octets);
        out.write_str(if parity {
            "help: each octet has a parity bit: the port has to be set to 7 data bits and even parity (7E1)\n"
        } else if flat {
            "help: nearly all are 00 or FF: the signal is the wrong way round. P1 is inverted; use an adapter or an \
             input that turns it back\n"
        } else {
            "help: the speed or the parity may be another one, the signal the wrong way round (P1 is inverted), or the \
             adapter one for another kind of port; record it with `amshan read --record` and look with `amshan explain`\n"
        })
    }
}

/// Settings of a port as people say them: `2400 baud, 8N1`.
struct Settings<'a>(&'a Serial);

impl fmt::Display for Settings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Serial { baud, data, parity, stop, .. } = self.0;
        let data = if *data == CharSize::Bits7 { 7 } else { 8 };
        let parity = match parity {
            Parity::None => 'N',
            Parity::Odd => 'O',
            Parity::Even => 'E',
        };
        let stop = if *stop == StopBits::Two { 2 } else { 1 };
        f.pad(&format!("{baud} baud, {data}{parity}{stop}"))
    }
}
