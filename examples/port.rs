//! The line and the console of a program without a standard library: the two functions of C that do this anywhere. On a
//! microcontroller they are your driver's.

use core::fmt;
use core::panic::PanicInfo;

#[link(name = "c")]
unsafe extern "C" {
    safe fn getchar() -> i32;
    safe fn putchar(octet: i32) -> i32;
    safe fn abort() -> !;
}

/// The next octet on the line; `None`: it has ended.
pub fn hear() -> Option<u8> {
    u8::try_from(getchar()).ok()
}

/// The console, for `writeln!`.
pub struct Console;

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.bytes().for_each(|octet| {
            putchar(octet.into());
        });
        Ok(())
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    abort()
}
