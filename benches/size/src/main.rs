//! What the libraries take of a microcontroller: builds small programs for one, each with one library or a few, and reads
//! their sizes off the linked files.
//!
//! `cargo run --manifest-path benches/size/Cargo.toml` prints the table; the target `thumbv7m-none-eabi` must be
//! installed.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use object::{Object, ObjectSection, SectionFlags, elf};

const TARGET: &str = "thumbv7m-none-eabi";

/// A program that does nothing.
const NOTHING: &str = "nothing";

/// The others, what each does, and whether none of its functions calls itself: values inside values of a compact array
/// do, to a depth that is fixed.
const PROGRAMS: [(&str, &str, bool); 9] = [
    ("quantity", "`amshan-quantity`: codes, numbers and times from text", true),
    ("hdlc", "`amshan-hdlc`: frames, buffer of 4,096", true),
    ("mbus", "`amshan-mbus`: telegrams, buffer of 1,024", true),
    ("dlde", "`amshan-dlde`: every number of P1, buffer of 4,096", true),
    ("cosem", "`amshan-cosem`: every number of a message", false),
    ("cosem-decrypt", "the same, opened with keys", false),
    ("hdlc-power", "`amshan-meters`: named values out of HDLC, buffer of 4,096", false),
    ("p1-power", "`amshan-meters`: named values out of P1, buffer of 4,096", false),
    ("any-power", "`amshan`: named values out of everything, keys, buffer of 4,096", false),
];

/// What a program takes, in octets.
struct Size {
    /// Code and constants.
    flash: u64,
    /// What lies in memory for ever: the reader with its buffer.
    fixed: u64,
    /// The stack frames of all functions together.
    stack: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = build()?;
    let nothing = size(&folder.join(NOTHING))?;
    println!("| octets on a Cortex-M3 | flash | RAM | stack, at most |");
    println!("|---|---:|---:|---:|");
    for (name, what, straight) in PROGRAMS {
        let size = size(&folder.join(name))?;
        let flash = grouped(size.flash.saturating_sub(nothing.flash));
        let stack = if straight { grouped(size.stack) } else { "not counted".into() };
        println!("| {what} | {flash} | {} | {stack} |", grouped(size.fixed));
    }
    Ok(())
}

/// Builds the programs; they are in this folder then.
fn build() -> Result<Box<Path>, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("target");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--package", "amshan-size-programs", "--target", TARGET, "--target-dir"])
        .arg(&folder)
        .current_dir(root)
        // The compiler tells the stack frame of each function, but the option for it is not stable yet.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Zemit-stack-sizes")
        .status()?;
    if !built.success() {
        return Err(format!("the programs can't be built; is {TARGET} installed?").into());
    }
    Ok(folder.join(TARGET).join("release").into())
}

fn size(program: &Path) -> Result<Size, Box<dyn Error>> {
    let octets = std::fs::read(program)?;
    let file = object::File::parse(&*octets)?;
    let (mut flash, mut fixed, mut stack) = (0, 0, 0);
    for section in file.sections() {
        let SectionFlags::Elf { sh_flags } = section.flags() else { continue };
        let is = |flag: u32| sh_flags & u64::from(flag) != 0;
        if section.name() == Ok(".stack_sizes") {
            stack = frames(section.data()?);
        } else if is(elf::SHF_ALLOC) {
            // What is in memory from the start has its contents in flash.
            if is(elf::SHF_WRITE) {
                fixed += section.size();
            }
            flash += section.file_range().map_or(0, |(_, size)| size);
        }
    }
    Ok(Size { flash, fixed, stack })
}

/// The sum of all stack frames: for each function its address in four octets and its frame in LEB128. No chain of calls
/// needs as much, as long as no function calls itself.
fn frames(mut table: &[u8]) -> u64 {
    let mut sum = 0;
    while let Some((_, behind)) = table.split_at_checked(4) {
        let length = behind.iter().take_while(|octet| **octet >= 0x80).count() + 1;
        let (frame, behind) = behind.split_at(length.min(behind.len()));
        sum += frame.iter().rev().fold(0, |sum, octet| sum << 7 | u64::from(octet & 0x7F));
        table = behind;
    }
    sum
}

/// A number with commas.
fn grouped(number: u64) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    }
}
