//! Who has, or had, which part in an area of responsibility.

use hearten_ids::{OrganizationId, PersonId, ResponsibilityAssignmentId, ResponsibilityId, TeamId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// Who has, or had, which part in an area of responsibility.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "responsibility_assignments")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ResponsibilityAssignmentId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The area.
    pub responsibility_id: ResponsibilityId,
    /// ACCOUNTABLE, RESPONSIBLE, CONSULTED or INFORMED.
    pub part: String,
    /// The person who has it; none where a team has.
    pub person_id: Option<PersonId>,
    /// The team that has it; none where a person has.
    pub team_id: Option<TeamId>,
    /// The first day.
    pub from_on: Date,
    /// The last day, where it was said beforehand.
    pub until_on: Option<Date>,
    /// Who assigned it.
    pub assigned_by: Option<PersonId>,
    /// When it was assigned.
    pub assigned_at: DateTimeUtc,
    /// When it was ended.
    pub ended_at: Option<DateTimeUtc>,
    /// Who ended it.
    pub ended_by: Option<PersonId>,
    /// Why it was ended.
    pub end_reason: Option<String>,
    /// Whether whoever had it gave it back.
    pub handed_back: bool,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
