//! The `hearten` binary.

use clap::Parser;
use mimalloc::MiMalloc;

// Answering a query makes many short-lived allocations; this allocator is much cheaper at them than the system's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> std::process::ExitCode {
    hearten_api::cli::run(hearten_api::cli::Cli::parse())
}
