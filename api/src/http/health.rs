//! `/healthz`: the process is alive. `/readyz`: it can do its work.
//!
//! Restart a node by `/healthz`, send it requests by `/readyz`. A database that does not answer or is not migrated
//! takes the node out (503). Without Redis it goes on, slower and on its own: that is `degraded`, and still ready.
//! The answers hold fixed words only; why something is away stands in the log.

use std::time::{Duration, Instant};

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};
use hearten_migration::Migrator;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};
use sea_orm_migration::{MigratorTrait, seaql_migrations};
use serde::Serialize;
use tokio::sync::Mutex;

use crate::{
    app::App,
    platform::{
        bus::Bus,
        cache::CacheState,
        db::{Db, Reader},
    },
};

/// How long the database may take.
const WITHIN: Duration = Duration::from_secs(1);
/// How long an answer is given again, so that a flood of probes costs the database one look a second.
const REUSED_FOR: Duration = Duration::from_secs(1);

/// Whether the node can do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// It can.
    Ready,
    /// It can, without something that makes it faster or fresher.
    Degraded,
    /// It cannot.
    Unavailable,
}

/// The state of one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    /// It works.
    Ok,
    /// It works within this process, as configured.
    InProcess,
    /// It does not answer.
    Away,
    /// Migrations have yet to be applied.
    Pending,
    /// It cannot be told, because something else is away.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Report {
    status: Status,
    parts: Parts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Parts {
    database: Part,
    migrations: Part,
    cache: Part,
    bus: Part,
}

impl From<Parts> for Report {
    fn from(parts: Parts) -> Self {
        let status = match parts {
            Parts { database: Part::Ok, migrations: Part::Ok, cache, bus } => {
                if cache == Part::Away || bus == Part::Away { Status::Degraded } else { Status::Ready }
            }
            _ => Status::Unavailable,
        };
        Self { status, parts }
    }
}

/// What a worker saw last.
#[derive(Default)]
struct Seen {
    database: Option<(Instant, Part, Part)>,
    // Migrations are not taken back under a running node, so once is enough.
    migrated: bool,
}

/// The routes. Call it within the closure that makes a worker's application, so that each worker has its own memory of
/// the last look. Needs `web::Data<App>` and `web::Data<Db>` among the application's data.
pub fn routes(routes: &mut web::ServiceConfig) {
    routes
        .app_data(web::Data::new(Mutex::new(Seen::default())))
        .route("/healthz", web::get().to(alive))
        .route("/readyz", web::get().to(ready));
}

async fn alive() -> HttpResponse {
    #[derive(Serialize)]
    struct Alive {
        status: &'static str,
    }
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(Alive { status: "alive" })
}

async fn ready(app: web::Data<App>, db: web::Data<Db>, seen: web::Data<Mutex<Seen>>) -> HttpResponse {
    let (database, migrations) = look(db.read(), &seen).await;
    let cache = match app.cache.state() {
        CacheState::Memory => Part::InProcess,
        CacheState::Connected => Part::Ok,
        CacheState::Away => Part::Away,
    };
    let bus = match &app.bus {
        Bus::Memory(_) => Part::InProcess,
        bus if bus.is_connected() => Part::Ok,
        _ => Part::Away,
    };
    let report = Report::from(Parts { database, migrations, cache, bus });
    let code = if report.status == Status::Unavailable { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    HttpResponse::build(code).insert_header((header::CACHE_CONTROL, "no-store")).json(report)
}

/// The states of database and migrations, at most a second old. Probes that come together look once.
async fn look(db: &Reader, seen: &Mutex<Seen>) -> (Part, Part) {
    let mut seen = seen.lock().await;
    if let Some((at, database, migrations)) = seen.database
        && at.elapsed() < REUSED_FOR
    {
        return (database, migrations);
    }
    let answered = tokio::time::timeout(WITHIN, async {
        db.execute_unprepared("SELECT 1").await?;
        Ok::<_, DbErr>(seen.migrated || is_migrated(db).await)
    });
    let parts = match answered.await {
        Ok(Ok(true)) => (Part::Ok, Part::Ok),
        Ok(Ok(false)) => (Part::Ok, Part::Pending),
        Ok(Err(_)) | Err(_) => (Part::Away, if seen.migrated { Part::Ok } else { Part::Unknown }),
    };
    seen.migrated |= parts.1 == Part::Ok;
    seen.database = Some((Instant::now(), parts.0, parts.1));
    parts
}

/// Whether all migrations this program knows are applied; more do not hurt. Only reads: the migrator's own way of
/// asking creates its table first.
async fn is_migrated(db: &Reader) -> bool {
    // An error here means that there is no such table: the database answered a moment ago.
    let applied = seaql_migrations::Entity::find().all(db).await.unwrap_or_default();
    Migrator::migrations().iter().all(|known| applied.iter().any(|row| row.version == known.name()))
}

#[cfg(test)]
mod tests {
    use actix_web::{App as Actix, body::to_bytes, test};
    use serde_json::{Value, json};
    use tokio::runtime::Handle;

    use super::*;
    use crate::{
        config::{Config, Secret},
        http::metrics,
        platform::{cache::Cache, clock::Clock, db::DbSource, random::Random},
    };

    async fn app(database: DbSource, cache: Cache, bus: Bus) -> web::Data<App> {
        let mut config = Config::load(None).unwrap();
        config.database.url = Secret::new("sqlite::memory:");
        let app = App::new(config, Clock::System, Random::System).await.unwrap();
        web::Data::new(App { database, cache, bus, ..app })
    }

    async fn get(app: &web::Data<App>, db: &Db, path: &str) -> (u16, String) {
        let service = Actix::new()
            .app_data(app.clone())
            .app_data(web::Data::new(db.clone()))
            .configure(routes)
            .configure(metrics::routes);
        let service = test::init_service(service).await;
        let response = test::call_service(&service, test::TestRequest::get().uri(path).to_request()).await;
        assert_eq!(response.headers().get(header::CACHE_CONTROL).unwrap(), "no-store");
        let code = response.status().as_u16();
        let body = to_bytes(response.into_body()).await.unwrap_or_else(|_| unreachable!());
        (code, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn readiness(app: &web::Data<App>, db: &Db) -> (u16, Value) {
        let (code, body) = get(app, db, "/readyz").await;
        (code, serde_json::from_str(&body).unwrap())
    }

    fn parts(database: &str, migrations: &str, cache: &str, bus: &str) -> Value {
        json!({ "database": database, "migrations": migrations, "cache": cache, "bus": bus })
    }

    #[actix_web::test]
    async fn ready_when_migrated_degraded_without_redis_and_away_without_a_database() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/h.db", folder.path().display());
        let source = DbSource::new(&url, 2).await.unwrap();
        let db = source.open().await.unwrap();
        let single = app(source.clone(), Cache::memory(), Bus::memory()).await;

        assert_eq!(get(&single, &db, "/healthz").await, (200, r#"{"status":"alive"}"#.to_owned()));
        let pending = parts("ok", "pending", "in_process", "in_process");
        assert_eq!(readiness(&single, &db).await, (503, json!({ "status": "unavailable", "parts": pending })));
        Migrator::up(db.pool(), None).await.unwrap();
        let fine = parts("ok", "ok", "in_process", "in_process");
        assert_eq!(readiness(&single, &db).await, (200, json!({ "status": "ready", "parts": fine })));

        let nowhere = "redis://127.0.0.1:1/";
        let cache = Cache::redis(nowhere, "hearten:", &Handle::current()).unwrap();
        let bus = Bus::redis(nowhere, "hearten:", uuid::Uuid::from_u128(1), &Handle::current()).unwrap();
        let alone = app(source, cache, bus).await;
        let without = parts("ok", "ok", "away", "away");
        assert_eq!(readiness(&alone, &db).await, (200, json!({ "status": "degraded", "parts": without })));

        let (code, text) = get(&alone, &db, "/metrics").await;
        assert_eq!(code, 200);
        assert!(text.contains("hearten_bus_connected 0\n"), "{text}");
        assert!(text.contains("hearten_cache_state{state=\"away\"} 1\n"), "{text}");

        db.read().close().await.unwrap();
        let away = parts("away", "unknown", "in_process", "in_process");
        assert_eq!(readiness(&single, &db).await, (503, json!({ "status": "unavailable", "parts": away })));
    }

    #[actix_web::test]
    async fn a_database_that_does_not_answer_is_given_a_second() {
        // Takes connections and says nothing.
        let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("postgres://hearten:hunter2@{}/hearten", mute.local_addr().unwrap());
        let source = DbSource::new(&url, 2).await.unwrap();
        let db = source.open().await.unwrap();
        let app = app(source, Cache::memory(), Bus::memory()).await;
        let begun = Instant::now();
        let (code, body) = get(&app, &db, "/readyz").await;
        // The pool itself would wait five.
        assert!(begun.elapsed() < WITHIN + Duration::from_secs(3), "{:?}", begun.elapsed());
        assert_eq!(code, 503);
        assert!(body.contains("\"away\"") && !body.contains("hunter2"), "{body}");
    }

    #[actix_web::test]
    async fn a_flood_of_probes_looks_once_a_second() {
        let source = DbSource::new("sqlite::memory:", 1).await.unwrap();
        let db = source.open().await.unwrap();
        let seen = Mutex::new(Seen::default());
        let first = look(db.read(), &seen).await;
        let statements = source.statements().get();
        for _ in 0..100 {
            assert_eq!(look(db.read(), &seen).await, first);
        }
        assert_eq!(source.statements().get(), statements);
    }
}
