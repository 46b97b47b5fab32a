//! How thanks are spread over the teams of an organization, as it was said first in a month.

use hearten_ids::OrganizationId;
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// How thanks are spread over the teams of an organization, as it was said first in a month.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recognition_balances")]
pub struct Model {
    /// The tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    /// The first day of the month in which it is shown.
    pub month: Date,
    /// What is shown of each team.
    pub figures: Json,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
