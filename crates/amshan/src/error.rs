//! What can go wrong between a port and a reading.

use core::fmt;

use amshan_cosem as cosem;
use amshan_dlde as dlde;
use amshan_hdlc as hdlc;
use amshan_mbus as mbus;
use amshan_stream::Fault as _;

use crate::scan::Fault;

/// What went wrong, and where in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    /// What went wrong.
    pub kind: ErrorKind,
    /// Octet of the stream at which the frame or message in question begins.
    pub offset: u64,
    /// How many octets gave no message for it.
    pub length: u64,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Octets that belong to no message and do not look like one.
    Noise,
    /// An HDLC frame is broken.
    Hdlc(hdlc::ErrorKind),
    /// An M-Bus frame is broken.
    MBus(mbus::ErrorKind),
    /// A P1 readout is broken.
    P1(dlde::ErrorKind),
    /// Pieces of a message (segments, telegrams, transfer blocks) whose other pieces never came.
    Pieces,
    /// The pieces of a message are more than the reader joins.
    Joined {
        /// How many octets it joins.
        limit: usize,
    },
    /// The application message can't be decoded. The error's place counts from the start of the message.
    Cosem(cosem::Error),
    /// The message is ciphered and can't be opened.
    Security {
        /// Why.
        error: cosem::SecurityError,
        /// Who sent it.
        sender: cosem::SystemTitle,
    },
    /// A ciphered message without a frame is broken: it ended early, or turned out to be none.
    Bare,
    /// Behind a whole application message stand octets that are no other one.
    Trailing {
        /// How many.
        count: usize,
    },
}

impl Error {
    /// The layer at which it went wrong: `framing`, `joining`, `security` or `application`.
    pub const fn layer(&self) -> &'static str {
        match self.kind {
            ErrorKind::Noise
            | ErrorKind::Hdlc(_)
            | ErrorKind::MBus(_)
            | ErrorKind::P1(_)
            | ErrorKind::Bare => "framing",
            ErrorKind::Pieces | ErrorKind::Joined { .. } => "joining",
            ErrorKind::Security { .. } => "security",
            ErrorKind::Cosem(_) | ErrorKind::Trailing { .. } => "application",
        }
    }

    /// Whether nothing in what was skipped came near to a message: noise, or the rest of a message whose start the
    /// stream does not have.
    pub fn is_noise(&self) -> bool {
        match self.kind {
            ErrorKind::Noise => true,
            ErrorKind::Hdlc(kind) => kind.rank() == 0,
            ErrorKind::MBus(kind) => kind.rank() == 0,
            ErrorKind::P1(kind) => kind.rank() == 0,
            _ => false,
        }
    }

    pub(crate) fn of_gap(gap: amshan_stream::Gap<Fault>) -> Self {
        let kind = match gap.fault {
            None => ErrorKind::Noise,
            Some((_, Fault::Hdlc(kind))) => ErrorKind::Hdlc(kind),
            Some((_, Fault::MBus(kind))) => ErrorKind::MBus(kind),
            Some((_, Fault::Bare)) => ErrorKind::Bare,
            Some((_, Fault::P1(kind))) => ErrorKind::P1(kind),
        };
        Self { kind, offset: gap.fault.map_or(gap.offset, |(at, _)| at), length: gap.length }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Noise => write!(f, "nothing here looks like a message"),
            Self::Hdlc(kind) => write!(f, "HDLC {kind}"),
            Self::MBus(kind) => write!(f, "M-Bus {kind}"),
            Self::P1(kind) => write!(f, "P1 {kind}"),
            Self::Pieces => write!(f, "the message came in several frames, and not all of them are there"),
            Self::Joined { limit } => write!(f, "a message in several frames has more than {limit} bytes"),
            Self::Cosem(error) => write!(f, "{} (byte {} of the message)", error.kind, error.offset),
            Self::Security { error, sender } => match amshan_meters::maker(sender.octets()) {
                Some(maker) => write!(f, "{error} (sender {sender}, {maker})"),
                None => write!(f, "{error} (sender {sender})"),
            },
            Self::Bare => write!(f, "what begins like a ciphered message is none, or not all of it"),
            Self::Trailing { count } => write!(f, "{count} bytes too many behind the message's data"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}: {}", self.offset, self.layer(), self.kind)
    }
}

impl core::error::Error for Error {}
