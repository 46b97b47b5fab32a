//! That a person was thanked: the index of `recognitions.receivers`.

use hearten_ids::{OrganizationId, PersonId, RecognitionId, RecognitionReceiverId, TeamId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// That a person was thanked: the index of `recognitions.receivers`.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recognition_receivers")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RecognitionReceiverId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Where.
    pub recognition_id: RecognitionId,
    /// Who.
    pub person_id: PersonId,
    /// The team of the person at that moment.
    pub team_id: Option<TeamId>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
