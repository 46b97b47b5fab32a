//! What was said of a goal, and what changed about it.

use async_graphql::{Context, ID, Object, Result};
use hearten_entity::{goal_change, goal_check_in};
use hearten_goals::Confidence;
use hearten_ids::PersonId;

use super::{GoalConfidence, GoalField, KeyResult};
use crate::{
    areas::{
        directory::types::Person,
        goals::{service, store::StoredValue},
        surveys::store::stored,
    },
    graphql::{context::request, error::Exception, scalars::DateTime},
};

/// What somebody said of a goal at a moment. Never changed afterwards.
pub struct GoalCheckIn {
    row: goal_check_in::Model,
    confidence: Confidence,
    values: Vec<StoredValue>,
}

impl TryFrom<goal_check_in::Model> for GoalCheckIn {
    type Error = Exception;

    fn try_from(mut row: goal_check_in::Model) -> Result<Self, Exception> {
        let confidence = row.confidence.parse().map_err(Exception::internal)?;
        let values = stored(std::mem::take(&mut row.values))?;
        Ok(Self { row, confidence, values })
    }
}

/// What somebody said of a goal at a moment. Never changed afterwards.
#[Object]
impl GoalCheckIn {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// Who checked in; null for an integration, and where you may not see them.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.row.person_id.and_then(|person| Person::find(ctx, person)))
    }

    /// How sure they were that the goal will be reached.
    async fn confidence(&self) -> GoalConfidence {
        self.confidence.into()
    }

    /// The same from 0 to 10.
    async fn confidence_score(&self) -> i32 {
        self.row.confidence_score
    }

    /// In words; null where there are none.
    async fn note(&self) -> Option<&str> {
        Some(self.row.note.as_str()).filter(|note| !note.is_empty())
    }

    /// How far the goal had come then, 0 to 1.
    async fn progress(&self) -> Option<f64> {
        self.row.progress_ppm.map(|ppm| f64::from(ppm) / 1_000_000.0)
    }

    /// The key results that were measured.
    async fn values(&self) -> Vec<GoalCheckInValue> {
        self.values.iter().cloned().map(|value| GoalCheckInValue { value }).collect()
    }

    /// When.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }
}

/// A key result as a check-in measured it.
pub struct GoalCheckInValue {
    value: StoredValue,
}

/// A key result as a check-in measured it.
#[Object]
impl GoalCheckInValue {
    /// The key result; null when it was removed since.
    async fn key_result(&self, ctx: &Context<'_>) -> Result<Option<KeyResult>> {
        Ok(service::find_key_result(request(ctx)?, self.value.key_result).await?.map(Into::into))
    }

    /// What was measured: the number; 1 for done and 0 for not; or how many milestones were reached.
    async fn value(&self, ctx: &Context<'_>) -> Result<Option<f64>> {
        let part = service::find_key_result(request(ctx)?, self.value.key_result).await?;
        Ok(part.map(|part| match part.measure {
            hearten_goals::Measure::Metric { .. } => super::key_result::number(self.value.value),
            hearten_goals::Measure::Binary { .. } | hearten_goals::Measure::Milestones(_) => self.value.value as f64,
        }))
    }

    /// How far it had come then, 0 to 1.
    async fn progress(&self) -> f64 {
        f64::from(self.value.progress) / 1_000_000.0
    }
}

/// One entry of a goal's history.
pub struct GoalChange {
    row: goal_change::Model,
    field: GoalField,
}

impl TryFrom<goal_change::Model> for GoalChange {
    type Error = Exception;

    fn try_from(row: goal_change::Model) -> Result<Self, Exception> {
        let field = GoalField::ALL.iter().copied().find(|field| field.as_str() == row.field);
        let field =
            field.ok_or_else(|| Exception::internal(anyhow::anyhow!("an unknown field in a goal's history")))?;
        Ok(Self { row, field })
    }
}

impl GoalChange {
    /// A value as the asker may read it: an id of a person only where they may see the person.
    fn shown<'a>(&self, ctx: &Context<'_>, value: Option<&'a str>) -> Result<Option<&'a str>> {
        let ctx = request(ctx)?;
        let hidden = |id: &&str| {
            self.field == GoalField::Owner
                && id.parse::<PersonId>().ok().is_none_or(|person| Person::find(ctx, person).is_none())
        };
        Ok(value.filter(|value| !hidden(value)))
    }
}

/// One entry of a goal's history.
#[Object(serial)]
impl GoalChange {
    /// The opaque id.
    async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// Who changed it; null for an integration, and where you may not see them.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.row.person_id.and_then(|person| Person::find(ctx, person)))
    }

    /// What changed.
    async fn field(&self) -> GoalField {
        self.field
    }

    /// What it was; null when there was nothing.
    async fn old_value(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        self.shown(ctx, self.row.old_value.as_deref())
    }

    /// What it became; null when there is nothing any more.
    async fn new_value(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        self.shown(ctx, self.row.new_value.as_deref())
    }

    /// When.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }
}
