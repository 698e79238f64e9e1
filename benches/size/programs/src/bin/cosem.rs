//! Every number of a notification that has no frame.
#![no_std]
#![no_main]

use amshan_cosem::Apdu;
use amshan_quantity::Decimal;
use amshan_size_programs::{hear_all, program, say};

program!(run);

fn run() -> ! {
    loop {
        let mut message = [0; 1024];
        if let Ok((Apdu::DataNotification(notification), _)) = Apdu::parse(hear_all(&mut message)) {
            for number in notification.body.walk().filter_map(|node| node.data.number()) {
                say(u8::from(number > Decimal::ZERO));
            }
        }
    }
}
