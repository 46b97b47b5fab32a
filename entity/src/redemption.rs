//! A person's wish to have a reward for points.

use hearten_ids::{OrganizationId, PersonId, PointTransferId, RedemptionId, RewardId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A person's wish to have a reward for points.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "redemptions")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RedemptionId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Which reward.
    pub reward_id: RewardId,
    /// Whose wish.
    pub person_id: PersonId,
    /// What it cost at that moment, in points.
    pub price: i64,
    /// Whether it was taken from a stock, to which it would go back.
    pub took_stock: bool,
    /// REQUESTED, APPROVED, FULFILLED, DECLINED, CANCELLED or REFUNDED.
    pub state: String,
    /// Why it was declined or refunded.
    pub reason: Option<String>,
    /// The transfer that holds the points.
    pub transfer_id: PointTransferId,
    /// When it was asked for.
    pub requested_at: DateTimeUtc,
    /// When it was approved.
    pub approved_at: Option<DateTimeUtc>,
    /// When it was fulfilled, declined, cancelled or refunded.
    pub ended_at: Option<DateTimeUtc>,
    /// Who decided last; none when nobody had to, or an integration did.
    pub decided_by: Option<PersonId>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
