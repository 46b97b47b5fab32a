//! A person who owns a queue, beside the team that does or instead of one.

use hearten_ids::{OrganizationId, PersonId, RequestQueueId, RequestQueueOwnerId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A person who owns a queue, beside the team that does or instead of one.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "request_queue_owners")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RequestQueueOwnerId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The queue.
    pub queue_id: RequestQueueId,
    /// The owner.
    pub person_id: PersonId,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
