//! One move in the history of an expectation. Rows are written once.

use hearten_ids::{ExpectationId, ExpectationMoveId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// One move in the history of an expectation. Rows are written once.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "expectation_moves")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExpectationMoveId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The expectation.
    pub expectation_id: ExpectationId,
    /// Its place in the history, from 1.
    pub number: i32,
    /// PROPOSE, ACCEPT, COUNTER, DECLINE, WITHDRAW, REPORT, MEET, EXCEED or MISS.
    pub step: String,
    /// Who made it.
    pub person_id: PersonId,
    /// Why.
    pub reason: Option<String>,
    /// What was to be done from then on.
    pub what: String,
    /// How much of it.
    pub amount: i32,
    /// MINUTES, HOURS, DAYS, ITEMS or TIMES.
    pub unit: String,
    /// Until when.
    pub due_on: Date,
    /// When it was made.
    pub moved_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
