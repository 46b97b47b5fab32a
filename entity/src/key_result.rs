//! A key result: what tells whether a goal is reached.

use hearten_ids::{GoalCycleId, GoalId, KeyResultId, OrganizationId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A key result: what tells whether a goal is reached.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "key_results")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: KeyResultId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The cycle of the goal.
    pub cycle_id: GoalCycleId,
    /// The goal.
    pub goal_id: GoalId,
    /// Its place among those written with it.
    pub position: i32,
    /// What is measured.
    pub title: String,
    /// METRIC, BINARY or MILESTONES.
    pub kind: String,
    /// What the numbers count.
    pub unit: Option<String>,
    /// How much it counts in the goal, 0 to 100.
    pub weight: i32,
    /// Of a metric: where it began, in thousandths.
    pub start_value: Option<i64>,
    /// Of a metric: where it is to arrive.
    pub target_value: Option<i64>,
    /// Of a metric: where it is.
    pub current_value: Option<i64>,
    /// Whether it is done, if it is BINARY.
    pub done: bool,
    /// The milestones: a short list of title, weight, done.
    pub milestones: Json,
    /// Whether a roll-over keeps the current value.
    pub keeps_current: bool,
    /// Whether it was ever measured.
    pub measured: bool,
    /// How far it has come, in millionths.
    pub progress_ppm: i32,
    /// MEASURED, ROLLED_UP or NONE.
    pub progress_source: String,
    /// When it was written.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
