//! Files and stdin, which end.

use core::time::Duration;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use amshan::dlde::Check;
use tokio::sync::mpsc;
use tokio::time::{self, Instant};

use super::address::Source;
use super::desk::Desk;
use super::record::{self, Recorder};
use super::settings::Settings;
use super::stop::Stop;
use crate::feed::{Feed, Item};
use crate::input::{Chunk, Octets};

/// What comes of a file.
enum Piece {
    Octets(Vec<u8>),
    /// What follows came so long after the beginning.
    At(Duration),
    Pause,
    /// A line of text that says no octets.
    Damaged(String),
    End(io::Result<()>),
}

/// So many pieces are read ahead.
const AHEAD: usize = 4;
/// So much is read at once.
const SIZE: usize = 32_768;

/// Reads a file to its end, or until it is to stop. The error, if it can't be read.
pub(crate) async fn read(
    source: Source,
    settings: Arc<Settings>,
    mut desk: Desk,
    recorder: Option<Recorder>,
    mut stop: Stop,
) -> (Desk, io::Result<()>) {
    let mut feed = Feed::new(settings.framing.map(Into::into), Check::from(settings.p1_check));
    let pause = settings.policy.pause;
    let (sender, mut pieces) = mpsc::channel(AHEAD);
    let pace = if let Source::File(_, pace) = &source { *pace } else { None };
    let spawned = thread::Builder::new().name("file".to_owned()).spawn(move || {
        let ended = open(&source, &sender);
        drop(sender.blocking_send(Piece::End(ended)));
    });
    if let Err(error) = spawned {
        return (desk, Err(error));
    }
    let start = Instant::now();
    let mut waiting = false;
    let ended = loop {
        let piece = tokio::select! {
            biased;
            () = stop.asked() => Some(Piece::End(Ok(()))),
            piece = pieces.recv() => piece,
            () = time::sleep(pause), if waiting => None,
        };
        waiting = matches!(piece, Some(Piece::Octets(_)));
        let mut each = |item: Item<'_>| desk.item(item);
        let mut ended = None;
        match piece {
            Some(Piece::Octets(octets)) => {
                if let Some(recorder) = &recorder {
                    recorder.put(&octets);
                }
                feed.octets(&octets, &mut each);
            }
            Some(Piece::At(after)) => {
                let due = start.checked_add(after.div_f64(pace.unwrap_or(1.0)));
                tokio::select! {
                    biased;
                    () = stop.asked() => ended = Some(Ok(())),
                    () = time::sleep_until(due.unwrap_or(start)) => {}
                }
            }
            Some(Piece::Pause) => feed.pause(&mut each),
            Some(Piece::Damaged(why)) => {
                desk.tally.broken = desk.tally.broken.saturating_add(1);
                desk.told.fault(why);
            }
            Some(Piece::End(result)) => ended = Some(result),
            // Nothing came for a while: a pipe from something live.
            None => feed.idle(&mut each),
        }
        if ended.is_some() {
            feed.finish(&mut |item| desk.item(item));
        }
        if let Some(error) = recorder.as_ref().and_then(Recorder::fault) {
            desk.told.fault(format_args!("nothing is recorded: {error}"));
        }
        let taken = desk.flush().await;
        match ended {
            Some(result) => break result,
            None if !taken => break Ok(()),
            None => {}
        }
    };
    if desk.tally.messages == 0 && ended.is_ok() {
        desk.told.fault("no message found");
    }
    (desk, ended)
}

/// Reads all of a source.
fn open(source: &Source, pieces: &mpsc::Sender<Piece>) -> io::Result<()> {
    match source {
        Source::File(path, None) => all(File::open(path)?, pieces),
        Source::File(path, Some(_)) => recording(path, pieces),
        _ => all(io::stdin().lock(), pieces),
    }
}

/// Whatever `decode` reads.
fn all(source: impl io::Read, pieces: &mpsc::Sender<Piece>) -> io::Result<()> {
    let mut octets = Octets::new(source, None);
    let mut buffer = vec![0; SIZE];
    loop {
        let piece = match octets.read_chunk(&mut buffer) {
            Ok(Chunk::Octets(count)) => Piece::Octets(buffer.get(..count).unwrap_or_default().to_vec()),
            Ok(Chunk::Pause) => Piece::Pause,
            Ok(Chunk::End) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Piece::Damaged(error.to_string()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if pieces.blocking_send(piece).is_err() {
            return Ok(());
        }
    }
}

/// A recording, whose lines say when they came.
fn recording(path: &Path, pieces: &mpsc::Sender<Piece>) -> io::Result<()> {
    let mut first = None;
    for line in BufReader::new(File::open(path)?).lines() {
        let line = line?;
        let Some((time, octets)) = record::parse(&line) else {
            let hint =
                "its lines have no times, so that it has no pace: leave out pace, or record with --record";
            return Err(io::Error::new(io::ErrorKind::InvalidData, hint));
        };
        let begin = *first.get_or_insert(time);
        let after = Duration::try_from(time.duration_since(begin)).unwrap_or_default();
        for piece in [Piece::At(after), Piece::Octets(octets), Piece::Pause] {
            if pieces.blocking_send(piece).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}
