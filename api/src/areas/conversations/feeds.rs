//! Calendar feeds: secret addresses at which a calendar reads the conversations of one person. The secret is shown once and
//! stored as a hash only; whoever has it reads titles, names and times, and nothing else.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use hearten_entity::{InOrganization, calendar_feed, conversation, conversation_attendee};
use hearten_ids::{CalendarFeedId, ConversationId, OrganizationId, PersonId};
use hearten_policy::{Action, Actor, Principal, Resource, decide};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::Expr,
};
use sha2::{Digest, Sha256};

use super::{
    ical::{self, Entry},
    service::unseen,
    store::{ConversationState, LONGEST_TITLE, MOST_FEEDS},
    types::CalendarFeed,
};
use crate::{
    app::App,
    areas::audit,
    graphql::{
        context::RequestContext,
        error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
    platform::db::Db,
};

/// Bytes of a secret.
const SECRET_BYTES: usize = 32;
/// How long what has passed stays in a calendar.
const KEPT: TimeDelta = TimeDelta::days(90);
/// Conversations of one feed.
const MOST_ENTRIES: u64 = 1_000;

/// Makes a feed and returns its secret, once: a retry with the same key gets the feed without it.
///
/// # Errors
/// FORBIDDEN for API tokens; refusals for the name and for too many.
pub async fn create(
    ctx: &RequestContext,
    name: &str,
    key: Option<Key>,
) -> Result<(calendar_feed::Model, Option<String>), Refusal> {
    let asker = ctx.asker()?;
    let me = owner(ctx)?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok((find(ctx, done).await?.ok_or_else(Exception::not_found)?, None));
    }
    let name = input::text(["name"], name, LONGEST_TITLE)?;
    let secret = URL_SAFE_NO_PAD.encode(ctx.app.random.bytes::<SECRET_BYTES>());
    let tx = ctx.db.begin().await?;
    let working = own(asker.organization(), me).filter(calendar_feed::Column::RevokedAt.is_null());
    if working.count(&tx).await? >= MOST_FEEDS {
        let message = format!("at most {MOST_FEEDS} feeds work at once; revoke one first");
        return Err(UserError::whole(UserErrorCode::TooLong, message).into());
    }
    let row = calendar_feed::Model {
        id: CalendarFeedId(ctx.app.random.id(now)),
        organization_id: asker.organization(),
        person_id: me,
        name,
        secret_hash: hash(&secret),
        created_at: now,
        last_fetched_at: None,
        revoked_at: None,
    };
    calendar_feed::Entity::insert(calendar_feed::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
    audit::record_in_tx(ctx, &tx, "calendar_feed.create", &row.id.to_string(), Some(me)).await?;
    if let Some(key) = &key {
        key.remember(&tx, &row.id, now).await?;
    }
    tx.commit().await?;
    Ok((row, Some(secret)))
}

fn owner(ctx: &RequestContext) -> Result<PersonId, Exception> {
    let asker = ctx.asker()?;
    asker
        .person()
        .filter(|me| asker.may(Action::ManageCalendarFeeds, Resource::Person(*me)))
        .ok_or_else(|| Exception::code(ErrorCode::Forbidden))
}

fn own(organization: OrganizationId, person: PersonId) -> sea_orm::Select<calendar_feed::Entity> {
    calendar_feed::Entity::in_org(organization).filter(calendar_feed::Column::PersonId.eq(person))
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

async fn find(ctx: &RequestContext, id: CalendarFeedId) -> Result<Option<calendar_feed::Model>, Exception> {
    let query = own(ctx.asker()?.organization(), owner(ctx)?).filter(calendar_feed::Column::Id.eq(id));
    Ok(query.one(ctx.db.read()).await?)
}

/// Revokes a feed at once.
///
/// # Errors
/// A refusal NOT_FOUND for what is not the asker's own; a refusal for one that was revoked.
pub async fn revoke(ctx: &RequestContext, id: CalendarFeedId) -> Result<calendar_feed::Model, Refusal> {
    let asker = ctx.asker()?;
    let me = owner(ctx)?;
    let tx = ctx.db.begin().await?;
    let held = own(asker.organization(), me).filter(calendar_feed::Column::Id.eq(id)).lock_exclusive();
    let mut row = held.one(&tx).await?.ok_or_else(|| unseen("calendarFeed", "calendar feed"))?;
    if row.revoked_at.is_some() {
        let message = "this feed was revoked";
        return Err(UserError::at(UserErrorCode::WrongState, ["calendarFeed"], message).into());
    }
    row.revoked_at = Some(ctx.app.clock.now());
    calendar_feed::Entity::update_in_org(asker.organization())
        .filter(calendar_feed::Column::Id.eq(id))
        .col_expr(calendar_feed::Column::RevokedAt, Expr::value(row.revoked_at))
        .exec(&tx)
        .await?;
    audit::record_in_tx(ctx, &tx, "calendar_feed.revoke", &id.to_string(), Some(me)).await?;
    tx.commit().await?;
    Ok(row)
}

/// The asker's own feeds that work, newest first; None for API tokens.
///
/// # Errors
/// When the database is away.
pub async fn feeds_of_viewer(ctx: &RequestContext) -> Result<Option<Vec<CalendarFeed>>, Exception> {
    let Ok(me) = owner(ctx) else { return Ok(None) };
    let rows = own(ctx.asker()?.organization(), me)
        .filter(calendar_feed::Column::RevokedAt.is_null())
        .order_by_desc(calendar_feed::Column::Id)
        .limit(MOST_FEEDS)
        .all(ctx.db.read())
        .await?;
    Ok(Some(rows.into_iter().map(CalendarFeed::from).collect()))
}

/// The calendar behind a secret; None where there is none, it was revoked, or its person has left.
///
/// # Errors
/// When the database is away.
pub async fn read(app: &App, db: &Db, secret: &str) -> Result<Option<String>, Exception> {
    // 32 bytes in base64: whatever else somebody tries costs no statement.
    if secret.len() != 43 || !secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
        return Ok(None);
    }
    let row = calendar_feed::Entity::by_secret_hash(&hash(secret)).one(db.read()).await?;
    let Some(row) = row.filter(|row| row.revoked_at.is_none()) else { return Ok(None) };
    let snapshot = app.charts.current(db, app.bus.is_connected(), row.organization_id).await?;
    if snapshot.chart.active_person(row.person_id).is_none() {
        return Ok(None);
    }
    let now = app.clock.now();
    note_reading(db, &row, now).await?;
    // Whoever has the secret reads as the person does, so the policy is asked for that person.
    let grants = snapshot.grants_of(row.person_id);
    let owner = Actor { organization: row.organization_id, principal: Principal::Person(row.person_id), grants };
    let name = |person: PersonId| {
        let sees = decide(&owner, Action::ReadPerson, Resource::Person(person), &snapshot.chart).is_allowed();
        let record = snapshot.chart.person(person).filter(|_| sees);
        record.map(|record| record.display_name.to_string())
    };
    let entries = entries(db, row.organization_id, row.person_id, now, name).await?;
    Ok(Some(ical::write(&row.name, &entries)))
}

/// Notes when the feed was last read, to the hour: one write an hour at most.
async fn note_reading(db: &Db, row: &calendar_feed::Model, now: DateTime<Utc>) -> Result<(), Exception> {
    let hour = now.duration_trunc(TimeDelta::hours(1)).map_err(Exception::internal)?;
    if row.last_fetched_at.is_none_or(|last| last < hour) {
        calendar_feed::Entity::update_in_org(row.organization_id)
            .filter(calendar_feed::Column::Id.eq(row.id))
            .col_expr(calendar_feed::Column::LastFetchedAt, Expr::value(hour))
            .exec(db.write())
            .await?;
    }
    Ok(())
}

/// What is planned, and what was held, skipped or cancelled lately: two statements. Titles are those of the conversations, not of their
/// series: somebody may have left that since.
async fn entries(
    db: &Db,
    organization: OrganizationId,
    person: PersonId,
    now: DateTime<Utc>,
    name: impl Fn(PersonId) -> Option<String>,
) -> Result<Vec<Entry>, Exception> {
    use conversation::Column;
    let attended = conversation_attendee::Entity::in_org(organization)
        .filter(conversation_attendee::Column::PersonId.eq(person))
        .select_only()
        .column(conversation_attendee::Column::ConversationId)
        .into_query();
    let lately = Condition::any()
        .add(Column::State.eq(ConversationState::Planned.as_str()))
        .add(Column::ScheduledAt.gte(now - KEPT));
    let rows = conversation::Entity::in_org(organization)
        .filter(Column::Id.in_subquery(attended))
        .filter(lately)
        .order_by_desc(Column::ScheduledAt)
        .order_by_desc(Column::Id)
        .limit(MOST_ENTRIES)
        .all(db.read())
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let others: Vec<(ConversationId, PersonId)> = conversation_attendee::Entity::in_org(organization)
        .filter(conversation_attendee::Column::ConversationId.is_in(rows.iter().map(|row| row.id)))
        .filter(conversation_attendee::Column::PersonId.ne(person))
        .order_by_asc(conversation_attendee::Column::Id)
        .select_only()
        .column(conversation_attendee::Column::ConversationId)
        .column(conversation_attendee::Column::PersonId)
        .into_tuple()
        .all(db.read())
        .await?;
    let mut names: std::collections::HashMap<ConversationId, Vec<String>> = std::collections::HashMap::new();
    for (conversation, other) in others {
        names.entry(conversation).or_default().extend(name(other));
    }
    let entry = |row: conversation::Model| {
        let names = names.get(&row.id).map(|names| names.join(", ")).unwrap_or_default();
        let cancelled = [ConversationState::Skipped.as_str(), ConversationState::Cancelled.as_str()];
        Entry {
            uid: format!("{}@hearten", row.id),
            summary: if names.is_empty() { row.title } else { format!("{} ({names})", row.title) },
            begins: row.scheduled_at,
            minutes: row.duration_minutes,
            sequence: row.sequence,
            changed_at: row.changed_at,
            cancelled: cancelled.contains(&row.state.as_str()),
        }
    };
    Ok(rows.into_iter().rev().map(entry).collect())
}
