//! A cycle in which goals are set, worked on and scored: a quarter, mostly.

use hearten_ids::{GoalCycleId, OrganizationId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A cycle in which goals are set, worked on and scored: a quarter, mostly.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "goal_cycles")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GoalCycleId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// What it is called; unique in the organization.
    pub name: String,
    /// The first day.
    pub starts_on: Date,
    /// The last day.
    pub ends_on: Date,
    /// PLANNED, OPEN or CLOSED.
    pub state: String,
    /// Counts up with every change of its goals.
    pub version: i64,
    /// When it was planned.
    pub created_at: DateTimeUtc,
    /// When every goal of it was scored.
    pub closed_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
