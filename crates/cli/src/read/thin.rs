//! Fewer readings than the meter sends.

use core::time::Duration;
use std::collections::BTreeMap;
use std::fmt::Write;

use amshan::{Field, Kind, Reading};
use tokio::time::Instant;

/// Which readings to print.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rule {
    /// No more than one of a list in this time.
    pub(crate) every: Option<Duration>,
    /// Only those in which something else than the time is another than in the one before.
    pub(crate) on_change: bool,
    /// Which fields are printed, and so which changes count; all if there are none.
    pub(crate) fields: &'static [Field],
}

/// Which readings of a meter to print. Each list has its own turn, so that one that comes every hour is not lost behind
/// one that comes every two seconds.
#[derive(Debug)]
pub(crate) struct Thin {
    rule: Rule,
    lists: BTreeMap<String, Last>,
}

/// What was printed of a list.
#[derive(Debug)]
struct Last {
    due: Instant,
    content: String,
}

/// So many lists are told apart.
const LISTS: usize = 64;

impl Thin {
    pub(crate) const fn new(rule: Rule) -> Self {
        Self { rule, lists: BTreeMap::new() }
    }

    /// Whether to print this one, which came now.
    pub(crate) fn admits(&mut self, reading: &Reading<'_>) -> bool {
        let shown = |field| self.rule.fields.is_empty() || self.rule.fields.contains(&field);
        if !self.rule.fields.is_empty() && !reading.fields().any(|(field, _)| shown(field)) {
            return false;
        }
        if self.rule.every.is_none() && !self.rule.on_change {
            return true;
        }
        let mut content = String::new();
        if self.rule.on_change {
            let changes =
                |field: Field| shown(field) && field.kind() != Kind::Time && field != Field::FRAME_COUNTER;
            for (field, value) in reading.fields().filter(|(field, _)| changes(*field)) {
                let _ = write!(content, "{field}={value};");
            }
            for object in reading.objects().flatten().filter(|object| object.field.is_none()) {
                if let (Some(value), true) = (&object.value, self.rule.fields.is_empty()) {
                    let _ = write!(content, "{value};");
                }
            }
        }
        let list = reading.layout().map_or_else(String::new, |layout| layout.name.to_owned());
        self.due(list, content)
    }

    /// Whether it is the turn of this list with this content.
    fn due(&mut self, list: String, content: String) -> bool {
        let now = Instant::now();
        let every = self.rule.every.unwrap_or_default();
        let next = |due: Instant| due.checked_add(every).unwrap_or(due);
        let Some(last) = self.lists.get_mut(&list) else {
            if self.lists.len() == LISTS {
                self.lists.pop_first();
            }
            self.lists.insert(list, Last { due: next(now), content });
            return true;
        };
        // A message that comes a little early is the one that was meant: meters are no clocks.
        let early = every.checked_div(20).unwrap_or_default();
        if now.checked_add(early).is_some_and(|now| now < last.due)
            || self.rule.on_change && last.content == content
        {
            return false;
        }
        // Turns are counted from the first, so that what is late once is not late for ever.
        last.due = if next(last.due) > now { next(last.due) } else { next(now) };
        last.content = content;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    /// Which of the messages this far apart are printed.
    async fn printed(rule: Rule, gap: Duration, contents: &[&str]) -> Vec<usize> {
        let mut thin = Thin::new(rule);
        let mut printed = Vec::new();
        for (index, content) in contents.iter().enumerate() {
            if thin.due("a".to_owned(), (*content).to_owned()) {
                printed.push(index);
            }
            advance(gap).await;
        }
        printed
    }

    fn every(seconds: u64) -> Rule {
        Rule { every: Some(Duration::from_secs(seconds)), ..Rule::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn one_in_a_time() {
        assert_eq!(printed(every(10), Duration::from_millis(2500), &["x"; 13]).await, [0, 4, 8, 12]);
        // A meter that is a little quick, or slow.
        assert_eq!(printed(every(10), Duration::from_millis(9900), &["x"; 5]).await, [0, 1, 2, 3, 4]);
        assert_eq!(printed(every(10), Duration::from_millis(3333), &["x"; 10]).await, [0, 3, 6, 9]);
        assert_eq!(printed(every(10), Duration::from_secs(15), &["x"; 4]).await, [0, 1, 2, 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_did_not_change_is_left_out() {
        let rule = Rule { on_change: true, ..Rule::default() };
        assert_eq!(printed(rule, Duration::from_secs(1), &["1", "1", "2", "2", "1"]).await, [0, 2, 4]);
        let both = Rule { on_change: true, ..every(3) };
        assert_eq!(
            printed(both, Duration::from_secs(1), &["1", "2", "2", "2", "2", "1", "1"]).await,
            [0, 3, 6]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn lists_have_their_own_turns() {
        let mut thin = Thin::new(every(10));
        assert!(thin.due("quick".to_owned(), String::new()));
        assert!(thin.due("hourly".to_owned(), String::new()));
        assert!(!thin.due("quick".to_owned(), String::new()));
    }
}
