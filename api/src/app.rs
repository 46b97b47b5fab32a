//! The parts of the running service that all workers share.

use crate::{
    config::Config,
    graphql::schema::HeartenSchema,
    http::metrics::Metrics,
    platform::{bus::Bus, cache::Cache, clock::Clock, db::DbSource, random::Random},
};

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
    /// What `/metrics` tells.
    pub metrics: Metrics,
    /// The schema.
    pub schema: HeartenSchema,
}
