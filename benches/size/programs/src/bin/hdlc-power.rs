//! The power out of lists in HDLC frames, whatever meter sends them.
#![no_std]
#![no_main]

use amshan_cosem::Apdu;
use amshan_hdlc::{FrameReader, strip_llc};
use amshan_meters::{Field, LAYOUTS, Reading};
use amshan_quantity::Decimal;
use amshan_size_programs::{Static, follow, program, say};

program!(run);

static READER: Static<FrameReader> = Static::new(FrameReader::new());

fn run() -> ! {
    follow!(READER.take(), next_frame, |frame| {
        if let Ok((Apdu::DataNotification(notification), _)) = Apdu::parse(strip_llc(frame.information()).1) {
            let reading = Reading::of_notification(&notification, LAYOUTS);
            let power = reading.get(Field::ACTIVE_POWER_IMPORT).and_then(|power| power.number());
            say(u8::from(power > Some(Decimal::ZERO)));
        }
    })
}
