//! The program `amshan`: decodes what a smart meter sends.

mod args;
mod decode;
mod feed;
mod input;
mod keys;
mod meters;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};

/// What the program's exit status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// Every message found was decoded.
    Good = 0,
    /// Some were not, or none was found.
    Incomplete = 1,
    /// The command line is wrong; clap says the same for what it checks itself.
    Usage = 2,
    /// A file or source could not be opened or read.
    Unreadable = 3,
}

fn main() -> ExitCode {
    let status = match Args::parse().command {
        Command::Decode(options) => decode::run(&options),
        Command::Meters(options) => meters::run(&options),
    };
    ExitCode::from(status as u8)
}
