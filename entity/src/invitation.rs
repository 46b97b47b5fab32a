//! A person's right to answer a wave. In CONFIDENTIAL mode it knows that the person answered, and nothing else: no time, no sheet.

use hearten_ids::{InvitationId, OrganizationId, PersonId, TeamId, WaveId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A person's right to answer a wave. In CONFIDENTIAL mode it knows that the person answered, and nothing else: no time, no sheet.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The wave.
    pub wave_id: WaveId,
    /// Who is invited.
    pub person_id: PersonId,
    /// The team at launch.
    pub team_id: Option<TeamId>,
    /// The values of the survey's axes at launch.
    pub attributes: Json,
    /// PENDING or ANSWERED.
    pub state: String,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
