//! The command line.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::input::Form;

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
    Meters(Meters),
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

    /// How the input says its bytes [default: found out]
    #[arg(long, value_enum)]
    pub(crate) input: Option<InputForm>,

    /// How messages are framed [default: found out]
    #[arg(long, value_enum)]
    pub(crate) framing: Option<Framing>,

    /// Which checksum of P1 telegrams is right
    #[arg(long, value_enum, value_name = "CHECK", default_value_t = P1Check::Arc)]
    pub(crate) p1_check: P1Check,

    #[command(flatten)]
    pub(crate) layouts: LayoutOptions,

    #[command(flatten)]
    pub(crate) keys: KeyOptions,

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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
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
