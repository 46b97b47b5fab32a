//! Programs of others that the service has to get on with: scripts in `tests/peers`, and the npm packages they need.
//!
//! npm installs what a lock file says, once, into the target directory. The lock files record no addresses: packages
//! come from wherever npm is set up to get them.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail, ensure};

/// The oldest Node that the packages run on.
const NODE: u32 = 20;
/// A copy of the lock file, written when everything it says is installed.
const INSTALLED: &str = "node_modules/installed.json";

/// Copies the scripts of `tests/peers/NAME` beside the packages they need, and installs those if they are not there.
///
/// # Errors
/// When Node or npm is missing or too old, or npm cannot install; a test that meets this skips itself.
pub fn install(name: &str) -> anyhow::Result<PathBuf> {
    node_is_there()?;
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(name);
    let here = std::env::current_exe()?;
    let peers = here.ancestors().nth(3).context("no target directory")?.join("peers");
    let directory = peers.join(name);
    fs::create_dir_all(&directory)?;
    // Tests run side by side, in one process or in several. The lock goes when the file is closed.
    let lock = File::create(peers.join(format!("{name}.lock")))?;
    lock.lock()?;
    for entry in fs::read_dir(&sources)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            copy_if_changed(&entry.path(), &directory.join(entry.file_name()))?;
        }
    }
    let wanted = fs::read(sources.join("package-lock.json"))?;
    if fs::read(directory.join(INSTALLED)).ok().as_ref() != Some(&wanted) {
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--loglevel=error"])
            .current_dir(&directory)
            .stdin(Stdio::null())
            .output()?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default().to_owned();
            bail!("npm cannot install the peers: {complaint}");
        }
        fs::write(directory.join(INSTALLED), wanted)?;
    }
    Ok(directory)
}

/// Node, to run a script in the directory that [`install`] gave.
pub fn node(directory: &Path) -> Command {
    let mut command = Command::new("node");
    command.current_dir(directory).stdin(Stdio::null());
    command
}

fn node_is_there() -> anyhow::Result<()> {
    let version = |program: &str| {
        let output = Command::new(program).arg("--version").output().ok().filter(|output| output.status.success());
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let node = version("node").context("node is not installed")?;
    version("npm").context("npm is not installed")?;
    let major = node.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    ensure!(major.is_some_and(|major| major >= NODE), "node is {node}, and {NODE} is needed");
    Ok(())
}

/// A script that another test is about to read must not be empty for a moment.
fn copy_if_changed(from: &Path, to: &Path) -> anyhow::Result<()> {
    let wanted = fs::read(from)?;
    if fs::read(to).ok().as_ref() != Some(&wanted) {
        fs::write(to, wanted)?;
    }
    Ok(())
}
