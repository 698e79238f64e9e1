//! Keys from the command line, the environment and a key file.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fmt, fs, io};

use amshan::cosem::{Key, KeyError, KeyStore, Keys, SystemTitle};
use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use crate::args::KeyOptions;

/// The keys that the user gave.
#[derive(Debug, Default)]
pub(crate) struct KeyRing {
    /// For every sender.
    any: Option<Keys>,
    /// By system title, in hexadecimal, lower case.
    titles: BTreeMap<String, Keys>,
}

/// Why the keys can't be used. It never holds a key.
#[derive(Debug)]
pub(crate) enum Error {
    /// The key of this option or table is none.
    Key(String, KeyError),
    /// An authentication key without an encryption key.
    Alone,
    /// The key file can't be read.
    File(io::Error),
    /// The key file makes no sense at this line.
    Form(usize),
    /// A table of the key file is not named by a system title.
    Title,
}

/// A table of the key file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    key: Zeroizing<String>,
    auth_key: Option<Zeroizing<String>>,
}

impl KeyRing {
    pub(crate) fn new(options: &KeyOptions) -> Result<Self, Error> {
        let key = |name: &str, text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => Key::from_hex(text).map(Some).map_err(|error| Error::Key(name.to_owned(), error)),
        };
        let encryption = key("--key", &options.key)?;
        let authentication = key("--auth-key", &options.auth_key)?;
        let any = match (encryption, authentication) {
            (Some(encryption), authentication) => Some(Keys { encryption, authentication }),
            (None, Some(_)) if options.keys.is_none() => return Err(Error::Alone),
            (None, _) => None,
        };
        let titles = options.keys.as_deref().map(read).transpose()?.unwrap_or_default();
        Ok(Self { any, titles })
    }
}

impl KeyStore for KeyRing {
    fn keys(&self, title: &SystemTitle) -> Option<Keys> {
        self.titles.get(&title.to_string()).or(self.any.as_ref()).cloned()
    }
}

/// Reads a key file: TOML, a table for each system title. What is wrong with it is said in fixed words and with the line:
/// the parser's own would quote the text, and so the key.
fn read(path: &Path) -> Result<BTreeMap<String, Keys>, Error> {
    let mut text = fs::read_to_string(path).map_err(Error::File)?;
    let entries: Result<BTreeMap<String, Entry>, _> = toml::from_str(&text);
    let line = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count().saturating_add(1));
    let entries = entries.map_err(|error| Error::Form(error.span().map_or(1, |span| line(span.start))));
    text.zeroize();
    let mut titles = BTreeMap::new();
    for (title, entry) in entries? {
        // Eight octets; where a message has no title, the three letters of its maker stand for one.
        if !matches!(title.len(), 16 | 6) || !title.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(Error::Title);
        }
        let key = |name: &str, text: &str| {
            Key::from_hex(text).map_err(|error| Error::Key(format!("key file: {name} of [{title}]"), error))
        };
        let encryption = key("key", &entry.key)?;
        let authentication = entry.auth_key.as_ref().map(|text| key("auth_key", text)).transpose()?;
        titles.insert(title.to_ascii_lowercase(), Keys { encryption, authentication });
    }
    Ok(titles)
}

/// A text in which whatever may be a key is not shown: a slip on the command line must not print it.
pub(crate) fn hidden(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        let (before, run) = rest.split_at(start);
        let (run, behind) = run.split_at(run.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(run.len()));
        shown += before;
        shown += if run.len() >= 16 { "(hidden)" } else { run };
        rest = behind;
    }
    shown + rest
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(name, error) => write!(f, "{name}: {error}"),
            Self::Alone => write!(f, "--auth-key needs --key as well"),
            Self::File(error) => write!(f, "key file: {error}"),
            Self::Form(line) => write!(
                f,
                "key file: line {line} makes no sense; there must be tables [system title] with key = \"…\" and, where \
                 the meter's messages have a tag, auth_key = \"…\""
            ),
            Self::Title => {
                write!(f, "key file: a table is not named by a system title, 16 hexadecimal digits")
            }
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(key: &str, auth: Option<&str>) -> KeyOptions {
        KeyOptions {
            key: Some(key.to_owned()),
            auth_key: auth.map(str::to_owned),
            keys: None,
            unverified: false,
        }
    }

    #[test]
    fn a_key_file_has_a_table_for_each_title() {
        let folder = std::env::temp_dir().join(format!("amshan-keys-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("keys.toml");
        let write = |text: &str| fs::write(&path, text).unwrap();
        write(
            "[58595A0000000001]\nkey = \"000102030405060708090a0b0c0d0e0f\"\nauth_key = \"D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\"\n",
        );
        let title = SystemTitle::from_octets(&[0x58, 0x59, 0x5A, 0, 0, 0, 0, 1]).unwrap();
        let other = SystemTitle::from_octets(&[0x58, 0x59, 0x5A, 0, 0, 0, 0, 2]).unwrap();
        let from_file = KeyOptions { key: None, auth_key: None, keys: Some(path.clone()), unverified: false };
        let ring = KeyRing::new(&from_file).unwrap();
        assert!(ring.keys(&title).is_some_and(|keys| keys.authentication.is_some()));
        assert!(ring.keys(&other).is_none());

        for text in [
            "[a]\nkey = \"5ec3e7\"\n",
            "[a]\nkey = 5ec3e7x\n",
            "[a]\nkey = \"0011\"\nother = \"5ec3e7\"\n",
            "5ec3e7",
        ] {
            write(text);
            let error = KeyRing::new(&from_file).unwrap_err().to_string();
            assert!(!error.contains("5ec3e7"), "{error}");
        }
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_may_be_a_key_is_hidden() {
        let key = "5ec3e75ec3e75ec3e75ec3e75ec3e75e";
        let text = format!("unexpected value '{key}' for '--unverified'");
        assert_eq!(hidden(&text), "unexpected value '(hidden)' for '--unverified'");
        assert_eq!(hidden("no such file: feed.bin"), "no such file: feed.bin");
    }

    #[test]
    fn errors_and_debug_text_show_no_key() {
        let secret = "5ec3e75ec3e75ec3e75ec3e75ec3e7zz";
        let error = KeyRing::new(&options(secret, None)).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("5ec3e7"), "{error}");
        let good = "5ec3e75ec3e75ec3e75ec3e75ec3e75e";
        let ring = KeyRing::new(&options(good, Some(good))).unwrap();
        assert!(!format!("{ring:?}").to_lowercase().contains("5e"), "{ring:?}");
        assert!(KeyRing::new(&KeyOptions { key: None, ..options(good, Some(good)) }).is_err());
    }
}
