//! A whole message, as a meter sent it.

use core::fmt;

use amshan_dlde as dlde;
use amshan_hdlc as hdlc;

/// How messages are framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Framing {
    /// HDLC frames of type 3 (IEC 62056-46).
    Hdlc,
    /// M-Bus frames (EN 13757-2) with DLMS telegrams in them.
    MBus,
    /// Readouts of IEC 62056-21 mode D; also one that is ciphered but for its identification line (Stoen in Poland;
    /// unconfirmed, no whole capture is public).
    P1,
    /// None: an application message, perhaps with the LLC header in front of it.
    Apdu,
    /// None: the body of a data-notification.
    Body,
}

impl Framing {
    /// Its name in output and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hdlc => "hdlc",
            Self::MBus => "mbus",
            Self::P1 => "p1",
            Self::Apdu => "apdu",
            Self::Body => "body",
        }
    }
}

impl fmt::Display for Framing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// From whom to whom a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The client.
    pub destination: Address,
    /// The meter.
    pub source: Address,
    /// The control octet of its last frame.
    pub control: u8,
}

/// An address; it prints as the octets on the wire, in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Address {
    /// Of an HDLC frame.
    Hdlc(hdlc::Address),
    /// The transport service access point of an M-Bus telegram.
    Sap(u8),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hdlc(address) => fmt::Display::fmt(address, f),
            Self::Sap(octet) => write!(f, "{octet:02x}"),
        }
    }
}

/// Where a message came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// How it was framed.
    pub framing: Framing,
    /// Where in the stream its first frame begins.
    pub offset: u64,
    /// How many octets of the stream it takes, from the first octet of its first frame to the last of its last.
    pub length: u64,
    /// How many frames it came in.
    pub frames: u32,
    /// Its addresses, where the framing has such.
    pub link: Option<Link>,
    /// Whether an adapter had turned each `0A` of it into `0D 0A`, and this was undone. Its checks are right only so.
    pub repaired: bool,
}

/// A whole message, lent by the reader: what was in the frames, joined, with nothing around it.
#[derive(Debug)]
pub struct Message<'a> {
    pub(crate) origin: Origin,
    pub(crate) bytes: &'a mut [u8],
    pub(crate) checked: Checked,
    /// Where to note that something vouches for it, if its reader needs to know.
    pub(crate) vouched: Option<&'a mut bool>,
}

/// What is known of a message's octets.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Checked {
    /// Nothing: they came without a frame, or from several.
    Not,
    /// Nothing, and they may be a part of something that was damaged: only a right tag makes a message of them.
    Doubtful,
    /// One frame check covers them all, so that what is missing was never sent.
    Frame,
    /// They are this readout.
    Readout(dlde::Unit),
}

impl<'a> Message<'a> {
    /// A message that came without a frame: `Framing::Apdu` from the LLC header or the tag of the application message
    /// on, `Framing::Body` a bare notification body, `Framing::P1` a readout.
    ///
    /// `offset` says where in the caller's stream it began.
    pub const fn bare(framing: Framing, offset: u64, bytes: &'a mut [u8]) -> Self {
        let length = bytes.len() as u64;
        let origin = Origin { framing, offset, length, frames: 0, link: None, repaired: false };
        Self { origin, bytes, checked: Checked::Not, vouched: None }
    }

    /// Takes it for a message on the caller's word.
    ///
    /// Of a ciphered message without a frame ([`Framing::Apdu`]) nothing but its tag can tell that it is one. Unless
    /// [`Decoder::readings`](crate::Decoder::readings) opens it, its reader takes it back and searches it for others, so
    /// this is for those who store or forward messages without opening them. Other messages need no word.
    pub fn vouch(&mut self) {
        if let Some(vouched) = self.vouched.as_deref_mut() {
            *vouched = true;
        }
    }

    /// Where it came from.
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// Its octets.
    pub const fn bytes(&self) -> &[u8] {
        self.bytes
    }

    /// Its octets, for as long as they are lent.
    pub const fn into_bytes(self) -> &'a [u8] {
        self.bytes
    }
}
