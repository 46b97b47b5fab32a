//! Opening a request: to a queue, or to a person directly.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use hearten_entity::{InOrganization, request_message, request_move, service_request};
use hearten_ids::{GoalId, PersonId, RequestMessageId, RequestMoveId, RequestQueueId, ServiceRequestId};
use hearten_policy::{Action, Resource};
use hearten_requests::{ServiceTime, State};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::{
    queues,
    store::{Queue, RequestKind, RequestMessageKind, RequestMoveKind, RequestUrgency, RequestVisibility, direct_hours},
    telling,
};
use crate::{
    areas::{goals::service as goals, happenings::HappeningKind},
    graphql::{
        context::{Asker, RequestContext},
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// Whom a request is sent to.
#[derive(Debug, Clone, Copy)]
pub enum Addressee {
    /// A queue.
    Queue(RequestQueueId),
    /// A person.
    Person(PersonId),
}

/// What a request is to be.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// What is asked for.
    pub kind: RequestKind,
    /// In one line.
    pub title: String,
    /// The whole of it.
    pub details: String,
    /// How soon.
    pub urgency: RequestUrgency,
    /// When it is needed.
    pub needed_by: Option<DateTime<Utc>>,
    /// The goal it blocks.
    pub blocking_goal: Option<String>,
    /// Who else sees it.
    pub visibility: RequestVisibility,
    /// Whom it is sent to.
    pub to: Addressee,
}

/// Opens a request as the person who asks.
///
/// # Errors
/// FORBIDDEN by policy; refusals for what it says, and where nobody would answer.
pub async fn open(ctx: &RequestContext, new: NewRequest, key: Option<Key>) -> Result<service_request::Model, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::OpenRequest, Resource::Organization)?;
    let me = asker.person().ok_or_else(Exception::not_found)?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall::<ServiceRequestId>(ctx.db.read(), now).await?
    {
        let row = service_request::Entity::in_org(asker.organization())
            .filter(service_request::Column::Id.eq(done))
            .one(ctx.db.read())
            .await?;
        return Ok(row.ok_or_else(Exception::not_found)?);
    }
    let new = checked(ctx, new, now).await?;
    let tx = ctx.db.begin().await?;
    let (queue, assignee, hours) = addressed(&asker, &tx, new.to, new.urgency).await?;
    let clock = ServiceTime::begin(now, hours, new.needed_by);
    let row = service_request::Model {
        id: ServiceRequestId(ctx.app.random.id(now)),
        organization_id: asker.organization(),
        kind: new.kind.as_str().to_owned(),
        title: new.title,
        details: new.details,
        urgency: new.urgency.as_str().to_owned(),
        visibility: new.visibility.as_str().to_owned(),
        asker_id: me,
        asker_team_id: asker.snapshot.chart.person(me).and_then(|me| me.team),
        queue_id: queue.as_ref().map(|queue| queue.id()),
        assignee_id: assignee,
        escalated_to: None,
        escalation_level: 0,
        blocking_goal: new.blocking_goal,
        state: State::Open.as_str().to_owned(),
        decline_reason: None,
        opened_at: now,
        needed_by: new.needed_by,
        clock_since: now,
        service_hours: hours,
        paused_seconds: 0,
        waiting_since: None,
        due_at: clock.due(),
        climbs_at: Some(clock.climbs_at(now)),
        answered_at: None,
        settled_at: None,
    };
    service_request::Entity::insert(service_request::ActiveModel::from(row.clone()))
        .exec_without_returning(&tx)
        .await?;
    let moved = Moved { kind: RequestMoveKind::Opened, person: assignee, queue: row.queue_id, note: None };
    record_move_in_tx(ctx, &tx, &row, Some(me), moved).await?;
    let concerns = telling::answering(&asker.snapshot.chart, &row, queue.as_deref());
    telling::happened_in_tx(&ctx.app, &tx, &row, HappeningKind::RequestOpened, Some(me), concerns).await?;
    telling::index_in_tx(&tx, &row, queue.as_deref()).await?;
    if let Some(key) = &key {
        key.remember(&tx, &row.id, now).await?;
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(row)
}

/// What is written into the history of a request.
#[derive(Debug)]
pub struct Moved {
    /// What happened.
    pub kind: RequestMoveKind,
    /// Whom it concerns.
    pub person: Option<PersonId>,
    /// The queue it came to.
    pub queue: Option<RequestQueueId>,
    /// The reason.
    pub note: Option<String>,
}

/// Writes a line of the history of a request.
///
/// # Errors
/// When the database fails.
pub async fn record_move_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    row: &service_request::Model,
    actor: Option<PersonId>,
    moved: Moved,
) -> Result<(), Exception> {
    let now = ctx.app.clock.now();
    request_move::Entity::insert(request_move::ActiveModel {
        id: Set(RequestMoveId(ctx.app.random.id(now))),
        organization_id: Set(row.organization_id),
        request_id: Set(row.id),
        kind: Set(moved.kind.as_str().to_owned()),
        actor_id: Set(actor),
        person_id: Set(moved.person),
        queue_id: Set(moved.queue),
        note: Set(moved.note),
        moved_at: Set(now),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// Writes a message about a request.
///
/// # Errors
/// When the database fails.
pub async fn write_message_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    row: &service_request::Model,
    kind: RequestMessageKind,
    body: String,
) -> Result<RequestMessageId, Exception> {
    let (now, author) = (ctx.app.clock.now(), ctx.asker()?.person());
    let id = RequestMessageId(ctx.app.random.id(now));
    request_message::Entity::insert(request_message::ActiveModel {
        id: Set(id),
        organization_id: Set(row.organization_id),
        request_id: Set(row.id),
        author_id: Set(author),
        kind: Set(kind.as_str().to_owned()),
        body: Set(body),
        written_at: Set(now),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(id)
}

/// The request with its texts trimmed, or everything that is wrong with it.
async fn checked(ctx: &RequestContext, new: NewRequest, now: DateTime<Utc>) -> Result<NewRequest, Refusal> {
    let mut problems = Vec::new();
    let title = input::text(["title"], &new.title, 200).map_err(|error| problems.push(error));
    let details = match new.details.trim() {
        "" => Ok(String::new()),
        text => input::text(["details"], text, 10_000).map_err(|error| problems.push(error)),
    };
    if new.needed_by.is_some_and(|needed| needed <= now) {
        problems.push(UserError::at(UserErrorCode::Invalid, ["neededBy"], "this moment has passed"));
    }
    if let Some(goal) = &new.blocking_goal
        && !is_seen_goal(ctx, goal).await?
    {
        problems.push(UserError::at(
            UserErrorCode::NotFound,
            ["blockingGoal"],
            "there is no such goal, or you may not see it",
        ));
    }
    match (title, details) {
        (Ok(title), Ok(details)) if problems.is_empty() => Ok(NewRequest { title, details, ..new }),
        _ => Err(Refusal::User(problems)),
    }
}

/// Whether a text is the id of a goal that the asker may see.
async fn is_seen_goal(ctx: &RequestContext, goal: &str) -> Result<bool, Exception> {
    match goal.parse::<GoalId>() {
        Ok(id) => Ok(Box::pin(goals::find_goal(ctx, id)).await?.is_some()),
        Err(_) => Ok(false),
    }
}

/// The queue or the person a request comes to, and how long they have.
async fn addressed(
    asker: &Asker,
    tx: &DatabaseTransaction,
    to: Addressee,
    urgency: RequestUrgency,
) -> Result<(Option<Arc<Queue>>, Option<PersonId>, i32), Refusal> {
    match to {
        Addressee::Queue(id) => {
            let queue = taking_queue(asker, tx, id, ["to", "queue"]).await?;
            let hours = queue.hours(urgency);
            Ok((Some(queue), None, hours))
        }
        Addressee::Person(person) => {
            let at = |code, message: &str| UserError::at(code, ["to", "person"], message);
            if Some(person) == asker.person() {
                return Err(at(UserErrorCode::Invalid, "you cannot owe yourself an answer; ask somebody else").into());
            }
            let found = asker.snapshot.chart.active_person(person).filter(|record| asker.may_read(record));
            if found.is_none() {
                return Err(at(UserErrorCode::NotFound, "there is no such person, or not any more").into());
            }
            Ok((None, Some(person), direct_hours(urgency)))
        }
    }
}

/// The queue with this id, if it takes requests and somebody is there to answer them.
///
/// # Errors
/// A refusal at `path` otherwise.
pub async fn taking_queue<const N: usize>(
    asker: &Asker,
    tx: &DatabaseTransaction,
    id: RequestQueueId,
    path: [&str; N],
) -> Result<Arc<Queue>, Refusal> {
    let found = queues::by_id(tx, asker.organization(), &[id]).await?.pop();
    let seen =
        |queue: &Arc<Queue>| asker.may(Action::ReadRequestQueue, Resource::RequestQueue(queue.facts(asker.person())));
    let Some(queue) = found.filter(seen) else {
        let message = "there is no such queue, or you may not see it";
        return Err(UserError::at(UserErrorCode::NotFound, path, message).into());
    };
    if queue.row.archived_at.is_some() {
        return Err(UserError::at(UserErrorCode::WrongState, path, "this queue takes no more requests").into());
    }
    if !queue.is_answered_by_somebody(&asker.snapshot.chart) {
        let message = "nobody answers this queue at present: everybody who owned it has left";
        return Err(UserError::at(UserErrorCode::WrongState, path, message).into());
    }
    Ok(queue)
}
