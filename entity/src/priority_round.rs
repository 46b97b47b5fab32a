//! One round of asking what matters most.

use hearten_ids::{OrganizationId, PersonId, PriorityRoundId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// One round of asking what matters most.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "priority_rounds")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PriorityRoundId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The title, by language.
    pub title: Json,
    /// The options: keys and texts by language.
    pub options: Json,
    /// Whom it asks.
    pub audience: Json,
    /// SCHEDULED, OPEN or CLOSED.
    pub state: String,
    /// The fewest people of a shown group; frozen at opening.
    pub minimum_group: i32,
    /// After how many weeks the next round opens; none for one round only.
    pub cadence_weeks: Option<i32>,
    /// When it opens.
    pub opens_at: DateTimeUtc,
    /// When rankings are due.
    pub closes_at: DateTimeUtc,
    /// When it was closed.
    pub closed_at: Option<DateTimeUtc>,
    /// The cuts, frozen at opening.
    pub frame: Json,
    /// What the plan says of each cut; null until it is closed.
    pub plan: Json,
    /// The released counts; empty until it is closed.
    pub results: Vec<u8>,
    /// The round before.
    pub previous_id: Option<PriorityRoundId>,
    /// Who planned it.
    pub created_by: Option<PersonId>,
    /// When it was planned.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
