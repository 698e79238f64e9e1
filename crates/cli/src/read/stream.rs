//! A line that is kept: a serial port, a gateway.

use core::time::Duration;
use std::io;
use std::sync::Arc;

use amshan::Reader;
use amshan::live::{Connection, Event};
use tokio::io::AsyncRead;

use super::address::Source;
use super::desk::Desk;
use super::record::{Recorder, Tap};
use super::settings::Settings;
use super::stop::Stop;
use super::{serial, tcp};

/// Whatever is read.
type Line = Tap<Box<dyn AsyncRead + Send + Unpin>>;

/// Reads a line until it is to stop.
pub(crate) async fn read(
    source: Source,
    settings: Arc<Settings>,
    mut desk: Desk,
    recorder: Option<Recorder>,
    mut stop: Stop,
) -> Desk {
    let reader = Reader::sized(settings.framing.map(Into::into)).check_p1(settings.p1_check.into());
    let (kept, limit) = (recorder.clone(), settings.policy.timeout);
    let connect = move || connect(source.clone(), kept.clone(), limit);
    let mut connection = Connection::with(connect, settings.policy.clone(), reader);
    loop {
        let stopped = {
            let event = tokio::select! {
                biased;
                () = stop.asked() => None,
                event = connection.next() => Some(event),
            };
            match event {
                None => true,
                Some(None) => break,
                Some(Some(event)) => {
                    match event {
                        Event::Message(message) => desk.item(Ok(message)),
                        Event::Broken(error) => desk.item(Err(error)),
                        Event::State(state) => desk.told.state(state),
                    }
                    false
                }
            }
        };
        if stopped {
            connection.close();
        }
        if let Some(error) = recorder.as_ref().and_then(Recorder::fault) {
            desk.told.fault(format_args!("nothing is recorded: {error}"));
        }
        if !desk.flush().await {
            break;
        }
    }
    desk
}

async fn connect(source: Source, recorder: Option<Recorder>, limit: Duration) -> io::Result<Line> {
    let source: Box<dyn AsyncRead + Send + Unpin> = match source {
        Source::Serial(serial) => Box::new(serial::open(&serial)?),
        Source::Tcp(hosts) => Box::new(tcp::connect(&hosts, limit).await?),
        _ => return Err(io::ErrorKind::Unsupported.into()),
    };
    Ok(Tap { source, recorder })
}
