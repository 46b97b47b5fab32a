//! What a transfer did to one account. Append-only; those of one transfer sum to zero.

use hearten_ids::{OrganizationId, PointAccountId, PointPostingId, PointTransferId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What a transfer did to one account. Append-only; those of one transfer sum to zero.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "point_postings")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PointPostingId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The transfer.
    pub transfer_id: PointTransferId,
    /// The account.
    pub account_id: PointAccountId,
    /// What was added; taken when below zero.
    pub amount: i64,
    /// What the account held after it: so the books show in which order things happened, and that nothing was ever
    /// overdrawn in between.
    pub balance_after: i64,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
