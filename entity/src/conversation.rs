//! One conversation of a series.

use hearten_ids::{ConversationId, ConversationSeriesId, OrganizationId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// One conversation of a series.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "conversations")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The series.
    pub series_id: ConversationSeriesId,
    /// 1 for the first.
    pub number: i32,
    /// What it is called: it follows the series while it is planned, and stays as it was after that.
    pub title: String,
    /// PLANNED, HELD, SKIPPED or CANCELLED.
    pub state: String,
    /// When the rhythm has it.
    pub slot_at: DateTimeUtc,
    /// When it takes place; another time than the slot once it was moved.
    pub scheduled_at: DateTimeUtc,
    /// How long it takes.
    pub duration_minutes: i32,
    /// When it was held.
    pub held_at: Option<DateTimeUtc>,
    /// What participants wrote down together.
    pub shared_note: Option<String>,
    /// Grows with each writing of the shared note.
    pub shared_version: i32,
    /// Grows when calendars must learn of a change.
    pub sequence: i32,
    /// When calendars last had something to learn.
    pub changed_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
