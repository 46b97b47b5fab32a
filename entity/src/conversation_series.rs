//! What recurs between the same people: a 1:1 or the meeting of a team.

use hearten_ids::{ConversationSeriesId, ConversationTemplateId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What recurs between the same people: a 1:1 or the meeting of a team.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation_series")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationSeriesId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// ONE_ON_ONE or TEAM.
    pub kind: String,
    /// What participants and their calendars call it.
    pub title: String,
    /// Who manages a TEAM series; none for a 1:1, which both manage.
    pub host_id: Option<PersonId>,
    /// NONE, WEEKLY or MONTHLY.
    pub rhythm: String,
    /// Every so many weeks or months; 1 where it does not recur.
    pub every: i32,
    /// The first day.
    pub starts_on: Date,
    /// The local time, in minutes after midnight.
    pub local_minute: i32,
    /// A time zone of the IANA database.
    pub time_zone: String,
    /// How long a conversation takes.
    pub duration_minutes: i32,
    /// The template it began with.
    pub template_id: Option<ConversationTemplateId>,
    /// The sections of the agenda, as the template had them.
    pub sections: Json,
    /// Who began it.
    pub created_by: PersonId,
    /// When.
    pub created_at: DateTimeUtc,
    /// When it ended; none while it goes on.
    pub ended_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
