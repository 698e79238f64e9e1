//! When to stop.

use std::io;

use tokio::sync::watch;

/// Hears that it is time to stop, once.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    asked: watch::Receiver<bool>,
    heard: bool,
}

impl Stop {
    /// One that is asked through the sender.
    pub(crate) fn new() -> (watch::Sender<bool>, Self) {
        let (sender, asked) = watch::channel(false);
        (sender, Self { asked, heard: false })
    }

    /// Waits until it is time; after that, for ever.
    pub(crate) async fn asked(&mut self) {
        if self.heard || self.asked.wait_for(|asked| *asked).await.is_err() {
            core::future::pending::<()>().await;
        }
        self.heard = true;
    }
}

/// What the operating system says: Ctrl-C, or SIGTERM as from systemd.
#[derive(Debug)]
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Hears them from now on.
    pub(crate) fn new() -> io::Result<Self> {
        #[cfg(unix)]
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Waits for the next.
    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            core::future::pending::<()>().await;
        }
    }
}
