//! A template of the organization's own: the sections an agenda begins with.

use hearten_ids::{ConversationTemplateId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A template of the organization's own: the sections an agenda begins with.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation_templates")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationTemplateId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// What it is called.
    pub name: String,
    /// The sections.
    pub sections: Json,
    /// Who made it.
    pub created_by: PersonId,
    /// When.
    pub created_at: DateTimeUtc,
    /// When it was taken out of use.
    pub archived_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
