//! A person's ranking while the round is open. Closing deletes it.

use hearten_ids::{OrganizationId, PersonId, PriorityBallotId, PriorityRoundId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A person's ranking while the round is open. Closing deletes it.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "priority_ballots")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PriorityBallotId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The round.
    pub round_id: PriorityRoundId,
    /// Whose.
    pub person_id: PersonId,
    /// The ranked options by index, the most important first.
    pub ranking: Vec<u8>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
