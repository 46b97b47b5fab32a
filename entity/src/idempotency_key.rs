//! What a mutation answered, so that a retry gets the same. Never holds a survey answer or a secret.

use hearten_ids::OrganizationId;
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What a mutation answered, so that a retry gets the same. Never holds a survey answer or a secret.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// The id: a hash of principal, mutation and key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: uuid::Uuid,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// SHA-256 of the input.
    pub input_hash: Vec<u8>,
    /// Ids the answer is rebuilt from.
    pub outcome: Json,
    /// When; kept for 24 hours.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
