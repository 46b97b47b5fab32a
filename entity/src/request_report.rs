//! How requests of a quarter were answered, by team: decided and computed once, then never changed.

use hearten_ids::{OrganizationId, RequestReportId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// How requests of a quarter were answered, by team: decided and computed once, then never changed.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "request_reports")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RequestReportId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The quarter, as in 2026-Q3.
    pub quarter: String,
    /// The cuts, what the plan says of each, and the figures of those shown.
    pub figures: Json,
    /// When.
    pub computed_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
