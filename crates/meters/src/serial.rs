//! What is written with `serde`: fields by their names, and what of an owned reading is not written as it stands.

use core::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::field::Field;

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A name of the dictionary. That of a quantity which a layout has added is an error, for there is no layout to take it
/// from (an owned reading keeps such a name as text).
impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Named)
    }
}

struct Named;

impl Visitor<'_> for Named {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a quantity")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Field, E> {
        Field::named(name).ok_or_else(|| E::custom(format_args!("no quantity is called \"{name}\"")))
    }
}

/// The values as a map.
#[cfg(feature = "alloc")]
pub(crate) mod values {
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;
    use core::fmt;

    use serde::de::{MapAccess, Visitor};
    use serde::{Deserializer, Serializer};

    use crate::buf::{Name, ValueBuf};

    pub(crate) fn serialize<S: Serializer>(
        values: &[(Name, ValueBuf)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(values.iter().map(|(name, value)| (name.to_string(), value)))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(Name, ValueBuf)>, D::Error> {
        deserializer.deserialize_map(Values)
    }

    struct Values;

    impl<'de> Visitor<'de> for Values {
        type Value = Vec<(Name, ValueBuf)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("values by their names")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut values = Vec::new();
            while let Some((name, value)) = map.next_entry::<String, ValueBuf>()? {
                let Ok(name) = name.parse();
                values.push((name, value));
            }
            Ok(values)
        }
    }
}

/// Octets, in hexadecimal digits where people read them.
#[cfg(feature = "alloc")]
pub(crate) mod octets {
    use alloc::string::String;
    use alloc::vec::Vec;
    use core::fmt;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::value::hex;

    struct Hex<'a>(&'a [u8]);

    impl fmt::Display for Hex<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            hex(f, self.0)
        }
    }

    pub(crate) fn serialize<S: Serializer>(octets: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&Hex(octets))
        } else {
            octets.serialize(serializer)
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        if !deserializer.is_human_readable() {
            return Vec::deserialize(deserializer);
        }
        let text = String::deserialize(deserializer)?;
        let pair = |pair: &[u8]| {
            let digits = core::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
            u8::from_str_radix(digits, 16).ok()
        };
        let octets: Option<_> = text.as_bytes().chunks(2).map(pair).collect();
        octets.ok_or_else(|| D::Error::custom("not pairs of hexadecimal digits"))
    }
}

/// A float, as text where people read it: JSON has no word for those that are no numbers.
#[cfg(feature = "alloc")]
pub(crate) mod float {
    use alloc::string::String;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's form")]
    pub(crate) fn serialize<S: Serializer>(float: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(float)
        } else {
            float.serialize(serializer)
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        if !deserializer.is_human_readable() {
            return f64::deserialize(deserializer);
        }
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
