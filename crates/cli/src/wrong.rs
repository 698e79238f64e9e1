//! What is wrong with a reading, in words.

use std::fmt::Arguments;

use amshan::cosem::Security;
use amshan::{By, Reading};

use crate::output::Seen;
use crate::zone;

/// How many kinds of things there are that are the same with every message of a meter, so that they need not be said of
/// each.
pub(crate) const KINDS: usize = 4 + zone::Doubt::KINDS;

/// Says all that is wrong with a reading that was printed; `meter` is the one that was chosen. What is the same with
/// every message of a meter comes with the number of its kind.
pub(crate) fn tell(
    reading: &Reading<'_>,
    seen: &Seen,
    meter: Option<&str>,
    mut say: impl FnMut(Option<usize>, Arguments<'_>),
) {
    if seen.flaws {
        for flaw in reading.objects().filter_map(Result::err) {
            say(None, format_args!("{flaw}"));
        }
    }
    if let Some(announced) = reading.cut() {
        say(
            None,
            format_args!("the list ends before all of its {announced} elements; what is whole is given"),
        );
    }
    if let Some(meter) = meter.filter(|_| reading.by() != By::Layout) {
        say(Some(0), format_args!("the list is not that of {meter}; it is read by its codes"));
    }
    for doubt in seen.telling.doubts() {
        say(Some(usize::from(doubt.number()).saturating_add(1)), format_args!("{doubt}"));
    }
    for doubt in &seen.misplaced {
        say(Some(doubt.number().saturating_add(4)), format_args!("{doubt}"));
    }
    let unchecked = |security: Security| security.control.authenticated() && !security.authenticated;
    if reading.security().is_some_and(unchecked) {
        say(None, format_args!("the message has a tag that was not checked: give --auth-key to check it"));
    }
}
