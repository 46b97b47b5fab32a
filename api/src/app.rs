//! The parts of the running service that all workers share, and how they are put together.

use std::sync::Arc;

use hearten_migration::Migrator;
use sea_orm_migration::MigratorTrait;

use crate::{
    areas::{directory::charts::Charts, results::published::Publications},
    config::Config,
    graphql::schema::{self, HeartenSchema},
    http::metrics::Metrics,
    platform::{bus::Bus, cache::Cache, clock::Clock, db::{Db, DbSource}, random::Random},
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
    pub charts: Charts,
    /// The publications this node holds.
    pub publications: Publications,
    /// What is counted for `/metrics`.
    pub metrics: Metrics,
    /// The schema.
    pub schema: HeartenSchema,
}

impl App {
    /// Puts the parts together: opens the database and, where settings name it, Redis. Applies no migrations. Call it on
    /// the runtime that lives as long as the process: the connections to Redis live there.
    ///
    /// # Errors
    /// When the database cannot be opened or the Redis URL is malformed.
    pub async fn new(config: Config, clock: Clock, random: Random) -> anyhow::Result<Self> {
        let database = DbSource::new(config.database.url.expose(), config.database.connections_per_worker).await?;
        let redis = config.cache.redis_url.expose();
        let (cache, bus) = if redis.is_empty() {
            (Cache::memory(), Bus::memory())
        } else {
            let runtime = tokio::runtime::Handle::current();
            let node = random.unlinkable_id();
            (Cache::redis(redis, REDIS_PREFIX, &runtime)?, Bus::redis(redis, REDIS_PREFIX, node, &runtime)?)
        };
        Ok(Self {
            config,
            clock,
            random,
            database,
            cache,
            bus,
            personas: Vec::new(),
            charts: Charts::default(),
            publications: Publications::default(),
            metrics: Metrics::default(),
            schema: schema::build(),
        })
    }

    /// Brings the database to the newest schema.
    ///
    /// # Errors
    /// When a migration fails.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        let db = self.database.open().await?;
        Migrator::up(db.write(), None).await?;
        Ok(())
    }

    /// Starts what runs beside the requests. It ends with the process.
    pub fn spawn_background(self: &Arc<Self>, db: Db) {
        let app = Arc::clone(self);
        let events = app.bus.listen();
        tokio::spawn(async move { app.charts.follow(db, events).await });
    }
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
