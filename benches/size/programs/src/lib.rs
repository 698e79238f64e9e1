//! What the measured programs share: a port and a place for a reader. None of them is ever run.
#![no_std]

use core::cell::UnsafeCell;
use core::panic::PanicInfo;

/// The data register of a serial port. Whatever is read there, the compiler can't know it.
const PORT: *mut u8 = 0x4000_4404 as *mut u8;

/// The next octet on the line.
pub fn hear() -> u8 {
    // SAFETY: a device register, which is no memory of the program's.
    unsafe { PORT.read_volatile() }
}

/// Puts an octet on the line, so that what led to it has a purpose.
pub fn say(octet: u8) {
    // SAFETY: as above.
    unsafe { PORT.write_volatile(octet) }
}

/// Fills a buffer from the line.
pub fn hear_all(buffer: &mut [u8]) -> &mut [u8] {
    buffer.fill_with(hear);
    buffer
}

/// Puts octets on the line.
pub fn say_all(octets: &[u8]) {
    octets.iter().for_each(|octet| say(*octet));
}

/// Something that lies in memory from the start, for a program with one thread.
pub struct Static<T>(UnsafeCell<T>);

// SAFETY: there is one thread.
unsafe impl<T> Sync for Static<T> {}

impl<T> Static<T> {
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// To be called once.
    #[allow(clippy::mut_from_ref, reason = "it is called once")]
    pub fn take(&'static self) -> &'static mut T {
        // SAFETY: it is called once.
        unsafe { &mut *self.0.get() }
    }
}

/// Makes a function the whole program.
#[macro_export]
macro_rules! program {
    ($main:ident) => {
        #[unsafe(no_mangle)]
        pub extern "C" fn start() -> ! {
            $main()
        }
    };
}

/// Feeds octets into a reader one by one, for ever, and does something with what comes out.
#[macro_export]
macro_rules! follow {
    ($reader:expr, $next:ident, |$item:ident| $take:expr) => {{
        let reader = $reader;
        loop {
            if let Some(space) = reader.space().first_mut() {
                *space = $crate::hear();
            }
            reader.advance(1);
            while let Some(item) = reader.$next() {
                if let Ok($item) = item {
                    $take
                }
            }
        }
    }};
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}
