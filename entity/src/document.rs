//! A trusted GraphQL document.

use hearten_ids::{DocumentId, OrganizationId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A trusted GraphQL document.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "documents")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DocumentId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// SHA-256 of the body, 64 hexadecimal digits.
    pub sha256: String,
    /// The document.
    pub body: String,
    /// When it was registered.
    pub registered_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
