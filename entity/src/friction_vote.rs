//! That a friction affects somebody.

use hearten_ids::{FrictionId, FrictionVoteId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// That a friction affects somebody.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "friction_votes")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FrictionVoteId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The friction.
    pub friction_id: FrictionId,
    /// Whom it affects.
    pub person_id: PersonId,
    /// Minutes lost a week, where the person said so.
    pub minutes: Option<i32>,
    /// When.
    pub voted_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
