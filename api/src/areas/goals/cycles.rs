//! Cycles: planned, opened, and closed with a score for every goal.

use chrono::NaiveDate;
use hearten_entity::{InOrganization, goal, goal_cycle};
use hearten_goals::{CycleState, GoalState, Progress, suggested_score};
use hearten_ids::{GoalCycleId, GoalId, PersonId};
use hearten_policy::{Action, Resource};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use super::{
    closing::{Score, suggested},
    holding::Held,
    store::Goal,
    types::GoalField,
};
use crate::{
    areas::{
        audit,
        happenings::{Happening, HappeningKind, record_in_tx},
    },
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// Characters of a name.
const LONGEST_NAME: usize = 100;
/// Days a cycle may last.
const LONGEST_CYCLE: i64 = 800;
/// Scores that can be given with the closing of a cycle; goals beyond are closed one by one before.
pub const MOST_SCORES: usize = 500;

/// A cycle to be planned.
#[derive(Debug)]
pub struct NewCycle {
    /// What it is called.
    pub name: String,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The last day.
    pub ends_on: NaiveDate,
    /// Whether it is open at once.
    pub open: bool,
}

fn check_days(starts_on: NaiveDate, ends_on: NaiveDate) -> Result<(), UserError> {
    if ends_on <= starts_on || (ends_on - starts_on).num_days() > LONGEST_CYCLE {
        let message = "a cycle ends after it starts, and within 800 days";
        return Err(UserError::at(UserErrorCode::Invalid, ["endsOn"], message));
    }
    Ok(())
}

async fn require_free_name(
    ctx: &RequestContext,
    tx: &sea_orm::DatabaseTransaction,
    name: &str,
    own: Option<GoalCycleId>,
) -> Result<(), Refusal> {
    let named = goal_cycle::Entity::in_org(ctx.asker()?.organization()).filter(goal_cycle::Column::Name.eq(name));
    match named.one(tx).await? {
        Some(other) if Some(other.id) != own => {
            Err(UserError::at(UserErrorCode::Taken, ["name"], "another cycle has this name").into())
        }
        _ => Ok(()),
    }
}

/// Plans a cycle, or opens a new one at once.
///
/// # Errors
/// FORBIDDEN by policy; refusals for what it says.
pub async fn create(ctx: &RequestContext, new: NewCycle, key: Option<Key>) -> Result<GoalCycleId, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ManageGoalCycles, Resource::Organization)?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok(done);
    }
    let name = input::text(["name"], &new.name, LONGEST_NAME)?;
    check_days(new.starts_on, new.ends_on)?;
    let id = GoalCycleId(ctx.app.random.id(now));
    let tx = ctx.db.begin().await?;
    require_free_name(ctx, &tx, &name, None).await?;
    let state = if new.open { CycleState::Open } else { CycleState::Planned };
    goal_cycle::Entity::insert(goal_cycle::ActiveModel {
        id: Set(id),
        organization_id: Set(asker.organization()),
        name: Set(name),
        starts_on: Set(new.starts_on),
        ends_on: Set(new.ends_on),
        state: Set(state.as_str().to_owned()),
        version: Set(0),
        created_at: Set(now),
        closed_at: Set(None),
    })
    .exec_without_returning(&tx)
    .await?;
    audit::record_in_tx(ctx, &tx, "goal_cycle.create", &id.to_string(), None).await?;
    if let Some(key) = &key {
        key.remember(&tx, &id, now).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// What of a cycle is to change.
#[derive(Debug, Default)]
pub struct CycleUpdate {
    /// What it is called.
    pub name: Option<String>,
    /// The first day.
    pub starts_on: Option<NaiveDate>,
    /// The last day.
    pub ends_on: Option<NaiveDate>,
    /// Opens a planned cycle.
    pub open: bool,
}

/// Changes a cycle that is not closed, or opens it.
///
/// # Errors
/// FORBIDDEN by policy; refusals for what it says, and for a cycle that is closed.
pub async fn update(ctx: &RequestContext, id: GoalCycleId, change: CycleUpdate) -> Result<(), Refusal> {
    ctx.asker()?.require(Action::ManageGoalCycles, Resource::Organization)?;
    let held = Held::cycle(ctx, id).await?;
    held.require_unclosed(["cycle"])?;
    let name = match &change.name {
        Some(name) => input::text(["name"], name, LONGEST_NAME)?,
        None => held.cycle.name.clone(),
    };
    let (starts_on, ends_on) =
        (change.starts_on.unwrap_or(held.cycle.starts_on), change.ends_on.unwrap_or(held.cycle.ends_on));
    check_days(starts_on, ends_on)?;
    require_free_name(ctx, &held.tx, &name, Some(id)).await?;
    let state = if change.open { CycleState::Open } else { held.cycle.state };
    goal_cycle::Entity::update_in_org(held.organization())
        .filter(goal_cycle::Column::Id.eq(id))
        .col_expr(goal_cycle::Column::Name, Expr::value(name))
        .col_expr(goal_cycle::Column::StartsOn, Expr::value(starts_on))
        .col_expr(goal_cycle::Column::EndsOn, Expr::value(ends_on))
        .col_expr(goal_cycle::Column::State, Expr::value(state.as_str()))
        .exec(&held.tx)
        .await?;
    audit::record_in_tx(ctx, &held.tx, "goal_cycle.update", &id.to_string(), None).await?;
    held.commit().await?;
    Ok(())
}

/// Closes a cycle: every goal that is open gets the score given here, or else the one suggested by its progress; a goal
/// that nothing tells of is closed without a score.
///
/// # Errors
/// FORBIDDEN by policy; refusals for the scores, and for a cycle that is not open.
pub async fn close(ctx: &RequestContext, id: GoalCycleId, scores: Vec<(GoalId, Score)>) -> Result<(), Refusal> {
    ctx.asker()?.require(Action::ManageGoalCycles, Resource::Organization)?;
    if scores.len() > MOST_SCORES {
        let message = format!("at most {MOST_SCORES} scores at once; close the other goals before");
        return Err(UserError::at(UserErrorCode::TooLong, ["scores"], message).into());
    }
    let mut held = Held::cycle(ctx, id).await?;
    if held.cycle.state != CycleState::Open {
        return Err(UserError::at(UserErrorCode::WrongState, ["cycle"], "only an open cycle can be closed").into());
    }
    let open: Vec<(GoalId, Option<PersonId>, Option<i32>)> = goal::Entity::in_org(held.organization())
        .filter(goal::Column::CycleId.eq(id))
        .filter(goal::Column::State.eq(GoalState::Open.as_str()))
        .select_only()
        .columns([goal::Column::Id, goal::Column::OwnerId, goal::Column::ProgressPpm])
        .into_tuple()
        .all(&held.tx)
        .await?;
    let given = check_scores(&held, &scores).await?;
    for (goal, (hundredths, note)) in &given {
        goal::Entity::update_in_org(held.organization())
            .filter(goal::Column::Id.eq(*goal))
            .col_expr(goal::Column::Score, Expr::value(*hundredths))
            .col_expr(goal::Column::ScoreNote, Expr::value(note.clone()))
            .exec(&held.tx)
            .await?;
    }
    close_goals_in_tx(&held, &given).await?;
    for (goal, _, progress) in &open {
        let score = given.iter().find(|(id, _)| id == goal).map(|(_, (hundredths, _))| *hundredths);
        let score = score.or(progress.map(|ppm| suggested_score(Progress::from_ppm(ppm.into()))));
        let text = score.map(|score| format!("{}.{:02}", score / 100, score % 100));
        held.note(*goal, GoalField::State, Some("OPEN".to_owned()), Some("CLOSED".to_owned()));
        held.note(*goal, GoalField::Score, None, text);
    }
    goal_cycle::Entity::update_in_org(held.organization())
        .filter(goal_cycle::Column::Id.eq(id))
        .col_expr(goal_cycle::Column::State, Expr::value(CycleState::Closed.as_str()))
        .col_expr(goal_cycle::Column::ClosedAt, Expr::value(held.now))
        .exec(&held.tx)
        .await?;
    audit::record_in_tx(ctx, &held.tx, "goal_cycle.close", &id.to_string(), None).await?;
    let happening = Happening {
        kind: HappeningKind::GoalCycleClosed,
        subject: id.to_string(),
        actor: held.asker.person(),
        concerns: open.iter().filter_map(|(_, owner, _)| *owner).collect(),
    };
    record_in_tx(&ctx.app, &held.tx, held.organization(), happening).await?;
    held.commit().await?;
    Ok(())
}

type GivenScores = Vec<(GoalId, (i32, Option<String>))>;

/// The scores given, when each is of an open goal of the cycle that the asker may see, and accepted.
async fn check_scores(held: &Held<'_>, scores: &[(GoalId, Score)]) -> Result<GivenScores, Refusal> {
    let rows = goal::Entity::in_org(held.organization())
        .filter(goal::Column::Id.is_in(scores.iter().map(|(goal, _)| *goal)))
        .filter(goal::Column::CycleId.eq(held.cycle.id))
        .all(&held.tx)
        .await?;
    let goals = rows.into_iter().map(Goal::try_from).collect::<Result<Vec<_>, Exception>>()?;
    let (mut given, mut problems): (GivenScores, _) = (Vec::new(), Vec::new());
    for (at, (id, score)) in scores.iter().enumerate() {
        let place = at.to_string();
        let refused = |code, message: &str| UserError::at(code, ["scores", &place, "goal"], message);
        let goal = goals.iter().find(|goal| goal.id == *id);
        let Some(goal) = goal.filter(|goal| held.asker.may(Action::ReadGoal, goal.resource())) else {
            problems.push(refused(UserErrorCode::NotFound, "the cycle has no such goal, or you may not see it"));
            continue;
        };
        if goal.state != GoalState::Open {
            problems.push(refused(UserErrorCode::WrongState, "this goal is closed or given up"));
        } else if given.iter().any(|(other, _)| other == id) {
            problems.push(refused(UserErrorCode::Invalid, "a goal is scored once"));
        } else {
            match score.check(suggested(goal)) {
                Ok(score) => given.push((*id, score)),
                Err(mut problem) => {
                    let inner = problem.path.take().unwrap_or_default();
                    problem.path = Some(["scores".to_owned(), place].into_iter().chain(inner).collect());
                    problems.push(problem);
                }
            }
        }
    }
    if problems.is_empty() { Ok(given) } else { Err(problems.into()) }
}

/// Closes all open goals of the cycle, however many, in two statements: those without a score get the one suggested.
async fn close_goals_in_tx(held: &Held<'_>, given: &GivenScores) -> Result<(), Exception> {
    let all = || {
        goal::Entity::update_in_org(held.organization())
            .filter(goal::Column::CycleId.eq(held.cycle.id))
            .filter(goal::Column::State.eq(GoalState::Open.as_str()))
    };
    // The same rounding as `suggested_score`, in whole numbers on either back end.
    let suggested = Expr::col(goal::Column::ProgressPpm).add(5_000).div(10_000);
    all()
        .filter(goal::Column::Id.is_not_in(given.iter().map(|(id, _)| *id)))
        .col_expr(goal::Column::Score, suggested)
        .exec(&held.tx)
        .await?;
    all()
        .col_expr(goal::Column::State, Expr::value(GoalState::Closed.as_str()))
        .col_expr(goal::Column::ClosedAt, Expr::value(held.now))
        .exec(&held.tx)
        .await?;
    Ok(())
}
