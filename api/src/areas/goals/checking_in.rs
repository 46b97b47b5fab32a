//! Checking in: how far a goal has come, and how sure somebody is that it will be reached.

use hearten_entity::{InOrganization, goal, goal_check_in, key_result};
use hearten_goals::{Confidence, CycleState, Graph, LARGEST_VALUE, Measure, Progress};
use hearten_ids::{GoalCheckInId, GoalId, KeyResultId};
use hearten_policy::Action;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    holding::Held,
    store::{Goal, KeyResult, StoredValue, columns_of},
    telling,
};
use crate::{
    areas::{happenings::HappeningKind, surveys::store::to_json},
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// Characters of a note.
pub const LONGEST_NOTE: usize = 2_000;

/// A value for a key result.
#[derive(Debug, Clone)]
pub enum Value {
    /// Where a metric is, in thousandths.
    Number(i64),
    /// Whether it is done.
    Done(bool),
    /// For each milestone whether it is reached.
    Milestones(Vec<bool>),
}

/// What somebody says of a goal.
#[derive(Debug)]
pub struct CheckIn {
    /// The key results that were measured.
    pub values: Vec<(KeyResultId, Value)>,
    /// How far the goal has come, where nothing else tells.
    pub progress: Option<Progress>,
    /// How sure they are that it will be reached.
    pub confidence: Confidence,
    /// The same from 0 to 10.
    pub confidence_score: i32,
    /// In words.
    pub note: Option<String>,
}

/// Writes a check-in and rolls up what it changes.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; refusals for what it says, and for what is not worked on.
pub async fn check_in(
    ctx: &RequestContext,
    id: GoalId,
    said: CheckIn,
    key: Option<Key>,
) -> Result<GoalCheckInId, Refusal> {
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), ctx.app.clock.now()).await?
    {
        return Ok(done);
    }
    let (mut held, goal) = Held::goal(ctx, id, Action::CheckInGoal).await?;
    held.require_open(&goal)?;
    if held.cycle.state != CycleState::Open {
        let message = "check-ins are taken once the cycle is open";
        return Err(UserError::at(UserErrorCode::WrongState, ["goal"], message).into());
    }
    let rows = key_result::Entity::in_org(held.organization()).filter(key_result::Column::GoalId.eq(id));
    let rows = rows.all(&held.tx).await?;
    let parts = rows.into_iter().map(KeyResult::try_from).collect::<Result<Vec<_>, _>>()?;
    let mut graph = held.kept_graph().await?;
    let (note, measures) = match checked(&said, &parts, &graph, id) {
        Ok(checked) => checked,
        Err(problems) => {
            held.put_back(graph);
            return Err(problems.into());
        }
    };
    let mut stored = Vec::new();
    for (part, measure) in &measures {
        write_measure_in_tx(&held, part.id, measure).await?;
        graph.set_measured(part.id, measure.progress());
        stored.push(stored_value(part.id, measure));
    }
    if let Some(progress) = said.progress {
        graph.set_manual(id, Some(progress));
    }
    held.roll_up(&mut graph, &[id]).await?;
    let progress = graph.goal(id).and_then(|node| node.stored.progress);
    held.keep(graph);
    let check_in = GoalCheckInId(ctx.app.random.id(held.now));
    goal_check_in::Entity::insert(goal_check_in::ActiveModel {
        id: Set(check_in),
        organization_id: Set(held.organization()),
        goal_id: Set(id),
        person_id: Set(held.asker.person()),
        confidence: Set(said.confidence.as_str().to_owned()),
        confidence_score: Set(said.confidence_score),
        note: Set(note),
        progress_ppm: Set(progress.map(Progress::ppm)),
        values: Set(to_json(&stored)?),
        created_at: Set(held.now),
    })
    .exec_without_returning(&held.tx)
    .await?;
    write_goal_in_tx(&held, &goal, &said).await?;
    let told = (&goal, HappeningKind::GoalCheckedIn, true);
    telling::tell_in_tx(&ctx.app, &held.tx, &held.asker.snapshot, held.asker.person(), told).await?;
    if let Some(key) = &key {
        key.remember(&held.tx, &check_in, held.now).await?;
    }
    held.commit().await?;
    Ok(check_in)
}

/// The note, and what the key results that were measured say now.
type Checked<'a> = (String, Vec<(&'a KeyResult, Measure)>);

/// The note and the new measures, or everything that is wrong.
fn checked<'a>(
    said: &CheckIn,
    parts: &'a [KeyResult],
    graph: &Graph,
    goal: GoalId,
) -> Result<Checked<'a>, Vec<UserError>> {
    let mut problems = Vec::new();
    let note = match said.note.as_deref().map(str::trim) {
        None | Some("") => String::new(),
        Some(text) => input::text(["note"], text, LONGEST_NOTE).unwrap_or_else(|problem| {
            problems.push(problem);
            String::new()
        }),
    };
    if !(0..=10).contains(&said.confidence_score) {
        problems.push(UserError::at(UserErrorCode::Invalid, ["confidenceScore"], "0 to 10"));
    }
    if said.progress.is_some() && !graph.may_be_manual(goal) {
        let message = "the progress of this goal follows from its key results and the goals that support it";
        problems.push(UserError::at(UserErrorCode::Invalid, ["progress"], message));
    }
    let mut measures: Vec<(&KeyResult, Measure)> = Vec::new();
    for (at, (id, value)) in said.values.iter().enumerate() {
        let place = at.to_string();
        let Some(part) = parts.iter().find(|part| part.id == *id) else {
            let message = "this goal has no such key result";
            problems.push(UserError::at(UserErrorCode::NotFound, ["keyResults", &place, "keyResult"], message));
            continue;
        };
        if measures.iter().any(|(other, _)| other.id == part.id) {
            let message = "a key result is measured once a check-in";
            problems.push(UserError::at(UserErrorCode::Invalid, ["keyResults", &place, "keyResult"], message));
            continue;
        }
        match moved(&part.measure, value) {
            Ok(measure) => measures.push((part, measure)),
            Err(message) => {
                problems.push(UserError::at(UserErrorCode::Invalid, ["keyResults", &place, "value"], message));
            }
        }
    }
    if problems.is_empty() { Ok((note, measures)) } else { Err(problems) }
}

fn moved(measure: &Measure, value: &Value) -> Result<Measure, &'static str> {
    match (measure, value) {
        (Measure::Metric { start, target, .. }, Value::Number(current)) => {
            if current.unsigned_abs() > LARGEST_VALUE.unsigned_abs() {
                return Err("values lie between minus and plus 1,000,000,000,000");
            }
            Ok(Measure::Metric { start: *start, target: *target, current: *current })
        }
        (Measure::Binary { .. }, Value::Done(done)) => Ok(Measure::Binary { done: *done }),
        (Measure::Milestones(steps), Value::Milestones(reached)) => {
            if steps.len() != reached.len() {
                return Err("say of each milestone, in their order, whether it is reached");
            }
            let mut steps = steps.clone();
            steps.iter_mut().zip(reached).for_each(|(step, reached)| step.done = *reached);
            Ok(Measure::Milestones(steps))
        }
        (Measure::Metric { .. }, _) => Err("this key result is measured by a number"),
        (Measure::Binary { .. }, _) => Err("this key result is done or not"),
        (Measure::Milestones(_), _) => Err("this key result is measured by its milestones"),
    }
}

fn stored_value(key_result: KeyResultId, measure: &Measure) -> StoredValue {
    let value = match measure {
        Measure::Metric { current, .. } => *current,
        Measure::Binary { done } => i64::from(*done),
        Measure::Milestones(steps) => steps.iter().map(|step| i64::from(step.done)).sum(),
    };
    StoredValue { key_result, value, progress: measure.progress().ppm() }
}

async fn write_measure_in_tx(held: &Held<'_>, id: KeyResultId, measure: &Measure) -> Result<(), Exception> {
    let columns = columns_of(measure);
    key_result::Entity::update_in_org(held.organization())
        .filter(key_result::Column::Id.eq(id))
        .col_expr(key_result::Column::CurrentValue, Expr::value(columns.values[2]))
        .col_expr(key_result::Column::Done, Expr::value(columns.done))
        .col_expr(key_result::Column::Milestones, Expr::value(to_json(&columns.milestones)?))
        .col_expr(key_result::Column::Measured, Expr::value(true))
        .exec(&held.tx)
        .await?;
    Ok(())
}

async fn write_goal_in_tx(held: &Held<'_>, goal: &Goal, said: &CheckIn) -> Result<(), Exception> {
    let manual = said.progress.or(goal.manual).map(Progress::ppm);
    goal::Entity::update_in_org(held.organization())
        .filter(goal::Column::Id.eq(goal.id))
        .col_expr(goal::Column::ManualPpm, Expr::value(manual))
        .col_expr(goal::Column::Confidence, Expr::value(said.confidence.as_str()))
        .col_expr(goal::Column::ConfidenceScore, Expr::value(said.confidence_score))
        .col_expr(goal::Column::CheckedInAt, Expr::value(held.now))
        .col_expr(goal::Column::CheckInDueOn, Expr::value(held.due_in(goal.every_days)))
        .col_expr(goal::Column::StaleTold, Expr::value(false))
        .exec(&held.tx)
        .await?;
    Ok(())
}
