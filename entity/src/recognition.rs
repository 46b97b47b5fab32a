//! Thanks from one person to others. It never changes but for being withdrawn.

use hearten_ids::{CompanyValueId, OrganizationId, PersonId, PointTransferId, RecognitionId, TeamId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// Thanks from one person to others. It never changes but for being withdrawn.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recognitions")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RecognitionId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Who thanks.
    pub giver_id: PersonId,
    /// The team of the giver at that moment.
    pub giver_team_id: Option<TeamId>,
    /// Who is thanked, each with the team of that moment: a JSON array of pairs, at most 50. The same as in `recognition_receivers`, which is there to search by.
    pub receivers: Json,
    /// The value it names.
    pub company_value_id: Option<CompanyValueId>,
    /// What for.
    pub message: String,
    /// Points for each receiver.
    pub points: i64,
    /// PUBLIC, TEAM or PRIVATE.
    pub visibility: String,
    /// The team whose budget gave the points; none when it was the allowance of the giver.
    pub budget_team_id: Option<TeamId>,
    /// The transfer that gave the points; none without points.
    pub transfer_id: Option<PointTransferId>,
    /// When.
    pub given_at: DateTimeUtc,
    /// When the giver took it back.
    pub withdrawn_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
