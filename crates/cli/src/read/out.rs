//! Stdout, which may be slower than the meters.
//!
//! A thread of its own writes, so that a reader downstream that stalls stalls nothing else. What waits for it is bounded;
//! beyond that the sources wait, and what they send waits in the buffers of the operating system and of the sender.

use std::io::{self, Write};
use std::thread;

use tokio::sync::{mpsc, oneshot};

/// So many pieces wait for stdout.
const WAITING: usize = 64;

/// A way to stdout.
#[derive(Debug, Clone)]
pub(crate) struct Out(mpsc::Sender<Vec<u8>>);

/// Tells, once all is written or can't be, how it ended.
pub(crate) type Written = oneshot::Receiver<io::Result<()>>;

impl Out {
    /// Begins with this; `between` goes between two pieces.
    pub(crate) fn new(head: Vec<u8>, between: &'static str) -> io::Result<(Self, Written)> {
        let (sender, mut pieces) = mpsc::channel::<Vec<u8>>(WAITING);
        let (tell, written) = oneshot::channel();
        let mut write = move || {
            let mut stdout = io::stdout().lock();
            let mut put = |piece: &[u8]| stdout.write_all(piece).and_then(|()| stdout.flush());
            put(&head)?;
            let mut first = true;
            while let Some(piece) = pieces.blocking_recv() {
                if !core::mem::replace(&mut first, false) {
                    put(between.as_bytes())?;
                }
                put(&piece)?;
            }
            Ok(())
        };
        // Whoever asked may be gone.
        thread::Builder::new().name("stdout".to_owned()).spawn(move || drop(tell.send(write())))?;
        Ok((Self(sender), written))
    }

    /// Hands a piece over; waits while too many wait already. False: nobody takes any more.
    pub(crate) async fn put(&self, piece: Vec<u8>) -> bool {
        self.0.send(piece).await.is_ok()
    }

    /// Waits until nobody takes any more.
    pub(crate) async fn closed(&self) {
        self.0.closed().await;
    }
}
