//! Follows a meter on a serial port: `cargo run -p amshan --example serial -- /dev/ttyUSB0 2400 8E1`
//!
//! | meters | settings |
//! |---|---|
//! | HDLC: Aidon, Kaifa, Landis+Gyr | 2400 8E1 |
//! | HDLC: Kamstrup | 2400 8N1 |
//! | HDLC: Iskraemeco | 115200 8N1 |
//! | M-Bus: Kaifa and Sagemcom in Austria | 2400 8E1 |
//! | P1: most | 115200 8N1 |
//! | P1: DSMR 2 and 3 in the Netherlands | 9600 7E1 |
//! | P1: NES in Denmark | 115200 8E1 |
//! | no framing: Czech Republic | 9600 8N1 |
//!
//! With the wrong settings there is nothing but noise and broken frames, and the reader says so.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use amshan::{Decoder, Reader, Reading};
use serial2::{CharSize, Parity, SerialPort, Settings};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which port?")?;
    let baud: u32 = arguments.next().map_or(Ok(2400), |baud| baud.parse())?;
    let (bits, parity) = match arguments.next().as_deref() {
        None | Some("8E1") => (CharSize::Bits8, Parity::Even),
        Some("8N1") => (CharSize::Bits8, Parity::None),
        Some("7E1") => (CharSize::Bits7, Parity::Even),
        Some(other) => return Err(format!("{other} is none of 8E1, 8N1 and 7E1").into()),
    };

    let port = SerialPort::open(path, |mut settings: Settings| {
        settings.set_raw(); // no octet means anything to the driver
        settings.set_baud_rate(baud)?;
        settings.set_char_size(bits);
        settings.set_parity(parity);
        Ok(settings)
    })?;
    follow(port, |reading| {
        let fields: Vec<_> = reading.fields().map(|(field, value)| format!("{field} {value}")).collect();
        println!("{}", fields.join(", "));
    })?;
    Ok(())
}

/// Reads until the port is gone.
fn follow(mut port: SerialPort, mut tell: impl FnMut(&Reading<'_>)) -> io::Result<()> {
    // A line that pauses for half a second has said what it had to say.
    port.set_read_timeout(Duration::from_millis(500))?;
    let mut reader = Reader::new();
    let decoder = Decoder::new();
    loop {
        let ended = match port.read(reader.space()) {
            Ok(0) => true,
            Ok(n) => {
                reader.advance(n);
                false
            }
            Err(error) if error.kind() == ErrorKind::TimedOut => {
                reader.idle();
                false
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if ended {
            reader.finish();
        }
        while let Some(message) = reader.next_message() {
            let message = match message {
                Ok(message) => message,
                Err(error) => {
                    eprintln!("{error}");
                    continue;
                }
            };
            for reading in decoder.readings(message) {
                match reading {
                    Ok(reading) => tell(&reading),
                    Err(error) => eprintln!("{error}"),
                }
            }
        }
        if ended {
            return Ok(());
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use amshan::Field;

    use super::*;

    /// A meter at the other end of a pseudo-terminal.
    #[test]
    fn what_the_meter_sends_is_told() {
        let (meter, port) = SerialPort::pair().unwrap();
        let (told, power) = mpsc::channel();
        thread::spawn(move || {
            follow(port, |reading| {
                let power = reading.get(Field::ACTIVE_POWER_IMPORT).map(|power| power.to_string());
                told.send(power).unwrap();
            })
        });
        meter.write_all(b"/XYZ5EXAMPLE\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n").unwrap();
        assert_eq!(power.recv().unwrap().as_deref(), Some("543 W"));
    }
}
