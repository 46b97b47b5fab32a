//! What is asked, of whom, and under which promise.

use hearten_ids::{OrganizationId, PersonId, SurveyId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What is asked, of whom, and under which promise.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "surveys")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SurveyId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// ENGAGEMENT, PULSE, LIFECYCLE, ENPS, PRIORITIES, EXIT or CUSTOM.
    pub kind: String,
    /// DRAFT, SCHEDULED, OPEN, CLOSED, PUBLISHED, WITHHELD or ARCHIVED.
    pub state: String,
    /// The title, by language.
    pub title: Json,
    /// Sections and questions.
    pub questionnaire: Json,
    /// Who is invited.
    pub audience: Json,
    /// The privacy notice; frozen at launch.
    pub notice: Json,
    /// The attributes by which results may be cut: a JSON array of names.
    pub axes: Json,
    /// Who drafted it.
    pub created_by: Option<PersonId>,
    /// When it was drafted.
    pub created_at: DateTimeUtc,
    /// When everything was frozen.
    pub launched_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
