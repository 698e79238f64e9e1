//! Gateways that pass a meter's octets on over TCP.

use core::time::Duration;
use std::io;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time;

/// Connects to the first of these that answers within its share of the time. Names are resolved anew each time.
pub(crate) async fn connect(hosts: &[(String, u16)], limit: Duration) -> io::Result<TcpStream> {
    let share = limit.checked_div(u32::try_from(hosts.len()).unwrap_or(u32::MAX)).unwrap_or(limit);
    let mut why = io::ErrorKind::AddrNotAvailable.into();
    for (host, port) in hosts {
        match time::timeout(share, TcpStream::connect((host.as_str(), *port))).await {
            Ok(Ok(stream)) => {
                keep_alive(&stream)?;
                return Ok(stream);
            }
            Ok(Err(error)) => why = error,
            Err(_) => why = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(why)
}

/// Has the operating system ask after a minute of silence whether the other side is still there: a gateway that lost
/// its power says nothing.
fn keep_alive(stream: &TcpStream) -> io::Result<()> {
    let keep_alive =
        TcpKeepalive::new().with_time(Duration::from_secs(60)).with_interval(Duration::from_secs(10));
    SockRef::from(stream).set_tcp_keepalive(&keep_alive)
}
