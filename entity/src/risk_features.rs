//! What was known of somebody's situation in a month, frozen then.

use hearten_ids::{OrganizationId, PersonId, RiskFeaturesId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What was known of somebody's situation in a month, frozen then.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "risk_features")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RiskFeaturesId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Of whom.
    pub person_id: PersonId,
    /// The first day of the month; one row a person and month.
    pub month: Date,
    /// The day the row was made: it holds what was known before that day.
    pub as_of: Date,
    /// The features, packed: a byte for the list of features, then each as a number.
    pub packed: Vec<u8>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
