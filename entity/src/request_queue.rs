//! Where requests of a kind are sent: who owns it, and how soon it answers.

use hearten_ids::{OrganizationId, RequestQueueId, TeamId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// Where requests of a kind are sent: who owns it, and how soon it answers.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "request_queues")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RequestQueueId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Its name.
    pub name: String,
    /// What belongs into it.
    pub description: String,
    /// The team that owns it; none where persons do.
    pub team_id: Option<TeamId>,
    /// Hours until an answer of low urgency is due.
    pub hours_low: i32,
    /// The same of normal urgency.
    pub hours_normal: i32,
    /// The same of high urgency.
    pub hours_high: i32,
    /// Since when API tokens see and work the requests that are opened in it; none while they do not.
    pub integrations_since: Option<DateTimeUtc>,
    /// When it was created.
    pub created_at: DateTimeUtc,
    /// Since when it takes no requests.
    pub archived_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
