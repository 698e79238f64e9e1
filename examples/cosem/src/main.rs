//! The numbers in an application message, with `amshan-cosem` alone: no heap, no standard library.
#![no_std]
#![no_main]

#[path = "../../port.rs"]
mod port;

use core::fmt::{self, Write};

use amshan_cosem::Apdu;
use port::{Console, hear};

#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    follow().map_or(1, |()| 0)
}

fn follow() -> fmt::Result {
    let mut buffer = [0; 1024];
    let free = buffer.iter_mut();
    let length = free.zip(core::iter::from_fn(hear)).map(|(free, octet)| *free = octet).count();
    match Apdu::parse(buffer.get(..length).unwrap_or_default()) {
        Ok((Apdu::DataNotification(notification), _)) => {
            for number in notification.body.walk().filter_map(|node| node.data.number()) {
                writeln!(Console, "{number}")?;
            }
            Ok(())
        }
        Ok((other, _)) => writeln!(Console, "{other:?}"),
        Err(error) => writeln!(Console, "{error}"),
    }
}
