//! `amshan read`: readings as they come, for as long as they come.
//!
//! ```text
//! settings   options, environment, file        stream   a line that is kept: serial, tcp
//! address    what a source is called           mqtt     topics of a broker: session
//! stop       signals                           replay   files and stdin
//! desk       messages to readings              record   octets as they came
//! thin       fewer readings                    told     what is said on stderr
//! out        stdout
//! ```

pub(crate) mod address;
mod desk;
mod mqtt;
mod out;
mod record;
mod replay;
pub(crate) mod serial;
mod session;
mod settings;
mod stop;
mod stream;
pub(crate) mod tcp;
mod thin;
mod told;

use core::time::Duration;
use std::io;
use std::sync::Arc;

use tokio::task::JoinSet;
use tokio::time;

use self::address::Source;
use self::desk::Desk;
use self::mqtt::Broker;
use self::out::Out;
use self::settings::{Line, Settings};
use self::stop::{Signals, Stop};
use crate::Status;
use crate::args::Read;
use crate::decode::{say, unwritten};
use crate::tally::Tally;

/// How long what is left may take when it is to stop: less than the 10 s after which containers are killed.
const GRACE: Duration = Duration::from_secs(5);

/// Reads all sources.
pub(crate) fn run(options: &Read) -> Status {
    let (settings, lines) = match Settings::new(options) {
        Ok(settings) => settings,
        Err(error) => {
            say(&error);
            return error.status();
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            say(error);
            return Status::Unreadable;
        }
    };
    let status = runtime.block_on(all(settings, lines)).unwrap_or_else(|error| {
        say(error);
        Status::Unreadable
    });
    // A thread may wait for stdin, or for a name to be resolved.
    runtime.shutdown_background();
    status
}

/// What came of a source.
struct Done {
    name: String,
    tally: Tally,
    /// Why it could not be read, if it can end.
    ended: io::Result<()>,
}

async fn all(settings: Settings, lines: Vec<Line>) -> io::Result<Status> {
    let settings = Arc::new(settings);
    let several = lines.len() > 1;
    let (out, mut written) = Out::new(settings.printer.head(), settings.printer.between())?;
    let (ask, stop) = Stop::new();
    let mut signals = Signals::new()?;
    let mut tasks = JoinSet::new();
    for line in lines {
        tasks.spawn(read(line, several, Arc::clone(&settings), out.clone(), stop.clone()));
    }

    let (mut tally, mut unreadable, mut asked) = (Tally::default(), false, false);
    let mut done = |done: Done| {
        tally = tally.and(done.tally);
        if let Err(error) = done.ended {
            unreadable = true;
            say(format_args!("{}: {error}", done.name));
        }
    };
    loop {
        tokio::select! {
            next = tasks.join_next() => match next {
                Some(Ok(task)) => done(task),
                Some(Err(_)) => {}
                None => break,
            },
            () = signals.next() => {
                asked = true;
                break;
            }
            () = out.closed() => break,
        }
    }
    // Whether it stopped by itself or not: what came whole still goes out.
    let _ = ask.send(true);
    let rest = async {
        while let Some(next) = tasks.join_next().await {
            next.into_iter().for_each(&mut done);
        }
        drop(out);
        (&mut written).await
    };
    let written = tokio::select! {
        written = time::timeout(GRACE, rest) => written,
        // Whoever asks twice is in a hurry.
        () = signals.next() => return Ok(Status::Incomplete),
    };
    if !settings.quiet {
        say(tally);
    }
    Ok(match written {
        Ok(Ok(Err(error))) => unwritten(&error),
        Err(_) => {
            say("standard output takes no more: what was still to be written is lost");
            Status::Unreadable
        }
        _ if unreadable => Status::Unreadable,
        _ if asked || tally.is_good() => Status::Good,
        _ => Status::Incomplete,
    })
}

/// Reads one source.
async fn read(line: Line, several: bool, settings: Arc<Settings>, out: Out, stop: Stop) -> Done {
    let Line { name, source, password, recorder } = line;
    let shown = Some(name.as_str()).filter(|_| several);
    let (mut desk, ended) = match source {
        Source::Mqtt(mqtt) => {
            let broker = Broker::new(*mqtt, password, settings, out, shown, recorder);
            return Done { tally: broker.read(stop).await, ended: Ok(()), name };
        }
        source @ (Source::File(..) | Source::Stdin) => {
            let desk = Desk::new(&settings, &out, shown);
            replay::read(source, settings, desk, recorder, stop).await
        }
        source => {
            let desk = Desk::new(&settings, &out, shown);
            (stream::read(source, settings, desk, recorder, stop).await, Ok(()))
        }
    };
    desk.told.finish();
    Done { name, tally: desk.tally, ended }
}
