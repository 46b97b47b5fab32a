//! Reading what concerns the asker, marking it as seen, and how somebody wants to be told. Nobody reads another's: there is
//! no argument for a person.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use hearten_entity::{InOrganization, notification, notification_preference};
use hearten_ids::{NotificationId, OrganizationId, PersonId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use super::{
    HappeningKind,
    types::{DigestCadence, Notification, NotificationSettings},
};
use crate::graphql::{
    context::RequestContext,
    error::{Exception, Refusal, UserError, UserErrorCode},
    paging::{Arranged, Listing, Page, listing_of, newest_first},
};

/// Beyond this nobody counts.
const MOST_COUNTED: u64 = 1_000;
/// How many notifications can be named at once.
const MOST_NAMED: usize = 100;

/// Which of the asker's rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All that concerns the asker and that the asker did: the timeline.
    Everything,
    /// What others did, in areas that are not muted.
    Told,
    /// The same, as far as it was not seen.
    Unseen,
}

/// The areas there are, in the order of their names.
pub fn areas() -> Vec<&'static str> {
    let areas: BTreeSet<_> = HappeningKind::ALL.iter().map(|kind| kind.area()).collect();
    areas.into_iter().collect()
}

/// The person who asks: an API token is told nothing.
fn own(ctx: &RequestContext) -> Result<Option<(OrganizationId, PersonId)>, Exception> {
    let asker = ctx.asker()?;
    Ok(asker.person().map(|person| (asker.organization(), person)))
}

/// Rows of a person.
pub(super) fn rows(
    organization: OrganizationId,
    person: PersonId,
    wanted: Wanted,
    muted: &[String],
) -> Select<notification::Entity> {
    use notification::Column;
    let all = notification::Entity::in_org(organization).filter(Column::PersonId.eq(person));
    if wanted == Wanted::Everything {
        return all;
    }
    // What somebody did is no news to them. (In SQL, a row without an actor differs from nothing.)
    let mut told = all.filter(Column::ActorId.is_null().or(Column::ActorId.ne(person)));
    for area in muted {
        told = told.filter(Column::Kind.starts_with(format!("{area}.")).not());
    }
    if wanted == Wanted::Unseen { told.filter(Column::SeenAt.is_null()) } else { told }
}

/// A page of what concerns the asker, newest first; None for an API token.
///
/// # Errors
/// When the database fails.
pub async fn page(
    ctx: &RequestContext,
    wanted: Wanted,
    page: Page<NotificationId>,
) -> Result<Option<Listing<Notification>>, Exception> {
    let Some((organization, person)) = own(ctx)? else { return Ok(None) };
    let muted = if wanted == Wanted::Everything {
        Vec::new()
    } else {
        settings_of(ctx, organization, person).await?.muted_areas
    };
    let all = rows(organization, person, wanted, &muted);
    let found = newest_first(all, notification::Column::Id, &page).all(ctx.db.read()).await?;
    let Arranged { rows, has_previous, has_next } = page.arrange(found);
    let rows = Notification::of_rows(rows);
    Ok(Some(listing_of(Arranged { rows, has_previous, has_next }, None)))
}

/// How many notifications the asker has not seen, up to a thousand; none for an API token.
///
/// # Errors
/// When the database fails.
pub async fn unseen_count(ctx: &RequestContext) -> Result<Option<i32>, Exception> {
    let Some((organization, person)) = own(ctx)? else { return Ok(None) };
    // What is muted comes along with each count, so that the two are one statement.
    let muted = notification_preference::Entity::in_org(organization)
        .filter(notification_preference::Column::PersonId.eq(person))
        .select_only()
        .column(notification_preference::Column::Muted)
        .into_query();
    let counts: Vec<(String, i64, Option<serde_json::Value>)> = rows(organization, person, Wanted::Unseen, &[])
        .select_only()
        .column(notification::Column::Kind)
        .column_as(notification::Column::Id.count(), "unseen")
        .expr_as(Expr::SubQuery(None, Box::new(muted.into())), "muted")
        .group_by(notification::Column::Kind)
        .into_tuple()
        .all(ctx.db.read())
        .await?;
    let is_told = |kind: &str, muted: &Option<serde_json::Value>| {
        let area = kind.split('.').next().unwrap_or_default();
        !muted.as_ref().and_then(|muted| muted.as_array()).is_some_and(|muted| muted.iter().any(|one| one == area))
    };
    let told = counts.iter().filter(|(kind, _, muted)| is_told(kind, muted)).map(|(_, count, _)| *count);
    Ok(i32::try_from(Ord::min(told.sum::<i64>(), MOST_COUNTED as i64)).ok())
}

/// The notifications of a person from a moment on that others caused, the oldest first, without muted areas.
///
/// # Errors
/// When the database fails.
pub async fn told_since(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    person: PersonId,
    muted: &[String],
    moment: DateTime<Utc>,
) -> Result<Vec<Notification>, Exception> {
    let found = rows(organization, person, Wanted::Told, muted)
        .filter(notification::Column::HappenedAt.gte(moment))
        .order_by_asc(notification::Column::Id)
        .limit(MOST_COUNTED)
        .all(db)
        .await?;
    Ok(Notification::of_rows(found))
}

/// A notification of the asker.
///
/// # Errors
/// When the database fails.
pub async fn find(ctx: &RequestContext, id: NotificationId) -> Result<Option<Notification>, Exception> {
    let Some((organization, person)) = own(ctx)? else { return Ok(None) };
    let row = ctx.loaders()?.load(id).await?;
    let found = row.filter(|row| row.organization_id == organization && row.person_id == person);
    Ok(Notification::of_rows(found.into_iter().collect()).into_iter().next())
}

/// Which notifications were seen.
#[derive(Debug, Clone)]
pub enum Seen {
    /// These.
    These(Vec<NotificationId>),
    /// This one and all before it.
    UpTo(NotificationId),
}

/// Marks notifications of the asker as seen. Those that are not theirs, or were seen before, stay as they are.
///
/// # Errors
/// A refusal for too many ids, or where an API token asks.
pub async fn see(ctx: &RequestContext, seen: Seen) -> Result<(), Refusal> {
    use notification::Column;
    let Some((organization, person)) = own(ctx)? else { return Err(only_persons()) };
    let mine = notification::Entity::update_in_org(organization)
        .filter(Column::PersonId.eq(person))
        .filter(Column::SeenAt.is_null());
    let mine = match seen {
        Seen::These(ids) if ids.len() > MOST_NAMED => {
            let message = format!("at most {MOST_NAMED} at once");
            return Err(UserError::at(UserErrorCode::TooLong, ["notifications"], message).into());
        }
        Seen::These(ids) => mine.filter(Column::Id.is_in(ids)),
        Seen::UpTo(id) => mine.filter(Column::Id.lte(id)),
    };
    mine.col_expr(Column::SeenAt, Expr::value(ctx.app.clock.now())).exec(ctx.db.write()).await?;
    Ok(())
}

fn only_persons() -> Refusal {
    UserError::whole(UserErrorCode::Forbidden, "an integration is told nothing; sign in as a person").into()
}

/// How the asker wants to be told; None for an API token.
///
/// # Errors
/// When the database fails.
pub async fn settings(ctx: &RequestContext) -> Result<Option<NotificationSettings>, Exception> {
    match own(ctx)? {
        Some((organization, person)) => Ok(Some(settings_of(ctx, organization, person).await?)),
        None => Ok(None),
    }
}

async fn settings_of(
    ctx: &RequestContext,
    organization: OrganizationId,
    person: PersonId,
) -> Result<NotificationSettings, Exception> {
    let row = notification_preference::Entity::in_org(organization)
        .filter(notification_preference::Column::PersonId.eq(person))
        .one(ctx.db.read())
        .await?;
    let Some(row) = row else {
        return Ok(NotificationSettings { digest: DigestCadence::None, muted_areas: Vec::new() });
    };
    Ok(NotificationSettings { digest: DigestCadence::from_stored(&row.digest), muted_areas: muted(&row) })
}

/// The areas a person muted.
pub fn muted(row: &notification_preference::Model) -> Vec<String> {
    serde_json::from_value(row.muted.clone()).unwrap_or_default()
}

/// Changes how the asker wants to be told; what is None stays.
///
/// # Errors
/// A refusal for an area that is not there, or where an API token asks.
pub async fn change_settings(
    ctx: &RequestContext,
    digest: Option<DigestCadence>,
    muted_areas: Option<Vec<String>>,
) -> Result<NotificationSettings, Refusal> {
    use notification_preference::Column;
    let Some((organization, person)) = own(ctx)? else { return Err(only_persons()) };
    let known = areas();
    if let Some(unknown) = muted_areas.iter().flatten().find(|area| !known.contains(&area.as_str())) {
        let message = format!("{unknown:?} is no area; there are {}", known.join(", "));
        return Err(UserError::at(UserErrorCode::Invalid, ["mutedAreas"], message).into());
    }
    let old = settings_of(ctx, organization, person).await?;
    let digest = digest.unwrap_or(old.digest);
    let mut muted_areas = muted_areas.unwrap_or(old.muted_areas);
    muted_areas.sort_unstable();
    muted_areas.dedup();
    let next = super::digest::next_after(digest, ctx.app.clock.now());
    let row = notification_preference::ActiveModel {
        person_id: Set(person),
        organization_id: Set(organization),
        muted: Set(serde_json::json!(muted_areas)),
        digest: Set(digest.as_str().to_owned()),
        next_digest_at: Set(next),
        digested_up_to: Set(None),
    };
    let mut on_conflict = OnConflict::column(Column::PersonId);
    on_conflict.update_columns([Column::Muted, Column::Digest, Column::NextDigestAt]);
    notification_preference::Entity::insert(row)
        .on_conflict(on_conflict)
        .exec_without_returning(ctx.db.write())
        .await?;
    Ok(NotificationSettings { digest, muted_areas })
}
