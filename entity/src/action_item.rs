//! Something somebody said they would do.

use hearten_ids::{ActionItemId, ConversationId, ConversationSeriesId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// Something somebody said they would do.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "action_items")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ActionItemId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The series.
    pub series_id: ConversationSeriesId,
    /// The conversation in which it was said.
    pub conversation_id: ConversationId,
    /// What is to be done.
    pub text: String,
    /// By whom.
    pub owner_id: PersonId,
    /// Who wrote it down.
    pub created_by: PersonId,
    /// Until when.
    pub due_on: Option<Date>,
    /// When it was done.
    pub done_at: Option<DateTimeUtc>,
    /// When the owner was told that it is due.
    pub reminded_at: Option<DateTimeUtc>,
    /// When it was written down.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
