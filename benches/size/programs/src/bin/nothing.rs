//! Says what it hears.
#![no_std]
#![no_main]

use amshan_size_programs::{hear, program, say};

program!(run);

fn run() -> ! {
    loop {
        say(hear());
    }
}
