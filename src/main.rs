//! Runs the command line and ends with its exit code; nothing else.

fn main() -> std::process::ExitCode {
    shopctl::cli::run(std::env::args_os())
}
