//! API tokens: create, list, rotate, revoke. The secret is shown once and never stored.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use hearten_entity::{InOrganization, api_token};
use hearten_ids::{ApiTokenId, OrganizationId};
use hearten_policy::{Action, Resource, Scope};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, sea_query::Expr,
};

use super::types::ApiToken;
use crate::{
    areas::{audit, surveys::store::to_json},
    auth::api_token as secrets,
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
        paging::{Arranged, Listing, Page, listing, newest_first},
    },
    platform::{bus::Event, outbox::Outbox},
};

/// A token works at most this long.
const LONGEST_LIFE: Duration = Duration::days(366);
/// After a rotation the old secret works at most this long.
const LONGEST_OVERLAP: Duration = Duration::days(7);

/// What a new token is to be.
#[derive(Debug)]
pub struct NewApiToken {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Networks it may be used from; empty for any.
    pub networks: Vec<String>,
    /// When it stops working; 90 days from now when left out.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Creates a token and returns its text, once: a retry with the same key gets the token without it.
///
/// # Errors
/// FORBIDDEN by policy; refusals for values that are not accepted.
pub async fn create(
    ctx: &RequestContext,
    new: NewApiToken,
    key: Option<Key>,
) -> Result<(api_token::Model, Option<String>), Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ManageApiTokens, Resource::Organization)?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok((by_id(ctx, done).await?.ok_or_else(Exception::not_found)?, None));
    }
    let name = input::text(["name"], &new.name, 100)?;
    if new.scopes.is_empty() {
        return Err(UserError::at(UserErrorCode::Required, ["scopes"], "name at least one scope").into());
    }
    let networks = secrets::parse_networks(&new.networks).map_err(|text| {
        let message = if text.is_empty() {
            format!("at most {} networks", secrets::MAX_NETWORKS)
        } else {
            format!("{text:?} is not a network such as 192.0.2.0/24")
        };
        UserError::at(UserErrorCode::Invalid, ["networks"], message)
    })?;
    let expires_at = new.expires_at.unwrap_or(now + secrets::DEFAULT_LIFE);
    if expires_at <= now || expires_at > now + LONGEST_LIFE {
        let message = "a token lives at most a year, and not into the past";
        return Err(UserError::at(UserErrorCode::Invalid, ["expiresAt"], message).into());
    }
    let id = ApiTokenId(ctx.app.random.id(now));
    let secret = secrets::generate(id, &ctx.app.random);
    let scopes: std::collections::BTreeSet<&str> = new.scopes.iter().map(|scope| scope.as_str()).collect();
    let row = api_token::Model {
        id,
        organization_id: asker.organization(),
        name,
        secret_hash: secret.hash.to_vec(),
        previous_hash: None,
        previous_until: None,
        scopes: to_json(&scopes)?,
        networks: to_json(&networks)?,
        created_by: asker.person(),
        created_at: now,
        expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    let tx = ctx.db.begin().await?;
    api_token::Entity::insert(api_token::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
    audit::record_in_tx(ctx, &tx, "api_token.create", &id.to_string(), None).await?;
    if let Some(key) = &key {
        key.remember(&tx, &id, now).await?;
    }
    tx.commit().await?;
    Ok((row, Some(secret.text)))
}

/// Draws a new secret and returns the token's text, once: a retry with the same key gets the token without it. The old
/// secret works until the overlap ends. A token has two secrets at most, so while an earlier overlap runs there is no
/// second one; without an overlap there is always a new secret, and at once only that.
///
/// # Errors
/// FORBIDDEN by policy; refusals for unknown and revoked tokens, and while an overlap runs.
pub async fn rotate(
    ctx: &RequestContext,
    id: ApiTokenId,
    overlap: Duration,
    key: Option<Key>,
) -> Result<(api_token::Model, Option<String>), Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ManageApiTokens, Resource::Organization)?;
    if overlap < Duration::zero() || overlap > LONGEST_OVERLAP {
        return Err(UserError::at(UserErrorCode::Invalid, ["overlapMinutes"], "0 minutes to 7 days").into());
    }
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok((by_id(ctx, done).await?.ok_or_else(Exception::not_found)?, None));
    }
    let tx = ctx.db.begin().await?;
    let mut row = hold_working_in_tx(&tx, asker.organization(), id).await?;
    if let Some(until) = row.previous_until.filter(|until| now < *until && !overlap.is_zero()) {
        return Err(overlapping(until).into());
    }
    let secret = secrets::generate(id, &ctx.app.random);
    row.previous_hash = Some(std::mem::replace(&mut row.secret_hash, secret.hash.to_vec()));
    row.previous_until = Some(now + overlap);
    api_token::Entity::update_in_org(asker.organization())
        .filter(api_token::Column::Id.eq(id))
        .col_expr(api_token::Column::PreviousHash, Expr::value(row.previous_hash.clone()))
        .col_expr(api_token::Column::PreviousUntil, Expr::value(row.previous_until))
        .col_expr(api_token::Column::SecretHash, Expr::value(row.secret_hash.clone()))
        .exec(&tx)
        .await?;
    audit::record_in_tx(ctx, &tx, "api_token.rotate", &id.to_string(), None).await?;
    tell_in_tx(ctx, &tx, id).await?;
    if let Some(key) = &key {
        key.remember(&tx, &id, now).await?;
    }
    tx.commit().await?;
    told(ctx, id).await?;
    Ok((row, Some(secret.text)))
}

fn overlapping(until: DateTime<Utc>) -> UserError {
    let until = until.to_rfc3339_opts(SecondsFormat::Secs, true);
    let message = format!(
        "the secret before the last rotation works until {until}; rotate again after that, or with overlapMinutes 0, \
         which ends all earlier secrets at once"
    );
    UserError::at(UserErrorCode::WrongState, ["apiToken"], message)
}

/// Revokes a token at once.
///
/// # Errors
/// FORBIDDEN by policy; refusals for unknown and revoked tokens.
pub async fn revoke(ctx: &RequestContext, id: ApiTokenId) -> Result<api_token::Model, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ManageApiTokens, Resource::Organization)?;
    let tx = ctx.db.begin().await?;
    let mut row = hold_working_in_tx(&tx, asker.organization(), id).await?;
    row.revoked_at = Some(ctx.app.clock.now());
    api_token::Entity::update_in_org(asker.organization())
        .filter(api_token::Column::Id.eq(id))
        .col_expr(api_token::Column::RevokedAt, Expr::value(row.revoked_at))
        .exec(&tx)
        .await?;
    audit::record_in_tx(ctx, &tx, "api_token.revoke", &id.to_string(), None).await?;
    tell_in_tx(ctx, &tx, id).await?;
    tx.commit().await?;
    told(ctx, id).await?;
    Ok(row)
}

/// Lets this node and the others forget what they hold of the token: at once, and once more by the outbox, should this
/// process end before it has told them.
async fn told(ctx: &RequestContext, token: ApiTokenId) -> Result<(), Exception> {
    ctx.app.authenticator.forget_api_token(token);
    ctx.app.bus.publish(Event::TokenChanged { organization: ctx.asker()?.organization(), token }).await;
    ctx.app.outbox.wake();
    Ok(())
}

async fn tell_in_tx(ctx: &RequestContext, tx: &DatabaseTransaction, token: ApiTokenId) -> Result<(), Exception> {
    let organization = ctx.asker()?.organization();
    let event = Event::TokenChanged { organization, token };
    Outbox::write_in_tx(tx, organization, &event, &ctx.app.random, ctx.app.clock.now()).await?;
    Ok(())
}

/// The token, which nobody else changes until the transaction ends.
async fn hold_working_in_tx(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    id: ApiTokenId,
) -> Result<api_token::Model, Refusal> {
    let row =
        api_token::Entity::in_org(organization).filter(api_token::Column::Id.eq(id)).lock_exclusive().one(tx).await?;
    match row {
        Some(row) if row.revoked_at.is_none() => Ok(row),
        Some(_) => Err(UserError::at(UserErrorCode::WrongState, ["apiToken"], "this token was revoked").into()),
        None => Err(UserError::at(UserErrorCode::NotFound, ["apiToken"], "there is no such token").into()),
    }
}

/// A page of the organization's tokens, newest first; None where the asker may not see them.
///
/// # Errors
/// When the database is away.
pub async fn page(ctx: &RequestContext, page: Page<ApiTokenId>) -> Result<Option<Listing<ApiToken>>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ManageApiTokens, Resource::Organization) {
        return Ok(None);
    }
    let all = api_token::Entity::in_org(asker.organization());
    let total = all.clone().count(ctx.db.read()).await?;
    let rows = newest_first(all, api_token::Column::Id, &page).all(ctx.db.read()).await?;
    let Arranged { rows, has_previous, has_next } = page.arrange(rows);
    let items = rows.into_iter().map(|row| (row.id, ApiToken::from(row)));
    Ok(Some(listing(items, has_previous, has_next, usize::try_from(total).ok())))
}

/// The token with this id, when the asker may see it: an admin, or the token itself.
///
/// # Errors
/// When the database is away.
pub async fn find(ctx: &RequestContext, id: ApiTokenId) -> Result<Option<api_token::Model>, Exception> {
    if !ctx.asker()?.may(Action::ManageApiTokens, Resource::Organization) {
        return find_own(ctx, id).await;
    }
    by_id(ctx, id).await
}

/// The token that asks, if it is this one.
///
/// # Errors
/// When the database is away.
pub async fn find_own(ctx: &RequestContext, id: ApiTokenId) -> Result<Option<api_token::Model>, Exception> {
    use hearten_policy::Principal;
    match ctx.asker()?.actor.principal {
        Principal::ApiToken { id: own, .. } if own == id => by_id(ctx, id).await,
        Principal::ApiToken { .. } | Principal::Person(_) => Ok(None),
    }
}

async fn by_id(ctx: &RequestContext, id: ApiTokenId) -> Result<Option<api_token::Model>, Exception> {
    ctx.loaders()?.load(id).await
}
