//! Key results: writing, changing and removing them.

use hearten_entity::{InOrganization, goal_alignment, key_result};
use hearten_goals::{HEAVIEST, KeyResultNode, KeyResultSource, Measure, Progress, RolledKeyResult};
use hearten_ids::{GoalId, KeyResultId};
use hearten_policy::Action;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};

use super::{
    holding::Held,
    service,
    store::{KeyResult, columns_of},
    types::GoalField,
    writing::LONGEST_TITLE,
};
use crate::{
    areas::surveys::store::to_json,
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// A goal has at most this many key results.
pub const MOST_KEY_RESULTS: usize = 50;
/// Characters of a unit.
const LONGEST_UNIT: usize = 20;

/// A key result to be written.
#[derive(Debug, Clone)]
pub struct NewKeyResult {
    /// What is measured.
    pub title: String,
    /// What the numbers count.
    pub unit: Option<String>,
    /// How much it counts in the goal.
    pub weight: i32,
    /// What it is measured by, and where it stands.
    pub measure: Measure,
    /// Whether it is known where it stands.
    pub measured: bool,
    /// Whether a roll-over keeps the current value.
    pub keeps_current: bool,
}

impl NewKeyResult {
    /// Everything that is wrong with it, at places below `path`.
    pub fn problems(&self, path: &[&str]) -> Vec<UserError> {
        let at = |place: &str, mut problem: UserError| {
            problem.path = Some(path.iter().copied().chain([place]).map(str::to_owned).collect());
            problem
        };
        let mut problems = Vec::new();
        problems.extend(input::text(["title"], &self.title, LONGEST_TITLE).err().map(|problem| at("title", problem)));
        if let Some(unit) = self.unit.as_deref().filter(|unit| !unit.trim().is_empty()) {
            problems.extend(input::text(["unit"], unit, LONGEST_UNIT).err().map(|problem| at("unit", problem)));
        }
        problems.extend(weight_of(self.weight).err().map(|problem| at("weight", problem)));
        if let Err(problem) = self.measure.check() {
            problems.push(at("measure", UserError::whole(UserErrorCode::Invalid, problem.to_string())));
        }
        if let Measure::Milestones(steps) = &self.measure {
            let titles = steps.iter().map(|step| input::text(["measure"], &step.title, LONGEST_TITLE));
            problems.extend(titles.filter_map(Result::err).map(|problem| at("measure", problem)));
        }
        problems
    }
}

/// A weight from 0 to 100.
///
/// # Errors
/// A refusal for any other.
pub fn weight_of(weight: i32) -> Result<i32, UserError> {
    if (0..=HEAVIEST).contains(&weight) {
        return Ok(weight);
    }
    Err(UserError::at(UserErrorCode::Invalid, ["weight"], "weights are 0 to 100"))
}

/// Inserts a key result and returns it for the graph, in which it is yet to be rolled up.
///
/// # Errors
/// When the database fails.
pub(super) async fn insert_in_tx(
    held: &Held<'_>,
    goal: GoalId,
    (position, new): (usize, &NewKeyResult),
) -> Result<KeyResultNode, Exception> {
    let id = KeyResultId(held.ctx.app.random.id(held.now));
    let progress = if new.measured { new.measure.progress() } else { Progress::NOTHING };
    let source = if new.measured { KeyResultSource::Measured } else { KeyResultSource::None };
    let columns = columns_of(&new.measure);
    let [start, target, current] = columns.values;
    key_result::Entity::insert(key_result::ActiveModel {
        id: Set(id),
        organization_id: Set(held.organization()),
        cycle_id: Set(held.cycle.id),
        goal_id: Set(goal),
        position: Set(i32::try_from(position).unwrap_or(i32::MAX)),
        title: Set(new.title.trim().to_owned()),
        kind: Set(new.measure.kind().as_str().to_owned()),
        unit: Set(unit_of(new.unit.as_deref())),
        weight: Set(new.weight),
        start_value: Set(start),
        target_value: Set(target),
        current_value: Set(current),
        done: Set(columns.done),
        milestones: Set(to_json(&columns.milestones)?),
        keeps_current: Set(new.keeps_current),
        measured: Set(new.measured),
        progress_ppm: Set(progress.ppm()),
        progress_source: Set(source.as_str().to_owned()),
        created_at: Set(held.now),
    })
    .exec_without_returning(&held.tx)
    .await?;
    let stored = RolledKeyResult { progress, source };
    Ok(KeyResultNode { id, goal, weight: new.weight, measured: new.measured.then_some(progress), stored })
}

fn unit_of(unit: Option<&str>) -> Option<String> {
    unit.map(str::trim).filter(|unit| !unit.is_empty()).map(str::to_owned)
}

/// Adds a key result to a goal.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; refusals for what it says, and for a goal that is closed or full.
pub async fn create(
    ctx: &RequestContext,
    goal: GoalId,
    new: NewKeyResult,
    key: Option<Key>,
) -> Result<KeyResultId, Refusal> {
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), ctx.app.clock.now()).await?
    {
        return Ok(done);
    }
    let (mut held, goal) = Held::goal(ctx, goal, Action::WriteGoal).await?;
    held.require_open(&goal)?;
    let problems = new.problems(&["keyResult"]);
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let count = key_result::Entity::in_org(held.organization()).filter(key_result::Column::GoalId.eq(goal.id));
    if count.count(&held.tx).await? >= MOST_KEY_RESULTS as u64 {
        let message = format!("at most {MOST_KEY_RESULTS} key results");
        return Err(UserError::at(UserErrorCode::TooLong, ["goal"], message).into());
    }
    let mut graph = held.graph().await?;
    let part = insert_in_tx(&held, goal.id, (0, &new)).await?;
    let id = part.id;
    graph.put_key_result(part);
    held.roll_up(&mut graph, &[goal.id]).await?;
    held.note(goal.id, GoalField::KeyResult, None, Some(new.title.trim().to_owned()));
    if let Some(key) = &key {
        key.remember(&held.tx, &id, held.now).await?;
    }
    held.commit().await?;
    Ok(id)
}

/// What of a key result is to change.
#[derive(Debug, Default)]
pub struct KeyResultUpdate {
    /// What is measured.
    pub title: Option<String>,
    /// What the numbers count; none inside takes it away.
    pub unit: Option<Option<String>>,
    /// How much it counts.
    pub weight: Option<i32>,
    /// Where a metric began.
    pub start: Option<i64>,
    /// Where a metric is to arrive.
    pub target: Option<i64>,
    /// Whether a roll-over keeps the current value.
    pub keeps_current: Option<bool>,
}

fn no_key_result() -> UserError {
    UserError::at(UserErrorCode::NotFound, ["keyResult"], "there is no such key result, or you may not see it")
}

/// Holds the goal of a key result, which is read anew.
async fn hold(ctx: &RequestContext, id: KeyResultId) -> Result<(Held<'_>, KeyResult), Refusal> {
    let found = service::find_key_result(ctx, id).await?.ok_or_else(no_key_result)?;
    let (held, goal) = Held::goal(ctx, found.goal, Action::WriteGoal).await?;
    held.require_open(&goal)?;
    let row = key_result::Entity::in_org(held.organization()).filter(key_result::Column::Id.eq(id));
    let part = KeyResult::try_from(row.one(&held.tx).await?.ok_or_else(no_key_result)?)?;
    Ok((held, part))
}

/// Changes a key result.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; refusals for what is not accepted, and for a goal that is closed.
pub async fn update(ctx: &RequestContext, id: KeyResultId, change: KeyResultUpdate) -> Result<(), Refusal> {
    let (mut held, before) = hold(ctx, id).await?;
    let measure = match &before.measure {
        Measure::Metric { start, target, current } => {
            let (from, to) = (change.start.unwrap_or(*start), change.target.unwrap_or(*target));
            // Whatever was not measured yet stands at its start.
            Measure::Metric { start: from, target: to, current: if before.measured { *current } else { from } }
        }
        Measure::Binary { .. } | Measure::Milestones(_) if change.start.is_some() || change.target.is_some() => {
            let message = "only a metric has a start and a target";
            return Err(UserError::at(UserErrorCode::Invalid, ["target"], message).into());
        }
        other => other.clone(),
    };
    let after = NewKeyResult {
        title: change.title.unwrap_or_else(|| before.title.clone()),
        unit: change.unit.unwrap_or_else(|| before.unit.clone()),
        weight: change.weight.unwrap_or(before.weight),
        measure,
        measured: before.measured,
        keeps_current: change.keeps_current.unwrap_or(before.keeps_current),
    };
    let mut problems = after.problems(&[]);
    for problem in &mut problems {
        if problem.path.as_deref() == Some(&["measure".to_owned()]) {
            problem.path = Some(vec!["target".to_owned()]);
        }
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let [start, target, current] = columns_of(&after.measure).values;
    key_result::Entity::update_in_org(held.organization())
        .filter(key_result::Column::Id.eq(id))
        .col_expr(key_result::Column::Title, Expr::value(after.title.trim()))
        .col_expr(key_result::Column::Unit, Expr::value(unit_of(after.unit.as_deref())))
        .col_expr(key_result::Column::Weight, Expr::value(after.weight))
        .col_expr(key_result::Column::StartValue, Expr::value(start))
        .col_expr(key_result::Column::TargetValue, Expr::value(target))
        .col_expr(key_result::Column::CurrentValue, Expr::value(current))
        .col_expr(key_result::Column::KeepsCurrent, Expr::value(after.keeps_current))
        .exec(&held.tx)
        .await?;
    let mut graph = held.graph().await?;
    graph.put_key_result(KeyResultNode {
        id,
        goal: before.goal,
        weight: after.weight,
        measured: after.measured.then(|| after.measure.progress()),
        stored: before.rolled,
    });
    held.roll_up(&mut graph, &[before.goal]).await?;
    held.note(
        before.goal,
        GoalField::KeyResult,
        Some(in_words(&before.title, before.weight, &before.measure)),
        Some(in_words(after.title.trim(), after.weight, &after.measure)),
    );
    held.commit().await?;
    Ok(())
}

/// A key result for the history of its goal.
fn in_words(title: &str, weight: i32, measure: &Measure) -> String {
    match measure {
        Measure::Metric { start, target, .. } => {
            let number = |thousandths: i64| {
                let text = format!("{}.{:03}", thousandths.abs() / 1_000, thousandths.abs() % 1_000);
                let text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
                if thousandths < 0 { format!("-{text}") } else { text }
            };
            format!("{title} ({} to {}, weight {weight})", number(*start), number(*target))
        }
        Measure::Binary { .. } | Measure::Milestones(_) => format!("{title} (weight {weight})"),
    }
}

/// Removes a key result. Goals that supported it support nothing of this goal any more.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; a refusal for a goal that is closed.
pub async fn remove(ctx: &RequestContext, id: KeyResultId) -> Result<GoalId, Refusal> {
    let (mut held, part) = hold(ctx, id).await?;
    goal_alignment::Entity::delete_in_org(held.organization())
        .filter(goal_alignment::Column::KeyResultId.eq(id))
        .exec(&held.tx)
        .await?;
    key_result::Entity::delete_in_org(held.organization()).filter(key_result::Column::Id.eq(id)).exec(&held.tx).await?;
    let mut graph = held.graph().await?;
    held.roll_up(&mut graph, &[part.goal]).await?;
    held.note(part.goal, GoalField::KeyResult, Some(in_words(&part.title, part.weight, &part.measure)), None);
    held.commit().await?;
    Ok(part.goal)
}
