//! Connections that are lost, with real sockets and pseudo-terminals: of numbered messages, none that arrived whole is
//! lost, none is doubled.
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use amshan_sim::Rng;
use common::amshan;
use common::live::{Live, gateway, send, telegram, telegrams, terminal};

/// How many messages are numbered.
const COUNT: u64 = 10_000;

#[track_caller]
fn all_once(live: &Live, count: u64) {
    live.has(usize::try_from(count).unwrap());
    let numbers = live.numbers();
    assert!(numbers.iter().copied().eq(0..count), "{} numbers, {}", numbers.len(), live.stderr());
}

/// What a gateway does at the end of a connection.
#[derive(Clone, Copy)]
enum End {
    Close,
    Reset,
}

/// Sends all messages over many connections, each of which ends within a message.
fn cut(listener: &TcpListener, ends: &[End]) -> usize {
    let mut rng = Rng::new(11);
    let (mut next, mut connections) = (0, 0);
    while next < COUNT {
        let (mut stream, _) = listener.accept().unwrap();
        let end = ends[connections % ends.len()];
        connections += 1;
        let last = (next + 20 + rng.next_u64() % 400).min(COUNT);
        let half = telegram(last);
        // Without its line end it would be whole: its checksum is there.
        let part = usize::try_from(rng.next_u64()).unwrap_or(0) % (half.len() - 2);
        send(&mut stream, &[&telegrams(next..last)[..], &half[..part]].concat());
        next = last;
        if let End::Reset = end {
            // What has not arrived when a connection is reset never does.
            while outstanding(&stream) > 0 {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_millis(5));
            socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
        }
    }
    connections
}

/// How many octets the other side has not got yet.
fn outstanding(stream: &std::net::TcpStream) -> u64 {
    let port = format!("{:04X}", stream.local_addr().unwrap().port());
    let peer = format!("{:04X}", stream.peer_addr().unwrap().port());
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let row = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut own = row.filter(|row| row[1].ends_with(&port) && row[2].ends_with(&peer));
    own.next().map_or(0, |row| u64::from_str_radix(row[4].split_once(':').unwrap().0, 16).unwrap())
}

fn over_cut_connections(ends: &[End]) {
    let (listener, port) = gateway();
    let mut live = Live::read(&[&format!("tcp://127.0.0.1:{port}")]);
    let connections = thread::scope(|scope| {
        let cutting = scope.spawn(|| cut(&listener, ends));
        live.has(1000);
        let peak = live.peak();
        live.has(usize::try_from(COUNT).unwrap());
        assert!(live.peak() < peak + 1000, "{peak} kB grow to {} kB", live.peak());
        println!("{peak} kB after a tenth, {} kB after all", live.peak());
        cutting.join().unwrap()
    });
    all_once(&live, COUNT);
    assert_eq!(live.stop(), Some(0));
    assert_eq!(live.numbers().len() as u64, COUNT, "the end adds nothing");
    let stderr = live.stderr();
    println!(
        "{connections} connections, {} kB, {} lines on stderr",
        stderr.len() / 1000,
        stderr.lines().count()
    );
    // What is the same each time is counted, not repeated.
    assert!(stderr.lines().count() < 20, "{stderr}");
}

#[test]
fn a_gateway_that_closes_loses_nothing() {
    over_cut_connections(&[End::Close]);
}

#[test]
fn a_gateway_that_resets_loses_nothing() {
    over_cut_connections(&[End::Reset]);
}

#[test]
fn a_gateway_that_hangs_is_left() {
    let (listener, port) = gateway();
    let live = Live::read(&[&format!("tcp://127.0.0.1:{port}"), "--silence", "1s"]);
    let (mut first, _) = listener.accept().unwrap();
    send(&mut first, &telegrams(0..3));
    live.has(3);
    let silent = Instant::now();
    // It holds the connection, and says nothing more.
    let (mut second, _) = listener.accept().unwrap();
    let after = silent.elapsed();
    send(&mut second, &telegrams(3..5));
    all_once(&live, 5);
    live.says("no message for 1 s");
    println!("left after {after:.2?}");
    assert!(after > Duration::from_millis(900) && after < Duration::from_secs(10), "{after:?}");
    drop(first);
}

#[test]
fn a_line_with_nothing_but_noise_is_told_from_one_with_nothing() {
    let (listener, port) = gateway();
    let live = Live::read(&[&format!("tcp://127.0.0.1:{port}"), "--silence", "1s"]);
    let (mut stream, _) = listener.accept().unwrap();
    send(&mut stream, &[0xA5; 1234]);
    live.says("no message for 1 s, but 1234 octets that are none");
    let second = listener.accept().unwrap();
    live.says("no message for 1 s, and nothing else");
    drop(second);
}

#[test]
fn a_gateway_that_comes_back_at_another_port_is_found() {
    let ((first, one), (second, two)) = (gateway(), gateway());
    drop(second);
    let live = Live::read(&[&format!("tcp://localhost:{one},127.0.0.1:{two}")]);
    let (mut stream, _) = first.accept().unwrap();
    send(&mut stream, &telegrams(0..3));
    live.has(3);
    drop((stream, first));
    live.says("refused");
    let second = TcpListener::bind(("127.0.0.1", two)).unwrap();
    let (mut stream, _) = second.accept().unwrap();
    send(&mut stream, &telegrams(3..6));
    all_once(&live, 6);
    live.says("connected after");
}

#[test]
fn a_name_that_does_not_resolve_is_told_and_does_no_harm_to_others() {
    let (listener, port) = gateway();
    let other = format!("tcp://127.0.0.1:{port}");
    let mut live = Live::read(&["tcp://no-such-name.invalid:7", &other]);
    let (mut stream, _) = listener.accept().unwrap();
    send(&mut stream, &telegrams(0..3));
    all_once(&live, 3);
    live.says("amshan: tcp://no-such-name.invalid:7: no connection: ");
    live.says(&format!("amshan: {other}: connected"));
    assert_eq!(live.stop(), Some(0));
}

#[test]
fn a_slow_consumer_costs_nothing_but_time() {
    let (listener, port) = gateway();
    let mut live = Live::stalled(amshan().args(["read", &format!("tcp://127.0.0.1:{port}")]));
    let sender = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        send(&mut stream, &telegrams(0..COUNT));
        stream
    });
    live.says("standard output takes no more");
    let peak = live.peak();
    live.take();
    all_once(&live, COUNT);
    println!("{peak} kB while it waits, {} kB after all", live.peak());
    assert!(live.peak() < peak + 1000, "{peak} kB grow to {} kB", live.peak());
    let stream = sender.join().unwrap();
    assert_eq!(live.stop(), Some(0));
    drop(stream);
}

#[test]
fn a_consumer_that_takes_nothing_does_not_keep_it_from_ending() {
    let (listener, port) = gateway();
    let mut live = Live::stalled(amshan().args(["read", &format!("tcp://127.0.0.1:{port}")]));
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_nonblocking(true).unwrap();
    let octets = telegrams(0..COUNT);
    let _ = stream.write(&octets);
    live.says("connected");
    thread::sleep(Duration::from_millis(500));
    let start = Instant::now();
    let stdout = live.child.stdout.take();
    assert_eq!(live.stop(), Some(3));
    assert!(start.elapsed() < Duration::from_secs(9));
    drop(stdout);
}

#[test]
fn a_closed_pipe_downstream_is_no_error() {
    let (listener, port) = gateway();
    let mut live = Live::stalled(amshan().args(["read", &format!("tcp://127.0.0.1:{port}")]));
    drop(live.child.stdout.take());
    let (mut stream, _) = listener.accept().unwrap();
    send(&mut stream, &telegrams(0..3));
    assert_eq!(live.ended(), Some(0));
}

fn link(to: &Path, at: &Path) {
    let _ = fs::remove_file(at);
    symlink(to, at).unwrap();
}

#[test]
fn a_port_that_vanishes_and_returns() {
    let folder = tempfile::tempdir().unwrap();
    let port = folder.path().join("ttyMETER");
    let mut live = Live::read(&[&format!("serial:{}?baud=115200", port.display())]);
    live.says("No such file");
    let (mut next, per_port) = (0, COUNT / 10);
    for _ in 0..10 {
        let (mut meter, path) = terminal();
        link(&path, &port);
        live.says("connected");
        // A terminal that nobody has opened keeps nothing.
        live.wait("the port", |live| {
            let open = fs::read_dir(format!("/proc/{}/fd", live.child.id())).unwrap();
            open.flatten().any(|entry| fs::read_link(entry.path()).is_ok_and(|target| target == path))
        });
        thread::sleep(Duration::from_millis(20));
        meter.write_all(&telegrams(next..next + per_port)).unwrap();
        next += per_port;
        live.has(usize::try_from(next).unwrap());
        meter.write_all(&telegram(next)[..20]).unwrap();
        fs::remove_file(&port).unwrap();
        drop(meter);
    }
    all_once(&live, COUNT);
    assert_eq!(live.stop(), Some(0));
}

#[test]
fn signals_end_it_with_what_came() {
    use rustix::process::{Pid, Signal, kill_process};
    for signal in [Signal::INT, Signal::TERM] {
        let (listener, port) = gateway();
        let mut live = Live::read(&[&format!("tcp://127.0.0.1:{port}")]);
        let (mut stream, _) = listener.accept().unwrap();
        send(&mut stream, &[&telegrams(0..3)[..], &telegram(3)[..30]].concat());
        live.has(3);
        kill_process(Pid::from_child(&live.child), signal).unwrap();
        assert_eq!(live.ended(), Some(0));
        assert!(live.stderr().ends_with("3 messages, 3 decoded, 1 broken, 0 undecodable, 30 bytes skipped"));
        all_once(&live, 3);
    }
}
