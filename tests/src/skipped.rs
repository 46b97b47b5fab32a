//! Tests that cannot run here say so.

use std::io::Write;

/// Says in one line why a test does not run, and lets it pass; in CI everything must run.
///
/// # Errors
/// When the environment says CI.
pub fn skip(test: &str, reason: &str) -> anyhow::Result<()> {
    anyhow::ensure!(std::env::var_os("CI").is_none(), "{test} must run in CI: {reason}");
    // Not `eprintln!`: the test runner would keep that to itself when the test passes.
    writeln!(std::io::stderr(), "skipped: {test}: {reason}")?;
    Ok(())
}

/// Tells a measured figure, also when the test passes.
pub fn tell(test: &str, figures: &str) {
    let _ = writeln!(std::io::stderr(), "{test}: {figures}");
}
