//! What somebody is told: one row for each person a happening concerns, also for who did it.

use hearten_ids::{NotificationId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What somebody is told: one row for each person a happening concerns, also for who did it.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notifications")]
pub struct Model {
    /// The id; grows with time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NotificationId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Who is told.
    pub person_id: PersonId,
    /// What happened, such as goal.checked_in.
    pub kind: String,
    /// The id of the object it happened to.
    pub subject: String,
    /// Who did it; none for what the service does by itself.
    pub actor_id: Option<PersonId>,
    /// When.
    pub happened_at: DateTimeUtc,
    /// When the person saw it; at once for what they did themselves.
    pub seen_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
