//! What retention does by itself: once a month it freezes what is known, and makes a version of the model.

use std::{collections::HashMap, time::Duration};

use chrono::NaiveDate;
use hearten_entity::organization;
use hearten_ids::OrganizationId;

use super::{features, model, span::month_of};
use crate::{app::App, graphql::error::Exception, platform::db::Db};

/// How often it is looked whether a month has begun.
const INTERVAL: Duration = Duration::from_secs(600);

/// For which month each organization was looked after.
pub type Done = HashMap<OrganizationId, NaiveDate>;

/// Looks after retention until the process ends.
pub async fn run(app: &App, db: &Db) {
    let mut done = Done::new();
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Err(error) = look(app, db, &mut done).await {
            tracing::warn!(code = error.error_code().name(), "retention could not look after itself; trying again");
        }
    }
}

/// Freezes the month in every organization, and makes its model. What is in `done` already needs no look.
///
/// # Errors
/// When the database fails.
pub async fn look(app: &App, db: &Db, done: &mut Done) -> Result<(), Exception> {
    let month = month_of(app.clock.today());
    for row in organization::Entity::all().all(db.read()).await? {
        if done.get(&row.id) != Some(&month) {
            features::freeze(app, db, row.id).await?;
            model::make_version(app, db, row.id).await?;
            done.insert(row.id, month);
        }
    }
    Ok(())
}
