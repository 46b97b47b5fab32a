//! `GET /calendar/{secret}.ics`: the one door of this area beside GraphQL. A calendar signs in with nothing but the address,
//! so the address is a secret: it is never logged, and an unknown one looks like any other that is not there.

use std::net::IpAddr;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{
        CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
    },
    web,
};
use sha2::{Digest, Sha256};

use super::feeds;
use crate::{
    app::App,
    graphql::error::{ErrorCode, Exception},
    http::backend::principal,
    platform::db::Db,
};

/// What one reading costs of the bucket of an address, as a query would.
const COST: u32 = 20;

/// The route. Needs `web::Data<App>` and `web::Data<Db>` among the application's data.
pub fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/calendar/{file}", web::get().to(calendar));
}

async fn calendar(
    request: HttpRequest,
    file: web::Path<String>,
    app: web::Data<App>,
    db: web::Data<Db>,
) -> HttpResponse {
    let peer = request.peer_addr().map(|address| address.ip());
    if let Some(seconds) = wait(&app, peer).await {
        return HttpResponse::TooManyRequests().insert_header((RETRY_AFTER, seconds)).finish();
    }
    let Some(secret) = file.strip_suffix(".ics") else { return HttpResponse::NotFound().finish() };
    match feeds::read(&app, &db, secret).await {
        Ok(Some(text)) => answer(&request, text),
        Ok(None) => HttpResponse::NotFound().insert_header((CACHE_CONTROL, "no-store")).finish(),
        Err(error) => failed(&error),
    }
}

/// How many seconds to wait, where the bucket of the peer's address is empty: the one that GraphQL without a token uses.
async fn wait(app: &App, peer: Option<IpAddr>) -> Option<u32> {
    let settings = &app.config.graphql;
    let key = format!("cost:{}", principal(None, peer));
    let restored = settings.cost_restored_per_second;
    let bucket = app.cache.bucket_take(&key, COST, settings.cost_bucket, restored, app.clock.now()).await;
    let missing = COST.saturating_sub(bucket.available);
    (!bucket.allowed).then(|| missing.div_ceil(restored.max(1)).max(1))
}

fn answer(request: &HttpRequest, text: String) -> HttpResponse {
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(text.as_bytes())[..16]));
    let known = request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let same = known.flat_map(|value| value.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
    });
    let mut response = if same { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((ETAG, tag))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if same {
        return response.finish();
    }
    response.insert_header((CONTENT_TYPE, "text/calendar; charset=utf-8")).body(text)
}

fn failed(error: &Exception) -> HttpResponse {
    if let Exception::Internal(error) = error {
        // Not the debug form: that of a database error repeats the row.
        tracing::error!(error = format!("{error:#}"), "a calendar could not be read");
    }
    match error.error_code() {
        ErrorCode::Unavailable => HttpResponse::ServiceUnavailable().finish(),
        _ => HttpResponse::InternalServerError().finish(),
    }
}
