//! An API token of an integration. The secret itself is never stored.

use hearten_ids::{ApiTokenId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// An API token of an integration. The secret itself is never stored.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_tokens")]
pub struct Model {
    /// The id; part of the token's text.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiTokenId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// What it is for.
    pub name: String,
    /// SHA-256 of the secret.
    pub secret_hash: Vec<u8>,
    /// SHA-256 of the secret before the last rotation.
    pub previous_hash: Option<Vec<u8>>,
    /// Until when the previous secret is accepted.
    pub previous_until: Option<DateTimeUtc>,
    /// The scopes: a JSON array of names.
    pub scopes: Json,
    /// Networks it may be used from: a JSON array of CIDR texts; empty for any.
    pub networks: Json,
    /// Who created it.
    pub created_by: Option<PersonId>,
    /// When.
    pub created_at: DateTimeUtc,
    /// When it stops working.
    pub expires_at: DateTimeUtc,
    /// When it was last used, to the hour.
    pub last_used_at: Option<DateTimeUtc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Entity {
    /// The token a bearer names, before the tenant is known: the token is what tells it.
    pub fn by_id_before_sign_in(id: ApiTokenId) -> Select<Self> {
        Self::find().filter(Column::Id.eq(id))
    }
}
