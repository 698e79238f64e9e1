//! The same as `power`, without blocking: `cargo run -p amshan --features tokio --example live < corpus/tour.bin`.

use amshan::live::AsyncMessages;
use amshan::{Decoder, Field};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut messages = AsyncMessages::new(tokio::io::stdin()); // or a socket, or a port
    let decoder = Decoder::new();
    while let Some(message) = messages.next_message().await {
        for reading in decoder.readings(message?) {
            if let Some(power) = reading?.get(Field::ACTIVE_POWER_IMPORT) {
                println!("{power}"); // "1234 W"
            }
        }
    }
    Ok(())
}
