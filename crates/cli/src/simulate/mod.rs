//! `amshan simulate`: a meter in software.

mod outlet;
#[cfg(unix)]
mod pty;
mod stream;
mod tcp;

use std::io;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::task::yield_now;
use tokio::time::sleep;

use crate::Status;
use crate::args::Simulate;
use crate::decode::say;
use outlet::Outlet;
use stream::Stream;

/// Sends what the meter says until it has said enough, nobody can listen any more, or it is told to stop.
pub(crate) fn run(options: &Simulate) -> Status {
    let mut stream = match Stream::new(options) {
        Ok(stream) => stream,
        Err(error) => {
            say(error);
            return Status::Usage;
        }
    };
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            say(error);
            return Status::Unreadable;
        }
    };
    let status = runtime.block_on(serve(options, &mut stream));
    // What still waits for a pipe that nobody reads is not waited for.
    runtime.shutdown_background();
    status
}

async fn serve(options: &Simulate, stream: &mut Stream) -> Status {
    let end = tokio::select! {
        // From before anything is said or sent.
        biased;
        end = stopped() => end,
        end = send(options, stream) => end,
    };
    if !options.quiet {
        say(stream.tally());
    }
    match end {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            say(error);
            Status::Unreadable
        }
        _ => Status::Good,
    }
}

async fn send(options: &Simulate, stream: &mut Stream) -> io::Result<()> {
    let mut outlet = Outlet::open(options).await?;
    // Messages that are counted are for somebody.
    if options.count.is_some() {
        outlet.somebody().await?;
    }
    let (began, first) = (Instant::now(), stream.due());
    while let Some((due, octets)) = stream.next_message() {
        let since = Duration::from_millis(due.saturating_sub(first)).as_secs_f64() / options.speed;
        let since = Duration::try_from_secs_f64(since).unwrap_or(Duration::MAX);
        let early = since.saturating_sub(began.elapsed());
        // The shortest sleep is a millisecond.
        if early > Duration::ZERO {
            sleep(early).await;
        }
        outlet.send(octets).await?;
        // However fast it goes, others get their turn.
        yield_now().await;
    }
    outlet.finish().await
}

/// Waits until somebody wants the program to end.
async fn stopped() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut end) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::select! {
            _ = interrupt.recv() => Ok(()),
            _ = end.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
