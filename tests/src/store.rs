//! A database of its own for each test: a copy of one seeded demo, on SQLite or on Postgres.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::Duration,
};

use anyhow::{Context, ensure};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::demo::Launch;

const POSTGRES: &str = "HEARTEN_TEST_POSTGRES_URL";
const FILE: &str = "hearten.db";

/// A database for one test, gone when it is dropped.
pub struct Store {
    place: Place,
    binary: PathBuf,
    _seeded: Arc<Place>,
}

/// A connection to look with.
pub struct Look {
    connection: DatabaseConnection,
    _copy: Option<Place>,
}

impl Deref for Look {
    type Target = DatabaseConnection;

    fn deref(&self) -> &DatabaseConnection {
        &self.connection
    }
}

enum Place {
    Directory(TempDir),
    Postgres(Named),
}

/// A database on the Postgres that `HEARTEN_TEST_POSTGRES_URL` names.
struct Named {
    server: String,
    name: String,
}

// The seeded databases live as long as a test uses a copy.
static SEEDED_SQLITE: Mutex<Weak<Place>> = Mutex::const_new(Weak::new());
static SEEDED_POSTGRES: Mutex<Weak<Place>> = Mutex::const_new(Weak::new());

impl Store {
    /// On SQLite.
    ///
    /// # Errors
    /// When it cannot be seeded or copied.
    pub async fn sqlite(binary: &Path) -> anyhow::Result<Self> {
        let seeded = seeded(&SEEDED_SQLITE, binary, || Ok(Place::Directory(tempfile::tempdir()?))).await?;
        let place = Place::Directory(tempfile::tempdir()?);
        if let (Place::Directory(from), Place::Directory(to)) = (&*seeded, &place) {
            std::fs::copy(from.path().join(FILE), to.path().join(FILE))?;
        }
        Ok(Self { place, binary: binary.to_owned(), _seeded: seeded })
    }

    /// On Postgres; None where the environment names none.
    ///
    /// # Errors
    /// When it cannot be seeded or copied.
    pub async fn postgres(binary: &Path) -> anyhow::Result<Option<Self>> {
        let Ok(server) = std::env::var(POSTGRES) else { return Ok(None) };
        let named =
            || Named { server: server.clone(), name: format!("hearten_process_{:016x}", rand::random::<u64>()) };
        let seeding = named();
        let seeded = seeded(&SEEDED_POSTGRES, binary, || Ok(Place::Postgres(seeding))).await?;
        let place = Place::Postgres(named());
        if let (Place::Postgres(from), Place::Postgres(to)) = (&*seeded, &place) {
            to.create(Some(&from.name)).await?;
        }
        Ok(Some(Self { place, binary: binary.to_owned(), _seeded: seeded }))
    }

    /// On Postgres where the environment names one, else on SQLite.
    ///
    /// # Errors
    /// When it cannot be seeded or copied.
    pub async fn current(binary: &Path) -> anyhow::Result<Self> {
        match Self::postgres(binary).await? {
            Some(store) => Ok(store),
            None => Self::sqlite(binary).await,
        }
    }

    /// Whether it is on Postgres.
    pub fn is_postgres(&self) -> bool {
        matches!(self.place, Place::Postgres(_))
    }

    /// A demo on it.
    pub fn launch(&self) -> Launch {
        self.place.launch(&self.binary)
    }

    /// A connection to it, beside the server's.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn connect(&self) -> anyhow::Result<DatabaseConnection> {
        Ok(Database::connect(self.place.url()?).await?)
    }

    /// What is there now, without touching it: on SQLite a copy of its files, because whoever opens them first after a
    /// kill mends them, and that is to be the server.
    ///
    /// # Errors
    /// When it cannot be copied or opened.
    pub async fn look(&self) -> anyhow::Result<Look> {
        let Place::Directory(directory) = &self.place else {
            return Ok(Look { connection: self.connect().await?, _copy: None });
        };
        let copy = tempfile::tempdir()?;
        for file in [FILE.to_owned(), format!("{FILE}-wal")] {
            let from = directory.path().join(&file);
            if from.exists() {
                std::fs::copy(from, copy.path().join(&file))?;
            }
        }
        let copy = Place::Directory(copy);
        Ok(Look { connection: Database::connect(copy.url()?).await?, _copy: Some(copy) })
    }

    /// The one number that `sql` selects, as `value`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn number(&self, sql: &str) -> anyhow::Result<i64> {
        let database = self.connect().await?;
        let backend = if self.is_postgres() { DbBackend::Postgres } else { DbBackend::Sqlite };
        let row = database.query_one_raw(Statement::from_string(backend, sql)).await?.context("no row")?;
        let number = row.try_get("", "value")?;
        database.close().await?;
        Ok(number)
    }
}

async fn seeded(
    kept: &Mutex<Weak<Place>>,
    binary: &Path,
    place: impl FnOnce() -> anyhow::Result<Place>,
) -> anyhow::Result<Arc<Place>> {
    let mut kept = kept.lock().await;
    if let Some(place) = kept.upgrade() {
        return Ok(place);
    }
    let place = Arc::new(place()?);
    if let Place::Postgres(named) = &*place {
        named.create(None).await?;
    }
    let launch = place.launch(binary);
    tokio::task::spawn_blocking(move || {
        let mut demo = launch.start()?;
        // Stopped, not killed: then SQLite's file is whole by itself.
        demo.terminate()?;
        ensure!(demo.wait(Duration::from_secs(90))?.success(), "the demo did not stop well");
        Ok(())
    })
    .await??;
    *kept = Arc::downgrade(&place);
    Ok(place)
}

impl Place {
    fn launch(&self, binary: &Path) -> Launch {
        let mut launch = Launch::new(binary);
        match self {
            Self::Directory(directory) => launch.directory = Some(directory.path().to_owned()),
            Self::Postgres(named) => launch.database_url = named.url().ok(),
        }
        launch
    }

    fn url(&self) -> anyhow::Result<String> {
        match self {
            Self::Directory(directory) => Ok(format!("sqlite://{}", directory.path().join(FILE).display())),
            Self::Postgres(named) => named.url(),
        }
    }
}

impl Named {
    fn url(&self) -> anyhow::Result<String> {
        let (server, _) = self.server.rsplit_once('/').context("a Postgres URL ends with the name of a database")?;
        Ok(format!("{server}/{}", self.name))
    }

    async fn create(&self, copy_of: Option<&str>) -> anyhow::Result<()> {
        let database = Database::connect(&self.server).await?;
        let template = copy_of.map(|name| format!(" TEMPLATE {name}")).unwrap_or_default();
        let sql = format!("CREATE DATABASE {}{template}", self.name);
        // Postgres may take a moment to see that nobody uses the database any more.
        for _ in 0..300 {
            if database.execute_unprepared(&sql).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        database.execute_unprepared(&sql).await?;
        Ok(())
    }

    async fn drop_database(server: String, name: String) -> Result<(), sea_orm::DbErr> {
        let database = Database::connect(&server).await?;
        database.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        Ok(())
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A thread of its own: this may be dropped on a runtime, where nobody may block.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(Self::drop_database(server, name)))
        });
        let _ = dropping.join();
    }
}
