//! The HTTP server: one edge and one database pool per worker, all routes, graceful shutdown.

use std::{
    net::TcpListener,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use actix_web::{App as Web, HttpResponse, HttpServer, dev::Server, web};
use async_graphql::{Request, Response};
use futures_util::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use hearten_ids::RequestId;
use tokio::sync::OnceCell;

use crate::{
    app::App,
    areas::integrations::documents,
    auth::Session,
    graphql::{
        context::RequestContext,
        documents::DocumentHash,
        error::{ErrorCode, Exception},
        schema,
    },
    http::{
        self, Backend, Edge, Shared, errors,
        metrics::{Metrics, OperationKind, Outcome},
    },
    platform::db::Db,
};

/// The service behind one worker's edge.
struct Service {
    app: Arc<App>,
    db: Db,
}

impl Backend for Service {
    fn authenticate<'a>(
        &'a self,
        bearer: &'a str,
        peer: Option<std::net::IpAddr>,
    ) -> BoxFuture<'a, Result<Option<Session>, Exception>> {
        self.app.authenticator.authenticate(&self.db, Some(bearer), peer).boxed()
    }

    fn prepare<'a>(
        &'a self,
        request: Request,
        session: Option<&'a Session>,
        request_id: RequestId,
    ) -> BoxFuture<'a, Result<Request, Exception>> {
        async move {
            let who = match session {
                None => None,
                Some(session) => {
                    let (charts, connected) = (&self.app.charts, self.app.bus.is_connected());
                    let snapshot = charts.current(&self.db, connected, session.actor.organization).await?;
                    Some((session.clone(), snapshot))
                }
            };
            Ok(request.data(RequestContext::new(Arc::clone(&self.app), self.db.clone(), request_id, who)))
        }
        .boxed()
    }

    fn document<'a>(
        &'a self,
        session: Option<&'a Session>,
        hash: DocumentHash,
    ) -> BoxFuture<'a, Result<Option<String>, Exception>> {
        async move {
            let Some(session) = session else { return Ok(None) };
            let name = hash.to_string();
            let digits = name.strip_prefix("sha256:").unwrap_or(&name);
            documents::find(&self.app, &self.db, session.actor.organization, digits).await
        }
        .boxed()
    }

    fn execute(&self, request: Request) -> BoxFuture<'_, Response> {
        self.app.schema.execute(request).boxed()
    }

    fn subscribe(&self, request: Request) -> BoxStream<'static, Response> {
        let app = Arc::clone(&self.app);
        let mut counted = Subscribed { metrics: app.metrics.clone(), began: Instant::now(), first_error: None };
        // The stream must own the schema it runs on.
        let responses = stream::once(async move { app.schema.execute_stream(request) }).flatten();
        responses.inspect(move |response| counted.see(response)).boxed()
    }
}

/// A subscription, counted when its stream is dropped, which is how all of them end.
struct Subscribed {
    metrics: Metrics,
    began: Instant,
    /// Its code, and whether the subscription had got as far as running.
    first_error: Option<(ErrorCode, bool)>,
}

impl Subscribed {
    fn see(&mut self, response: &Response) {
        let Some(error) = response.errors.first().filter(|_| self.first_error.is_none()) else { return };
        let executed = errors::was_executed(response);
        let has_code = error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some());
        // Validation says no code; what runs does.
        let code = if has_code || executed { errors::code(error) } else { ErrorCode::GraphqlValidationFailed };
        self.first_error = Some((code, executed));
    }
}

impl Drop for Subscribed {
    fn drop(&mut self) {
        let (code, executed) = self.first_error.map_or((None, true), |(code, executed)| (Some(code), executed));
        self.metrics.request(OperationKind::Subscription, Outcome::of(code, executed), self.began.elapsed());
    }
}

/// Serves the app on `listener` until it is stopped; it listens and catches signals when this returns. Call it on the
/// long-lived runtime.
///
/// # Errors
/// When the listener cannot be used or the database URL is malformed.
pub async fn serve(app: Arc<App>, listener: TcpListener) -> anyhow::Result<Server> {
    app.spawn_background(app.database.open().await?);
    let shared = Shared::new(Arc::clone(&app), &schema::sdl());
    let workers = match app.config.server.workers {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        workers => workers,
    };
    let shutdown_seconds = app.config.server.shutdown_seconds;
    let server = HttpServer::new(move || {
        let (app, shared) = (Arc::clone(&app), Arc::clone(&shared));
        // Each worker opens a pool of its own, once: connections live in the event loop that made them.
        let pool: Arc<OnceCell<Db>> = Arc::default();
        let (source, for_health) = (Arc::clone(&app), Arc::clone(&pool));
        Web::new()
            .app_data(web::Data::from(Arc::clone(&app)))
            .data_factory(move || {
                let (app, pool) = (Arc::clone(&source), Arc::clone(&for_health));
                async move { pool.get_or_try_init(|| app.database.open()).await.cloned() }
            })
            .data_factory(move || {
                let (app, shared, pool) = (Arc::clone(&app), Arc::clone(&shared), Arc::clone(&pool));
                async move {
                    let db = pool.get_or_try_init(|| app.database.open()).await.cloned()?;
                    Ok::<_, sea_orm::DbErr>(Edge::new(shared, Arc::new(Service { app, db })))
                }
            })
            .configure(http::routes)
            .configure(http::health::routes)
            .configure(http::metrics::routes)
            .route("/.well-known/openid-configuration", web::get().to(demo_discovery))
            .route("/.well-known/jwks.json", web::get().to(demo_keys))
    })
    .workers(workers)
    .shutdown_timeout(shutdown_seconds)
    .client_request_timeout(Duration::from_secs(10))
    .listen(listener)?;
    let mut server = server.run();
    // Workers start and signals are caught at the first poll: whoever is told that the service is ready may stop it at
    // once.
    if let Poll::Ready(ended) = futures_util::poll!(&mut server) {
        ended?;
        anyhow::bail!("the server ended as soon as it began");
    }
    Ok(server)
}

async fn demo_discovery(app: web::Data<App>) -> HttpResponse {
    match &app.demo {
        Some(issuer) => HttpResponse::Ok().json(issuer.discovery()),
        None => HttpResponse::NotFound().finish(),
    }
}

async fn demo_keys(app: web::Data<App>) -> HttpResponse {
    match &app.demo {
        Some(issuer) => HttpResponse::Ok().json(issuer.jwks()),
        None => HttpResponse::NotFound().finish(),
    }
}
