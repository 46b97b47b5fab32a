//! The parts of the running service that all workers share, and how they are put together.

use std::sync::Arc;

use hearten_migration::Migrator;
use sea_orm_migration::MigratorTrait;

use crate::{
    areas::{
        audit::RecentReadings,
        conversations::{self, coverage::CoveragePlans},
        directory::{self, charts::Charts, newcomers::Newcomers},
        expectations, goals, happenings, points, priorities, requests,
        results::published::Publications,
        retention::{self, model::KeptVersions, survival::CountedCurves, turnover::CountedTurnovers},
        surveys::{self, preview::PlanPreviews, service::FrozenSurveys},
    },
    auth::{
        Authenticator, Parts,
        demo_issuer::DemoIssuer,
        directory::{ChartDirectory, CreatePerson},
    },
    config::{Config, Linking, Provider},
    graphql::schema::{self, HeartenSchema},
    http::metrics::Metrics,
    platform::{
        bus::Bus,
        cache::Cache,
        clock::Clock,
        db::{self, Db, DbSource},
        mail::Mail,
        outbox::Outbox,
        random::Random,
    },
};

/// What every key and channel in Redis begins with.
const REDIS_PREFIX: &str = "hearten:";

/// What all requests share. Immutable after the start, apart from what its parts guard themselves.
pub struct App {
    /// The settings.
    pub config: Config,
    /// What time it is.
    pub clock: Clock,
    /// Ids and secrets.
    pub random: Random,
    /// Where the database is.
    pub database: DbSource,
    /// Values with a lifetime.
    pub cache: Cache,
    /// What changed elsewhere.
    pub bus: Bus,
    /// Whom the demo lets a visitor be; empty outside the demo.
    pub personas: Vec<Persona>,
    /// The directories this node holds.
    pub charts: Arc<Charts>,
    /// Who a bearer is.
    pub authenticator: Authenticator,
    /// Makes persons of people who sign in for the first time; none where no provider wants that.
    pub newcomers: Option<Arc<Newcomers>>,
    /// The demo's own issuer; none outside the demo.
    pub demo: Option<DemoIssuer>,
    /// The publications this node holds.
    pub publications: Publications,
    /// How mail is sent.
    pub mail: Mail,
    /// What is to be told, written with the change it tells of.
    pub outbox: Outbox,
    /// What is counted for `/metrics`.
    pub metrics: Metrics,
    /// The launched surveys this node holds.
    pub frozen_surveys: FrozenSurveys,
    /// Which readings of results were recorded lately.
    pub recent_readings: RecentReadings,
    /// The graphs of goals this node holds.
    pub goal_graphs: goals::Graphs,
    /// What drafts could ever show, as far as somebody asked.
    pub plan_previews: PlanPreviews,
    /// Of which teams it is shown how many talked with their managers.
    pub coverage_plans: CoveragePlans,
    /// How many left, as counted lately.
    pub turnovers: CountedTurnovers,
    /// How long people stay, as counted lately.
    pub survival_curves: CountedCurves,
    /// The versions of retention models this node holds.
    pub retention_models: KeptVersions,
    /// The schema.
    pub schema: HeartenSchema,
}

impl App {
    /// Puts the parts together: opens the database and, where settings name it, Redis. Applies no migrations. Call it on
    /// the runtime that lives as long as the process: the connections to Redis live there.
    ///
    /// # Errors
    /// When the database cannot be opened, or the Redis URL or the mail settings are malformed.
    pub async fn new(config: Config, clock: Clock, random: Random) -> anyhow::Result<Self> {
        Self::trusting(config, clock, random, Trust::default()).await
    }

    /// As [`App::new`], trusting more issuers than the settings name.
    ///
    /// # Errors
    /// As [`App::new`].
    pub async fn trusting(config: Config, clock: Clock, random: Random, trust: Trust) -> anyhow::Result<Self> {
        let database = DbSource::new(config.database.url.expose(), config.database.connections_per_worker).await?;
        let redis = config.cache.redis_url.expose();
        let (cache, bus) = if redis.is_empty() {
            (Cache::memory(), Bus::memory())
        } else {
            let runtime = tokio::runtime::Handle::current();
            let node = random.unlinkable_id();
            (Cache::redis(redis, REDIS_PREFIX, &runtime)?, Bus::redis(redis, REDIS_PREFIX, node, &runtime)?)
        };
        let mail = Mail::new(&config.mail)?;
        let charts = Arc::new(Charts::default());
        let providers: Vec<Provider> = config.identity.providers.iter().chain(&trust.providers).cloned().collect();
        let wanted = providers.iter().any(|provider| provider.linking == Linking::JustInTime);
        let newcomers = wanted.then(|| Arc::new(Newcomers::default()));
        let parts = Parts {
            clock: clock.clone(),
            random: random.clone(),
            bus: bus.clone(),
            directory: Arc::new(ChartDirectory { charts: Arc::clone(&charts), bus: bus.clone() }),
            create: newcomers.clone().map(|newcomers| newcomers as Arc<dyn CreatePerson>),
        };
        let authenticator = Authenticator::new(&providers, trust.demo.as_ref(), parts)?;
        Ok(Self {
            config,
            clock,
            random,
            database,
            cache,
            bus,
            personas: Vec::new(),
            charts,
            authenticator,
            newcomers,
            demo: trust.demo,
            publications: Publications::default(),
            frozen_surveys: FrozenSurveys::default(),
            recent_readings: RecentReadings::default(),
            goal_graphs: goals::Graphs::default(),
            plan_previews: PlanPreviews::default(),
            coverage_plans: CoveragePlans::default(),
            turnovers: CountedTurnovers::default(),
            survival_curves: CountedCurves::default(),
            retention_models: KeptVersions::default(),
            mail,
            outbox: Outbox::default(),
            metrics: Metrics::default(),
            schema: schema::build(),
        })
    }

    /// Brings the database to the newest schema.
    ///
    /// # Errors
    /// When a migration fails.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        self.migrate_telling(|_, _| ()).await
    }

    /// As [`App::migrate`]; tells how many migrations are applied, of how many that were pending.
    ///
    /// # Errors
    /// As [`App::migrate`].
    pub async fn migrate_telling(&self, tell: impl Fn(u64, u64)) -> anyhow::Result<()> {
        let db = self.database.open().await?;
        let pending = Migrator::get_pending_migrations(db.pool()).await?.len() as u64;
        tell(0, pending);
        // Each is a transaction of its own, as it is when all are applied at once.
        for applied in 1..=pending {
            Migrator::up(db.pool(), Some(1)).await?;
            tell(applied, pending);
        }
        Ok(())
    }

    /// Undoes all migrations: everything is lost.
    ///
    /// # Errors
    /// When a migration fails.
    pub async fn migrate_down(&self) -> anyhow::Result<()> {
        let db = self.database.open().await?;
        Migrator::down(db.pool(), None).await?;
        Ok(())
    }

    /// How many migrations the database lacks.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn pending_migrations(&self) -> anyhow::Result<usize> {
        let db = self.database.open().await?;
        Ok(Migrator::get_pending_migrations(db.pool()).await?.len())
    }

    /// Lets go of Redis. Call it when the server has stopped.
    pub async fn stop(&self) {
        self.cache.stop().await;
        self.bus.stop().await;
    }

    /// Starts what runs beside the requests. It ends with the process.
    pub fn spawn_background(self: &Arc<Self>, db: Db) {
        if let Some(newcomers) = &self.newcomers {
            newcomers.serve(self);
        }
        let events = self.bus.listen();
        self.keep(&db, async move |app, db| app.charts.follow(db, events, || app.bus.is_connected()).await);
        let events = self.bus.listen();
        self.keep(&db, async move |app, _| app.authenticator.follow(events).await);
        self.keep(&db, async |app, _| app.authenticator.keep_keys_fresh().await);
        self.keep(&db, async |app, db| app.outbox.carry(db, app.bus.clone(), app.clock.clone()).await);
        self.keep(&db, async |_, db| db.keep_learning().await);
        self.keep(&db, async |app, db| directory::upkeep::run(&app, &db).await);
        self.keep(&db, async |app, db| surveys::upkeep::run(&app, &db).await);
        self.keep(&db, async |app, db| goals::upkeep::run(&app, &db).await);
        self.keep(&db, async |app, db| expectations::upkeep::run(&app, &db).await);
        self.keep(&db, async |app, db| conversations::upkeep::run(&app, &db).await);
        self.keep(&db, async |app, db| requests::upkeep::run(&app, &db).await);
        self.keep(&db, async |app, db| priorities::upkeep::run(&app, &db).await);
        self.keep(&db, async |app, db| points::upkeep::run(&app, &db).await);
        self.keep(&db, async |app, db| retention::upkeep::run(&app, &db).await);
        self.keep(&db, async |app, db| happenings::post::run(&app, &db).await);
    }

    /// Starts work that goes on beside the requests.
    fn keep<W>(self: &Arc<Self>, db: &Db, work: impl FnOnce(Arc<Self>, Db) -> W)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        tokio::spawn(db::beside_requests(work(Arc::clone(self), db.clone())));
    }
}

/// Issuers that are trusted beside those of the settings.
#[derive(Debug, Default)]
pub struct Trust {
    /// The demo's own issuer.
    pub demo: Option<DemoIssuer>,
    /// Providers the command line names.
    pub providers: Vec<Provider>,
}

/// Somebody to try the demo as. Outside the demo there are none.
#[derive(Debug, Clone)]
pub struct Persona {
    /// Their name.
    pub name: String,
    /// What they are in the organization.
    pub role: String,
    /// A bearer token of theirs.
    pub token: String,
}
