//! Finds the API token a bearer presents, and notes that it was used.
//!
//! Rows are remembered for at most a minute and only while the bus tells of every change; while it is away each
//! request asks the database, so that a revoked token is out at once either way.

use std::{net::IpAddr, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use hearten_entity::{
    InOrganization,
    api_token::{Column, Entity, Model},
};
use hearten_ids::ApiTokenId;
use moka::sync::Cache;
use sea_orm::{ColumnTrait, DbErr, ExprTrait, QueryFilter, sea_query::Expr};

use super::{
    api_token,
    event_cache::EventCache,
    refused::{Refused, SignInError},
};
use crate::platform::{clock::Clock, db::Db};

/// Tokens remembered.
const CAPACITY: u64 = 10_000;

/// Finds API tokens.
#[derive(Debug)]
pub struct ApiTokenRows {
    clock: Clock,
    rows: EventCache<ApiTokenId, Arc<Model>>,
    // The hour in which a use was last recorded by this node.
    recorded: Cache<ApiTokenId, DateTime<Utc>>,
}

impl ApiTokenRows {
    /// Nothing is known yet.
    pub fn new(clock: Clock) -> Self {
        let recorded = Cache::builder().max_capacity(CAPACITY).time_to_live(Duration::from_secs(7200)).build();
        Self { clock, rows: EventCache::new(CAPACITY), recorded }
    }

    /// The row of the token that `text` is, when it works now and from `peer`, and until when it will. `remember`:
    /// whether rows may be kept and used.
    ///
    /// # Errors
    /// Why it does not work, or that the database does not answer.
    pub async fn authenticate(
        &self,
        db: &Db,
        text: &str,
        peer: Option<IpAddr>,
        remember: bool,
    ) -> Result<(Arc<Model>, DateTime<Utc>), SignInError> {
        let presented = api_token::parse(text)?;
        let now = self.clock.now();
        let row = self.find(db, presented.id, now, remember).await?.ok_or(Refused::ApiTokenUnknown)?;
        let works_until = api_token::verify(&presented, &row, peer, now)?;
        self.record_use(db, &row, now).await;
        Ok((row, works_until))
    }

    /// Forgets the row of a token that was changed.
    pub fn forget(&self, token: ApiTokenId) {
        self.rows.forget(&token);
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        self.rows.forget_all();
    }

    async fn find(
        &self,
        db: &Db,
        id: ApiTokenId,
        now: DateTime<Utc>,
        remember: bool,
    ) -> Result<Option<Arc<Model>>, DbErr> {
        if remember && let Some(row) = self.rows.get(&id, now) {
            return Ok(Some(row));
        }
        let epoch = self.rows.epoch();
        let row = Entity::by_id_before_sign_in(id).one(db.read()).await?.map(Arc::new);
        if remember && let Some(row) = &row {
            self.rows.put(id, row.clone(), now, epoch);
        }
        Ok(row)
    }

    /// Nobody is kept out because a use could not be recorded.
    async fn record_use(&self, db: &Db, row: &Model, now: DateTime<Utc>) {
        let last = std::cmp::max(self.recorded.get(&row.id), row.last_used_at);
        let Some(hour) = api_token::use_to_record(last, now) else { return };
        self.recorded.insert(row.id, hour);
        let unrecorded = Column::LastUsedAt.is_null().or(Column::LastUsedAt.lt(hour));
        let update = Entity::update_in_org(row.organization_id)
            .col_expr(Column::LastUsedAt, Expr::value(hour))
            .filter(Column::Id.eq(row.id))
            .filter(unrecorded);
        if let Err(error) = update.exec(db.write()).await {
            tracing::warn!(token = %row.id, %error, "the use of an API token could not be recorded");
        }
    }
}
