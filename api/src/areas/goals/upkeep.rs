//! What goals do by themselves: who answers for one is told, once, that it has gone without a check-in for too long.

use std::time::Duration;

use hearten_entity::{InOrganization, goal, organization};
use hearten_goals::GoalState;
use hearten_ids::OrganizationId;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr};

use super::{loaders::open_cycles, store::Goal, telling};
use crate::{app::App, areas::happenings::HappeningKind, graphql::error::Exception, platform::db::Db};

/// How often goals look after themselves: staleness is counted in days.
const INTERVAL: Duration = Duration::from_secs(300);
/// Goals told of in one transaction.
const BATCH: u64 = 100;

/// Looks after all goals until the process ends.
pub async fn run(app: &App, db: &Db) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Err(error) = look(app, db).await {
            tracing::warn!(code = error.error_code().name(), "goals could not look after themselves; trying again");
        }
    }
}

/// Tells of what has become stale, in every organization.
///
/// # Errors
/// When the database fails.
pub async fn look(app: &App, db: &Db) -> Result<(), Exception> {
    for row in organization::Entity::all().all(db.read()).await? {
        while tell_stale(app, db, row.id).await? {}
    }
    Ok(())
}

fn stale(app: &App, organization: OrganizationId) -> Select<goal::Entity> {
    goal::Entity::in_org(organization)
        .filter(goal::Column::State.eq(GoalState::Open.as_str()))
        .filter(goal::Column::StaleTold.eq(false))
        .filter(goal::Column::CheckInDueOn.lt(app.clock.today()))
        .filter(goal::Column::CycleId.in_subquery(open_cycles(organization)))
        .order_by_asc(goal::Column::Id)
        .limit(BATCH)
}

/// Tells of a batch; whether there may be more.
async fn tell_stale(app: &App, db: &Db, organization: OrganizationId) -> Result<bool, Exception> {
    // Looking costs no write lock; most looks find nothing.
    if stale(app, organization).one(db.read()).await?.is_none() {
        return Ok(false);
    }
    let snapshot = app.charts.current(db, app.bus.is_connected(), organization).await?;
    let tx = db.begin().await?;
    // Two nodes may look at once: whoever comes second finds the rows told.
    let rows = stale(app, organization).lock_exclusive().all(&tx).await?;
    let count = rows.len() as u64;
    goal::Entity::update_in_org(organization)
        .filter(goal::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .col_expr(goal::Column::StaleTold, Expr::value(true))
        .exec(&tx)
        .await?;
    for row in rows {
        let goal = Goal::try_from(row)?;
        telling::tell_in_tx(app, &tx, &snapshot, None, (&goal, HappeningKind::GoalStale, false)).await?;
    }
    tx.commit().await?;
    app.outbox.wake();
    Ok(count == BATCH)
}
