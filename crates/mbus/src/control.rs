//! The control field.

use core::fmt;

/// The control field (C): who speaks and what for. EN 13757-2, 5.
///
/// `Display` writes the octet in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Control(pub u8);

impl Control {
    /// SND_NKE: reset.
    pub const SND_NKE: Self = Self(0x40);
    /// SND_UD: user data to a slave. What meters push, odd as it is.
    pub const SND_UD: Self = Self(0x53);
    /// REQ_UD1: a request for data of class 1.
    pub const REQ_UD1: Self = Self(0x5A);
    /// REQ_UD2: a request for data of class 2.
    pub const REQ_UD2: Self = Self(0x5B);
    /// RSP_UD: a response with data.
    pub const RSP_UD: Self = Self(0x08);

    /// From master to slave.
    pub const fn from_master(self) -> bool {
        self.0 & 0x40 != 0
    }

    /// The function: the four lowest bits.
    pub const fn function(self) -> u8 {
        self.0 & 0x0F
    }

    /// FCB of a master, which toggles from one frame to the next; ACD of a slave, which has urgent data.
    pub const fn frame_count_or_access_demand(self) -> bool {
        self.0 & 0x20 != 0
    }

    /// FCV of a master: its FCB means something. DFC of a slave: it can't take more data.
    pub const fn frame_count_valid_or_flow_control(self) -> bool {
        self.0 & 0x10 != 0
    }
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}", self.0)
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Control({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits() {
        // octet, from master, function, FCB or ACD, FCV or DFC
        let table = [
            (Control::SND_NKE, true, 0x0, false, false),
            (Control::SND_UD, true, 0x3, false, true),
            (Control(0x73), true, 0x3, true, true),
            (Control::REQ_UD2, true, 0xB, false, true),
            (Control::RSP_UD, false, 0x8, false, false),
            (Control(0x28), false, 0x8, true, false),
        ];
        for (control, from_master, function, bit_5, bit_4) in table {
            assert_eq!(control.from_master(), from_master, "{control}");
            assert_eq!(control.function(), function, "{control}");
            assert_eq!(control.frame_count_or_access_demand(), bit_5, "{control}");
            assert_eq!(control.frame_count_valid_or_flow_control(), bit_4, "{control}");
        }
    }
}
