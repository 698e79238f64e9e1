//! Every law holds for its seeds and for what once broke it.

use std::fs;
use std::path::Path;

use amshan_fuzz::TARGETS;

#[test]
fn laws_hold_for_seeds_and_regressions() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, law) in TARGETS {
        let mut seeds = 0;
        for folder in ["seeds", "regressions"] {
            let folder = here.join(folder).join(name);
            for file in fs::read_dir(&folder).into_iter().flatten() {
                let path = file.unwrap().path();
                println!("{}", path.display()); // shown if the law fails
                law(&fs::read(&path).unwrap());
                seeds += 1;
            }
        }
        assert!(seeds > 0, "{name} has no seed");
    }
}

#[test]
fn every_law_is_a_fuzz_target() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = fs::read_dir(here.join("fuzz_targets"))
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    assert_eq!(files, TARGETS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}
