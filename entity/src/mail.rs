//! A mail to be sent, written in the transaction of what it tells of. It holds ids, never content: what it says is written
//! when it is sent.

use hearten_ids::{MailId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// A mail to be sent, written in the transaction of what it tells of.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mails")]
pub struct Model {
    /// The id, which also names the message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MailId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// To whom.
    pub person_id: PersonId,
    /// What kind of mail, such as DIGEST.
    pub kind: String,
    /// What it is written from: ids and times.
    pub arguments: Json,
    /// When it was put here.
    pub created_at: DateTimeUtc,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next; none when it was sent or given up.
    pub next_attempt_at: Option<DateTimeUtc>,
    /// When a server took it.
    pub sent_at: Option<DateTimeUtc>,
    /// Why it was not sent, or not yet.
    pub failure: Option<String>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Entity {
    /// Mails of every organization that are due: sending serves the whole installation.
    pub fn due(now: DateTimeUtc) -> Select<Self> {
        Self::find().filter(Column::NextAttemptAt.lte(now))
    }
}
