//! A node of the organization's one team tree.

use hearten_ids::{OrganizationId, PersonId, TeamId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A node of the organization's one team tree.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "teams")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TeamId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The id in the system of record; unique in the organization.
    pub external_id: Option<String>,
    /// The name.
    pub name: String,
    /// The team above; none for the root.
    pub parent_id: Option<TeamId>,
    /// Who leads it.
    pub lead_id: Option<PersonId>,
    /// Whether it is kept for history only.
    pub archived: bool,
    /// The directory version that last touched this row.
    pub chart_version: i64,
    /// When it was created.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
