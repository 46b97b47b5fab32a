//! A person's account at an identity provider.

use hearten_ids::{IdentityId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A person's account at an identity provider.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "identities")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IdentityId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Whose account.
    pub person_id: PersonId,
    /// The provider.
    pub issuer: String,
    /// The account at the provider.
    pub subject: String,
    /// When it was linked.
    pub linked_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
