//! A goal, and how far it has come.

use hearten_ids::{GoalCycleId, GoalId, OrganizationId, PersonId, TeamId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A goal, and how far it has come.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "goals")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GoalId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The cycle.
    pub cycle_id: GoalCycleId,
    /// ORGANIZATION, TEAM or PERSON.
    pub level: String,
    /// The team; of a person's goal, the team it was written in.
    pub team_id: Option<TeamId>,
    /// The person; of other goals, who answers for it.
    pub owner_id: Option<PersonId>,
    /// What is to be reached.
    pub title: String,
    /// Why and how; may be empty.
    pub description: String,
    /// PUBLIC, TEAM or PRIVATE.
    pub visibility: String,
    /// OPEN, CLOSED or ARCHIVED.
    pub state: String,
    /// How many days may pass between check-ins.
    pub check_in_every_days: i32,
    /// The last day for the next check-in; after it the goal is stale.
    pub check_in_due_on: Date,
    /// Whether it was told that the goal is stale.
    pub stale_told: bool,
    /// When somebody last checked in.
    pub checked_in_at: Option<DateTimeUtc>,
    /// ON_TRACK, AT_RISK or OFF_TRACK, as last said.
    pub confidence: Option<String>,
    /// 0 to 10, as last said.
    pub confidence_score: Option<i32>,
    /// What somebody said of its progress, in millionths.
    pub manual_ppm: Option<i32>,
    /// How far it has come, in millionths; kept up with every change below it.
    pub progress_ppm: Option<i32>,
    /// Where that comes from.
    pub progress_source: String,
    /// The score in hundredths, once closed.
    pub score: Option<i32>,
    /// Why the score is not the one suggested.
    pub score_note: Option<String>,
    /// The goal it was rolled over from.
    pub origin_id: Option<GoalId>,
    /// What an import knows it by; unique in the cycle.
    pub external_id: Option<String>,
    /// Who wrote it.
    pub created_by: Option<PersonId>,
    /// When.
    pub created_at: DateTimeUtc,
    /// When it was closed or given up.
    pub closed_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
