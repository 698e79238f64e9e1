//! All framings under one cursor: the octet at the cursor picks the parser.

use core::fmt;

use amshan_dlde as dlde;
use amshan_hdlc as hdlc;
use amshan_mbus as mbus;
use amshan_stream::{Credit, Scan, Step};

use crate::identified::{self, Found, Identified};
use crate::message::Framing;

/// The scanners of all framings.
#[derive(Debug, Clone)]
pub(crate) struct Scanner {
    hdlc: hdlc::BentScanner,
    mbus: mbus::Scanner,
    p1: dlde::Scanner,
    only: Option<Framing>,
    /// What the octets begin with that were looked at last.
    mark: u8,
    /// Before this octet of the stream no `/` begins a readout: one that failed has shown it.
    no_readout: u64,
    /// For messages that only their tag could vouch for: a stream of false starts may not ask for the tag of each.
    doubtful: Credit,
}

/// What was found, for the framing that found it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    Hdlc(hdlc::Received),
    MBus(mbus::Header),
    P1(dlde::Unit),
    /// A ciphered message without a frame; nothing has checked it.
    Bare,
    /// The same, but for an identification line in front of it, and perhaps a checksum behind.
    Identified(Identified),
}

/// Why a candidate failed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    Hdlc(hdlc::ErrorKind),
    MBus(mbus::ErrorKind),
    P1(dlde::ErrorKind),
    Bare,
}

impl Unit {
    /// Whether nothing vouches for it but a tag that is still to be checked.
    pub(crate) const fn is_doubtful(&self) -> bool {
        match self {
            Self::Bare => true,
            Self::Identified(identified) => !identified.vouched,
            Self::Hdlc(_) | Self::MBus(_) | Self::P1(_) => false,
        }
    }
}

impl amshan_stream::Fault for Fault {
    fn rank(&self) -> u8 {
        match self {
            Self::Hdlc(kind) => kind.rank(),
            Self::MBus(kind) => kind.rank(),
            Self::P1(kind) => kind.rank(),
            Self::Bare => 0,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hdlc(kind) => fmt::Display::fmt(kind, f),
            Self::MBus(kind) => fmt::Display::fmt(kind, f),
            Self::P1(kind) => fmt::Display::fmt(kind, f),
            Self::Bare => f.write_str("no ciphered message"),
        }
    }
}

impl Scanner {
    pub(crate) const fn new(only: Option<Framing>) -> Self {
        Self {
            hdlc: hdlc::BentScanner::new(),
            mbus: mbus::Scanner::new(),
            p1: dlde::Scanner::new(),
            only,
            mark: 0,
            no_readout: 0,
            doubtful: Credit::new(MOST_DOUBTFUL),
        }
    }

    /// Which checksum of P1 readouts is right.
    pub(crate) fn check_p1(&mut self, check: dlde::Check) {
        self.p1 = dlde::Scanner::new().with_check(check);
    }

    /// Whether messages of this framing are looked for.
    fn reads(&self, framing: Framing) -> bool {
        self.only.is_none_or(|only| only == framing)
    }

    /// A readout; or what no readout is for the octet 0 behind its identification.
    fn p1(&mut self, input: &[u8], at: u64, ended: bool) -> Step<Unit, Fault> {
        let (skip, fault) = match self.p1.step(input, at, ended) {
            Step::Broken { skip, fault } => (skip, fault),
            step => return put(step, input, Unit::P1, Fault::P1),
        };
        if let dlde::ErrorKind::Character { found: 0 } = fault {
            match identified::find(input, ended) {
                Found::Yes(unit) if unit.vouched => {
                    return Step::Unit { length: unit.total, unit: Unit::Identified(unit) };
                }
                Found::Yes(unit) => return self.doubtful(unit.total, Unit::Identified(unit), at),
                Found::More if ended => return Step::Broken { skip: 1, fault: Fault::Bare },
                Found::More => return Step::More(1),
                Found::Not => {}
            }
        }
        // A readout that fails shows that none begins before the octet that broke it. Other units may.
        self.no_readout = at.saturating_add(skip as u64);
        let others = input.get(1..skip).unwrap_or_default();
        let other = others.iter().position(|&octet| octet != b'/' && is_mark(octet));
        Step::Broken { skip: other.map_or(skip, |other| other.saturating_add(1)), fault: Fault::P1(fault) }
    }

    /// A unit that nothing vouches for but a tag that is still to be checked.
    fn doubtful(&mut self, length: usize, unit: Unit, at: u64) -> Step<Unit, Fault> {
        if self.doubtful.at(at) < dlde::LIMIT {
            return Step::Broken { skip: 1, fault: Fault::Bare };
        }
        self.doubtful.spend(length);
        Step::Unit { length, unit }
    }
}

impl Scan for Scanner {
    type Unit = Unit;
    type Fault = Fault;

    #[inline]
    fn step(&mut self, input: &[u8], at: u64, ended: bool) -> Step<Unit, Fault> {
        let Some(&octet) = input.first() else { return Step::More(1) };
        self.mark = octet;
        match octet {
            0x7E if self.reads(Framing::Hdlc) => {
                put(self.hdlc.step(input, at, ended), input, Unit::Hdlc, Fault::Hdlc)
            }
            0x68 if self.reads(Framing::MBus) => {
                put(self.mbus.step(input, at, ended), input, Unit::MBus, Fault::MBus)
            }
            b'/' if at < self.no_readout => Step::Noise(1),
            b'/' if self.reads(Framing::P1) => self.p1(input, at, ended),
            0xDB if self.reads(Framing::Apdu) => match bare(input, ended) {
                Step::Unit { length, unit } => self.doubtful(length, unit, at),
                step => step,
            },
            // Line ends and padding stand between P1 readouts.
            _ if is_fill(octet) => Step::Fill(1),
            _ => Step::Noise(noise(input)),
        }
    }

    #[inline]
    fn tells(&self, octet: u8) -> bool {
        self.mark == b'/' && self.p1.tells(octet)
    }
}

/// The step of a framing as one of the reader. What can't begin another candidate of the framing may begin one of others.
fn put<U, F>(
    step: Step<U, F>,
    input: &[u8],
    unit: fn(U) -> Unit,
    fault: fn(F) -> Fault,
) -> Step<Unit, Fault> {
    match step {
        Step::More(n) => Step::More(n),
        Step::Fill(n) => Step::Fill(n),
        Step::Noise(n) => Step::Noise(n),
        Step::Broken { fault: why, .. } => Step::Broken { skip: noise(input), fault: fault(why) },
        Step::Unit { length, unit: found } => Step::Unit { length, unit: unit(found) },
    }
}

/// How many octets, the first included, stand before one that begins something or is fill.
fn noise(octets: &[u8]) -> usize {
    let stops = |octet: &u8| STOPS.get(usize::from(*octet)).copied().unwrap_or_default();
    let behind = octets.get(1..).unwrap_or_default();
    behind.iter().take_while(|octet| !stops(octet)).count().saturating_add(1)
}

/// The start marks of all framings, and fill.
static STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let (mut places, mut octet): (&mut [bool], u8) = (&mut stops, 0);
    while let [place, behind @ ..] = places {
        *place = is_mark(octet) || is_fill(octet);
        octet = octet.wrapping_add(1);
        places = behind;
    }
    stops
};

/// What the messages of some framing begin with.
const fn is_mark(octet: u8) -> bool {
    matches!(octet, 0x7E | 0x68 | b'/' | 0xDB)
}

/// What stands between messages and does not look like damage: line ends, blanks, padding, the marks that enclose a
/// readout on some lines, and the acknowledgement of M-Bus.
const fn is_fill(octet: u8) -> bool {
    matches!(octet, b'\r' | b'\n' | b'\t' | b' ' | 0x00 | 0x02 | 0x03 | 0xE5)
}

/// A general-glo-ciphering without any frame, as encrypted P1 ports send it:
///
/// ```text
/// DB 08 | system title: three letters, five octets | length | security control | counter (4) …
/// ```
///
/// Only its tag can tell whether it is one, so the header has to look right to the last bit, and there must be a tag:
/// the same octets stand in every HDLC frame that carries a ciphered message, also in one whose frame check is wrong.
fn bare(input: &[u8], ended: bool) -> Step<Unit, Fault> {
    let length = match *input {
        [0xDB, 0x08, a, b, c, ..] if ![a, b, c].iter().all(u8::is_ascii_alphabetic) => Found::Not,
        [0xDB, 0x08, _, _, _, _, _, _, _, _, ref ciphered @ ..] => identified::ciphered_length(ciphered),
        [0xDB] | [0xDB, 0x08, ..] => Found::More,
        _ => Found::Not,
    };
    match length {
        // Without a tag nothing could vouch for it.
        Found::Yes((_, control)) if !control.authenticated() => Step::Noise(1),
        Found::Yes((length, _)) => match TITLE.saturating_add(length) {
            length if length <= input.len() => Step::Unit { length, unit: Unit::Bare },
            _ if ended => Step::Broken { skip: 1, fault: Fault::Bare },
            length => Step::More(length.saturating_sub(input.len())),
        },
        Found::More if !ended => Step::More(1),
        Found::More | Found::Not => Step::Noise(1),
    }
}

/// So many octets may be in messages that their tags refuse, one behind the other.
const MOST_DOUBTFUL: usize = 4 * dlde::LIMIT;

/// Tag, length and octets of a system title.
const TITLE: usize = 10;
