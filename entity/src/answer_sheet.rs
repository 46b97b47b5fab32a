//! All closed answers of one respondent, packed. Nothing here names the respondent.

use hearten_ids::{OrganizationId, SheetId, TeamId, WaveId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// All closed answers of one respondent, packed. Nothing here names the respondent.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "answer_sheets")]
pub struct Model {
    /// A random id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SheetId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The wave.
    pub wave_id: WaveId,
    /// The team at launch.
    pub team_id: Option<TeamId>,
    /// The values of the survey's axes at launch.
    pub attributes: Json,
    /// The answers, as `hearten_survey` packs them.
    pub packed: Vec<u8>,
    /// Lets the respondent change the sheet until close; erased by sealing.
    pub receipt_hash: Option<Vec<u8>>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
