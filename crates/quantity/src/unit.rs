//! Physical units: the table of the Blue Book, and what text meters add to it.

use core::fmt;

/// What a number is counted in.
///
/// Codes 0 to 255 are those of the unit enumeration of COSEM (DLMS UA 1000-1, 4.3.2, table 4); units that only
/// text meters use have none. An unknown code is no error: it prints as `unit 180`.
///
/// Cubic metres print as `m3`. No unit, [`Unit::NONE`], prints as nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(u16);

impl Unit {
    /// Time, hour, h.
    pub const HOUR: Self = Self(5);
    /// Time, minute, min.
    pub const MINUTE: Self = Self(6);
    /// Time, second, s.
    pub const SECOND: Self = Self(7);
    /// Phase angle, °.
    pub const DEGREE: Self = Self(8);
    /// Temperature, °C.
    pub const CELSIUS: Self = Self(9);
    /// Volume, m3.
    pub const CUBIC_METRE: Self = Self(13);
    /// Volume, l.
    pub const LITRE: Self = Self(19);
    /// Energy, J.
    pub const JOULE: Self = Self(25);
    /// Active power, W.
    pub const WATT: Self = Self(27);
    /// Apparent power, VA.
    pub const VOLT_AMPERE: Self = Self(28);
    /// Reactive power, var.
    pub const VAR: Self = Self(29);
    /// Active energy, Wh.
    pub const WATT_HOUR: Self = Self(30);
    /// Apparent energy, VAh.
    pub const VOLT_AMPERE_HOUR: Self = Self(31);
    /// Reactive energy, varh.
    pub const VAR_HOUR: Self = Self(32);
    /// Current, A.
    pub const AMPERE: Self = Self(33);
    /// Voltage, V.
    pub const VOLT: Self = Self(35);
    /// Frequency, Hz.
    pub const HERTZ: Self = Self(44);
    /// Percentage, %.
    pub const PERCENT: Self = Self(56);
    /// Other unit, other.
    pub const OTHER: Self = Self(254);
    /// No unit, unitless, count.
    pub const NONE: Self = Self(255);
    /// Energy, MJ; text meters only.
    pub const MEGAJOULE: Self = Self(0x100);
    /// Energy, GJ; text meters only.
    pub const GIGAJOULE: Self = Self(0x101);

    /// The unit with this code of COSEM's enumeration.
    pub const fn from_code(code: u8) -> Self {
        Self(code as u16)
    }

    /// Its code in COSEM's enumeration, where it has one.
    pub fn code(self) -> Option<u8> {
        u8::try_from(self.0).ok()
    }

    /// How it is written; empty for [`Unit::NONE`], `None` for a code without a meaning.
    pub fn symbol(self) -> Option<&'static str> {
        self.row().map(|(symbol, _)| symbol)
    }

    /// What is measured in it: `active power`, `voltage`.
    pub fn quantity(self) -> Option<&'static str> {
        self.row().map(|(_, quantity)| quantity)
    }

    /// Reads a unit as text meters write it, in any case, and with it the power of ten that turns the number into
    /// the base unit: `kWh` is watt-hours times 10³, `dm3` cubic metres times 10⁻³. Mega- and gigajoules stay.
    pub fn parse(text: &[u8]) -> Option<(Self, i8)> {
        let packed = packed(text)?;
        let known = WRITTEN.iter().find(|(written, ..)| *written == packed);
        known.map(|&(_, unit, scale)| (unit, scale))
    }

    /// Its number here: the code, or one above 255.
    #[cfg(feature = "serde")]
    pub(crate) const fn number(self) -> u16 {
        self.0
    }

    #[cfg(feature = "serde")]
    pub(crate) const fn from_number(number: u16) -> Self {
        Self(number)
    }

    fn row(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::MEGAJOULE => Some(("MJ", "energy")),
            Self::GIGAJOULE => Some(("GJ", "energy")),
            Self(code) => row(code),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.symbol() {
            Some(symbol) => f.pad(symbol),
            None => write!(f, "unit {}", self.0),
        }
    }
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.symbol() {
            Some("") => f.write_str("none"),
            _ => fmt::Display::fmt(self, f),
        }
    }
}

/// A text of up to five octets in small letters, so that one comparison tells two of them apart.
const fn packed(text: &[u8]) -> Option<u64> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const TO_A: u64 = 0x80 - b'A' as u64;
    const ABOVE_Z: u64 = 0x7F - b'Z' as u64;
    let word = match *text {
        [a] => a as u64,
        [a, b] => u16::from_be_bytes([a, b]) as u64,
        [a, b, c] => u32::from_be_bytes([0, a, b, c]) as u64,
        [a, b, c, d] => u32::from_be_bytes([a, b, c, d]) as u64,
        [a, b, c, d, e] => u64::from_be_bytes([0, 0, 0, a, b, c, d, e]),
        _ => return None,
    };
    // The high bit of each octet that is `A` or more, and of each above `Z`: between them are the capitals.
    let ascii = word & (0x7F * EACH);
    let from_a = ascii.wrapping_add(TO_A * EACH);
    let above_z = ascii.wrapping_add(ABOVE_Z * EACH);
    let capital = (from_a ^ above_z) & !word & (0x80 * EACH);
    Some(word | capital >> 2)
}

/// A row of the table below.
const fn written(text: &[u8], unit: Unit, scale: i8) -> (u64, Unit, i8) {
    match packed(text) {
        Some(packed) => (packed, unit, scale),
        None => (0, unit, scale),
    }
}

/// Units as P1 telegrams spell them, the frequent ones first.
static WRITTEN: &[(u64, Unit, i8)] = &[
    written(b"kWh", Unit::WATT_HOUR, 3),
    written(b"kW", Unit::WATT, 3),
    written(b"V", Unit::VOLT, 0),
    written(b"A", Unit::AMPERE, 0),
    written(b"kvarh", Unit::VAR_HOUR, 3),
    written(b"kvar", Unit::VAR, 3),
    written(b"m3", Unit::CUBIC_METRE, 0),
    written(b"m\xb3", Unit::CUBIC_METRE, 0),     // Latin-1
    written(b"m\xc2\xb3", Unit::CUBIC_METRE, 0), // UTF-8
    written(b"Wh", Unit::WATT_HOUR, 0),
    written(b"W", Unit::WATT, 0),
    written(b"varh", Unit::VAR_HOUR, 0),
    written(b"var", Unit::VAR, 0),
    written(b"kVA", Unit::VOLT_AMPERE, 3),
    written(b"VA", Unit::VOLT_AMPERE, 0),
    written(b"kVAh", Unit::VOLT_AMPERE_HOUR, 3),
    written(b"VAh", Unit::VOLT_AMPERE_HOUR, 0),
    written(b"MWh", Unit::WATT_HOUR, 6),
    written(b"MW", Unit::WATT, 6),
    written(b"Hz", Unit::HERTZ, 0),
    written(b"GJ", Unit::GIGAJOULE, 0),
    written(b"MJ", Unit::MEGAJOULE, 0),
    written(b"s", Unit::SECOND, 0),
    written(b"min", Unit::MINUTE, 0),
    written(b"h", Unit::HOUR, 0),
    written(b"dm3", Unit::CUBIC_METRE, -3),
    written(b"l", Unit::LITRE, 0),
    written(b"%", Unit::PERCENT, 0),
    written(b"\xb0C", Unit::CELSIUS, 0),
    written(b"C", Unit::CELSIUS, 0),
    written(b"\xb0", Unit::DEGREE, 0),
];

macro_rules! table {
    ($($code:literal $symbol:literal $quantity:literal,)+) => {
        /// Symbol and quantity of a code of the Blue Book's table 4.
        const fn row(code: u16) -> Option<(&'static str, &'static str)> {
            match code {
                $($code => Some(($symbol, $quantity)),)+
                _ => None,
            }
        }
    };
}

table! {
    1 "a" "time, year",
    2 "mo" "time, month",
    3 "wk" "time, week",
    4 "d" "time, day",
    5 "h" "time, hour",
    6 "min" "time, minute",
    7 "s" "time, second",
    8 "°" "phase angle",
    9 "°C" "temperature",
    10 "currency" "local currency",
    11 "m" "length",
    12 "m/s" "speed",
    13 "m3" "volume",
    14 "m3" "corrected volume",
    15 "m3/h" "volume flux",
    16 "m3/h" "corrected volume flux",
    17 "m3/d" "volume flux",
    18 "m3/d" "corrected volume flux",
    19 "l" "volume",
    20 "kg" "mass",
    21 "N" "force",
    22 "Nm" "energy",
    23 "Pa" "pressure",
    24 "bar" "pressure",
    25 "J" "energy",
    26 "J/h" "thermal power",
    27 "W" "active power",
    28 "VA" "apparent power",
    29 "var" "reactive power",
    30 "Wh" "active energy",
    31 "VAh" "apparent energy",
    32 "varh" "reactive energy",
    33 "A" "current",
    34 "C" "electrical charge",
    35 "V" "voltage",
    36 "V/m" "electric field strength",
    37 "F" "capacitance",
    38 "Ω" "resistance",
    39 "Ωm²/m" "resistivity",
    40 "Wb" "magnetic flux",
    41 "T" "magnetic flux density",
    42 "A/m" "magnetic field strength",
    43 "H" "inductance",
    44 "Hz" "frequency",
    45 "1/(Wh)" "active energy meter constant or pulse value",
    46 "1/(varh)" "reactive energy meter constant",
    47 "1/(VAh)" "apparent energy meter constant",
    48 "V²h" "volt-squared hours",
    49 "A²h" "ampere-squared hours",
    50 "kg/s" "mass flux",
    51 "S" "conductance",
    52 "K" "temperature",
    53 "1/(V²h)" "meter constant",
    54 "1/(A²h)" "meter constant",
    55 "1/m3" "meter constant",
    56 "%" "percentage",
    57 "Ah" "ampere-hours",
    60 "Wh/m3" "energy per volume",
    61 "J/m3" "calorific value, Wobbe",
    62 "Mol %" "molar fraction",
    63 "g/m3" "mass density",
    64 "Pa s" "dynamic viscosity",
    65 "J/kg" "specific energy",
    66 "g/cm²" "pressure, gram-force",
    67 "atm" "pressure",
    70 "dBm" "signal strength",
    71 "dBµV" "signal strength",
    72 "dB" "logarithmic ratio",
    128 "in" "length",
    129 "ft" "length",
    130 "lb" "mass",
    131 "°F" "temperature",
    132 "°R" "temperature",
    133 "sq in" "area",
    134 "sq ft" "area",
    135 "ac" "area",
    136 "cu in" "volume",
    137 "cu ft" "volume",
    138 "ac ft" "volume",
    139 "gal (imp)" "volume",
    140 "gal (US)" "volume",
    141 "lbf" "force",
    142 "psi" "pressure",
    143 "lb/cu ft" "density",
    144 "lb/(ft s)" "dynamic viscosity",
    145 "sq ft/s" "kinematic viscosity",
    146 "Btu" "energy",
    147 "thm (EC)" "energy",
    148 "thm (US)" "energy",
    149 "Btu/lb" "calorific value",
    150 "Btu/cu ft" "calorific value",
    151 "cu ft" "volume, meter reading",
    152 "ft/s" "speed",
    153 "cu ft/s" "volume flux",
    154 "cu ft/min" "volume flux",
    155 "cu ft/h" "volume flux",
    156 "cu ft/d" "volume flux",
    157 "ac ft/s" "volume flux",
    158 "ac ft/min" "volume flux",
    159 "ac ft/h" "volume flux",
    160 "ac ft/d" "volume flux",
    161 "gal (imp)" "volume",
    162 "imp gal/s" "volume flux",
    163 "imp gal/min" "volume flux",
    164 "imp gal/h" "volume flux",
    165 "imp gal/d" "volume flux",
    166 "gal (US)" "volume",
    167 "US gal/s" "volume flux",
    168 "US gal/min" "volume flux",
    169 "US gal/h" "volume flux",
    170 "US gal/d" "volume flux",
    171 "Btu/s" "thermal power",
    172 "Btu/min" "thermal power",
    173 "Btu/h" "thermal power",
    174 "Btu/d" "thermal power",
    253 "extended" "extended table of units",
    254 "other" "other unit",
    255 "" "no unit, unitless, count",
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn the_units_of_pushes() {
        for (code, symbol) in [
            (27, "W"),
            (28, "VA"),
            (29, "var"),
            (30, "Wh"),
            (32, "varh"),
            (33, "A"),
            (35, "V"),
            (44, "Hz"),
            (255, ""),
        ] {
            assert_eq!(Unit::from_code(code).to_string(), symbol);
        }
        assert_eq!(Unit::from_code(180).to_string(), "unit 180");
        assert_eq!(Unit::from_code(180).symbol(), None);
        assert_eq!(Unit::MEGAJOULE.code(), None);
    }

    #[test]
    fn written_units_come_with_their_power_of_ten() {
        for (text, unit, scale) in [
            ("kWh", Unit::WATT_HOUR, 3),
            ("kVArh", Unit::VAR_HOUR, 3),
            ("KVAR", Unit::VAR, 3),
            ("dm3", Unit::CUBIC_METRE, -3),
            ("GJ", Unit::GIGAJOULE, 0),
        ] {
            assert_eq!(Unit::parse(text.as_bytes()), Some((unit, scale)), "{text}");
        }
        assert_eq!(Unit::parse(b"furlong"), None);
        assert_eq!(Unit::parse(b""), None);
    }

    #[test]
    fn texts_are_the_same_in_small_letters_and_no_others_are() {
        for length in 1..=5 {
            for place in 0..length {
                let mut seen = std::collections::BTreeMap::new();
                for octet in 0..=255 {
                    let mut text = *b"kVArh";
                    text[place] = octet;
                    let text = &text[..length];
                    let small = seen.entry(packed(text)).or_insert(text.to_ascii_lowercase());
                    assert_eq!(*small, text.to_ascii_lowercase(), "{octet} at {place} of {length}");
                }
                assert_eq!(seen.len(), 256 - 26);
            }
        }
        assert_eq!(packed(b"kVArhs"), None);
    }
}
