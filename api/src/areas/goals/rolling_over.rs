//! Rolling a goal over into another cycle: the same wish, begun anew.

use hearten_entity::{InOrganization, goal, key_result};
use hearten_goals::Measure;
use hearten_ids::{GoalCycleId, GoalId};
use hearten_policy::Action;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::{
    holding::{Held, no_goal},
    key_results::{self, NewKeyResult},
    service,
    store::KeyResult,
    telling,
    writing::{self, Checked},
};
use crate::{
    areas::happenings::HappeningKind,
    graphql::{
        context::RequestContext,
        error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
    },
};

/// Writes a goal again for another cycle, with its key results back at their start; those that keep their current value
/// begin where they are. What it supported and who supported it is of the old cycle and is not taken along. The new goal
/// knows where it came from; the old one stays as it is.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; refusals for the cycle, and for a goal that was rolled over there already.
pub async fn roll_over(
    ctx: &RequestContext,
    id: GoalId,
    into: GoalCycleId,
    key: Option<Key>,
) -> Result<GoalId, Refusal> {
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok(done);
    }
    let origin = service::find_goal(ctx, id).await?.ok_or_else(no_goal)?;
    if !ctx.asker()?.may(Action::WriteGoal, origin.resource()) {
        return Err(Exception::code(ErrorCode::Forbidden).into());
    }
    if origin.cycle == into {
        let message = "the goal is of this cycle already";
        return Err(UserError::at(UserErrorCode::Invalid, ["cycle"], message).into());
    }
    let held = Held::cycle(ctx, into).await?;
    held.require_unclosed(["cycle"])?;
    let again = goal::Entity::in_org(held.organization())
        .filter(goal::Column::CycleId.eq(into))
        .filter(goal::Column::OriginId.eq(id));
    if again.one(&held.tx).await?.is_some() {
        let message = "the goal was rolled over into this cycle already";
        return Err(UserError::at(UserErrorCode::AlreadyDone, ["cycle"], message).into());
    }
    // As it stands now: it may have been changed since it was found.
    let origin = held.read_goal(id).await?;
    if !held.asker.may(Action::WriteGoal, origin.resource()) {
        return Err(Exception::code(ErrorCode::Forbidden).into());
    }
    writing::require_room(&held, origin.place).await?;
    let rows = key_result::Entity::in_org(held.organization()).filter(key_result::Column::GoalId.eq(id));
    let rows = rows.order_by_asc(key_result::Column::CreatedAt).order_by_asc(key_result::Column::Position);
    let parts = rows.all(&held.tx).await?.into_iter().map(KeyResult::try_from).collect::<Result<Vec<_>, _>>()?;
    let same = Checked {
        place: origin.place,
        title: origin.title.clone(),
        description: origin.description.clone(),
        every_days: origin.every_days,
    };
    let goal = writing::insert_in_tx(&held, same, Some(id), None).await?;
    let mut graph = held.graph().await?;
    for (at, part) in parts.iter().enumerate() {
        graph.put_key_result(key_results::insert_in_tx(&held, goal.id, (at, &begun_anew(part))).await?);
    }
    held.roll_up(&mut graph, &[goal.id]).await?;
    let snapshot = &held.asker.snapshot;
    telling::index_in_tx(&held.tx, snapshot, &goal).await?;
    let told = (&goal, HappeningKind::GoalCreated, false);
    telling::tell_in_tx(&ctx.app, &held.tx, snapshot, held.asker.person(), told).await?;
    if let Some(key) = &key {
        key.remember(&held.tx, &goal.id, now).await?;
    }
    held.commit().await?;
    Ok(goal.id)
}

fn begun_anew(part: &KeyResult) -> NewKeyResult {
    let keeps = part.keeps_current && matches!(part.measure, Measure::Metric { .. });
    NewKeyResult {
        title: part.title.clone(),
        unit: part.unit.clone(),
        weight: part.weight,
        measure: if keeps { part.measure.clone() } else { part.measure.reset() },
        measured: keeps && part.measured,
        keeps_current: part.keeps_current,
    }
}
