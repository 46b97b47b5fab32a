//! The command line: settings and where they come from, what is never printed, what is refused, and what each command
//! leaves behind.

use std::{
    fmt::Write,
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use hearten_tests::{binary, demo, skipped::tell, store::Store};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::Value;
use tempfile::TempDir;

const NAME: &str = "importing_a_hundred_thousand_people_is_bounded";

/// A directory with a database of its own, and `hearten` in it.
struct Place {
    directory: TempDir,
}

impl Place {
    fn new() -> anyhow::Result<Self> {
        Ok(Self { directory: tempfile::tempdir()? })
    }

    fn command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let mut command = demo::command(&binary::hearten()?);
        command.args(arguments).current_dir(self.directory.path()).env("HEARTEN_LOG__FILTER", "warn");
        Ok(command)
    }

    fn run(&self, arguments: &[&str]) -> anyhow::Result<Said> {
        Ok(self.command(arguments)?.output()?.into())
    }

    fn write(&self, file: &str, text: &str) -> anyhow::Result<()> {
        Ok(std::fs::write(self.directory.path().join(file), text)?)
    }

    /// The one number that `sql` selects, as `value`.
    async fn number(&self, sql: &str) -> anyhow::Result<i64> {
        let path = self.directory.path().join("hearten.db");
        let database = Database::connect(format!("sqlite://{}", path.display())).await?;
        let row = database.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?.context("no row")?;
        Ok(row.try_get("", "value")?)
    }
}

/// How a command ended and what it said.
struct Said {
    fine: bool,
    output: String,
    errors: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { fine: output.status.success(), output: text(&output.stdout), errors: text(&output.stderr) }
    }
}

impl Said {
    /// It failed, and said each of these.
    fn fails_with(&self, wanted: &[&str]) {
        assert!(!self.fine, "it should have failed: {}", self.output);
        for text in wanted {
            assert!(self.errors.contains(text), "{text:?} is not said: {}", self.errors);
        }
    }

    fn succeeds(&self) -> anyhow::Result<&str> {
        ensure!(self.fine, "it failed: {}{}", self.output, self.errors);
        Ok(&self.output)
    }
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() -> anyhow::Result<()> {
    let place = Place::new()?;
    place.write("hearten.toml", "[server]\nlisten = \"127.0.0.1:1111\"\nshutdown_seconds = 7\n")?;
    let shown = |command: &mut Command| -> anyhow::Result<Value> {
        Ok(serde_json::from_str(&String::from_utf8(command.output()?.stdout)?)?)
    };
    let defaults = shown(&mut place.command(&["config", "check"])?)?;
    assert_eq!(defaults["server"]["listen"], "127.0.0.1:8080");
    let file = ["--config", "hearten.toml", "config", "check"];
    let with_file = shown(&mut place.command(&file)?)?;
    assert_eq!(with_file["server"]["listen"], "127.0.0.1:1111");
    assert_eq!(with_file["server"]["shutdown_seconds"], 7);
    assert_eq!(with_file["graphql"], defaults["graphql"], "what the file does not say stays as it was");
    let with_both = shown(place.command(&file)?.env("HEARTEN_SERVER__LISTEN", "127.0.0.1:2222"))?;
    assert_eq!(with_both["server"]["listen"], "127.0.0.1:2222");
    assert_eq!(with_both["server"]["shutdown_seconds"], 7);
    let named = shown(place.command(&["config", "check"])?.env("HEARTEN_CONFIG", "hearten.toml"))?;
    assert_eq!(named, with_file, "the file can be named by the environment");
    Ok(())
}

#[test]
fn the_printed_defaults_are_the_defaults() -> anyhow::Result<()> {
    let place = Place::new()?;
    let printed = place.run(&["config", "default"])?;
    place.write("all.toml", printed.succeeds()?)?;
    let without = place.run(&["config", "check"])?;
    let with = place.run(&["--config", "all.toml", "config", "check"])?;
    assert_eq!(with.output, without.output);
    Ok(())
}

#[test]
fn unknown_and_malformed_settings_are_refused_by_name() -> anyhow::Result<()> {
    let place = Place::new()?;
    place.write("typo.toml", "[server]\nlissen = \"127.0.0.1:1\"\n")?;
    place.run(&["--config", "typo.toml", "config", "check"])?.fails_with(&["lissen"]);
    place.write("kind.toml", "[server]\nworkers = \"many\"\n")?;
    place.run(&["--config", "kind.toml", "config", "check"])?.fails_with(&["workers"]);
    place.run(&["--config", "absent.toml", "config", "check"])?.fails_with(&["absent.toml"]);
    for (name, hint) in [
        ("HEARTEN_SERVER__LISSEN", "did you mean HEARTEN_SERVER__LISTEN?"),
        ("HEARTEN_SERVER_LISTEN", "did you mean HEARTEN_SERVER__LISTEN?"),
        ("HEARTEN_DATABASE_URL", "did you mean HEARTEN_DATABASE__URL?"),
        ("HEARTEN_WHATEVER", "`hearten config default` prints all settings"),
    ] {
        for arguments in [&["config", "check"][..], &["serve"], &["migrate"]] {
            let mut command = place.command(arguments)?;
            Said::from(command.env(name, "127.0.0.1:1").output()?).fails_with(&[name, hint]);
        }
    }
    assert!(!place.directory.path().join("hearten.db").exists(), "nothing was begun");
    let mut command = place.command(&["migrate"])?;
    Said::from(command.env("HEARTEN_TEST_POSTGRES_URL", "x").output()?).succeeds().context("what tests are told")?;
    Ok(())
}

#[test]
fn secrets_are_never_printed() -> anyhow::Result<()> {
    let place = Place::new()?;
    // Nothing answers there, so every command that wants the database complains about it.
    let secrets = [
        ("HEARTEN_DATABASE__URL", "postgres://hearten:hunter2-database@127.0.0.1:9/hearten"),
        ("HEARTEN_CACHE__REDIS_URL", "redis://:hunter2-redis@127.0.0.1:9/"),
    ];
    for arguments in [&["config", "check"][..], &["doctor"], &["migrate"], &["serve"]] {
        let mut command = place.command(arguments)?;
        let said = Said::from(command.envs(secrets).env("HEARTEN_LOG__FILTER", "trace").output()?);
        assert!(!said.output.contains("hunter2") && !said.errors.contains("hunter2"), "{arguments:?} tells a secret");
        assert!(!said.fine, "{arguments:?} should not succeed");
    }
    for (name, value) in [("HEARTEN_CACHE__REDIS_URL", "rediss:/hunter2"), ("HEARTEN_DATABASE__URL", "mysql://hunter2")]
    {
        let said = Said::from(place.command(&["doctor"])?.env(name, value).output()?);
        assert!(
            !said.output.contains("hunter2") && !said.errors.contains("hunter2"),
            "doctor tells a malformed {name}"
        );
    }
    Ok(())
}

#[test]
fn serve_refuses_unsafe_settings_and_names_each() -> anyhow::Result<()> {
    let place = Place::new()?;
    place.run(&["serve"])?.fails_with(&["identity.providers is empty"]);
    place.write(
        "unsafe.toml",
        "[server]\ngraphiql = true\ncors_origins = [\"*\", \"http://app.example\"]\n\
         [[identity.providers]]\nissuer = \"http://login.example\"\naudience = \"\"\norganization = \"acme\"\n\
         accept_typ_jwt = true\nalgorithms = []\n",
    )?;
    let unsafe_settings = [
        "server.graphiql is on",
        "\"*\" is not an exact origin",
        "http://app.example is not https",
        "issuer http://login.example is not https",
        "has no audience",
        "accept_typ_jwt without client_ids",
        "has no algorithms",
    ];
    for command in ["serve", "config"] {
        let rest: &[&str] = if command == "config" { &["check"] } else { &[] };
        let said = place.run(&[&["--config", "unsafe.toml", command], rest].concat())?;
        said.fails_with(&unsafe_settings);
    }
    assert!(!place.directory.path().join("hearten.db").exists(), "a refused start leaves nothing behind");
    Ok(())
}

#[test]
fn serve_wants_a_migrated_database() -> anyhow::Result<()> {
    let place = Place::new()?;
    place.write(
        "safe.toml",
        "[[identity.providers]]\nissuer = \"https://login.invalid\"\naudience = \"urn:a\"\norganization = \"acme\"\n",
    )?;
    place.run(&["--config", "safe.toml", "serve"])?.fails_with(&["lacks", "hearten migrate"]);
    Ok(())
}

#[tokio::test]
async fn migrating_up_and_down_leaves_what_it_says() -> anyhow::Result<()> {
    let place = Place::new()?;
    let tables = "SELECT count(*) AS value FROM sqlite_master WHERE type = 'table' AND name = 'persons'";
    place.run(&["migrate"])?.succeeds()?;
    place.run(&["migrate"])?.succeeds().context("a second time")?;
    assert_eq!(place.number(tables).await?, 1);
    let doctor = place.run(&["doctor"])?;
    assert!(doctor.output.contains("ok   database"), "{}", doctor.output);
    assert!(doctor.output.contains("FAIL settings: identity.providers is empty"), "{}", doctor.output);
    assert!(!doctor.fine, "a doctor that finds something fails");
    place.run(&["migrate", "--down"])?.succeeds()?;
    assert_eq!(place.number(tables).await?, 0);
    let doctor = place.run(&["doctor"])?;
    assert!(doctor.output.contains("FAIL database: lacks"), "{}", doctor.output);
    place.run(&["migrate"])?.succeeds().context("up again")?;
    assert_eq!(place.number(tables).await?, 1);
    Ok(())
}

#[test]
fn the_doctor_names_a_redis_and_a_provider_that_do_not_answer() -> anyhow::Result<()> {
    let place = Place::new()?;
    place.run(&["migrate"])?.succeeds()?;
    place.write(
        "away.toml",
        "[cache]\nredis_url = \"redis://127.0.0.1:9/\"\n\
         [[identity.providers]]\nissuer = \"https://127.0.0.1:9\"\naudience = \"urn:a\"\norganization = \"acme\"\n",
    )?;
    let said = place.run(&["--config", "away.toml", "doctor"])?;
    assert!(!said.fine);
    for wanted in ["ok   database", "FAIL redis: does not answer", "FAIL identity: the keys of https://127.0.0.1:9"] {
        assert!(said.output.contains(wanted), "{wanted:?} is not said: {}", said.output);
    }
    Ok(())
}

#[test]
fn the_printed_schema_is_the_committed_one() -> anyhow::Result<()> {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../schema.graphql"))?;
    let said = Place::new()?.run(&["schema"])?;
    assert!(said.succeeds()?.trim_end() == committed.trim_end(), "schema.graphql is stale");
    Ok(())
}

const TEAMS: &str = "external_id,name,parent,lead\nroot,Everybody,,p1\nsales,Sales,root,\n";
const PERSONS: &str =
    "external_id,name,email,team,manager\np1,Ada,ada@a.example,root,\np2,Ben,ben@a.example,sales,p1\n";

#[tokio::test]
async fn an_import_is_reported_and_whole_or_nothing() -> anyhow::Result<()> {
    let place = Place::new()?;
    let persons = "SELECT count(*) AS value FROM persons";
    place.write("teams.csv", TEAMS)?;
    place.write("persons.csv", PERSONS)?;
    let into = |rest: &[&'static str]| {
        let fixed = ["import", "--organization", "acme", "--teams", "teams.csv", "--persons", "persons.csv"];
        [&fixed, rest].concat()
    };
    place.run(&into(&[]))?.fails_with(&["no organization \"acme\"", "--name"]);
    place.run(&["import", "--organization", "acme"])?.fails_with(&["--teams", "--persons"]);
    let dry = place.run(&into(&["--name", "Acme", "--dry-run"]))?;
    assert_eq!(dry.succeeds()?.trim(), "4 rows: 4 would be created, 0 updated, 0 unchanged");
    assert_eq!(place.number(persons).await?, 0);
    let first = place.run(&into(&["--name", "Acme", "--admin", "p1"]))?;
    assert_eq!(first.succeeds()?.trim(), "4 rows: 4 were created, 0 updated, 0 unchanged\np1 is admin");
    let second = place.run(&into(&[]))?;
    assert_eq!(second.succeeds()?.trim(), "4 rows: 0 were created, 0 updated, 4 unchanged");
    place.run(&into(&["--admin", "p2"]))?.fails_with(&["there is an admin already"]);

    place.write("persons.csv", &PERSONS.replace("Ben", "Benjamin"))?;
    assert_eq!(place.run(&into(&[]))?.succeeds()?.trim(), "4 rows: 0 were created, 1 updated, 3 unchanged");
    place.write("persons.csv", &format!("{PERSONS}p3,Cem,cem@a.example,marketing,p9\n"))?;
    place.run(&into(&[]))?.fails_with(&[
        "persons line 4 [team]: there is no team \"marketing\"",
        "persons line 4 [manager]: there is no person \"p9\"",
        "nothing was changed",
    ]);
    place.write("persons.csv", &format!("{PERSONS}p3,Cem,cem@a.example,sales,p1\np4,,d@a.example,root,\n"))?;
    place.run(&into(&[]))?.fails_with(&["persons line 5 [name]: a value is required", "nothing was changed"]);
    assert_eq!(place.number(persons).await?, 2, "one bad row, and nothing is changed");
    Ok(())
}

/// A file as large as a large organization's: time and memory are told and bounded.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn importing_a_hundred_thousand_people_is_bounded() -> anyhow::Result<()> {
    const ROWS: usize = 100_000;
    if std::env::var_os("HEARTEN_TEST_POSTGRES_URL").is_some() {
        tell(NAME, "measured in the run on SQLite");
        return Ok(());
    }
    let place = Place::new()?;
    write_large_organization(place.directory.path(), ROWS)?;
    let arguments = ["import", "--organization", "acme", "--name", "Acme", "--teams", "t.csv", "--persons", "p.csv"];
    let began = Instant::now();
    let (said, memory) = watch(place.command(&arguments)?).await?;
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(said.succeeds()?.trim(), "102001 rows: 102001 were created, 0 updated, 0 unchanged");
    assert_eq!(place.number("SELECT count(*) AS value FROM persons").await?, i64::try_from(ROWS)?);
    let began = Instant::now();
    let (said, again_memory) = watch(place.command(&arguments)?).await?;
    assert_eq!(said.succeeds()?.trim(), "102001 rows: 0 were created, 0 updated, 102001 unchanged");
    let again = began.elapsed().as_secs_f64();
    tell(
        NAME,
        &format!(
            "{ROWS} persons and 2,001 teams: {seconds:.1} s, {memory:.0} MiB at most; the same file again {again:.1} s, \
             {again_memory:.0} MiB at most"
        ),
    );
    assert!(memory.max(again_memory) < 1024.0, "{memory:.0} and {again_memory:.0} MiB");
    assert!(seconds < 240.0 && again < 120.0, "{seconds:.1} s, then {again:.1} s");
    Ok(())
}

/// 2,000 teams below a root, in a tree of degree 12; each person reports to somebody before them.
fn write_large_organization(directory: &Path, rows: usize) -> anyhow::Result<()> {
    let mut teams = "external_id,name,parent,lead\nt0,Everybody,,p0\n".to_owned();
    for team in 1..=2_000_usize {
        writeln!(teams, "t{team},Team {team},t{},p{team}", (team - 1) / 12)?;
    }
    let mut persons = "external_id,name,email,title,team,manager,hired_on,attribute:site\n".to_owned();
    for person in 0..rows {
        let manager = if person == 0 { String::new() } else { format!("p{}", (person - 1) / 8) };
        let (team, day, site) = (person % 2_001, 1 + person % 28, ["Ulm", "Kiel", "Remote"][person % 3]);
        writeln!(
            persons,
            "p{person},Person Number {person},p{person}@acme.example,Specialist,t{team},{manager},2020-03-{day:02},{site}"
        )?;
    }
    std::fs::write(directory.join("t.csv"), teams)?;
    std::fs::write(directory.join("p.csv"), persons)?;
    Ok(())
}

/// Runs a command to its end, and the most memory it had (0 where the system does not say).
async fn watch(mut command: Command) -> anyhow::Result<(Said, f64)> {
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut most: f64 = 0.0;
    while process.try_wait()?.is_none() {
        most = most.max(demo::memory_mib(process.id(), "VmHWM").unwrap_or(0.0));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok((process.wait_with_output()?.into(), most))
}

/// What one store and one binary have in common with the next: nothing of the caller's environment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_wants_an_empty_database_or_its_own() -> anyhow::Result<()> {
    let place = Place::new()?;
    place.write("teams.csv", TEAMS)?;
    place.write("persons.csv", PERSONS)?;
    place
        .run(&[
            "import",
            "--organization",
            "acme",
            "--name",
            "Acme",
            "--teams",
            "teams.csv",
            "--persons",
            "persons.csv",
        ])?
        .succeeds()?;
    let said = place.run(&["demo", "--json", "--listen", "127.0.0.1:0", "--directory", "."])?;
    said.fails_with(&["another organization"]);
    assert_eq!(said.output, "");
    place.run(&["demo", "--trust-issuer", "http://127.0.0.1:9"])?.fails_with(&["--audience"]);
    let store = Store::sqlite(&binary::hearten()?).await?;
    let settings = [("HEARTEN_IDENTITY__PROVIDERS", "[{issuer=\"https://a\",audience=\"b\",organization=\"c\"}]")];
    let mut launch = store.launch();
    launch.settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let Err(error) = launch.start() else { anyhow::bail!("a demo ran beside a real provider") };
    assert!(format!("{error:#}").contains("never runs beside a real provider"), "{error:#}");
    Ok(())
}
