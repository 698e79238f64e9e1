//! `amshan explain`: every octet of a message named, layer by layer, and where and why it stopped.
//!
//! The reader says where the messages are that it takes. These, and all that stands between them, are gone over once more
//! by a walk that takes whatever is there, right or not:
//!
//! ```text
//! search   where something begins, and which frames belong together (pieces)
//! hdlc, mbus, p1, apdu, cipher, data        what each octet is, one file a layer
//! sheet    what was found out, a row for each field
//! text, json                                how it is printed
//! ```
//!
//! A row takes the octets behind those of the row before it, so that none is left out and none is named twice.

mod apdu;
mod cipher;
mod data;
mod hdlc;
mod json;
mod mbus;
mod p1;
mod pieces;
mod search;
mod sheet;
mod sum;
mod text;

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use amshan::cosem::Security;
use amshan::dlde::Check;
use amshan::envelope::{Body, Pulse};
use amshan::{Decoder, Error, Framing, Message};
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use self::search::{Good, Search};
use self::sheet::Sheet;
use crate::Status;
use crate::args::{Explain, ExplainFormat};
use crate::decode::{given, say, unwritten};
use crate::feed::Feed;
use crate::input::{Chunk, Octets};
use crate::keys::KeyRing;
use crate::layouts::Layouts;

/// A compressed payload is not longer than this.
const LIMIT: usize = 65_536;

/// What is known besides the octets.
#[derive(Debug, Clone, Copy)]
struct Context<'c> {
    layouts: &'c Layouts,
    keys: &'c KeyRing,
    unverified: bool,
    check: Check,
    /// The framing of what is being read; before that, the one that the user asked for.
    framing: Option<Framing>,
}

/// What vouches for octets.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Trust {
    /// Nothing.
    Not,
    /// A right frame check over all of them.
    Checked,
    /// They were ciphered, perhaps with a right tag.
    Opened(Security),
}

impl Trust {
    /// Whether what is missing was never sent.
    const fn vouches(&self) -> bool {
        match self {
            Self::Not => false,
            Self::Checked => true,
            Self::Opened(security) => security.authenticated,
        }
    }

    /// The system title of the sender, where it is known.
    fn title(&self) -> &[u8] {
        match self {
            Self::Opened(security) => security.system_title.octets(),
            _ => &[],
        }
    }
}

/// Explains all inputs.
pub(crate) fn run(options: &Explain) -> Status {
    let (keys, layouts) = match given(&options.keys, &options.layouts) {
        Ok(given) => given,
        Err(status) => return status,
    };
    let terminal = io::stdout().is_terminal();
    let coloured = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let stdin = [Path::new("-").to_path_buf()];
    let files = if options.files.is_empty() { &stdin[..] } else { &options.files };
    let context = Context {
        layouts: &layouts,
        keys: &keys,
        unverified: options.keys.unverified,
        check: options.input.p1_check.into(),
        framing: options.input.framing.map(Into::into),
    };
    let (mut status, mut printed) = (Status::Good, false);
    for path in files {
        let (octets, error) = match octets(path, options) {
            Ok(read) => read,
            Err(error) => {
                say(format_args!("{}: {error}", path.display()));
                status = Status::Unreadable;
                continue;
            }
        };
        let mut out = io::BufWriter::new(io::stdout().lock());
        let (mut unwritable, mut messages, mut stopped) = (None, 0u64, false);
        let mut each = |sheet: Sheet| {
            if unwritable.is_some() {
                return;
            }
            if !sheet.framing.is_empty() {
                messages = messages.saturating_add(1);
                stopped |= sheet.stopped().is_some();
            }
            let text = match options.format {
                ExplainFormat::Text => {
                    let file = (files.len() > 1).then_some(path.as_path());
                    let between = if printed { "\n" } else { "" };
                    format!("{between}{}", text::print(&sheet, file, coloured)).into_bytes()
                }
                ExplainFormat::Json => json::print(&sheet),
            };
            printed = true;
            unwritable = out.write_all(&text).err();
        };
        explain(&octets, context, &mut each);
        if let Some(error) = unwritable.or_else(|| out.flush().err()) {
            return unwritten(&error);
        }
        if messages == 0 {
            say(format_args!(
                "{}: {}",
                path.display(),
                if octets.is_empty() { "the input is empty" } else { "no message found" }
            ));
        }
        if let Some(error) = error {
            say(format_args!("{}: {error}", path.display()));
            status = Status::Unreadable;
        } else if status == Status::Good && (stopped || messages == 0) {
            status = Status::Incomplete;
        }
    }
    status
}

/// An input as its parts: the octets between two pauses.
type Parts = Vec<Vec<u8>>;

/// Reads an input to its end. What can be read of one that breaks off is given with the reason.
fn octets(path: &Path, options: &Explain) -> io::Result<(Parts, Option<io::Error>)> {
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory, not a capture"));
        }
        Box::new(file)
    };
    let mut octets = Octets::new(source, options.input.input.map(Into::into));
    let mut buffer = vec![0; 65_536];
    let mut parts = vec![Vec::new()];
    loop {
        match octets.read_chunk(&mut buffer) {
            Ok(Chunk::Octets(n)) => {
                if let Some(part) = parts.last_mut() {
                    part.extend_from_slice(buffer.get(..n).unwrap_or_default());
                }
            }
            Ok(Chunk::Pause) => parts.push(Vec::new()),
            Ok(Chunk::End) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A damaged line of a text dump; what follows can be read.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => say(error),
            Err(error) => return Ok((parts, Some(error))),
        }
    }
    parts.retain(|part| !part.is_empty());
    Ok((parts, None))
}

/// Explains the octets of an input.
fn explain(parts: &Parts, context: Context<'_>, each: &mut dyn FnMut(Sheet)) {
    let parts: Parts = parts.iter().map(|part| unwrapped(part)).collect();
    let stream = parts.concat();
    let mut good = Vec::new();
    let decoder = context.layouts.decoder().keys(context.keys).unverified(context.unverified);
    let mut found = |item: Result<Message<'_>, Error>| {
        good.extend(item.ok().and_then(|message| taken(message, &decoder)))
    };
    let mut feed = Feed::new(context.framing, context.check);
    for part in &parts {
        feed.octets(part, &mut found);
        feed.pause(&mut found);
    }
    feed.finish(&mut found);
    good.sort_by_key(|good: &Good| good.range.start);
    Search::new(&stream, context, each).run(&good);
}

/// Where a message lies that the reader found. `None`: only its tag could tell that it is one, and doesn't.
fn taken(message: Message<'_>, decoder: &Decoder<'_>) -> Option<Good> {
    let origin = message.origin();
    let doubtful = origin.framing == Framing::Apdu && matches!(message.bytes(), [0xDB, 0x08, ..]);
    let start = usize::try_from(origin.offset).ok()?;
    let end = usize::try_from(origin.offset.saturating_add(origin.length)).ok()?;
    let opens = decoder.readings(message).any(|reading| reading.is_ok());
    (opens || !doubtful).then_some(Good { range: start..end, framing: origin.framing })
}

/// The payloads of a Tibber Pulse, if octets are such; else the octets.
fn unwrapped(octets: &[u8]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), octets);
    while let Some((pulse, behind)) = Pulse::parse_prefix(rest) {
        match pulse.body {
            Body::Plain(body) => out.extend_from_slice(body),
            Body::Compressed(body) => {
                out.extend(decompress_to_vec_zlib_with_limit(body, LIMIT).unwrap_or_else(|_| body.to_vec()));
            }
        }
        rest = behind;
    }
    if rest.is_empty() { out } else { octets.to_vec() }
}
