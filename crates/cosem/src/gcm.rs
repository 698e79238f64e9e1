//! AES-GCM as DLMS uses it (DLMS UA 1000-2, 9.2.7): the additional data in several parts, the tag cut to 12 octets.
//!
//! Put together from the block cipher, its counter mode and GHASH, because the additional data of a message that is
//! only authenticated is the message itself, behind a key that stands elsewhere: it is not one slice.

use aes::cipher::{BlockCipherEncrypt, KeyInit, KeyIvInit, StreamCipher};
use aes::{Aes128, Aes256};
use ghash::GHash;
use ghash::universal_hash::UniversalHash;

use crate::keys::Key;

/// Octets of a tag.
pub(crate) const TAG: usize = 12;

/// The title of the sender and the counter of the message.
pub(crate) type Iv = [u8; 12];

/// Encrypts or decrypts, which is the same.
pub(crate) fn crypt(key: &Key, iv: &Iv, content: &mut [u8]) {
    // Counter 1 is for the tag.
    let start = counter_block(iv, 2);
    match <&[u8; 32]>::try_from(key.octets()) {
        Ok(key) => ctr::Ctr32BE::<Aes256>::new(key.into(), &start.into()).apply_keystream(content),
        Err(_) => {
            if let Ok(key) = <&[u8; 16]>::try_from(key.octets()) {
                ctr::Ctr32BE::<Aes128>::new(key.into(), &start.into()).apply_keystream(content);
            }
        }
    }
}

/// The tag over additional data, given in parts, and ciphertext.
pub(crate) fn tag(key: &Key, iv: &Iv, additional: &[&[u8]], ciphertext: &[u8]) -> [u8; TAG] {
    let mut hash = GHash::new(&hash_key(key).into());
    let mut block = Block::default();
    let mut length = 0u64;
    for part in additional {
        length = length.saturating_add(part.len() as u64);
        part.iter().for_each(|octet| block.push(*octet, &mut hash));
    }
    block.pad(&mut hash);
    hash.update_padded(ciphertext);
    let bits = (u128::from(length) << 64 | ciphertext.len() as u128) << 3;
    hash.update(&[bits.to_be_bytes().into()]);
    let sum = u128::from_be_bytes(hash.finalize().into());
    let tag = sum ^ u128::from_be_bytes(block_cipher(key, counter_block(iv, 1)));
    tag.to_be_bytes().first_chunk().copied().unwrap_or_default()
}

/// The key of the hash: the cipher of zero.
pub(crate) fn hash_key(key: &Key) -> [u8; 16] {
    block_cipher(key, [0; 16])
}

fn counter_block(iv: &Iv, counter: u32) -> [u8; 16] {
    let mut block = [0; 16];
    block.iter_mut().zip(iv.iter().chain(&counter.to_be_bytes())).for_each(|(to, from)| *to = *from);
    block
}

fn block_cipher(key: &Key, block: [u8; 16]) -> [u8; 16] {
    let mut block = block.into();
    if let Ok(cipher) = Aes256::new_from_slice(key.octets()) {
        cipher.encrypt_block(&mut block);
    } else if let Ok(cipher) = Aes128::new_from_slice(key.octets()) {
        cipher.encrypt_block(&mut block);
    }
    block.into()
}

/// Sixteen octets that become a block of the hash.
#[derive(Default)]
struct Block {
    octets: [u8; 16],
    filled: usize,
}

impl Block {
    fn push(&mut self, octet: u8, hash: &mut GHash) {
        if let Some(place) = self.octets.get_mut(self.filled) {
            *place = octet;
        }
        self.filled = self.filled.saturating_add(1);
        if self.filled == 16 {
            self.pad(hash);
        }
    }

    fn pad(&mut self, hash: &mut GHash) {
        if self.filled > 0 {
            hash.update(&[self.octets.into()]);
            *self = Self::default();
        }
    }
}

/// Finds the one bit whose change explains a wrong tag: the octet of the hashed data it is in.
///
/// The tag is linear in the data: a bit that changed in block `b` of `blocks` changes the hash by that bit times the
/// hash key to the power of `blocks - b`. So every bit of the message can be tried without hashing it again, and only
/// one that was really changed explains 96 bits of difference.
pub(crate) fn changed_octet(hash_key: [u8; 16], difference: [u8; TAG], blocks: usize) -> Option<usize> {
    let mut wanted = [0; 16];
    wanted.iter_mut().zip(difference).for_each(|(to, from)| *to = from);
    let wanted = Difference::new(u128::from_be_bytes(wanted));
    // Hashing a block 0 multiplies by the key. The last block is that of the lengths, at the first power.
    let mut hash = GHash::new(&hash_key.into());
    hash.update(&[ONE.to_be_bytes().into()]);
    for block in (0..blocks.saturating_sub(1)).rev() {
        hash.update(&[[0; 16].into()]);
        let mut bit = u128::from_be_bytes(hash.clone().finalize().into());
        for first in (0..128).step_by(BITS) {
            if let Some(behind) = wanted.behind(bit) {
                let place = behind.saturating_add(first);
                return Some(block.saturating_mul(16).saturating_add(place / 8));
            }
            bit = times_x(bit, 32);
        }
    }
    None
}

/// So many bits that follow each other are looked at together.
const BITS: usize = 32;

/// The difference that one bit has made, of which the last 32 bits are not known.
///
/// Multiplied by x, all bits of an element move on by one, and only the first eight change in other ways. So what an
/// element has behind these stands n bits further on in its product with xⁿ, and can be looked for there.
struct Difference {
    all: u128,
    /// For each n, what an element must have behind its first eight bits.
    seen: [u64; BITS],
    /// Whether one of them ends with this octet.
    ends: [bool; 256],
}

impl Difference {
    fn new(all: u128) -> Self {
        let (mut seen, mut ends) = ([0; BITS], [false; 256]);
        for (n, seen) in seen.iter_mut().enumerate() {
            *seen = behind_first(all << n);
            let [end, ..] = seen.to_le_bytes();
            if let Some(is_end) = ends.get_mut(usize::from(end)) {
                *is_end = true;
            }
        }
        Self { all, seen, ends }
    }

    /// The n with which the product of this element and xⁿ is the difference.
    fn behind(&self, element: u128) -> Option<usize> {
        let here = behind_first(element);
        let [end, ..] = here.to_le_bytes();
        if !self.ends.get(usize::from(end)).is_some_and(|is_end| *is_end) {
            return None;
        }
        let is_all = |n: &usize| (0..*n).fold(element, |bit, _| times_x(bit, 1)) >> 32 == self.all >> 32;
        self.seen.iter().enumerate().filter(|(_, seen)| **seen == here).map(|(n, _)| n).find(is_all)
    }
}

/// The 56 bits behind the first eight: 31 further on, they are still among those that are known of a difference.
fn behind_first(element: u128) -> u64 {
    let [_, octets @ .., _, _, _, _, _, _, _, _] = element.to_be_bytes();
    octets.iter().fold(0, |all, octet| all << 8 | u64::from(*octet))
}

/// Multiplied by xⁿ, n up to 32, in the field of GCM (NIST SP 800-38D, 6.3), where the first bit is the constant term and
/// x¹²⁸ = x⁷ + x² + x + 1.
const fn times_x(element: u128, n: u32) -> u128 {
    // The last n bits, first.
    let carry = element.wrapping_shl(n.wrapping_neg());
    element.wrapping_shr(n) ^ carry ^ carry >> 1 ^ carry >> 2 ^ carry >> 7
}

const ONE: u128 = 1 << 127;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_changed_bit_is_found() {
        let key = Key::from_octets(&[7; 16]).unwrap();
        let iv = [3; 12];
        let mut data = [0x5A; 100];
        let right = tag(&key, &iv, &[&[1; 17]], &data);
        for (octet, bit) in (0..100).flat_map(|octet| (0..8).map(move |bit| (octet, 1 << bit))) {
            data[octet] ^= bit;
            let wrong = tag(&key, &iv, &[&[1; 17]], &data);
            data[octet] ^= bit;
            let difference = core::array::from_fn(|at| right[at] ^ wrong[at]);
            // two blocks of additional data, seven of text, one of lengths
            assert_eq!(changed_octet(hash_key(&key), difference, 10), Some(32 + octet));
        }
        data[3] ^= 1;
        data[50] ^= 1;
        let wrong = tag(&key, &iv, &[&[1; 17]], &data);
        let difference = core::array::from_fn(|at| right[at] ^ wrong[at]);
        assert_eq!(changed_octet(hash_key(&key), difference, 10), None);
    }
}
