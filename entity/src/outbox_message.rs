//! An effect to be delivered, written in the transaction of the change that caused it.

use hearten_ids::{OrganizationId, OutboxId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// An effect to be delivered, written in the transaction of the change that caused it.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox_messages")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OutboxId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// What it is about.
    pub topic: String,
    /// Ids and versions, never content.
    pub payload: Json,
    /// When it was written.
    pub created_at: DateTimeUtc,
    /// When it was delivered.
    pub delivered_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Entity {
    /// Messages of every organization that wait to be carried: carrying serves the whole installation.
    pub fn waiting() -> Select<Self> {
        Self::find().filter(Column::DeliveredAt.is_null())
    }

    /// Updates messages that wait to be carried.
    pub fn update_waiting() -> sea_orm::UpdateMany<Self> {
        <Self as EntityTrait>::update_many().filter(Column::DeliveredAt.is_null())
    }

    /// Messages of every organization that were delivered before a moment.
    pub fn delivered_before(moment: DateTimeUtc) -> Select<Self> {
        Self::find().filter(Column::DeliveredAt.lt(moment))
    }

    /// Deletes messages of every organization that were delivered before a moment.
    pub fn delete_delivered_before(moment: DateTimeUtc) -> sea_orm::DeleteMany<Self> {
        <Self as EntityTrait>::delete_many().filter(Column::DeliveredAt.lt(moment))
    }
}
