//! Who made the meter: FLAG manufacturer ids (IEC 62056-21; the registry of the DLMS UA).

/// Makers by the three letters of their id. Letters that grid companies or devices chose for themselves on P1
/// (`FLU`, `ELL`, `EST`, `Ene`, `Lux`, `GRE`, `NWA`) name no maker and are not here.
const MAKERS: &[([u8; 3], &str)] = &[
    (*b"ACE", "Actaris"),
    (*b"ADN", "Aidon"),
    (*b"AUX", "Sanxing"),
    (*b"DZG", "DZG"),
    (*b"ECH", "Echelon"),
    (*b"EFR", "EFR"),
    (*b"EGM", "Elgama"),
    (*b"ELR", "Elster"),
    (*b"ELS", "Elster"),
    (*b"EMH", "EMH"),
    (*b"ESY", "EasyMeter"),
    (*b"HLY", "Holley"),
    (*b"HON", "Honeywell"),
    (*b"HXE", "Hexing"),
    (*b"ISK", "Iskraemeco"),
    (*b"ITR", "Itron"),
    (*b"KAM", "Kamstrup"),
    (*b"KFM", "Kaifa"),
    (*b"KMP", "Kamstrup"),
    (*b"LGB", "Landis+Gyr"),
    (*b"LGF", "Landis+Gyr"),
    (*b"LGZ", "Landis+Gyr"),
    (*b"LOG", "Logarex"),
    (*b"LUG", "Landis+Gyr"),
    (*b"MET", "Metcom"),
    (*b"NES", "NES"),
    (*b"SAG", "Sagemcom"),
    (*b"SAM", "Siemens"),
    (*b"SIE", "Siemens"),
    (*b"SMS", "Siemens"),
    (*b"XMX", "Xemex"),
    (*b"ZPA", "ZPA"),
];

/// The maker with this FLAG id, as a P1 identification line or a system title begins. `ISk` is `ISK`.
pub fn maker(id: &[u8]) -> Option<&'static str> {
    let id: [u8; 3] = id.first_chunk().copied()?;
    let id = if id == *b"ISk" { *b"ISK" } else { id };
    let at = MAKERS.binary_search_by_key(&id, |(known, _)| *known).ok()?;
    MAKERS.get(at).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_sorted_and_found() {
        assert!(MAKERS.is_sorted());
        assert_eq!(maker(b"KFM"), Some("Kaifa"));
        assert_eq!(maker(b"ISk"), Some("Iskraemeco"));
        assert_eq!(maker(b"LGZgs\x01\x02\x03"), Some("Landis+Gyr"));
        assert_eq!(maker(b"Ene"), None);
        assert_eq!(maker(b"FLU"), None);
        assert_eq!(maker(b"KF"), None);
    }
}
