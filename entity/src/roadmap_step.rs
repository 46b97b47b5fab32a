//! What is done about a friction.

use hearten_ids::{FrictionId, OrganizationId, PersonId, RoadmapStepId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What is done about a friction.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "roadmap_steps")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoadmapStepId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The friction.
    pub friction_id: FrictionId,
    /// In one line.
    pub title: String,
    /// Who sees to it.
    pub owner_id: PersonId,
    /// By when.
    pub due_on: Option<Date>,
    /// PLANNED, IN_PROGRESS, DONE or DROPPED.
    pub state: String,
    /// Minutes lost a week in all when the step was planned.
    pub cost_before: i64,
    /// Minutes still lost a week for each person affected, as measured.
    pub minutes_after: Option<i32>,
    /// How many are still affected, as measured.
    pub people_after: Option<i32>,
    /// What was measured, and how.
    pub result_note: Option<String>,
    /// When it was planned.
    pub created_at: DateTimeUtc,
    /// When it was done.
    pub done_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
