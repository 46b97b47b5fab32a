//! The command line.

mod progress;

use std::{
    fs::File,
    io::Write,
    net::TcpListener,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand};
use hearten_entity::organization;

use self::progress::CountedLines;
use crate::{
    app::App,
    areas::directory::{
        founding,
        import::{self, ImportOutcome},
        reserved::Right,
    },
    config::{Config, DEFAULTS},
    demo::{self, DemoOptions},
    graphql::schema,
    platform::{clock::Clock, random::Random, telemetry},
    server,
};

/// Hearten: a GraphQL backend for an employee engagement platform.
#[derive(Debug, Parser)]
#[command(name = "hearten", version, about)]
pub struct Cli {
    /// A TOML file of settings; see `hearten config default`.
    #[arg(long, global = true, env = "HEARTEN_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a seeded demo organization: embedded SQLite, in-memory cache, a token for each persona, GraphiQL.
    Demo(DemoOptions),
    /// Run the service.
    Serve,
    /// Bring the database to the newest schema.
    Migrate {
        /// Undo all migrations instead: everything is lost.
        #[arg(long)]
        down: bool,
    },
    /// Print the public GraphQL schema.
    Schema,
    /// Import a directory from CSV files: the whole files or nothing.
    Import(ImportOptions),
    /// Look at the settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Check the settings, the database and the cache, and say what is missing.
    Doctor,
}

#[derive(Debug, Args)]
struct ImportOptions {
    /// The organization's slug; created when it is new and --name is given.
    #[arg(long)]
    organization: String,
    /// The name of a new organization.
    #[arg(long)]
    name: Option<String>,
    /// Teams: external_id, name, parent, lead.
    #[arg(long)]
    teams: Option<PathBuf>,
    /// Persons: external_id, name, and any of email, title, relationship, team, manager, hired_on, left_on,
    /// leave_reason, locale, attribute:NAME.
    #[arg(long)]
    persons: Option<PathBuf>,
    /// The external id of a person to make the first admin.
    #[arg(long)]
    admin: Option<String>,
    /// Check and report, but change nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print the defaults, with comments.
    Default,
    /// Print the settings in force, without secrets, and what keeps `serve` from starting.
    Check,
}

/// Runs a command line.
pub fn run(cli: Cli) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(dispatch(cli)) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    complain(&format!("hearten: {error:#}"));
    ExitCode::FAILURE
}

#[expect(clippy::print_stdout, reason = "this is what the command line is for")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "this is what the command line is for")]
fn complain(text: &str) {
    eprintln!("{text}");
}

async fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let file = cli.config.as_deref();
    match cli.command {
        Command::Demo(options) => run_demo(file, options).await?,
        Command::Serve => return serve(&load(file)?).await,
        Command::Migrate { down } => migrate(load(file)?, down).await?,
        Command::Schema => say(schema::sdl().trim_end()),
        Command::Import(options) => return import_files(load(file)?, options).await,
        Command::Config(ConfigCommand::Default) => say(DEFAULTS.trim_end()),
        Command::Config(ConfigCommand::Check) => return check(&load(file)?),
        Command::Doctor => return doctor(load(file)?).await,
    }
    Ok(ExitCode::SUCCESS)
}

fn load(file: Option<&Path>) -> anyhow::Result<Config> {
    Config::load(file).context("the settings are not right")
}

async fn run_demo(file: Option<&Path>, options: DemoOptions) -> anyhow::Result<()> {
    let mut config = load(file)?;
    if options.json {
        "warn".clone_into(&mut config.log.filter);
    }
    options.check()?;
    let _telemetry = telemetry::start(&config.log, &config.telemetry)?;
    let bar = progress::spinner("seeding the demo organization");
    let listener = TcpListener::bind(options.listen)
        .with_context(|| format!("cannot listen on {}; choose another with --listen", options.listen))?;
    let address = listener.local_addr()?;
    let running = demo::prepare(config, &options, address).await?;
    bar.finish_and_clear();
    let app = Arc::new(running.app);
    let server = server::serve(Arc::clone(&app), listener).await?;
    let url = format!("http://{address}/graphql");
    if options.json {
        let personas: Vec<_> = app
            .personas
            .iter()
            .map(|one| serde_json::json!({ "name": one.name, "role": one.role, "token": one.token }))
            .collect();
        say(&serde_json::json!({ "graphql": url, "personas": personas }).to_string());
    } else {
        say(&format!("\nHearten demo: GraphiQL at http://{address}/graphiql, GraphQL at {url}\n"));
        for persona in &app.personas {
            say(&format!("{} ({})\n  {}\n", persona.role, persona.name, persona.token));
        }
        say("Press Ctrl-C to stop.");
    }
    std::io::stdout().flush()?;
    server.await?;
    app.stop().await;
    Ok(())
}

async fn serve(config: &Config) -> anyhow::Result<ExitCode> {
    let problems = config.unsafe_settings();
    if !problems.is_empty() {
        complain("hearten: these settings are not safe to serve with:");
        problems.iter().for_each(|problem| complain(&format!("  - {problem}")));
        return Ok(ExitCode::FAILURE);
    }
    let _telemetry = telemetry::start(&config.log, &config.telemetry)?;
    let app = Arc::new(App::new(config.clone(), Clock::System, Random::System).await?);
    let missing = app.pending_migrations().await.context("the database cannot be read")?;
    if missing > 0 {
        bail!("the database lacks {missing} migrations; run `hearten migrate` first");
    }
    for issuer in app.authenticator.warm_up().await {
        tracing::warn!(%issuer, "the keys of an identity provider cannot be had now; they are fetched when needed");
    }
    let listener = TcpListener::bind(config.server.listen)
        .with_context(|| format!("cannot listen on {}", config.server.listen))?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    server::serve(Arc::clone(&app), listener).await?.await?;
    app.stop().await;
    Ok(ExitCode::SUCCESS)
}

async fn migrate(config: Config, down: bool) -> anyhow::Result<()> {
    let app = App::new(config, Clock::System, Random::System).await?;
    if down { app.migrate_down().await } else { migrate_up(&app).await }
}

async fn migrate_up(app: &App) -> anyhow::Result<()> {
    let bar = progress::counted("applying migrations", 0);
    let migrated = app
        .migrate_telling(|applied, of| {
            bar.set_length(of);
            bar.set_position(applied);
        })
        .await;
    bar.finish_and_clear();
    migrated
}

fn check(config: &Config) -> anyhow::Result<ExitCode> {
    say(&serde_json::to_string_pretty(config)?);
    let problems = config.unsafe_settings();
    problems.iter().for_each(|problem| complain(&format!("  - {problem}")));
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn doctor(config: Config) -> anyhow::Result<ExitCode> {
    let mut healthy = true;
    let mut tell = |part: &str, fine: bool, text: &str| {
        healthy &= fine;
        say(&format!("{} {part}: {text}", if fine { "ok  " } else { "FAIL" }));
    };
    for problem in config.unsafe_settings() {
        tell("settings", false, &problem);
    }
    let redis = !config.cache.redis_url.expose().is_empty();
    match App::new(config, Clock::System, Random::System).await {
        Err(error) => tell("database", false, &format!("{error:#}; check database.url")),
        Ok(app) => {
            match app.pending_migrations().await {
                Ok(0) => tell("database", true, "answers, and its schema is current"),
                Ok(n) => tell("database", false, &format!("lacks {n} migrations; run `hearten migrate`")),
                Err(_) => tell("database", false, "does not answer; check database.url and that it runs"),
            }
            if redis {
                let connected = app.cache.wait_connected(Duration::from_secs(2)).await;
                tell("redis", connected, if connected { "answers" } else { "does not answer; check cache.redis_url" });
            }
            for issuer in app.authenticator.warm_up().await {
                tell("identity", false, &format!("the keys of {issuer} cannot be fetched"));
            }
            app.stop().await;
        }
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn import_files(config: Config, options: ImportOptions) -> anyhow::Result<ExitCode> {
    if options.teams.is_none() && options.persons.is_none() {
        bail!("name a file with --teams, --persons or both");
    }
    let app = App::new(config, Clock::System, Random::System).await?;
    migrate_up(&app).await?;
    let db = app.database.open().await?;
    let found = organization::Entity::by_slug(&options.organization).one(db.read()).await?;
    let organization = match (found, &options.name) {
        (Some(row), _) => row.id,
        (None, Some(name)) => founding::create_organization(&app, &db, &options.organization, name).await?,
        (None, None) => {
            bail!("there is no organization {:?}; name it with --name to create it", options.organization)
        }
    };
    let bar = progress::counted("reading rows", 0);
    let open = |path: &PathBuf| open_counted(path, &bar).with_context(|| format!("cannot read {}", path.display()));
    let teams = options.teams.as_ref().map(open).transpose()?;
    let persons = options.persons.as_ref().map(open).transpose()?;
    let outcome = import::import(&app, &db, organization, teams, persons, Right::Operator, options.dry_run).await;
    bar.finish_and_clear();
    let outcome = outcome.map_err(|error| anyhow::anyhow!("the import failed: {error:?}"))?;
    let fine = report(&outcome, options.dry_run);
    if let (true, Some(admin)) = (fine && !options.dry_run, &options.admin) {
        founding::make_first_admin(&app, &db, organization, admin).await?;
        say(&format!("{admin} is admin"));
    }
    app.stop().await;
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Opens a file and makes `bar` longer by its lines.
fn open_counted(path: &Path, bar: &indicatif::ProgressBar) -> std::io::Result<CountedLines<File>> {
    let mut file = File::open(path)?;
    bar.inc_length(progress::count_lines(&mut file)?);
    Ok(CountedLines::new(file, bar.clone()))
}

fn report(outcome: &ImportOutcome, dry_run: bool) -> bool {
    for problem in &outcome.problems.listed {
        let file = format!("{:?}", problem.file).to_lowercase();
        let column = problem.column.as_ref().map(|column| format!(" [{column}]")).unwrap_or_default();
        complain(&format!("{file} line {}{column}: {}", problem.line, problem.message));
    }
    let hidden = outcome.problems.count.saturating_sub(outcome.problems.listed.len());
    if hidden > 0 {
        complain(&format!("… and {hidden} more"));
    }
    if outcome.problems.count > 0 {
        complain("nothing was changed");
        return false;
    }
    let verb = if dry_run { "would be" } else { "were" };
    say(&format!(
        "{} rows: {} {verb} created, {} updated, {} unchanged",
        outcome.rows, outcome.created, outcome.updated, outcome.unchanged
    ));
    true
}
