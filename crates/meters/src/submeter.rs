//! Gas, water and heat meters that report through the electricity meter.

use amshan_quantity::{DateTime, Decimal, Unit};

use crate::field::Field;
use crate::reading::Reading;
use crate::value::{Text, Value};

/// A meter of its own on one of the M-Bus channels of a P1 meter.
#[derive(Debug, Clone, Copy, Default)]
pub struct SubMeter<'a> {
    /// The channel, 1 to 8. Which meter is on which is arbitrary; go by [`device`](Self::device).
    pub channel: u8,
    /// What it measures.
    pub device: Option<DeviceType>,
    /// Its id.
    pub id: Option<Text<'a>>,
    /// Its last value.
    pub value: Option<(Decimal, Unit)>,
    /// When that value was taken: an hour ago, or days.
    pub time: Option<DateTime>,
}

/// What a meter measures (EN 13757-3, device types).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceType(pub u8);

impl DeviceType {
    /// Gas.
    pub const GAS: Self = Self(3);
    /// Water.
    pub const WATER: Self = Self(7);

    /// What it measures, in a word or two.
    pub const fn name(self) -> &'static str {
        match self.0 {
            0 => "other",
            1 => "oil",
            2 => "electricity",
            3 => "gas",
            4 | 12 => "heat",
            5 => "steam",
            6 => "warm water",
            7 => "water",
            8 => "heat cost allocator",
            9 => "compressed air",
            10 | 11 => "cooling",
            13 => "heat and cooling",
            21 => "hot water",
            22 => "cold water",
            23 => "dual register water",
            24 => "pressure",
            40 => "waste water",
            _ => "unknown",
        }
    }
}

impl SubMeter<'_> {
    /// Whether a meter is there: channels without one are sent with an empty id, or with a value of 1970.
    pub const fn is_live(&self) -> bool {
        self.value.is_some()
    }
}

impl<'a> Reading<'a> {
    /// The meters on the channels, as far as the message mentions them, dead ones included.
    pub fn submeters(&self) -> impl Iterator<Item = SubMeter<'a>> + use<'a> {
        let reading = *self;
        (1..=8u8).filter_map(move |channel| reading.submeter(channel))
    }

    /// The meter of this kind whose value is the newest: after an exchange the old one may still be reported.
    pub fn live_submeter(&self, device: DeviceType) -> Option<SubMeter<'a>> {
        let of_kind = self.submeters().filter(|meter| meter.is_live() && meter.device == Some(device));
        of_kind.reduce(|newest, meter| if later(meter.time, newest.time) { meter } else { newest })
    }

    fn submeter(&self, channel: u8) -> Option<SubMeter<'a>> {
        let mut meter = None;
        for (field, value) in self.fields().filter(|(field, _)| field.channel() == channel) {
            if field.at(0) == Field::RELAY_STATE {
                continue;
            }
            let meter = meter.get_or_insert(SubMeter { channel, ..SubMeter::default() });
            match (field.at(0), value) {
                (Field::SUBMETER_TYPE, Value::Number(number, _)) => {
                    meter.device = u8::try_from(number.magnitude()).ok().map(DeviceType);
                }
                (Field::SUBMETER_ID, Value::Text(text)) => meter.id = Some(text),
                (Field::SUBMETER_VALUE, Value::Number(number, unit)) => meter.value = Some((number, unit)),
                (Field::SUBMETER_TIME, Value::Time(time)) => meter.time = Some(time),
                _ => {}
            }
        }
        meter
    }
}

/// Whether a time is later than another, by the wall clock; one that is missing is the earliest.
fn later(one: Option<DateTime>, other: Option<DateTime>) -> bool {
    let key = |time: Option<DateTime>| {
        time.map(|time| {
            let (date, clock) = (time.date(), time.time());
            (date.year(), date.month(), date.day(), clock.hour(), clock.minute(), clock.second())
        })
    };
    key(one) > key(other)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use amshan_dlde::Readout;
    use std::string::ToString;
    use std::vec::Vec;

    #[test]
    fn channels_are_meters_of_their_own() {
        let telegram = b"/XYZ5EXAMPLE\r\n\r\n\
            0-0:96.1.1(4D45544552)\r\n\
            0-1:24.1.0(003)\r\n0-1:96.1.0(4F4C44)\r\n0-1:24.2.1(240101000000W)(00100.000*m3)\r\n\
            0-2:24.1.0(003)\r\n0-2:96.1.0(4E4557)\r\n0-2:24.2.1(240115123000W)(00012.345*m3)\r\n\
            0-3:24.1.0(007)\r\n0-3:96.1.0()\r\n0-3:24.2.1(700101010000W)(00000000)\r\n\
            0-4:24.1.0(000)\r\n!\r\n";
        let reading = Reading::of_readout(Readout::parse_prefix(telegram).unwrap().0);
        assert_eq!(reading.get(Field::METER_ID).unwrap().to_string(), "METER");
        let meters: Vec<_> = reading.submeters().map(|meter| (meter.channel, meter.is_live())).collect();
        assert_eq!(meters, [(1, true), (2, true), (3, false), (4, false)]);
        let gas = reading.live_submeter(DeviceType::GAS).unwrap();
        assert_eq!((gas.channel, gas.id.unwrap().to_string().as_str()), (2, "NEW"));
        assert_eq!(gas.value, Some((Decimal::new(12_345, -3), Unit::CUBIC_METRE)));
        assert!(reading.live_submeter(DeviceType::WATER).is_none());
    }
}
