//! When which list is sent, by any name that people have for a meter.

use crate::meter::{HOUR, List, Push, QUARTER, list, lists, meter, meters};

/// Which lists are sent, and when, for as long as one likes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The rarest first: of those that are due the first is sent.
    pushes: Vec<Push>,
}

impl Plan {
    /// What is sent under this name: that of a meter, of one list alone, or another of [`names`].
    pub fn named(name: &str) -> Option<Self> {
        let name = OTHER.iter().find(|(other, _)| *other == name).map_or(name, |(_, name)| name);
        match meter(name) {
            Some(meter) => {
                let cadence = meter.cadence.as_millis() as u64;
                let pace = |push: &Push| Push { every: push.every.max(cadence), ..*push };
                Some(Self { pushes: meter.pushes.iter().map(pace).collect() })
            }
            None => Some(Self { pushes: vec![alone(list(name)?.name)?] }),
        }
    }

    /// The first list that is due from this moment on (Unix time in milliseconds), and when.
    ///
    /// # Panics
    ///
    /// Never: no plan is empty.
    pub fn next(&self, unix_ms: u64) -> (u64, &'static List) {
        let due = |push: &Push| unix_ms + (push.at + push.every - unix_ms % push.every) % push.every;
        // Of those that are due at once, the first.
        let push = self.pushes.iter().min_by_key(|push| due(push)).expect("a plan has a push");
        (due(push), list(push.list).expect("a list of the table"))
    }

    /// The lists.
    pub fn lists(&self) -> impl Iterator<Item = &'static List> {
        self.pushes.iter().filter_map(|push| list(push.list))
    }
}

/// Every name that has a plan.
pub fn names() -> impl Iterator<Item = &'static str> {
    let of_meters = meters().iter().map(|meter| meter.name);
    let of_lists = lists().iter().map(|list| list.name).filter(|name| meter(name).is_none());
    OTHER.iter().map(|(name, _)| *name).chain(of_meters).chain(of_lists)
}

/// When a list is sent, if nothing else is.
fn alone(name: &str) -> Option<Push> {
    let sent = |push: &&Push| push.list == name;
    let of_meter = meters().iter().find_map(|meter| {
        let push = meter.pushes.iter().find(sent)?;
        Some(Push { every: push.every.max(meter.cadence.as_millis() as u64), ..*push })
    });
    of_meter.or_else(|| ALONE.iter().find(sent).copied())
}

/// Lists that no meter of the tables sends.
const ALONE: &[Push] = &[
    Push { list: "kaifa-se-bare", every: HOUR, at: 10_000 },
    Push { list: "kamstrup-no-15", every: HOUR, at: 0 },
    Push { list: "kamstrup-push-65-fine", every: 10_000, at: 0 },
    Push { list: "kamstrup-dk-25", every: 10_000, at: 0 },
    Push { list: "landisgyr-e450-push-1-encrypted", every: 5_000, at: 0 },
    Push { list: "landisgyr-e450-stray", every: QUARTER, at: 0 },
    Push { list: "landisgyr-at-burgenland-blocks", every: 5_000, at: 0 },
    Push { list: "iskraemeco-si-c-boolean", every: QUARTER, at: 0 },
    Push { list: "iskraemeco-si-d-9", every: 5_000, at: 0 },
    Push { list: "iskraemeco-si-d-energy", every: 5_000, at: 0 },
    Push { list: "iskraemeco-at-kelag-cut", every: 10_000, at: 0 },
];

/// What else meters and lists are called: short, by their maker, and as the layouts that read them.
const OTHER: &[(&str, &str)] = &[
    ("aidon", "aidon-no-3p"),
    ("embriq", "landisgyr-no"),
    ("iskraemeco", "iskraemeco-si-3p"),
    ("kaifa", "kaifa-no-3p"),
    ("kamstrup", "kamstrup-no-3p"),
    ("landisgyr", "landisgyr-e450"),
    ("p1", "p1-dsmr-5.0"),
    ("sagemcom", "sagemcom-at-noe"),
    ("siemens", "siemens-at-wien"),
    ("aidon-like", "aidon-nameless"),
    ("aidon-no-list-2-one-phase", "aidon-no-list-2-1p"),
    ("aidon-no-list-2-three-wire", "aidon-no-list-2-3w"),
    ("aidon-no-list-3-one-phase", "aidon-no-list-3-1p"),
    ("aidon-no-list-3-three-wire", "aidon-no-list-3-3w"),
    ("egd", "egd-cz"),
    ("embriq-no-list-2", "landisgyr-no-list-2"),
    ("iskraemeco-kelag", "iskraemeco-at-kelag"),
    ("iskraemeco-si-energy", "iskraemeco-si-c"),
    ("iskraemeco-si-one-phase", "iskraemeco-si-d-10"),
    ("iskraemeco-si-one-phase-short", "iskraemeco-si-d-9"),
    ("iskraemeco-si-power-and-energy", "iskraemeco-si-d-energy"),
    ("iskraemeco-si-three-phase", "iskraemeco-si-a"),
    ("iskraemeco-si-totals", "iskraemeco-si-e"),
    ("kaifa-ma309", "kaifa-at-tinetz"),
    ("kaifa-no-list-2-one-phase", "kaifa-no-list-2-1p"),
    ("kaifa-no-list-3-one-phase", "kaifa-no-list-3-1p"),
    ("kamstrup-ct", "kamstrup-no-ct"),
    ("landisgyr-push", "landisgyr-e450"),
    ("netz-burgenland", "landisgyr-at-burgenland"),
    ("netz-noe", "kaifa-at-noe"),
    ("netz-noe-one-phase", "kaifa-at-noe-1p"),
    ("p1-de-easymeter", "easymeter-q3d"),
    ("p1-dsmr-2", "p1-dsmr-2.2"),
    ("p1-dsmr-4", "p1-dsmr-4.2"),
    ("p1-dsmr-5", "p1-dsmr-5.0"),
    ("vse-2026", "landisgyr-e360"),
    ("wiener-netze", "iskraemeco-at-wien"),
    ("wiener-netze-named", "siemens-at-wien"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::START_MS;

    fn sent(name: &str, count: usize) -> Vec<(u64, &'static str)> {
        let plan = Plan::named(name).unwrap();
        let mut time = START_MS;
        let mut next = || {
            let (due, list) = plan.next(time);
            time = due + 1;
            (due - START_MS, list.name)
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn each_list_comes_in_its_own_rhythm() {
        let kaifa = sent("kaifa", 3600 / 2 + 40);
        let of =
            |name: &str| kaifa.iter().filter(|sent| sent.1 == name).map(|sent| sent.0).collect::<Vec<_>>();
        assert_eq!(of("kaifa-no-list-1")[..5], [2_000, 4_000, 6_000, 8_000, 12_000]);
        assert_eq!(of("kaifa-no-list-2")[..3], [0, 10_000, 20_000]);
        assert_eq!(of("kaifa-no-list-3"), [70_000, 3_670_000]);
        assert_eq!(sent("aidon-no-list-1", 3), [0, 2_500, 5_000].map(|time| (time, "aidon-no-list-1")));
        assert_eq!(sent("aidon-no-list-3", 2), [70_000, 3_670_000].map(|time| (time, "aidon-no-list-3")));
        assert_eq!(sent("p1-dsmr-5", 2), [0, 1_000].map(|time| (time, "p1-dsmr-5.0")));
    }

    #[test]
    fn every_name_has_a_plan_and_is_there_once() {
        let mut all: Vec<&str> = names().collect();
        for name in &all {
            assert!(Plan::named(name).is_some_and(|plan| plan.lists().count() > 0), "{name}");
        }
        for list in lists() {
            assert!(alone(list.name).is_some(), "{}", list.name);
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!((all.len(), Plan::named("nobody")), (count, None));
    }
}
