//! A program that reads for as long as messages come, and a meter that numbers them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use amshan_sim::p1::{Check, Telegram};
use serde_json::Value;

/// What takes longer hangs.
const LIMIT: Duration = Duration::from_secs(30);

/// The program while it runs; it is ended when it goes.
#[derive(Debug)]
pub struct Live {
    pub child: Child,
    stdout: Arc<Mutex<Vec<String>>>,
    stderr: Arc<Mutex<Vec<String>>>,
}

impl Live {
    /// Runs a command, and takes what it prints as it comes.
    pub fn start(command: &mut Command) -> Self {
        let mut live = Self::stalled(command);
        let stdout = live.child.stdout.take().unwrap();
        collect(stdout, &live.stdout);
        live
    }

    /// `amshan read` with these options; connections are tried again at once.
    pub fn read(options: &[&str]) -> Self {
        Self::start(super::amshan().args(["read", "--retry", "50ms"]).args(options))
    }

    /// Runs a command whose stdout nobody takes.
    pub fn stalled(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let live = |stderr| {
            let lines = Arc::default();
            collect(stderr, &lines);
            lines
        };
        let stderr = live(child.stderr.take().unwrap());
        Self { child, stdout: Arc::default(), stderr }
    }

    /// Takes from now on what is printed.
    pub fn take(&mut self) {
        collect(self.child.stdout.take().unwrap(), &self.stdout);
    }

    pub fn stdout(&self) -> Vec<String> {
        self.stdout.lock().unwrap().clone()
    }

    pub fn stderr(&self) -> String {
        self.stderr.lock().unwrap().join("\n")
    }

    /// The readings so far.
    pub fn readings(&self) -> Vec<Value> {
        self.stdout().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The numbers of the readings so far.
    pub fn numbers(&self) -> Vec<u64> {
        self.readings().iter().map(|reading| reading["active_power_import_total"].as_u64().unwrap()).collect()
    }

    /// Waits until this is so.
    #[track_caller]
    pub fn wait(&self, what: &str, so: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !so(self) {
            assert!(start.elapsed() < LIMIT, "{what}: {} lines, {}", self.stdout().len(), self.stderr());
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until stderr says this.
    #[track_caller]
    pub fn says(&self, text: &str) {
        self.wait(text, |live| live.stderr().contains(text));
    }

    /// Waits until so many readings are there.
    #[track_caller]
    pub fn has(&self, count: usize) {
        self.wait(&format!("{count} readings"), |live| live.stdout.lock().unwrap().len() >= count);
    }

    /// Asks it to end, and gives its status.
    #[cfg(unix)]
    pub fn stop(&mut self) -> Option<i32> {
        use rustix::process::{Pid, Signal, kill_process};
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        self.ended()
    }

    /// Waits until it has ended and all it printed is there.
    pub fn ended(&mut self) -> Option<i32> {
        let status = super::wait(&mut self.child);
        self.wait("the end of its output", |live| Arc::strong_count(&live.stderr) == 1);
        self.wait("the end of its output", |live| Arc::strong_count(&live.stdout) == 1);
        status
    }

    /// The highest memory that it has had so far, in kB.
    pub fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches("kB").trim().parse().unwrap()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Takes lines as they come, until the end.
fn collect(source: impl Read + Send + 'static, lines: &Arc<Mutex<Vec<String>>>) {
    let lines = Arc::clone(lines);
    thread::spawn(move || {
        for line in BufReader::new(source).lines() {
            lines.lock().unwrap().push(line.unwrap());
        }
    });
}

/// Message number `n` of a meter.
pub fn telegram(n: u64) -> Vec<u8> {
    let mut telegram = Telegram::new("XYZ5EXAMPLE");
    telegram.line("1-0:1.8.0", &[&format!("{:06}.{:03}*kWh", n / 1000, n % 1000)]);
    telegram.end(Check::Arc).into_bytes()
}

/// Messages with these numbers.
pub fn telegrams(numbers: impl Iterator<Item = u64>) -> Vec<u8> {
    numbers.flat_map(telegram).collect()
}

/// A gateway, and the port at which it listens.
pub fn gateway() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// Writes all, and waits until the other side has it.
pub fn send(stream: &mut TcpStream, octets: &[u8]) {
    stream.set_nodelay(true).unwrap();
    stream.write_all(octets).unwrap();
}

/// A pseudo-terminal: the side of the meter, and the path of the other.
#[cfg(unix)]
pub fn terminal() -> (std::fs::File, std::path::PathBuf) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let meter: std::os::fd::OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&meter).unwrap();
    unlockpt(&meter).unwrap();
    let path = ptsname(&meter, Vec::new()).unwrap();
    (meter.into(), path.to_str().unwrap().into())
}
