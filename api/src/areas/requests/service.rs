//! Finding requests, each behind the policy, and holding one while it is changed.

use std::sync::Arc;

use hearten_entity::{InOrganization, service_request};
use hearten_ids::{RequestQueueId, ServiceRequestId, TeamId};
use hearten_policy::{Action, Resource};
use hearten_requests::State;
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, QueryFilter, QueryOrder, QuerySelect, Select};

pub use super::responses::of_team as responses_of;
use super::{
    loaders::QueueOf,
    queues,
    store::{Queue, RequestKind, RequestState, RequestVisibility, facts_of},
    types::ServiceRequest,
};
use crate::graphql::{
    context::{Asker, RequestContext},
    error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
    paging::{Arranged, Listing, Page, listing, newest_first},
};

/// The home screen shows at most so many of each kind.
const MOST_AT_HOME: usize = 20;
/// Both kinds together are looked for among so many with the nearest due time.
const MOST_READ_AT_HOME: u64 = 200;

/// Which requests are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only those in this state.
    pub state: Option<RequestState>,
    /// Only those of this kind.
    pub kind: Option<RequestKind>,
    /// Only those in this queue.
    pub queue: Option<RequestQueueId>,
    /// Only those the asker of the list has opened (true), or those of others (false).
    pub mine: Option<bool>,
    /// Only those the asker of the list is the assignee of.
    pub assigned_to_me: bool,
}

/// What the home screen shows of requests.
#[derive(Default)]
pub struct Home {
    /// Those one has opened that are not settled, and those answered lately.
    pub asked: Vec<ServiceRequest>,
    /// Those that wait for one's answer, the most urgent first.
    pub owed: Vec<ServiceRequest>,
}

/// A request that nobody else changes until the transaction ends.
pub struct Held {
    /// The row.
    pub row: service_request::Model,
    /// Its queue.
    pub queue: Option<Arc<Queue>>,
}

/// The queue of a request.
///
/// # Errors
/// When the database is away.
pub async fn queue_of(ctx: &RequestContext, row: &service_request::Model) -> Result<Option<Arc<Queue>>, Exception> {
    match row.queue_id {
        Some(id) => ctx.loaders()?.load(QueueOf(id)).await,
        None => Ok(None),
    }
}

/// Whether the asker may do something with a request.
pub fn may(asker: &Asker, action: Action, row: &service_request::Model, queue: Option<&Queue>) -> bool {
    asker.may(action, Resource::ServiceRequest(facts_of(row, queue, asker.person())))
}

/// The request with this id, when the asker may see it.
///
/// # Errors
/// When the database is away.
pub async fn find(ctx: &RequestContext, id: ServiceRequestId) -> Result<Option<ServiceRequest>, Exception> {
    let asker = ctx.asker()?;
    let Some(row) = ctx.loaders()?.load(id).await? else { return Ok(None) };
    let queue = queue_of(ctx, &row).await?;
    Ok(may(&asker, Action::ReadRequest, &row, queue.as_deref()).then(|| ServiceRequest::from(row)))
}

/// That there is no such request.
pub fn no_request() -> UserError {
    UserError::at(UserErrorCode::NotFound, ["request"], "there is no such request, or you may not see it")
}

/// The request, when the asker may see it and do one of `actions` with it.
///
/// # Errors
/// A refusal NOT_FOUND where it is hidden; FORBIDDEN where it is visible.
pub async fn workable(ctx: &RequestContext, id: ServiceRequestId, actions: &[Action]) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    let found = find(ctx, id).await?.ok_or_else(no_request)?;
    let queue = queue_of(ctx, &found.row).await?;
    if actions.iter().any(|action| may(&asker, *action, &found.row, queue.as_deref())) {
        return Ok(());
    }
    Err(Exception::code(ErrorCode::Forbidden).into())
}

/// Reads a request anew and holds it, so that what is decided here is decided about what is stored.
///
/// # Errors
/// As [`workable`].
pub async fn hold_in_tx(
    asker: &Asker,
    tx: &DatabaseTransaction,
    id: ServiceRequestId,
    actions: &[Action],
) -> Result<Held, Refusal> {
    let organization = asker.organization();
    let held =
        service_request::Entity::in_org(organization).filter(service_request::Column::Id.eq(id)).lock_exclusive();
    let row = held.one(tx).await?.ok_or_else(no_request)?;
    let ids: Vec<RequestQueueId> = row.queue_id.into_iter().collect();
    let queue = queues::by_id(tx, organization, &ids).await?.pop();
    if !may(asker, Action::ReadRequest, &row, queue.as_deref()) {
        return Err(no_request().into());
    }
    if !actions.iter().any(|action| may(asker, *action, &row, queue.as_deref())) {
        return Err(Exception::code(ErrorCode::Forbidden).into());
    }
    Ok(Held { row, queue })
}

/// The requests the asker may see: the condition says what the policy says of each of them, which a test holds it to.
fn seen_by(asker: &Asker) -> Select<service_request::Entity> {
    let all = service_request::Entity::in_org(asker.organization());
    let in_queue = service_request::Column::QueueId.in_subquery(queues::owned_ids(asker));
    let Some(person) = asker.person() else { return all.filter(in_queue) };
    let chart = &asker.snapshot.chart;
    let mut teams: Vec<TeamId> = chart.teams_led_by(person).iter().map(|team| team.id).collect();
    teams.extend(chart.person(person).and_then(|me| me.team));
    let shared = Condition::all()
        .add(service_request::Column::Visibility.eq(RequestVisibility::Team.as_str()))
        .add(service_request::Column::AskerTeamId.is_in(teams));
    all.filter(
        Condition::any()
            .add(service_request::Column::AskerId.eq(person))
            .add(service_request::Column::AssigneeId.eq(person))
            .add(service_request::Column::EscalatedTo.eq(person))
            .add(in_queue)
            .add(shared),
    )
}

/// A page of the requests the asker may see, newest first; None where that can be none.
///
/// # Errors
/// When the database is away.
pub async fn page(
    ctx: &RequestContext,
    wanted: Wanted,
    page: Page<ServiceRequestId>,
) -> Result<Option<Listing<ServiceRequest>>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ListRequests, Resource::Organization) {
        return Ok(None);
    }
    let now = ctx.app.clock.now();
    let mut query = seen_by(&asker);
    if let Some(state) = wanted.state {
        query = match state {
            RequestState::Open => query
                .filter(service_request::Column::State.eq(State::Open.as_str()))
                .filter(service_request::Column::DueAt.gt(now)),
            RequestState::Overdue => query
                .filter(service_request::Column::State.eq(State::Open.as_str()))
                .filter(service_request::Column::DueAt.lte(now)),
            other => query.filter(service_request::Column::State.eq(other.as_str())),
        };
    }
    if let Some(kind) = wanted.kind {
        query = query.filter(service_request::Column::Kind.eq(kind.as_str()));
    }
    if let Some(queue) = wanted.queue {
        query = query.filter(service_request::Column::QueueId.eq(queue));
    }
    match (wanted.mine, asker.person()) {
        (Some(true), Some(person)) => query = query.filter(service_request::Column::AskerId.eq(person)),
        (Some(false), Some(person)) => query = query.filter(service_request::Column::AskerId.ne(person)),
        (Some(true), None) => return Ok(Some(listing(Vec::<(ServiceRequestId, _)>::new(), false, false, None))),
        (Some(false), None) | (None, _) => {}
    }
    if wanted.assigned_to_me {
        query = query.filter(service_request::Column::AssigneeId.eq(asker.person()));
    }
    let rows = newest_first(query, service_request::Column::Id, &page).all(ctx.db.read()).await?;
    let Arranged { rows, has_previous, has_next } = page.arrange(rows);
    let items = rows.into_iter().map(|row| (row.id, ServiceRequest::from(row)));
    Ok(Some(listing(items, has_previous, has_next, None)))
}

/// What the home screen of the person who asks shows: one statement. Nothing for a token.
///
/// # Errors
/// When the database is away.
pub async fn home(ctx: &RequestContext) -> Result<Home, Exception> {
    let asker = ctx.asker()?;
    let Some(person) = asker.person() else { return Ok(Home::default()) };
    let unsettled = [State::Open, State::Waiting, State::Answered].map(State::as_str);
    let asked = Condition::all()
        .add(service_request::Column::AskerId.eq(person))
        .add(service_request::Column::State.is_in(unsettled));
    let unassigned = Condition::all()
        .add(service_request::Column::AssigneeId.is_null())
        .add(service_request::Column::QueueId.in_subquery(queues::owned_ids(&asker)));
    let owed = Condition::all().add(service_request::Column::State.eq(State::Open.as_str())).add(
        Condition::any()
            .add(service_request::Column::AssigneeId.eq(person))
            .add(service_request::Column::EscalatedTo.eq(person))
            .add(unassigned),
    );
    let rows = service_request::Entity::in_org(asker.organization())
        .filter(Condition::any().add(asked).add(owed))
        .order_by_asc(service_request::Column::DueAt)
        .order_by_asc(service_request::Column::Id)
        .limit(MOST_READ_AT_HOME)
        .all(ctx.db.read())
        .await?;
    let (asked, owed): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.asker_id == person);
    let shown =
        |rows: Vec<service_request::Model>| rows.into_iter().take(MOST_AT_HOME).map(ServiceRequest::from).collect();
    Ok(Home { asked: shown(asked), owed: shown(owed) })
}
