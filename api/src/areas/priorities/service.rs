//! Finding rounds, each behind the policy.

use std::{collections::HashSet, sync::Arc};

use hearten_entity::{InOrganization, priority_invitation, priority_round};
use hearten_ids::PriorityRoundId;
use hearten_policy::{Action, Resource};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{
    loaders::PartOf,
    store::{PriorityRoundState, Round, RoundRow},
    types::PriorityRound,
};
use crate::graphql::{
    context::RequestContext,
    error::Exception,
    paging::{Listing, Page, slice},
};

/// The list shows the newest of these; older rounds are found by id.
const MOST_LISTED: u64 = 500;

/// The round with this id, when the asker may see it.
///
/// # Errors
/// When the database is away.
pub async fn find(ctx: &RequestContext, id: PriorityRoundId) -> Result<Option<PriorityRound>, Exception> {
    let asker = ctx.asker()?;
    let Some(round) = ctx.loaders()?.load(id).await? else { return Ok(None) };
    let invited = match asker.person() {
        Some(me) => ctx.loaders()?.load(PartOf(me, id)).await?.is_some(),
        None => false,
    };
    let seen = asker.may(Action::ReadPriorityRound, Resource::PriorityRound(round.facts(invited)));
    Ok(seen.then_some(PriorityRound { round, invited }))
}

/// A page of the rounds the asker may see, newest first: three statements at most. None for a token.
///
/// # Errors
/// When the database is away.
pub async fn page(ctx: &RequestContext, page: Page<usize>) -> Result<Option<Listing<PriorityRound>>, Exception> {
    let asker = ctx.asker()?;
    let Some(me) = asker.person() else { return Ok(None) };
    let invited: HashSet<PriorityRoundId> = priority_invitation::Entity::in_org(asker.organization())
        .filter(priority_invitation::Column::PersonId.eq(me))
        .select_only()
        .column(priority_invitation::Column::RoundId)
        .into_tuple()
        .all(ctx.db.read())
        .await?
        .into_iter()
        .collect();
    let rows = priority_round::Entity::in_org(asker.organization())
        .order_by_desc(priority_round::Column::Id)
        .limit(MOST_LISTED)
        .into_partial_model::<RoundRow>()
        .all(ctx.db.read())
        .await?;
    let mut seen = Vec::new();
    for row in rows {
        let round = Round::try_from(row)?;
        let invited = invited.contains(&round.id);
        if asker.may(Action::ReadPriorityRound, Resource::PriorityRound(round.facts(invited))) {
            seen.push((Arc::new(round), invited));
        }
    }
    let shown = |(round, invited): &(Arc<Round>, bool)| PriorityRound { round: Arc::clone(round), invited: *invited };
    Ok(Some(slice(&seen, &page, shown)))
}

/// The open rounds in which the person who asks is asked, for the home screen: one statement. None for a token.
///
/// # Errors
/// When the database is away.
pub async fn home(ctx: &RequestContext) -> Result<Vec<PriorityRound>, Exception> {
    let asker = ctx.asker()?;
    let Some(me) = asker.person() else { return Ok(Vec::new()) };
    let asked = priority_invitation::Entity::in_org(asker.organization())
        .filter(priority_invitation::Column::PersonId.eq(me))
        .select_only()
        .column(priority_invitation::Column::RoundId)
        .into_query();
    let rows = priority_round::Entity::in_org(asker.organization())
        .filter(priority_round::Column::State.eq(PriorityRoundState::Open.as_str()))
        .filter(priority_round::Column::ClosesAt.gt(ctx.app.clock.now()))
        .filter(priority_round::Column::Id.in_subquery(asked))
        .order_by_asc(priority_round::Column::ClosesAt)
        .limit(20)
        .into_partial_model::<RoundRow>()
        .all(ctx.db.read())
        .await?;
    rows.into_iter().map(|row| Ok(PriorityRound { round: Arc::new(Round::try_from(row)?), invited: true })).collect()
}
