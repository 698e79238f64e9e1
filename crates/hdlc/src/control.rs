//! The control field.

use core::fmt;

/// The control field: which kind of frame this is. Green Book Ed. 8, 8.4.3.
///
/// Meters push in UI frames (`13`), but some in I frames (`10`) or with a control field of `00`: a receiver should
/// go by the information field. `Display` writes the octet in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Control(pub u8);

/// The kinds of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ControlKind {
    /// I: numbered information.
    Information {
        /// N(S), the number of this frame.
        send: u8,
        /// N(R), the number expected next.
        receive: u8,
    },
    /// RR: ready to receive.
    ReceiveReady {
        /// N(R), the number expected next.
        receive: u8,
    },
    /// RNR: not ready to receive.
    ReceiveNotReady {
        /// N(R), the number expected next.
        receive: u8,
    },
    /// UI: information without a number. Most pushes.
    UnnumberedInformation,
    /// SNRM: a request to connect.
    SetNormalResponseMode,
    /// DISC: a request to disconnect.
    Disconnect,
    /// UA: SNRM or DISC is accepted.
    UnnumberedAcknowledge,
    /// DM: not connected.
    DisconnectedMode,
    /// FRMR: a frame is rejected.
    FrameReject,
    /// None of the standard's.
    Unknown,
}

impl Control {
    /// Which kind of frame this is.
    pub const fn kind(self) -> ControlKind {
        let receive = self.0 >> 5;
        match self.0 & !POLL_FINAL {
            i if i & 1 == 0 => ControlKind::Information { send: i >> 1 & 7, receive },
            rr if rr & 0x0F == 0x01 => ControlKind::ReceiveReady { receive },
            rnr if rnr & 0x0F == 0x05 => ControlKind::ReceiveNotReady { receive },
            0x03 => ControlKind::UnnumberedInformation,
            0x83 => ControlKind::SetNormalResponseMode,
            0x43 => ControlKind::Disconnect,
            0x63 => ControlKind::UnnumberedAcknowledge,
            0x0F => ControlKind::DisconnectedMode,
            0x87 => ControlKind::FrameReject,
            _ => ControlKind::Unknown,
        }
    }

    /// P/F: the poll bit of a command, the final bit of a response.
    pub const fn poll_final(self) -> bool {
        self.0 & POLL_FINAL != 0
    }
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}", self.0)
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Control({self}, {:?})", self.kind())
    }
}

const POLL_FINAL: u8 = 0x10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        use ControlKind as Kind;
        let table = [
            (0x00, Kind::Information { send: 0, receive: 0 }, false),
            (0x10, Kind::Information { send: 0, receive: 0 }, true),
            (0x74, Kind::Information { send: 2, receive: 3 }, true),
            (0xB1, Kind::ReceiveReady { receive: 5 }, true),
            (0x25, Kind::ReceiveNotReady { receive: 1 }, false),
            (0x03, Kind::UnnumberedInformation, false),
            (0x13, Kind::UnnumberedInformation, true),
            (0x93, Kind::SetNormalResponseMode, true),
            (0x53, Kind::Disconnect, true),
            (0x73, Kind::UnnumberedAcknowledge, true),
            (0x1F, Kind::DisconnectedMode, true),
            (0x97, Kind::FrameReject, true),
            (0xEF, Kind::Unknown, false),
        ];
        for (octet, kind, poll_final) in table {
            assert_eq!(Control(octet).kind(), kind, "{octet:02x}");
            assert_eq!(Control(octet).poll_final(), poll_final, "{octet:02x}");
        }
        assert_eq!(std::format!("{} {:?}", Control(3), Control(3)), "03 Control(03, UnnumberedInformation)");
    }
}
