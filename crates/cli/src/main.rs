//! The program `amshan`.

fn main() -> std::process::ExitCode {
    amshan_cli::run()
}
