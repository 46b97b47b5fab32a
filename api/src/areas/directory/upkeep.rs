//! What the directory does by itself: people whose last day has passed are no longer here, and snapshots are compared
//! with the database now and then, in case a node died before it told of its change.

use std::time::Duration;

use hearten_entity::organization;
use hearten_ids::OrganizationId;
use hearten_orgchart::PersonRecord;

use super::{change::Change, charts::has_left};
use crate::{
    app::App,
    graphql::{error::Exception, idempotency},
    platform::db::Db,
};

/// How often the directory looks after itself.
const INTERVAL: Duration = Duration::from_secs(30);

/// Looks after all directories until the process ends.
pub async fn run(app: &App, db: &Db) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Err(error) = look(app, db).await {
            tracing::warn!(code = error.error_code().name(), "the directory could not look after itself; trying again");
        }
    }
}

async fn look(app: &App, db: &Db) -> Result<(), Exception> {
    for row in organization::Entity::all().all(db.read()).await? {
        let held = app.charts.current(db, app.bus.is_connected(), row.id).await?;
        if held.chart.version() != row.chart_version {
            app.charts.refresh(db, row.id).await?;
        }
        see_off(app, db, row.id).await?;
        idempotency::forget_old(db, row.id, app.clock.now()).await?;
    }
    app.metrics.set_chart_persons(app.charts.persons_held());
    Ok(())
}

/// Marks those whose last day has passed as gone: no member, no report, not counted.
///
/// # Errors
/// When the database fails.
pub async fn see_off(app: &App, db: &Db, organization: OrganizationId) -> Result<usize, Exception> {
    let today = app.clock.today();
    let snapshot = app.charts.current(db, app.bus.is_connected(), organization).await?;
    let gone = |person: &&PersonRecord| has_left(person.left_on, today);
    if !snapshot.chart.persons().iter().any(|person| gone(&person)) {
        return Ok(0);
    }
    let change = Change::begin(app, db, organization).await?;
    let left: Vec<PersonRecord> = change
        .before
        .chart
        .persons()
        .iter()
        .filter(gone)
        .map(|person| PersonRecord { deactivated: true, ..person.clone() })
        .collect();
    let count = left.len();
    change.commit(left, Vec::new()).await.map_err(|refusal| Exception::internal(anyhow::anyhow!("{refusal:?}")))?;
    Ok(count)
}
