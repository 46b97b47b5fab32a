//! A key result.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use hearten_goals::Measure;

use super::{Goal, KeyResultKindName, KeyResultProgressSource};
use crate::{
    areas::goals::{service, store},
    graphql::context::request,
};

/// A number that is kept in thousandths.
pub fn number(thousandths: i64) -> f64 {
    // Values end at 10^15: a double holds each of them.
    thousandths as f64 / 1_000.0
}

/// A key result: what tells whether a goal is reached.
pub struct KeyResult {
    part: store::KeyResult,
}

impl From<store::KeyResult> for KeyResult {
    fn from(part: store::KeyResult) -> Self {
        Self { part }
    }
}

impl KeyResult {
    fn metric(&self, pick: impl Fn(i64, i64, i64) -> i64) -> Option<f64> {
        match self.part.measure {
            Measure::Metric { start, target, current } => Some(number(pick(start, target, current))),
            Measure::Binary { .. } | Measure::Milestones(_) => None,
        }
    }
}

/// A key result: what tells whether a goal is reached.
#[Object]
impl KeyResult {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.part.id.to_string().into()
    }

    /// Its goal.
    async fn goal(&self, ctx: &Context<'_>) -> Result<Option<Goal>> {
        Ok(service::find_goal(request(ctx)?, self.part.goal).await?.map(Into::into))
    }

    /// What is measured.
    async fn title(&self) -> &str {
        &self.part.title
    }

    /// How it is measured.
    async fn kind(&self) -> KeyResultKindName {
        self.part.measure.kind().into()
    }

    /// What the numbers count, such as "%".
    async fn unit(&self) -> Option<&str> {
        self.part.unit.as_deref()
    }

    /// How much it counts in its goal, 0 to 100.
    async fn weight(&self) -> i32 {
        self.part.weight
    }

    /// Where a metric began; null for other kinds.
    async fn start(&self) -> Option<f64> {
        self.metric(|start, _, _| start)
    }

    /// Where a metric is to arrive; null for other kinds.
    async fn target(&self) -> Option<f64> {
        self.metric(|_, target, _| target)
    }

    /// Where a metric is; null for other kinds.
    async fn current(&self) -> Option<f64> {
        self.metric(|_, _, current| current)
    }

    /// Whether it is done; null for kinds that are not done or not.
    async fn done(&self) -> Option<bool> {
        if let Measure::Binary { done } = self.part.measure { Some(done) } else { None }
    }

    /// The milestones, at most 20; empty for other kinds.
    async fn milestones(&self) -> Vec<KeyResultMilestone> {
        let Measure::Milestones(steps) = &self.part.measure else { return Vec::new() };
        let shown = |step: &hearten_goals::Milestone| KeyResultMilestone {
            title: step.title.clone(),
            weight: step.weight,
            done: step.done,
        };
        steps.iter().map(shown).collect()
    }

    /// Whether a roll-over keeps the current value, as for a figure that is watched all the time.
    async fn keeps_current(&self) -> bool {
        self.part.keeps_current
    }

    /// How far it has come, 0 to 1.
    async fn progress(&self) -> f64 {
        self.part.rolled.progress.share()
    }

    /// Where the progress comes from.
    async fn progress_source(&self) -> KeyResultProgressSource {
        self.part.rolled.source.into()
    }
}

/// One step on the way of a key result.
#[derive(SimpleObject)]
pub struct KeyResultMilestone {
    /// What is reached.
    title: String,
    /// How much it counts beside the others, 0 to 100.
    weight: i32,
    /// Whether it is reached.
    done: bool,
}
