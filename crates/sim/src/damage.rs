//! What lines and adapters do to octets.

use crate::rng::Rng;

/// One kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Damage {
    /// One bit is flipped.
    FlipBit,
    /// One octet is lost.
    LoseOctet,
    /// One octet comes twice.
    DoubleOctet,
    /// Up to 16 random octets are put in.
    InsertNoise,
    /// One `7E` (or where there is none, the last octet) is lost.
    LoseFlag,
    /// A terminal turned each `0A` into `0D 0A`.
    LineEnds,
    /// What follows some octet is lost.
    CutTail,
    /// What precedes some octet is lost.
    CutHead,
}

/// Every kind of damage.
pub const ALL: [Damage; 8] = [
    Damage::FlipBit,
    Damage::LoseOctet,
    Damage::DoubleOctet,
    Damage::InsertNoise,
    Damage::LoseFlag,
    Damage::LineEnds,
    Damage::CutTail,
    Damage::CutHead,
];

impl Damage {
    /// Does it to `octets`, at a place that the generator picks. Where nothing stands, nothing breaks; a
    /// [`Damage::LineEnds`] without a line end changes nothing either.
    pub fn apply(self, octets: &mut Vec<u8>, rng: &mut Rng) {
        if octets.is_empty() {
            return;
        }
        let at = rng.below(octets.len() as u64) as usize;
        match self {
            Self::FlipBit => octets[at] ^= 1 << rng.below(8),
            Self::LoseOctet => drop(octets.remove(at)),
            Self::DoubleOctet => octets.insert(at, octets[at]),
            Self::InsertNoise => {
                let noise: Vec<u8> = (0..=rng.below(16)).map(|_| rng.next_u64() as u8).collect();
                octets.splice(at..at, noise);
            }
            Self::LoseFlag => {
                let flags: Vec<usize> = (0..octets.len()).filter(|&i| octets[i] == 0x7E).collect();
                let which = rng.below(flags.len() as u64) as usize;
                octets.remove(flags.get(which).copied().unwrap_or(octets.len() - 1));
            }
            Self::LineEnds => {
                let widen = |&octet: &u8| if octet == 0x0A { vec![0x0D, 0x0A] } else { vec![octet] };
                *octets = octets.iter().flat_map(widen).collect();
            }
            Self::CutTail => octets.truncate(at),
            Self::CutHead => drop(octets.drain(..at)),
        }
    }
}

/// Does one kind of damage, picked by the generator, and says which.
pub fn any(octets: &mut Vec<u8>, rng: &mut Rng) -> Damage {
    let damage = ALL[rng.below(ALL.len() as u64) as usize];
    damage.apply(octets, rng);
    damage
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_does_what_it_says() {
        let whole = b"\x7E12\x0A34\x7E".to_vec();
        for seed in 0..200 {
            for damage in ALL {
                let mut octets = whole.clone();
                damage.apply(&mut octets, &mut Rng::new(seed));
                let bits: u32 = whole.iter().zip(&octets).map(|(a, b)| (a ^ b).count_ones()).sum();
                match damage {
                    Damage::FlipBit => assert_eq!((octets.len(), bits), (7, 1)),
                    Damage::LoseOctet => assert_eq!(octets.len(), 6),
                    Damage::DoubleOctet => assert_eq!(octets.len(), 8),
                    Damage::InsertNoise => assert!((8..=23).contains(&octets.len())),
                    Damage::LoseFlag => assert!(octets == whole[1..] || octets == whole[..6]),
                    Damage::LineEnds => assert_eq!(octets, b"\x7E12\x0D\x0A34\x7E"),
                    Damage::CutTail => assert!(whole.starts_with(&octets) && octets.len() < 7),
                    Damage::CutHead => assert!(whole.ends_with(&octets)),
                }
            }
        }
    }

    #[test]
    fn nothing_cannot_be_damaged() {
        for damage in ALL {
            let mut octets = Vec::new();
            damage.apply(&mut octets, &mut Rng::new(1));
            assert!(octets.is_empty());
        }
    }
}
