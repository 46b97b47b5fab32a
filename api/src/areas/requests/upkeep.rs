//! What requests do by themselves: what is overdue climbs, once for each step, and quarters are reported when they are over.
//!
//! Any node may look; of two that look at once one finds the request changed and leaves it.

use std::time::Duration;

use hearten_entity::{InOrganization, organization, request_move, service_request};
use hearten_ids::{OrganizationId, RequestMoveId, ServiceRequestId};
use hearten_orgchart::OrgChart;
use hearten_requests::State;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    moves::{climb, write_in_tx},
    queues, reports,
    service::Held,
    store::{RequestMoveKind, clock_of, ladder, state_of},
    telling,
};
use crate::{app::App, areas::happenings::HappeningKind, graphql::error::Exception, platform::db::Db};

/// How often requests look after themselves.
const INTERVAL: Duration = Duration::from_secs(60);
/// At most so many climb in one look of an organization; the rest in the next.
const MOST_AT_ONCE: u64 = 500;

/// Looks after all requests until the process ends.
pub async fn run(app: &App, db: &Db) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Err(error) = look(app, db).await {
            tracing::warn!(code = error.error_code().name(), "requests could not look after themselves; trying again");
        }
    }
}

/// Lets climb what is overdue, and reports quarters that are over, in every organization.
///
/// # Errors
/// When the database fails.
pub async fn look(app: &App, db: &Db) -> Result<(), Exception> {
    for row in organization::Entity::all().all(db.read()).await? {
        let due: Vec<ServiceRequestId> = service_request::Entity::in_org(row.id)
            .filter(service_request::Column::State.eq(State::Open.as_str()))
            .filter(service_request::Column::ClimbsAt.lte(app.clock.now()))
            .order_by_asc(service_request::Column::ClimbsAt)
            .limit(MOST_AT_ONCE)
            .select_only()
            .column(service_request::Column::Id)
            .into_tuple()
            .all(db.read())
            .await?;
        if !due.is_empty() {
            let snapshot = app.charts.current(db, app.bus.is_connected(), row.id).await?;
            for request in due {
                climb_overdue(app, db, &snapshot.chart, row.id, request).await?;
            }
            app.outbox.wake();
        }
        reports::report_last_quarter(app, db, row.id).await?;
    }
    Ok(())
}

async fn climb_overdue(
    app: &App,
    db: &Db,
    chart: &OrgChart,
    organization: OrganizationId,
    id: ServiceRequestId,
) -> Result<(), Exception> {
    let now = app.clock.now();
    let tx = db.begin().await?;
    let held =
        service_request::Entity::in_org(organization).filter(service_request::Column::Id.eq(id)).lock_exclusive();
    let Some(row) = held.one(&tx).await? else { return Ok(()) };
    // Another node may have been faster, or somebody has answered meanwhile.
    if state_of(&row)? != State::Open || row.climbs_at.is_none_or(|at| at > now) {
        return Ok(());
    }
    let ids: Vec<_> = row.queue_id.into_iter().collect();
    let queue = queues::by_id(&tx, organization, &ids).await?.pop();
    let mut held = Held { row, queue };
    let person = climb(chart, &mut held);
    let steps = ladder(chart, &held.row, held.queue.as_deref()).len();
    let is_step_left = usize::try_from(held.row.escalation_level).is_ok_and(|level| level < steps);
    held.row.climbs_at = is_step_left.then(|| clock_of(&held.row).climbs_at(now));
    write_in_tx(&tx, &held.row).await?;
    request_move::Entity::insert(request_move::ActiveModel {
        id: Set(RequestMoveId(app.random.id(now))),
        organization_id: Set(organization),
        request_id: Set(id),
        kind: Set(RequestMoveKind::Overdue.as_str().to_owned()),
        actor_id: Set(None),
        person_id: Set(person),
        queue_id: Set(None),
        note: Set(None),
        moved_at: Set(now),
    })
    .exec_without_returning(&tx)
    .await?;
    let mut concerns = telling::answering(chart, &held.row, held.queue.as_deref());
    concerns.push(held.row.asker_id);
    telling::happened_in_tx(app, &tx, &held.row, HappeningKind::RequestOverdue, None, concerns).await?;
    telling::index_in_tx(&tx, &held.row, held.queue.as_deref()).await?;
    tx.commit().await?;
    Ok(())
}
