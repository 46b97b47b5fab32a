//! Idempotency keys: a retried mutation changes nothing twice.
//!
//! A key is scoped by organization, principal and mutation, and lives for a day. What is kept is a hash of the input
//! and the ids from which the answer is rebuilt; never a secret and never an answer to a survey. (Answering a survey
//! has its own way to be safe to retry: the receipt, which only the client keeps.)

use chrono::{Duration, Utc};
use hearten_entity::{InOrganization, idempotency_key};
use hearten_ids::OrganizationId;
use hearten_policy::Principal;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    sea_query::OnConflict,
};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    graphql::{
        context::RequestContext,
        error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
    },
    platform::db::Db,
};

/// How long a key is remembered.
const REMEMBERED: Duration = Duration::hours(24);

/// A key a client chose, tied to who used it for what.
#[derive(Debug, Clone)]
pub struct Key {
    id: Uuid,
    organization: OrganizationId,
    input_hash: Vec<u8>,
}

/// Deletes the keys of an organization that are no longer remembered.
///
/// # Errors
/// When the database fails.
pub async fn forget_old(db: &Db, organization: OrganizationId, now: chrono::DateTime<Utc>) -> Result<(), Exception> {
    let old = idempotency_key::Column::CreatedAt.lte(now - REMEMBERED);
    // Looking costs no write lock; most looks find nothing.
    if idempotency_key::Entity::in_org(organization).filter(old.clone()).one(db.read()).await?.is_some() {
        idempotency_key::Entity::delete_in_org(organization).filter(old).exec(db.write()).await?;
    }
    Ok(())
}

/// The key of a mutation's input, when it has one; `input` is the whole input.
///
/// # Errors
/// UNAUTHENTICATED when nobody is signed in; a user error when the key is malformed.
pub fn key_of(
    ctx: &RequestContext,
    mutation: &str,
    text: Option<&str>,
    input: &async_graphql::Value,
) -> Result<Option<Key>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let asker = ctx.asker()?;
    let actor = &asker.actor;
    let principal = match actor.principal {
        Principal::Person(id) => id.to_string(),
        Principal::ApiToken { id, .. } => id.to_string(),
    };
    Ok(Some(Key::new(actor.organization, &principal, mutation, text, input)?))
}

impl Key {
    /// The key `text` that `principal` used for `mutation` with `input`.
    ///
    /// # Errors
    /// A user error when the key is not 8 to 128 visible ASCII characters.
    pub fn new(
        organization: OrganizationId,
        principal: &str,
        mutation: &str,
        text: &str,
        input: &impl Serialize,
    ) -> Result<Self, UserError> {
        if !(8..=128).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(UserError::at(
                UserErrorCode::Invalid,
                ["idempotencyKey"],
                "an idempotency key has 8 to 128 visible ASCII characters; a random UUID serves well",
            ));
        }
        let mut scope = Sha256::new();
        for part in [&organization.to_string(), principal, mutation, text] {
            // Lengths keep ("ab", "c") and ("a", "bc") apart.
            scope.update((part.len() as u64).to_le_bytes());
            scope.update(part.as_bytes());
        }
        let digest = scope.finalize();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        let input_hash = Sha256::digest(serde_json::to_vec(input).unwrap_or_default()).to_vec();
        Ok(Self { id: Uuid::from_bytes(id), organization, input_hash })
    }

    /// What the mutation answered when the key was used before, if it was within a day.
    ///
    /// # Errors
    /// IDEMPOTENCY_CONFLICT when it was used with another input.
    pub async fn recall<T: DeserializeOwned>(
        &self,
        db: &impl ConnectionTrait,
        now: chrono::DateTime<Utc>,
    ) -> Result<Option<T>, Exception> {
        let row = idempotency_key::Entity::in_org(self.organization)
            .filter(idempotency_key::Column::Id.eq(self.id))
            .filter(idempotency_key::Column::CreatedAt.gt(now - REMEMBERED))
            .one(db)
            .await?;
        match row {
            None => Ok(None),
            Some(row) if row.input_hash != self.input_hash => Err(Exception::code(ErrorCode::IdempotencyConflict)),
            Some(row) => serde_json::from_value(row.outcome).map(Some).map_err(Exception::internal),
        }
    }

    /// Remembers `outcome`, in the transaction of the change itself.
    ///
    /// # Errors
    /// CONFLICT when another request with the same key is under way and wins; retry then replays it.
    pub async fn remember<T: Serialize>(
        &self,
        tx: &DatabaseTransaction,
        outcome: &T,
        now: chrono::DateTime<Utc>,
    ) -> Result<(), Exception> {
        // A key older than a day may be used anew.
        idempotency_key::Entity::delete_in_org(self.organization)
            .filter(idempotency_key::Column::Id.eq(self.id))
            .filter(idempotency_key::Column::CreatedAt.lte(now - REMEMBERED))
            .exec(tx)
            .await?;
        let row = idempotency_key::ActiveModel {
            id: Set(self.id),
            organization_id: Set(self.organization),
            input_hash: Set(self.input_hash.clone()),
            outcome: Set(serde_json::to_value(outcome).map_err(Exception::internal)?),
            created_at: Set(now),
        };
        let inserted = idempotency_key::Entity::insert(row)
            .on_conflict(OnConflict::column(idempotency_key::Column::Id).do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
        if inserted == 0 {
            return Err(Exception::with(
                ErrorCode::Conflict,
                "a request with this idempotency key is under way; retry to get its answer",
            ));
        }
        Ok(())
    }
}
