//! Topics of a real broker, which restarts, asks for a password, speaks TLS.
#![cfg(unix)]

#[path = "common/broker.rs"]
mod broker;
mod common;

use std::fs;
use std::process::Command;

use amshan_sim::envelope::{hex, hex_twice};
use broker::Broker;
use common::live::{Live, telegram};
use common::{amshan, message};

const OPEN: &str = "allow_anonymous true";
const COUNT: u64 = 10_000;

fn numbered(numbers: impl Iterator<Item = u64>) -> Vec<Vec<u8>> {
    numbers.map(telegram).collect()
}

#[test]
fn every_envelope_in_every_topic() {
    let Some(broker) = Broker::start(OPEN, &[]) else { return };
    let url = format!("mqtt://127.0.0.1:{}/han/+/raw", broker.port);
    let mut live = Live::read(&[&url, "--format", "full"]);
    live.says("connected");
    let hdlc = message("kaifa-no-list-2").bytes;
    let bare = message("kaifa-no-list-2").plain;
    let pulse = pulse(&hdlc);
    let (front, back) = hdlc.split_at(40);
    for (topic, payload) in [
        ("han/frame/raw", hdlc.clone()),
        ("han/status/raw", b"Debug: No HAN data".to_vec()),
        ("han/bare/raw", bare.clone()),
        ("han/hex/raw", hex(&hdlc).into_bytes()),
        ("han/twice/raw", hex_twice(&bare).into_bytes()),
        ("han/pulse/raw", pulse.clone()),
        ("han/pulse/raw", pulse.repeat(2)),
        ("han/halves/raw", front.to_vec()),
        ("other/frame/raw", hdlc.clone()),
        ("han/halves/raw", back.to_vec()),
    ] {
        broker.publish(topic, false, &[payload]);
    }
    live.has(8);
    assert_eq!(live.stop(), Some(0));
    let readings = live.readings();
    let of = |topic: &str| {
        let source = format!("mqtt://127.0.0.1/han/{topic}/raw");
        readings.iter().filter(|reading| reading["source"] == source.as_str()).count()
    };
    assert_eq!(["frame", "bare", "hex", "twice", "pulse", "halves"].map(of), [1, 1, 1, 1, 3, 1]);
    assert!(readings.iter().all(|reading| reading["layout"]["name"] == "kaifa-no-list-2"));
    assert!(live.stderr().contains("han/status/raw: byte 0: framing: nothing here looks like a message"));
}

/// As a Tibber Pulse wraps it.
fn pulse(frame: &[u8]) -> Vec<u8> {
    let length = |octets: usize| [octets as u8 | 0x80, (octets >> 7) as u8];
    let inside =
        [b"\x09\x01\x02\x03\x04\x05\x06\x07\x08\x12\x03HAN\x1A", &length(frame.len())[..], frame].concat();
    [b"\x08\xDC\xD9\x02\x12", &length(inside.len())[..], &inside].concat()
}

#[test]
fn a_broker_that_restarts_loses_nothing_of_a_session() {
    let Some(mut broker) = Broker::start(OPEN, &[]) else { return };
    let url = format!("mqtt://127.0.0.1:{}/meter?session=reader", broker.port);
    let mut live = Live::read(&[&url]);
    live.says("connected");
    let part = COUNT / 5;
    for turn in 0..5 {
        let from = turn * part;
        // It goes while messages are on their way.
        broker.publish("meter", false, &numbered(from..from + part));
        broker.stop();
        live.says("no connection: Connection refused");
        broker.run();
    }
    live.has(usize::try_from(COUNT).unwrap());
    assert_eq!(live.stop(), Some(0));
    let numbers = live.numbers();
    assert!(numbers.iter().copied().eq(0..COUNT), "{} numbers, {}", numbers.len(), live.stderr());
}

#[test]
fn what_a_session_missed_comes_later() {
    let Some(broker) = Broker::start(OPEN, &[]) else { return };
    let url = format!("mqtt://127.0.0.1:{}/meter?session=reader", broker.port);
    let mut numbers = Vec::new();
    for turn in 0..3 {
        let mut live = Live::read(&[&url]);
        live.says("connected");
        live.has(if turn == 0 { 0 } else { 100 });
        broker.publish("meter", false, &numbered(turn * 200..turn * 200 + 100));
        live.has(if turn == 0 { 100 } else { 200 });
        assert_eq!(live.stop(), Some(0));
        numbers.extend(live.numbers());
        broker.publish("meter", false, &numbered(turn * 200 + 100..turn * 200 + 200));
    }
    assert!(numbers.iter().copied().eq(0..500), "{}", numbers.len());
}

#[test]
fn what_a_broker_retains_is_read_once() {
    let Some(mut broker) = Broker::start(OPEN, &[]) else { return };
    broker.publish("meter", true, &numbered(0..1));
    let mut live = Live::read(&[&format!("mqtt://127.0.0.1:{}/meter", broker.port)]);
    live.has(1);
    for turn in 1..4 {
        broker.stop();
        live.says("refused");
        broker.run();
        live.wait("it is there again", |live| live.stderr().matches("connected").count() > 0);
        std::thread::sleep(std::time::Duration::from_millis(300));
        broker.publish("meter", true, &numbered(turn..turn + 1));
        live.has(usize::try_from(turn).unwrap() + 1);
    }
    assert_eq!(live.stop(), Some(0));
    assert_eq!(live.numbers(), [0, 1, 2, 3]);
}

#[test]
fn a_password_from_the_environment_and_none_in_what_is_said() {
    let settings = "allow_anonymous false\npassword_file {folder}/users";
    let Some(mut broker) = Broker::start(settings, &[("users", "me:correct-horse\n")]) else { return };
    let hashed = Command::new("mosquitto_passwd").arg("-U").arg(broker.folder().join("users")).status();
    assert!(hashed.unwrap().success());
    broker.stop();
    broker.run();
    let url = format!("mqtt://me@127.0.0.1:{}/meter", broker.port);

    let mut wrong = Live::start(amshan().env("AMSHAN_PASSWORD", "wrong-horse").args(["read", &url]));
    wrong.says("the broker does not let this user in");
    assert_eq!(wrong.stop(), Some(0));

    let mut live = Live::start(amshan().env("AMSHAN_PASSWORD", "correct-horse").args(["read", &url]));
    live.says("connected");
    let mut options = rumqttc::MqttOptions::new("bridge", "127.0.0.1", broker.port);
    options.set_credentials("me", "correct-horse");
    broker::publish(options, "meter", false, &numbered(0..3));
    live.has(3);
    assert_eq!(live.stop(), Some(0));

    // From a file, and from the settings.
    let file = broker.folder().join("password");
    fs::write(&file, "correct-horse\n").unwrap();
    Live::read(&[&url, "--password-file", file.to_str().unwrap()]).says("connected");
    let config = broker.folder().join("settings.toml");
    fs::write(&config, format!("[[source]]\naddress = \"{url}\"\npassword = \"correct-horse\"\n")).unwrap();
    Live::read(&["--config", config.to_str().unwrap()]).says("connected");
    for live in [wrong, live] {
        assert!(!live.stderr().contains("horse"), "{}", live.stderr());
    }
}

#[test]
fn over_tls_with_both_sides_known() {
    let authority = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let ca = params.self_signed(&authority).unwrap();
    let issuer = rcgen::Issuer::new(params, authority);
    let signed = |name: &str| {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        (params.signed_by(&key, &issuer).unwrap().pem(), key.serialize_pem())
    };
    let ((server, server_key), (client, client_key)) = (signed("localhost"), signed("reader"));
    let settings = "allow_anonymous true\ncafile {folder}/ca.pem\ncertfile {folder}/server.pem\n\
                    keyfile {folder}/server.key\nrequire_certificate true";
    // The bridge beside it needs none of that.
    let plain = common::live::gateway().1;
    let settings = format!("{settings}\nlistener {plain} 127.0.0.1");
    let ca = ca.pem();
    let files = [
        ("ca.pem", &*ca),
        ("server.pem", &server),
        ("server.key", &server_key),
        ("client.pem", &client),
        ("client.key", &client_key),
    ];
    let Some(broker) = Broker::start(&settings, &files) else { return };
    let place = broker.folder().display();
    let url = format!("mqtts://localhost:{}/meter", broker.port);
    let own = format!("cert={place}/client.pem&key={place}/client.key");

    // Nobody has heard of who signed it.
    Live::read(&[&format!("{url}?{own}")]).says("invalid peer certificate: UnknownIssuer");
    // The broker wants to know who we are.
    Live::read(&[&format!("{url}?ca={place}/ca.pem")]).says("next try");

    let mut live = Live::read(&[&format!("{url}?ca={place}/ca.pem&{own}")]);
    live.says("connected");
    broker::publish(
        rumqttc::MqttOptions::new("bridge", "127.0.0.1", plain),
        "meter",
        false,
        &numbered(0..100),
    );
    live.has(100);
    assert!(live.numbers().into_iter().eq(0..100));
    assert_eq!(live.stop(), Some(0));
}
