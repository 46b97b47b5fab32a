//! A point of an agenda. It stays with the series until it is done, so it is carried over without being copied.

use hearten_ids::{AgendaItemId, ConversationSeriesId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A point of an agenda. It stays with the series until it is done, so it is carried over without being copied.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agenda_items")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AgendaItemId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The series.
    pub series_id: ConversationSeriesId,
    /// The point.
    pub text: String,
    /// The section of the series it belongs to, from 0.
    pub section: Option<i32>,
    /// Who added it.
    pub author_id: PersonId,
    /// Its place among the others.
    pub position: i32,
    /// The number of the conversation it was added for.
    pub first_number: i32,
    /// The number of the conversation for which its text was last written.
    pub edited_number: i32,
    /// The number of the conversation in which it was done.
    pub done_number: Option<i32>,
    /// When.
    pub done_at: Option<DateTimeUtc>,
    /// When it was added.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
