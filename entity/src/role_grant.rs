//! A role granted to a person.

use hearten_ids::{OrganizationId, PersonId, RoleGrantId, TeamId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A role granted to a person.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "role_grants")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoleGrantId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Who holds it.
    pub person_id: PersonId,
    /// ADMIN, PEOPLE_PARTNER or EXECUTIVE; the other roles follow from the chart.
    pub role: String,
    /// The sub-tree it is limited to; none for the whole organization.
    pub team_id: Option<TeamId>,
    /// Who granted it.
    pub granted_by: Option<PersonId>,
    /// When.
    pub granted_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
