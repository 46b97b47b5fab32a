//! The demo: a made-up organization with a year of history, seeded through the same services that answer requests, and a
//! token for each persona. Everything is drawn from a fixed seed, so that two demos show the same figures.

mod conversations;
mod expectations;
mod goals;
mod improvement;
mod organization;
mod recognition;
mod retention;
mod surveys;

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use hearten_entity::{InOrganization, person};
use hearten_ids::{OrganizationId, PersonId, RequestId};
use hearten_policy::{Actor, Principal, Role, Scope};
use sea_orm::PaginatorTrait;

use crate::{
    app::{App, Persona, Trust},
    areas::{
        directory::{change::Change, charts::Snapshot, founding, roles},
        integrations::service::{self as integrations, NewApiToken},
    },
    auth::{
        Session,
        demo_issuer::{DemoIssuer, DemoMode},
    },
    config::{Algorithm, Config, Linking, Provider, Secret},
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal},
    },
    platform::{
        clock::Clock,
        db::{Db, DbSource},
        random::Random,
    },
};

/// The slug of the demo's organization.
pub const SLUG: &str = "demo";
const NAME: &str = "Morgenrot Instruments";
/// How long the printed tokens work.
const TOKEN_LIFE: TimeDelta = TimeDelta::days(7);
const SEED: u64 = 20_261_123;

/// How the demo is run.
#[derive(Debug, Args)]
pub struct DemoOptions {
    /// Where to listen. Port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Listen on an address that others can reach, too: whoever does may act as anybody, also as admin.
    #[arg(long)]
    pub expose: bool,
    /// Keep the data here; a temporary directory when left out.
    #[arg(long)]
    pub directory: Option<PathBuf>,
    /// Seed the demo into this empty Postgres instead.
    #[arg(long)]
    pub database_url: Option<String>,
    /// Use this Redis for cache and bus.
    #[arg(long)]
    pub redis_url: Option<String>,
    /// Accept access tokens of your own OpenID provider, on loopback or over https: a verified e-mail of a demo person
    /// signs in as them.
    #[arg(long, requires = "audience")]
    pub trust_issuer: Option<String>,
    /// The audience those tokens carry.
    #[arg(long)]
    pub audience: Option<String>,
    /// Print one line of JSON when ready, and nothing else.
    #[arg(long)]
    pub json: bool,
}

impl DemoOptions {
    /// Refuses what would make a demo a danger: its page hands out a token for every persona.
    ///
    /// # Errors
    /// When others can reach the address and nobody said that they may, and when tokens would be trusted whose keys
    /// come over an open network.
    pub fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.expose || self.listen.ip().is_loopback(),
            "others can reach {}, and the demo's page gives a token of an admin to whoever opens it; listen on \
             127.0.0.1, or add --expose if that is what you want",
            self.listen
        );
        let Some(issuer) = &self.trust_issuer else { return Ok(()) };
        let url = reqwest::Url::parse(issuer).with_context(|| format!("--trust-issuer {issuer} is not a URL"))?;
        let host = url.host_str().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let loopback = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        anyhow::ensure!(
            url.scheme() == "https" || (url.scheme() == "http" && loopback),
            "--trust-issuer {issuer}: its keys would come over an open network, where anybody between can replace them; \
             use https, or a provider on this machine"
        );
        Ok(())
    }
}

/// A demo that is ready to be served.
pub struct Prepared {
    /// The app, with its personas.
    pub app: App,
    // The temporary directory lives as long as the demo.
    _directory: Option<tempfile::TempDir>,
}

/// Opens or seeds the demo's data and puts its app together.
///
/// # Errors
/// When the directory or the database cannot be used, or a Postgres given is not empty.
pub async fn prepare(mut config: Config, options: &DemoOptions, address: SocketAddr) -> anyhow::Result<Prepared> {
    let proof = DemoMode::declare(&config)?;
    let directory = place_data(&mut config, options)?;
    config.server.listen = address;
    config.server.graphiql = true;
    let organization = seed_if_empty(&config).await?;
    let issuer = format!("http://{address}");
    let demo = DemoIssuer::new(proof, issuer, organization, Clock::System, Random::System)?;
    let mut trust = Trust { demo: Some(demo), providers: Vec::new() };
    if let (Some(issuer), Some(audience)) = (&options.trust_issuer, &options.audience) {
        trust.providers.push(Provider {
            issuer: issuer.clone(),
            audience: audience.clone(),
            organization: SLUG.to_owned(),
            algorithms: vec![Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA],
            accept_typ_jwt: false,
            client_ids: Vec::new(),
            linking: Linking::VerifiedEmail,
        });
    }
    let app = App::trusting(config, Clock::System, Random::System, trust).await?;
    let app = with_personas(app, organization).await?;
    Ok(Prepared { app, _directory: directory })
}

/// Decides where the data lies: a given database, a given directory, or a temporary one.
fn place_data(config: &mut Config, options: &DemoOptions) -> anyhow::Result<Option<tempfile::TempDir>> {
    if let Some(url) = &options.redis_url {
        config.cache.redis_url = Secret::new(url.clone());
    }
    if let Some(url) = &options.database_url {
        config.database.url = Secret::new(url.clone());
        return Ok(None);
    }
    let (path, temporary) = match &options.directory {
        Some(path) => {
            std::fs::create_dir_all(path).with_context(|| format!("cannot create {}", path.display()))?;
            (path.clone(), None)
        }
        None => {
            let temporary = tempfile::Builder::new().prefix("hearten-demo-").tempdir()?;
            (temporary.path().to_owned(), Some(temporary))
        }
    };
    config.database.url = Secret::new(format!("sqlite://{}", path.join("hearten.db").display()));
    Ok(temporary)
}

/// The demo's organization, seeded when the database is new.
async fn seed_if_empty(config: &Config) -> anyhow::Result<OrganizationId> {
    let mut seeding = config.clone();
    // Seeding needs neither Redis nor providers.
    seeding.cache.redis_url = Secret::default();
    seeding.identity.providers.clear();
    let clock = Clock::manual(Clock::System.now() - TimeDelta::days(420));
    let mut app = App::new(seeding, clock, Random::seeded(SEED)).await?;
    // Until it is complete the demo's data is worth nothing: it need not survive a power cut.
    app.database = DbSource::hasty(config.database.url.expose(), 4).await?;
    app.migrate().await?;
    let app = Arc::new(app);
    let db = app.database.open().await?;
    let organizations = hearten_entity::organization::Entity::all().all(db.read()).await?;
    if let Some(found) = organizations.iter().find(|one| one.slug == SLUG) {
        let persons = person::Entity::in_org(found.id).count(db.read()).await?;
        anyhow::ensure!(persons > 0, "the demo was not seeded to its end; start it on an empty database");
        return Ok(found.id);
    }
    anyhow::ensure!(organizations.is_empty(), "this database holds another organization; the demo wants an empty one");
    let id = founding::create_organization(&app, &db, SLUG, NAME).await?;
    organization::seed(&app, &db, id).await?;
    surveys::seed(&app, &db, id).await?;
    goals::seed(&app, &db, id).await?;
    expectations::seed(&app, &db, id).await?;
    conversations::seed(&app, &db, id).await?;
    improvement::seed(&app, &db, id).await?;
    recognition::seed(&app, &db, id).await?;
    retention::seed(&app, &db, id).await?;
    db.learn().await?;
    Ok(id)
}

/// Sets the demo's clock to so many days before now, also back: each story is told from its beginning.
fn go_to(app: &App, days_ago: i64) {
    set_clock(app, Clock::System.now() - TimeDelta::days(days_ago));
}

/// Sets the demo's clock, also back.
fn set_clock(app: &App, to: DateTime<Utc>) {
    if let Clock::Manual(millis) = &app.clock {
        millis.store(to.timestamp_millis(), Ordering::Relaxed);
    }
}

/// A request by a person, as the edge would build it.
async fn as_person(
    app: &Arc<App>,
    db: &Db,
    organization: OrganizationId,
    person: PersonId,
) -> anyhow::Result<RequestContext> {
    let snapshot = snapshot(app, db, organization).await?;
    let actor = Actor { organization, principal: Principal::Person(person), grants: snapshot.grants_of(person) };
    let session = Session { actor, expires_at: app.clock.now() + TOKEN_LIFE };
    let id = RequestId(app.random.id(app.clock.now()));
    Ok(RequestContext::new(Arc::clone(app), db.clone(), id, Some((session, snapshot))))
}

async fn snapshot(app: &App, db: &Db, organization: OrganizationId) -> anyhow::Result<Arc<Snapshot>> {
    app.charts.current(db, true, organization).await.map_err(exception)
}

fn exception(error: Exception) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

fn refusal(error: Refusal) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

/// The person who holds a role, by the e-mail the seed gave them.
fn by_email(snapshot: &Snapshot, name: &str) -> anyhow::Result<PersonId> {
    let email = format!("{name}@demo.example");
    snapshot.chart.person_by_email(&email).map(|person| person.id).with_context(|| format!("no demo person {email}"))
}

/// Grants the demo's roles.
async fn grant_roles(app: &App, db: &Db, organization: OrganizationId) -> anyhow::Result<()> {
    let change = Change::begin(app, db, organization).await.map_err(exception)?;
    let chart = &change.before.chart;
    let sales = chart.team_by_external_id("sales").map(|team| team.id);
    let grants = [
        ("admin", Role::Admin, None),
        ("partner", Role::PeoplePartner, None),
        ("partner.sales", Role::PeoplePartner, sales),
    ];
    for (name, role, team) in grants {
        let person = by_email(&change.before, name)?;
        roles::insert_grant(app, &change.tx, organization, person, role, team, None).await.map_err(exception)?;
    }
    change.commit(Vec::new(), Vec::new()).await.map_err(refusal)?;
    Ok(())
}

/// Who the demo lets a visitor be: the e-mail's first part, and what they are.
const PERSONAS: [(&str, &str); 6] = [
    ("admin", "admin"),
    ("partner", "people partner"),
    ("partner.sales", "people partner of one division"),
    ("board", "executive"),
    ("manager", "manager"),
    ("employee", "employee"),
];

async fn with_personas(app: App, organization: OrganizationId) -> anyhow::Result<App> {
    let app = Arc::new(app);
    let db = app.database.open().await?;
    let snapshot = snapshot(&app, &db, organization).await?;
    let issuer = app.demo.as_ref().context("the demo has no issuer")?;
    let mut personas = Vec::new();
    for (email, role) in PERSONAS {
        let id = by_email(&snapshot, email)?;
        let name = snapshot.chart.person(id).map(|person| person.display_name.to_string()).unwrap_or_default();
        personas.push(Persona { name, role: role.to_owned(), token: issuer.mint(id, TOKEN_LIFE) });
    }
    let admin = as_person(&app, &db, organization, by_email(&snapshot, "admin")?).await?;
    let new = NewApiToken {
        name: "Demo integration".to_owned(),
        scopes: vec![
            Scope::DirectoryRead,
            Scope::SurveysRead,
            Scope::ResultsRead,
            Scope::RecognitionRead,
            Scope::DocumentsFree,
        ],
        networks: Vec::new(),
        expires_at: Some(app.clock.now() + TOKEN_LIFE),
    };
    let (row, token) = integrations::create(&admin, new, None).await.map_err(refusal)?;
    let token = token.context("a new API token has no secret")?;
    drop(admin);
    personas.push(Persona { name: row.name, role: "integration".to_owned(), token });
    let mut app = Arc::into_inner(app).context("the demo's app is still in use")?;
    app.personas = personas;
    Ok(app)
}
