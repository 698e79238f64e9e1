//! The power out of a meter's line as a microcontroller hears it: octet by octet, into a reader of fixed size, without a
//! heap. `cargo run -p amshan --example embedded`
//!
//! `examples/amshan` is the same as a program without a standard library.

use amshan::{Decoder, Field, Framing, Reader};

/// What the port would give: two pushes of a Kaifa meter, the first with a wrong octet.
const LINE: &[u8] =
    b"\x7e\xa0\x27\x01\x02\x01\x10\x5a\x87\xe6\xe7\x00\x0f\x40\x00\x00\x00\x09\x0c\x07\xea\x01\x0e\x03\
    \x13\x3b\x00\xff\x80\x00\x00\x02\x01\x06\x00\x00\x17\xff\x15\xf2\x7e\
    \x7e\xa0\x27\x01\x02\x01\x10\x5a\x87\xe6\xe7\x00\x0f\x40\x00\x00\x00\x09\x0c\x07\xea\x01\x0e\x03\
    \x13\x3b\x00\xff\x80\x00\x00\x02\x01\x06\x00\x00\x07\xff\x15\xf2\x7e";

fn main() {
    // All memory there is: 1 KiB for frames that are known to be short, of one framing that is known, too.
    let mut reader: Reader<1024> = Reader::sized(Some(Framing::Hdlc));
    let decoder = Decoder::new();

    for octet in LINE {
        if let Some(space) = reader.space().first_mut() {
            *space = *octet;
            reader.advance(1);
        }
        while let Some(message) = reader.next_message() {
            match message {
                Ok(message) => {
                    for reading in decoder.readings(message).flatten() {
                        if let Some(power) = reading.get(Field::ACTIVE_POWER_IMPORT) {
                            println!("{power}");
                        }
                    }
                }
                Err(error) => println!("{error}"),
            }
        }
        // Whoever has a timer calls `reader.idle()` when the line has paused for half a second.
    }
}
