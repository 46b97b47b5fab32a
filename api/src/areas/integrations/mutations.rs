//! Changing integrations: thin doors to the services.

use async_graphql::{Context, ID, InputObject, InputType, Object, Result, SimpleObject};
use chrono::Duration;

use super::{
    documents,
    service::{self, NewApiToken},
    types::{ApiToken, ApiTokenScope},
};
use crate::graphql::{
    context::request,
    error::{Refusal, UserError},
    idempotency::key_of,
    input::input_id,
    payload::settle,
    scalars::DateTime,
};

/// An API token to be created.
#[derive(Debug, Clone, InputObject)]
pub struct ApiTokenCreateInput {
    /// What it is for.
    name: String,
    /// What it may do.
    scopes: Vec<ApiTokenScope>,
    /// Networks it may be used from, such as "192.0.2.0/24"; any when left out.
    #[graphql(default)]
    networks: Vec<String>,
    /// When it stops working: at most a year from now; 90 days when left out.
    expires_at: Option<DateTime>,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day creates no second token. The
    /// retry's payload has no secret: it is shown once; rotate the token if you missed it.
    idempotency_key: Option<String>,
}

/// An API token to be given a new secret.
#[derive(Debug, Clone, InputObject)]
pub struct ApiTokenRotateInput {
    /// The token.
    api_token: ID,
    /// How long the old secret works: 0 minutes to 7 days (10,080). While it does, the token can be rotated again only with
    /// 0, which ends all earlier secrets at once.
    #[graphql(default = 60)]
    overlap_minutes: i32,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day draws no second secret. The
    /// retry's payload has no secret: it is shown once; rotate again if you missed it.
    idempotency_key: Option<String>,
}

/// An API token to be revoked.
#[derive(Debug, Clone, InputObject)]
pub struct ApiTokenRevokeInput {
    /// The token.
    api_token: ID,
}

/// Documents to be registered.
#[derive(Debug, Clone, InputObject)]
pub struct DocumentsRegisterInput {
    /// The documents: at most 200, each at most 20 KiB.
    documents: Vec<String>,
}

/// What became of a token.
#[derive(SimpleObject)]
pub struct ApiTokenPayload {
    /// The token as it stands now; null when nothing was changed.
    api_token: Option<ApiToken>,
    /// The token's text, when it was created or rotated: shown here, and stored nowhere.
    secret: Option<String>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of documents.
#[derive(SimpleObject)]
pub struct DocumentsPayload {
    /// SHA-256 of each document, in the order given: what to send as documentId.
    hashes: Option<Vec<String>>,
    /// Why nothing was registered; empty when it was.
    errors: Vec<UserError>,
}

/// Integrations.
#[derive(Default)]
pub struct IntegrationMutations;

/// Integrations.
#[Object]
impl IntegrationMutations {
    /// Creates an API token. Its text is in the payload, once.
    async fn api_token_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the token is to be.")] input: ApiTokenCreateInput,
    ) -> Result<Option<ApiTokenPayload>> {
        let ctx = request(ctx)?;
        let key = match key_of(ctx, "apiTokenCreate", input.idempotency_key.as_deref(), &input.to_value()) {
            Err(refusal) => {
                let (_, errors) = settle::<()>(Err(refusal))?;
                return Ok(Some(ApiTokenPayload { api_token: None, secret: None, errors }));
            }
            Ok(key) => key,
        };
        let new = NewApiToken {
            name: input.name,
            scopes: input.scopes.into_iter().map(Into::into).collect(),
            networks: input.networks,
            expires_at: input.expires_at.map(|moment| moment.0),
        };
        let (created, errors) = settle(service::create(ctx, new, key).await)?;
        let (row, secret) = created.unzip();
        Ok(Some(ApiTokenPayload { api_token: row.map(Into::into), secret: secret.flatten(), errors }))
    }

    /// Gives an API token a new secret; the old one works until the overlap ends.
    async fn api_token_rotate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which token, and for how long the old secret works.")] input: ApiTokenRotateInput,
    ) -> Result<Option<ApiTokenPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "apiTokenRotate", input.idempotency_key.as_deref(), &input.to_value())?;
            let id = input_id(["apiToken"], &input.api_token)?;
            service::rotate(ctx, id, Duration::minutes(input.overlap_minutes.into()), key).await
        };
        let (rotated, errors) = settle(outcome.await)?;
        let (row, secret) = rotated.unzip();
        Ok(Some(ApiTokenPayload { api_token: row.map(Into::into), secret: secret.flatten(), errors }))
    }

    /// Revokes an API token at once, its sockets included.
    async fn api_token_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which token.")] input: ApiTokenRevokeInput,
    ) -> Result<Option<ApiTokenPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["apiToken"], &input.api_token).map_err(Refusal::from)?;
            service::revoke(ctx, id).await
        };
        let (row, errors) = settle(outcome.await)?;
        Ok(Some(ApiTokenPayload { api_token: row.map(Into::into), secret: None, errors }))
    }

    /// Registers trusted documents, so that clients can send their hashes.
    async fn documents_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The documents.")] input: DocumentsRegisterInput,
    ) -> Result<Option<DocumentsPayload>> {
        let (hashes, errors) = settle(documents::register(request(ctx)?, input.documents).await)?;
        Ok(Some(DocumentsPayload { hashes, errors }))
    }
}
