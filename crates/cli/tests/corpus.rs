//! The corpus: for every list of the simulator a message, and what the program makes of it.
//!
//! `AMSHAN_UPDATE_CORPUS=1 cargo test -p amshan-cli --test corpus` writes it anew; what has changed then shows in the
//! difference to what is committed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use amshan::meters::{DIALECTS, LAYOUTS};
use amshan_sim::{List, Message, START_MS, lists};

/// The house whose meters wrote the corpus; it has solar panels.
const SEED: u64 = 1;

/// When: in the evening, a minute before the hour.
const TIME_MS: u64 = START_MS + 8 * 3_600_000;

/// The messages that one stream holds, for a first look: the three Norwegian makers and a Dutch P1 meter.
const TOUR: [&str; 4] = ["aidon-no-list-2", "kaifa-no-list-3", "kamstrup-no-35", "p1-dsmr-5.0"];

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus")
}

/// `hdlc-blocks` and `p1-ciphered` are ways of `hdlc` and `p1`.
fn folder(list: &List) -> &'static str {
    match list.framing {
        framing if framing.starts_with("hdlc") => "hdlc",
        framing if framing.starts_with("p1") => "p1",
        framing => framing,
    }
}

fn message(list: &List) -> Message {
    list.message(SEED, TIME_MS)
}

/// The keys of the house, by system title.
fn keys() -> String {
    let hex = |octets: &[u8]| octets.iter().fold(String::new(), |text, octet| format!("{text}{octet:02x}"));
    let mut tables = BTreeMap::new();
    for message in lists().iter().map(message) {
        let Some(key) = message.key else { continue };
        let title = message.bytes.windows(10).find(|window| window.starts_with(&[0xDB, 0x08])).unwrap();
        let mut table = format!("key = \"{}\"\n", hex(&key));
        // The authentication key of Luxembourg's specification is known.
        if let Some(key) = message.auth_key.filter(|key| key[..3] != [0x00, 0x11, 0x22]) {
            let _ = writeln!(table, "auth_key = \"{}\"", hex(&key));
        }
        let longer = tables.entry(hex(&title[2..])).or_insert_with(String::new);
        if longer.len() < table.len() {
            *longer = table;
        }
    }
    let mut text =
        String::from("# The keys of the house that the corpus tells of: invented, like everything in it.\n");
    for (title, table) in tables {
        let _ = write!(text, "\n[{title}]\n{table}");
    }
    text
}

/// Everything that the program says of a file.
fn decode(file: &Path, framing: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amshan"));
    for (name, _) in env::vars().filter(|(name, _)| name.starts_with("AMSHAN_")) {
        command.env_remove(name);
    }
    command.args(["decode", "--quiet", "--format", "full", "--keys"]).arg(corpus().join("keys.toml"));
    if file.ends_with("p1-hu-holley.bin") {
        command.args(["--p1-check", "arc-or-x25"]);
    }
    if framing == "apdu" {
        command.args(["--framing", "apdu"]);
    }
    let output = command.arg(file).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    lines + &said.lines().fold(String::new(), |text, line| format!("{text}# {line}\n"))
}

/// What the folder holds, as a table.
fn readme(folder: &str, members: &[(&List, String)]) -> String {
    let mut text = format!(
        "# {folder}\n\nMessages of the simulator (`crates/sim`), with invented identities. Beside each `.bin` file \
         stands what `amshan decode --format full --keys ../keys.toml` says of it.\n\n\
         | file | maker | country | elements | read by | the list is described in |\n|---|---|---|---:|---|---|\n"
    );
    for (list, said) in members {
        let named = LAYOUTS.iter().find(|layout| said.contains(&format!("\"name\":\"{}\"", layout.name)));
        let layout = named.map_or("codes alone", |layout| layout.name);
        let p1 = DIALECTS.iter().find(|dialect| list.name.starts_with(dialect.name));
        let source = named.map(|layout| layout.source).or(p1.map(|dialect| dialect.source));
        let elements = if list.elements == 0 { String::new() } else { list.elements.to_string() };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {elements} | {layout} | {} |",
            list.name,
            list.maker,
            list.country,
            source.unwrap_or("messages of their owners")
        );
    }
    text
}

/// Every file of the corpus but the output that stands beside the messages.
fn written() -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::from([(corpus().join("keys.toml"), keys().into_bytes())]);
    for list in lists() {
        files.insert(corpus().join(folder(list)).join(format!("{}.bin", list.name)), message(list).bytes);
    }
    let tour = TOUR.iter().map(|name| amshan_sim::list(name).unwrap()).flat_map(|list| message(list).bytes);
    files.insert(corpus().join("tour.bin"), tour.collect());
    files
}

/// What the program says of them, and the tables of the folders.
fn said() -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders: BTreeMap<&str, Vec<(&List, String)>> = BTreeMap::new();
    for list in lists() {
        let file = corpus().join(folder(list)).join(format!("{}.bin", list.name));
        let said = decode(&file, folder(list));
        files.insert(file.with_extension("jsonl"), said.clone().into_bytes());
        folders.entry(folder(list)).or_default().push((list, said));
    }
    for (folder, members) in folders {
        files.insert(corpus().join(folder).join("README.md"), readme(folder, &members).into_bytes());
    }
    files
}

fn agree(files: &BTreeMap<PathBuf, Vec<u8>>) {
    if env::var_os("AMSHAN_UPDATE_CORPUS").is_some() {
        for (path, content) in files {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }
    for (path, content) in files {
        let there = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(
            there == *content,
            "{} differs:\n{}\nnot\n{}",
            path.display(),
            String::from_utf8_lossy(&there),
            String::from_utf8_lossy(content)
        );
    }
}

#[test]
fn the_simulator_still_writes_the_corpus_and_decoding_still_gives_what_it_gave() {
    agree(&written());
    agree(&said());
}

#[test]
fn nothing_else_lies_in_the_corpus() {
    let known: Vec<PathBuf> = written().into_keys().chain(said().into_keys()).collect();
    let mut folders = vec![corpus()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // What is in `layouts` is held by tests/layouts.rs.
            if path.is_dir() && path != corpus().join("layouts") {
                folders.push(path);
            } else if path.is_file() {
                assert!(known.contains(&path) || path == corpus().join("README.md"), "{}", path.display());
            }
        }
    }
}
