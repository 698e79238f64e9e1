//! A session with a message broker (MQTT 3.1.1).

use core::time::Duration;
use std::io;
use std::path::Path;
use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use rumqttc::mqttbytes::v4::Codec;
use rumqttc::{Connect, ConnectReturnCode, Packet, Subscribe};
use rustls_native_certs::load_native_certs;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::codec::Framed;

use super::address::Mqtt;
use super::tcp;

/// After so long without anything to send, the broker is asked whether it is there.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// No packet is larger.
const LARGEST: usize = 1 << 18;

/// A session that is open.
pub(crate) struct Session {
    packets: Framed<Box<dyn Stream>, Codec>,
    limit: Duration,
    /// Whether the broker had kept it.
    pub(crate) kept: bool,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Session {
    /// Connects, says who it is, and asks for the topics.
    pub(crate) async fn open(mqtt: &Mqtt, password: Option<&str>, limit: Duration) -> io::Result<Self> {
        let tcp = tcp::connect(&[(mqtt.host.clone(), mqtt.port)], limit).await?;
        let stream: Box<dyn Stream> = if mqtt.tls {
            let name = ServerName::try_from(mqtt.host.clone()).map_err(io::Error::other)?;
            Box::new(connector(mqtt)?.connect(name, tcp).await?)
        } else {
            Box::new(tcp)
        };
        let codec = Codec { max_incoming_size: LARGEST, max_outgoing_size: LARGEST };
        let mut session = Self { packets: Framed::new(stream, codec), limit, kept: false };
        session.send(Packet::Connect(greeting(mqtt, password))).await?;
        session.kept = match session.next().await {
            Some(Ok(Packet::ConnAck(answer))) if answer.code == ConnectReturnCode::Success => {
                answer.session_present
            }
            Some(Ok(Packet::ConnAck(answer))) => return Err(refused(answer.code)),
            Some(Ok(_)) => return Err(io::Error::other("what answers is no broker")),
            Some(Err(error)) => return Err(error),
            None => return Err(io::ErrorKind::UnexpectedEof.into()),
        };
        let mut subscribe = Subscribe::new(&mqtt.topic, mqtt.qos);
        subscribe.pkid = 1;
        session.send(Packet::Subscribe(subscribe)).await?;
        Ok(session)
    }

    /// Sends a packet.
    pub(crate) async fn send(&mut self, packet: Packet) -> io::Result<()> {
        match time::timeout(self.limit, self.packets.send(packet)).await {
            Ok(sent) => sent.map_err(plain),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// The next packet; none at the end. Nothing is lost if this is dropped before it is done.
    pub(crate) async fn next(&mut self) -> Option<io::Result<Packet>> {
        Some(self.packets.next().await?.map_err(plain))
    }
}

fn greeting(mqtt: &Mqtt, password: Option<&str>) -> Connect {
    let name = mqtt.session.clone().unwrap_or_else(|| format!("amshan-{:016x}", fastrand::u64(..)));
    let mut connect = Connect::new(name);
    connect.keep_alive = u16::try_from(KEEP_ALIVE.as_secs()).unwrap_or(u16::MAX);
    connect.clean_session = mqtt.session.is_none();
    if let Some(user) = &mqtt.user {
        connect.set_login(user, password.unwrap_or_default());
    }
    connect
}

fn refused(code: ConnectReturnCode) -> io::Error {
    use ConnectReturnCode::{BadUserNamePassword, NotAuthorized, ServiceUnavailable};
    io::Error::other(match code {
        BadUserNamePassword | NotAuthorized => {
            "the broker does not let this user in: check the user in the address and AMSHAN_PASSWORD"
        }
        ServiceUnavailable => "the broker is not available",
        _ => "the broker refuses",
    })
}

fn plain(error: rumqttc::mqttbytes::Error) -> io::Error {
    match error {
        rumqttc::mqttbytes::Error::Io(error) => error,
        error => io::Error::other(error),
    }
}

/// What makes a connection secret. Files are read anew each time: certificates are renewed.
fn connector(mqtt: &Mqtt) -> io::Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    match &mqtt.ca {
        Some(path) => {
            for certificate in certificates(path)? {
                roots.add(certificate).map_err(io::Error::other)?;
            }
        }
        // One of a system's many that is odd is no reason to trust none.
        None => drop(roots.add_parsable_certificates(load_native_certs().certs)),
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config =
        config.with_safe_default_protocol_versions().map_err(io::Error::other)?.with_root_certificates(roots);
    let config = match (&mqtt.cert, &mqtt.key) {
        (Some(cert), Some(key)) => {
            let key = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
            config.with_client_auth_cert(certificates(cert)?, key).map_err(io::Error::other)?
        }
        _ => config.with_no_client_auth(),
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

fn certificates(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let all = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    all.map_err(|error: pem::Error| wrong(path, &error))
}

fn wrong(path: &Path, error: &pem::Error) -> io::Error {
    io::Error::other(format!("{}: {error}", path.display()))
}
