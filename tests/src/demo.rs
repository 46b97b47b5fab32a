//! `hearten demo` as a process: started, looked at, killed and started again.

use std::{
    ffi::OsStr,
    fs::File,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::{client::Client, issuer::AUDIENCE};

/// Seeding takes seconds in a debug build, more on a machine that does other things too.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// How a demo is started.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The binary.
    pub binary: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether others may reach it there.
    pub expose: bool,
    /// Where the data lies; a temporary directory when left out.
    pub directory: Option<PathBuf>,
    /// A Postgres to use instead.
    pub database_url: Option<String>,
    /// A Redis.
    pub redis_url: Option<String>,
    /// The issuer whose tokens are accepted beside the demo's own.
    pub trust_issuer: Option<String>,
    /// The audience of those tokens.
    pub audience: String,
    /// Settings, as variables of the environment.
    pub settings: Vec<(String, String)>,
    /// Whether a write beyond [`Demo::limit_files`] is an error for it, as on a full disk, and not its end.
    pub survives_limit: bool,
}

/// A running demo; killed when it is dropped.
pub struct Demo {
    launch: Launch,
    process: Child,
    url: String,
    personas: Value,
    errors: tempfile::NamedTempFile,
}

impl Launch {
    /// A demo of `binary` on a free port, with everything else left out.
    pub fn new(binary: &Path) -> Self {
        Self {
            binary: binary.to_owned(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            expose: false,
            directory: None,
            database_url: None,
            redis_url: None,
            trust_issuer: None,
            audience: AUDIENCE.to_owned(),
            settings: Vec::new(),
            survives_limit: false,
        }
    }

    /// Starts the demo and waits until it is ready.
    ///
    /// # Errors
    /// When it ends or says nothing in time; with what it complained about.
    pub fn start(&self) -> anyhow::Result<Demo> {
        let errors = tempfile::NamedTempFile::new()?;
        let mut process =
            self.command().stdout(Stdio::piped()).stderr(errors.reopen()?).spawn().context("hearten cannot be run")?;
        let output = process.stdout.take().context("the output is piped")?;
        let mut demo = Demo { launch: self.clone(), process, url: String::new(), personas: Value::Null, errors };
        let line = first_line(output).with_context(|| format!("the demo did not start: {}", demo.complaints()))?;
        let ready: Value = serde_json::from_str(&line).context("the line is not JSON")?;
        demo.url = ready["graphql"].as_str().context("no address")?.to_owned();
        demo.personas = ready["personas"].clone();
        // Started again, it is found at the same address.
        demo.launch.listen = demo.address()?;
        Ok(demo)
    }

    fn command(&self) -> Command {
        let mut command = if self.survives_limit {
            // What ignores the signal passes that on.
            let mut shell = command(Path::new("sh"));
            shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(&self.binary);
            shell
        } else {
            command(&self.binary)
        };
        command.args(["demo", "--json", "--listen", &self.listen.to_string()]);
        command.args(self.expose.then_some("--expose"));
        let options = [
            ("--directory", self.directory.as_deref().map(Path::as_os_str)),
            ("--database-url", self.database_url.as_deref().map(OsStr::new)),
            ("--redis-url", self.redis_url.as_deref().map(OsStr::new)),
            ("--trust-issuer", self.trust_issuer.as_deref().map(OsStr::new)),
            ("--audience", self.trust_issuer.is_some().then_some(OsStr::new(&self.audience))),
        ];
        for (name, value) in options {
            command.args(value.map(|value| [OsStr::new(name), value]).into_iter().flatten());
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// `hearten` with nothing of the caller's environment that it would take for a setting.
pub fn command(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("HEARTEN_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// The first line of a process's output; the rest is read and thrown away.
fn first_line(output: impl Read + Send + 'static) -> anyhow::Result<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            let Ok(line) = line else { return };
            // Nobody listens any more after the first.
            let _ = sender.send(line);
        }
    });
    receiver.recv_timeout(READY_WITHIN).context("no line")
}

impl Demo {
    /// A client of it.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn client(&self) -> anyhow::Result<Client> {
        Client::new(&self.url)
    }

    /// Where its GraphQL is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When its line did not say.
    pub fn address(&self) -> anyhow::Result<SocketAddr> {
        let rest = self.url.strip_prefix("http://").context("not http")?;
        Ok(rest.split('/').next().unwrap_or_default().parse()?)
    }

    /// The token of the persona with this role, such as `admin`.
    ///
    /// # Errors
    /// When there is no such persona.
    pub fn token(&self, role: &str) -> anyhow::Result<String> {
        let personas = self.personas.as_array().context("no personas")?;
        let persona = personas.iter().find(|one| one["role"] == role).with_context(|| format!("no {role}"))?;
        Ok(persona["token"].as_str().context("no token")?.to_owned())
    }

    /// The status of its `/readyz`, and what it says.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn readiness(&self) -> anyhow::Result<(u16, Value)> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let answer = client.get(format!("http://{}/readyz", self.address()?)).send().await?;
        let status = answer.status().as_u16();
        Ok((status, serde_json::from_slice(&answer.bytes().await?)?))
    }

    /// Lets it write no file beyond so many bytes; None lifts the limit.
    ///
    /// # Errors
    /// When the limit cannot be set.
    pub fn limit_files(&self, bytes: Option<u64>) -> anyhow::Result<()> {
        let soft = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
        let status =
            Command::new("prlimit").args(["--pid", &self.id().to_string(), &format!("--fsize={soft}:")]).status()?;
        ensure!(status.success(), "the limit was not set");
        Ok(())
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// What it wrote to its standard error so far.
    pub fn complaints(&self) -> String {
        std::fs::read_to_string(self.errors.path()).unwrap_or_default()
    }

    /// kill -9, and what started it, to start it again at the same address.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub fn kill(mut self) -> anyhow::Result<Launch> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(self.launch.clone())
    }

    /// Asks it to stop (SIGTERM).
    ///
    /// # Errors
    /// When the signal cannot be sent.
    pub fn terminate(&self) -> anyhow::Result<()> {
        let status = Command::new("kill").args(["-TERM", &self.id().to_string()]).status()?;
        ensure!(status.success(), "the signal was not sent");
        Ok(())
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// When it does not end in time.
    pub fn wait(&mut self, within: Duration) -> anyhow::Result<ExitStatus> {
        let give_up = Instant::now() + within;
        loop {
            if let Some(status) = self.process.try_wait()? {
                return Ok(status);
            }
            ensure!(Instant::now() < give_up, "the demo did not end within {within:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Whether it is alive.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn is_alive(&mut self) -> anyhow::Result<bool> {
        Ok(self.process.try_wait()?.is_none())
    }

    /// A line of `/proc/PID/status` in MiB: `VmRSS` is the memory it has now, `VmHWM` the most it had.
    ///
    /// # Errors
    /// Where there is no `/proc`.
    pub fn memory_mib(&self, line: &str) -> anyhow::Result<f64> {
        memory_mib(self.id(), line)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// As [`Demo::memory_mib`], of any process.
///
/// # Errors
/// Where there is no `/proc`, or no such process.
pub fn memory_mib(process: u32, line: &str) -> anyhow::Result<f64> {
    for text in BufReader::new(File::open(format!("/proc/{process}/status"))?).lines() {
        let text = text?;
        let value = text.strip_prefix(line).and_then(|rest| rest.strip_prefix(':'));
        if let Some(kibibytes) = value.and_then(|rest| rest.trim().strip_suffix(" kB")) {
            return Ok(kibibytes.parse::<f64>()? / 1024.0);
        }
    }
    bail!("no {line} of process {process}")
}
