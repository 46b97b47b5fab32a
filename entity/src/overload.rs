//! That somebody had accepted more for a week than there is time: told to them first, to their manager later.

use hearten_ids::{OrganizationId, OverloadId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// That somebody had accepted more for a week than there is time: told to them first, to their manager later.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "overloads")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OverloadId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Who has too much.
    pub person_id: PersonId,
    /// The Monday of the week.
    pub week: Date,
    /// When it was noticed.
    pub noticed_at: DateTimeUtc,
    /// When it was over, or told to the manager.
    pub closed_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
