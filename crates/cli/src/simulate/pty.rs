//! To whoever opens the other end of a pseudo-terminal, as if it were a serial port.

use std::ffi::CString;
use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr};
use tokio::time::sleep;

use crate::decode::say;

/// How often to look whether there is room, or somebody.
const PAUSE: Duration = Duration::from_millis(2);

/// How long a reader may leave a message lying before the rest of it is lost.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long the last messages are waited for.
const LAST: Duration = Duration::from_secs(5);

/// How long an octet takes at most from one end to the other.
const ON_ITS_WAY: Duration = Duration::from_millis(200);

pub(crate) struct Pty {
    near: OwnedFd,
    path: CString,
    /// Whether somebody has the other end open, as far as is known.
    heard: bool,
    /// Whether the last message did not fit: whoever opened the other end does not read.
    full: bool,
}

impl Pty {
    pub(crate) fn open() -> io::Result<Self> {
        let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&near)?;
        unlockpt(&near)?;
        rustix::io::ioctl_fionbio(&near, true)?;
        let path = ptsname(&near, Vec::new())?;
        // Octets go through as they are. That the other end was open once, and is closed again, makes its state known.
        let far = far(&path)?;
        let mut modes = tcgetattr(&far)?;
        modes.make_raw();
        tcsetattr(&far, OptionalActions::Now, &modes)?;
        say(format_args!("pseudo-terminal {}", path.to_string_lossy()));
        Ok(Self { near, path, heard: false, full: false })
    }

    pub(crate) async fn somebody(&mut self) -> io::Result<()> {
        while !self.look()? {
            sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Sends a message if somebody listens; else it is lost, as on any wire.
    pub(crate) async fn send(&mut self, octets: &[u8]) -> io::Result<()> {
        if !self.look()? {
            return Ok(());
        }
        // What a reader writes is of no interest to a meter.
        while rustix::io::read(&self.near, &mut [0; 256]).is_ok_and(|count| count > 0) {}
        let patience = if self.full { Duration::ZERO } else { PATIENCE };
        let (mut rest, began) = (octets, Instant::now());
        while !rest.is_empty() {
            match rustix::io::write(&self.near, rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) if began.elapsed() < patience => sleep(PAUSE).await,
                Err(Errno::AGAIN) => {
                    if !self.full {
                        say("whoever opened the pseudo-terminal does not read: messages are lost");
                    }
                    self.full = true;
                    return Ok(());
                }
                Err(Errno::IO) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        self.full = false;
        Ok(())
    }

    pub(crate) async fn finish(self) -> io::Result<()> {
        let far = far(&self.path)?;
        let (began, mut empty) = (Instant::now(), Instant::now());
        // What was sent last may still be on its way to where it is counted.
        while empty.elapsed() < ON_ITS_WAY && began.elapsed() < LAST {
            sleep(PAUSE).await;
            if rustix::io::ioctl_fionread(&far)? > 0 {
                empty = Instant::now();
            }
        }
        Ok(())
    }

    /// Looks whether somebody has the other end open, and says so if it is news.
    fn look(&mut self) -> io::Result<bool> {
        let mut state = [PollFd::new(&self.near, PollFlags::OUT)];
        poll(&mut state, Some(&Timespec::default()))?;
        let heard = !state.iter().any(|state| state.revents().contains(PollFlags::HUP));
        if heard == self.heard {
            return Ok(heard);
        }
        self.heard = heard;
        say(if heard { "the pseudo-terminal was opened" } else { "the pseudo-terminal was closed" });
        if !heard {
            // The next who opens it begins with what is sent then, not with what is left on the way or at its end.
            tcflush(&self.near, QueueSelector::OFlush)?;
            tcflush(far(&self.path)?, QueueSelector::IFlush)?;
        }
        Ok(heard)
    }
}

/// The other end.
fn far(path: &CString) -> io::Result<OwnedFd> {
    Ok(open(path.as_c_str(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty())?)
}
