//! What somebody wrote down about a conversation for themselves. Read by nobody else, whatever their role.

use hearten_ids::{ConversationId, OrganizationId, PersonId, PrivateNoteId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What somebody wrote down about a conversation for themselves. Read by nobody else, whatever their role.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "private_notes")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PrivateNoteId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Who wrote it, and the only one who reads it.
    pub author_id: PersonId,
    /// The note.
    pub text: String,
    /// When it was last written.
    pub written_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
