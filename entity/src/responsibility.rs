//! An area of work somebody is responsible for.

use hearten_ids::{OrganizationId, PersonId, ResponsibilityId, TeamId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// An area of work somebody is responsible for.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "responsibilities")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ResponsibilityId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The name.
    pub name: String,
    /// The name in lower case.
    pub name_key: String,
    /// The id of the home team as a text, or empty: with the name, unique in the organization.
    pub home: String,
    /// What belongs to it.
    pub description: Option<String>,
    /// Other words people use for it: a JSON array of texts.
    pub keywords: Json,
    /// Name, keywords and description in lower case, to look for words in.
    pub words: String,
    /// The home team.
    pub team_id: Option<TeamId>,
    /// The area it is part of.
    pub parent_id: Option<ResponsibilityId>,
    /// When it was given up.
    pub retired_at: Option<DateTimeUtc>,
    /// Who wrote it down.
    pub created_by: Option<PersonId>,
    /// When it was written down.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
