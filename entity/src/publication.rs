//! The immutable results of a wave.

use hearten_ids::{OrganizationId, PublicationId, SurveyId, WaveId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// The immutable results of a wave.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "publications")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PublicationId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The survey.
    pub survey_id: SurveyId,
    /// The wave; unique.
    pub wave_id: WaveId,
    /// When.
    pub published_at: DateTimeUtc,
    /// The cuts and what the plan says of each.
    pub cuts: Json,
    /// The released table.
    pub results: Vec<u8>,
    /// The released comments.
    pub comments: Vec<u8>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
