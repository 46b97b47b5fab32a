//! What every test stands on: a service with a database of its own, two small organizations, and clients for each role.

mod client;
mod database;
mod node;
mod organization;
mod socket;
mod surveys;

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use hearten_api::{
    app::App,
    areas::directory::charts::Snapshot,
    auth::demo_issuer::{DemoIssuer, DemoMode},
    config::{Config, Secret},
    platform::{
        clock::Clock,
        db::{Db, StatementCount},
        random::Random,
    },
};
use hearten_entity::outbox_message;
use hearten_ids::{OrganizationId, PersonId, TeamId};
use tokio::runtime::Runtime;

pub use client::{Client, Reply};
pub use database::{Database, on_postgres, redis_url};
pub use organization::ACME;
pub use socket::Socket;
pub use surveys::{Survey, answers, draft};

use node::Node;

/// When every test begins.
pub const BEGINNING: &str = "2026-11-23T09:00:00Z";
/// How long tokens work that tests sign in with.
const TOKEN_LIFE: TimeDelta = TimeDelta::days(20);

/// Who asks, by the role that decides what they may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Nobody.
    Anonymous,
    /// `emil`: a member of North Sales Team A.
    Employee,
    /// `nora`: leads North Sales Team A.
    Manager,
    /// `bert`: sits on the board.
    Executive,
    /// `petra`: people partner of the whole organization.
    Partner,
    /// `paula`: people partner of North only.
    PartnerOfNorth,
    /// `adam`: admin.
    Admin,
    /// An API token without any scope.
    BareToken,
    /// An API token with every scope.
    FullToken,
    /// `ulla`: admin of the other organization.
    ForeignAdmin,
}

impl Role {
    /// Every role, in the order of the tables.
    pub const ALL: [Self; 10] = [
        Self::Anonymous,
        Self::Employee,
        Self::Manager,
        Self::Executive,
        Self::Partner,
        Self::PartnerOfNorth,
        Self::Admin,
        Self::BareToken,
        Self::FullToken,
        Self::ForeignAdmin,
    ];

    /// The head of its column.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Employee => "employee",
            Self::Manager => "manager",
            Self::Executive => "executive",
            Self::Partner => "partner",
            Self::PartnerOfNorth => "p.north",
            Self::Admin => "admin",
            Self::BareToken => "bare",
            Self::FullToken => "full",
            Self::ForeignAdmin => "foreign",
        }
    }

    /// The external id of the person, for roles of persons.
    const fn person(self) -> Option<&'static str> {
        match self {
            Self::Employee => Some("emil"),
            Self::Manager => Some("nora"),
            Self::Executive => Some("bert"),
            Self::Partner => Some("petra"),
            Self::PartnerOfNorth => Some("paula"),
            Self::Admin => Some("adam"),
            Self::ForeignAdmin => Some("ulla"),
            Self::Anonymous | Self::BareToken | Self::FullToken => None,
        }
    }
}

/// A tenant under test.
pub struct Tenant {
    /// The organization.
    pub id: OrganizationId,
    issuer: Arc<DemoIssuer>,
}

/// A running service with two organizations: acme, and a foreign one.
pub struct TestApp {
    /// Acme.
    pub acme: Tenant,
    /// The other tenant.
    pub umbra: Tenant,
    /// What time it is, on every node.
    pub clock: Clock,
    /// The database of this test.
    pub database: Database,
    nodes: Vec<Node>,
    config: Config,
    http: reqwest::Client,
    tokens: tokio::sync::OnceCell<[String; 2]>,
    behind: tokio::sync::OnceCell<Db>,
    runtime: Option<Runtime>,
}

impl TestApp {
    /// A service with the settings tests usually want.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A service with settings changed by `change`.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let database = Database::create().await;
        let mut config = Config::load(None).unwrap();
        config.database.url = Secret::new(database.url());
        config.cache.redis_url = Secret::new(redis_url().unwrap_or_default());
        config.server.workers = 1;
        config.server.shutdown_seconds = 1;
        // The clock stands still, so a bucket that is spent would stay empty.
        config.graphql.cost_bucket = 100_000_000;
        change(&mut config);
        let clock = Clock::manual(beginning());
        let random = Random::seeded(seed());
        let seeded = {
            let (config, clock, random) = (config.clone(), clock.clone(), random.clone());
            runtime.spawn(async move { organization::seed(&config, &clock, &random).await })
        };
        let (acme, umbra) = seeded.await.unwrap();
        let issuer = |id, name: &str| {
            let proof = DemoMode::declare(&config).unwrap();
            let url = format!("http://{name}.issuer.test");
            let issuer = DemoIssuer::new(proof, url, id, clock.clone(), Random::System).unwrap();
            Tenant { id, issuer: Arc::new(issuer) }
        };
        let (acme, umbra) = (issuer(acme, "acme"), issuer(umbra, "umbra"));
        let mut app = Self {
            acme,
            umbra,
            clock,
            database,
            nodes: Vec::new(),
            config,
            http: reqwest::Client::new(),
            tokens: tokio::sync::OnceCell::new(),
            behind: tokio::sync::OnceCell::new(),
            runtime: Some(runtime),
        };
        app.add_node_with(random).await;
        app
    }

    /// Starts another node on the same database (and Redis), and returns its number.
    pub async fn add_node(&mut self) -> usize {
        self.add_node_with(Random::seeded(seed() ^ 1)).await
    }

    async fn add_node_with(&mut self, random: Random) -> usize {
        let (config, clock) = (self.config.clone(), self.clock.clone());
        let issuers = [Arc::clone(&self.acme.issuer), Arc::clone(&self.umbra.issuer)];
        let runtime = self.runtime.as_ref().unwrap();
        let node = runtime.spawn(Node::start(config, clock, random, issuers)).await.unwrap();
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// The parts of the first node.
    pub fn app(&self) -> &Arc<App> {
        &self.nodes[0].app
    }

    /// The parts of a node.
    pub fn app_of(&self, node: usize) -> &Arc<App> {
        &self.nodes[node].app
    }

    /// Moves the time forward.
    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by.to_std().unwrap_or(Duration::ZERO));
    }

    /// SQL statements of the first node since its start.
    pub fn statements(&self) -> &StatementCount {
        self.app().database.statements()
    }

    /// Sets the clock to a time, also to one that has passed.
    pub fn set_clock(&self, to: DateTime<Utc>) {
        if let Clock::Manual(millis) = &self.clock {
            millis.store(to.timestamp_millis(), std::sync::atomic::Ordering::Relaxed);
        }
    }

    /// Waits until all effects have left through the outbox: what runs beside the requests is quiet then.
    pub async fn settle(&self) {
        let db = self.db().await.read();
        while outbox_message::Entity::waiting().one(db).await.unwrap().is_some() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// A way to the database for looking behind the service. The statements run here are not counted.
    pub async fn db(&self) -> &Db {
        self.behind.get_or_init(|| self.database.open()).await
    }

    /// Acme's directory as the first node sees it.
    pub async fn directory(&self) -> Arc<Snapshot> {
        self.directory_of(&self.acme).await
    }

    /// The directory of a tenant as the first node sees it.
    pub async fn directory_of(&self, tenant: &Tenant) -> Arc<Snapshot> {
        self.app().charts.current(self.db().await, true, tenant.id).await.unwrap()
    }

    /// The id of a person of acme or of the other tenant, by external id.
    pub async fn person(&self, external_id: &str) -> String {
        self.find_person(external_id).await.1.to_string()
    }

    async fn find_person(&self, external_id: &str) -> (&Tenant, PersonId) {
        for tenant in [&self.acme, &self.umbra] {
            if let Some(person) = self.directory_of(tenant).await.chart.person_by_external_id(external_id) {
                return (tenant, person.id);
            }
        }
        panic!("there is no person {external_id}")
    }

    /// The id of a team of acme or of the other tenant, by external id.
    pub async fn team(&self, external_id: &str) -> String {
        self.find_team(external_id).await.to_string()
    }

    async fn find_team(&self, external_id: &str) -> TeamId {
        for tenant in [&self.acme, &self.umbra] {
            if let Some(team) = self.directory_of(tenant).await.chart.team_by_external_id(external_id) {
                return team.id;
            }
        }
        panic!("there is no team {external_id}")
    }

    /// A client of the first node for somebody of that role.
    pub async fn client(&self, role: Role) -> Client {
        self.client_at(0, role).await
    }

    /// A client of a node for somebody of that role.
    pub async fn client_at(&self, node: usize, role: Role) -> Client {
        let bearer = match role {
            Role::Anonymous => None,
            Role::BareToken => Some(self.tokens().await[0].clone()),
            Role::FullToken => Some(self.tokens().await[1].clone()),
            _ => Some(self.mint(role.person().unwrap()).await),
        };
        self.client_with_at(node, bearer)
    }

    /// A client of the first node for a person, by external id.
    pub async fn client_of(&self, person: &str) -> Client {
        self.client_with(Some(self.mint(person).await))
    }

    /// A client of the first node with a bearer token, or without.
    pub fn client_with(&self, bearer: Option<String>) -> Client {
        self.client_with_at(0, bearer)
    }

    /// A client of a node with a bearer token, or without.
    pub fn client_with_at(&self, node: usize, bearer: Option<String>) -> Client {
        Client::new(self.http.clone(), self.nodes[node].address, bearer)
    }

    /// An access token for a person, issued now.
    pub async fn mint(&self, external_id: &str) -> String {
        let (tenant, person) = self.find_person(external_id).await;
        tenant.issuer.mint(person, TOKEN_LIFE)
    }

    /// An access token by acme's issuer for whoever has this id.
    pub fn acme_token(&self, person: &str) -> String {
        self.acme.issuer.mint(person.parse().unwrap(), TOKEN_LIFE)
    }

    /// An access token by the other tenant's issuer for whoever has this id.
    pub fn umbra_token(&self, person: &str) -> String {
        self.umbra.issuer.mint(person.parse().unwrap(), TOKEN_LIFE)
    }

    /// The texts of an API token without scopes and of one with all.
    async fn tokens(&self) -> &[String; 2] {
        self.tokens.get_or_init(|| organization::create_tokens(self)).await
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        let nodes = std::mem::take(&mut self.nodes);
        let database = self.database.clone();
        let (done, wait) = mpsc::channel();
        runtime.spawn(async move {
            for node in nodes {
                node.stop().await;
            }
            database.remove().await;
            // Before the process can end: with the last copy goes the file.
            drop(database);
            let _ = done.send(());
        });
        // The service has a runtime of its own, so this wait does not keep it from ending.
        let _ = wait.recv_timeout(Duration::from_secs(10));
        runtime.shutdown_background();
    }
}

/// When every test begins.
pub fn beginning() -> DateTime<Utc> {
    BEGINNING.parse().unwrap()
}

/// A seed of this test: the same in every run on memory. Where Redis is shared between tests and runs, ids must not come
/// again.
fn seed() -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    std::thread::current().name().hash(&mut hasher);
    if redis_url().is_some() {
        rand::random::<u64>().hash(&mut hasher);
    }
    hasher.finish()
}
