//! A message broker: Mosquitto, in a process of its own.
#![allow(unreachable_pub, reason = "a module of tests")]

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rumqttc::{Client, Connection, Event, MqttOptions, Outgoing, Packet, QoS};

/// A broker that runs; it is ended when it goes.
#[derive(Debug)]
pub struct Broker {
    program: PathBuf,
    folder: tempfile::TempDir,
    child: Option<Child>,
    pub port: u16,
}

impl Broker {
    /// One with these settings; none, and that is said, where Mosquitto is not installed. `{folder}` is a folder of its
    /// own, in which these files are.
    pub fn start(settings: &str, files: &[(&str, &str)]) -> Option<Self> {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let known = std::env::split_paths(&folders).chain([PathBuf::from("/usr/sbin")]);
        let Some(program) = known.map(|folder| folder.join("mosquitto")).find(|program| program.exists())
        else {
            eprintln!("SKIPPED: what needs a broker, as mosquitto is not installed");
            return None;
        };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().display().to_string();
        for (name, content) in files {
            fs::write(folder.path().join(name), content).unwrap();
        }
        // As root it takes the rights of another user, who must be able to write here.
        let text = format!(
            "user root\nlistener {port} 127.0.0.1\npersistence true\npersistence_location {place}/\n\
             max_queued_messages 0\n{}\n",
            settings.replace("{folder}", &place)
        );
        fs::write(folder.path().join("broker.conf"), text).unwrap();
        let mut broker = Self { program, folder, child: None, port };
        broker.run();
        Some(broker)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs it until it answers.
    pub fn run(&mut self) {
        let mut command = Command::new(&self.program);
        command
            .arg("-c")
            .arg(self.folder.path().join("broker.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.child = Some(command.spawn().unwrap());
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the broker does not answer");
    }

    /// Ends it as a system does; it writes down what it keeps.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            rustix::process::kill_process(
                rustix::process::Pid::from_child(&child),
                rustix::process::Signal::TERM,
            )
            .unwrap();
            child.wait().unwrap();
        }
    }

    /// Publishes these to a topic, and waits until the broker has them.
    pub fn publish(&self, topic: &str, retain: bool, payloads: &[Vec<u8>]) {
        publish(MqttOptions::new("bridge", "127.0.0.1", self.port), topic, retain, payloads);
    }
}

/// Publishes these to a topic, and waits until the broker has them.
pub fn publish(mut options: MqttOptions, topic: &str, retain: bool, payloads: &[Vec<u8>]) {
    options.set_max_packet_size(1 << 18, 1 << 18);
    let (client, mut connection) = Client::new(options, 100);
    thread::scope(|scope| {
        scope.spawn(|| {
            for payload in payloads {
                client.publish(topic, QoS::AtLeastOnce, retain, payload.clone()).unwrap();
            }
        });
        taken(&mut connection, payloads.len());
    });
    client.disconnect().unwrap();
    // It connects again for ever if it is asked further.
    let mut events = connection.iter();
    while !matches!(events.next(), Some(Err(_)) | Some(Ok(Event::Outgoing(Outgoing::Disconnect)))) {}
}

fn taken(connection: &mut Connection, mut count: usize) {
    while count > 0 {
        match connection.recv() {
            Ok(Ok(Event::Incoming(Packet::PubAck(_)))) => count -= 1,
            Ok(Ok(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
