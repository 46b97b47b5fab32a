//! The `hearten` binary.

use clap::Parser;

fn main() -> std::process::ExitCode {
    hearten_api::cli::run(hearten_api::cli::Cli::parse())
}
