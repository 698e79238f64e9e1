//! What the README shows is what the program prints.
//!
//! `AMSHAN_UPDATE_README=1 cargo test -p amshan-cli --test readme` writes it anew.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// Runs the commands of a block: lines that begin with `$`. What they print follows each.
fn run(block: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = Path::new(env!("CARGO_BIN_EXE_amshan")).parent().unwrap();
    let path = format!("{}:{}", folder.display(), env::var("PATH").unwrap_or_default());
    let mut text = String::new();
    for command in block.lines().filter(|line| line.starts_with("$ ")) {
        let mut shell = Command::new("sh");
        for (name, _) in env::vars().filter(|(name, _)| name.starts_with("AMSHAN_")) {
            shell.env_remove(name);
        }
        let shell = shell.args(["-c", &format!("{{ {}; }} 2>&1", &command[2..])]);
        let output = shell.current_dir(&root).env("PATH", &path).output().unwrap();
        text += &format!("{command}\n{}", String::from_utf8(output.stdout).unwrap());
    }
    text
}

#[cfg(unix)]
#[test]
fn console_blocks_are_what_the_program_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    for path in ["README.md", "crates/cli/README.md"].iter().map(|file| root.join(file)).chain(docs) {
        let file = path.display();
        let text = fs::read_to_string(&path).unwrap();
        let mut true_text = String::new();
        for (index, part) in text.split("```console\n").enumerate() {
            match part.split_once("```") {
                Some((block, rest)) if index > 0 => {
                    true_text += &format!("```console\n{}```{rest}", run(block));
                }
                _ => true_text += part,
            }
        }
        if env::var_os("AMSHAN_UPDATE_README").is_some() {
            fs::write(&path, &true_text).unwrap();
        }
        assert!(
            text == true_text || env::var_os("AMSHAN_UPDATE_README").is_some(),
            "{file} should be\n{true_text}"
        );
    }
}
