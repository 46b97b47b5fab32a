//! Somebody in the organization.

use hearten_ids::{OrganizationId, PersonId, TeamId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// Somebody in the organization.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "persons")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The id in the system of record; unique in the organization.
    pub external_id: Option<String>,
    /// The name others see.
    pub display_name: String,
    /// The e-mail address as written.
    pub email: Option<String>,
    /// The address in lower case; unique in the organization.
    pub email_key: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// EMPLOYEE, CONTRACTOR, OWNER or BOARD_MEMBER.
    pub relationship: String,
    /// The team the person belongs to.
    pub team_id: Option<TeamId>,
    /// Who the person reports to.
    pub manager_id: Option<PersonId>,
    /// The first day.
    pub hired_on: Option<Date>,
    /// The last day, when known.
    pub left_on: Option<Date>,
    /// VOLUNTARY, INVOLUNTARY, RETIREMENT, END_OF_CONTRACT or OTHER.
    pub leave_reason: Option<String>,
    /// The language the person reads.
    pub locale: Option<String>,
    /// Named values such as site or level: a JSON object of texts.
    pub attributes: Json,
    /// Tokens issued before this moment are void.
    pub signed_out_before: Option<DateTimeUtc>,
    /// Whether signing in is switched off.
    pub deactivated: bool,
    /// The directory version that last touched this row.
    pub chart_version: i64,
    /// When it was created.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
