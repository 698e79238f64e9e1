//! The program against captured messages, where there are some: `AMSHAN_CAPTURES` names the folder, which has a `check`.

use std::path::PathBuf;
use std::process::Command;

#[test]
fn captured_messages_read_as_noted() {
    let folder = std::env::var_os("AMSHAN_CAPTURES").map(PathBuf::from);
    let Some(check) = folder.map(|folder| folder.join("check")).filter(|check| check.is_file()) else {
        eprintln!("SKIPPED: AMSHAN_CAPTURES is not set to a folder with captured messages and their check");
        return;
    };
    let done = Command::new("python3").arg(check).arg(env!("CARGO_BIN_EXE_amshan")).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{out}\n{err}");
    eprintln!("{}", out.lines().last().unwrap_or_default());
}
