//! The rules for points of an organization; without a row, the rules Hearten comes with hold.

use hearten_ids::{OrganizationId, PointRulesId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// The rules for points of an organization; without a row, the rules Hearten comes with hold.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "point_rules")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PointRulesId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// How many points are worth one unit of the currency.
    pub points_per_unit: i64,
    /// The currency: an ISO 4217 code.
    pub currency: String,
    /// Points a month, by relationship: a JSON object.
    pub monthly_allowance: Json,
    /// Whether every redemption waits for approval.
    pub approval_required: bool,
    /// When they last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
