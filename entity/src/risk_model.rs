//! A version of the retention model, with its card. Never changed.

use hearten_ids::{OrganizationId, RiskModelId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A version of the retention model, with its card. Never changed.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "risk_models")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RiskModelId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The version, from 1.
    pub number: i32,
    /// The first day of the month it was fitted in; one a month.
    pub month: Date,
    /// When.
    pub fitted_at: DateTimeUtc,
    /// What the leavers on record allow: PRIOR_ONLY, GROUPS_ONLY or PERSONS_POSSIBLE.
    pub gate: String,
    /// The coefficients with their covariance; none where nothing could be fitted.
    pub model: Option<Json>,
    /// The card.
    pub card: Json,
    /// What it says of groups, as far as they are shown.
    pub groups: Json,
    /// Whether it may be shown.
    pub shown: bool,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
