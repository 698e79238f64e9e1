//! The frames on a line, with `amshan-hdlc` alone: no heap, no standard library.
#![no_std]
#![no_main]

#[path = "../../port.rs"]
mod port;

use core::fmt::{self, Write};

use amshan_hdlc::FrameReader;
use port::{Console, hear};

#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    follow().map_or(1, |()| 0)
}

fn follow() -> fmt::Result {
    let mut reader = FrameReader::new();
    loop {
        let octet = hear();
        match (octet, reader.space().first_mut()) {
            (Some(octet), Some(space)) => {
                *space = octet;
                reader.advance(1);
            }
            _ => reader.finish(),
        }
        while let Some(item) = reader.next_frame() {
            match item {
                Ok(frame) => writeln!(Console, "{frame}")?,
                Err(error) => writeln!(Console, "{error}")?,
            }
        }
        if octet.is_none() {
            return Ok(());
        }
    }
}
