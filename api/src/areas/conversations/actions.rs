//! Action items: who said they would do what, and until when.

use chrono::{DateTime, NaiveDate, Utc};
use hearten_entity::{InOrganization, action_item};
use hearten_ids::{ActionItemId, ConversationId, PersonId};
use hearten_policy::Action;
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, sea_query::Expr,
};

use super::{
    service::{attendees_in, facts, hold_in_tx, participants_in, unseen},
    store::{FARTHEST, LONGEST_POINT, MOST_ACTION_ITEMS},
    telling,
};
use crate::graphql::{
    context::RequestContext,
    error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
    idempotency::Key,
    input,
};

/// What a new action item is to be.
#[derive(Debug)]
pub struct NewActionItem {
    /// What is to be done.
    pub text: String,
    /// By whom; by the asker when left out.
    pub owner: Option<PersonId>,
    /// Until when.
    pub due_on: Option<NaiveDate>,
}

/// Writes an action item down.
///
/// # Errors
/// As [`hold_in_tx`]; refusals for what the input says, and for a conversation that does not take place.
pub async fn add(
    ctx: &RequestContext,
    conversation: ConversationId,
    new: NewActionItem,
    key: Option<Key>,
) -> Result<ActionItemId, Refusal> {
    let asker = ctx.asker()?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok(done);
    }
    let tx = ctx.db.begin().await?;
    let held = hold_in_tx(ctx, &tx, conversation).await?;
    let Some(me) = asker.person() else { return Err(Exception::code(ErrorCode::Forbidden).into()) };
    held.require_took_place()?;
    let owner_id = new.owner.unwrap_or(me);
    let mut problems = Vec::new();
    let text = input::text(["text"], &new.text, LONGEST_POINT).map_err(|problem| problems.push(problem)).ok();
    check_owner(&held.participants, owner_id, &mut problems);
    check_due(new.due_on, now, &mut problems);
    let (Some(text), true) = (text, problems.is_empty()) else { return Err(problems.into()) };
    let there = action_item::Entity::in_org(asker.organization())
        .filter(action_item::Column::ConversationId.eq(conversation))
        .count(&tx)
        .await?;
    if there >= MOST_ACTION_ITEMS {
        let message = format!("at most {MOST_ACTION_ITEMS} action items come of a conversation");
        return Err(UserError::at(UserErrorCode::TooLong, ["conversation"], message).into());
    }
    let row = action_item::Model {
        id: ActionItemId(ctx.app.random.id(now)),
        organization_id: asker.organization(),
        series_id: held.series.id,
        conversation_id: conversation,
        text,
        owner_id,
        created_by: me,
        due_on: new.due_on,
        done_at: None,
        reminded_at: None,
        created_at: now,
    };
    action_item::Entity::insert(action_item::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
    telling::assigned_in_tx(&ctx.app, &tx, &row, Some(me)).await?;
    if let Some(key) = &key {
        key.remember(&tx, &row.id, now).await?;
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(row.id)
}

fn check_owner(participants: &[PersonId], owner: PersonId, problems: &mut Vec<UserError>) {
    if !participants.contains(&owner) {
        let message = "the owner takes part in the conversation";
        problems.push(UserError::at(UserErrorCode::NotFound, ["owner"], message));
    }
}

fn check_due(due: Option<NaiveDate>, now: DateTime<Utc>, problems: &mut Vec<UserError>) {
    let today = now.date_naive();
    if due.is_some_and(|due| due < today - FARTHEST || due > today + FARTHEST) {
        problems.push(UserError::at(UserErrorCode::Invalid, ["dueOn"], "at most two years from today"));
    }
}

/// What may change about an action item; what is none stays.
#[derive(Debug, Default)]
pub struct ActionItemChange {
    /// What is to be done.
    pub text: Option<String>,
    /// By whom.
    pub owner: Option<PersonId>,
    /// Until when; `Some(None)` for no day.
    pub due_on: Option<Option<NaiveDate>>,
    /// Whether it is done.
    pub done: Option<bool>,
}

/// Changes an action item: for who takes part in the series now, and for its owner.
///
/// # Errors
/// A refusal NOT_FOUND for who cannot see it; FORBIDDEN for who only took part once; refusals for what the input says.
pub async fn update(ctx: &RequestContext, id: ActionItemId, change: ActionItemChange) -> Result<(), Refusal> {
    use action_item::Column;
    let asker = ctx.asker()?;
    let now = ctx.app.clock.now();
    let tx = ctx.db.begin().await?;
    let (row, participants) = writable_in_tx(ctx, &tx, id).await?;
    let mut problems = Vec::new();
    let mut query = action_item::Entity::update_in_org(asker.organization()).filter(Column::Id.eq(id));
    if let Some(text) = change.text {
        match input::text(["text"], &text, LONGEST_POINT) {
            Ok(text) => query = query.col_expr(Column::Text, Expr::value(text)),
            Err(problem) => problems.push(problem),
        }
    }
    let owner = change.owner.unwrap_or(row.owner_id);
    if owner != row.owner_id {
        check_owner(&participants, owner, &mut problems);
    }
    query = query.col_expr(Column::OwnerId, Expr::value(owner));
    if let Some(due) = change.due_on {
        check_due(due, now, &mut problems);
        // Another day is another reason to be told.
        query = query
            .col_expr(Column::DueOn, Expr::value(due))
            .col_expr(Column::RemindedAt, Expr::value(None::<DateTime<Utc>>));
    }
    if let Some(done) = change.done
        && done != row.done_at.is_some()
    {
        query = query.col_expr(Column::DoneAt, Expr::value(done.then_some(now)));
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    query.exec(&tx).await?;
    if owner != row.owner_id {
        let row = action_item::Model { owner_id: owner, ..row };
        telling::assigned_in_tx(&ctx.app, &tx, &row, asker.person()).await?;
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(())
}

/// The action item, which nobody else changes until the transaction ends, and who takes part in its series.
async fn writable_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    id: ActionItemId,
) -> Result<(action_item::Model, Vec<PersonId>), Refusal> {
    let asker = ctx.asker()?;
    let held =
        action_item::Entity::in_org(asker.organization()).filter(action_item::Column::Id.eq(id)).lock_exclusive();
    let row = held.one(tx).await?.ok_or_else(|| unseen("actionItem", "action item"))?;
    let participants = participants_in(tx, asker.organization(), row.series_id).await?;
    let writers = [&participants[..], &[row.owner_id]].concat();
    if asker.may(Action::WriteConversation, facts(&writers, None)) {
        return Ok((row, participants));
    }
    let attendees = attendees_in(tx, asker.organization(), row.conversation_id).await?;
    if asker.may(Action::ReadConversation, facts(&attendees, None)) {
        return Err(Exception::code(ErrorCode::Forbidden).into());
    }
    Err(unseen("actionItem", "action item"))
}
