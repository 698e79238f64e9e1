//! Ciphered messages: what helps in each situation is said, and no key is ever printed.

mod common;

use std::path::PathBuf;
use std::str;

use amshan_sim::axdr::Length;
use amshan_sim::ciphering::{BOTH, Cipher, P1_AUTH_KEY};
use amshan_sim::{Message, Rng, crc};
use common::{Run, amshan, file, hex, keys, message, run};

const FORMATS: [&str; 4] = ["table", "json", "full", "csv"];

/// A push with ciphertext and tag (security control 30) in one HDLC frame.
fn push() -> Message {
    let push = message("kamstrup-dk-25");
    assert!(push.key.is_some() && push.auth_key.is_some());
    push
}

/// Where the general-glo-ciphering unit stands in the frame.
fn unit(frame: &[u8]) -> usize {
    frame.windows(3).position(|window| window == [0xDB, 0x08, b'K']).unwrap()
}

/// The system title in hex.
fn title(frame: &[u8]) -> String {
    let at = unit(frame) + 2;
    hex(&frame[at..at + 8])
}

/// One bit of the ciphertext is flipped, and the frame check is right.
fn damaged(frame: &[u8]) -> Vec<u8> {
    let mut frame = frame.to_vec();
    frame[120] ^= 0x10;
    let end = frame.len() - 3;
    let check = crc::x25(&frame[1..end]).to_le_bytes();
    frame[end..end + 2].copy_from_slice(&check);
    frame
}

/// No eight digits of any of these are in what the run printed.
#[track_caller]
fn keeps(secrets: &[String], run: &Run) {
    let printed = format!("{} {}", run.stdout, run.stderr).to_lowercase();
    for secret in secrets {
        for digits in secret.to_lowercase().as_bytes().windows(8) {
            let digits = str::from_utf8(digits).unwrap();
            assert!(!printed.contains(digits), "{digits} of a key is in {printed}");
        }
    }
}

/// Right keys of the push, and one that is of nobody, in hex.
fn secrets(push: &Message) -> [String; 3] {
    [hex(&push.key.unwrap()), hex(&push.auth_key.unwrap()), hex(&Rng::new(99).key())]
}

/// Options, input, how many readings it gives all the same, and what is said.
type Situation<'a> = (&'a [&'a str], &'a [u8], usize, &'a [&'a str]);

#[test]
fn each_situation_has_its_own_sentence_and_says_what_helps() {
    let push = push();
    let [key, auth, other] = &secrets(&push);
    let (bad, twice) = (damaged(&push.bytes), push.bytes.repeat(2));
    let sender = format!("(sender {}, Kamstrup)", title(&push.bytes));
    let situations: [Situation; 6] = [
        (&[], &push.bytes, 0, &["there is no key for it", "give --key, or --keys"]),
        (&["--key", key], &push.bytes, 0, &["no authentication key", "give --auth-key, or --unverified"]),
        (&["--key", other, "--auth-key", auth], &push.bytes, 0, &["key is wrong", "check --key against"]),
        (
            &["--key", key, "--auth-key", other],
            &push.bytes,
            0,
            &["authentication key is wrong", "check --auth-key"],
        ),
        (
            &["--key", key, "--auth-key", auth],
            &bad,
            0,
            &["damaged on its way", "look at the line and the adapter"],
        ),
        (
            &["--key", key, "--auth-key", auth, "--refuse-replayed"],
            &twice,
            1,
            &["was sent before", "leave out --refuse-replayed"],
        ),
    ];
    let mut sentences = Vec::new();
    for (options, input, readings, words) in situations {
        for format in FORMATS {
            let run = run(amshan().args(["decode", "--quiet", "--format", format]).args(options), input);
            keeps(&secrets(&push), &run);
            let options: Vec<_> = options.iter().filter(|option| **option != "--refuse-replayed").collect();
            let explain = ["explain", "--format", if format == "json" { "json" } else { "text" }];
            keeps(&secrets(&push), &self::run(amshan().args(explain).args(options), input));
            assert_eq!(run.status, Some(1), "{words:?}: {run:?}");
            assert_eq!(run.stdout.is_empty(), readings == 0, "{words:?}: {run:?}");
            assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
            for word in words.iter().chain(&[": security: ", &*sender]) {
                assert!(run.stderr.contains(word), "no {word:?} in {}", run.stderr);
            }
            if format == "json" {
                assert_eq!(run.lines().len(), readings);
                sentences.push(run.stderr);
            }
        }
    }
    sentences.sort();
    sentences.dedup();
    assert_eq!(sentences.len(), 6, "{sentences:#?}");
}

#[test]
fn a_message_sent_twice_is_read_twice_unless_that_is_refused() {
    let push = push();
    let run = run(amshan().args(["decode", "--quiet"]).args(keys(&push)), &push.bytes.repeat(2));
    assert_eq!(run.good("twice").lines().len(), 2);
}

/// A key file for the sender of the push.
fn key_file(name: &str, text: &str) -> PathBuf {
    file(&format!("secrets-{name}.toml"), text.as_bytes())
}

/// Options and environment that give keys.
type Source<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);

#[test]
fn right_keys_give_the_reading_wherever_they_come_from() {
    let push = push();
    let [key, auth, other] = &secrets(&push);
    let title = title(&push.bytes);
    let entry =
        |title: &str, key: &str, auth: &str| format!("[{title}]\nkey = \"{key}\"\nauth_key = \"{auth}\"\n");
    let good = entry(&title.to_uppercase(), &key.to_uppercase(), auth);
    let several = format!("{}{}", entry("4b414d4500000000", other, other), entry(&title, key, auth));
    let (good, several) = (key_file("good", &good), key_file("several", &several));
    let path = |path: &PathBuf| path.to_str().unwrap().to_owned();
    let (good, several) = (path(&good), path(&several));
    let upper = key.to_uppercase();
    let sources: [Source; 7] = [
        (&["--key", key, "--auth-key", auth], &[]),
        (&["--key", &upper, "--auth-key", auth], &[]),
        (&[], &[("AMSHAN_KEY", key), ("AMSHAN_AUTH_KEY", auth)]),
        (&["--key", key], &[("AMSHAN_KEY", other), ("AMSHAN_AUTH_KEY", auth)]),
        (&["--keys", &good], &[]),
        (&["--key", other, "--auth-key", other, "--keys", &several], &[]),
        (&[], &[("AMSHAN_KEYS", &several)]),
    ];
    for (options, environment) in sources {
        let mut command = amshan();
        command
            .args(["decode", "--quiet", "--format", "full"])
            .args(options)
            .envs(environment.iter().copied());
        let run = run(&mut command, &push.bytes).good(&format!("{} options", options.len()));
        keeps(&secrets(&push), &run);
        let line = &run.lines()[0];
        assert_eq!(line["security"]["authenticated"], true, "{line}");
        assert_eq!(line["security"]["system_title"], title, "{line}");
        assert_eq!(line["security"]["control"], 0x30, "{line}");
        let power = push.value("active_power_export").unwrap().to_string();
        assert_eq!(line["fields"]["active_power_export"].to_string(), power, "{line}");
        assert_eq!(line["fields"]["frame_counter"], line["security"]["counter"], "{line}");
    }
}

#[test]
fn unverified_reads_without_the_authentication_key_and_says_so() {
    let push = push();
    let [key, ..] = &secrets(&push);
    let options = ["decode", "--quiet", "--format", "full", "--unverified", "--key", key];
    let run = run(amshan().args(options), &push.bytes);
    keeps(&secrets(&push), &run);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert_eq!(run.lines()[0]["security"]["authenticated"], false);
    assert!(run.stderr.contains("tag that was not checked: give --auth-key"), "{}", run.stderr);
}

/// A telegram whose authentication key is the one that all know, or that of the meter.
fn telegram(auth_key: &[u8; 16]) -> Vec<u8> {
    let (title, key) = (*b"XYZ\0\0\0\0\x01", &Rng::new(7).key());
    let cipher = Cipher { title, control: BOTH, counter: 1, key, auth_key, length: Length::Two };
    cipher.general_glo(&message("p1-dsmr-5.0").bytes)
}

#[test]
fn ciphered_p1_reads_without_the_authentication_key_and_says_so() {
    let [key, own, other] = [7, 8, 9].map(|seed| Rng::new(seed).key());
    let [key, own, other] = [(key, hex(&key)), (own, hex(&own)), (other, hex(&other))];
    let (common, personal) = (telegram(&P1_AUTH_KEY), telegram(&own.0));
    let secrets = [key.1.clone(), own.1.clone(), other.1.clone()];
    for (input, auth_key, expected) in [
        (&common, None, Some(true)),
        (&personal, None, Some(false)),
        (&personal, Some(&own.1), Some(true)),
        (&personal, Some(&other.1), None),
    ] {
        let mut command = amshan();
        command.args(["decode", "--quiet", "--format", "full", "--key", &key.1]);
        command.args(auth_key.iter().flat_map(|auth_key| ["--auth-key", auth_key]));
        let run = run(&mut command, input);
        keeps(&secrets, &run);
        let read = run.lines().first().map(|line| line["security"]["authenticated"] == true);
        let status = if expected.is_some() { 0 } else { 1 };
        assert_eq!((run.status, read), (Some(status), expected), "{}", run.stderr);
        let words = match expected {
            Some(true) => "",
            Some(false) => "tag that was not checked: give --auth-key",
            None => "authentication key is wrong",
        };
        assert!(run.stderr.contains(words) && run.stderr.is_empty() == words.is_empty(), "{}", run.stderr);
    }
}

/// Mistakes that people make with a key at hand.
#[test]
fn no_mistake_prints_a_key() {
    let push = push();
    let secrets = secrets(&push);
    let [key, auth, _] = &secrets;
    let spoilt = key.replacen(|c: char| c.is_ascii_digit(), "g", 1);
    let (short, long) = (&key[..30], &format!("{key}{auth}00"));
    let spaced: String =
        key.as_bytes().chunks(2).map(|pair| format!("{} ", str::from_utf8(pair).unwrap())).collect();
    let quoted = format!("\"{key}\"");
    let joined =
        [format!("--key-hex={key}"), format!("-k{key}"), format!("--keyy={key}"), format!("--keys={key}")];
    for arguments in [
        &["--key", short][..],
        &["--key", long],
        &["--key", &spoilt],
        &["--key", &spaced],
        &["--key", &quoted],
        &["--key", key, "--auth-key", short],
        &["--auth-key", auth],
        &["--key", key, "--key", auth],
        &["--key", key, "--nonsense"],
        &["--keys", key],
        &["--keyhex", key],
        &["--authkey", auth],
        &[&joined[0]],
        &[&joined[1]],
        &[&joined[2]],
        &[&joined[3]],
    ] {
        let run = run(amshan().arg("decode").args(arguments), &push.bytes);
        keeps(&secrets, &run);
        assert_ne!(run.status, Some(0), "{run:?}");
    }
    for (name, value) in [("AMSHAN_KEY", short), ("AMSHAN_KEY", &spoilt), ("AMSHAN_AUTH_KEY", auth)] {
        let done = run(amshan().arg("decode").env(name, value), &push.bytes);
        keeps(&secrets, &done);
        assert_eq!(done.status, Some(2), "{done:?}");
        for arguments in [
            &["--help"][..],
            &["decode", "--help"],
            &["decode", "-h"],
            &["decode", "--nonsense"],
            &["explain", "--help"],
        ] {
            keeps(&secrets, &run(amshan().args(arguments).env(name, value), &[]));
        }
    }
}

/// A key file with this text can't be used; that is said in one line without a key.
#[track_caller]
fn refused(name: &str, text: &str, push: &Message) {
    let path = key_file(name, text);
    let run = run(amshan().args(["decode", "--keys"]).arg(path), &push.bytes);
    keeps(&secrets(push), &run);
    assert_eq!((run.status, &*run.stdout), (Some(2), ""), "{name}: {run:?}");
    assert!(run.stderr.starts_with("amshan: key"), "{name}: {}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{name}: {}", run.stderr);
}

#[test]
fn no_mistake_in_a_key_file_prints_a_key() {
    let push = push();
    let [key, auth, _] = &secrets(&push);
    let title = title(&push.bytes);
    for (name, text) in [
        ("bare", key.clone()),
        ("unquoted", format!("[{title}]\nkey = {key}\n")),
        ("unclosed", format!("[{title}]\nkey = \"{key}\n")),
        ("twice", format!("[{title}]\nkey = \"{key}\"\nkey = \"{auth}\"\n")),
        ("misspelt", format!("[{title}]\nkey = \"{key}\"\nauthkey = \"{auth}\"\n")),
        ("alone", format!("[{title}]\nauth_key = \"{auth}\"\n")),
        ("short", format!("[{title}]\nkey = \"{}\"\n", &key[2..])),
        ("letter", format!("[{title}]\nkey = \"{}g\"\n", &key[1..])),
        ("array", format!("[{title}]\nkey = [\"{key}\"]\n")),
        ("as a name", format!("{key} = \"{title}\"\n")),
    ] {
        refused(name, &text, &push);
    }
}

#[test]
fn no_key_in_a_wrong_place_of_a_key_file_is_printed() {
    let push = push();
    let [key, auth, _] = &secrets(&push);
    let title = title(&push.bytes);
    for (name, text) in [
        ("without a table", format!("key = \"{key}\"\n")),
        ("behind the title", format!("\"{title}\" = \"{key}\"\n")),
        ("as a table", format!("[{key}]\nkey = \"{}\"\n", &auth[2..])),
        ("as an unknown name", format!("[{title}]\n{key} = \"{auth}\"\n")),
    ] {
        refused(name, &text, &push);
    }
}
