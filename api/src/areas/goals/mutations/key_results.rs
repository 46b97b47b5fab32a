//! Key results.

use async_graphql::{Context, ID, InputObject, InputType, MaybeUndefined, Object, OneofObject, Result, SimpleObject};
use hearten_goals::{LARGEST_VALUE, MOST_MILESTONES, Measure, Milestone};
use hearten_ids::{GoalId, KeyResultId};

use super::goals::{GoalPayload, goal_payload};
use crate::{
    areas::goals::{
        checking_in::Value,
        key_results::{self, KeyResultUpdate, NewKeyResult},
        service,
        types::KeyResult,
    },
    graphql::{
        context::{RequestContext, request},
        error::{Refusal, UserError, UserErrorCode},
        idempotency::key_of,
        input::input_id,
        payload::settle,
    },
};

/// A number to be reached. Numbers are kept to three decimals.
#[derive(Debug, Clone, InputObject)]
pub struct KeyResultMetricInput {
    /// Where it begins.
    start: f64,
    /// Where it is to arrive: above the start, or below it where less is better.
    target: f64,
    /// Where it is, once it was measured.
    current: Option<f64>,
}

/// One step on the way.
#[derive(Debug, Clone, InputObject)]
pub struct KeyResultMilestoneInput {
    /// What is reached, at most 200 characters.
    title: String,
    /// How much it counts beside the others, 0 to 100.
    #[graphql(default = 1)]
    weight: i32,
    /// Whether it is reached already.
    #[graphql(default = false)]
    done: bool,
}

/// How a key result is measured: exactly one.
#[derive(Debug, Clone, OneofObject)]
pub enum KeyResultMeasureInput {
    /// By a number.
    Metric(KeyResultMetricInput),
    /// Done, or not: pass whether it is done already.
    Binary(bool),
    /// By 1 to 20 milestones.
    Milestones(Vec<KeyResultMilestoneInput>),
}

/// A key result to be written.
#[derive(Debug, Clone, InputObject)]
pub struct KeyResultInput {
    /// What is measured, at most 200 characters.
    title: String,
    /// How it is measured.
    measure: KeyResultMeasureInput,
    /// What the numbers count, at most 20 characters.
    unit: Option<String>,
    /// How much it counts in its goal, 0 to 100.
    #[graphql(default = 100)]
    weight: i32,
    /// Whether a roll-over keeps the current value, as for a figure that is watched all the time.
    #[graphql(default = false)]
    keeps_current: bool,
}

/// What was measured: exactly one, of the kind of the key result.
#[derive(Debug, Clone, OneofObject)]
pub enum MeasuredValueInput {
    /// Where a metric is.
    Number(f64),
    /// Whether it is done.
    Done(bool),
    /// For each milestone, in their order, whether it is reached.
    Milestones(Vec<bool>),
}

/// A key result as it was measured.
#[derive(Debug, Clone, InputObject)]
pub struct KeyResultValueInput {
    /// The key result: one of the goal.
    key_result: ID,
    /// What was measured.
    value: MeasuredValueInput,
}

/// A key result to be added to a goal.
#[derive(Debug, Clone, InputObject)]
pub struct KeyResultCreateInput {
    /// The goal.
    goal: ID,
    /// What it is to be.
    key_result: KeyResultInput,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day adds no second key result.
    idempotency_key: Option<String>,
}

/// What of a key result is to change. What is left out stays.
#[derive(Debug, Clone, InputObject)]
pub struct KeyResultUpdateInput {
    /// The key result.
    key_result: ID,
    /// What is measured.
    title: Option<String>,
    /// What the numbers count; null takes it away.
    unit: MaybeUndefined<String>,
    /// How much it counts in its goal, 0 to 100.
    weight: Option<i32>,
    /// Where a metric begins.
    start: Option<f64>,
    /// Where a metric is to arrive.
    target: Option<f64>,
    /// Whether a roll-over keeps the current value.
    keeps_current: Option<bool>,
}

/// A key result to be removed.
#[derive(Debug, Clone, InputObject)]
pub struct KeyResultRemoveInput {
    /// The key result.
    key_result: ID,
}

/// What became of a key result.
#[derive(SimpleObject)]
pub struct KeyResultPayload {
    /// The key result as it stands now; null when nothing was changed.
    key_result: Option<KeyResult>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// A number as it is kept: in thousandths.
fn thousandths(path: &[&str], number: f64) -> Result<i64, UserError> {
    let scaled = (number * 1_000.0).round();
    if !scaled.is_finite() || scaled.abs() > LARGEST_VALUE as f64 {
        let mut refused =
            UserError::whole(UserErrorCode::Invalid, "values lie between minus and plus 1,000,000,000,000");
        refused.path = Some(path.iter().map(ToString::to_string).collect());
        return Err(refused);
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked to fit")]
    Ok(scaled as i64)
}

impl KeyResultInput {
    /// The key result, as far as its numbers can be read; `path` is where it stands in the input.
    pub fn read(self, path: &[&str]) -> Result<NewKeyResult, UserError> {
        let at = |place: &'static str| [path, &["measure", "metric", place]].concat();
        let (measure, measured) = match self.measure {
            KeyResultMeasureInput::Metric(metric) => {
                let start = thousandths(&at("start"), metric.start)?;
                let target = thousandths(&at("target"), metric.target)?;
                let current = metric.current.map(|current| thousandths(&at("current"), current)).transpose()?;
                (Measure::Metric { start, target, current: current.unwrap_or(start) }, current.is_some())
            }
            KeyResultMeasureInput::Binary(done) => (Measure::Binary { done }, done),
            KeyResultMeasureInput::Milestones(steps) => {
                let measured = steps.iter().any(|step| step.done);
                // One more than accepted is enough to be refused.
                let steps = steps.into_iter().take(MOST_MILESTONES + 1);
                let step = |step: KeyResultMilestoneInput| Milestone {
                    title: step.title.trim().to_owned(),
                    weight: step.weight,
                    done: step.done,
                };
                (Measure::Milestones(steps.map(step).collect()), measured)
            }
        };
        Ok(NewKeyResult {
            title: self.title,
            unit: self.unit,
            weight: self.weight,
            measure,
            measured,
            keeps_current: self.keeps_current,
        })
    }
}

impl KeyResultValueInput {
    /// The value; `at` is where it stands among the values of the input.
    pub fn read(self, at: usize) -> Result<(KeyResultId, Value), UserError> {
        let place = at.to_string();
        let id = input_id(["keyResults", &place, "keyResult"], &self.key_result)?;
        let value = match self.value {
            MeasuredValueInput::Number(number) => {
                Value::Number(thousandths(&["keyResults", &place, "value", "number"], number)?)
            }
            MeasuredValueInput::Done(done) => Value::Done(done),
            MeasuredValueInput::Milestones(reached) => Value::Milestones(reached),
        };
        Ok((id, value))
    }
}

async fn payload(ctx: &RequestContext, outcome: Result<KeyResultId, Refusal>) -> Result<KeyResultPayload> {
    let (id, errors) = settle(outcome)?;
    let key_result = match id {
        Some(id) => service::find_key_result(ctx, id).await?.map(Into::into),
        None => None,
    };
    Ok(KeyResultPayload { key_result, errors })
}

/// Key results.
#[derive(Default)]
pub struct KeyResultMutations;

/// Key results.
#[Object]
impl KeyResultMutations {
    /// Adds a key result to an open goal.
    async fn key_result_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The goal and the key result.")] input: KeyResultCreateInput,
    ) -> Result<Option<KeyResultPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "keyResultCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            let goal: GoalId = input_id(["goal"], &input.goal)?;
            key_results::create(ctx, goal, input.key_result.read(&["keyResult"])?, key).await
        };
        payload(ctx, Box::pin(outcome).await).await.map(Some)
    }

    /// Changes a key result of an open goal. How far it has come is told anew by what was measured last.
    async fn key_result_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key result and what changes.")] input: KeyResultUpdateInput,
    ) -> Result<Option<KeyResultPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["keyResult"], &input.key_result)?;
            let change = KeyResultUpdate {
                title: input.title,
                unit: match input.unit {
                    MaybeUndefined::Undefined => None,
                    MaybeUndefined::Null => Some(None),
                    MaybeUndefined::Value(unit) => Some(Some(unit)),
                },
                weight: input.weight,
                start: input.start.map(|number| thousandths(&["start"], number)).transpose()?,
                target: input.target.map(|number| thousandths(&["target"], number)).transpose()?,
                keeps_current: input.keeps_current,
            };
            key_results::update(ctx, id, change).await?;
            Ok(id)
        };
        payload(ctx, Box::pin(outcome).await).await.map(Some)
    }

    /// Removes a key result of an open goal. Goals that supported it support nothing of that goal any more.
    async fn key_result_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which key result.")] input: KeyResultRemoveInput,
    ) -> Result<Option<GoalPayload>> {
        let ctx = request(ctx)?;
        let outcome = async { key_results::remove(ctx, input_id(["keyResult"], &input.key_result)?).await };
        goal_payload(ctx, Box::pin(outcome).await).await.map(Some)
    }
}
