//! Trusted documents: operations a front end registers, so that production can refuse all others.

use std::time::Duration;

use hearten_entity::{InOrganization, document};
use hearten_ids::{DocumentId, OrganizationId};
use hearten_policy::{Action, Resource};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};
use sha2::{Digest, Sha256};

use crate::{
    app::App,
    areas::audit,
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal, UserError, UserErrorCode},
        limits,
    },
    platform::{cache::CacheKey, db::Db},
};

/// A document is at most this long, in bytes.
const LONGEST_DOCUMENT: usize = 20 * 1024;
/// At most so many are registered at once.
const MOST_DOCUMENTS: usize = 200;

/// A registered document in the cache. It never changes, so it is never stale.
struct DocumentKey {
    organization: OrganizationId,
    sha256: String,
}

impl CacheKey for DocumentKey {
    type Value = String;
    const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

    fn key(&self) -> String {
        format!("document:{}:{}", self.organization, self.sha256)
    }
}

/// Registers documents and returns their hashes, in the order given. Registering one again changes nothing.
///
/// # Errors
/// FORBIDDEN by policy; refusals for documents that are no GraphQL or too long.
pub async fn register(ctx: &RequestContext, bodies: Vec<String>) -> Result<Vec<String>, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ManageDocuments, Resource::Organization)?;
    if bodies.is_empty() || bodies.len() > MOST_DOCUMENTS {
        let message = format!("1 to {MOST_DOCUMENTS} documents at once");
        return Err(UserError::at(UserErrorCode::TooLong, ["documents"], message).into());
    }
    let mut problems = Vec::new();
    for (at, body) in bodies.iter().enumerate() {
        let at = at.to_string();
        if body.len() > LONGEST_DOCUMENT {
            let message = format!("at most {LONGEST_DOCUMENT} bytes");
            problems.push(UserError::at(UserErrorCode::TooLong, ["documents", &at], message));
        } else if !is_graphql(body) {
            problems.push(UserError::at(UserErrorCode::Invalid, ["documents", &at], "this is not a GraphQL document"));
        }
    }
    if !problems.is_empty() {
        return Err(Refusal::User(problems));
    }
    let now = ctx.app.clock.now();
    let hashes: Vec<String> = bodies.iter().map(|body| hex::encode(Sha256::digest(body))).collect();
    let tx = ctx.db.begin().await?;
    for (body, sha256) in bodies.into_iter().zip(&hashes) {
        let row = document::ActiveModel {
            id: Set(DocumentId(ctx.app.random.id(now))),
            organization_id: Set(asker.organization()),
            sha256: Set(sha256.clone()),
            body: Set(body),
            registered_at: Set(now),
        };
        document::Entity::insert(row)
            .on_conflict(
                OnConflict::columns([document::Column::OrganizationId, document::Column::Sha256])
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(&tx)
            .await?;
    }
    audit::record_in_tx(ctx, &tx, "documents.register", &asker.organization().to_string(), None).await?;
    tx.commit().await?;
    Ok(hashes)
}

/// Whether a text would get past the scan and the parser.
fn is_graphql(body: &str) -> bool {
    limits::scan::scan(body).is_ok() && async_graphql::parser::parse_query(body).is_ok()
}

/// The registered document with this hash (64 hexadecimal digits in lower case).
///
/// # Errors
/// When the database is away.
pub async fn find(app: &App, db: &Db, organization: OrganizationId, sha256: &str) -> Result<Option<String>, Exception> {
    let key = DocumentKey { organization, sha256: sha256.to_owned() };
    if let Some(body) = app.cache.get(&key).await {
        return Ok(Some(body));
    }
    let row = document::Entity::in_org(organization).filter(document::Column::Sha256.eq(sha256)).one(db.read()).await?;
    let body = row.map(|row| row.body);
    if let Some(body) = &body {
        app.cache.put(&key, body).await;
    }
    Ok(body)
}
