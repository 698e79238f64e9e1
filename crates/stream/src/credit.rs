//! A limit on looking again at octets that were seen before.

/// How many octets a search may look at again, beyond what each unit needs: every octet of the stream earns two.
///
/// It is for what is tried on suspicion only, as repairs are. A unit that is right as it stands must be found without.
/// The state depends on numbers of octets in the stream alone, so that what is tried does not depend on how the stream is
/// cut.
#[derive(Debug, Clone)]
pub struct Credit {
    octets: usize,
    most: usize,
    at: u64,
}

impl Credit {
    /// At most so many octets at once; so many are granted at the start.
    pub const fn new(most: usize) -> Self {
        Self { octets: most, most, at: 0 }
    }

    /// How many octets may be looked at again where the search has come to octet number `at`.
    pub fn at(&mut self, at: u64) -> usize {
        let earned = at.saturating_sub(self.at).saturating_mul(2);
        let octets = usize::try_from(earned).map_or(self.most, |earned| self.octets.saturating_add(earned));
        self.octets = octets.min(self.most);
        self.at = at;
        self.octets
    }

    /// So many octets were looked at.
    pub fn spend(&mut self, octets: usize) {
        self.octets = self.octets.saturating_sub(octets);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_earned_and_spent() {
        let mut credit = Credit::new(100);
        assert_eq!(credit.at(0), 100);
        credit.spend(90);
        assert_eq!(credit.at(0), 10);
        assert_eq!(credit.at(20), 50);
        // In steps as at once, and never more than the most.
        assert_eq!(credit.at(30), 70);
        assert_eq!(credit.at(1000), 100);
        credit.spend(200);
        assert_eq!(credit.at(1000), 0);
        assert_eq!(credit.at(u64::MAX), 100);
    }
}
