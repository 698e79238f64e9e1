//! To whoever connects.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream, lookup_host};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::decode::say;

/// How many messages wait for a client at most.
const QUEUE: usize = 256;

/// How many octets wait in the system besides.
const SEND_BUFFER: u32 = 65_536;

/// How many connections wait to be taken.
const BACKLOG: u32 = 1024;

/// How long a client whose queue is full holds up the others, once.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long the last messages are waited for.
const LAST: Duration = Duration::from_secs(5);

/// A port that sends the same to all, from the moment they come.
pub(crate) struct Tcp {
    arrivals: mpsc::Receiver<Client>,
    clients: Vec<Client>,
}

struct Client {
    address: SocketAddr,
    queue: mpsc::Sender<Arc<[u8]>>,
    task: JoinHandle<()>,
}

impl Tcp {
    pub(crate) async fn listen(address: &str) -> io::Result<Self> {
        let mut listener = Err(io::Error::other("no such address"));
        for address in lookup_host(address).await? {
            listener = bind(address);
            if listener.is_ok() {
                break;
            }
        }
        let listener = listener?;
        say(format_args!("listening on {}", listener.local_addr()?));
        let (sender, arrivals) = mpsc::channel(QUEUE);
        tokio::spawn(accept(listener, sender));
        Ok(Self { arrivals, clients: Vec::new() })
    }

    pub(crate) async fn somebody(&mut self) -> io::Result<()> {
        self.clients.extend(self.arrivals.recv().await);
        Ok(())
    }

    pub(crate) async fn send(&mut self, octets: Vec<u8>) {
        while let Ok(client) = self.arrivals.try_recv() {
            self.clients.push(client);
        }
        let octets: Arc<[u8]> = octets.into();
        let mut staying = Vec::with_capacity(self.clients.len());
        for client in self.clients.drain(..) {
            match timeout(PATIENCE, client.queue.send(Arc::clone(&octets))).await {
                Ok(Ok(())) => staying.push(client),
                // It has left, and said so.
                Ok(Err(_)) => {}
                Err(_) => {
                    client.task.abort();
                    say(format_args!("{} is too slow, and was dropped", client.address));
                }
            }
        }
        self.clients = staying;
    }

    pub(crate) async fn finish(self) {
        for Client { queue, task, .. } in self.clients {
            drop(queue);
            let _ = timeout(LAST, task).await;
        }
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // As `TcpListener::bind` does, but that what waits for a client is not old.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn accept(listener: TcpListener, arrivals: mpsc::Sender<Client>) {
    loop {
        let (socket, address) = match listener.accept().await {
            Ok(arrived) => arrived,
            Err(error) => {
                say(error);
                // Too many open files, perhaps: they may become fewer.
                sleep(PATIENCE).await;
                continue;
            }
        };
        say(format_args!("{address} has come"));
        let (queue, messages) = mpsc::channel(QUEUE);
        let task = tokio::spawn(serve(socket, address, messages));
        if arrivals.send(Client { address, queue, task }).await.is_err() {
            return;
        }
    }
}

/// Sends a client what is in its queue. What the client sends is of no interest to a meter, and that it will send nothing
/// more does not mean that it has stopped to listen.
async fn serve(socket: TcpStream, address: SocketAddr, mut messages: mpsc::Receiver<Arc<[u8]>>) {
    // Messages are to arrive when they are sent; without it they come a little later.
    let _ = socket.set_nodelay(true);
    let (mut from, mut to) = socket.into_split();
    let (mut ignored, mut open) = ([0; 256], true);
    loop {
        tokio::select! {
            octets = messages.recv() => {
                let Some(octets) = octets else {
                    let _ = to.shutdown().await;
                    return;
                };
                if to.write_all(&octets).await.is_err() {
                    break;
                }
            }
            read = from.read(&mut ignored), if open => match read {
                Ok(octets) => open = octets > 0,
                Err(_) => break,
            },
        }
    }
    say(format_args!("{address} has gone"));
}
