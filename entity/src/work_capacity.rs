//! How much time somebody has for expectations, where it is not the usual week.

use hearten_ids::{OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// How much time somebody has for expectations, where it is not the usual week.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "work_capacities")]
pub struct Model {
    /// Whose time it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Minutes a week.
    pub minutes_a_week: i32,
    /// Who said so.
    pub set_by: PersonId,
    /// When.
    pub set_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
