//! How somebody wants to be told. Who has no row is told in the application only.

use hearten_ids::{NotificationId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// How somebody wants to be told. Who has no row is told in the application only.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_preferences")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Areas the person is not told of: a JSON array of the first parts of kinds.
    pub muted: Json,
    /// NONE, DAILY or WEEKLY.
    pub digest: String,
    /// When the next digest is due; none when there is no digest.
    pub next_digest_at: Option<DateTimeUtc>,
    /// The newest notification a digest has told of.
    pub digested_up_to: Option<NotificationId>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Entity {
    /// Those of every organization whose digest is due: sending serves the whole installation.
    pub fn due(now: DateTimeUtc) -> Select<Self> {
        Self::find().filter(Column::NextDigestAt.lte(now))
    }
}
