//! Runs the program as people and scripts do.
#![allow(dead_code, unreachable_pub, reason = "each test uses what it needs")]

pub mod explain;
pub mod live;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use amshan_sim::{Message, START_MS};
use serde_json::Value;

/// A run that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(10);

/// What came of a run.
#[derive(Debug)]
pub struct Run {
    /// The exit status; none if it ran too long and was ended, or ended by a signal.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Stdout as JSON, one value a line.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.stdout.lines().map(parse).collect()
    }

    /// Everything was decoded, and nothing was said.
    #[track_caller]
    pub fn good(self, what: &str) -> Self {
        assert_eq!((self.status, &*self.stderr), (Some(0), ""), "{what}: {self:?}");
        self
    }
}

/// The program, of whose settings in the environment it sees none.
pub fn amshan() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amshan"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AMSHAN_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command with this on stdin, and ends it if it takes too long.
pub fn run(command: &mut Command, input: &[u8]) -> Run {
    let mut child = command.spawn().unwrap();
    let (mut stdin, mut stdout, mut stderr) =
        (child.stdin.take().unwrap(), child.stdout.take().unwrap(), child.stderr.take().unwrap());
    thread::scope(|scope| {
        // A program that fails reads no input.
        scope.spawn(move || drop(stdin.write_all(input)));
        let out = scope.spawn(move || text(&mut stdout));
        let err = scope.spawn(move || text(&mut stderr));
        let status = wait(&mut child);
        Run { status, stdout: out.join().unwrap(), stderr: err.join().unwrap() }
    })
}

/// Runs `amshan decode` with these options and this on stdin.
pub fn decode(options: &[&str], input: &[u8]) -> Run {
    run(amshan().arg("decode").args(options), input)
}

/// Waits until it has ended; none if it had to be ended.
pub fn wait(child: &mut Child) -> Option<i32> {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

fn text(source: &mut impl Read) -> String {
    let mut octets = Vec::new();
    source.read_to_end(&mut octets).unwrap();
    String::from_utf8(octets).expect("the program prints UTF-8")
}

/// A file with this content, in the folder of the build; `name` is used once in all tests.
pub fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// What the meter of this list sends first.
pub fn message(list: &str) -> Message {
    amshan_sim::list(list).unwrap().message(1, START_MS)
}

/// What several lists send, one after the other.
pub fn stream(lists: &[&str]) -> Vec<u8> {
    lists.iter().flat_map(|list| message(list).bytes).collect()
}

/// The options that give the keys of a message.
pub fn keys(message: &Message) -> Vec<String> {
    let option = |name: &str, key| [name.to_owned(), hex(key)];
    let key = message.key.iter().flat_map(|key| option("--key", key));
    key.chain(message.auth_key.iter().flat_map(|key| option("--auth-key", key))).collect()
}

/// Lower-case hexadecimal digits.
pub fn hex(octets: &[u8]) -> String {
    amshan_sim::envelope::hex(octets).to_lowercase()
}
