//! The binary under test.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    sync::OnceLock,
};

use anyhow::{Context, anyhow, ensure};
use serde_json::Value;

/// The `hearten` of this source tree. Cargo is asked to build it, once a test run, because it alone knows whether the
/// one that lies there is stale. `HEARTEN_TEST_BINARY` names another.
///
/// # Errors
/// When it does not build.
pub fn hearten() -> anyhow::Result<PathBuf> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    if let Some(named) = std::env::var_os("HEARTEN_TEST_BINARY") {
        return Ok(named.into());
    }
    BUILT.get_or_init(|| build().map_err(|error| format!("{error:#}"))).clone().map_err(|error| anyhow!(error))
}

/// An optimised `hearten`, where there is one: `HEARTEN_RELEASE_BINARY`, or what `cargo build --release` left. It is
/// not built here, because that takes minutes.
pub fn release() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("HEARTEN_RELEASE_BINARY") {
        return Some(named.into());
    }
    // This runs from target/PROFILE/deps or target/PROFILE/examples.
    let here = std::env::current_exe().ok()?;
    let found = here.ancestors().nth(3)?.join("release").join("hearten");
    found.is_file().then_some(found)
}

fn build() -> anyhow::Result<PathBuf> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What `cargo test` tells this process about this package is not for other packages' build scripts: some of them
    // run again whenever it changes, and everything above them is then compiled anew.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    let output = cargo
        .args(["build", "--package", "hearten-api", "--bin", "hearten"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cargo cannot be run")?;
    ensure!(output.status.success(), "hearten does not build");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == "hearten")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .context("cargo does not say where hearten lies")
}
