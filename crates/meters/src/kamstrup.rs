//! Kamstrup (Denmark): pairs of code and value behind the name of the list. The message does not say the scale.

use crate::layout::{Clock, Element, Layout, Mark, code};
use crate::table::{I16, U16, U32, current, energy, plain, power, text, time, voltage};

/// What a meter does not have it does not send, and firmware has added codes over the years; so the list is known
/// by its name and may have other elements, too.
///
/// Energies are in 10 Wh. Meters that were set to three decimals since 2023 (Sweden, Switzerland) send Wh, which the
/// message does not tell. Voltages of more than 1000 V are firmware that sends hundredths (Bornholm).
pub(crate) const LIST: Layout<'static> = Layout {
    name: "kamstrup",
    maker: "Kamstrup",
    title: "Kamstrup Omnipower and Omnia, Norway, Sweden, Denmark, Switzerland, every 10 s and every hour",
    source: "Kamstrup HAN-NVE interface description rev 3.1; 5512-2584 (DLMS push 1)",
    marks: &[Mark { obis: code("1-1:0.2.129"), begins: "Kamstrup_V" }],
    open: true,
    // Normal time, by the description, and no deviation. Meters that follow summer time say so in the status (80 in lists
    // of June 2021 and April 2023); others have 00 in summer (September 2025).
    clock: Clock::WithSeason,
    elements: &elements(-2),
    ..Layout::EMPTY
};

/// Type numbers 685… are meters at current transformers, which send mA.
pub(crate) const LIST_CT: Layout<'static> = Layout {
    name: "kamstrup-ct",
    title: "Kamstrup Omnipower CT (type 685…), every 10 s and every hour",
    marks: &[
        Mark { obis: code("1-1:0.2.129"), begins: "Kamstrup_V" },
        Mark { obis: code("1-1:96.1.1"), begins: "685" },
    ],
    elements: &elements(-3),
    ..LIST
};

/// Everything that any Kamstrup list holds, its currents at this scale.
const fn elements(amperes: i8) -> [Element; 39] {
    const fn factor(obis: &str) -> Element {
        plain(obis, U16, -2).or(I16)
    }
    [
        text("1-1:0.2.129").first(),
        text("1-1:0.0.5"),
        plain("1-1:0.0.1", U32, 0),
        text("1-1:96.1.1"),
        time("0-1:1.0.0"),
        power("1-1:1.7.0"),
        power("1-1:2.7.0"),
        power("1-1:3.7.0"),
        power("1-1:4.7.0"),
        power("1-1:21.7.0"),
        power("1-1:41.7.0"),
        power("1-1:61.7.0"),
        power("1-1:22.7.0"),
        power("1-1:42.7.0"),
        power("1-1:62.7.0"),
        current("1-1:31.7.0", U32, amperes),
        current("1-1:51.7.0", U32, amperes),
        current("1-1:71.7.0", U32, amperes),
        voltage("1-1:32.7.0", U16, 0).above(1000, -2),
        voltage("1-1:52.7.0", U16, 0).above(1000, -2),
        voltage("1-1:72.7.0", U16, 0).above(1000, -2),
        factor("1-1:13.7.0"),
        factor("1-1:33.7.0"),
        factor("1-1:53.7.0"),
        factor("1-1:73.7.0"),
        energy("1-1:1.8.0", 1),
        energy("1-1:2.8.0", 1),
        energy("1-1:3.8.0", 1),
        energy("1-1:4.8.0", 1),
        energy("1-1:5.8.0", 1),
        energy("1-1:6.8.0", 1),
        energy("1-1:7.8.0", 1),
        energy("1-1:8.8.0", 1),
        energy("1-1:21.8.0", 1),
        energy("1-1:41.8.0", 1),
        energy("1-1:61.8.0", 1),
        energy("1-1:22.8.0", 1),
        energy("1-1:42.8.0", 1),
        energy("1-1:62.8.0", 1),
    ]
}
