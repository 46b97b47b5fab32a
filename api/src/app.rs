//! The parts of the running service that all workers share.

use crate::{
    config::Config,
    graphql::schema::HeartenSchema,
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
    /// Whom the demo lets a visitor be; empty outside the demo.
    pub personas: Vec<Persona>,
    /// The schema.
    pub schema: HeartenSchema,
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
