//! Finding frictions and steps, each behind the policy, and holding one while it is changed.

use hearten_entity::{InOrganization, friction, friction_vote, roadmap_step};
use hearten_ids::{FrictionId, PersonId, RoadmapStepId, TeamId};
use hearten_policy::{Action, Resource};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, QueryFilter, QueryOrder, QuerySelect};

use super::{
    cost,
    store::{FrictionState, RoadmapStepState, facts_of},
    types::{Friction, RoadmapStep},
};
use crate::{
    app::App,
    areas::happenings::{self, Happening, HappeningKind},
    graphql::{
        context::{Asker, RequestContext},
        error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
        names::named_enum,
        paging::{Arranged, Listing, Page, listing, newest_first},
    },
};

named_enum! {
    /// By what frictions are ordered; ties are broken by age, the newest first.
    FrictionOrder {
        /// Minutes lost a week in all, most first.
        Cost = "COST",
        /// How many said that it affects them, most first.
        Votes = "VOTES",
        /// When they were reported, newest first.
        Newest = "NEWEST",
    }
}

/// Which frictions are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only those in this state; all but merged ones when left out.
    pub state: Option<FrictionState>,
    /// Only those of this team.
    pub team: Option<TeamId>,
}

/// The friction with this id, when the asker may see it.
///
/// # Errors
/// When the database is away.
pub async fn find(ctx: &RequestContext, id: FrictionId) -> Result<Option<Friction>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadFriction, Resource::Organization) {
        return Ok(None);
    }
    let row = ctx.loaders()?.load(super::loaders::RowOf(id)).await?;
    let seen = |row: &friction::Model| asker.may(Action::ReadFriction, Resource::Friction(facts_of(row)));
    Ok(row.filter(seen).map(Friction::from))
}

/// The step with this id, when the asker may see its friction.
///
/// # Errors
/// When the database is away.
pub async fn find_step(ctx: &RequestContext, id: RoadmapStepId) -> Result<Option<RoadmapStep>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadFriction, Resource::Organization) {
        return Ok(None);
    }
    let Some(row) = ctx.loaders()?.load(id).await? else { return Ok(None) };
    Ok(find(ctx, row.friction_id).await?.is_some().then(|| RoadmapStep::from(row)))
}

/// A page of the frictions in an order; None where the asker may see none.
///
/// # Errors
/// When the database is away.
pub async fn page(
    ctx: &RequestContext,
    wanted: Wanted,
    order: FrictionOrder,
    page: Page<(i64, FrictionId)>,
) -> Result<Option<Listing<Friction>>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadFriction, Resource::Organization) {
        return Ok(None);
    }
    let mut query = friction::Entity::in_org(asker.organization());
    query = match wanted.state {
        Some(state) => query.filter(friction::Column::State.eq(state.as_str())),
        None => query.filter(friction::Column::State.ne(FrictionState::Merged.as_str())),
    };
    if let Some(team) = wanted.team {
        query = query.filter(friction::Column::TeamId.eq(team));
    }
    let by = match order {
        FrictionOrder::Cost => Some(friction::Column::Cost),
        FrictionOrder::Votes => Some(friction::Column::VoteCount),
        FrictionOrder::Newest => None,
    };
    let id = friction::Column::Id;
    if let Some((key, after)) = page.after {
        query = query.filter(match by {
            Some(by) => Condition::any().add(by.lt(key)).add(Condition::all().add(by.eq(key)).add(id.lt(after))),
            None => Condition::all().add(id.lt(after)),
        });
    }
    if let Some((key, before)) = page.before {
        query = query.filter(match by {
            Some(by) => Condition::any().add(by.gt(key)).add(Condition::all().add(by.eq(key)).add(id.gt(before))),
            None => Condition::all().add(id.gt(before)),
        });
    }
    if let Some(by) = by {
        query = if page.backwards { query.order_by_asc(by) } else { query.order_by_desc(by) };
    }
    query = if page.backwards { query.order_by_asc(id) } else { query.order_by_desc(id) };
    let rows = query.limit(page.size as u64 + 1).all(ctx.db.read()).await?;
    let Arranged { rows, has_previous, has_next } = page.arrange(rows);
    let key = |row: &friction::Model| match order {
        FrictionOrder::Cost => row.cost,
        FrictionOrder::Votes => i64::from(row.vote_count),
        FrictionOrder::Newest => 0,
    };
    let items = rows.into_iter().map(|row| ((key(&row), row.id), Friction::from(row)));
    Ok(Some(listing(items, has_previous, has_next, None)))
}

/// A page of the steps of all frictions, newest first; None where the asker may see none.
///
/// # Errors
/// When the database is away.
pub async fn roadmap(
    ctx: &RequestContext,
    state: Option<RoadmapStepState>,
    page: Page<RoadmapStepId>,
) -> Result<Option<Listing<RoadmapStep>>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadFriction, Resource::Organization) {
        return Ok(None);
    }
    let mut query = roadmap_step::Entity::in_org(asker.organization());
    if let Some(state) = state {
        query = query.filter(roadmap_step::Column::State.eq(state.as_str()));
    }
    let rows = newest_first(query, roadmap_step::Column::Id, &page).all(ctx.db.read()).await?;
    let Arranged { rows, has_previous, has_next } = page.arrange(rows);
    let items = rows.into_iter().map(|row| (row.id, RoadmapStep::from(row)));
    Ok(Some(listing(items, has_previous, has_next, None)))
}

/// That there is no such friction.
pub fn no_friction<const N: usize>(path: [&str; N]) -> UserError {
    UserError::at(UserErrorCode::NotFound, path, "there is no such friction, or you may not see it")
}

/// Passes when the asker may see the friction and do `action` with it.
///
/// # Errors
/// A refusal NOT_FOUND at `path` where it is hidden; FORBIDDEN where it is visible.
pub async fn workable<const N: usize>(
    ctx: &RequestContext,
    id: FrictionId,
    action: Action,
    path: [&str; N],
) -> Result<(), Refusal> {
    let found = find(ctx, id).await?.ok_or_else(|| no_friction(path))?;
    if ctx.asker()?.may(action, Resource::Friction(facts_of(&found.row))) {
        return Ok(());
    }
    Err(Exception::code(ErrorCode::Forbidden).into())
}

/// Reads frictions anew, in the order of ids, and holds them until the transaction ends.
///
/// # Errors
/// FORBIDDEN where the asker may not do `action` with one of them; NOT_FOUND where one is gone.
pub async fn hold_in_tx(
    asker: &Asker,
    tx: &DatabaseTransaction,
    ids: &[FrictionId],
    action: Action,
) -> Result<Vec<friction::Model>, Refusal> {
    // Always in the same order: two who want the same two do not wait for each other.
    let rows = friction::Entity::in_org(asker.organization())
        .filter(friction::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(friction::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    if rows.len() != ids.len() {
        return Err(no_friction(["friction"]).into());
    }
    if rows.iter().any(|row| !asker.may(action, Resource::Friction(facts_of(row)))) {
        return Err(Exception::code(ErrorCode::Forbidden).into());
    }
    Ok(rows)
}

/// Counts the votes of a friction anew, and what it costs.
///
/// # Errors
/// When the database fails.
pub async fn count_in_tx(tx: &DatabaseTransaction, row: &mut friction::Model) -> Result<(), Exception> {
    let counts: Option<(i64, Option<i64>, i64)> = friction_vote::Entity::in_org(row.organization_id)
        .filter(friction_vote::Column::FrictionId.eq(row.id))
        .select_only()
        .column_as(friction_vote::Column::Id.count(), "votes")
        .column_as(friction_vote::Column::Minutes.sum(), "minutes")
        .column_as(friction_vote::Column::Minutes.count(), "estimates")
        .into_tuple()
        .one(tx)
        .await?;
    let (votes, sum, estimates) = counts.unwrap_or_default();
    row.vote_count = i32::try_from(votes).unwrap_or(i32::MAX);
    row.vote_minutes_sum = sum.unwrap_or(0);
    row.vote_minutes_count = i32::try_from(estimates).unwrap_or(i32::MAX);
    row.cost = cost::cost(row);
    Ok(())
}

/// Who said that a friction affects them, and who reported it.
///
/// # Errors
/// When the database fails.
pub async fn concerned_in_tx(tx: &DatabaseTransaction, row: &friction::Model) -> Result<Vec<PersonId>, Exception> {
    let mut persons: Vec<PersonId> = friction_vote::Entity::in_org(row.organization_id)
        .filter(friction_vote::Column::FrictionId.eq(row.id))
        .select_only()
        .column(friction_vote::Column::PersonId)
        .into_tuple()
        .all(tx)
        .await?;
    persons.extend(row.reporter_id);
    Ok(persons)
}

/// Tells those it concerns what happened to a friction.
///
/// # Errors
/// When the database fails.
pub async fn happened_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    row: &friction::Model,
    kind: HappeningKind,
    actor: Option<PersonId>,
    concerns: Vec<PersonId>,
) -> Result<(), Exception> {
    let happening = Happening { kind, subject: row.id.to_string(), actor, concerns };
    happenings::record_in_tx(app, tx, row.organization_id, happening).await
}
