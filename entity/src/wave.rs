//! One run of a survey.

use hearten_ids::{OrganizationId, SurveyId, WaveId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// One run of a survey.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "waves")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WaveId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The survey.
    pub survey_id: SurveyId,
    /// 1 for the first run.
    pub number: i32,
    /// OPEN, CLOSED, PUBLISHED or WITHHELD.
    pub state: String,
    /// The team tree as it stood at launch.
    pub frame: Json,
    /// When it was launched.
    pub opened_at: DateTimeUtc,
    /// When answers are due.
    pub closes_at: Option<DateTimeUtc>,
    /// When it was closed and its sheets were sealed.
    pub closed_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
