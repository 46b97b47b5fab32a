//! A value of the company, which recognition can name.

use hearten_ids::{CompanyValueId, OrganizationId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A value of the company, which recognition can name.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "company_values")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CompanyValueId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// What it is called; unique in the organization among those in use.
    pub name: String,
    /// What it means here.
    pub description: String,
    /// A sign for it.
    pub emoji: Option<String>,
    /// Whether new recognition may name it.
    pub active: bool,
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
