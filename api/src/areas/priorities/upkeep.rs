//! What rounds do by themselves: they open and close when it is time. Any node may look; of two that look at once one finds
//! the round changed and leaves it.

use std::time::Duration;

use hearten_entity::{InOrganization, organization, priority_round};
use hearten_ids::{OrganizationId, PriorityRoundId};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect};

use super::{
    rounds::{close_in_tx, open_in_tx},
    store::PriorityRoundState,
};
use crate::{app::App, graphql::error::Exception, platform::db::Db};

/// How often rounds look after themselves. Rankings are refused from the due moment on, whenever that is.
const INTERVAL: Duration = Duration::from_secs(60);

/// Looks after all rounds until the process ends.
pub async fn run(app: &App, db: &Db) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Err(error) = look(app, db).await {
            tracing::warn!(code = error.error_code().name(), "rounds could not look after themselves; trying again");
        }
    }
}

/// Opens and closes what is due, in every organization.
///
/// # Errors
/// When the database fails.
pub async fn look(app: &App, db: &Db) -> Result<(), Exception> {
    use priority_round::Column;
    let now = app.clock.now();
    for row in organization::Entity::all().all(db.read()).await? {
        let opening = Condition::all()
            .add(Column::State.eq(PriorityRoundState::Scheduled.as_str()))
            .add(Column::OpensAt.lte(now));
        let closing =
            Condition::all().add(Column::State.eq(PriorityRoundState::Open.as_str())).add(Column::ClosesAt.lte(now));
        let due: Vec<PriorityRoundId> = priority_round::Entity::in_org(row.id)
            .filter(Condition::any().add(opening).add(closing))
            .select_only()
            .column(Column::Id)
            .into_tuple()
            .all(db.read())
            .await?;
        for id in due {
            move_on(app, db, row.id, id).await?;
        }
    }
    Ok(())
}

async fn move_on(app: &App, db: &Db, organization: OrganizationId, id: PriorityRoundId) -> Result<(), Exception> {
    let snapshot = app.charts.current(db, app.bus.is_connected(), organization).await?;
    let now = app.clock.now();
    let tx = db.begin().await?;
    let held = priority_round::Entity::in_org(organization).filter(priority_round::Column::Id.eq(id)).lock_exclusive();
    let Some(row) = held.one(&tx).await? else { return Ok(()) };
    match PriorityRoundState::read(&row.state)? {
        PriorityRoundState::Scheduled if row.opens_at <= now => {
            open_in_tx(app, &tx, &snapshot.chart, row, None).await?;
        }
        PriorityRoundState::Open if row.closes_at <= now => close_in_tx(app, &tx, row).await?,
        PriorityRoundState::Scheduled | PriorityRoundState::Open | PriorityRoundState::Closed => return Ok(()),
    }
    tx.commit().await?;
    app.outbox.wake();
    Ok(())
}
