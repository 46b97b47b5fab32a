//! What conversations do by themselves: a series ends when those who are left cannot go on with it, and the owner of an
//! action item is told once when it is due.

use std::{collections::HashSet, time::Duration};

use hearten_entity::{InOrganization, action_item, conversation_participant, conversation_series, organization};
use hearten_ids::{ConversationSeriesId, OrganizationId, PersonId};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::{planning::leave_in_tx, series::end_in_tx, service::participants_in, store::SeriesKind, telling};
use crate::{app::App, graphql::error::Exception, platform::db::Db};

/// How often conversations look after themselves.
const INTERVAL: Duration = Duration::from_secs(60);
/// How many are looked after at once; the rest follows at the next look.
const BATCH: usize = 200;

/// Persons a statement names.
const PERSONS_A_STATEMENT: usize = 1_000;

/// Looks after all conversations until the process ends.
pub async fn run(app: &App, db: &Db) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Err(error) = look(app, db).await {
            let code = error.error_code().name();
            tracing::warn!(code, "conversations could not look after themselves; trying again");
        }
    }
}

/// Sees off who has left, and reminds, in every organization.
///
/// # Errors
/// When the database fails.
pub async fn look(app: &App, db: &Db) -> Result<(), Exception> {
    for row in organization::Entity::all().all(db.read()).await? {
        see_off(app, db, row.id).await?;
        remind(app, db, row.id).await?;
    }
    app.outbox.wake();
    Ok(())
}

/// Who has left the organization leaves their series; a 1:1 ends with either of the two, a meeting when fewer than two
/// people are left.
async fn see_off(app: &App, db: &Db, organization: OrganizationId) -> Result<(), Exception> {
    use conversation_participant::Column;
    let snapshot = app.charts.current(db, app.bus.is_connected(), organization).await?;
    let gone: HashSet<PersonId> = snapshot.chart.former_persons().iter().map(|person| person.id).collect();
    let former: Vec<PersonId> = gone.iter().copied().collect();
    let mut series: Vec<ConversationSeriesId> = Vec::new();
    // Former persons may be more than a statement takes.
    for some in former.chunks(PERSONS_A_STATEMENT) {
        let rows = conversation_participant::Entity::in_org(organization)
            .filter(Column::PersonId.is_in(some.iter().copied()))
            .filter(Column::LeftAt.is_null())
            .limit(BATCH as u64)
            .all(db.read())
            .await?;
        series.extend(rows.iter().map(|row| row.series_id));
    }
    series.sort_unstable();
    series.dedup();
    for id in series {
        see_off_series(app, db, organization, id, &gone).await?;
    }
    Ok(())
}

async fn see_off_series(
    app: &App,
    db: &Db,
    organization: OrganizationId,
    id: ConversationSeriesId,
    gone: &HashSet<PersonId>,
) -> Result<(), Exception> {
    let now = app.clock.now();
    let tx = db.begin().await?;
    let held = conversation_series::Entity::in_org(organization).filter(conversation_series::Column::Id.eq(id));
    let Some(row) = held.lock_exclusive().one(&tx).await? else { return Ok(()) };
    let people = participants_in(&tx, organization, id).await?;
    let (left, stay): (Vec<PersonId>, Vec<PersonId>) = people.iter().partition(|person| gone.contains(person));
    let ends = row.kind == SeriesKind::OneOnOne.as_str() || stay.len() < 2;
    if ends && row.ended_at.is_none() {
        end_in_tx(app, &tx, &row, (None, &stay), now).await?;
    }
    leave_in_tx(&tx, &row, &left, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn remind(app: &App, db: &Db, organization: OrganizationId) -> Result<(), Exception> {
    use action_item::Column;
    let waiting = || {
        action_item::Entity::in_org(organization)
            .filter(Column::DueOn.lte(app.clock.today()))
            .filter(Column::DoneAt.is_null())
            .filter(Column::RemindedAt.is_null())
            .order_by_asc(Column::Id)
            .limit(BATCH as u64)
    };
    // Looking costs no write lock; most looks find nothing.
    if waiting().one(db.read()).await?.is_none() {
        return Ok(());
    }
    let tx = db.begin().await?;
    let rows = waiting().lock_exclusive().all(&tx).await?;
    action_item::Entity::update_in_org(organization)
        .filter(Column::Id.is_in(rows.iter().map(|row| row.id)))
        .col_expr(Column::RemindedAt, Expr::value(app.clock.now()))
        .exec(&tx)
        .await?;
    for row in &rows {
        telling::due_in_tx(app, &tx, row).await?;
    }
    tx.commit().await?;
    Ok(())
}
