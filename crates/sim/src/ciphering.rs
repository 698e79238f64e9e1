//! Ciphered APDUs: AES-GCM with a tag of twelve octets (DLMS UA 1000-2, 9.2.7).

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::aes::{Aes128, Aes256};
use aes_gcm::{AesGcm, Nonce};

use crate::axdr::Length;

/// Security control: authenticated only.
pub const AUTHENTICATED: u8 = 0x10;
/// Security control: encrypted only, no tag on the wire.
pub const ENCRYPTED: u8 = 0x20;
/// Security control: authenticated and encrypted.
pub const BOTH: u8 = 0x30;

/// The authentication key that Luxembourg and others have published for their P1 ports.
pub const P1_AUTH_KEY: [u8; 16] =
    [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF];

/// Who ciphers, and how.
#[derive(Clone, Copy)]
pub struct Cipher<'a> {
    /// System title.
    pub title: [u8; 8],
    /// Security control octet: [`AUTHENTICATED`], [`ENCRYPTED`] or [`BOTH`], with the suite (0, 1, 2) in the low bits.
    pub control: u8,
    /// Invocation counter.
    pub counter: u32,
    /// Encryption key: 16 octets, in suite 2 32.
    pub key: &'a [u8],
    /// Authentication key, of the same length.
    pub auth_key: &'a [u8],
    /// How the length of the ciphered part is written.
    pub length: Length,
}

impl core::fmt::Debug for Cipher<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut out = f.debug_struct("Cipher");
        out.field("title", &self.title).field("control", &self.control).field("counter", &self.counter);
        out.finish_non_exhaustive()
    }
}

impl Cipher<'_> {
    /// general-glo-ciphering (tag `DB`).
    pub fn general_glo(&self, apdu: &[u8]) -> Vec<u8> {
        self.general(0xDB, apdu)
    }

    /// general-ded-ciphering (tag `DC`).
    pub fn general_ded(&self, apdu: &[u8]) -> Vec<u8> {
        self.general(0xDC, apdu)
    }

    /// general-ciphering (tag `DD`) without key information: transaction id, originator, recipient, time and other
    /// information are part of what is authenticated.
    pub fn general_ciphering(&self, transaction: &[u8], recipient: &[u8], apdu: &[u8]) -> Vec<u8> {
        let mut header = Vec::new();
        for part in [transaction, &self.title, recipient, &[], &[]] {
            Length::Shortest.encode(part.len(), &mut header);
            header.extend(part);
        }
        let mut out = vec![0xDD];
        out.extend(&header);
        out.push(0x00);
        self.ciphered(&header, apdu, &mut out);
        out
    }

    fn general(&self, tag: u8, apdu: &[u8]) -> Vec<u8> {
        let mut out = vec![tag, 0x08];
        out.extend(self.title);
        self.ciphered(&[], apdu, &mut out);
        out
    }

    /// Length, security control, counter, text and tag.
    fn ciphered(&self, header: &[u8], apdu: &[u8], out: &mut Vec<u8>) {
        let sealed = self.seal(header, apdu);
        self.length.encode(5 + sealed.len(), out);
        out.push(self.control);
        out.extend(self.counter.to_be_bytes());
        out.extend(sealed);
    }

    /// The text, ciphered or in clear, and the tag, as the security control octet asks for.
    fn seal(&self, header: &[u8], plain: &[u8]) -> Vec<u8> {
        let aad = [&[self.control], self.auth_key, header].concat();
        match self.control & 0x30 {
            0x30 => self.gcm(&aad, plain),
            0x20 => self.gcm(&[], plain)[..plain.len()].to_vec(),
            0x10 => [plain, &self.gcm(&[&aad, plain].concat(), &[])].concat(),
            _ => plain.to_vec(),
        }
    }

    fn gcm(&self, aad: &[u8], msg: &[u8]) -> Vec<u8> {
        let mut iv = [0; 12];
        iv[..8].copy_from_slice(&self.title);
        iv[8..].copy_from_slice(&self.counter.to_be_bytes());
        let (iv, payload) = (Nonce::<U12>::from(iv), Payload { msg, aad });
        let sealed = if self.control & 0x0F == 2 {
            let gcm = AesGcm::<Aes256, U12, U12>::new_from_slice(self.key).expect("a key of 32 octets");
            gcm.encrypt(&iv, payload)
        } else {
            let gcm = AesGcm::<Aes128, U12, U12>::new_from_slice(self.key).expect("a key of 16 octets");
            gcm.encrypt(&iv, payload)
        };
        sealed.expect("no more than 64 GiB")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::{hex, unhex};

    const KEY: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    fn green_book(control: u8) -> Cipher<'static> {
        const AUTH: [u8; 16] =
            [0xD0, 0xD1, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF];
        Cipher {
            title: *b"MMM\0\0\xBCaN",
            control,
            counter: 0x0123_4567,
            key: &KEY,
            auth_key: &AUTH,
            length: Length::Shortest,
        }
    }

    #[test]
    fn green_book_get_request() {
        let plain = unhex("C0010000080000010000FF0200");
        let text = "411312FF935A47566827C467BC";
        for (control, sealed) in [
            (0x10, "C0010000080000010000FF020006725D910F9221D263877516".to_owned()),
            (0x20, text.to_owned()),
            (0x30, format!("{text}7D825C3BE4A77C3FCC056B6B")),
        ] {
            assert_eq!(hex(&green_book(control).seal(&[], &plain)), sealed, "{control:02X}");
        }
    }

    #[test]
    fn ciphered_push() {
        let plain = unhex("0F0000000100020409060100010700FF060000157E09060100200700FF1208FC");
        let text = "8E1212FF9A5A455361213A65BD199E0709634F11092F3975137BD25CF1A8D032";
        let head = "DB084D4D4D0000BC614E";
        for (control, whole) in [
            (0x10, format!("{head}311001234567{}D01F7BD254797ADB92F6E42E", hex(&plain))),
            (0x20, format!("{head}252001234567{text}")),
            (0x30, format!("{head}313001234567{text}DE0BA54B2B12212E4C9C5A1C")),
        ] {
            assert_eq!(hex(&green_book(control).general_glo(&plain)), whole);
        }
        let dedicated = green_book(0x30).general_ded(&plain);
        assert_eq!(dedicated[0], 0xDC);
        assert_eq!(dedicated[1..], green_book(0x30).general_glo(&plain)[1..]);
    }

    #[test]
    fn encrypted_p1() {
        let telegram = crate::p1::tests::EXAMPLE;
        let cipher = Cipher {
            title: *b"SAG\0\0\0\0\x01",
            control: BOTH,
            counter: 1,
            key: &KEY,
            auth_key: &P1_AUTH_KEY,
            length: Length::Two,
        };
        let expected =
            "DB0853414700000000018200AB3000000001F21D83B1D607B54581E487910DD4DD11E607747A1B10952372A9F9183100
            451CEDEE71BDD8132F9EDDE6F62F85AF024D612D962D66A229A717BAFDB09E62146470ED63BD5C26F85FFE4DFE81B35F
            8C423B6227120282C43956C04B191066C341399354785EB36B162CD12D50462EA23936FA3FA59C5821FFCFE2EC643298
            707AA9988AA934353D998AFA578146F065A47F67DAB8E8AA5013B6A0219964BFC2A7DAF2A3EDF005";
        assert_eq!(cipher.general_glo(telegram.as_bytes()), unhex(expected));
    }

    #[test]
    fn netz_niederoesterreich() {
        let published = unhex(
            "68FAFA6853FF000167DB084B464D675000000981F8200000002388D5AB4F97515AAFC6B88D2F85DAA7A0E3C0C40D0045
             35C397C9D037AB7DBDA329107615444894A1A0DD7E85F02D496CECD3FF46AF5FB3C9229CFE8F3EE4606AB2E1F409F36A
             AD2E50900A4396FC6C2E083F373233A69616950758BFC7D63A9E9B6E99E21B2CBC2B934772CA51FD4D69830711CAB1F8
             CFF25F0A329337CBA51904F0CAED88D61968743C8454BA922EB00038182C22FE316D16F2A9F544D6F75D51A4E92A1C4E
             F8AB19A2B7FEAA32D0726C0ED80229AE6C0F7621A4209251ACE2B2BC66FF0327A653BB686C756BE033C7A281F1D2A7E1
             FA31C3983E15F8FD16CC5787E6F517166814146853FF110167419A3CFDA44BE438C96F0E38BF83D98316",
        );
        let plain = unhex(
            "0F8006870E0C07E5091B01092F0F00FF88800223090C07E5091B01092F0F00FF888009060100010800FF060000328902
             020F00161E09060100020800FF060000000002020F00161E09060100010700FF060000000002020F00161B0906010002
             0700FF060000000002020F00161B09060100200700FF12092102020FFF162309060100340700FF12000002020FFF1623
             09060100480700FF12000002020FFF1623090601001F0700FF12000002020FFE162109060100330700FF12000002020F
             FE162109060100470700FF12000002020FFE1621090601000D0700FF1203E802020FFD16FF090C313831323230303030
             303039",
        );
        let cipher = Cipher {
            title: *b"KFM\x67\x50\0\0\x09",
            control: ENCRYPTED,
            counter: 0x23,
            key: &unhex("36C66639E48A8CA4D6BC8B282A793BBB"),
            auth_key: &[],
            length: Length::Shortest,
        };
        assert_eq!(crate::mbus::telegrams(&cipher.general_glo(&plain), 250), published);
    }

    #[test]
    fn suite_2_takes_a_key_of_32_octets() {
        let keys = [0xC7; 32];
        let cipher = Cipher { control: 0x32, key: &keys, auth_key: &keys, ..green_book(0) };
        assert_eq!(cipher.general_glo(b"plain").len(), 2 + 8 + 1 + 5 + 5 + 12);
        assert!(!format!("{cipher:?}").contains("199"));
    }

    #[test]
    fn general_ciphering_carries_both_titles() {
        let unit = green_book(0x30).general_ciphering(&[1, 2], b"RECEIVER", b"plain");
        assert_eq!(hex(&unit[..25]), "DD020102084D4D4D0000BC614E0852454345495645520000".to_owned() + "00");
        assert_eq!(unit.len(), 25 + 1 + 5 + 5 + 12);
    }
}
