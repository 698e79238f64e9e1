//! Where messages come from, as the command line says it.

use std::fmt;
use std::path::{Path, PathBuf};

use rumqttc::QoS;
use serial2_tokio::{CharSize, Parity, StopBits};

/// A source.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Source {
    Serial(Serial),
    /// Hosts and ports; the first that answers is read.
    Tcp(Vec<(String, u16)>),
    Mqtt(Box<Mqtt>),
    /// A file, and how much faster than it came, if at its pace at all.
    File(PathBuf, Option<f64>),
    Stdin,
}

/// A serial port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Serial {
    pub(crate) path: PathBuf,
    pub(crate) baud: u32,
    pub(crate) data: CharSize,
    pub(crate) parity: Parity,
    pub(crate) stop: StopBits,
}

/// Topics of a message broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mqtt {
    pub(crate) tls: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: Option<String>,
    /// A topic, or a filter for several.
    pub(crate) topic: String,
    pub(crate) qos: QoS,
    /// The name under which the broker keeps what comes while nobody listens.
    pub(crate) session: Option<String>,
    /// Whom to trust, if not the certificates of the system; and who we are.
    pub(crate) ca: Option<PathBuf>,
    pub(crate) cert: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
}

/// Why an address is none. It never holds the address, in which a password may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Error {
    /// A password stands in it.
    Password,
    /// A part is missing.
    Missing(&'static str),
    /// The value of this setting makes no sense; what would.
    Value(&'static str, &'static str),
    /// There is no such setting; which there are.
    Setting(&'static [&'static str]),
    /// There is no such kind of source.
    Scheme,
}

impl Source {
    /// Reads an address.
    pub(crate) fn parse(address: &str) -> Result<Self, Error> {
        match address.split_once("://") {
            Some(("tcp" | "socket", rest)) => tcp(rest),
            Some(("mqtt", rest)) => mqtt(rest, false),
            Some(("mqtts", rest)) => mqtt(rest, true),
            Some(("file", rest)) => file(rest),
            Some(("serial", rest)) => serial(rest),
            Some((scheme, _)) if scheme.bytes().all(|octet| octet.is_ascii_alphanumeric()) => {
                Err(Error::Scheme)
            }
            _ => match address.split_once(':') {
                Some(("serial", rest)) => serial(rest),
                Some(("file", rest)) => file(rest),
                _ if address == "-" => Ok(Self::Stdin),
                _ if address.is_empty() => Err(Error::Missing("source")),
                _ if is_port(address) => serial(address),
                _ => Ok(Self::File(address.into(), None)),
            },
        }
    }
}

/// What is called so is a serial port.
fn is_port(path: &str) -> bool {
    let device =
        path.starts_with("/dev/") && !["/dev/stdin", "/dev/fd/"].iter().any(|no| path.starts_with(no));
    let com =
        path.strip_prefix("COM").is_some_and(|n| !n.is_empty() && n.bytes().all(|n| n.is_ascii_digit()));
    device || com
}

fn tcp(rest: &str) -> Result<Source, Error> {
    let one = |host: &str| match host_and_port(host)? {
        (host, Some(port)) => Ok((host, port)),
        (_, None) => Err(Error::Missing("port")),
    };
    rest.trim_end_matches('/').split(',').map(one).collect::<Result<_, _>>().map(Source::Tcp)
}

fn serial(rest: &str) -> Result<Source, Error> {
    let (path, settings) = parts(rest);
    if path.is_empty() {
        return Err(Error::Missing("path"));
    }
    let (mut baud, mut data, mut parity, mut stop) = (2400, CharSize::Bits8, Parity::None, StopBits::One);
    for (name, value) in settings {
        match name {
            "baud" => match value.parse() {
                Ok(number @ 50..) => baud = number,
                _ => return Err(Error::Value("baud", "a number as 2400 or 115200")),
            },
            "data" => match value {
                "7" => data = CharSize::Bits7,
                "8" => data = CharSize::Bits8,
                _ => return Err(Error::Value("data", "7 or 8")),
            },
            "parity" => match value {
                "none" => parity = Parity::None,
                "even" => parity = Parity::Even,
                "odd" => parity = Parity::Odd,
                _ => return Err(Error::Value("parity", "none, even or odd")),
            },
            "stop" => match value {
                "1" => stop = StopBits::One,
                "2" => stop = StopBits::Two,
                _ => return Err(Error::Value("stop", "1 or 2")),
            },
            _ => return Err(Error::Setting(&["baud", "data", "parity", "stop"])),
        }
    }
    Ok(Source::Serial(Serial { path: path.into(), baud, data, parity, stop }))
}

fn file(rest: &str) -> Result<Source, Error> {
    let (path, settings) = parts(rest);
    let mut pace = None;
    for (name, value) in settings {
        match (name, value.parse()) {
            ("pace", Ok(number)) if number > 0.0 => pace = Some(number),
            ("pace", _) => {
                return Err(Error::Value("pace", "1 for that of the recording, 10 for ten times as fast"));
            }
            _ => return Err(Error::Setting(&["pace"])),
        }
    }
    if path.is_empty() { Err(Error::Missing("path")) } else { Ok(Source::File(path.into(), pace)) }
}

fn mqtt(rest: &str, tls: bool) -> Result<Source, Error> {
    let (rest, settings) = parts(rest);
    let (place, topic) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, place) = match place.rsplit_once('@') {
        Some((user, _)) if user.contains(':') => return Err(Error::Password),
        Some((user, place)) => (Some(decoded(user)), place),
        None => (None, place),
    };
    let (host, port) = host_and_port(place)?;
    let topic = decoded(topic);
    if topic.is_empty() {
        return Err(Error::Missing("topic"));
    }
    if !rumqttc::valid_filter(&topic) {
        return Err(Error::Value("topic", "+ for one level and # at the end for all below"));
    }
    let port = port.unwrap_or(if tls { 8883 } else { 1883 });
    let (mut qos, mut session, mut ca, mut cert, mut key) = (None, None, None, None, None);
    for (name, value) in settings {
        match (name, value) {
            ("qos", "0") => qos = Some(QoS::AtMostOnce),
            ("qos", "1") => qos = Some(QoS::AtLeastOnce),
            ("qos", "2") => qos = Some(QoS::ExactlyOnce),
            ("qos", _) => return Err(Error::Value("qos", "0, 1 or 2")),
            ("session", "") => return Err(Error::Value("session", "a name")),
            ("session", name) => session = Some(decoded(name)),
            ("ca", path) => ca = Some(decoded(path).into()),
            ("cert", path) => cert = Some(decoded(path).into()),
            ("key", path) => key = Some(decoded(path).into()),
            _ => return Err(Error::Setting(&["qos", "session", "ca", "cert", "key"])),
        }
    }
    // What a broker keeps it sends anew where it does not know that it came: only the highest quality tells the two apart.
    let most = if session.is_some() { QoS::ExactlyOnce } else { QoS::AtLeastOnce };
    let qos = qos.unwrap_or(most);
    Ok(Source::Mqtt(Box::new(Mqtt { tls, host, port, user, topic, qos, session, ca, cert, key })))
}

/// What stands before the settings, and the settings.
fn parts(rest: &str) -> (&str, impl Iterator<Item = (&str, &str)>) {
    let (place, settings) = rest.split_once('?').unwrap_or((rest, ""));
    let settings = settings.split('&').filter(|setting| !setting.is_empty());
    (place, settings.map(|setting| setting.split_once('=').unwrap_or((setting, ""))))
}

/// `host`, `host:port`, `[::1]:port`.
fn host_and_port(text: &str) -> Result<(String, Option<u16>), Error> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, port.strip_prefix(':').or(Some(port))),
        None => text.rsplit_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    if host.contains('@') {
        return Err(Error::Password);
    }
    if host.is_empty() {
        return Err(Error::Missing("host"));
    }
    match port.map(str::parse).transpose() {
        Ok(port) => Ok((host.to_owned(), port)),
        Err(_) => Err(Error::Value("port", "a number up to 65535")),
    }
}

/// With `%41` as `A`.
fn decoded(text: &str) -> String {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let code = behind.get(..2).and_then(|code| core::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()).filter(|_| first == b'%') {
            Some(octet) => {
                octets.push(octet);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                octets.push(first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&octets).into_owned()
}

/// By what it is named on stderr.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = |path: &Path| path.display().to_string();
        match self {
            Self::Serial(serial) => f.write_str(&path(&serial.path)),
            Self::Tcp(hosts) => {
                for (index, (host, port)) in hosts.iter().enumerate() {
                    let before = if index == 0 { "tcp://" } else { "," };
                    match host.contains(':') {
                        true => write!(f, "{before}[{host}]:{port}")?,
                        false => write!(f, "{before}{host}:{port}")?,
                    }
                }
                Ok(())
            }
            Self::Mqtt(mqtt) => f.write_str(&mqtt.name(&mqtt.topic)),
            Self::File(file, _) => f.write_str(&path(file)),
            Self::Stdin => f.write_str("stdin"),
        }
    }
}

impl Serial {
    /// The address, with all that is not as it is without more words.
    pub(crate) fn address(&self) -> String {
        let mut address = format!("serial:{}?baud={}", self.path.display(), self.baud);
        if self.data == CharSize::Bits7 {
            address += "&data=7";
        }
        address += match self.parity {
            Parity::None => "",
            Parity::Even => "&parity=even",
            Parity::Odd => "&parity=odd",
        };
        if self.stop == StopBits::Two {
            address += "&stop=2";
        }
        address
    }
}

impl Mqtt {
    /// By what a topic of this broker is named.
    pub(crate) fn name(&self, topic: &str) -> String {
        format!("{}://{}/{topic}", if self.tls { "mqtts" } else { "mqtt" }, self.host)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password => f.write_str(
                "a password in an address is seen by everybody: give it in AMSHAN_PASSWORD or with --password-file",
            ),
            Self::Missing(part) => write!(f, "the address of a source has no {part}"),
            Self::Value(name, sense) => write!(f, "the address of a source has a wrong {name}: it is {sense}"),
            Self::Setting(known) => {
                write!(f, "the address of a source has a setting that is not known: there are {}", known.join(", "))
            }
            Self::Scheme => f.write_str("a source is serial:, tcp://, mqtt://, mqtts://, a file or -"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serial(path: &str, baud: u32, data: CharSize, parity: Parity, stop: StopBits) -> Source {
        Source::Serial(Serial { path: path.into(), baud, data, parity, stop })
    }

    #[test]
    fn addresses() {
        let host = |host: &str, port| (host.to_owned(), port);
        let eight_n_one = |path, baud| serial(path, baud, CharSize::Bits8, Parity::None, StopBits::One);
        for (address, source) in [
            (
                "/dev/serial/by-id/usb-FTDI_FT232R-if00",
                eight_n_one("/dev/serial/by-id/usb-FTDI_FT232R-if00", 2400),
            ),
            ("serial:/dev/ttyUSB0?baud=115200", eight_n_one("/dev/ttyUSB0", 115_200)),
            ("COM7", eight_n_one("COM7", 2400)),
            (
                "serial:/tmp/port?baud=9600&data=7&parity=even&stop=2",
                serial("/tmp/port", 9600, CharSize::Bits7, Parity::Even, StopBits::Two),
            ),
            ("tcp://meter.local:4059", Source::Tcp(vec![host("meter.local", 4059)])),
            ("socket://10.0.0.7:23/", Source::Tcp(vec![host("10.0.0.7", 23)])),
            ("tcp://[::1]:2001,b:2002", Source::Tcp(vec![host("::1", 2001), host("b", 2002)])),
            ("-", Source::Stdin),
            ("capture.bin", Source::File("capture.bin".into(), None)),
            ("a file?pace=1", Source::File("a file?pace=1".into(), None)),
            ("file:day.hex?pace=60", Source::File("day.hex".into(), Some(60.0))),
            ("/dev/stdin", Source::File("/dev/stdin".into(), None)),
        ] {
            assert_eq!(Source::parse(address), Ok(source), "{address}");
        }
    }

    #[test]
    fn topics() {
        let plain = Mqtt {
            tls: false,
            host: "broker".to_owned(),
            port: 1883,
            user: None,
            topic: "han/+/raw".to_owned(),
            qos: QoS::AtLeastOnce,
            session: None,
            ca: None,
            cert: None,
            key: None,
        };
        let topic = |topic: &str| topic.to_owned();
        for (address, mqtt) in [
            ("mqtt://broker/han/+/raw", plain.clone()),
            ("mqtt://broker:1884/#", Mqtt { port: 1884, topic: topic("#"), ..plain.clone() }),
            (
                "mqtt://broker/a%3Fb?qos=0",
                Mqtt { topic: topic("a?b"), qos: QoS::AtMostOnce, ..plain.clone() },
            ),
            (
                "mqtts://a%40b@broker/t?session=me&ca=/etc/ca.pem",
                Mqtt {
                    tls: true,
                    port: 8883,
                    user: Some("a@b".to_owned()),
                    topic: topic("t"),
                    qos: QoS::ExactlyOnce,
                    session: Some("me".to_owned()),
                    ca: Some("/etc/ca.pem".into()),
                    ..plain
                },
            ),
        ] {
            assert_eq!(Source::parse(address), Ok(Source::Mqtt(Box::new(mqtt))), "{address}");
        }
        let name = Source::parse("mqtts://me@broker:1/a/#?session=x").unwrap().to_string();
        assert_eq!(name, "mqtts://broker/a/#");
    }

    #[test]
    fn what_is_none() {
        for (address, error) in [
            ("mqtt://me:secret@broker/t", Error::Password),
            ("tcp://me:secret@host:1", Error::Password),
            ("mqtt://broker", Error::Missing("topic")),
            ("mqtt://broker/a#b", Error::Value("topic", "+ for one level and # at the end for all below")),
            ("tcp://host", Error::Missing("port")),
            ("tcp://:1", Error::Missing("host")),
            ("tcp://host:70000", Error::Value("port", "a number up to 65535")),
            ("serial:", Error::Missing("path")),
            ("serial:/dev/a?parity=maybe", Error::Value("parity", "none, even or odd")),
            ("serial:/dev/a?boud=1", Error::Setting(&["baud", "data", "parity", "stop"])),
            ("http://host/", Error::Scheme),
            ("", Error::Missing("source")),
        ] {
            assert_eq!(Source::parse(address), Err(error), "{address}");
        }
    }
}
