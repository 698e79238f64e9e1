//! `amshan decode`: captured bytes or a text dump to readings.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use amshan::{Decoder, Error, ErrorKind, Message};

use crate::Status;
use crate::args::{Decode, Format};
use crate::feed::Feed;
use crate::input::{Chunk, Octets};
use crate::output::Printer;
use crate::progress::Progress;

/// Decodes all inputs, one after the other.
pub(crate) fn run(options: &Decode) -> Status {
    let terminal = io::stdout().is_terminal();
    let format = options.format.unwrap_or(if terminal { Format::Table } else { Format::Json });
    let coloured = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let mut run = Run {
        options,
        decoder: Decoder::new(),
        printer: Printer::new(format, coloured),
        out: String::new(),
        named: options.files.len() > 1,
        name: String::new(),
        progress: Progress::new(None),
        tally: Tally::default(),
    };
    let stdin = [Path::new("-").to_path_buf()];
    let files = if options.files.is_empty() { &stdin[..] } else { &options.files };
    let mut unreadable = false;
    for path in files {
        run.name = path.display().to_string();
        match run.file(path) {
            Ok(()) => {}
            // The reader downstream has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Status::Good,
            Err(error) => {
                unreadable = true;
                run.progress.clear();
                eprintln!("amshan: {}: {error}", run.name);
            }
        }
    }
    if !options.quiet {
        eprintln!("amshan: {}", run.tally);
    }
    match run.tally {
        _ if unreadable => Status::Unreadable,
        Tally { decoded: 1.., broken: 0, undecodable: 0, .. } => Status::Good,
        _ => Status::Incomplete,
    }
}

/// What came of the input.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    messages: u64,
    decoded: u64,
    broken: u64,
    undecodable: u64,
    skipped: u64,
}

impl Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { messages, decoded, broken, undecodable, skipped } = self;
        write!(
            f,
            "{messages} messages, {decoded} decoded, {broken} broken, {undecodable} undecodable, \
             {skipped} bytes skipped"
        )
    }
}

struct Run<'o> {
    options: &'o Decode,
    decoder: Decoder<'o>,
    printer: Printer,
    out: String,
    /// Whether to name the file in messages.
    named: bool,
    name: String,
    progress: Progress,
    tally: Tally,
}

impl Run<'_> {
    fn file(&mut self, path: &Path) -> io::Result<()> {
        if path == Path::new("-") {
            self.progress = Progress::new(None);
            return self.input(io::stdin().lock());
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory, not a capture"));
        }
        self.progress = Progress::new(Some(metadata.len()).filter(|_| metadata.is_file()));
        self.input(file)
    }

    fn input(&mut self, source: impl Read) -> io::Result<()> {
        let mut octets = Octets::new(source, self.options.input.map(Into::into));
        let mut feed = Feed::new(self.options.framing.map(Into::into));
        let mut buffer = vec![0; 65_536];
        let mut read = 0u64;
        loop {
            let chunk = octets.read_chunk(&mut buffer);
            let mut each = |item: Result<Message<'_>, Error>| self.item(item);
            match chunk {
                Ok(Chunk::Octets(n)) => {
                    feed.octets(buffer.get(..n).unwrap_or_default(), &mut each);
                    read = read.saturating_add(n as u64);
                }
                Ok(Chunk::Pause) => feed.pause(&mut each),
                Ok(Chunk::End) => {
                    feed.finish(&mut each);
                    if read == 0 {
                        self.complain("the input is empty");
                    }
                    return self.flush();
                }
                // A damaged line of a text dump; what follows can be read.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    self.tally.broken = self.tally.broken.saturating_add(1);
                    self.complain(error);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            self.flush()?;
            self.progress.at(read);
        }
    }

    fn item(&mut self, item: Result<Message<'_>, Error>) {
        let message = match item {
            Ok(message) => message,
            Err(error) => {
                self.tally.skipped = self.tally.skipped.saturating_add(error.length);
                if error.kind != ErrorKind::Noise {
                    self.tally.broken = self.tally.broken.saturating_add(1);
                }
                return self.complain(error);
            }
        };
        self.tally.messages = self.tally.messages.saturating_add(1);
        let origin = message.origin();
        for reading in self.decoder.readings(message) {
            match reading {
                Ok(reading) => {
                    self.tally.decoded = self.tally.decoded.saturating_add(1);
                    self.printer.print(&origin, &reading, &mut self.out);
                    for flaw in reading.objects().filter_map(Result::err) {
                        self.complain(format_args!("byte {}: {flaw}", origin.offset));
                    }
                    if let Some(announced) = reading.cut() {
                        self.tally.undecodable = self.tally.undecodable.saturating_add(1);
                        self.complain(format_args!(
                            "byte {}: the list ends early: {announced} elements announced, what is whole is given",
                            origin.offset
                        ));
                    }
                }
                Err(error) => {
                    self.tally.undecodable = self.tally.undecodable.saturating_add(1);
                    self.complain(error);
                }
            }
        }
    }

    /// Says on stderr what is wrong.
    fn complain(&mut self, what: impl Display) {
        self.progress.clear();
        if self.named {
            eprintln!("amshan: {}: {what}", self.name);
        } else {
            eprintln!("amshan: {what}");
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        self.progress.clear();
        let mut stdout = io::stdout().lock();
        stdout.write_all(self.out.as_bytes())?;
        self.out.clear();
        stdout.flush()
    }
}
