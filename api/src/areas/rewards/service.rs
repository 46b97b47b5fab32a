//! Reading rewards and redemptions.

use hearten_entity::{InOrganization, redemption, reward};
use hearten_ids::{OrganizationId, PersonId, RedemptionId, RewardId};
use hearten_policy::{Action, Principal, Resource, Role};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use super::{
    store::{RedemptionState, facts},
    types,
};
use crate::graphql::{
    context::{Asker, RequestContext},
    error::Exception,
    paging::{Arranged, Listing, Page, listing, newest_first},
};

/// A page of the catalogue, newest first; None where the asker may not see it. Rewards that are not offered are there for
/// whoever keeps the catalogue.
///
/// # Errors
/// When the database fails.
pub async fn page(
    ctx: &RequestContext,
    inactive: bool,
    page: Page<RewardId>,
) -> Result<Option<Listing<types::Reward>>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadRewards, Resource::Organization) {
        return Ok(None);
    }
    let mut query = reward::Entity::in_org(asker.organization());
    if !inactive || !asker.may(Action::ManageRewards, Resource::Organization) {
        query = query.filter(reward::Column::Active.eq(true));
    }
    let rows = newest_first(query, reward::Column::Id, &page).all(ctx.db.read()).await?;
    let Arranged { rows, has_previous, has_next } = page.arrange(rows);
    let items = rows.into_iter().map(|row| (row.id, types::Reward::from(row)));
    Ok(Some(listing(items, has_previous, has_next, None)))
}

/// The reward with this id, when the asker may see it. One that is not offered any more stays visible: people have
/// redeemed it.
///
/// # Errors
/// When the database fails.
pub async fn find(ctx: &RequestContext, id: RewardId) -> Result<Option<reward::Model>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadRewards, Resource::Organization) {
        return Ok(None);
    }
    ctx.loaders()?.reward(id).await
}

/// The rewards with these ids, whoever asks: for loaders, whose callers decide.
///
/// # Errors
/// When the database fails.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    ids: &[RewardId],
) -> Result<Vec<reward::Model>, Exception> {
    Ok(reward::Entity::in_org(organization).filter(reward::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// Whose redemptions are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The asker's own.
    Own,
    /// Everybody's, as far as the asker may see them.
    All,
}

/// A page of redemptions, newest first; None where the asker may not see them. An integration sees those that are, or
/// were, approved.
///
/// # Errors
/// When the database fails.
pub async fn redemption_page(
    ctx: &RequestContext,
    whose: Whose,
    state: Option<RedemptionState>,
    page: Page<RedemptionId>,
) -> Result<Option<Listing<types::Redemption>>, Exception> {
    let asker = ctx.asker()?;
    let mut query = redemption::Entity::in_org(asker.organization());
    match (whose, asker.actor.principal) {
        (Whose::Own, Principal::Person(person)) => query = query.filter(redemption::Column::PersonId.eq(person)),
        (Whose::Own, Principal::ApiToken { .. }) => return Ok(None),
        (Whose::All, _) if !asker.may(Action::ReadRedemption, Resource::Organization) => return Ok(None),
        (Whose::All, Principal::ApiToken { .. }) => query = query.filter(redemption::Column::ApprovedAt.is_not_null()),
        (Whose::All, Principal::Person(_)) => {}
    }
    if let Some(state) = state {
        query = query.filter(redemption::Column::State.eq(state.as_str()));
    }
    let rows = newest_first(query, redemption::Column::Id, &page).all(ctx.db.read()).await?;
    let Arranged { mut rows, has_previous, has_next } = page.arrange(rows);
    // The filters above say no more than the policy does; it is asked all the same.
    rows.retain(|row| asker.may(Action::ReadRedemption, Resource::Redemption(facts(row))));
    let items = rows.into_iter().map(|row| (row.id, types::Redemption::from(row)));
    Ok(Some(listing(items, has_previous, has_next, None)))
}

/// The redemption with this id, when the asker may see it.
///
/// # Errors
/// When the database fails.
pub async fn find_redemption(ctx: &RequestContext, id: RedemptionId) -> Result<Option<redemption::Model>, Exception> {
    Ok(find_redemptions(ctx, &[id]).await?.pop())
}

/// Those of these redemptions that the asker may see.
///
/// # Errors
/// When the database fails.
pub async fn find_redemptions(ctx: &RequestContext, ids: &[RedemptionId]) -> Result<Vec<redemption::Model>, Exception> {
    let asker = ctx.asker()?;
    let mut rows = redemptions_by_ids(ctx.db.read(), asker.organization(), ids).await?;
    rows.retain(|row| asker.may(Action::ReadRedemption, Resource::Redemption(facts(row))));
    Ok(rows)
}

/// The redemptions with these ids, whoever asks: for loaders, whose callers decide.
///
/// # Errors
/// When the database fails.
pub async fn redemptions_by_ids(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    ids: &[RedemptionId],
) -> Result<Vec<redemption::Model>, Exception> {
    let rows = redemption::Entity::in_org(organization);
    Ok(rows.filter(redemption::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// Who keeps the rewards: admins and people partners of the whole organization.
pub fn keepers(asker: &Asker) -> Vec<PersonId> {
    let snapshot = &asker.snapshot;
    let keeps =
        |grant: &hearten_policy::Grant| grant.team.is_none() && matches!(grant.role, Role::Admin | Role::PeoplePartner);
    let granted = snapshot.grants.iter().filter(|(_, grants)| grants.iter().any(|record| keeps(&record.grant)));
    let mut keepers: Vec<PersonId> = granted.map(|(person, _)| *person).collect();
    keepers.sort_unstable();
    keepers.retain(|person| snapshot.chart.active_person(*person).is_some());
    keepers
}
