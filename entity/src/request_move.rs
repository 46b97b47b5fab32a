//! What happened to a request, one row a move. Append-only.

use hearten_ids::{OrganizationId, PersonId, RequestMoveId, RequestQueueId, ServiceRequestId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What happened to a request, one row a move. Append-only.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "request_moves")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RequestMoveId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The request.
    pub request_id: ServiceRequestId,
    /// What happened.
    pub kind: String,
    /// Who did it; none for an integration, and where time did.
    pub actor_id: Option<PersonId>,
    /// Whom it concerns: the new assignee, or whom it climbed to.
    pub person_id: Option<PersonId>,
    /// The queue it came to.
    pub queue_id: Option<RequestQueueId>,
    /// The reason, where one was given.
    pub note: Option<String>,
    /// When.
    pub moved_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
