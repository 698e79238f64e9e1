//! The lines of a P1 readout: a number with its unit, a time and a number, a text, a time.

use amshan_dlde::readouts;

/// A Dutch meter with a gas meter behind it. The second number has a comma too many.
const STREAM: &[u8] = b"/Ene5\\T211 ESMR 5.0\r\n\r\n\
    0-0:1.0.0(260114195900W)\r\n\
    0-0:96.1.1(45303039393030303931383837343835)\r\n\
    1-0:1.8.1(018213.272*kWh)\r\n\
    1-0:1.8.2(027,319.909*kWh)\r\n\
    1-0:1.7.0(02.047*kW)\r\n\
    0-1:24.2.1(260114195500W)(11801.603*m3)\r\n\
    !A724\r\n";

fn main() {
    for readout in readouts(STREAM) {
        let readout = match readout {
            Ok(readout) => readout,
            Err(gap) => {
                println!("{gap}");
                continue;
            }
        };
        println!("{}", String::from_utf8_lossy(readout.identification().line()));
        for set in readout.data_sets() {
            let set = match set {
                Ok(set) => set,
                Err(error) => {
                    println!("  {error}"); // costs this line only
                    continue;
                }
            };
            let address = set.address().escape_ascii();
            // Where a time stands in front of a number, it is the number's.
            if let Some((time, (number, unit))) =
                set.timed().and_then(|(time, value)| Some((time, value.quantity()?)))
            {
                println!("  {address}: {number} {unit} at {time}");
                continue;
            }
            for value in set.values() {
                if let Some((number, unit)) = value.quantity() {
                    println!("  {address}: {number} {unit}");
                } else if let Some(time) = value.time() {
                    println!("  {address}: {time}");
                } else if let Some(text) = value.spelled() {
                    println!("  {address}: {}", text.chars().collect::<String>());
                } else {
                    println!("  {address}: {:?}", value.text().escape_ascii().to_string());
                }
            }
        }
    }
}
