//! The binary under test.
//!
//! Cargo is asked to build it, once a test run, because it alone knows whether the one that lies there is stale. What it
//! built is kept under a name of its own: the next build, of the other kind, puts its result in the same place.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Mutex, OnceLock, PoisonError},
};

use anyhow::{Context, anyhow, ensure};
use serde_json::Value;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

type Built = OnceLock<Result<PathBuf, String>>;

/// The `hearten` of this source tree. `HEARTEN_TEST_BINARY` names another.
///
/// # Errors
/// When it does not build.
pub fn hearten() -> anyhow::Result<PathBuf> {
    static BUILT: Built = OnceLock::new();
    built(&BUILT, "HEARTEN_TEST_BINARY", "hearten-debug", &[])
}

/// The `hearten` of this source tree, optimised where documents are read and run (`tests/optimised.toml`).
/// `HEARTEN_RELEASE_BINARY` names another, such as that of a release build.
///
/// # Errors
/// When it does not build.
pub fn optimised() -> anyhow::Result<PathBuf> {
    static BUILT: Built = OnceLock::new();
    built(&BUILT, "HEARTEN_RELEASE_BINARY", "hearten-optimised", &["--config", "tests/optimised.toml"])
}

fn built(once: &Built, variable: &str, name: &str, arguments: &[&str]) -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os(variable) {
        return Ok(named.into());
    }
    let result = once.get_or_init(|| build(name, arguments).map_err(|error| format!("{error:#}")));
    result.clone().map_err(|error| anyhow!(error))
}

fn build(name: &str, arguments: &[&str]) -> anyhow::Result<PathBuf> {
    // One at a time, until the result has its own name.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
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
        .args(arguments)
        .arg("--message-format=json-render-diagnostics")
        .current_dir(ROOT)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cargo cannot be run")?;
    ensure!(output.status.success(), "hearten does not build");
    let built = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == "hearten")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .context("cargo does not say where hearten lies")?;
    let kept = built.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    // Cargo replaces its result and never writes into it, so a link is as good as a copy.
    let coming = built.with_file_name(format!("{name}.{}", std::process::id()));
    std::fs::hard_link(&built, &coming).or_else(|_| std::fs::copy(&built, &coming).map(drop))?;
    std::fs::rename(&coming, &kept)?;
    Ok(kept)
}
