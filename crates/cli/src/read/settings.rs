//! Settings: options and the environment first, then a file.

use core::fmt;
use core::time::Duration;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs, io};

use amshan::live::Policy;
use amshan::{Decoder, Field};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::address::{self, Source};
use super::record::Recorder;
use super::thin::Rule;
use crate::Status;
use crate::args::{self, Format, Framing, KeyOptions, LayoutOptions, P1Check, Read};
use crate::keys::{self, KeyRing};
use crate::layouts::{self, Layouts};
use crate::output::Printer;
use crate::zone::{self, Zone};

/// All that holds for every source.
pub(crate) struct Settings {
    pub(crate) format: Format,
    pub(crate) printer: Printer,
    pub(crate) framing: Option<Framing>,
    pub(crate) p1_check: P1Check,
    pub(crate) meter: Option<String>,
    pub(crate) refuse_replayed: bool,
    pub(crate) quiet: bool,
    pub(crate) thin: Rule,
    pub(crate) policy: Policy,
    layouts: Layouts,
    keys: KeyRing,
    unverified: bool,
}

/// A source, and what holds for it alone.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) source: Source,
    pub(crate) password: Option<Arc<Zeroizing<String>>>,
    pub(crate) recorder: Option<Recorder>,
}

/// Why they make no sense. It never holds a secret.
#[derive(Debug)]
pub(crate) enum Error {
    /// This file can't be read.
    File(PathBuf, io::Error),
    /// The file of settings makes no sense at this line; what the parser says, if that quotes no value.
    Form(PathBuf, usize, Option<String>),
    Keys(keys::Error),
    Layouts(layouts::Error),
    /// The address with this number.
    Address(usize, address::Error),
    NoSource,
    /// There is no field of this name.
    Field(String),
}

/// The file of settings. Its names are those of the options.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct File {
    #[serde(rename = "source")]
    sources: Vec<Entry>,
    format: Option<Format>,
    framing: Option<Framing>,
    p1_check: Option<P1Check>,
    layouts: Option<PathBuf>,
    meter: Option<String>,
    key: Option<Zeroizing<String>>,
    auth_key: Option<Zeroizing<String>>,
    keys: Option<PathBuf>,
    unverified: bool,
    password_file: Option<PathBuf>,
    timezone: Option<Place>,
    refuse_replayed: bool,
    derive: bool,
    every: Option<Span>,
    on_change: bool,
    fields: Vec<String>,
    record: Option<PathBuf>,
    record_size: Option<u64>,
    record_files: Option<u32>,
    silence: Option<Span>,
    retry: Option<Span>,
    quiet: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    address: String,
    name: Option<String>,
    password: Option<Zeroizing<String>>,
}

/// A time as the options have it.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Span(Duration);

impl TryFrom<String> for Span {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        args::duration(&text).map(Self)
    }
}

/// A zone as the option has it.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
struct Place(Zone);

impl TryFrom<String> for Place {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        zone::parse(&name).map(Self)
    }
}

impl Settings {
    /// Those of the command line, the environment and the file, and the sources.
    pub(crate) fn new(options: &Read) -> Result<(Self, Vec<Line>), Error> {
        let file = options.config.as_deref().map_or(Ok(File::default()), read)?;
        let keys = KeyOptions {
            key: options.keys.key.clone().or_else(|| file.key.as_deref().cloned()),
            auth_key: options.keys.auth_key.clone().or_else(|| file.auth_key.as_deref().cloned()),
            keys: options.keys.keys.clone().or_else(|| file.keys.clone()),
            unverified: options.keys.unverified || file.unverified,
        };
        let layouts = LayoutOptions {
            layouts: options.layouts.layouts.clone().or_else(|| file.layouts.clone()),
            meter: options.layouts.meter.clone().or_else(|| file.meter.clone()),
        };
        let terminal = io::stdout().is_terminal();
        let format =
            options.format.or(file.format).unwrap_or(if terminal { Format::Table } else { Format::Json });
        let coloured = terminal && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let lines = lines(options, &file)?;
        let span = |option: Option<Duration>, span: Option<Span>| option.or(span.map(|span| span.0));
        let fields = fields(if options.fields.is_empty() { &file.fields } else { &options.fields })?;
        let zone = options.timezone.clone().or_else(|| file.timezone.clone().map(|place| place.0));
        // One zone until the program ends.
        let zone = zone.map(|zone| &*Box::leak(Box::new(zone)));
        let printer =
            Printer::new(format, coloured, options.derive || file.derive).only(fields).in_zone(zone);
        let settings = Self {
            format,
            printer,
            framing: options.framing.or(file.framing),
            p1_check: options.p1_check.or(file.p1_check).unwrap_or(P1Check::Arc),
            refuse_replayed: options.refuse_replayed || file.refuse_replayed,
            quiet: options.quiet || file.quiet,
            thin: Rule {
                every: span(options.every, file.every),
                on_change: options.on_change || file.on_change,
                fields,
            },
            policy: policy(span(options.silence, file.silence), span(options.retry, file.retry)),
            layouts: Layouts::new(&layouts).map_err(Error::Layouts)?,
            meter: layouts.meter,
            keys: KeyRing::new(&keys).map_err(Error::Keys)?,
            unverified: keys.unverified,
        };
        Ok((settings, lines))
    }

    /// A decoder with the user's keys and layouts.
    pub(crate) fn decoder(&self) -> Decoder<'_> {
        self.layouts.decoder().keys(&self.keys).unverified(self.unverified)
    }
}

/// How connections are kept.
fn policy(silence: Option<Duration>, retry: Option<Duration>) -> Policy {
    let mut policy = Policy::new();
    if let Some(silence) = silence {
        (policy.cadence.factor, policy.cadence.least, policy.cadence.unknown) = (0, silence, silence);
    }
    if let Some(retry) = retry {
        policy.backoff.longest = retry;
        policy.breaker.rest = policy.breaker.rest.min(retry);
    }
    policy
}

/// The sources, of the first place that names any.
fn lines(options: &Read, file: &File) -> Result<Vec<Line>, Error> {
    let plain = |address: &str| Entry { address: address.to_owned(), name: None, password: None };
    let given: Vec<Entry> = match env::var("AMSHAN_SOURCES") {
        _ if !options.sources.is_empty() => options.sources.iter().map(|address| plain(address)).collect(),
        Ok(addresses) => addresses.split_whitespace().map(plain).collect(),
        Err(_) => Vec::new(),
    };
    let entries = if given.is_empty() { &file.sources } else { &given };
    if entries.is_empty() {
        return Err(Error::NoSource);
    }
    let password = match env::var("AMSHAN_PASSWORD") {
        Ok(password) => Some(Zeroizing::new(password)),
        Err(_) => match options.password_file.as_ref().or(file.password_file.as_ref()) {
            Some(path) => Some(first_line(path)?),
            None => None,
        },
    };
    let password = password.map(Arc::new);
    let several = entries.len() > 1;
    let record = options.record.as_ref().or(file.record.as_ref());
    let size = options.record_size.or(file.record_size).unwrap_or(10).saturating_mul(1_000_000);
    let files = options.record_files.or(file.record_files).unwrap_or(5).max(1);
    let line = |(index, entry): (usize, &Entry)| {
        let number = index.saturating_add(1);
        let source = Source::parse(&entry.address).map_err(|error| Error::Address(number, error))?;
        let path = record.map(|path| if several { numbered(path, number) } else { path.clone() });
        Ok(Line {
            name: entry.name.clone().unwrap_or_else(|| source.to_string()),
            password: entry.password.clone().map(Arc::new).or_else(|| password.clone()),
            recorder: path.map(|path| Recorder::new(path, size, files)),
            source,
        })
    };
    entries.iter().enumerate().map(line).collect()
}

/// `record.hex` as `record-2.hex`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

/// The fields of these names, for as long as the program runs.
fn fields(names: &[String]) -> Result<&'static [Field], Error> {
    let named = |name: &String| Field::named(name.trim()).ok_or_else(|| Error::Field(name.clone()));
    let fields: Vec<_> = names.iter().map(named).collect::<Result<_, _>>()?;
    Ok(Vec::leak(fields))
}

fn first_line(path: &Path) -> Result<Zeroizing<String>, Error> {
    let text =
        fs::read_to_string(path).map(Zeroizing::new).map_err(|error| Error::File(path.to_owned(), error))?;
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// Reads the file. The parser's own words are given only where they quote no value, which may be a secret.
fn read(path: &Path) -> Result<File, Error> {
    let text =
        fs::read_to_string(path).map(Zeroizing::new).map_err(|error| Error::File(path.to_owned(), error))?;
    toml::from_str(&text).map_err(|error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = text.get(..at).map_or(1, |before| before.matches('\n').count().saturating_add(1));
        let says = error.message();
        let quotes_none = ["unknown field", "missing field", "it is a time", "there is no such zone"]
            .iter()
            .any(|start| says.starts_with(start));
        Error::Form(path.to_owned(), line, quotes_none.then(|| says.to_owned()))
    })
}

impl Error {
    pub(crate) const fn status(&self) -> Status {
        match self {
            Self::File(..) => Status::Unreadable,
            Self::Layouts(error) => error.status(),
            _ => Status::Usage,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Form(path, line, None) => write!(f, "{}, line {line}: this makes no sense", path.display()),
            Self::Form(path, line, Some(says)) => write!(f, "{}, line {line}: {says}", path.display()),
            Self::Keys(error) => write!(f, "{error}"),
            Self::Layouts(error) => write!(f, "{error}"),
            Self::Address(number, error) => write!(f, "source {number}: {error}"),
            Self::NoSource => f.write_str("no source is given; see `amshan read --help`"),
            Self::Field(name) => write!(f, "--fields: there is no field {name}"),
        }
    }
}

/// Without what may be secret.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("format", &self.format)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
