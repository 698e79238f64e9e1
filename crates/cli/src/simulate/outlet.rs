//! Where the messages go.

use std::{fmt, io};

use tokio::fs::File;
use tokio::io::{AsyncWrite, AsyncWriteExt};

#[cfg(unix)]
use super::pty::Pty;
use super::tcp::Tcp;
use crate::args::Simulate;

/// One of the ways out.
pub(crate) enum Outlet {
    /// A file, or stdout.
    File(Box<dyn AsyncWrite + Unpin>),
    Tcp(Tcp),
    #[cfg(unix)]
    Pty(Pty),
}

impl Outlet {
    pub(crate) async fn open(options: &Simulate) -> io::Result<Self> {
        #[cfg(unix)]
        if options.pty {
            return Pty::open().map(Self::Pty).map_err(|error| named("pseudo-terminal", error));
        }
        if let Some(address) = &options.tcp {
            return Tcp::listen(address).await.map(Self::Tcp).map_err(|error| named(address, error));
        }
        Ok(Self::File(match &options.out {
            Some(path) => Box::new(File::create(path).await.map_err(|error| named(path.display(), error))?),
            None => Box::new(tokio::io::stdout()),
        }))
    }

    /// Waits until somebody listens, where that can be known.
    pub(crate) async fn somebody(&mut self) -> io::Result<()> {
        match self {
            Self::File(_) => Ok(()),
            Self::Tcp(tcp) => tcp.somebody().await,
            #[cfg(unix)]
            Self::Pty(pty) => pty.somebody().await,
        }
    }

    pub(crate) async fn send(&mut self, octets: Vec<u8>) -> io::Result<()> {
        match self {
            Self::File(file) => {
                file.write_all(&octets).await?;
                file.flush().await
            }
            Self::Tcp(tcp) => {
                tcp.send(octets).await;
                Ok(())
            }
            #[cfg(unix)]
            Self::Pty(pty) => pty.send(&octets).await,
        }
    }

    /// Waits until what was sent has arrived, but not for ever.
    pub(crate) async fn finish(self) -> io::Result<()> {
        match self {
            Self::File(_) => Ok(()),
            Self::Tcp(tcp) => {
                tcp.finish().await;
                Ok(())
            }
            #[cfg(unix)]
            Self::Pty(pty) => pty.finish().await,
        }
    }
}

/// The error, with what it is about.
fn named(what: impl fmt::Display, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{what}: {error}"))
}
