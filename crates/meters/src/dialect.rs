//! The kinds of P1 telegrams that are known.

/// A kind of P1 telegram. Telegrams describe themselves, so that none of this is needed to read one: it says what was
/// tried, and what is peculiar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// A short name, `p1-dsmr-5`.
    pub name: &'static str,
    /// Which meters send it, where, and how often.
    pub title: &'static str,
    /// Where it is described.
    pub source: &'static str,
}

/// The kinds of P1 telegrams that are known.
pub static DIALECTS: &[Dialect] = &[
    Dialect {
        name: "p1-dsmr-2",
        title: "Netherlands, DSMR 2.2 and 3.0, every 10 s: no checksum, gas on a line of its own",
        source: "DSMR P1 companion standard 2.2, 3.0",
    },
    Dialect {
        name: "p1-dsmr-4",
        title: "Netherlands, DSMR 4.0 to 4.2.2, every 10 s",
        source: "DSMR P1 companion standard 4.0, 4.2.2",
    },
    Dialect {
        name: "p1-dsmr-5",
        title: "Netherlands, DSMR 5.0.2 and ESMR 5, every second",
        source: "DSMR P1 companion standard 5.0.2",
    },
    Dialect {
        name: "p1-be",
        title: "Belgium (Fluvius, ORES, Resa, Sibelga), e-MUCS, every second: monthly peaks, water",
        source: "e-MUCS P1 2.1.1",
    },
    Dialect {
        name: "p1-lu",
        title: "Luxembourg Smarty, every 10 s, ciphered",
        source: "Luxembourg Smarty P1 specification 1.1.3",
    },
    Dialect {
        name: "p1-se",
        title: "Sweden and Finland, every 10 s: totals, powers of each phase",
        source: "Swedish HAN/H1 port specification 2.0; SESKO SK 13-1:2022",
    },
    Dialect {
        name: "p1-dk",
        title: "Denmark: Landis+Gyr E360, NES 83335, every 10 s",
        source: "messages of their owners",
    },
    Dialect {
        name: "p1-hu",
        title: "Hungary (E.ON, MVM), every 10 s: words for states",
        source: "messages of their owners",
    },
    Dialect {
        name: "p1-lt",
        title: "Lithuania, every 10 s: apparent power, averages",
        source: "ESO P1 description",
    },
    Dialect {
        name: "p1-at-steiermark",
        title: "Austria, Sagemcom T210-D-r (Energienetze Steiermark), ciphered: W and Wh",
        source: "amsreader-firmware issue 264",
    },
    Dialect {
        name: "p1-si",
        title: "Slovenia, Iskraemeco AM550: no checksum",
        source: "amsreader-firmware issue 1037",
    },
    Dialect {
        name: "p1-de-easymeter",
        title: "Germany, EasyMeter Q3D: codes with *255, no checksum",
        source: "messages of their owners",
    },
    Dialect {
        name: "p1-nl-warmtelink",
        title: "Netherlands, WarmteLink heat interface: checksum of fewer than four digits",
        source: "ndokter/dsmr_parser",
    },
];
