//! The one root of all finders.

use hearten_ids::OrganizationId;
use sea_orm::{ColumnTrait, DeleteMany, EntityTrait, QueryFilter, Select, UpdateMany};

/// An entity whose rows belong to a tenant.
pub trait InOrganization: EntityTrait {
    /// The column that names the tenant.
    const ORGANIZATION: Self::Column;

    /// Selects rows of `organization`.
    fn in_org(organization: OrganizationId) -> Select<Self> {
        Self::find().filter(Self::ORGANIZATION.eq(organization))
    }

    /// Updates rows of `organization`.
    fn update_in_org(organization: OrganizationId) -> UpdateMany<Self> {
        Self::update_many().filter(Self::ORGANIZATION.eq(organization))
    }

    /// Deletes rows of `organization`.
    fn delete_in_org(organization: OrganizationId) -> DeleteMany<Self> {
        Self::delete_many().filter(Self::ORGANIZATION.eq(organization))
    }
}
