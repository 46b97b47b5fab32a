//! Something points can be spent on.

use hearten_ids::{OrganizationId, RewardId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// Something points can be spent on.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rewards")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RewardId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// What it is.
    pub title: String,
    /// More about it.
    pub description: String,
    /// What it costs, in points.
    pub price: i64,
    /// How many are left; none for as many as wanted.
    pub stock: Option<i64>,
    /// Whether it can be redeemed.
    pub active: bool,
    /// Whether somebody has to approve each redemption.
    pub needs_approval: bool,
    /// When it was created.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
