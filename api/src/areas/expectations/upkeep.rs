//! What expectations do by themselves: they remind of what was accepted, and tell a manager of an overload that lasts.
//!
//! Several nodes look after the same rows. Each step begins with an update that only one of them can make, and the
//! happening is written in its transaction: nothing is told twice, and nothing that was noted is lost with a node.

use std::time::Duration;

use chrono::{Days, NaiveDate, TimeDelta};
use hearten_entity::{InOrganization, expectation, organization, overload};
use hearten_expectation::{LAST_STAGE, State, reminder_stage};
use hearten_ids::{ExpectationId, OrganizationId, PersonId};
use hearten_orgchart::OrgChart;
use sea_orm::{
    ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use super::workload::overload_in;
use crate::{
    app::App,
    areas::happenings::{Happening, HappeningKind, record_in_tx},
    graphql::error::Exception,
    platform::db::Db,
};

/// How often expectations look after themselves.
const INTERVAL: Duration = Duration::from_secs(60);
/// Rows taken up at once.
const BATCH: u64 = 500;
/// How long an overload lasts before a manager hears of it.
const MANAGER_HEARS_AFTER: TimeDelta = TimeDelta::days(3);

/// Looks after all expectations until the process ends.
pub async fn run(app: &App, db: &Db) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Err(error) = look(app, db).await {
            tracing::warn!(
                code = error.error_code().name(),
                "expectations could not look after themselves; trying again"
            );
        }
    }
}

/// Reminds, and tells managers, in every organization.
///
/// # Errors
/// When the database fails.
pub async fn look(app: &App, db: &Db) -> Result<(), Exception> {
    for row in organization::Entity::all().all(db.read()).await? {
        remind(app, db, row.id).await?;
        tell_managers(app, db, row.id).await?;
    }
    Ok(())
}

async fn remind(app: &App, db: &Db, organization: OrganizationId) -> Result<(), Exception> {
    use expectation::Column;
    let today = app.clock.today();
    let in_days = |days| today.checked_add_days(Days::new(days)).unwrap_or(today);
    // (due until, stage)
    let due = [(in_days(3), 1), (in_days(1), 2), (today, LAST_STAGE)]
        .into_iter()
        .fold(Condition::any(), |any, (until, stage)| {
            any.add(Column::DueOn.lte(until).and(Column::RemindedStage.lt(stage)))
        });
    loop {
        let rows: Vec<(ExpectationId, PersonId, NaiveDate)> = expectation::Entity::in_org(organization)
            .filter(Column::State.eq(State::Accepted.as_str()))
            .filter(Column::ReportedAt.is_null())
            .filter(due.clone())
            .select_only()
            .columns([Column::Id, Column::ToId, Column::DueOn])
            .order_by_asc(Column::Id)
            .limit(BATCH)
            .into_tuple()
            .all(db.read())
            .await?;
        let full = rows.len() as u64 == BATCH;
        for (id, to, due) in rows {
            remind_of(app, db, organization, id, to, reminder_stage(today, due)).await?;
        }
        if !full {
            return Ok(());
        }
    }
}

async fn remind_of(
    app: &App,
    db: &Db,
    organization: OrganizationId,
    id: ExpectationId,
    to: PersonId,
    stage: i32,
) -> Result<(), Exception> {
    use expectation::Column;
    let tx = db.begin().await?;
    let ours = expectation::Entity::update_in_org(organization)
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(State::Accepted.as_str()))
        .filter(Column::ReportedAt.is_null())
        .filter(Column::RemindedStage.lt(stage))
        .col_expr(Column::RemindedStage, Expr::value(stage))
        .exec(&tx)
        .await?;
    if ours.rows_affected == 1 {
        let happening =
            Happening { kind: HappeningKind::ExpectationDue, subject: id.to_string(), actor: None, concerns: vec![to] };
        record_in_tx(app, &tx, organization, happening).await?;
        tx.commit().await?;
        app.outbox.wake();
    }
    Ok(())
}

async fn tell_managers(app: &App, db: &Db, organization: OrganizationId) -> Result<(), Exception> {
    use overload::Column;
    let rows = overload::Entity::in_org(organization)
        .filter(Column::ClosedAt.is_null())
        .filter(Column::NoticedAt.lte(app.clock.now() - MANAGER_HEARS_AFTER))
        .order_by_asc(Column::Id)
        .limit(BATCH)
        .all(db.read())
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let snapshot = app.charts.current(db, app.bus.is_connected(), organization).await?;
    for row in rows {
        tell_manager(app, db, &snapshot.chart, row).await?;
    }
    Ok(())
}

async fn tell_manager(app: &App, db: &Db, chart: &OrgChart, row: overload::Model) -> Result<(), Exception> {
    use overload::Column;
    let (organization, today) = (row.organization_id, app.clock.today());
    let tx = db.begin().await?;
    let ours = overload::Entity::update_in_org(organization)
        .filter(Column::Id.eq(row.id))
        .filter(Column::ClosedAt.is_null())
        .col_expr(Column::ClosedAt, Expr::value(app.clock.now()))
        .exec(&tx)
        .await?;
    if ours.rows_affected == 0 {
        return Ok(());
    }
    // A week that is over has been survived; and what was moved or done since is no overload any more.
    let lasts = row.week >= hearten_expectation::week_of(today)
        && overload_in(&tx, organization, row.person_id, today, row.week).await?.is_some();
    let manager = chart.management_chain(row.person_id).first().map(|manager| manager.id);
    if let Some(manager) = manager.filter(|_| lasts && chart.active_person(row.person_id).is_some()) {
        let happening = Happening {
            kind: HappeningKind::ExpectationOverloadLasts,
            subject: row.person_id.to_string(),
            actor: None,
            concerns: vec![manager],
        };
        record_in_tx(app, &tx, organization, happening).await?;
    }
    tx.commit().await?;
    app.outbox.wake();
    Ok(())
}
