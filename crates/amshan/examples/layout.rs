//! Reads a list that nobody knows, with a layout of one's own (`docs/layouts.md` has the keys):
//! `cargo run -p amshan --features toml --example layout`

use std::error::Error;

use amshan::{Decoder, Framing, Layout, Message};

/// A name and four numbers, without a code and without a scale.
const MESSAGE: &[u8] = b"\xe6\xe7\x00\x0f\x00\x00\x00\x07\x00\x02\x05\x0a\x08BOILER-1\
    \x06\x00\x00\x09\xc4\x12\x02\x3a\x11\x0f\x16\x01";

/// What they are, as its maker says: mostly in a file, read once, when the program starts.
const MINE: &str = r#"
    [[layout]]
    name = "boiler"
    form = "places"
    elements = [
        { obis = "0-0:96.1.0", type = "visible-string" },
        { obis = "1-0:1.7.0", type = "double-long-unsigned", unit = "W" },
        { quantity = "flow_temperature", type = "long-unsigned", scale = -1, unit = "°C" },
        { quantity = "pressure", type = "unsigned", scale = -1, unit = "bar" },
        { quantity = "burner_state", type = "enum" },
    ]
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let layouts = Layout::from_toml(MINE)?;
    for decoder in [Decoder::new(), Decoder::new().layouts(&layouts)] {
        let mut octets = MESSAGE.to_vec();
        for reading in decoder.readings(Message::bare(Framing::Apdu, 0, &mut octets)) {
            let reading = reading?;
            println!("layout: {}", reading.layout().map_or("none", |layout| layout.name));
            for (field, value) in reading.fields() {
                println!("  {field}: {value}");
            }
        }
    }
    Ok(())
}
