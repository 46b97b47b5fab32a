//! Who takes part in a series and in what is planned of it, and when the next conversation is.

use chrono::{DateTime, Utc};
use hearten_cadence::{Cadence, Rhythm};
use hearten_entity::{
    InOrganization, conversation, conversation_attendee, conversation_participant, conversation_series,
};
use hearten_ids::{ConversationId, ConversationPartId, ConversationSeriesId, OrganizationId, PersonId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, sea_query::Expr,
};
use serde_json::json;

use super::store::{ConversationState, SeriesKind, cadence_of};
use crate::{app::App, graphql::error::Exception};

pub(super) async fn join_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    series: &conversation_series::Model,
    people: &[PersonId],
    now: DateTime<Utc>,
) -> Result<(), Exception> {
    let rows = people.iter().map(|person| conversation_participant::ActiveModel {
        id: Set(ConversationPartId(app.random.id(now))),
        organization_id: Set(series.organization_id),
        series_id: Set(series.id),
        person_id: Set(*person),
        joined_at: Set(now),
        left_at: Set(None),
    });
    conversation_participant::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Who is in neither list is not touched; who comes back comes back.
pub(super) async fn change_people_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    series: &conversation_series::Model,
    (before, after): (&[PersonId], &[PersonId]),
    now: DateTime<Utc>,
) -> Result<(), Exception> {
    use conversation_participant::Column;
    let (gone, come) = difference(before, after);
    let of_series = || {
        conversation_participant::Entity::update_in_org(series.organization_id).filter(Column::SeriesId.eq(series.id))
    };
    if !gone.is_empty() {
        let left = of_series().filter(Column::PersonId.is_in(gone)).filter(Column::LeftAt.is_null());
        left.col_expr(Column::LeftAt, Expr::value(now)).exec(tx).await?;
    }
    if !come.is_empty() {
        let known: Vec<PersonId> = conversation_participant::Entity::in_org(series.organization_id)
            .filter(Column::SeriesId.eq(series.id))
            .filter(Column::PersonId.is_in(come.iter().copied()))
            .all(tx)
            .await?
            .into_iter()
            .map(|row| row.person_id)
            .collect();
        let back = of_series().filter(Column::PersonId.is_in(known.iter().copied()));
        back.col_expr(Column::LeftAt, Expr::value(None::<DateTime<Utc>>)).exec(tx).await?;
        let new: Vec<PersonId> = come.into_iter().filter(|person| !known.contains(person)).collect();
        if !new.is_empty() {
            join_in_tx(app, tx, series, &new, now).await?;
        }
    }
    Ok(())
}

/// Lets people leave a series and what is planned of it.
///
/// # Errors
/// When the database fails.
pub async fn leave_in_tx(
    tx: &DatabaseTransaction,
    series: &conversation_series::Model,
    people: &[PersonId],
    now: DateTime<Utc>,
) -> Result<(), Exception> {
    use conversation_participant::Column;
    conversation_participant::Entity::update_in_org(series.organization_id)
        .filter(Column::SeriesId.eq(series.id))
        .filter(Column::PersonId.is_in(people.iter().copied()))
        .filter(Column::LeftAt.is_null())
        .col_expr(Column::LeftAt, Expr::value(now))
        .exec(tx)
        .await?;
    let planned = find_planned_in_tx(tx, series.organization_id, series.id).await?;
    if let Some(planned) = planned {
        conversation_attendee::Entity::delete_in_org(series.organization_id)
            .filter(conversation_attendee::Column::ConversationId.eq(planned.id))
            .filter(conversation_attendee::Column::PersonId.is_in(people.iter().copied()))
            .exec(tx)
            .await?;
    }
    Ok(())
}

pub(super) async fn change_attendees_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    series: &conversation_series::Model,
    planned: &conversation::Model,
    (before, after): (&[PersonId], &[PersonId]),
    now: DateTime<Utc>,
) -> Result<(), Exception> {
    let (gone, come) = difference(before, after);
    if !gone.is_empty() {
        conversation_attendee::Entity::delete_in_org(series.organization_id)
            .filter(conversation_attendee::Column::ConversationId.eq(planned.id))
            .filter(conversation_attendee::Column::PersonId.is_in(gone))
            .exec(tx)
            .await?;
    }
    attend_in_tx(app, tx, series, planned.id, &come, now).await
}

fn difference(before: &[PersonId], after: &[PersonId]) -> (Vec<PersonId>, Vec<PersonId>) {
    let gone = before.iter().filter(|one| !after.contains(one)).copied().collect();
    let come = after.iter().filter(|one| !before.contains(one)).copied().collect();
    (gone, come)
}

async fn attend_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    series: &conversation_series::Model,
    conversation: ConversationId,
    people: &[PersonId],
    now: DateTime<Utc>,
) -> Result<(), Exception> {
    if people.is_empty() {
        return Ok(());
    }
    let pair = series.kind == SeriesKind::OneOnOne.as_str();
    let rows = people.iter().map(|person| conversation_attendee::ActiveModel {
        id: Set(ConversationPartId(app.random.id(now))),
        organization_id: Set(series.organization_id),
        conversation_id: Set(conversation),
        person_id: Set(*person),
        counterpart_id: Set(people.iter().find(|other| pair && *other != person).copied()),
        held_at: Set(None),
        mood: Set(None),
        priorities: Set(json!([])),
        blockers: Set(json!([])),
        prepared_at: Set(None),
    });
    conversation_attendee::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Plans the conversation of that number.
///
/// # Errors
/// When the database fails; also when two plan the same number, which the lock on the series prevents.
pub async fn plan_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    series: &conversation_series::Model,
    people: &[PersonId],
    number: i32,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<conversation::Model, Exception> {
    let row = conversation::Model {
        id: ConversationId(app.random.id(now)),
        organization_id: series.organization_id,
        series_id: series.id,
        number,
        title: series.title.clone(),
        state: ConversationState::Planned.as_str().to_owned(),
        slot_at: at,
        scheduled_at: at,
        duration_minutes: series.duration_minutes,
        held_at: None,
        shared_note: None,
        shared_version: 0,
        sequence: 0,
        changed_at: now,
    };
    conversation::Entity::insert(conversation::ActiveModel::from(row.clone())).exec_without_returning(tx).await?;
    attend_in_tx(app, tx, series, row.id, people, now).await?;
    Ok(row)
}

/// The moment of the next conversation of a series that recurs, after what was planned and after now.
///
/// # Errors
/// INTERNAL when the series was written by something else.
pub fn next_moment(
    series: &conversation_series::Model,
    last: &conversation::Model,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Exception> {
    let cadence: Cadence = cadence_of(series)?;
    if cadence.rhythm == Rhythm::Once {
        return Ok(None);
    }
    Ok(cadence.first_after(now.max(last.slot_at)).map(|slot| slot.at))
}

/// The planned conversation of a series.
///
/// # Errors
/// When the database fails.
pub async fn find_planned_in_tx(
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    series: ConversationSeriesId,
) -> Result<Option<conversation::Model>, Exception> {
    Ok(conversation::Entity::in_org(organization)
        .filter(conversation::Column::SeriesId.eq(series))
        .filter(conversation::Column::State.eq(ConversationState::Planned.as_str()))
        .one(tx)
        .await?)
}
