//! The program `amshan`: decodes what a smart meter sends, and sends what a meter would.
//!
//! What is public here is so for benches and fuzz targets, and changes as they like. Programs use the crate `amshan`.
#![allow(clippy::std_instead_of_core, reason = "a program for an operating system")]

mod args;
mod decode;
mod explain;
mod feed;
pub mod input;
mod keys;
mod layouts;
mod meters;
pub mod output;
mod probe;
mod progress;
mod read;
mod simulate;
mod tally;
mod turns;
mod wrong;
mod zone;

use std::io::Write;
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
    /// The command line is wrong.
    Usage = 2,
    /// A file or source could not be opened or read, or stdout not be written.
    Unreadable = 3,
}

/// Runs the program with the command line it was given.
pub fn run() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        // Help and version.
        Err(told) if !told.use_stderr() => {
            let written = told.print().and_then(|()| std::io::stdout().flush());
            let status = written.map_or_else(|error| decode::unwritten(&error), |()| Status::Good);
            return ExitCode::from(status as u8);
        }
        Err(wrong) => {
            let _ = write!(std::io::stderr(), "{}", keys::hidden(&wrong.render().to_string()));
            return ExitCode::from(Status::Usage as u8);
        }
    };
    let status = match args.command {
        Command::Decode(options) => decode::run(&options),
        Command::Explain(options) => explain::run(&options),
        Command::Read(options) => read::run(&options),
        Command::Meters(options) => meters::run(&options),
        Command::Probe(options) => probe::run(&options),
        Command::Simulate(options) => simulate::run(&options),
    };
    ExitCode::from(status as u8)
}
