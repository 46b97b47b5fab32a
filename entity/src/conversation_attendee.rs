//! Somebody's part in one conversation, and how they prepared for it.

use hearten_ids::{ConversationId, ConversationPartId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// Somebody's part in one conversation, and how they prepared for it.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation_attendees")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationPartId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Who.
    pub person_id: PersonId,
    /// The other person of a 1:1.
    pub counterpart_id: Option<PersonId>,
    /// When the conversation was held, as in its own row: so that the last of two people is found here.
    pub held_at: Option<DateTimeUtc>,
    /// How they are, 1 to 5.
    pub mood: Option<i32>,
    /// What matters most to them: a JSON array of texts.
    pub priorities: Json,
    /// What is in their way: a JSON array of texts.
    pub blockers: Json,
    /// When they prepared.
    pub prepared_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
