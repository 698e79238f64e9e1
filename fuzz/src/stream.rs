//! From a stream to readings.

use amshan::{Decoder, Error, Framing, Message, Reader, Reading};

use crate::input::Input;

/// However a stream is cut, the same messages, readings and errors; and none of it panics.
pub fn stream(octets: &[u8]) {
    let Some(input) = Input::new(octets) else { return };
    let stream = &input.stream[..];

    let cut = feed!(Box::new(Reader::new()), input.pieces(), next_message, own);
    let whole = feed!(Box::new(Reader::new()), [stream], next_message, own);
    assert_eq!(cut, whole, "chunking");

    let mut messages = 0;
    for item in whole {
        let (offset, length) = match item {
            Ok(message) => {
                messages += if message.vouched { message.bytes } else { 0 };
                (message.offset, message.length)
            }
            Err(error) => (error.offset, 0),
        };
        assert!(offset + length <= stream.len() as u64, "outside the stream");
    }
    assert!(messages <= stream.len(), "more in messages than came in");

    for framing in [Framing::Apdu, Framing::Body, Framing::P1] {
        let bare = own(Ok(Message::bare(framing, 0, &mut stream.to_vec())));
        assert!(bare.is_ok(), "a message without a frame is a message");
    }
}

/// A message, with its readings written out.
#[derive(Debug, PartialEq)]
struct Owned {
    offset: u64,
    length: u64,
    bytes: usize,
    /// Whether something vouches for it. What nothing does is searched again.
    vouched: bool,
    text: String,
}

fn own(item: Result<Message<'_>, Error>) -> Result<Owned, Error> {
    let message = item?;
    let (origin, bytes) = (message.origin(), message.bytes().len());
    let mut text = format!("{origin:?} {}", message.bytes().escape_ascii());
    let mut vouched = matches!(origin.framing, Framing::Hdlc | Framing::MBus);
    for reading in Decoder::new().readings(message) {
        vouched |= reading.is_ok();
        match reading {
            Ok(reading) => text += &listing(&reading),
            Err(error) => text += &format!("\n{error}"),
        }
    }
    Ok(Owned { offset: origin.offset, length: origin.length, bytes, vouched, text })
}

/// All that a reading says.
fn listing(reading: &Reading<'_>) -> String {
    let mut text = format!("\n{:?} {:?} {:?}", reading.by(), reading.cut(), reading.clock());
    for object in reading.objects() {
        match object {
            Ok(object) => text += &format!("\n{object:?}"),
            Err(flaw) => text += &format!("\n{flaw}"),
        }
    }
    for (field, value) in reading.fields() {
        text += &format!("\n{field:?} {value}");
        assert!(reading.get(field).is_some(), "a field that can't be asked for: {field:?}");
    }
    text
}
