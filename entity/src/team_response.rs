//! We asked, you said, we did: a statement for a team.

use hearten_ids::{OrganizationId, PersonId, TeamId, TeamResponseId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// We asked, you said, we did: a statement for a team.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "team_responses")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TeamResponseId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The team it is for, with the teams below.
    pub team_id: TeamId,
    /// What was asked.
    pub asked: String,
    /// What was said.
    pub said: String,
    /// What was done.
    pub did: String,
    /// Who wrote it.
    pub author_id: PersonId,
    /// When.
    pub published_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
