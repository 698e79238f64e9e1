//! The octets as they came, in a file.
//!
//! A line for each piece that came, with its time (UTC) and its octets in hex. So a recording says where the line paused,
//! `decode` and `explain` read it as they read any log, and `read` replays it at its pace. A full file becomes `FILE.1`,
//! that one `FILE.2`, up to a number.

use core::pin::Pin;
use core::task::{Context, Poll};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::io::{AsyncRead, ReadBuf};

/// Where octets are kept.
#[derive(Debug)]
pub(crate) struct Record {
    path: PathBuf,
    /// No file is longer, and there are no more of them.
    limit: u64,
    files: u32,
    open: Option<(File, u64)>,
    line: Vec<u8>,
    /// Why octets were not kept, until somebody asks.
    fault: Option<io::Error>,
}

/// A record that a connection and its task share.
#[derive(Debug, Clone)]
pub(crate) struct Recorder(Arc<Mutex<Record>>);

impl Recorder {
    /// Keeps octets in this file.
    pub(crate) fn new(path: PathBuf, limit: u64, files: u32) -> Self {
        Self(Arc::new(Mutex::new(Record { path, limit, files, open: None, line: Vec::new(), fault: None })))
    }

    /// Keeps these. That it fails is no reason not to go on.
    pub(crate) fn put(&self, octets: &[u8]) {
        let mut record = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = record.put(octets, Timestamp::now()) {
            record.open = None;
            record.fault = Some(error);
        }
    }

    /// Why octets were not kept, if so.
    pub(crate) fn fault(&self) -> Option<io::Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fault.take()
    }
}

impl Record {
    fn put(&mut self, octets: &[u8], time: Timestamp) -> io::Result<()> {
        self.line.clear();
        write!(self.line, "{time:.3} ")?;
        for octet in octets {
            write!(self.line, "{octet:02x}")?;
        }
        self.line.push(b'\n');
        let length = self.line.len() as u64;
        let (mut file, size) = match self.open.take() {
            Some(open) => open,
            None => open(&self.path)?,
        };
        let full = size > 0 && size.saturating_add(length) > self.limit;
        let size = if full {
            file = self.rotate()?;
            0
        } else {
            size
        };
        file.write_all(&self.line)?;
        self.open = Some((file, size.saturating_add(length)));
        Ok(())
    }

    /// Moves each file to the next number, and begins a new one.
    fn rotate(&self) -> io::Result<File> {
        for number in (1..self.files).rev() {
            let from =
                if number == 1 { self.path.clone() } else { numbered(&self.path, number.saturating_sub(1)) };
            match fs::rename(from, numbered(&self.path, number)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        File::create(&self.path)
    }
}

/// Opens a file to write at its end.
fn open(path: &Path) -> io::Result<(File, u64)> {
    let file = File::options().create(true).append(true).open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".{number}"));
    name.into()
}

/// A source whose octets are kept as they are read.
#[derive(Debug)]
pub(crate) struct Tap<S> {
    pub(crate) source: S,
    pub(crate) recorder: Option<Recorder>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.source).poll_read(cx, buffer);
        if let Some(octets) = buffer.filled().get(before..).filter(|octets| !octets.is_empty()) {
            if let Some(recorder) = &self.recorder {
                recorder.put(octets);
            }
        }
        polled
    }
}

/// The time and the octets of a line of a recording.
pub(crate) fn parse(line: &str) -> Option<(Timestamp, Vec<u8>)> {
    let (time, octets) = line.trim_end().split_once(' ')?;
    let mut octets = octets.as_bytes().to_vec();
    let count = amshan::envelope::decode_hex_in_place(&mut octets)?;
    octets.truncate(count);
    Some((time.parse().ok()?, octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_rotated_and_never_more_than_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record");
        let recorder = Recorder::new(path.clone(), 100, 3);
        for octet in 0..20u8 {
            recorder.put(&[octet; 5]);
        }
        assert!(recorder.fault().is_none());
        let mut names: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["record", "record.1", "record.2"]);
        let octets = |name: &str| -> Vec<u8> {
            let text = fs::read_to_string(folder.path().join(name)).unwrap();
            assert!(text.len() <= 100);
            text.lines().map(|line| parse(line).unwrap().1[0]).collect()
        };
        // 36 octets a line, two lines a file.
        assert_eq!(
            [octets("record.2"), octets("record.1"), octets("record")].concat(),
            [14, 15, 16, 17, 18, 19]
        );
        // Another run goes on where this one ended.
        Recorder::new(path, 100, 3).put(&[20]);
        assert_eq!(octets("record"), [18, 19, 20][..].to_vec());
    }

    #[test]
    fn a_folder_that_is_not_there_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub/record");
        let recorder = Recorder::new(path.clone(), 100, 3);
        recorder.put(b"1");
        assert_eq!(recorder.fault().unwrap().kind(), io::ErrorKind::NotFound);
        fs::create_dir(folder.path().join("sub")).unwrap();
        recorder.put(b"2");
        assert!(recorder.fault().is_none());
        assert!(fs::read_to_string(path).unwrap().ends_with(" 32\n"));
    }
}
