//! A Postgres server for one test: on a free loopback port, stopped and started as the test likes, gone when it ends.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};

const STARTS_WITHIN: Duration = Duration::from_secs(60);
const STOPS_WITHIN: Duration = Duration::from_secs(60);
/// The account that Debian's package makes; Postgres refuses to run as root.
const ACCOUNT: &str = "postgres";

/// How a server is told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// As for an upgrade: connections are ended, transactions rolled back, a checkpoint is written (SIGINT).
    Fast,
    /// At once; the next start recovers from the log (SIGQUIT).
    Immediate,
}

/// A running (or stopped) server.
pub struct PostgresServer {
    programs: PathBuf,
    port: u16,
    directory: tempfile::TempDir,
    process: Option<Child>,
}

impl PostgresServer {
    /// Where Postgres is installed, if it is.
    pub fn find_programs() -> Option<PathBuf> {
        let has_server = |folder: &PathBuf| folder.join("postgres").is_file() && folder.join("initdb").is_file();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut found: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).filter(has_server).collect();
        found.sort();
        found.pop().or_else(|| std::env::split_paths(&path).find(has_server))
    }

    /// Makes a cluster and starts a server on it, with the programs of `find_programs`.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(programs: PathBuf) -> anyhow::Result<Self> {
        let directory = tempfile::tempdir()?;
        let data = directory.path().join("data");
        std::fs::create_dir(&data)?;
        if is_root()? {
            // The account passes through the directory into its own.
            let opened = Command::new("chmod").arg("755").arg(directory.path()).status()?;
            let given = Command::new("chown").arg(ACCOUNT).arg(&data).status()?;
            ensure!(opened.success() && given.success(), "there is no account {ACCOUNT}");
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let made = as_account(&programs.join("initdb"), &data)?
            .args(["-U", "hearten", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"])
            .output()?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let mut server = Self { programs, port, directory, process: None };
        server.start_again()?;
        Ok(server)
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        format!("postgres://hearten@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops it and waits until it has ended.
    ///
    /// # Errors
    /// When it does not end.
    pub fn stop(&mut self, how: Stop) -> anyhow::Result<()> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        let signal = match how {
            Stop::Fast => "-INT",
            Stop::Immediate => "-QUIT",
        };
        Command::new("kill").args([signal, &process.id().to_string()]).status()?;
        let give_up = Instant::now() + STOPS_WITHIN;
        while process.try_wait()?.is_none() {
            if Instant::now() > give_up {
                process.kill()?;
                anyhow::bail!("postgres did not stop");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Starts it at the same address, with what it had, and waits until it takes connections.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&mut self) -> anyhow::Result<()> {
        let data = self.directory.path().join("data");
        let (port, sockets) = (self.port.to_string(), data.display().to_string());
        let mut process = as_account(&self.programs.join("postgres"), &data)?
            .args(["-h", "127.0.0.1", "-p", &port, "-k", &sockets])
            // The machine goes on when the server stops, so what was written is read again without waiting for a disk.
            .args(["-c", "fsync=off", "-c", "shared_buffers=32MB"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("postgres cannot be run")?;
        let give_up = Instant::now() + STARTS_WITHIN;
        let mut asking = Command::new(self.programs.join("pg_isready"));
        asking.args(["-q", "-h", "127.0.0.1", "-p", &port]);
        while !asking.status()?.success() {
            ensure!(process.try_wait()?.is_none(), "postgres ended at once");
            ensure!(Instant::now() < give_up, "postgres did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        self.process = Some(process);
        Ok(())
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // Its children end with it; then the directory can go.
        let _ = self.stop(Stop::Immediate);
    }
}

fn is_root() -> anyhow::Result<bool> {
    Ok(Command::new("id").arg("-u").output()?.stdout.trim_ascii() == b"0")
}

/// A program of Postgres on `data`, in a directory and under an account it accepts.
fn as_account(program: &Path, data: &Path) -> anyhow::Result<Command> {
    let mut command = if is_root()? {
        let mut command = Command::new("setpriv");
        let ids = [format!("--reuid={ACCOUNT}"), format!("--regid={ACCOUNT}"), "--clear-groups".to_owned()];
        command.args(ids).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(data).arg("-D").arg(data).stdin(Stdio::null());
    Ok(command)
}
