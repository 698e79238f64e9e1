//! Sends one stream through one path, for an instruction counter to watch: `work PATH STREAM SIZE`.
//!
//! The stream is `clean-hdlc`, `clean-mbus` or `clean-p1` with so many messages, or one made to hurt with so many octets.
//! What is counted is [`counted_part`]; what was found is printed.

use std::hint::black_box;

use amshan_benches::clean::{self, mbus_frame, messages, stream};
use amshan_benches::hurt::HURT;
use amshan_benches::path::{self, Path};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, name, size] = &arguments[..] else { panic!("usage: work PATH STREAM SIZE") };
    let path = path::named(path).expect("a known path");
    let size: usize = size.parse().expect("a number");
    let octets = match &name[..] {
        "clean-hdlc" => stream(&messages(clean::HDLC, size)),
        "clean-mbus" => messages(clean::MBUS, size).iter().flat_map(mbus_frame).collect(),
        "clean-p1" => stream(&messages(clean::P1, size)),
        name => (HURT.iter().find(|hurt| hurt.name == name).expect("a known stream").octets)(size),
    };
    println!("{}", counted_part(path, &octets));
}

/// Never inlined, so that a counter can be told to count from its start to its end.
#[inline(never)]
fn counted_part(path: Path, octets: &[u8]) -> usize {
    black_box(path(black_box(octets)))
}
