//! What asker and owners write to each other.

use hearten_ids::{OrganizationId, PersonId, RequestMessageId, ServiceRequestId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What asker and owners write to each other.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "request_messages")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RequestMessageId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The request.
    pub request_id: ServiceRequestId,
    /// Who wrote it; none for an integration.
    pub author_id: Option<PersonId>,
    /// MESSAGE, QUESTION or ANSWER.
    pub kind: String,
    /// The text.
    pub body: String,
    /// When.
    pub written_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
