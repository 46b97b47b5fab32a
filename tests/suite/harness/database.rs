//! A database per test, cloned from a migrated template: a copied file on SQLite, `CREATE DATABASE … TEMPLATE` on
//! Postgres where `HEARTEN_TEST_POSTGRES_URL` names a server.
//!
//! A template is named after the migrations it was made by. It is kept between runs, and replaced when they change.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use hearten_api::platform::db::{Db, DbSource};
use hearten_migration::Migrator;
use sea_orm::{ConnectOptions, ConnectionTrait, Database as Connect, DatabaseConnection};
use sea_orm_migration::MigratorTrait;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

/// The Postgres server to test on; SQLite where none is named.
fn postgres_url() -> Option<String> {
    std::env::var("HEARTEN_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

/// The Redis server to test with; memory where none is named.
pub fn redis_url() -> Option<String> {
    std::env::var("HEARTEN_TEST_REDIS_URL").ok().filter(|url| !url.is_empty())
}

/// Whether the suite runs on Postgres.
pub fn on_postgres() -> bool {
    postgres_url().is_some()
}

/// The database of one test.
#[derive(Clone)]
pub struct Database(Arc<Kind>);

enum Kind {
    Sqlite { directory: tempfile::TempDir },
    Postgres { server: String, name: String },
}

static TEMPLATE: OnceCell<String> = OnceCell::const_new();

impl Database {
    /// A migrated database with nothing in it.
    pub async fn create() -> Self {
        Self::build(true).await
    }

    /// A database without a schema.
    pub async fn create_empty() -> Self {
        Self::build(false).await
    }

    async fn build(migrated: bool) -> Self {
        let Some(server) = postgres_url() else {
            let directory = tempfile::Builder::new().prefix("hearten-test-").tempdir().unwrap();
            if migrated {
                let template = TEMPLATE.get_or_init(sqlite_template).await;
                std::fs::copy(template, directory.path().join("hearten.db")).unwrap();
            }
            return Self(Arc::new(Kind::Sqlite { directory }));
        };
        let name = format!("hearten_test_{:016x}", rand::random::<u64>());
        let connection = connect(&server).await;
        let from = if migrated { TEMPLATE.get_or_init(postgres_template).await } else { "template0" };
        connection.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {from}")).await.unwrap();
        connection.close().await.unwrap();
        Self(Arc::new(Kind::Postgres { server, name }))
    }

    /// As `database.url` takes it.
    pub fn url(&self) -> String {
        match &*self.0 {
            Kind::Sqlite { directory } => format!("sqlite://{}", directory.path().join("hearten.db").display()),
            Kind::Postgres { server, name } => at(server, name),
        }
    }

    /// A way in beside the service.
    pub async fn open(&self) -> Db {
        DbSource::hasty(&self.url(), 2).await.unwrap().open().await.unwrap()
    }

    /// Removes it. (A SQLite file goes when the last copy of this is dropped.)
    pub async fn remove(&self) {
        if let Kind::Postgres { server, name } = &*self.0 {
            let connection = connect(server).await;
            // A test does not fail because its remains cannot be removed.
            let _ = connection.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Connect::connect(options).await.unwrap()
}

/// The URL of another database of the same server.
fn at(server: &str, name: &str) -> String {
    let (start, _) = server.rsplit_once('/').expect("a Postgres URL names a database");
    format!("{start}/{name}")
}

/// What the migrations are, as a name.
fn version() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migration/src");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        hash.update(std::fs::read(file).unwrap());
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

async fn sqlite_template() -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join(format!("hearten-template-{}.db", version()));
    if !path.exists() {
        let making = folder.join(format!("hearten-making-{}.db", std::process::id()));
        let _ = std::fs::remove_file(&making);
        let connection = connect(&format!("sqlite://{}?mode=rwc", making.display())).await;
        Migrator::up(&connection, None).await.unwrap();
        connection.close().await.unwrap();
        std::fs::rename(&making, &path).unwrap();
    }
    path.display().to_string()
}

async fn postgres_template() -> String {
    let server = postgres_url().unwrap();
    let name = format!("hearten_template_{}", version());
    let connection = connect(&server).await;
    // One maker at a time, also among several runs on one server. The lock goes with the connection.
    connection.execute_unprepared("SELECT pg_advisory_lock(4273278)").await.unwrap();
    let names = connection
        .query_all_raw(sea_orm::Statement::from_string(
            connection.get_database_backend(),
            "SELECT datname::text FROM pg_database WHERE datname LIKE 'hearten_template_%'",
        ))
        .await
        .unwrap();
    let names: Vec<String> = names.iter().map(|row| row.try_get("", "datname").unwrap()).collect();
    if !names.contains(&name) {
        for old in names {
            connection.execute_unprepared(&format!("DROP DATABASE {old}")).await.unwrap();
        }
        let making = format!("{name}_making");
        connection.execute_unprepared(&format!("CREATE DATABASE {making} TEMPLATE template0")).await.unwrap();
        let inside = connect(&at(&server, &making)).await;
        Migrator::up(&inside, None).await.unwrap();
        inside.close().await.unwrap();
        connection.execute_unprepared(&format!("ALTER DATABASE {making} RENAME TO {name}")).await.unwrap();
    }
    connection.close().await.unwrap();
    name
}
