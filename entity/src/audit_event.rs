//! Who did or read what. Append-only.

use hearten_ids::{AuditEventId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// Who did or read what. Append-only.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_events")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditEventId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The id of the person or token.
    pub actor: String,
    /// What was done, such as survey.launch.
    pub action: String,
    /// The id of the object.
    pub subject: String,
    /// Whose data was read, where it is one person's.
    pub person_id: Option<PersonId>,
    /// When.
    pub happened_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
