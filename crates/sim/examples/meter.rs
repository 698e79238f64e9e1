//! A meter for half a minute: what it sends, and what a right decoder must find in it.

use amshan_sim::{Rng, damage, meter};

fn main() {
    let meter = meter("aidon-no-3p").expect("a meter of the table");
    println!("{} from {}, {}, every {:?}", meter.maker(), meter.country(), meter.framing(), meter.cadence);

    for n in 0..6 {
        let message = meter.message(n, 4); // of the house of seed 4
        let power = message.value("active_power_import").expect("every list has it");
        println!("{:20} {:3} octets, {power} W", message.list, message.bytes.len());
    }

    // And what a bad line makes of one.
    let mut octets = meter.message(1, 4).bytes;
    let damage = damage::any(&mut octets, &mut Rng::new(1));
    println!("{damage:?}: {octets:02x?}");
}
