//! Ranking as somebody who is asked. Nothing of a ranking is logged, told or audited.

use hearten_entity::{InOrganization, priority_ballot, priority_invitation, priority_round};
use hearten_ids::{PriorityBallotId, PriorityRoundId};
use hearten_policy::{Action, Resource};
use hearten_ranking::{BallotError, Contest};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use super::{service::find, store::PriorityRoundState};
use crate::graphql::{
    context::RequestContext,
    error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
};

/// Ranks some of the options, the most important first; ranking again replaces it, until the round closes.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; refusals for what is no ranking, and once the round is over.
pub async fn rank(ctx: &RequestContext, id: PriorityRoundId, keys: &[String]) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    let missing = || UserError::at(UserErrorCode::NotFound, ["round"], "there is no such round, or you may not see it");
    let found = find(ctx, id).await?.ok_or_else(missing)?;
    if !asker.may(Action::RankPriorities, Resource::PriorityRound(found.round.facts(found.invited))) {
        return Err(Exception::code(ErrorCode::Forbidden).into());
    }
    let me = asker.person().ok_or_else(Exception::not_found)?;
    let options = &found.round.options;
    let contest = Contest::of(options.len()).ok_or_else(|| Exception::internal(anyhow::anyhow!("no contest")))?;
    // What is no option is one beyond the last; the ballot says at which place.
    let position = |key: &String| options.iter().position(|option| option.key == *key).unwrap_or(options.len());
    let indices: Vec<usize> = keys.iter().take(options.len() + 1).map(position).collect();
    contest.ballot(&indices).map_err(refused)?;
    let ranking: Vec<u8> = indices.iter().filter_map(|option| u8::try_from(*option).ok()).collect();
    let tx = ctx.db.begin().await?;
    // Held so that it is not closed meanwhile; others may rank at the same time.
    let state: Option<String> = priority_round::Entity::in_org(asker.organization())
        .filter(priority_round::Column::Id.eq(id))
        .select_only()
        .column(priority_round::Column::State)
        .lock_shared()
        .into_tuple()
        .one(&tx)
        .await?;
    let is_open = state.as_deref() == Some(PriorityRoundState::Open.as_str());
    if !is_open || !found.round.takes_rankings(ctx.app.clock.now()) {
        return Err(UserError::at(UserErrorCode::WrongState, ["round"], "this round takes no more rankings").into());
    }
    let mut once = OnConflict::columns([priority_ballot::Column::RoundId, priority_ballot::Column::PersonId]);
    once.update_column(priority_ballot::Column::Ranking);
    priority_ballot::Entity::insert(priority_ballot::ActiveModel {
        // It says nothing of when: the first rankings would otherwise be known by their ids.
        id: Set(PriorityBallotId(ctx.app.random.unlinkable_id())),
        organization_id: Set(asker.organization()),
        round_id: Set(id),
        person_id: Set(me),
        ranking: Set(ranking),
    })
    .on_conflict(once)
    .exec_without_returning(&tx)
    .await?;
    priority_invitation::Entity::update_in_org(asker.organization())
        .filter(priority_invitation::Column::RoundId.eq(id))
        .filter(priority_invitation::Column::PersonId.eq(me))
        .col_expr(priority_invitation::Column::TookPart, Expr::value(true))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

fn refused(error: BallotError) -> UserError {
    match error {
        BallotError::Empty => UserError::at(UserErrorCode::Required, ["ranking"], "rank at least one option"),
        BallotError::Unknown(at) => {
            UserError::at(UserErrorCode::NotFound, ["ranking", &at.to_string()], "there is no such option")
        }
        BallotError::Repeated(at) => {
            UserError::at(UserErrorCode::Taken, ["ranking", &at.to_string()], "this option was ranked above already")
        }
    }
}
