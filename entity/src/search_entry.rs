//! What the search knows of an object: its words, folded, and who may find it.

use hearten_ids::OrganizationId;
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What the search knows of an object: its words, folded, and who may find it.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_entries")]
pub struct Model {
    /// The number by which the index knows it. Never leaves the server.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// What it is, such as GOAL.
    pub kind: String,
    /// The id of the object.
    pub subject: String,
    /// The words of its title, folded.
    pub title: String,
    /// The words of its text, folded.
    pub body: String,
    /// Words that stand for who may find it.
    pub readers: String,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
