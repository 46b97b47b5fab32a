//! A secret address at which a calendar reads the conversations of a person. The secret itself is never stored.

use hearten_ids::{CalendarFeedId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A secret address at which a calendar reads the conversations of a person. The secret itself is never stored.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_feeds")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CalendarFeedId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Whose conversations.
    pub person_id: PersonId,
    /// What the person calls it.
    pub name: String,
    /// SHA-256 of the secret.
    pub secret_hash: Vec<u8>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it was last read, to the hour.
    pub last_fetched_at: Option<DateTimeUtc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The feed with this secret, before the tenant is known: a calendar brings nothing else.
    pub fn by_secret_hash(hash: &[u8]) -> Select<Self> {
        Self::find().filter(Column::SecretHash.eq(hash.to_vec()))
    }
}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
