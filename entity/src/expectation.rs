//! What somebody expects of somebody, as it stands.

use hearten_ids::{ExpectationId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What somebody expects of somebody, as it stands.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "expectations")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExpectationId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Who expects it.
    pub from_id: PersonId,
    /// Of whom.
    pub to_id: PersonId,
    /// PROPOSED, NEGOTIATED, ACCEPTED, DECLINED, WITHDRAWN, MET, EXCEEDED or MISSED.
    pub state: String,
    /// Whose answer the proposal on the table waits for: FROM or TO.
    pub awaits: Option<String>,
    /// What is to be done.
    pub what: String,
    /// How much of it.
    pub amount: i32,
    /// MINUTES, HOURS, DAYS, ITEMS or TIMES.
    pub unit: String,
    /// The last day on which it is in time.
    pub due_on: Date,
    /// 1 (low) to 4 (critical).
    pub urgency: i32,
    /// Why it is needed.
    pub background: Option<String>,
    /// Whether the manager of whom it is expected sees it.
    pub visible_to_manager: bool,
    /// When it was reported as done.
    pub reported_at: Option<DateTimeUtc>,
    /// How many moves its history has.
    pub moves: i32,
    /// How many of the reminders before it is due were sent, or passed.
    pub reminded_stage: i32,
    /// When it was proposed.
    pub created_at: DateTimeUtc,
    /// When the last move was made.
    pub changed_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
