//! A movement of points between accounts. Append-only.

use hearten_ids::{OrganizationId, PersonId, PointTransferId, RecognitionId, RedemptionId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A movement of points between accounts. Append-only.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "point_transfers")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PointTransferId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Why: ALLOWANCE_GRANT, ALLOWANCE_LAPSE, BUDGET_GRANT, RECOGNITION, ADJUSTMENT, HOLD, FULFILMENT or REVERSAL.
    pub kind: String,
    /// When.
    pub made_at: DateTimeUtc,
    /// By whom; none when Hearten did it by itself, or an integration.
    pub made_by: Option<PersonId>,
    /// Why, in words, when somebody had to say.
    pub reason: Option<String>,
    /// The recognition it is for.
    pub recognition_id: Option<RecognitionId>,
    /// The redemption it is for.
    pub redemption_id: Option<RedemptionId>,
    /// The transfer it undoes; each is undone once at most.
    pub reverses: Option<PointTransferId>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
