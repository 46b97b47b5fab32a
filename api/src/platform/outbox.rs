//! The outbox: effects leave through it, at least once, whatever happens to the process.
//!
//! A service writes a message in the transaction of its change. One task per node carries messages to the bus and marks
//! them; woken after each commit, it also looks by itself, so that a message whose writer died is carried by the next
//! one who looks. Messages hold ids and versions, never content.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use hearten_entity::outbox_message;
use hearten_ids::{OrganizationId, OutboxId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};
use tokio::sync::Notify;

use crate::platform::{
    bus::{Bus, Event},
    clock::Clock,
    db::Db,
    random::Random,
};

/// How often a node looks without being woken.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// Messages written by one statement.
const ROWS_A_STATEMENT: usize = 1_000;
/// Messages carried at once.
const BATCH: u64 = 100;

/// Wakes the task that carries messages.
#[derive(Debug, Clone, Default)]
pub struct Outbox(Arc<Notify>);

impl Outbox {
    /// Writes an event into the outbox, in the transaction of the change it tells of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn write_in_tx(
        tx: &impl ConnectionTrait,
        organization: OrganizationId,
        event: &Event,
        random: &Random,
        now: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        Self::write_all_in_tx(tx, organization, std::slice::from_ref(event), random, now).await
    }

    /// As [`Outbox::write_in_tx`], of several events at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn write_all_in_tx(
        tx: &impl ConnectionTrait,
        organization: OrganizationId,
        events: &[Event],
        random: &Random,
        now: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        for chunk in events.chunks(ROWS_A_STATEMENT) {
            let mut rows = Vec::with_capacity(chunk.len());
            for event in chunk {
                rows.push(outbox_message::ActiveModel {
                    id: Set(OutboxId(random.id(now))),
                    organization_id: Set(organization),
                    topic: Set("event".to_owned()),
                    payload: Set(serde_json::to_value(event).map_err(|error| DbErr::Json(error.to_string()))?),
                    created_at: Set(now),
                    delivered_at: Set(None),
                });
            }
            outbox_message::Entity::insert_many(rows).exec_without_returning(tx).await?;
        }
        Ok(())
    }

    /// Says that something was written and committed.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    /// Carries messages to the bus until the process ends.
    pub async fn carry(&self, db: Db, bus: Bus, clock: Clock) {
        loop {
            if let Err(error) = forget_old(&db, &clock).await {
                tracing::warn!(%error, "delivered messages cannot be deleted; trying again");
            }
            match carry_some(&db, &bus, &clock).await {
                Ok(carried) if carried == BATCH as usize => continue,
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "the outbox cannot be read; trying again"),
            }
            tokio::select! {
                () = self.0.notified() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }
}

/// Deletes messages that were delivered a week ago.
async fn forget_old(db: &Db, clock: &Clock) -> Result<(), DbErr> {
    let old = clock.now() - TimeDelta::days(7);
    if outbox_message::Entity::delivered_before(old).one(db.read()).await?.is_some() {
        outbox_message::Entity::delete_delivered_before(old).exec(db.write()).await?;
    }
    Ok(())
}

async fn carry_some(db: &Db, bus: &Bus, clock: &Clock) -> Result<usize, DbErr> {
    // Looking costs no write lock; most looks find nothing.
    let waiting = || outbox_message::Entity::waiting().order_by_asc(outbox_message::Column::Id).limit(BATCH);
    if waiting().one(db.read()).await?.is_none() {
        return Ok(0);
    }
    let tx = db.begin().await?;
    // Two nodes carry different messages: each skips what the other holds.
    let rows = waiting().lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).all(&tx).await?;
    for row in &rows {
        match serde_json::from_value::<Event>(row.payload.clone()) {
            Ok(event) => bus.publish(event).await,
            Err(_) => tracing::error!(message = %row.id, "a message of the outbox cannot be understood"),
        }
    }
    let ids = rows.iter().map(|row| row.id);
    outbox_message::Entity::update_waiting()
        .filter(outbox_message::Column::Id.is_in(ids))
        .col_expr(outbox_message::Column::DeliveredAt, Expr::value(clock.now()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(rows.len())
}
