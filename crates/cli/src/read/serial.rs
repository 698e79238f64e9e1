//! Serial ports.

use std::io;

use serial2_tokio::{SerialPort, Settings};

use super::address::Serial;

/// Opens a port. Its path is looked up anew each time: an adapter that is plugged in again is another device.
pub(crate) fn open(serial: &Serial) -> io::Result<SerialPort> {
    let set = |mut settings: Settings| {
        settings.set_raw();
        settings.set_baud_rate(serial.baud)?;
        settings.set_char_size(serial.data);
        settings.set_parity(serial.parity);
        settings.set_stop_bits(serial.stop);
        Ok(settings)
    };
    SerialPort::open(&serial.path, set).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => {
            io::Error::new(error.kind(), format!("{error}: is the user in the group dialout?"))
        }
        _ => error,
    })
}
