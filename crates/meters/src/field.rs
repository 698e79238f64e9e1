//! The dictionary of quantities: one name for each, whatever meter sends it.

use core::fmt;

use amshan_quantity::{Obis, Unit};

/// A named quantity.
///
/// The names are those of the Python package `amshan`, and more of their kind. Power is in W, var or VA, energy in
/// Wh, varh or VAh, current in A, voltage in V; `import` is towards the customer. A quantity that exists once for
/// each sub-meter or relay has a [`channel`](Self::channel), which its printed name contains: `submeter_2_value`.
///
/// The dictionary is not closed: a layout may name a quantity that is not in it ([`Field::own`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Field {
    /// The number in the dictionary, and the channel: one number, as a field goes through registers when it is two words.
    code: u16,
    /// What a layout has added to the dictionary.
    own: Option<&'static Quantity>,
}

/// A row of the dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity {
    /// The name, in small letters, digits and `_`.
    pub name: &'static str,
    /// What kind of value it has.
    pub kind: Kind,
    /// The unit its numbers are in; [`Unit::NONE`] where there is none, or where it differs.
    pub unit: Unit,
}

/// What kind of value a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A number, in the unit of the field.
    Number,
    /// Text.
    Text,
    /// A date and time.
    Time,
    /// Yes or no.
    Flag,
    /// A state: the number or the word that the meter sends for it.
    State,
    /// A list of events or past values.
    History,
}

impl Field {
    /// The field that an object of this code has; codes of past billing periods have none.
    pub const fn of(obis: Obis) -> Option<Self> {
        let Some(id) = by_code(obis.octets()) else { return None };
        let field = Self::dictionary(id as u8);
        Some(match obis.octets() {
            [0, channel @ 1..=8, ..] if field.has_channel() => field.at(channel),
            _ => field,
        })
    }

    const fn dictionary(id: u8) -> Self {
        Self { code: u16::from_be_bytes([id, 0]), own: None }
    }

    /// A quantity that is not in the dictionary. What is in it goes by its own name, so that a program that looks for
    /// [`Field::VOLTAGE_L1`] finds it.
    pub const fn own(quantity: &'static Quantity) -> Self {
        Self { own: Some(quantity), ..Self::dictionary(OWN) }
    }

    /// Whether a layout has added it to the dictionary.
    pub const fn is_own(self) -> bool {
        self.own.is_some()
    }

    /// The field of this name in the dictionary.
    pub fn named(name: &str) -> Option<Self> {
        let digit = name.bytes().find(u8::is_ascii_digit).map(|digit| digit.wrapping_sub(b'0'));
        Self::all().find_map(|field| match (field.template().split_once('#'), digit) {
            (None, _) => (field.template() == name).then_some(field),
            (Some((front, back)), Some(channel)) => {
                let inner = name.strip_prefix(front)?.strip_suffix(back)?;
                (inner.len() == 1).then_some(field.at(channel))
            }
            (Some(_), None) => None,
        })
    }

    /// Whether there is one of it for each sub-meter or relay.
    pub const fn has_channel(self) -> bool {
        let mut rest = self.template().as_bytes();
        while let [octet, behind @ ..] = rest {
            if *octet == b'#' {
                return true;
            }
            rest = behind;
        }
        false
    }

    /// The sub-meter or relay it belongs to; 0 for the meter itself.
    pub const fn channel(self) -> u8 {
        let [_, channel] = self.code.to_be_bytes();
        channel
    }

    /// The same quantity of another sub-meter or relay.
    #[must_use]
    pub const fn at(self, channel: u8) -> Self {
        Self { code: u16::from_be_bytes([self.id(), channel]), ..self }
    }

    /// The unit its numbers are in; [`Unit::NONE`] where there is none, or where it differs from meter to meter.
    pub const fn unit(self) -> Unit {
        self.row().unit
    }

    /// What kind of value it has.
    pub const fn kind(self) -> Kind {
        self.row().kind
    }

    /// Whether its values are numbers, and no state of it stands for something else: all of it can be read off one number.
    pub(crate) fn is_measured(self) -> bool {
        self.kind() == Kind::Number
    }

    /// Whether a number in this unit is what the name promises.
    pub(crate) fn fits(self, unit: Unit) -> bool {
        self.unit() == Unit::NONE || unit == self.unit()
    }

    /// Whether its raw numbers need a scale: those of measured quantities do, those of states and counts don't.
    pub(crate) fn is_scaled(self) -> bool {
        matches!(
            self,
            Self::POWER_FACTOR
                | Self::POWER_FACTOR_L1
                | Self::POWER_FACTOR_L2
                | Self::POWER_FACTOR_L3
                | Self::POWER_FACTOR_MIN
                | Self::POWER_FACTOR_EXPORT
        ) || self.unit() != Unit::NONE
    }

    /// The name of the time that comes with a value, where values of this field carry one.
    pub const fn time(self) -> Option<Self> {
        match self {
            Self::MAX_DEMAND_IMPORT_MONTH => Some(Self::MAX_DEMAND_IMPORT_MONTH_TIME),
            field if field.id() == Self::SUBMETER_VALUE.id() => Some(Self::SUBMETER_TIME.at(field.channel())),
            _ => None,
        }
    }

    /// Every field of the dictionary, sub-meters and relays as channel 0.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..OWN).take(ROWS.len()).map(Self::dictionary)
    }

    /// The number of a field of the dictionary, channels apart, in the order of [`all`](Self::all): to remember fields in a
    /// set of 256 bits, or for tables by field. Fields that are not in it share one that no other has.
    pub const fn id(self) -> u8 {
        let [id, _] = self.code.to_be_bytes();
        id
    }

    const fn row(self) -> &'static Quantity {
        #[allow(clippy::indexing_slicing, reason = "an id is that of a row, or there is an own quantity")]
        match self.own {
            Some(own) => own,
            None => &ROWS[self.id() as usize],
        }
    }

    const fn template(self) -> &'static str {
        self.row().name
    }
}

/// The id of all quantities that are not in the dictionary.
const OWN: u8 = u8::MAX;

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.template().split_once('#') {
            Some((front, back)) => write!(f, "{front}{}{back}", self.channel()),
            None => f.pad(self.template()),
        }
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! fields {
    ($($(#[$doc:meta])* $id:ident $name:literal $kind:ident $unit:ident $([$($code:tt)+])*;)+) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "named as the constants are")]
        #[repr(u8)]
        #[derive(Clone, Copy)]
        enum Id { $($id),+ }

        impl Field {
            $($(#[$doc])* #[doc = concat!("`", $name, "`")] pub const $id: Self = Self::dictionary(Id::$id as u8);)+
        }

        static ROWS: &[Quantity] = &[$(Quantity { name: $name, kind: Kind::$kind, unit: Unit::$unit }),+];

        const fn by_code(code: [u8; 6]) -> Option<Id> {
            Some(match code {
                $($([$($code)+, 255] => Id::$id,)*)+
                _ => return None,
            })
        }
    };
}

// Name, kind, unit, and the code (A, B, C, D, E) of the objects that carry it. B 0 and 1 are both the main meter
// in electricity codes; sub-meters are B 1 to 8 of abstract ones. Codes with another A stand apart, as all others are told
// by it first.
fields! {
    LIST_VER_ID "list_ver_id" Text NONE [1, 0 | 1, 0, 2, 129];
    METER_ID "meter_id" Text NONE [0, 0, 96, 1, 0] [1, 0, 96, 1, 0] [0, 0, 96, 1, 1] [1, 1, 0, 0, 1 | 5];
    METER_TYPE "meter_type" Text NONE [0, 0, 96, 1, 7] [1, 1, 96, 1, 1];
    METER_TYPE_ID "meter_type_id" Text NONE;
    METER_MANUFACTURER "meter_manufacturer" Text NONE;
    METER_MANUFACTURER_ID "meter_manufacturer_id" Text NONE;
    METER_DATETIME "meter_datetime" Time NONE [0, 0 | 1, 1, 0, 0];
    CLOCK_DST "clock_dst" Flag NONE;
    CLOCK_INVALID "clock_invalid" Flag NONE;
    CLOCK_DOUBTFUL "clock_doubtful" Flag NONE;
    FRAME_COUNTER "frame_counter" Number NONE;
    P1_VERSION "p1_version" Text NONE [1, 3, 0, 2, 8] [0, 0, 96, 1, 4];
    LOGICAL_DEVICE_NAME "logical_device_name" Text NONE [0, 0, 42, 0, 0];
    FIRMWARE_VERSION "firmware_version" Text NONE [1, 0, 0, 2, 0 | 8];

    ACTIVE_POWER_IMPORT "active_power_import" Number WATT [1, 0 | 1, 1, 7, 0];
    ACTIVE_POWER_IMPORT_L1 "active_power_import_l1" Number WATT [1, 0 | 1, 21, 7, 0];
    ACTIVE_POWER_IMPORT_L2 "active_power_import_l2" Number WATT [1, 0 | 1, 41, 7, 0];
    ACTIVE_POWER_IMPORT_L3 "active_power_import_l3" Number WATT [1, 0 | 1, 61, 7, 0];
    ACTIVE_POWER_EXPORT "active_power_export" Number WATT [1, 0 | 1, 2, 7, 0];
    ACTIVE_POWER_EXPORT_L1 "active_power_export_l1" Number WATT [1, 0 | 1, 22, 7, 0];
    ACTIVE_POWER_EXPORT_L2 "active_power_export_l2" Number WATT [1, 0 | 1, 42, 7, 0];
    ACTIVE_POWER_EXPORT_L3 "active_power_export_l3" Number WATT [1, 0 | 1, 62, 7, 0];
    REACTIVE_POWER_IMPORT "reactive_power_import" Number VAR [1, 0 | 1, 3, 7, 0];
    REACTIVE_POWER_IMPORT_L1 "reactive_power_import_l1" Number VAR [1, 0 | 1, 23, 7, 0];
    REACTIVE_POWER_IMPORT_L2 "reactive_power_import_l2" Number VAR [1, 0 | 1, 43, 7, 0];
    REACTIVE_POWER_IMPORT_L3 "reactive_power_import_l3" Number VAR [1, 0 | 1, 63, 7, 0];
    REACTIVE_POWER_EXPORT "reactive_power_export" Number VAR [1, 0 | 1, 4, 7, 0];
    REACTIVE_POWER_EXPORT_L1 "reactive_power_export_l1" Number VAR [1, 0 | 1, 24, 7, 0];
    REACTIVE_POWER_EXPORT_L2 "reactive_power_export_l2" Number VAR [1, 0 | 1, 44, 7, 0];
    REACTIVE_POWER_EXPORT_L3 "reactive_power_export_l3" Number VAR [1, 0 | 1, 64, 7, 0];
    CURRENT_L1 "current_l1" Number AMPERE [1, 0 | 1, 31, 7, 0];
    CURRENT_L2 "current_l2" Number AMPERE [1, 0 | 1, 51, 7, 0];
    CURRENT_L3 "current_l3" Number AMPERE [1, 0 | 1, 71, 7, 0];
    VOLTAGE_L1 "voltage_l1" Number VOLT [1, 0 | 1, 32, 7, 0];
    VOLTAGE_L2 "voltage_l2" Number VOLT [1, 0 | 1, 52, 7, 0];
    VOLTAGE_L3 "voltage_l3" Number VOLT [1, 0 | 1, 72, 7, 0];
    ACTIVE_POWER_IMPORT_TOTAL "active_power_import_total" Number WATT_HOUR [1, 0 | 1, 1, 8, 0];
    ACTIVE_POWER_EXPORT_TOTAL "active_power_export_total" Number WATT_HOUR [1, 0 | 1, 2, 8, 0];
    REACTIVE_POWER_IMPORT_TOTAL "reactive_power_import_total" Number VAR_HOUR [1, 0 | 1, 3, 8, 0];
    REACTIVE_POWER_EXPORT_TOTAL "reactive_power_export_total" Number VAR_HOUR [1, 0 | 1, 4, 8, 0];

    ACTIVE_ENERGY_IMPORT_T1 "active_energy_import_t1" Number WATT_HOUR [1, 0 | 1, 1, 8, 1];
    ACTIVE_ENERGY_IMPORT_T2 "active_energy_import_t2" Number WATT_HOUR [1, 0 | 1, 1, 8, 2];
    ACTIVE_ENERGY_IMPORT_T3 "active_energy_import_t3" Number WATT_HOUR [1, 0 | 1, 1, 8, 3];
    ACTIVE_ENERGY_IMPORT_T4 "active_energy_import_t4" Number WATT_HOUR [1, 0 | 1, 1, 8, 4];
    ACTIVE_ENERGY_EXPORT_T1 "active_energy_export_t1" Number WATT_HOUR [1, 0 | 1, 2, 8, 1];
    ACTIVE_ENERGY_EXPORT_T2 "active_energy_export_t2" Number WATT_HOUR [1, 0 | 1, 2, 8, 2];
    ACTIVE_ENERGY_EXPORT_T3 "active_energy_export_t3" Number WATT_HOUR [1, 0 | 1, 2, 8, 3];
    ACTIVE_ENERGY_EXPORT_T4 "active_energy_export_t4" Number WATT_HOUR [1, 0 | 1, 2, 8, 4];
    REACTIVE_ENERGY_IMPORT_T1 "reactive_energy_import_t1" Number VAR_HOUR [1, 0 | 1, 3, 8, 1];
    REACTIVE_ENERGY_IMPORT_T2 "reactive_energy_import_t2" Number VAR_HOUR [1, 0 | 1, 3, 8, 2];
    REACTIVE_ENERGY_IMPORT_T3 "reactive_energy_import_t3" Number VAR_HOUR [1, 0 | 1, 3, 8, 3];
    REACTIVE_ENERGY_IMPORT_T4 "reactive_energy_import_t4" Number VAR_HOUR [1, 0 | 1, 3, 8, 4];
    REACTIVE_ENERGY_EXPORT_T1 "reactive_energy_export_t1" Number VAR_HOUR [1, 0 | 1, 4, 8, 1];
    REACTIVE_ENERGY_EXPORT_T2 "reactive_energy_export_t2" Number VAR_HOUR [1, 0 | 1, 4, 8, 2];
    REACTIVE_ENERGY_EXPORT_T3 "reactive_energy_export_t3" Number VAR_HOUR [1, 0 | 1, 4, 8, 3];
    REACTIVE_ENERGY_EXPORT_T4 "reactive_energy_export_t4" Number VAR_HOUR [1, 0 | 1, 4, 8, 4];
    ACTIVE_ENERGY_IMPORT_L1 "active_energy_import_l1" Number WATT_HOUR [1, 0 | 1, 21, 8, 0];
    ACTIVE_ENERGY_IMPORT_L2 "active_energy_import_l2" Number WATT_HOUR [1, 0 | 1, 41, 8, 0];
    ACTIVE_ENERGY_IMPORT_L3 "active_energy_import_l3" Number WATT_HOUR [1, 0 | 1, 61, 8, 0];
    ACTIVE_ENERGY_EXPORT_L1 "active_energy_export_l1" Number WATT_HOUR [1, 0 | 1, 22, 8, 0];
    ACTIVE_ENERGY_EXPORT_L2 "active_energy_export_l2" Number WATT_HOUR [1, 0 | 1, 42, 8, 0];
    ACTIVE_ENERGY_EXPORT_L3 "active_energy_export_l3" Number WATT_HOUR [1, 0 | 1, 62, 8, 0];
    REACTIVE_ENERGY_Q1 "reactive_energy_q1" Number VAR_HOUR [1, 0 | 1, 5, 8, 0];
    REACTIVE_ENERGY_Q2 "reactive_energy_q2" Number VAR_HOUR [1, 0 | 1, 6, 8, 0];
    REACTIVE_ENERGY_Q3 "reactive_energy_q3" Number VAR_HOUR [1, 0 | 1, 7, 8, 0];
    REACTIVE_ENERGY_Q4 "reactive_energy_q4" Number VAR_HOUR [1, 0 | 1, 8, 8, 0];
    APPARENT_ENERGY_IMPORT "apparent_energy_import" Number VOLT_AMPERE_HOUR [1, 0 | 1, 9, 8, 0];
    APPARENT_ENERGY_EXPORT "apparent_energy_export" Number VOLT_AMPERE_HOUR [1, 0 | 1, 10, 8, 0];
    ACTIVE_ENERGY_COMBINED "active_energy_combined" Number WATT_HOUR [1, 0 | 1, 15, 8, 0];
    ACTIVE_ENERGY_NET "active_energy_net" Number WATT_HOUR [1, 0 | 1, 16, 8, 0];

    APPARENT_POWER_IMPORT "apparent_power_import" Number VOLT_AMPERE [1, 0 | 1, 9, 7, 0];
    APPARENT_POWER_IMPORT_L1 "apparent_power_import_l1" Number VOLT_AMPERE [1, 0 | 1, 29, 7, 0];
    APPARENT_POWER_IMPORT_L2 "apparent_power_import_l2" Number VOLT_AMPERE [1, 0 | 1, 49, 7, 0];
    APPARENT_POWER_IMPORT_L3 "apparent_power_import_l3" Number VOLT_AMPERE [1, 0 | 1, 69, 7, 0];
    APPARENT_POWER_EXPORT "apparent_power_export" Number VOLT_AMPERE [1, 0 | 1, 10, 7, 0];
    APPARENT_POWER_EXPORT_L1 "apparent_power_export_l1" Number VOLT_AMPERE [1, 0 | 1, 30, 7, 0];
    APPARENT_POWER_EXPORT_L2 "apparent_power_export_l2" Number VOLT_AMPERE [1, 0 | 1, 50, 7, 0];
    APPARENT_POWER_EXPORT_L3 "apparent_power_export_l3" Number VOLT_AMPERE [1, 0 | 1, 70, 7, 0];
    ACTIVE_POWER_COMBINED "active_power_combined" Number WATT [1, 0 | 1, 15, 7, 0];
    ACTIVE_POWER_NET "active_power_net" Number WATT [1, 0 | 1, 16, 7, 0];
    REACTIVE_POWER_Q1 "reactive_power_q1" Number VAR [1, 0 | 1, 5, 7, 0];
    REACTIVE_POWER_Q2 "reactive_power_q2" Number VAR [1, 0 | 1, 6, 7, 0];
    REACTIVE_POWER_Q3 "reactive_power_q3" Number VAR [1, 0 | 1, 7, 7, 0];
    REACTIVE_POWER_Q4 "reactive_power_q4" Number VAR [1, 0 | 1, 8, 7, 0];
    VOLTAGE_AVERAGE_L1 "voltage_average_l1" Number VOLT [1, 0 | 1, 32, 24, 0];
    VOLTAGE_AVERAGE_L2 "voltage_average_l2" Number VOLT [1, 0 | 1, 52, 24, 0];
    VOLTAGE_AVERAGE_L3 "voltage_average_l3" Number VOLT [1, 0 | 1, 72, 24, 0];
    POWER_FACTOR "power_factor" Number NONE [1, 0 | 1, 13, 7, 0];
    POWER_FACTOR_L1 "power_factor_l1" Number NONE [1, 0 | 1, 33, 7, 0];
    POWER_FACTOR_L2 "power_factor_l2" Number NONE [1, 0 | 1, 53, 7, 0];
    POWER_FACTOR_L3 "power_factor_l3" Number NONE [1, 0 | 1, 73, 7, 0];
    POWER_FACTOR_MIN "power_factor_min" Number NONE [1, 0 | 1, 13, 3, 0];
    POWER_FACTOR_EXPORT "power_factor_export" Number NONE [1, 0 | 1, 84, 7, 0];
    FREQUENCY "frequency" Number HERTZ [1, 0 | 1, 14, 7, 0];
    CURRENT_ANY "current_any" Number AMPERE [1, 0 | 1, 11, 7, 0];
    CURRENT_NEUTRAL "current_neutral" Number AMPERE [1, 0 | 1, 91, 7, 0];
    CURRENT_SUM "current_sum" Number AMPERE [1, 0 | 1, 90, 7, 0];
    VOLTAGE_ANY "voltage_any" Number VOLT [1, 0 | 1, 12, 7, 0];
    VOLTAGE_L1_L2 "voltage_l1_l2" Number VOLT [1, 0 | 1, 124, 7, 0];
    VOLTAGE_L2_L3 "voltage_l2_l3" Number VOLT [1, 0 | 1, 125, 7, 0];
    VOLTAGE_L3_L1 "voltage_l3_l1" Number VOLT [1, 0 | 1, 126, 7, 0];
    PHASE_ANGLE_L1 "phase_angle_l1" Number DEGREE [1, 0 | 1, 81, 7, 40];
    PHASE_ANGLE_L2 "phase_angle_l2" Number DEGREE [1, 0 | 1, 81, 7, 51];
    PHASE_ANGLE_L3 "phase_angle_l3" Number DEGREE [1, 0 | 1, 81, 7, 62];
    PHASE_ANGLE_U1_U2 "phase_angle_u1_u2" Number DEGREE [1, 0 | 1, 81, 7, 10];
    PHASE_ANGLE_U1_U3 "phase_angle_u1_u3" Number DEGREE [1, 0 | 1, 81, 7, 20];
    ACTIVE_POWER_AVERAGE "active_power_average" Number WATT [1, 0 | 1, 1, 24, 0];
    ACTIVE_DEMAND_IMPORT_CURRENT "active_demand_import_current" Number WATT [1, 0 | 1, 1, 4, 0];
    ACTIVE_DEMAND_EXPORT_CURRENT "active_demand_export_current" Number WATT [1, 0 | 1, 2, 4, 0];
    ACTIVE_DEMAND_IMPORT_LAST "active_demand_import_last" Number WATT [1, 0 | 1, 1, 5, 0];
    MAX_DEMAND_IMPORT_MONTH "max_demand_import_month" Number WATT [1, 0 | 1, 1, 6, 0];
    MAX_DEMAND_IMPORT_MONTH_TIME "max_demand_import_month_time" Time NONE;
    MAX_DEMAND_IMPORT_HISTORY "max_demand_import_history" History WATT [0, 0, 98, 1, 0];
    POWER_LIMIT "power_limit" Number NONE [0, 0, 17, 0, 0];
    CURRENT_LIMIT "current_limit" Number AMPERE [1, 0 | 1, 31, 4, 0];

    TARIFF_INDICATOR "tariff_indicator" Text NONE [0, 0, 96, 14, 0];
    BREAKER_STATE "breaker_state" State NONE [0, 0, 96, 3, 10] [0, 0, 24, 4, 0];
    RELAY_STATE "relay_state_#" Flag NONE [0, 1..=8, 96, 3, 10];
    POWER_FAILURES "power_failures" Number NONE [0, 0, 96, 7, 21];
    LONG_POWER_FAILURES "long_power_failures" Number NONE [0, 0, 96, 7, 9];
    POWER_FAILURE_LOG "power_failure_log" History SECOND [1, 0, 99, 97, 0];
    VOLTAGE_SAGS_L1 "voltage_sags_l1" Number NONE [0, 0, 32, 32, 0] [1, 0, 32, 32, 0];
    VOLTAGE_SAGS_L2 "voltage_sags_l2" Number NONE [0, 0, 52, 32, 0] [1, 0, 52, 32, 0];
    VOLTAGE_SAGS_L3 "voltage_sags_l3" Number NONE [0, 0, 72, 32, 0] [1, 0, 72, 32, 0];
    VOLTAGE_SWELLS_L1 "voltage_swells_l1" Number NONE [0, 0, 32, 36, 0] [1, 0, 32, 36, 0];
    VOLTAGE_SWELLS_L2 "voltage_swells_l2" Number NONE [0, 0, 52, 36, 0] [1, 0, 52, 36, 0];
    VOLTAGE_SWELLS_L3 "voltage_swells_l3" Number NONE [0, 0, 72, 36, 0] [1, 0, 72, 36, 0];
    VOLTAGE_SAG_DURATION_L1 "voltage_sag_duration_l1" Number SECOND [1, 0, 32, 33, 0];
    VOLTAGE_SAG_DURATION_L2 "voltage_sag_duration_l2" Number SECOND [1, 0, 52, 33, 0];
    VOLTAGE_SAG_DURATION_L3 "voltage_sag_duration_l3" Number SECOND [1, 0, 72, 33, 0];
    VOLTAGE_SWELL_DURATION_L1 "voltage_swell_duration_l1" Number SECOND [1, 0, 32, 37, 0];
    VOLTAGE_SWELL_DURATION_L2 "voltage_swell_duration_l2" Number SECOND [1, 0, 52, 37, 0];
    VOLTAGE_SWELL_DURATION_L3 "voltage_swell_duration_l3" Number SECOND [1, 0, 72, 37, 0];
    VOLTAGE_SAG_MAGNITUDE_L1 "voltage_sag_magnitude_l1" Number VOLT [1, 0, 32, 34, 0];
    VOLTAGE_SAG_MAGNITUDE_L2 "voltage_sag_magnitude_l2" Number VOLT [1, 0, 52, 34, 0];
    VOLTAGE_SAG_MAGNITUDE_L3 "voltage_sag_magnitude_l3" Number VOLT [1, 0, 72, 34, 0];
    VOLTAGE_SWELL_MAGNITUDE_L1 "voltage_swell_magnitude_l1" Number VOLT [1, 0, 32, 38, 0];
    VOLTAGE_SWELL_MAGNITUDE_L2 "voltage_swell_magnitude_l2" Number VOLT [1, 0, 52, 38, 0];
    VOLTAGE_SWELL_MAGNITUDE_L3 "voltage_swell_magnitude_l3" Number VOLT [1, 0, 72, 38, 0];
    MESSAGE_TEXT "message_text" Text NONE [0, 0, 96, 13, 0];
    MESSAGE_CODE "message_code" Text NONE [0, 0, 96, 13, 1];
    ERROR_REGISTER "error_register" Text NONE [0, 0, 97, 97, 0 | 255] [1, 0, 97, 97, 0 | 255];
    CT_RATIO "ct_ratio" Number NONE [1, 0, 0, 4, 2];
    VT_RATIO "vt_ratio" Number NONE [1, 0, 0, 4, 3];

    SUBMETER_TYPE "submeter_#_type" State NONE [0, 1..=8, 24, 1, 0];
    SUBMETER_ID "submeter_#_id" Text NONE [0, 1..=8, 96, 1, 0 | 1];
    SUBMETER_VALUE "submeter_#_value" Number NONE [0, 1..=8, 24, 2, 1 | 3];
    SUBMETER_TIME "submeter_#_time" Time NONE;
    SUBMETER_VALVE "submeter_#_valve" State NONE [0, 1..=8, 24, 4, 0];
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn codes_lead_to_the_names_of_the_python_package() {
        for (code, name) in [
            ("1-0:1.7.0", "active_power_import"),
            ("1-1:1.7.0", "active_power_import"),
            ("1-0:32.7.0", "voltage_l1"),
            ("1-1:1.8.0", "active_power_import_total"),
            ("0-0:96.1.0", "meter_id"),
            ("0-1:96.1.0", "submeter_1_id"),
            ("0-1:1.0.0", "meter_datetime"),
            ("0-3:24.2.1", "submeter_3_value"),
            ("0-2:96.3.10", "relay_state_2"),
            ("1-1:96.1.1", "meter_type"),
            ("0-0:96.1.1", "meter_id"),
        ] {
            let field = Field::of(code.parse().unwrap()).unwrap();
            assert_eq!(field.to_string(), name, "{code}");
            assert_eq!(Field::named(name), Some(field), "{name}");
        }
        assert_eq!(Field::of("1-0:1.8.0*1".parse().unwrap()), None, "a past billing period");
        assert_eq!(Field::of("1-0:96.5.5".parse().unwrap()), None);
        assert_eq!(Field::named("submeter_value"), None);
        assert_eq!(Field::named("nonsense"), None);
    }

    #[test]
    fn every_name_is_there_once_and_found() {
        for field in Field::all() {
            let same = Field::all().filter(|other| other.to_string() == field.to_string()).count();
            assert_eq!(same, 1, "{field}");
            let field = if field.has_channel() { field.at(3) } else { field };
            assert_eq!(Field::named(&field.to_string()), Some(field));
        }
    }
}
