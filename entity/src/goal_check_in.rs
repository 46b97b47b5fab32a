//! What somebody said of a goal at a moment. Never changed.

use hearten_ids::{GoalCheckInId, GoalId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What somebody said of a goal at a moment. Never changed.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "goal_check_ins")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GoalCheckInId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The goal.
    pub goal_id: GoalId,
    /// Who checked in; none for an integration.
    pub person_id: Option<PersonId>,
    /// ON_TRACK, AT_RISK or OFF_TRACK.
    pub confidence: String,
    /// 0 to 10.
    pub confidence_score: i32,
    /// In words; may be empty.
    pub note: String,
    /// How far the goal had come then, in millionths.
    pub progress_ppm: Option<i32>,
    /// The key results measured: a short list.
    pub values: Json,
    /// When.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
