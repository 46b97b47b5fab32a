//! A reaction to a recognition: one a person.

use hearten_ids::{OrganizationId, PersonId, ReactionId, RecognitionId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A reaction to a recognition: one a person.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recognition_reactions")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReactionId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// To which.
    pub recognition_id: RecognitionId,
    /// Whose.
    pub person_id: PersonId,
    /// Which: a name of the fixed list.
    pub emoji: String,
    /// When.
    pub reacted_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
