//! What others are told of a conversation, and what a search finds of it: always only who takes part. Private notes and
//! check-ins are told to nobody and never indexed.

use hearten_entity::{InOrganization, action_item, agenda_item, conversation};
use hearten_ids::PersonId;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::ExprTrait};

use super::store::MOST_AGENDA_ITEMS;
use crate::{
    app::App,
    areas::{
        happenings::{self, Happening, HappeningKind},
        search::{self, Audience, Entry, SearchKind},
    },
    graphql::error::Exception,
};

async fn tell_in_tx(
    app: &App,
    tx: &impl ConnectionTrait,
    kind: HappeningKind,
    row: &conversation::Model,
    (actor, people): (Option<PersonId>, &[PersonId]),
) -> Result<(), Exception> {
    let happening = Happening { kind, subject: row.id.to_string(), actor, concerns: people.to_vec() };
    happenings::record_in_tx(app, tx, row.organization_id, happening).await
}

/// A conversation was planned, or its series changed.
///
/// # Errors
/// When the database fails.
pub async fn planned_in_tx(
    app: &App,
    tx: &impl ConnectionTrait,
    row: &conversation::Model,
    actor: Option<PersonId>,
    people: &[PersonId],
) -> Result<(), Exception> {
    tell_in_tx(app, tx, HappeningKind::ConversationPlanned, row, (actor, people)).await
}

/// A conversation was moved or skipped.
///
/// # Errors
/// When the database fails.
pub async fn moved_in_tx(
    app: &App,
    tx: &impl ConnectionTrait,
    row: &conversation::Model,
    actor: Option<PersonId>,
    people: &[PersonId],
) -> Result<(), Exception> {
    tell_in_tx(app, tx, HappeningKind::ConversationMoved, row, (actor, people)).await
}

/// A conversation was held.
///
/// # Errors
/// When the database fails.
pub async fn held_in_tx(
    app: &App,
    tx: &impl ConnectionTrait,
    row: &conversation::Model,
    actor: Option<PersonId>,
    people: &[PersonId],
) -> Result<(), Exception> {
    tell_in_tx(app, tx, HappeningKind::ConversationHeld, row, (actor, people)).await
}

/// A conversation was cancelled.
///
/// # Errors
/// When the database fails.
pub async fn cancelled_in_tx(
    app: &App,
    tx: &impl ConnectionTrait,
    row: &conversation::Model,
    actor: Option<PersonId>,
    people: &[PersonId],
) -> Result<(), Exception> {
    tell_in_tx(app, tx, HappeningKind::ConversationCancelled, row, (actor, people)).await
}

/// Somebody is to do something.
///
/// # Errors
/// When the database fails.
pub async fn assigned_in_tx(
    app: &App,
    tx: &impl ConnectionTrait,
    row: &action_item::Model,
    actor: Option<PersonId>,
) -> Result<(), Exception> {
    let kind = HappeningKind::ActionItemAssigned;
    let happening = Happening { kind, subject: row.id.to_string(), actor, concerns: vec![row.owner_id] };
    happenings::record_in_tx(app, tx, row.organization_id, happening).await
}

/// What somebody is to do is due.
///
/// # Errors
/// When the database fails.
pub async fn due_in_tx(app: &App, tx: &impl ConnectionTrait, row: &action_item::Model) -> Result<(), Exception> {
    let kind = HappeningKind::ActionItemDue;
    let happening = Happening { kind, subject: row.id.to_string(), actor: None, concerns: vec![row.owner_id] };
    happenings::record_in_tx(app, tx, row.organization_id, happening).await
}

/// Lets those who take part in a conversation find it by its title, its agenda and its shared note: as they were when it took
/// place. Whoever left since must not find by a search what they cannot read.
///
/// # Errors
/// When the database fails.
pub async fn index_in_tx(
    tx: &impl ConnectionTrait,
    row: &conversation::Model,
    people: &[PersonId],
) -> Result<(), Exception> {
    use agenda_item::Column;
    let mut texts: Vec<String> = agenda_item::Entity::in_org(row.organization_id)
        .filter(Column::SeriesId.eq(row.series_id))
        .filter(Column::FirstNumber.lte(row.number))
        .filter(Column::EditedNumber.lte(row.number))
        .filter(Column::DoneNumber.is_null().or(Column::DoneNumber.gte(row.number)))
        .order_by_asc(Column::Position)
        .limit(MOST_AGENDA_ITEMS)
        .select_only()
        .column(Column::Text)
        .into_tuple()
        .all(tx)
        .await?;
    texts.extend(row.shared_note.clone());
    let entry = Entry {
        kind: SearchKind::Conversation,
        subject: row.id.to_string(),
        title: &row.title,
        body: &texts.join("\n"),
        audience: people.iter().copied().map(Audience::Person).collect(),
    };
    search::index_in_tx(tx, row.organization_id, entry).await
}
