//! All framings under one cursor: the octet at the cursor picks the parser.

use core::fmt;

use amshan_dlde as dlde;
use amshan_hdlc as hdlc;
use amshan_mbus as mbus;
use amshan_stream::{Scan, Step};

use crate::message::Framing;

/// The scanners of all framings.
#[derive(Debug, Clone)]
pub(crate) struct Scanner {
    hdlc: hdlc::Scanner,
    mbus: mbus::Scanner,
    p1: dlde::Scanner,
    only: Option<Framing>,
}

/// What was found, for the framing that found it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    Hdlc(hdlc::Header),
    MBus(mbus::Header),
    P1(dlde::Unit),
}

/// Why a candidate failed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    Hdlc(hdlc::ErrorKind),
    MBus(mbus::ErrorKind),
    P1(dlde::ErrorKind),
}

impl amshan_stream::Fault for Fault {
    fn rank(&self) -> u8 {
        match self {
            Self::Hdlc(kind) => kind.rank(),
            Self::MBus(kind) => kind.rank(),
            Self::P1(kind) => kind.rank(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hdlc(kind) => fmt::Display::fmt(kind, f),
            Self::MBus(kind) => fmt::Display::fmt(kind, f),
            Self::P1(kind) => fmt::Display::fmt(kind, f),
        }
    }
}

impl Scanner {
    pub(crate) const fn new(only: Option<Framing>) -> Self {
        Self { hdlc: hdlc::Scanner::new(), mbus: mbus::Scanner::new(), p1: dlde::Scanner::new(), only }
    }

    /// The framing whose messages begin with this octet.
    const fn framing(&self, octet: u8) -> Option<Framing> {
        match (octet, self.only) {
            (0x7E, None | Some(Framing::Hdlc)) => Some(Framing::Hdlc),
            (0x68, None | Some(Framing::MBus)) => Some(Framing::MBus),
            (b'/', None | Some(Framing::P1)) => Some(Framing::P1),
            _ => None,
        }
    }
}

impl Scan for Scanner {
    type Unit = Unit;
    type Fault = Fault;

    fn step(&mut self, input: &[u8], ended: bool) -> Step<Unit, Fault> {
        match input.first().map(|&octet| (octet, self.framing(octet))) {
            None => Step::More,
            Some((_, Some(Framing::Hdlc))) => put(self.hdlc.step(input, ended), Unit::Hdlc, Fault::Hdlc),
            Some((_, Some(Framing::MBus))) => put(self.mbus.step(input, ended), Unit::MBus, Fault::MBus),
            Some((_, Some(Framing::P1))) => put(self.p1.step(input, ended), Unit::P1, Fault::P1),
            // Line ends and padding stand between P1 readouts.
            Some((b'\r' | b'\n' | 0, _)) => Step::Fill(1),
            Some(_) => {
                let until = input
                    .iter()
                    .skip(1)
                    .position(|&octet| self.framing(octet).is_some() || matches!(octet, b'\r' | b'\n' | 0));
                Step::Noise(until.map_or(input.len(), |at| at.saturating_add(1)))
            }
        }
    }
}

fn put<U, F>(step: Step<U, F>, unit: fn(U) -> Unit, fault: fn(F) -> Fault) -> Step<Unit, Fault> {
    match step {
        Step::More => Step::More,
        Step::Fill(n) => Step::Fill(n),
        Step::Noise(n) => Step::Noise(n),
        Step::Broken { skip, fault: why } => Step::Broken { skip, fault: fault(why) },
        Step::Unit { length, unit: found } => Step::Unit { length, unit: unit(found) },
    }
}
