//! Writing areas of responsibility down, changing and giving them up.

use std::collections::HashMap;

use async_graphql::MaybeUndefined;
use hearten_entity::{InOrganization, responsibility};
use hearten_ids::{OrganizationId, ResponsibilityId, TeamId};
use hearten_policy::{Action, Resource, ResponsibilityFacts};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    QuerySelect, sea_query::Expr,
};

use super::{
    service::{find, hold_all_in_tx},
    store::Area,
};
use crate::{
    areas::{
        search::{self, Audience, Entry, SearchKind},
        surveys::store::to_json,
    },
    graphql::{
        context::{Asker, RequestContext},
        error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// The longest name, in characters.
pub const LONGEST_NAME: usize = 120;
/// The longest description.
pub const LONGEST_DESCRIPTION: usize = 4_000;
/// The longest keyword, and how many there are.
pub const LONGEST_KEYWORD: usize = 60;
/// How many keywords an area has at most.
pub const MOST_KEYWORDS: usize = 20;
/// An organization has at most so many areas.
const MOST_AREAS: u64 = 20_000;
/// Areas lie within each other at most this deep.
const DEEPEST: usize = 8;

/// What is to be written.
#[derive(Debug, Default)]
pub struct AreaChange {
    /// The name.
    pub name: Option<String>,
    /// What belongs to it.
    pub description: MaybeUndefined<String>,
    /// Other words for it.
    pub keywords: Option<Vec<String>>,
    /// The home team.
    pub team: MaybeUndefined<TeamId>,
    /// The area it is part of.
    pub parent: MaybeUndefined<ResponsibilityId>,
    /// Whether it is given up.
    pub retired: Option<bool>,
}

/// Writes a new area down.
///
/// # Errors
/// FORBIDDEN by policy; refusals for values that are not accepted.
pub async fn create(ctx: &RequestContext, new: AreaChange, key: Option<Key>) -> Result<ResponsibilityId, Refusal> {
    let asker = ctx.asker()?;
    let now = ctx.app.clock.now();
    let blank = Area {
        id: ResponsibilityId(ctx.app.random.id(now)),
        name: String::new(),
        description: None,
        keywords: Vec::new(),
        team: None,
        parent: None,
        retired_at: None,
        created_at: now,
    };
    if new.name.is_none() {
        return Err(UserError::at(UserErrorCode::Required, ["name"], "this cannot be empty").into());
    }
    let area = changed(ctx, &asker, blank, new)?;
    require_home(&asker, area.facts())?;
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok(done);
    }
    let organization = asker.organization();
    let tx = ctx.db.begin().await?;
    hold_all_in_tx(&tx, organization).await?;
    if responsibility::Entity::in_org(organization).count(&tx).await? >= MOST_AREAS {
        let message = format!("an organization has at most {MOST_AREAS} areas");
        return Err(UserError::whole(UserErrorCode::TooLong, message).into());
    }
    check_place_in_tx(&tx, organization, &area).await?;
    insert_in_tx(&tx, &asker, &area).await?;
    index_in_tx(&tx, organization, &area).await?;
    if let Some(key) = &key {
        key.remember(&tx, &area.id, now).await?;
    }
    tx.commit().await?;
    Ok(area.id)
}

/// Changes an area.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy, also for the new home; refusals for values that are not accepted.
pub async fn update(ctx: &RequestContext, id: ResponsibilityId, change: AreaChange) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    find(ctx, id).await?.ok_or_else(no_area)?;
    let organization = asker.organization();
    let tx = ctx.db.begin().await?;
    hold_all_in_tx(&tx, organization).await?;
    let before = hold_in_tx(&tx, organization, id).await?;
    require_home(&asker, before.facts())?;
    let area = changed(ctx, &asker, before, change)?;
    require_home(&asker, area.facts())?;
    check_place_in_tx(&tx, organization, &area).await?;
    write_in_tx(&tx, organization, &area).await?;
    index_in_tx(&tx, organization, &area).await?;
    tx.commit().await?;
    Ok(())
}

/// What is said of an area that is not there.
pub fn no_area() -> UserError {
    UserError::at(UserErrorCode::NotFound, ["responsibility"], "there is no such area, or you may not see it")
}

fn require_home(asker: &Asker, area: ResponsibilityFacts) -> Result<(), Refusal> {
    Ok(asker.require(Action::WriteResponsibility, Resource::Responsibility(area))?)
}

/// The area, which nobody else changes until the transaction ends.
///
/// # Errors
/// A refusal when it is not there.
pub async fn hold_in_tx(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    id: ResponsibilityId,
) -> Result<Area, Refusal> {
    let row = responsibility::Entity::in_org(organization)
        .filter(responsibility::Column::Id.eq(id))
        .lock_exclusive()
        .one(tx)
        .await?;
    Ok(row.ok_or_else(no_area)?.into())
}

/// The area as it is to be; all that is wrong with the change at once.
fn changed(ctx: &RequestContext, asker: &Asker, before: Area, change: AreaChange) -> Result<Area, Refusal> {
    let mut problems = Vec::new();
    let mut area = before;
    if let Some(name) = change.name {
        match input::text(["name"], &name, LONGEST_NAME) {
            Ok(name) => area.name = name,
            Err(refused) => problems.push(refused),
        }
    }
    match change.description {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => area.description = None,
        MaybeUndefined::Value(text) => match input::text(["description"], &text, LONGEST_DESCRIPTION) {
            Ok(text) => area.description = Some(text),
            Err(refused) => problems.push(refused),
        },
    }
    if let Some(words) = change.keywords {
        match keywords(&words) {
            Ok(words) => area.keywords = words,
            Err(refused) => problems.push(refused),
        }
    }
    match change.team {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => area.team = None,
        MaybeUndefined::Value(team) => {
            if asker.snapshot.chart.team(team).is_some_and(|team| !team.archived)
                && asker
                    .may(Action::ReadResponsibility, Resource::Responsibility(ResponsibilityFacts { home: Some(team) }))
            {
                area.team = Some(team);
            } else {
                problems.push(UserError::at(UserErrorCode::NotFound, ["team"], "there is no such team"));
            }
        }
    }
    match change.parent {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => area.parent = None,
        MaybeUndefined::Value(parent) => area.parent = Some(parent),
    }
    if let Some(retired) = change.retired {
        area.retired_at = if retired { area.retired_at.or(Some(ctx.app.clock.now())) } else { None };
    }
    if problems.is_empty() { Ok(area) } else { Err(problems.into()) }
}

/// Keywords as they are kept.
///
/// # Errors
/// A user error at `keywords`.
pub fn keywords(words: &[String]) -> Result<Vec<String>, UserError> {
    if words.len() > MOST_KEYWORDS {
        return Err(UserError::at(UserErrorCode::TooLong, ["keywords"], format!("at most {MOST_KEYWORDS} keywords")));
    }
    let mut kept = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        let word = input::text(["keywords", &at.to_string()], word, LONGEST_KEYWORD)?;
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    Ok(kept)
}

/// Whether its name is free where it is at home, and its place among the others is one.
async fn check_place_in_tx(
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    area: &Area,
) -> Result<(), Refusal> {
    use responsibility::Column;
    let same = responsibility::Entity::in_org(organization)
        .filter(Column::NameKey.eq(area.name.to_lowercase()))
        .filter(Column::Home.eq(area.home()))
        .filter(Column::Id.ne(area.id))
        .one(tx)
        .await?;
    if same.is_some() {
        let message = "an area of this name is at home there already, in use or given up";
        return Err(UserError::at(UserErrorCode::Taken, ["name"], message).into());
    }
    let Some(parent) = area.parent else { return Ok(()) };
    let pairs: Vec<(ResponsibilityId, Option<ResponsibilityId>)> = responsibility::Entity::in_org(organization)
        .select_only()
        .columns([Column::Id, Column::ParentId])
        .into_tuple()
        .all(tx)
        .await?;
    let above: HashMap<ResponsibilityId, Option<ResponsibilityId>> = pairs.into_iter().collect();
    if !above.contains_key(&parent) {
        return Err(UserError::at(UserErrorCode::NotFound, ["parent"], "there is no such area").into());
    }
    let (mut at, mut depth) = (Some(parent), 1);
    while let Some(here) = at {
        if here == area.id {
            let message = "an area cannot be part of itself, directly or by others";
            return Err(UserError::at(UserErrorCode::Cycle, ["parent"], message).into());
        }
        depth += 1;
        if depth > DEEPEST {
            let message = format!("areas lie within each other at most {DEEPEST} deep");
            return Err(UserError::at(UserErrorCode::TooLong, ["parent"], message).into());
        }
        at = above.get(&here).copied().flatten();
    }
    Ok(())
}

/// Writes a new row.
///
/// # Errors
/// When the database fails.
pub async fn insert_in_tx(tx: &impl ConnectionTrait, asker: &Asker, area: &Area) -> Result<(), Exception> {
    responsibility::Entity::insert(responsibility::ActiveModel {
        id: Set(area.id),
        organization_id: Set(asker.organization()),
        name: Set(area.name.clone()),
        name_key: Set(area.name.to_lowercase()),
        home: Set(area.home()),
        description: Set(area.description.clone()),
        keywords: Set(to_json(&area.keywords)?),
        words: Set(area.words()),
        team_id: Set(area.team),
        parent_id: Set(area.parent),
        retired_at: Set(area.retired_at),
        created_by: Set(asker.person()),
        created_at: Set(area.created_at),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// Writes what an area is now.
///
/// # Errors
/// When the database fails.
pub async fn write_in_tx(
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    area: &Area,
) -> Result<(), Exception> {
    use responsibility::Column;
    let done = responsibility::Entity::update_in_org(organization)
        .filter(Column::Id.eq(area.id))
        .col_expr(Column::Name, Expr::value(area.name.as_str()))
        .col_expr(Column::NameKey, Expr::value(area.name.to_lowercase()))
        .col_expr(Column::Home, Expr::value(area.home()))
        .col_expr(Column::Description, Expr::value(area.description.clone()))
        .col_expr(Column::Keywords, Expr::value(to_json(&area.keywords)?))
        .col_expr(Column::Words, Expr::value(area.words()))
        .col_expr(Column::TeamId, Expr::value(area.team))
        .col_expr(Column::ParentId, Expr::value(area.parent))
        .col_expr(Column::RetiredAt, Expr::value(area.retired_at))
        .exec(tx)
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Exception::code(ErrorCode::Conflict)) }
}

/// Lets everybody find it by its words; nobody, once it is given up.
///
/// # Errors
/// When the database fails.
pub async fn index_in_tx(
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    area: &Area,
) -> Result<(), Exception> {
    let subject = area.id.to_string();
    if area.retired_at.is_some() {
        return search::forget_in_tx(tx, organization, &subject).await;
    }
    let body = format!("{} {}", area.keywords.join(" "), area.description.as_deref().unwrap_or_default());
    let entry = Entry {
        kind: SearchKind::Responsibility,
        subject,
        title: &area.name,
        body: &body,
        audience: vec![Audience::Everybody],
    };
    search::index_in_tx(tx, organization, entry).await
}
