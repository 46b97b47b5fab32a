//! Somebody's part in a series.

use hearten_ids::{ConversationPartId, ConversationSeriesId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// Somebody's part in a series.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation_participants")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationPartId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The series.
    pub series_id: ConversationSeriesId,
    /// Who.
    pub person_id: PersonId,
    /// Since when.
    pub joined_at: DateTimeUtc,
    /// Until when; none for those who take part now.
    pub left_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
