//! The command line.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{ArgGroup, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use crate::input::Form;
use crate::zone::{self, Zone};

/// Decodes what smart meters push out of their customer port (HAN, P1).
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Decode(Decode),
    Read(Read),
    Explain(Explain),
    Meters(Meters),
    Probe(Probe),
    Simulate(Simulate),
}

/// Captured bytes or a pasted hex dump to readings.
///
/// Takes raw bytes or text dumps (hex in any style, base64) and finds out which, finds the framing, and prints one
/// reading for each list that a meter sent. What is broken is named on stderr.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  amshan decode capture.bin
  amshan decode --format json < /dev/ttyUSB0
  amshan decode --jobs 4 --quiet day-*.bin > readings.jsonl
  amshan decode --timezone Europe/Oslo capture.bin
  echo '7e a0 27 01 02 01 10 5a 87 e6 e7 00 0f ...' | amshan decode

Exit status:
  0  every message found was decoded
  1  some were not, or none was found
  2  the command line is wrong
  3  a file could not be opened or read, or stdout not written")]
pub(crate) struct Decode {
    /// Files to decode; `-` is stdin, which is also read if there is none
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// How to print readings [default: table on a terminal, json elsewhere]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,

    #[command(flatten)]
    pub(crate) input: InputOptions,

    #[command(flatten)]
    pub(crate) layouts: LayoutOptions,

    #[command(flatten)]
    pub(crate) keys: KeyOptions,

    /// Where the meter's clock is: a zone as Europe/Oslo, or +01:00 for a clock that keeps one offset all year
    ///
    /// Times that do not say how far they are from UTC are printed with the offset that they have there. In the hour that
    /// is there twice in autumn the meter's own word on summer and winter time decides; where it says nothing, no offset
    /// is printed, and stderr says so once.
    #[arg(long, value_name = "ZONE", env = "AMSHAN_TIMEZONE", value_parser = zone::parse, allow_hyphen_values = true)]
    pub(crate) timezone: Option<Zone>,

    /// Refuse ciphered messages whose counter is not above that of the message before from the same meter
    #[arg(long)]
    pub(crate) refuse_replayed: bool,

    /// Add what follows from a message but is not in it, marked as derived: net power, totals of tariffs
    #[arg(long)]
    pub(crate) derive: bool,

    /// How many files to work on at once; what is printed stays in their order
    ///
    /// What comes of a file before its turn is put aside, what is long of it in a temporary file (see TMPDIR). With
    /// --refuse-replayed there is one job, as each file goes on where the one before ended.
    #[arg(long, value_name = "N", default_value_t = NonZeroUsize::MIN)]
    pub(crate) jobs: NonZeroUsize,

    /// No summary at the end
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// Every byte of a message named, and where and why reading it stops.
///
/// Takes what `decode` takes, and says of each field its offset, its layer, its name and its value. A message is read as far as it goes; of a damaged one it says what is wrong and what would
/// be right, of a ciphered one all that can be seen without its key. The input is read to its end before anything is
/// printed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  amshan explain capture.bin
  echo '7e a0 27 01 02 01 10 5a 87 e6 e7 00 0f ...' | amshan explain
  timeout 20 cat /dev/ttyUSB0 | amshan explain      # what a port sends in 20 seconds
  amshan explain --format json capture.bin | jq '.stopped'

Exit status:
  0  there are messages, and each is read to its end
  1  one is not, or there is none
  2  the command line is wrong
  3  a file could not be opened or read, or stdout not written")]
pub(crate) struct Explain {
    /// Files to explain; `-` is stdin, which is also read if there is none
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// How to print it
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub(crate) format: ExplainFormat,

    #[command(flatten)]
    pub(crate) input: InputOptions,

    #[command(flatten)]
    pub(crate) layouts: LayoutOptions,

    #[command(flatten)]
    pub(crate) keys: KeyOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    /// For people: a line for each field, coloured on a terminal
    Text,
    /// One object a line for each message
    Json,
}

/// What the input is, where that is not to be found out.
#[derive(Debug, clap::Args)]
pub(crate) struct InputOptions {
    /// How the input says its bytes [default: found out]
    #[arg(long, value_enum)]
    pub(crate) input: Option<InputForm>,

    /// How messages are framed [default: found out]
    #[arg(long, value_enum)]
    pub(crate) framing: Option<Framing>,

    /// Which checksum of P1 telegrams is right
    #[arg(long, value_enum, value_name = "CHECK", default_value_t = P1Check::Arc)]
    pub(crate) p1_check: P1Check,
}

/// Live: serial ports, gateways, topics of a message broker to readings, for as long as they come.
///
/// Readings go to stdout as they come; what happens to a connection goes to stderr, a line for each change. A connection
/// that is lost is made again, for ever. Ctrl-C and SIGTERM end it cleanly.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Sources:
  /dev/serial/by-id/…                             a serial port: 2400 baud, 8 bits, no parity
  serial:/dev/ttyUSB0?baud=115200&parity=even     with its settings: baud, data (7, 8), parity, stop (1, 2)
  tcp://host:port                                 a gateway; several, as a:1,b:2, are tried in turn
  mqtt://user@host/topic, mqtts://…               topics of a broker, + and # for several; with ?qos=, session=NAME
                                                  (the broker keeps what comes meanwhile), ca=, cert=, key=FILE
  capture.bin                                     a file as `decode` reads it
  file:record.hex?pace=1                          a recording at the pace at which it came
  -                                               stdin

Examples:
  amshan read /dev/ttyUSB0
  amshan read tcp://192.168.1.7:3001 --every 10s --fields active_power_import,active_power_export
  AMSHAN_PASSWORD=… amshan read 'mqtts://me@broker/han/#' --record han.hex >> readings.jsonl

Settings are taken from options, then from the environment (AMSHAN_…), then from the file of --config (TOML; the names
of the options, and for each source a table [[source]] with address, name and password).

Exit status:
  0  ended by a signal, or every message found was decoded
  1  a file or stdin ended, and some messages were not decoded, or none was found
  2  the command line or a setting is wrong
  3  a file could not be opened or read, or stdout not written")]
pub(crate) struct Read {
    /// Where to read: see below [env: AMSHAN_SOURCES, with blanks between]
    #[arg(value_name = "SOURCE")]
    pub(crate) sources: Vec<String>,

    /// How to print readings [default: table on a terminal, json elsewhere]
    #[arg(long, value_enum, env = "AMSHAN_FORMAT")]
    pub(crate) format: Option<Format>,

    /// How messages are framed [default: found out]
    #[arg(long, value_enum, env = "AMSHAN_FRAMING")]
    pub(crate) framing: Option<Framing>,

    /// Which checksum of P1 telegrams is right [default: arc]
    #[arg(long, value_enum, value_name = "CHECK", env = "AMSHAN_P1_CHECK")]
    pub(crate) p1_check: Option<P1Check>,

    #[command(flatten)]
    pub(crate) layouts: LayoutOptions,

    #[command(flatten)]
    pub(crate) keys: KeyOptions,

    /// File with the password of a broker, where it is not in AMSHAN_PASSWORD
    #[arg(long, value_name = "FILE", env = "AMSHAN_PASSWORD_FILE")]
    pub(crate) password_file: Option<PathBuf>,

    /// Where the meter's clock is: a zone as Europe/Oslo, or +01:00 for a clock that keeps one offset all year
    #[arg(long, value_name = "ZONE", env = "AMSHAN_TIMEZONE", value_parser = zone::parse, allow_hyphen_values = true)]
    pub(crate) timezone: Option<Zone>,

    /// Refuse ciphered messages whose counter is not above that of the message before from the same meter
    #[arg(long, env = "AMSHAN_REFUSE_REPLAYED", value_parser = FalseyValueParser::new())]
    pub(crate) refuse_replayed: bool,

    /// Add what follows from a message but is not in it, marked as derived: net power, totals of tariffs
    #[arg(long, env = "AMSHAN_DERIVE", value_parser = FalseyValueParser::new())]
    pub(crate) derive: bool,

    /// Of each list no more than one reading in this time: 10s, 5m
    #[arg(long, value_name = "TIME", value_parser = duration, env = "AMSHAN_EVERY")]
    pub(crate) every: Option<Duration>,

    /// Only readings in which something else than the time has changed
    #[arg(long, env = "AMSHAN_ON_CHANGE", value_parser = FalseyValueParser::new())]
    pub(crate) on_change: bool,

    /// Only these fields, and only readings that have one of them
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', env = "AMSHAN_FIELDS")]
    pub(crate) fields: Vec<String>,

    /// Keep the octets as they came, with their times, in this file; `decode` and `explain` read it
    ///
    /// Of several sources each has a file of its own: record.hex becomes record-1.hex, record-2.hex.
    #[arg(long, value_name = "FILE", env = "AMSHAN_RECORD")]
    pub(crate) record: Option<PathBuf>,

    /// How long the file may become, in MB, before it becomes FILE.1 [default: 10]
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..), env = "AMSHAN_RECORD_SIZE")]
    pub(crate) record_size: Option<u64>,

    /// How many such files there may be, the one that is written among them [default: 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), env = "AMSHAN_RECORD_FILES")]
    pub(crate) record_files: Option<u32>,

    /// A line without a message for this time counts as lost [default: five times what is usual there, 30 s at least]
    #[arg(long, value_name = "TIME", value_parser = duration, env = "AMSHAN_SILENCE")]
    pub(crate) silence: Option<Duration>,

    /// The longest time between two tries to connect [default: 1m]
    #[arg(long, value_name = "TIME", value_parser = duration, env = "AMSHAN_RETRY")]
    pub(crate) retry: Option<Duration>,

    /// File with settings (TOML); what is given otherwise counts before it
    #[arg(long, value_name = "FILE", env = "AMSHAN_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    /// No summary at the end
    #[arg(long, env = "AMSHAN_QUIET", value_parser = FalseyValueParser::new())]
    pub(crate) quiet: bool,
}

/// A time above zero: `10s`, `5m`, `1h 30m`.
pub(crate) fn duration(text: &str) -> Result<Duration, &'static str> {
    let parsed = text.parse::<jiff::SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    parsed.filter(|time| !time.is_zero()).ok_or("it is a time as 10s, 5m or 1h")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum P1Check {
    /// CRC-16/ARC, as the standards say
    Arc,
    /// That, or else CRC-16/X-25: some Hungarian meters
    ArcOrX25,
    /// Any, or none
    Ignored,
}

impl From<P1Check> for amshan::dlde::Check {
    fn from(check: P1Check) -> Self {
        match check {
            P1Check::Arc => Self::Arc,
            P1Check::ArcOrX25 => Self::ArcOrX25,
            P1Check::Ignored => Self::Ignored,
        }
    }
}

/// Keys for ciphered messages. What is given here is never printed, not in errors either.
#[derive(clap::Args)]
pub(crate) struct KeyOptions {
    /// Encryption key of the meter, 32 (or 64) hexadecimal digits; better given in the environment
    #[arg(long, value_name = "HEX", env = "AMSHAN_KEY", hide_env_values = true)]
    pub(crate) key: Option<String>,

    /// Authentication key of the meter, where its messages have a tag
    #[arg(long, value_name = "HEX", env = "AMSHAN_AUTH_KEY", hide_env_values = true)]
    pub(crate) auth_key: Option<String>,

    /// File with keys by system title (TOML: `[4b464d…]`, `key = "…"`, `auth_key = "…"`)
    #[arg(long, value_name = "FILE", env = "AMSHAN_KEYS")]
    pub(crate) keys: Option<PathBuf>,

    /// Open messages whose tag can't be checked for want of an authentication key
    #[arg(long)]
    pub(crate) unverified: bool,
}

impl fmt::Debug for KeyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyOptions").field("keys", &self.keys).field("unverified", &self.unverified).finish()
    }
}

/// Lists that the program does not know by itself.
#[derive(Debug, clap::Args)]
pub(crate) struct LayoutOptions {
    /// File with further lists (TOML, as `amshan meters --show` prints them); they are tried before the built-in ones
    #[arg(long, value_name = "FILE", env = "AMSHAN_LAYOUTS")]
    pub(crate) layouts: Option<PathBuf>,

    /// Read every list as that of this meter, or else by its codes: where what a meter sends fits the wrong one
    #[arg(long, value_name = "NAME")]
    pub(crate) meter: Option<String>,
}

/// How readings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// For people: aligned, with units
    Table,
    /// One object a line, flat, by the names of the Python package amshan
    Json,
    /// One object a line with everything known of the message
    Full,
    /// A header, then one line a message
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputForm {
    /// The bytes of the wire as they are
    Raw,
    /// Text with bytes in hex, as any dump or log
    Hex,
    /// Base64
    Base64,
}

impl From<InputForm> for Form {
    fn from(form: InputForm) -> Self {
        match form {
            InputForm::Raw => Self::Raw,
            InputForm::Hex => Self::Hex,
            InputForm::Base64 => Self::Base64,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Framing {
    /// HDLC frames
    Hdlc,
    /// M-Bus frames
    #[value(name = "mbus")]
    MBus,
    /// P1 telegrams
    P1,
    /// None: from the LLC header or the tag of the application message on
    Apdu,
    /// None: a bare notification body
    Body,
}

impl From<Framing> for amshan::Framing {
    fn from(framing: Framing) -> Self {
        match framing {
            Framing::Hdlc => Self::Hdlc,
            Framing::MBus => Self::MBus,
            Framing::P1 => Self::P1,
            Framing::Apdu => Self::Apdu,
            Framing::Body => Self::Body,
        }
    }
}

/// The meters and lists that the program knows.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  amshan meters
  amshan meters --format json | jq '.[] | select(.maker == \"Kaifa\")'
  amshan meters --show kamstrup > own.toml     # to change it, and decode --layouts own.toml")]
pub(crate) struct Meters {
    /// How to print them
    #[arg(long, value_enum, default_value_t = MetersFormat::Table)]
    pub(crate) format: MetersFormat,

    /// Print the table of one list, as a file for `--layouts` says it
    #[arg(long, value_name = "NAME", conflicts_with = "format")]
    pub(crate) show: Option<String>,

    /// File with further lists
    #[arg(long, value_name = "FILE", env = "AMSHAN_LAYOUTS")]
    pub(crate) layouts: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MetersFormat {
    /// A line each
    Table,
    /// With all their elements
    Json,
}

/// Why nothing comes out: finds line settings, framing, meter and list, and what is missing.
///
/// Tries the settings that meters have, and says what checks out, how often a message comes, whether a key is missing,
/// and the `amshan read` to go on with. Where nothing checks out, it says what that looks like.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  amshan probe /dev/ttyUSB0
  amshan probe tcp://192.168.1.7:3001
  AMSHAN_KEY=… amshan probe /dev/ttyUSB0     # whether the key is right

Exit status:
  0  a message came whole
  1  none did
  2  the command line is wrong
  3  the source could not be opened or read")]
pub(crate) struct Probe {
    /// A serial port or a gateway, as for `amshan read`; settings in the address are not heeded
    pub(crate) source: String,

    /// How long to wait for the first octet, and for the next message
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "20s")]
    pub(crate) wait: Duration,

    #[command(flatten)]
    pub(crate) layouts: LayoutOptions,

    #[command(flatten)]
    pub(crate) keys: KeyOptions,
}

/// Be a meter: to stdout, a file, a TCP port or a pseudo-terminal.
///
/// A house that is made up is behind it: what it takes changes with hour and season, and its registers grow by just that.
/// Lists come in the rhythm of the real meter.
#[derive(clap::Args)]
#[command(group = ArgGroup::new("to"), after_long_help = "\
Examples:
  amshan simulate kaifa | amshan decode
  amshan simulate kaifa --tcp 127.0.0.1:4059         # lists 1, 2, 3: every 2 s, 10 s, hour
  amshan simulate p1-dsmr-5 --pty --speed 200        # a day in seven minutes
  amshan simulate kamstrup --numbered --damage 0.1 --count 1000 --speed 1e9 --out damaged.bin
  amshan simulate netz-noe --key 000102030405060708090a0b0c0d0e0f

Exit status:
  0  it sent all that was wanted, was told to stop, or nobody reads any more
  2  the command line is wrong
  3  a file or port could not be opened or written")]
pub(crate) struct Simulate {
    /// Any name that `amshan meters` prints, or a maker: aidon, embriq, iskraemeco, kaifa, kamstrup, landisgyr, p1, sagemcom,
    /// siemens
    #[arg(value_name = "METER")]
    pub(crate) meter: String,

    /// Listen on this address (port 0: any that is free), and send the same to all who come
    #[arg(long, value_name = "ADDR", group = "to")]
    pub(crate) tcp: Option<String>,

    /// Open a pseudo-terminal; the path of its other end, to be read like a serial port, is said on stderr
    #[cfg(unix)]
    #[arg(long, group = "to")]
    pub(crate) pty: bool,

    /// Write to this file
    #[arg(long, value_name = "FILE", group = "to")]
    pub(crate) out: Option<PathBuf>,

    /// Which share of the messages to damage, from 0 to 1
    ///
    /// In turn a bit is flipped, an octet lost, one doubled, noise comes before the message, its end is lost, or its
    /// beginning.
    #[arg(long, value_name = "RATE", default_value_t = 0.0, value_parser = share)]
    pub(crate) damage: f64,

    /// Encryption key, 32 hexadecimal digits: a meter that sends in clear ciphers then, too
    #[arg(long, value_name = "HEX")]
    pub(crate) key: Option<String>,

    /// Authentication key: messages have a tag
    #[arg(long, value_name = "HEX")]
    pub(crate) auth_key: Option<String>,

    /// How many times faster than a real meter, its clock included
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,

    /// How many messages to send [default: no end]; the first waits until somebody listens
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<u64>,

    /// Which house: the same seed and start give the same bytes; odd ones have panels on the roof
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,

    /// When the meter begins, by its clock; in UTC, as 2026-01-14T11:59:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) start: Option<Timestamp>,

    /// Number the messages: the power taken, in W, is the number of the message, from 1 on
    ///
    /// So is the register of energy taken, in Wh, and those of gas and water, in dm3, and heat, in MJ. After 65,535 comes 0.
    #[arg(long)]
    pub(crate) numbered: bool,

    /// Say on stderr what is done to which message
    #[arg(long)]
    pub(crate) verbose: bool,

    /// No summary at the end
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// Without the keys.
impl fmt::Debug for Simulate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulate")
            .field("meter", &self.meter)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

fn share(text: &str) -> Result<f64, String> {
    within(text, 0.0, 1.0)
}

fn speed(text: &str) -> Result<f64, String> {
    within(text, 0.001, 1e9)
}

fn within(text: &str, least: f64, most: f64) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("not a number from {least} to {most}"))
}
