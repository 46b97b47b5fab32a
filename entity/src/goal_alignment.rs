//! That one goal supports another.

use hearten_ids::{GoalAlignmentId, GoalCycleId, GoalId, KeyResultId, OrganizationId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// That one goal supports another.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "goal_alignments")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GoalAlignmentId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The cycle of both.
    pub cycle_id: GoalCycleId,
    /// The goal that supports.
    pub child_id: GoalId,
    /// The goal that is supported.
    pub parent_id: GoalId,
    /// The key result of it that is meant, if one is.
    pub key_result_id: Option<KeyResultId>,
    /// How much the child counts, 0 to 100.
    pub weight: i32,
    /// Whether the child may count in the parent.
    pub contributes: bool,
    /// When it was said.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
