//! An account that holds points. The balance is what its postings sum to, and never below zero but for the issue.

use hearten_ids::{OrganizationId, PointAccountId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// An account that holds points. The balance is what its postings sum to, and never below zero but for the issue.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "point_accounts")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PointAccountId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// ISSUE, SPENT, ALLOWANCE, EARNED, BUDGET or HOLD.
    pub kind: String,
    /// Whose: a person, a team, a redemption, or the organization. Unique with the kind.
    pub holder: Uuid,
    /// What it holds.
    pub balance: i64,
    /// For allowances: the month whose allowance was granted last, such as 2026-11.
    pub month: Option<String>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
