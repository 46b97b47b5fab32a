//! The agenda. A point stays with its series until it is done: whatever is open is on the agenda of the next conversation.

use hearten_entity::{InOrganization, agenda_item};
use hearten_ids::{AgendaItemId, ConversationId};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{CaseStatement, Expr},
};

use super::{
    service::{Held, hold_in_tx, unseen},
    store::{LONGEST_POINT, MOST_AGENDA_ITEMS, Section},
    telling,
};
use crate::{
    areas::surveys::store::stored,
    graphql::{
        context::RequestContext,
        error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// The agenda of the conversation of that number, as far as its row says.
fn on_agenda(number: i32) -> Condition {
    Condition::any().add(agenda_item::Column::DoneNumber.is_null()).add(agenda_item::Column::DoneNumber.gte(number))
}

/// Adds a point to the agenda of a planned conversation.
///
/// # Errors
/// As [`hold_in_tx`]; refusals for the text, the section, a full agenda, and what is not planned any more.
pub async fn add(
    ctx: &RequestContext,
    conversation: ConversationId,
    text: &str,
    section: Option<i32>,
    key: Option<Key>,
) -> Result<AgendaItemId, Refusal> {
    let asker = ctx.asker()?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok(done);
    }
    let tx = ctx.db.begin().await?;
    let held = hold_in_tx(ctx, &tx, conversation).await?;
    let Some(author_id) = asker.person() else { return Err(Exception::code(ErrorCode::Forbidden).into()) };
    held.require_planned()?;
    let text = input::text(["text"], text, LONGEST_POINT)?;
    check_section(&held, section)?;
    let of_series = agenda_item::Entity::in_org(asker.organization())
        .filter(agenda_item::Column::SeriesId.eq(held.series.id))
        .filter(on_agenda(held.conversation.number));
    if of_series.clone().count(&tx).await? >= MOST_AGENDA_ITEMS {
        let message = format!("at most {MOST_AGENDA_ITEMS} points are on an agenda; finish or remove some");
        return Err(UserError::at(UserErrorCode::TooLong, ["conversation"], message).into());
    }
    let last = of_series.order_by_desc(agenda_item::Column::Position).one(&tx).await?;
    let row = agenda_item::Model {
        id: AgendaItemId(ctx.app.random.id(now)),
        organization_id: asker.organization(),
        series_id: held.series.id,
        text,
        section,
        author_id,
        position: last.map_or(0, |last| last.position + 1),
        first_number: held.conversation.number,
        edited_number: held.conversation.number,
        done_number: None,
        done_at: None,
        created_at: now,
    };
    let id = row.id;
    agenda_item::Entity::insert(agenda_item::ActiveModel::from(row)).exec_without_returning(&tx).await?;
    if let Some(key) = &key {
        key.remember(&tx, &id, now).await?;
    }
    finish(tx, &held).await?;
    Ok(id)
}

fn check_section(held: &Held, section: Option<i32>) -> Result<(), Refusal> {
    let Some(section) = section else { return Ok(()) };
    let sections: Vec<Section> = stored(held.series.sections.clone())?;
    if usize::try_from(section).is_ok_and(|at| at < sections.len()) {
        return Ok(());
    }
    let message = format!("this series has {} sections, counted from 0", sections.len());
    Err(UserError::at(UserErrorCode::Invalid, ["section"], message).into())
}

/// What may change about a point; what is none stays.
#[derive(Debug, Default)]
pub struct AgendaChange {
    /// What it says.
    pub text: Option<String>,
    /// The section; `Some(None)` takes it out of its section.
    pub section: Option<Option<i32>>,
    /// Whether it is done.
    pub done: Option<bool>,
}

/// Changes a point on the agenda of a conversation. Done means done in that conversation.
///
/// # Errors
/// As [`hold_in_tx`]; refusals for what the input says, and for a conversation that does not take place.
pub async fn update(
    ctx: &RequestContext,
    conversation: ConversationId,
    id: AgendaItemId,
    change: AgendaChange,
) -> Result<(), Refusal> {
    use agenda_item::Column;
    let now = ctx.app.clock.now();
    let tx = ctx.db.begin().await?;
    let held = hold_in_tx(ctx, &tx, conversation).await?;
    held.require_took_place()?;
    let row = find_in_tx(&tx, &held, id).await?;
    let number = held.conversation.number;
    let mut query = agenda_item::Entity::update_in_org(row.organization_id).filter(Column::Id.eq(id));
    if let Some(text) = change.text {
        held.require_planned()?;
        let text = input::text(["text"], &text, LONGEST_POINT)?;
        query = query.col_expr(Column::Text, Expr::value(text)).col_expr(Column::EditedNumber, Expr::value(number));
    }
    if let Some(section) = change.section {
        check_section(&held, section)?;
        query = query.col_expr(Column::Section, Expr::value(section));
    }
    query = match change.done {
        Some(true) if row.done_number.is_none() => {
            query.col_expr(Column::DoneNumber, Expr::value(number)).col_expr(Column::DoneAt, Expr::value(now))
        }
        Some(false) => query
            .col_expr(Column::DoneNumber, Expr::value(None::<i32>))
            .col_expr(Column::DoneAt, Expr::value(None::<chrono::DateTime<chrono::Utc>>)),
        Some(true) | None => query.col_expr(Column::Position, Expr::value(row.position)),
    };
    query.exec(&tx).await?;
    finish(tx, &held).await
}

/// Takes a point off the agenda that was not done yet.
///
/// # Errors
/// As [`hold_in_tx`]; refusals for a point that is done or not there, and for what is not planned any more.
pub async fn remove(ctx: &RequestContext, conversation: ConversationId, id: AgendaItemId) -> Result<(), Refusal> {
    let tx = ctx.db.begin().await?;
    let held = hold_in_tx(ctx, &tx, conversation).await?;
    held.require_planned()?;
    let row = find_in_tx(&tx, &held, id).await?;
    if row.done_number.is_some() {
        let message = "what was done stays in the record";
        return Err(UserError::at(UserErrorCode::WrongState, ["agendaItem"], message).into());
    }
    agenda_item::Entity::delete_in_org(row.organization_id).filter(agenda_item::Column::Id.eq(id)).exec(&tx).await?;
    finish(tx, &held).await
}

/// Puts the points of a planned conversation into an order; what is not named follows behind, as it stood.
///
/// # Errors
/// As [`hold_in_tx`]; refusals for points that are not on the agenda or are named twice.
pub async fn reorder(ctx: &RequestContext, conversation: ConversationId, ids: &[AgendaItemId]) -> Result<(), Refusal> {
    let tx = ctx.db.begin().await?;
    let held = hold_in_tx(ctx, &tx, conversation).await?;
    held.require_planned()?;
    let rows = agenda_item::Entity::in_org(held.series.organization_id)
        .filter(agenda_item::Column::SeriesId.eq(held.series.id))
        .filter(on_agenda(held.conversation.number))
        .order_by_asc(agenda_item::Column::Position)
        .order_by_asc(agenda_item::Column::Id)
        .limit(2 * MOST_AGENDA_ITEMS)
        .all(&tx)
        .await?;
    let mut problems = Vec::new();
    for (at, id) in ids.iter().enumerate() {
        let place = at.to_string();
        if !rows.iter().any(|row| row.id == *id) {
            let message = "there is no such point on this agenda";
            problems.push(UserError::at(UserErrorCode::NotFound, ["agendaItems", &place], message));
        } else if ids[..at].contains(id) {
            problems.push(UserError::at(UserErrorCode::Invalid, ["agendaItems", &place], "this point is named twice"));
        }
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    if rows.is_empty() {
        return Ok(());
    }
    let behind = rows.iter().map(|row| row.id).filter(|id| !ids.contains(id));
    // One statement, however many points there are.
    let mut place = CaseStatement::new();
    for (at, id) in (0_i32..).zip(ids.iter().copied().chain(behind)) {
        place = place.case(agenda_item::Column::Id.eq(id), Expr::value(at));
    }
    agenda_item::Entity::update_in_org(held.series.organization_id)
        .filter(agenda_item::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .col_expr(agenda_item::Column::Position, place.finally(Expr::col(agenda_item::Column::Position)).into())
        .exec(&tx)
        .await?;
    finish(tx, &held).await
}

async fn find_in_tx(tx: &DatabaseTransaction, held: &Held, id: AgendaItemId) -> Result<agenda_item::Model, Refusal> {
    let row = agenda_item::Entity::in_org(held.series.organization_id)
        .filter(agenda_item::Column::Id.eq(id))
        .filter(agenda_item::Column::SeriesId.eq(held.series.id))
        .filter(agenda_item::Column::FirstNumber.lte(held.conversation.number))
        .filter(on_agenda(held.conversation.number))
        .one(tx)
        .await?;
    row.ok_or_else(|| unseen("agendaItem", "point on this agenda"))
}

/// What is searched for follows what is on the agenda.
async fn finish(tx: DatabaseTransaction, held: &Held) -> Result<(), Refusal> {
    telling::index_in_tx(&tx, &held.conversation, &held.attendees).await?;
    tx.commit().await?;
    Ok(())
}
