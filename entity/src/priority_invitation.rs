//! That somebody is asked in a round, and whether he or she took part. It says nothing of the ranking.

use hearten_ids::{OrganizationId, PersonId, PriorityInvitationId, PriorityRoundId, TeamId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// That somebody is asked in a round, and whether he or she took part. It says nothing of the ranking.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "priority_invitations")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PriorityInvitationId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The round.
    pub round_id: PriorityRoundId,
    /// Who is asked.
    pub person_id: PersonId,
    /// The person's team at opening.
    pub team_id: Option<TeamId>,
    /// Whether a ranking was given.
    pub took_part: bool,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
