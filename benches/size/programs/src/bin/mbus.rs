//! Frames of M-Bus and the telegrams in them.
#![no_std]
#![no_main]

use amshan_mbus::FrameReader;
use amshan_size_programs::{Static, follow, program, say_all};

program!(run);

static READER: Static<FrameReader> = Static::new(FrameReader::new());

fn run() -> ! {
    follow!(READER.take(), next_frame, |frame| if let Some(telegram) = frame.telegram() {
        say_all(telegram.piece());
    })
}
