//! Frames of HDLC.
#![no_std]
#![no_main]

use amshan_hdlc::FrameReader;
use amshan_size_programs::{Static, follow, program, say_all};

program!(run);

static READER: Static<FrameReader> = Static::new(FrameReader::new());

fn run() -> ! {
    follow!(READER.take(), next_frame, |frame| say_all(frame.information()))
}
