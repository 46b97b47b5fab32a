//! What becomes of a conversation: it is moved, held or skipped, and the next one is planned in the same transaction.

use chrono::{DateTime, TimeDelta, Utc};
use hearten_entity::{InOrganization, conversation, conversation_attendee};
use hearten_ids::{ConversationId, ConversationSeriesId};
use hearten_policy::Action;
use sea_orm::{ColumnTrait, DatabaseTransaction, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::{
    planning::{find_planned_in_tx, next_moment, plan_in_tx},
    service::{Held, facts, hold_in_tx, hold_series_in_tx, participants_in, unseen, wrong_state},
    store::{ConversationState, DURATIONS, FARTHEST},
    telling,
};
use crate::graphql::{
    context::RequestContext,
    error::{Exception, Refusal, UserError, UserErrorCode},
    idempotency::Key,
};

/// How far back something may be said to have been held.
const LATEST_REPORT: TimeDelta = TimeDelta::days(90);

/// Moves a planned conversation.
///
/// # Errors
/// As [`hold_in_tx`]; refusals for a time that does not lie ahead, and for what is not planned any more.
pub async fn shift(
    ctx: &RequestContext,
    id: ConversationId,
    to: DateTime<Utc>,
    duration_minutes: Option<i32>,
) -> Result<(), Refusal> {
    let now = ctx.app.clock.now();
    let tx = ctx.db.begin().await?;
    let held = hold_in_tx(ctx, &tx, id).await?;
    held.require_planned()?;
    let mut problems = Vec::new();
    if to <= now || to > now + FARTHEST {
        let message = "a conversation is moved to a time ahead, at most two years";
        problems.push(UserError::at(UserErrorCode::Invalid, ["scheduledAt"], message));
    }
    let minutes = duration_minutes.unwrap_or(held.conversation.duration_minutes);
    if !DURATIONS.contains(&minutes) {
        let message = format!("{} to {} minutes", DURATIONS.start(), DURATIONS.end());
        problems.push(UserError::at(UserErrorCode::Invalid, ["durationMinutes"], message));
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    conversation::Entity::update_in_org(held.series.organization_id)
        .filter(conversation::Column::Id.eq(id))
        .col_expr(conversation::Column::ScheduledAt, Expr::value(to))
        .col_expr(conversation::Column::DurationMinutes, Expr::value(minutes))
        .col_expr(conversation::Column::Sequence, Expr::value(held.conversation.sequence + 1))
        .col_expr(conversation::Column::ChangedAt, Expr::value(now))
        .exec(&tx)
        .await?;
    telling::moved_in_tx(&ctx.app, &tx, &held.conversation, ctx.asker()?.person(), &held.attendees).await?;
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(())
}

/// Marks a planned conversation as held, and plans the next.
///
/// # Errors
/// As [`hold_in_tx`]; refusals for a time that has not come, and for what is not planned any more.
pub async fn hold(ctx: &RequestContext, id: ConversationId, at: Option<DateTime<Utc>>) -> Result<(), Refusal> {
    let now = ctx.app.clock.now();
    let at = at.unwrap_or(now);
    let tx = ctx.db.begin().await?;
    let held = hold_in_tx(ctx, &tx, id).await?;
    held.require_planned()?;
    if at > now || at < now - LATEST_REPORT {
        let message = "a conversation was held by now, and at most 90 days ago";
        return Err(UserError::at(UserErrorCode::Invalid, ["heldAt"], message).into());
    }
    conversation_attendee::Entity::update_in_org(held.series.organization_id)
        .filter(conversation_attendee::Column::ConversationId.eq(id))
        .col_expr(conversation_attendee::Column::HeldAt, Expr::value(at))
        .exec(&tx)
        .await?;
    finish_in_tx(ctx, &tx, &held, ConversationState::Held, Some(at), now).await?;
    telling::held_in_tx(&ctx.app, &tx, &held.conversation, ctx.asker()?.person(), &held.attendees).await?;
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(())
}

/// Leaves a planned conversation out, and plans the next.
///
/// # Errors
/// As [`hold_in_tx`]; a refusal for what is not planned any more.
pub async fn skip(ctx: &RequestContext, id: ConversationId) -> Result<(), Refusal> {
    let now = ctx.app.clock.now();
    let tx = ctx.db.begin().await?;
    let held = hold_in_tx(ctx, &tx, id).await?;
    held.require_planned()?;
    finish_in_tx(ctx, &tx, &held, ConversationState::Skipped, None, now).await?;
    telling::moved_in_tx(&ctx.app, &tx, &held.conversation, ctx.asker()?.person(), &held.attendees).await?;
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(())
}

/// Ends a conversation in `state` and plans the next one of a series that recurs. The series is locked, so there is one
/// planned conversation at most.
async fn finish_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    held: &Held,
    state: ConversationState,
    at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), Exception> {
    let Held { series, participants, conversation: row, .. } = held;
    conversation::Entity::update_in_org(series.organization_id)
        .filter(conversation::Column::Id.eq(row.id))
        .col_expr(conversation::Column::State, Expr::value(state.as_str()))
        .col_expr(conversation::Column::HeldAt, Expr::value(at))
        .col_expr(conversation::Column::Sequence, Expr::value(row.sequence + 1))
        .col_expr(conversation::Column::ChangedAt, Expr::value(now))
        .exec(tx)
        .await?;
    if series.ended_at.is_some() {
        return Ok(());
    }
    let Some(next) = next_moment(series, row, now)? else { return Ok(()) };
    let planned = plan_in_tx(&ctx.app, tx, series, participants, row.number + 1, next, now).await?;
    telling::index_in_tx(tx, &planned, participants).await
}

/// Plans the next conversation of a series by hand, where none is planned.
///
/// # Errors
/// A refusal NOT_FOUND for who takes no part; refusals for a time that does not lie ahead, an ended series, and where one
/// is planned.
pub async fn plan(
    ctx: &RequestContext,
    id: ConversationSeriesId,
    at: DateTime<Utc>,
    key: Option<Key>,
) -> Result<ConversationId, Refusal> {
    let asker = ctx.asker()?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok(done);
    }
    let tx = ctx.db.begin().await?;
    let people = participants_in(&tx, asker.organization(), id).await?;
    if !asker.may(Action::WriteConversation, facts(&people, None)) {
        return Err(unseen("series", "series"));
    }
    let (series, people) = hold_series_in_tx(&asker, &tx, id).await?;
    if series.ended_at.is_some() {
        return Err(wrong_state("series", "this series has ended"));
    }
    if find_planned_in_tx(&tx, asker.organization(), id).await?.is_some() {
        return Err(wrong_state("series", "the next conversation is planned already; move it instead"));
    }
    if at <= now || at > now + FARTHEST {
        let message = "a conversation is planned for a time ahead, at most two years";
        return Err(UserError::at(UserErrorCode::Invalid, ["scheduledAt"], message).into());
    }
    let last: Option<i32> = conversation::Entity::in_org(asker.organization())
        .filter(conversation::Column::SeriesId.eq(id))
        .order_by_desc(conversation::Column::Number)
        .select_only()
        .column(conversation::Column::Number)
        .into_tuple()
        .one(&tx)
        .await?;
    let planned = plan_in_tx(&ctx.app, &tx, &series, &people, last.unwrap_or(0) + 1, at, now).await?;
    telling::planned_in_tx(&ctx.app, &tx, &planned, asker.person(), &people).await?;
    telling::index_in_tx(&tx, &planned, &people).await?;
    if let Some(key) = &key {
        key.remember(&tx, &planned.id, now).await?;
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(planned.id)
}
