//! The moves of a request: each is checked against what is stored, and of two at once one wins.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use hearten_entity::{InOrganization, request_message, request_move, service_request};
use hearten_ids::{PersonId, RequestMessageId, RequestQueueId, ServiceRequestId};
use hearten_policy::Action;
use hearten_requests::{Move, REOPENING_DAYS, ServiceTime, State};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, PaginatorTrait, QueryFilter};

use super::{
    loaders::{MOST_MESSAGES, MOST_MOVES},
    opening::{Moved, record_move_in_tx, taking_queue, write_message_in_tx},
    service::{Held, hold_in_tx, workable},
    store::{RequestMessageKind, RequestMoveKind, RequestUrgency, clock_of, ladder, state_of},
    telling,
};
use crate::{
    areas::happenings::HappeningKind,
    graphql::{
        context::{Asker, RequestContext},
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
    },
};

/// What somebody wants to do with a request. Texts are trimmed and checked already.
#[derive(Debug, Clone)]
pub enum Wish {
    /// Ask the asker back.
    AskBack(String),
    /// Answer.
    Answer(String),
    /// Refuse.
    Decline(String),
    /// Report it done.
    Fulfil(Option<String>),
    /// Take it back.
    Withdraw,
    /// Open it again.
    Reopen(String),
    /// Give it to one of the owners, or to nobody.
    Assign(Option<PersonId>),
    /// Give it to another queue.
    Transfer(RequestQueueId),
    /// Let it climb.
    Escalate(Option<String>),
}

/// What a wish does beside changing the row.
struct Effect {
    moved: Moved,
    message: Option<(RequestMessageKind, String)>,
    tells: HappeningKind,
    concerns: Concerned,
}

/// Whom it concerns.
enum Concerned {
    Asker,
    Answering,
}

impl Wish {
    fn made(&self) -> Move {
        match self {
            Self::AskBack(_) => Move::AskBack,
            Self::Answer(_) => Move::Answer,
            Self::Decline(_) => Move::Decline,
            Self::Fulfil(_) => Move::Fulfil,
            Self::Withdraw => Move::Withdraw,
            Self::Reopen(_) => Move::Reopen,
            Self::Assign(_) => Move::Assign,
            Self::Transfer(_) => Move::Transfer,
            Self::Escalate(_) => Move::Escalate,
        }
    }

    /// Whether the request goes on after it. What ends one is never refused for its length.
    fn goes_on(&self) -> bool {
        match self {
            Self::AskBack(_) | Self::Reopen(_) | Self::Assign(_) | Self::Transfer(_) | Self::Escalate(_) => true,
            Self::Answer(_) | Self::Decline(_) | Self::Fulfil(_) | Self::Withdraw => false,
        }
    }

    /// Which side does it: those who answer, or the asker.
    fn action(&self) -> Action {
        match self {
            Self::Withdraw | Self::Reopen(_) | Self::Escalate(_) => Action::AskRequest,
            Self::AskBack(_)
            | Self::Answer(_)
            | Self::Decline(_)
            | Self::Fulfil(_)
            | Self::Assign(_)
            | Self::Transfer(_) => Action::WorkRequest,
        }
    }
}

/// Does what was wished, if it can be done now.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; WRONG_STATE where the request has moved on; refusals at the place of the input.
pub async fn make(ctx: &RequestContext, id: ServiceRequestId, wish: Wish) -> Result<service_request::Model, Refusal> {
    let asker = ctx.asker()?;
    let actions = [wish.action()];
    workable(ctx, id, &actions).await?;
    let now = ctx.app.clock.now();
    let tx = ctx.db.begin().await?;
    let mut held = hold_in_tx(&asker, &tx, id, &actions).await?;
    let from = state_of(&held.row)?;
    let to = from.after(wish.made()).ok_or_else(|| wrong_state(from, &wish))?;
    if wish.goes_on() {
        check_moves_in_tx(&tx, &held.row).await?;
    }
    let mut clock = clock_of(&held.row);
    let effect = apply(&asker, &tx, &mut held, &mut clock, wish, now).await?;
    settle(&mut held.row, &mut clock, from, to, now);
    write_in_tx(&tx, &held.row).await?;
    record_move_in_tx(ctx, &tx, &held.row, asker.person(), effect.moved).await?;
    if let Some((kind, body)) = effect.message {
        write_message_in_tx(ctx, &tx, &held.row, kind, body).await?;
    }
    let concerns = match effect.concerns {
        Concerned::Asker => vec![held.row.asker_id],
        Concerned::Answering => telling::answering(&asker.snapshot.chart, &held.row, held.queue.as_deref()),
    };
    telling::happened_in_tx(&ctx.app, &tx, &held.row, effect.tells, asker.person(), concerns).await?;
    telling::index_in_tx(&tx, &held.row, held.queue.as_deref()).await?;
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(held.row)
}

/// Writes a message; a reply of the asker who is waited for lets the clock go on.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; WRONG_STATE where nothing is discussed any more, TOO_LONG where too much was.
pub async fn message(
    ctx: &RequestContext,
    id: ServiceRequestId,
    body: String,
    key: Option<Key>,
) -> Result<service_request::Model, Refusal> {
    let asker = ctx.asker()?;
    let actions = [Action::AskRequest, Action::WorkRequest];
    workable(ctx, id, &actions).await?;
    let now = ctx.app.clock.now();
    let tx = ctx.db.begin().await?;
    let mut held = hold_in_tx(&asker, &tx, id, &actions).await?;
    if let Some(key) = &key
        && key.recall::<RequestMessageId>(&tx, now).await?.is_some()
    {
        return Ok(held.row);
    }
    let state = state_of(&held.row)?;
    if matches!(state, State::Declined | State::Fulfilled | State::Withdrawn) {
        let message = format!("this request is {state}: nothing is discussed any more; the asker may reopen it");
        return Err(UserError::at(UserErrorCode::WrongState, ["request"], message).into());
    }
    let by_asker = asker.person() == Some(held.row.asker_id);
    if by_asker && state == State::Waiting {
        let mut clock = clock_of(&held.row);
        settle(&mut held.row, &mut clock, state, State::Open, now);
        write_in_tx(&tx, &held.row).await?;
        let moved = Moved { kind: RequestMoveKind::Replied, person: None, queue: None, note: None };
        record_move_in_tx(ctx, &tx, &held.row, asker.person(), moved).await?;
    }
    check_room_in_tx(&tx, &held.row).await?;
    let written = write_message_in_tx(ctx, &tx, &held.row, RequestMessageKind::Message, body).await?;
    let mut concerns = telling::answering(&asker.snapshot.chart, &held.row, held.queue.as_deref());
    concerns.push(held.row.asker_id);
    concerns.retain(|person| Some(*person) != asker.person());
    telling::happened_in_tx(&ctx.app, &tx, &held.row, HappeningKind::RequestMessage, asker.person(), concerns).await?;
    if let Some(key) = &key {
        key.remember(&tx, &written, now).await?;
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(held.row)
}

fn wrong_state(from: State, wish: &Wish) -> UserError {
    let message = match wish {
        Wish::Escalate(_) if from == State::Waiting => "you were asked back: reply, and the clock goes on".to_owned(),
        _ => format!("this request is {from}, so this cannot be done with it any more"),
    };
    UserError::at(UserErrorCode::WrongState, ["request"], message)
}

/// Changes what the wish changes, beside the state.
async fn apply(
    asker: &Asker,
    tx: &DatabaseTransaction,
    held: &mut Held,
    clock: &mut ServiceTime,
    wish: Wish,
    now: DateTime<Utc>,
) -> Result<Effect, Refusal> {
    let plain = |kind, note| Moved { kind, person: None, queue: None, note };
    Ok(match wish {
        Wish::AskBack(body) => {
            check_room_in_tx(tx, &held.row).await?;
            Effect {
                moved: plain(RequestMoveKind::AskedBack, None),
                message: Some((RequestMessageKind::Question, body)),
                tells: HappeningKind::RequestMessage,
                concerns: Concerned::Asker,
            }
        }
        Wish::Answer(body) => {
            check_room_in_tx(tx, &held.row).await?;
            Effect {
                moved: plain(RequestMoveKind::Answered, None),
                message: Some((RequestMessageKind::Answer, body)),
                tells: HappeningKind::RequestAnswered,
                concerns: Concerned::Asker,
            }
        }
        Wish::Decline(reason) => {
            held.row.decline_reason = Some(reason.clone());
            Effect {
                moved: plain(RequestMoveKind::Declined, Some(reason)),
                message: None,
                tells: HappeningKind::RequestDeclined,
                concerns: Concerned::Asker,
            }
        }
        Wish::Fulfil(note) => Effect {
            moved: plain(RequestMoveKind::Fulfilled, note),
            message: None,
            tells: HappeningKind::RequestFulfilled,
            concerns: Concerned::Asker,
        },
        Wish::Withdraw => Effect {
            moved: plain(RequestMoveKind::Withdrawn, None),
            message: None,
            tells: HappeningKind::RequestWithdrawn,
            concerns: Concerned::Answering,
        },
        Wish::Reopen(reason) => {
            check_reopening(&held.row, now)?;
            let urgency = RequestUrgency::read(&held.row.urgency)?;
            let hours = held.queue.as_ref().map_or(held.row.service_hours, |queue| queue.hours(urgency));
            begin_anew(&mut held.row, clock, hours, now);
            held.row.decline_reason = None;
            Effect {
                moved: plain(RequestMoveKind::Reopened, Some(reason)),
                message: None,
                tells: HappeningKind::RequestReopened,
                concerns: Concerned::Answering,
            }
        }
        Wish::Assign(person) => assign(asker, held, person)?,
        Wish::Transfer(queue) => transfer(asker, tx, held, clock, queue, now).await?,
        Wish::Escalate(note) => escalate(asker, held, note)?,
    })
}

fn assign(asker: &Asker, held: &mut Held, person: Option<PersonId>) -> Result<Effect, Refusal> {
    let Some(queue) = &held.queue else {
        let message = "this request was sent to a person directly; transfer it to a queue to give it to somebody else";
        return Err(UserError::at(UserErrorCode::WrongState, ["request"], message).into());
    };
    if person.is_some_and(|person| !queue.is_owned_by(&asker.snapshot.chart, person)) {
        let message = "there is no such owner of the queue; only its owners can be assigned";
        return Err(UserError::at(UserErrorCode::NotFound, ["assignee"], message).into());
    }
    if held.row.assignee_id == person {
        let message = if person.is_some() { "they have it already" } else { "nobody has it already" };
        return Err(UserError::at(UserErrorCode::AlreadyDone, ["assignee"], message).into());
    }
    held.row.assignee_id = person;
    Ok(Effect {
        moved: Moved { kind: RequestMoveKind::Assigned, person, queue: None, note: None },
        message: None,
        tells: HappeningKind::RequestAssigned,
        concerns: Concerned::Answering,
    })
}

async fn transfer(
    asker: &Asker,
    tx: &DatabaseTransaction,
    held: &mut Held,
    clock: &mut ServiceTime,
    to: RequestQueueId,
    now: DateTime<Utc>,
) -> Result<Effect, Refusal> {
    if held.row.queue_id == Some(to) {
        return Err(UserError::at(UserErrorCode::Invalid, ["queue"], "it lies in this queue already").into());
    }
    let queue = taking_queue(asker, tx, to, ["queue"]).await?;
    let urgency = RequestUrgency::read(&held.row.urgency)?;
    held.row.queue_id = Some(to);
    held.row.assignee_id = None;
    begin_anew(&mut held.row, clock, queue.hours(urgency), now);
    held.queue = Some(Arc::clone(&queue));
    Ok(Effect {
        moved: Moved { kind: RequestMoveKind::Transferred, person: None, queue: Some(to), note: None },
        message: None,
        tells: HappeningKind::RequestTransferred,
        concerns: Concerned::Answering,
    })
}

fn escalate(asker: &Asker, held: &mut Held, note: Option<String>) -> Result<Effect, Refusal> {
    let Some(person) = climb(&asker.snapshot.chart, held) else {
        let message = "nobody is left above those who owe the answer";
        return Err(UserError::at(UserErrorCode::WrongState, ["request"], message).into());
    };
    Ok(Effect {
        moved: Moved { kind: RequestMoveKind::Escalated, person: Some(person), queue: None, note },
        message: None,
        tells: HappeningKind::RequestEscalated,
        concerns: Concerned::Answering,
    })
}

/// Lets a request climb one step, if there is one; returns to whom.
pub fn climb(chart: &hearten_orgchart::OrgChart, held: &mut Held) -> Option<PersonId> {
    let ladder = ladder(chart, &held.row, held.queue.as_deref());
    let step = usize::try_from(held.row.escalation_level).unwrap_or(usize::MAX);
    let person = *ladder.get(step)?;
    held.row.escalated_to = Some(person);
    held.row.escalation_level += 1;
    Some(person)
}

/// A new service time, from the bottom of the ladder.
fn begin_anew(row: &mut service_request::Model, clock: &mut ServiceTime, hours: i32, now: DateTime<Utc>) {
    let waiting = clock.waiting_since.is_some();
    *clock = ServiceTime::begin(now, hours, row.needed_by);
    if waiting {
        clock.pause(now);
    }
    row.service_hours = hours;
    row.escalated_to = None;
    row.escalation_level = 0;
}

fn check_reopening(row: &service_request::Model, now: DateTime<Utc>) -> Result<(), Refusal> {
    if row.settled_at.is_none_or(|settled| settled + TimeDelta::days(REOPENING_DAYS) < now) {
        let message = format!("a request can be reopened within {REOPENING_DAYS} days; open a new one");
        return Err(UserError::at(UserErrorCode::WrongState, ["request"], message).into());
    }
    Ok(())
}

/// Lets the row follow from its state and clock.
fn settle(row: &mut service_request::Model, clock: &mut ServiceTime, from: State, to: State, now: DateTime<Utc>) {
    let was_ticking = clock.waiting_since.is_none();
    match to {
        State::Waiting => clock.pause(now),
        State::Open | State::Answered | State::Declined | State::Fulfilled | State::Withdrawn => clock.resume(now),
    }
    let anew = clock.since != row.clock_since || !was_ticking || from != to;
    row.state = to.as_str().to_owned();
    row.clock_since = clock.since;
    row.paused_seconds = clock.paused.num_seconds();
    row.waiting_since = clock.waiting_since;
    row.due_at = clock.due();
    if to != State::Open {
        row.climbs_at = None;
    } else if anew {
        row.climbs_at = Some(clock.climbs_at(now));
    }
    match to {
        State::Answered | State::Declined | State::Fulfilled => {
            row.answered_at.get_or_insert(now);
            row.settled_at = Some(now);
        }
        State::Withdrawn => row.settled_at = Some(now),
        State::Open | State::Waiting => row.settled_at = None,
    }
}

async fn check_moves_in_tx(tx: &DatabaseTransaction, row: &service_request::Model) -> Result<(), Refusal> {
    let made = request_move::Entity::in_org(row.organization_id)
        .filter(request_move::Column::RequestId.eq(row.id))
        .count(tx)
        .await?;
    if made >= MOST_MOVES {
        let message = format!("a request moves at most {MOST_MOVES} times; end it, and open a new one");
        return Err(UserError::at(UserErrorCode::TooLong, ["request"], message).into());
    }
    Ok(())
}

async fn check_room_in_tx(tx: &DatabaseTransaction, row: &service_request::Model) -> Result<(), Refusal> {
    let written = request_message::Entity::in_org(row.organization_id)
        .filter(request_message::Column::RequestId.eq(row.id))
        .count(tx)
        .await?;
    if written >= MOST_MESSAGES as u64 {
        let message = format!("a request has at most {MOST_MESSAGES} messages; open a new one, or talk");
        return Err(UserError::at(UserErrorCode::TooLong, ["request"], message).into());
    }
    Ok(())
}

/// Writes all of a request that moves change.
///
/// # Errors
/// When the database fails.
pub async fn write_in_tx(tx: &DatabaseTransaction, row: &service_request::Model) -> Result<(), Exception> {
    let change = service_request::ActiveModel {
        queue_id: Set(row.queue_id),
        assignee_id: Set(row.assignee_id),
        escalated_to: Set(row.escalated_to),
        escalation_level: Set(row.escalation_level),
        state: Set(row.state.clone()),
        decline_reason: Set(row.decline_reason.clone()),
        clock_since: Set(row.clock_since),
        service_hours: Set(row.service_hours),
        paused_seconds: Set(row.paused_seconds),
        waiting_since: Set(row.waiting_since),
        due_at: Set(row.due_at),
        climbs_at: Set(row.climbs_at),
        answered_at: Set(row.answered_at),
        settled_at: Set(row.settled_at),
        ..Default::default()
    };
    let update = service_request::Entity::update_in_org(row.organization_id);
    update.filter(service_request::Column::Id.eq(row.id)).set(change).exec(tx).await?;
    Ok(())
}
