//! What `amshan explain` says, and whether each octet has its row.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Run, amshan, hex, run};

/// Runs `amshan explain` with these options and this on stdin, as raw octets.
pub fn explain(options: &[&str], input: &[u8]) -> Run {
    run(amshan().args(["explain", "--input", "raw"]).args(options), input)
}

/// What is said of the messages in octets, as JSON, after looking at whether each octet has its row.
#[track_caller]
pub fn explained(options: &[&str], input: &[u8]) -> Vec<Value> {
    let run = explain(&[&["--format", "json"], options].concat(), input);
    assert!(matches!(run.status, Some(0 | 1)), "{run:?}");
    let sheets = run.lines();
    let mut next = 0;
    for sheet in &sheets {
        assert_eq!(sheet["offset"], next, "{sheet}");
        let end = next + sheet["length"].as_u64().unwrap();
        assert_eq!(covered(sheet, "", next), hex(&input[next as usize..end as usize]));
        covered(sheet, "joined", 0);
        next = end;
    }
    assert_eq!(next, input.len() as u64);
    sheets
}

/// The octets of all rows, each of which must begin where the one before ended; those opened from several ciphered
/// messages begin at 0 again.
#[track_caller]
pub fn covered(sheet: &Value, of: &str, start: u64) -> String {
    let mut octets = String::new();
    for row in sheet["rows"].as_array().unwrap() {
        if row["of"].as_str().unwrap_or_default() == of {
            assert_eq!(row["offset"], start + octets.len() as u64 / 2, "{row}");
            octets += row["octets"].as_str().unwrap();
        }
    }
    octets
}

/// The first row of this name.
#[track_caller]
pub fn row<'s>(sheet: &'s Value, name: &str) -> &'s Value {
    let mut rows = sheet["rows"].as_array().unwrap().iter();
    rows.find(|row| row["name"] == name).unwrap_or_else(|| panic!("no row {name} in {sheet}"))
}

/// The quantities that are named, in the order they stand.
pub fn meanings(sheet: &Value) -> Vec<&str> {
    sheet["rows"].as_array().unwrap().iter().filter_map(|row| row["means"].as_str()).collect()
}

#[track_caller]
pub fn one(mut sheets: Vec<Value>) -> Value {
    assert_eq!(sheets.len(), 1, "{sheets:?}");
    sheets.remove(0)
}

pub fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus")
}
