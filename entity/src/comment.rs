//! One free-text answer, apart from its sheet.

use hearten_ids::{CommentId, OrganizationId, TeamId, WaveId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// One free-text answer, apart from its sheet.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "comments")]
pub struct Model {
    /// A random id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CommentId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The wave.
    pub wave_id: WaveId,
    /// The question.
    pub question_key: String,
    /// The team at launch.
    pub team_id: Option<TeamId>,
    /// The text.
    pub body: String,
    /// Lets the respondent change the text until close; erased by sealing. Differs from the sheet's and from those of other comments.
    pub receipt_hash: Option<Vec<u8>>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
