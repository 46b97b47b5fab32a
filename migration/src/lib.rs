//! Explicit migrations, the same for SQLite and Postgres. Each runs up and down; `tests` runs them up, down and up.

use sea_orm_migration::prelude::*;

mod m20261123_000001_directory;
mod m20261123_000002_identity;
mod m20261123_000003_surveys;
mod m20261123_000004_operations;
mod m20261124_000001_happenings;
mod m20261124_000002_search;
mod m20261124_000005_goals;
mod m20261124_000006_expectations;
mod m20261124_000007_conversations;
mod m20261124_000008_requests;
mod m20261124_000009_recognition;
mod m20261125_000001_retention;
mod table;

/// All migrations in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_directory::Migration),
            Box::new(m20261123_000002_identity::Migration),
            Box::new(m20261123_000003_surveys::Migration),
            Box::new(m20261123_000004_operations::Migration),
            Box::new(m20261124_000001_happenings::Migration),
            Box::new(m20261124_000002_search::Migration),
            Box::new(m20261124_000009_recognition::Migration),
            Box::new(m20261124_000008_requests::Migration),
            Box::new(m20261124_000007_conversations::Migration),
            Box::new(m20261124_000006_expectations::Migration),
            Box::new(m20261124_000005_goals::Migration),
            Box::new(m20261125_000001_retention::Migration),
        ]
    }
}
