//! The APDU that pushes readings: data-notification.

use amshan_quantity::{DateTime, Error};

use crate::body::Body;

/// A pushed message (DLMS UA 1000-2, 9.5):
///
/// ```text
/// 0F | long-invoke-id-and-priority (4) | date-time: octet-string | notification-body: Data
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DataNotification<'a, B = Body<'a>> {
    /// Its number and how it wants to be treated.
    pub invoke_id: InvokeId,
    /// The octets of its date-time; empty where there is none.
    pub time: &'a [u8],
    /// What it says.
    pub body: B,
}

impl<B> DataNotification<'_, B> {
    /// When it was sent, by the meter's clock. `None`: the message does not say.
    ///
    /// The standard sends an octet string without its tag, `0C` and twelve octets; Kaifa and older Kamstrup meters
    /// put the tag before it, `09 0C`; and `19` and twelve octets were seen, too. All are read.
    pub fn date_time(&self) -> Option<Result<DateTime, Error>> {
        self.time
            .first_chunk()
            .filter(|octets| octets.len() == self.time.len())
            .map(|o| DateTime::from_octets(*o))
    }
}

/// long-invoke-id-and-priority.
///
/// | bits | meaning |
/// |---|---|
/// | 31 | high priority |
/// | 30 | confirmed service |
/// | 29 | break on error |
/// | 28 | self-descriptive |
/// | 23–0 | invoke id |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvokeId(pub u32);

impl InvokeId {
    /// The number; most meters keep it, some count it up.
    pub const fn number(self) -> u32 {
        self.0 & 0x00FF_FFFF
    }

    /// Whether it is of high priority.
    pub const fn high_priority(self) -> bool {
        self.0 & 0x8000_0000 != 0
    }

    /// Whether the service is a confirmed one.
    pub const fn confirmed(self) -> bool {
        self.0 & 0x4000_0000 != 0
    }

    /// Whether processing is to break on an error.
    pub const fn break_on_error(self) -> bool {
        self.0 & 0x2000_0000 != 0
    }

    /// Whether the message describes itself.
    pub const fn self_descriptive(self) -> bool {
        self.0 & 0x1000_0000 != 0
    }
}
