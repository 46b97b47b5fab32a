//! What an internal customer asks for.

use hearten_ids::{OrganizationId, PersonId, RequestQueueId, ServiceRequestId, TeamId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What an internal customer asks for.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "service_requests")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ServiceRequestId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// TOOL, RESOURCE, INFORMATION or DECISION.
    pub kind: String,
    /// In one line.
    pub title: String,
    /// The whole of it; empty where the title says it.
    pub details: String,
    /// LOW, NORMAL or HIGH.
    pub urgency: String,
    /// PRIVATE, or TEAM for the team of the asker too.
    pub visibility: String,
    /// Who asks.
    pub asker_id: PersonId,
    /// The asker's team when it was opened.
    pub asker_team_id: Option<TeamId>,
    /// The queue; none where a person was asked directly.
    pub queue_id: Option<RequestQueueId>,
    /// Who is to answer.
    pub assignee_id: Option<PersonId>,
    /// Who it climbed to last.
    pub escalated_to: Option<PersonId>,
    /// How many steps it has climbed.
    pub escalation_level: i32,
    /// The goal it blocks: an id text.
    pub blocking_goal: Option<String>,
    /// OPEN, WAITING, ANSWERED, DECLINED, FULFILLED or WITHDRAWN.
    pub state: String,
    /// Why it was declined.
    pub decline_reason: Option<String>,
    /// When it was opened.
    pub opened_at: DateTimeUtc,
    /// When the asker needs it.
    pub needed_by: Option<DateTimeUtc>,
    /// When its service time began.
    pub clock_since: DateTimeUtc,
    /// Its service time.
    pub service_hours: i32,
    /// How long the clock has stood still.
    pub paused_seconds: i64,
    /// Since when the asker is waited for.
    pub waiting_since: Option<DateTimeUtc>,
    /// When an answer is due.
    pub due_at: DateTimeUtc,
    /// When it climbs by itself; none where nobody is left above, or nothing is owed.
    pub climbs_at: Option<DateTimeUtc>,
    /// When it was first answered, declined or fulfilled.
    pub answered_at: Option<DateTimeUtc>,
    /// When it was last answered, declined, fulfilled or withdrawn.
    pub settled_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
