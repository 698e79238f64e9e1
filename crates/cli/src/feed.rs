//! Octets to messages: through the reader, or as they stand where there is no framing.

use amshan::{Decoder, Error, Framing, Message, Messages, Reader};

/// A message without framing is not longer than this; what is, is framed.
const BARE_LIMIT: usize = 65_536;

/// Takes the octets of an input and gives its messages.
#[derive(Debug)]
pub(crate) struct Feed {
    mode: Mode,
    reader: Box<Reader>,
    /// The octets of a message without framing, as far as they are there.
    bare: Vec<u8>,
    /// How many octets have come.
    octets: u64,
}

/// Whether octets are framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Not known yet: nothing has come since the start or the last pause.
    Unknown,
    /// They may be a message without framing, by the way they begin.
    MaybeBare,
    /// They are messages without framing: they were said to be.
    Bare(Framing),
    /// They are framed.
    Framed,
}

/// What a feed hands out. Who takes it says whether it was good.
pub(crate) type Item<'a> = Result<Message<'a>, Error>;

impl Feed {
    /// A feed for this framing, or for any.
    pub(crate) fn new(framing: Option<Framing>) -> Self {
        let (mode, only) = match framing {
            None => (Mode::Unknown, None),
            Some(bare @ (Framing::Apdu | Framing::Body)) => (Mode::Bare(bare), None),
            framed => (Mode::Framed, framed),
        };
        Self { mode, reader: Box::new(Reader::sized(only)), bare: Vec::new(), octets: 0 }
    }

    /// Takes octets and hands out the messages that are whole.
    pub(crate) fn octets(&mut self, octets: &[u8], each: &mut impl FnMut(Item<'_>) -> bool) {
        if octets.is_empty() {
            return;
        }
        self.octets = self.octets.saturating_add(octets.len() as u64);
        if self.mode == Mode::Unknown {
            self.mode = if begins_bare(octets) { Mode::MaybeBare } else { Mode::Framed };
        }
        match self.mode {
            Mode::Unknown | Mode::Framed => self.framed(octets, each),
            Mode::Bare(_) | Mode::MaybeBare => {
                self.bare.extend_from_slice(octets);
                if self.bare.len() > BARE_LIMIT {
                    self.unframed(each);
                    self.mode = if self.mode == Mode::Unknown { Mode::Framed } else { self.mode };
                }
            }
        }
    }

    /// The text between the octets before and those that follow says that a message without framing ends here.
    pub(crate) fn pause(&mut self, each: &mut impl FnMut(Item<'_>) -> bool) {
        self.unframed(each);
        if self.mode == Mode::Framed && self.reader.is_empty() {
            self.mode = Mode::Unknown;
        }
    }

    /// The input has ended.
    pub(crate) fn finish(&mut self, each: &mut impl FnMut(Item<'_>) -> bool) {
        self.unframed(each);
        self.reader.finish();
        self.drain(each);
    }

    fn framed(&mut self, mut octets: &[u8], each: &mut impl FnMut(Item<'_>) -> bool) {
        while !octets.is_empty() {
            let space = self.reader.space();
            let n = space.len().min(octets.len());
            let (now, later) = octets.split_at(n);
            if let Some(space) = space.get_mut(..n) {
                space.copy_from_slice(now);
            }
            self.reader.advance(n);
            octets = later;
            self.drain(each);
        }
    }

    fn drain(&mut self, each: &mut impl FnMut(Item<'_>) -> bool) {
        while let Some(item) = self.reader.next_message() {
            if !each(item) {
                self.reader.reject();
            }
        }
    }

    /// The octets of a message without framing are all there.
    fn unframed(&mut self, each: &mut impl FnMut(Item<'_>) -> bool) {
        let mut octets = std::mem::take(&mut self.bare);
        if octets.is_empty() {
            return;
        }
        let offset = self.octets.saturating_sub(octets.len() as u64);
        let framing = match self.mode {
            Mode::Bare(framing) => framing,
            _ => Framing::Apdu,
        };
        if self.mode == Mode::MaybeBare {
            self.mode = Mode::Unknown;
            let decodes = Decoder::new()
                .readings(Message::bare(framing, offset, &mut octets))
                .all(|reading| reading.is_ok());
            // Not one after all: perhaps a capture that began in the middle of a frame.
            if !decodes && has_framed(&octets) {
                return self.framed(&octets, each);
            }
        }
        let _ = each(Ok(Message::bare(framing, offset, &mut octets)));
    }
}

/// Whether a message without framing may begin so: an LLC header, or the tag of an application message that meters
/// push.
fn begins_bare(octets: &[u8]) -> bool {
    matches!(octets, [0xE6, 0xE6 | 0xE7, 0x00, ..] | [0x0F | 0xDB, ..])
}

/// Whether framed messages stand in the octets.
fn has_framed(octets: &[u8]) -> bool {
    let mut messages = Messages::new(octets);
    std::iter::from_fn(|| messages.next_message().map(|message| message.is_ok())).any(|good| good)
}
