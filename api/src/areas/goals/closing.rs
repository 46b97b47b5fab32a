//! The end of a goal: scored and closed, given up, or worked on again after all.

use hearten_entity::{InOrganization, goal};
use hearten_goals::{GoalState, suggested_score};
use hearten_ids::GoalId;
use hearten_policy::Action;
use sea_orm::{ColumnTrait, QueryFilter, sea_query::Expr};

use super::{checking_in::LONGEST_NOTE, holding::Held, store::Goal, telling, types::GoalField};
use crate::{
    areas::happenings::HappeningKind,
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal, UserError, UserErrorCode},
        input,
    },
};

/// The score somebody gives a goal instead of the one suggested.
#[derive(Debug, Clone)]
pub struct Score {
    /// In hundredths.
    pub hundredths: i32,
    /// Why it is another than the one suggested.
    pub note: Option<String>,
}

impl Score {
    /// The score and its note for a goal for which `suggested` was suggested.
    ///
    /// # Errors
    /// A refusal for a score outside 0 to 1, and for another than the suggested without a note.
    pub fn check(&self, suggested: Option<i32>) -> Result<(i32, Option<String>), UserError> {
        if !(0..=100).contains(&self.hundredths) {
            return Err(UserError::at(UserErrorCode::Invalid, ["score"], "a score lies between 0 and 1"));
        }
        let note = self.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
        let note = note.map(|note| input::text(["note"], note, LONGEST_NOTE)).transpose()?;
        if note.is_none() && suggested != Some(self.hundredths) {
            let message = "a score other than the one suggested needs a note that says why";
            return Err(UserError::at(UserErrorCode::Required, ["note"], message));
        }
        Ok((self.hundredths, note))
    }
}

/// The score suggested for a goal; none where nothing tells how far it came.
pub fn suggested(goal: &Goal) -> Option<i32> {
    goal.rolled.progress.map(suggested_score)
}

/// Closes a goal with a score: the one suggested, or another with a note.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; refusals for the score, and for a goal that is closed.
pub async fn close(ctx: &RequestContext, id: GoalId, score: Option<Score>) -> Result<(), Refusal> {
    let (mut held, goal) = Held::goal(ctx, id, Action::WriteGoal).await?;
    held.require_open(&goal)?;
    let (hundredths, note) = match (score, suggested(&goal)) {
        (Some(score), suggested) => score.check(suggested)?,
        (None, Some(suggested)) => (suggested, None),
        (None, None) => {
            let message = "nothing tells how far this goal came, so it needs a score";
            return Err(UserError::at(UserErrorCode::Required, ["score"], message).into());
        }
    };
    set_state(&mut held, &goal, GoalState::Closed, Some(hundredths), note).await?;
    held.note(id, GoalField::Score, None, Some(format!("{}.{:02}", hundredths / 100, hundredths % 100)));
    let told = (&goal, HappeningKind::GoalClosed, true);
    telling::tell_in_tx(&ctx.app, &held.tx, &held.asker.snapshot, held.asker.person(), told).await?;
    held.commit().await?;
    Ok(())
}

/// Opens a goal again that was closed or given up, while its cycle is not closed. Its score is taken back.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; a refusal for a goal that is open.
pub async fn reopen(ctx: &RequestContext, id: GoalId) -> Result<(), Refusal> {
    let (mut held, goal) = Held::goal(ctx, id, Action::WriteGoal).await?;
    held.require_unclosed(["goal"])?;
    if goal.state == GoalState::Open {
        return Err(UserError::at(UserErrorCode::WrongState, ["goal"], "this goal is open").into());
    }
    set_state(&mut held, &goal, GoalState::Open, None, None).await?;
    held.commit().await?;
    Ok(())
}

/// Gives a goal up: it is kept for history, and counts nowhere any more.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; a refusal for a goal that was given up.
pub async fn archive(ctx: &RequestContext, id: GoalId) -> Result<(), Refusal> {
    let (mut held, goal) = Held::goal(ctx, id, Action::WriteGoal).await?;
    held.require_unclosed(["goal"])?;
    if goal.state == GoalState::Archived {
        return Err(UserError::at(UserErrorCode::AlreadyDone, ["goal"], "this goal was given up already").into());
    }
    set_state(&mut held, &goal, GoalState::Archived, goal.score, goal.score_note.clone()).await?;
    held.commit().await?;
    Ok(())
}

/// Changes the state of a goal, and what follows from it for those it counts in.
async fn set_state(
    held: &mut Held<'_>,
    goal: &Goal,
    state: GoalState,
    score: Option<i32>,
    note: Option<String>,
) -> Result<(), Exception> {
    let closed_at = (state != GoalState::Open).then_some(held.now);
    let due_on = if state == GoalState::Open { held.due_in(goal.every_days) } else { goal.due_on };
    goal::Entity::update_in_org(held.organization())
        .filter(goal::Column::Id.eq(goal.id))
        .col_expr(goal::Column::State, Expr::value(state.as_str()))
        .col_expr(goal::Column::Score, Expr::value(score))
        .col_expr(goal::Column::ScoreNote, Expr::value(note))
        .col_expr(goal::Column::ClosedAt, Expr::value(closed_at))
        .col_expr(goal::Column::CheckInDueOn, Expr::value(due_on))
        .col_expr(goal::Column::StaleTold, Expr::value(false))
        .exec(&held.tx)
        .await?;
    held.note(goal.id, GoalField::State, Some(goal.state.as_str().to_owned()), Some(state.as_str().to_owned()));
    if (goal.state == GoalState::Archived) != (state == GoalState::Archived) {
        let mut graph = held.graph().await?;
        let parents = graph.parents(goal.id);
        held.roll_up(&mut graph, &parents).await?;
    }
    let after = Goal { state, ..goal.clone() };
    telling::index_in_tx(&held.tx, &held.asker.snapshot, &after).await
}
