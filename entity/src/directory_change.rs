//! One entry of a person's history: a change of team, manager, title or employment.

use hearten_ids::{DirectoryChangeId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// One entry of a person's history: a change of team, manager, title or employment.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "directory_changes")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DirectoryChangeId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Whose history.
    pub person_id: PersonId,
    /// TEAM, MANAGER, TITLE, RELATIONSHIP, HIRED or LEFT.
    pub field: String,
    /// What it was; an id for team and manager.
    pub old_value: Option<String>,
    /// What it became.
    pub new_value: Option<String>,
    /// From which day it holds.
    pub effective_on: Date,
    /// When it was recorded.
    pub recorded_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
