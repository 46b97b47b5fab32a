//! The tenant: every other row belongs to one.

use hearten_ids::OrganizationId;
use sea_orm::entity::prelude::*;

/// The tenant: every other row belongs to one.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "organizations")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganizationId,
    /// The short name used in settings; unique.
    pub slug: String,
    /// The name people read.
    pub name: String,
    /// The language texts fall back to.
    pub default_locale: String,
    /// Counts up with every change of the directory.
    pub chart_version: i64,
    /// When it was created.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The organization itself: it is its own tenant.
    pub fn by_id(id: OrganizationId) -> Select<Self> {
        Self::find().filter(Column::Id.eq(id))
    }

    /// The organization a setting names, before anybody is signed in.
    pub fn by_slug(slug: &str) -> Select<Self> {
        Self::find().filter(Column::Slug.eq(slug))
    }

    /// Every organization, for work that serves the whole installation.
    pub fn all() -> Select<Self> {
        Self::find()
    }
}

impl Entity {
    /// Updates the organization itself.
    pub fn update_version(id: OrganizationId) -> sea_orm::UpdateMany<Self> {
        <Self as EntityTrait>::update_many().filter(Column::Id.eq(id))
    }
}
