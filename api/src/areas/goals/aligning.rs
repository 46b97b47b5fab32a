//! Which goal supports which.

use hearten_entity::{InOrganization, goal_alignment, key_result};
use hearten_goals::{AlignProblem, Edge, contributes};
use hearten_ids::{GoalAlignmentId, GoalId, KeyResultId};
use hearten_policy::Action;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::{holding::Held, key_results::weight_of, service, telling};
use crate::{
    areas::happenings::HappeningKind,
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal, UserError, UserErrorCode},
    },
};

/// A goal supports at most this many others.
pub const MOST_SUPPORTED: u64 = 100;
/// A goal is supported by at most this many others.
pub const MOST_SUPPORTERS: u64 = 1_000;

/// What is to be supported.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// A goal as a whole.
    Goal(GoalId),
    /// One key result of a goal.
    KeyResult(KeyResultId),
}

/// Says that a goal supports another, or one of its key results.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy: writing the child, reading the parent. Refusals for circles, depth, another cycle,
/// and what is said already.
pub async fn align(
    ctx: &RequestContext,
    child: GoalId,
    target: Target,
    weight: i32,
) -> Result<GoalAlignmentId, Refusal> {
    weight_of(weight)?;
    let (mut held, child) = Held::goal(ctx, child, Action::WriteGoal).await?;
    held.require_open(&child)?;
    let (parent, key_result, place) = supported(&held, target).await?;
    if parent.cycle != child.cycle {
        let message = "both goals must be of one cycle";
        return Err(UserError::at(UserErrorCode::Invalid, [place], message).into());
    }
    require_room(&held, child.id, parent.id, key_result, place).await?;
    let mut graph = held.kept_graph().await?;
    if let Err(problem) = graph.may_align(child.id, parent.id) {
        held.put_back(graph);
        let code = match problem {
            AlignProblem::Itself | AlignProblem::Circle => UserErrorCode::Cycle,
            AlignProblem::TooDeep | AlignProblem::Unknown => UserErrorCode::Invalid,
        };
        return Err(UserError::at(code, [place], problem.to_string()).into());
    }
    let counts = contributes(child.place, parent.place);
    let id = GoalAlignmentId(ctx.app.random.id(held.now));
    goal_alignment::Entity::insert(goal_alignment::ActiveModel {
        id: Set(id),
        organization_id: Set(held.organization()),
        cycle_id: Set(child.cycle),
        child_id: Set(child.id),
        parent_id: Set(parent.id),
        key_result_id: Set(key_result),
        weight: Set(weight),
        contributes: Set(counts),
        created_at: Set(held.now),
    })
    .exec_without_returning(&held.tx)
    .await?;
    graph.put_edge(Edge { child: child.id, parent: parent.id, key_result, weight, contributes: counts });
    held.roll_up(&mut graph, &[parent.id]).await?;
    held.keep(graph);
    let told = (&child, HappeningKind::GoalAligned, true);
    telling::tell_in_tx(&ctx.app, &held.tx, &held.asker.snapshot, held.asker.person(), told).await?;
    held.commit().await?;
    Ok(id)
}

/// The goal that is to be supported, when the asker may see it, its key result, and where the input names it.
async fn supported(
    held: &Held<'_>,
    target: Target,
) -> Result<(super::store::Goal, Option<KeyResultId>, &'static str), Refusal> {
    let missing =
        |place| UserError::at(UserErrorCode::NotFound, [place], "there is nothing like it, or you may not see it");
    let (goal, key_result, place) = match target {
        Target::Goal(goal) => (goal, None, "supports"),
        Target::KeyResult(id) => {
            let row = key_result::Entity::in_org(held.organization()).filter(key_result::Column::Id.eq(id));
            let row = row.one(&held.tx).await?.ok_or_else(|| missing("supports"))?;
            (row.goal_id, Some(id), "supports")
        }
    };
    let goal = held.read_goal(goal).await.map_err(|refusal| match refusal {
        Refusal::User(_) => missing(place).into(),
        other => other,
    })?;
    if !held.asker.may(Action::ReadGoal, goal.resource()) {
        return Err(missing(place).into());
    }
    Ok((goal, key_result, place))
}

async fn require_room(
    held: &Held<'_>,
    child: GoalId,
    parent: GoalId,
    key_result: Option<KeyResultId>,
    place: &str,
) -> Result<(), Refusal> {
    use goal_alignment::Column;
    let all = goal_alignment::Entity::in_org(held.organization());
    let same = all.clone().filter(Column::ChildId.eq(child)).filter(Column::ParentId.eq(parent));
    let same = match key_result {
        Some(id) => same.filter(Column::KeyResultId.eq(id)),
        None => same.filter(Column::KeyResultId.is_null()),
    };
    if same.one(&held.tx).await?.is_some() {
        let message = "the goal supports this already; take that away first to give it another weight";
        return Err(UserError::at(UserErrorCode::AlreadyDone, [place], message).into());
    }
    if all.clone().filter(Column::ChildId.eq(child)).count(&held.tx).await? >= MOST_SUPPORTED {
        let message = format!("a goal supports at most {MOST_SUPPORTED} others");
        return Err(UserError::at(UserErrorCode::TooLong, ["goal"], message).into());
    }
    if all.filter(Column::ParentId.eq(parent)).count(&held.tx).await? >= MOST_SUPPORTERS {
        let message = format!("a goal is supported by at most {MOST_SUPPORTERS} others");
        return Err(UserError::at(UserErrorCode::TooLong, [place], message).into());
    }
    Ok(())
}

/// Takes an alignment away. Who writes the goal that supports may, and who writes the one that is supported.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; a refusal once the cycle is closed.
pub async fn unalign(ctx: &RequestContext, id: GoalAlignmentId) -> Result<GoalId, Refusal> {
    let missing =
        || UserError::at(UserErrorCode::NotFound, ["alignment"], "there is no such alignment, or you may not see it");
    let row = service::find_alignment(ctx, id).await?.ok_or_else(missing)?;
    let held = Held::cycle(ctx, row.cycle_id).await?;
    held.require_unclosed(["alignment"])?;
    let (child, parent) = (held.read_goal(row.child_id).await?, held.read_goal(row.parent_id).await?);
    let may = |action, goal: &super::store::Goal| held.asker.may(action, goal.resource());
    if !may(Action::ReadGoal, &child) || !may(Action::ReadGoal, &parent) {
        return Err(missing().into());
    }
    if !may(Action::WriteGoal, &child) && !may(Action::WriteGoal, &parent) {
        return Err(Exception::code(crate::graphql::error::ErrorCode::Forbidden).into());
    }
    let gone = goal_alignment::Entity::delete_in_org(held.organization())
        .filter(goal_alignment::Column::Id.eq(id))
        .exec(&held.tx)
        .await?;
    if gone.rows_affected == 0 {
        return Err(missing().into());
    }
    let mut graph = held.graph().await?;
    held.roll_up(&mut graph, &[parent.id]).await?;
    held.commit().await?;
    Ok(child.id)
}
