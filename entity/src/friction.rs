//! A reported detour in a process.

use hearten_ids::{FrictionId, OrganizationId, PersonId, TeamId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A reported detour in a process.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "frictions")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FrictionId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// In one line.
    pub title: String,
    /// Where: the process.
    pub process: String,
    /// What happens; empty where the title says it.
    pub description: String,
    /// How often: DAILY, WEEKLY, MONTHLY or RARELY.
    pub frequency: String,
    /// Minutes lost a week for each person affected, as reported.
    pub minutes: i32,
    /// How many are affected, as reported.
    pub people: i32,
    /// How many voted.
    pub vote_count: i32,
    /// The sum of the minutes that voters gave.
    pub vote_minutes_sum: i64,
    /// How many voters gave minutes.
    pub vote_minutes_count: i32,
    /// Minutes lost a week in all: what the list is ordered by.
    pub cost: i64,
    /// The team it concerns; none for everybody.
    pub team_id: Option<TeamId>,
    /// Who reported it; none where it was reported anonymously.
    pub reporter_id: Option<PersonId>,
    /// REPORTED, PLANNED, IN_PROGRESS, RESOLVED, REJECTED or MERGED.
    pub state: String,
    /// Why nothing will be done.
    pub reject_reason: Option<String>,
    /// The friction it was merged into.
    pub merged_into: Option<FrictionId>,
    /// When.
    pub reported_at: DateTimeUtc,
    /// When it was last changed.
    pub changed_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
