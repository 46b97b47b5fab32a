//! The database: one pool per actix worker, a writer of its own for SQLite, and a count of statements.
//!
//! A Postgres connection lives in the event loop that opened it, and a pool shared between workers makes every query
//! hop threads; measured, that halves the throughput. So each worker opens its own. SQLite allows one writer at a
//! time: all workers share a writer pool of one connection and read through pools of their own.

mod reader;
mod trouble;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, SqliteTransactionMode, TransactionOptions, TransactionTrait,
    sqlx::{
        Connection as _,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};

use self::trouble::Suspicion;
pub use self::{
    reader::Reader,
    trouble::{Trouble, find_trouble},
};

/// How long somebody waits for a connection.
const ACQUIRE_WITHIN: Duration = Duration::from_secs(5);

/// How often SQLite looks at its tables.
const LEARNS_EVERY: Duration = Duration::from_mins(10);

/// How many SQL statements have run, for tests that count them and for `/metrics`.
#[derive(Debug, Clone, Default)]
pub struct StatementCount(Arc<AtomicU64>);

impl StatementCount {
    /// Statements since the start.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

tokio::task_local! {
    static BESIDE_REQUESTS: ();
}

/// Work beside the requests: its statements are not counted, since the count is about requests.
pub async fn beside_requests<T>(work: impl Future<Output = T>) -> T {
    BESIDE_REQUESTS.scope((), work).await
}

/// Where the database is; opens pools.
#[derive(Debug, Clone)]
pub struct DbSource {
    url: String,
    connections: u32,
    sqlite_writer: Option<Pool>,
    durability: SqliteSynchronous,
    statements: StatementCount,
}

/// One worker's way to the database.
#[derive(Debug, Clone)]
pub struct Db {
    read: Pool,
    reader: Arc<Reader>,
    write: Pool,
}

/// Connections, and what their statements come to.
#[derive(Debug, Clone)]
struct Pool {
    connections: DatabaseConnection,
    watch: Watch,
}

/// Counts statements, and remembers when one failed: those connections that idled then are suspect.
#[derive(Debug, Clone)]
struct Watch {
    statements: StatementCount,
    suspicion: Suspicion,
}

impl Watch {
    fn saw(&self, failed: bool) {
        if BESIDE_REQUESTS.try_with(|()| ()).is_err() {
            self.statements.0.fetch_add(1, Ordering::Relaxed);
        }
        if failed {
            self.suspicion.raise();
        }
    }
}

impl DbSource {
    /// Prepares to open pools on `url` (`sqlite://…` or `postgres://…`) with `connections` each. SQLite: opens the one
    /// writer now, creating the file when it is absent.
    ///
    /// # Errors
    /// When SQLite cannot open or create its file.
    pub async fn new(url: &str, connections: u32) -> Result<Self, DbErr> {
        // What was acknowledged survives a power cut, not only kill -9.
        Self::with_durability(url, connections, SqliteSynchronous::Full).await
    }

    /// As [`DbSource::new`], but commits do not wait for the disk: for made-up data that can be made again.
    ///
    /// # Errors
    /// As [`DbSource::new`].
    pub async fn hasty(url: &str, connections: u32) -> Result<Self, DbErr> {
        Self::with_durability(url, connections, SqliteSynchronous::Off).await
    }

    async fn with_durability(url: &str, connections: u32, durability: SqliteSynchronous) -> Result<Self, DbErr> {
        let statements = StatementCount::default();
        let sqlite_writer = if url.starts_with("sqlite:") {
            Some(Pool::connect(options(url, 1, false, durability), &statements).await?)
        } else {
            None
        };
        Ok(Self { url: url.to_owned(), connections, sqlite_writer, durability, statements })
    }

    /// A pool for one worker, or for background work. Connections are opened when first needed.
    ///
    /// # Errors
    /// When the URL cannot be understood.
    pub async fn open(&self) -> Result<Db, DbErr> {
        let read = Pool::connect(options(&self.url, self.connections, true, self.durability), &self.statements).await?;
        let write = self.sqlite_writer.clone().unwrap_or_else(|| read.clone());
        let reader = Arc::new(Reader::new(read.connections.clone(), self.connections, read.watch.clone()));
        Ok(Db { read, reader, write })
    }

    /// The count shared by all pools.
    pub fn statements(&self) -> &StatementCount {
        &self.statements
    }

    /// Whether the database is SQLite.
    pub fn is_sqlite(&self) -> bool {
        self.sqlite_writer.is_some()
    }
}

impl Db {
    /// The connection for reads outside a transaction.
    pub fn read(&self) -> &Reader {
        &self.reader
    }

    /// Begins a write transaction. On SQLite it takes the write lock at once: one that began as a reader could fail
    /// when it first writes, after work was done.
    ///
    /// # Errors
    /// When no connection is to be had in time.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.reader.giving_way(self.write.begin(options)).await
    }

    /// Begins a transaction that only reads, and sees the database as of one moment.
    ///
    /// # Errors
    /// As [`Db::begin`].
    pub async fn begin_reading(&self) -> Result<DatabaseTransaction, DbErr> {
        let mut options = TransactionOptions::default();
        // On SQLite every transaction sees one moment, and the library warns when it is asked for.
        if self.backend() == DbBackend::Postgres {
            options.isolation_level = Some(IsolationLevel::RepeatableRead);
            options.access_mode = Some(AccessMode::ReadOnly);
        }
        self.reader.giving_way(self.read.begin(options)).await
    }

    /// The connection for single statements that write, outside a transaction.
    pub fn write(&self) -> &DatabaseConnection {
        &self.write.connections
    }

    /// Lets SQLite learn how full its tables are, as far as that changed much since it last looked. Knowing nothing, it finds
    /// rows by id through an index on their organization, which holds them all. Postgres learns by itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn learn(&self) -> Result<(), DbErr> {
        if self.backend() == DbBackend::Sqlite {
            // All tables (0x10000), a sample of each (0x10), those that gain by it (0x2).
            self.write().execute_unprepared("PRAGMA optimize = 0x10012").await?;
        }
        Ok(())
    }

    /// [`Db::learn`] now and then, for ever.
    pub async fn keep_learning(self) {
        loop {
            if let Err(error) = self.learn().await {
                tracing::warn!(%error, "the database could not look at its tables");
            }
            tokio::time::sleep(LEARNS_EVERY).await;
        }
    }

    /// Whether the database is SQLite or Postgres.
    pub fn backend(&self) -> DbBackend {
        self.read.connections.get_database_backend()
    }
}

fn options(url: &str, connections: u32, lazy: bool, durability: SqliteSynchronous) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(0)
        .acquire_timeout(ACQUIRE_WITHIN)
        // A ping before each use costs a round trip; a dead connection shows at its first statement anyway.
        .test_before_acquire(false)
        .connect_lazy(lazy)
        .sqlx_logging(false);
    options.map_sqlx_postgres_opts(move |postgres| {
        // There are more different statements than the library would remember; what it forgets it must prepare again.
        let postgres = postgres.statement_cache_capacity(500);
        if matches!(durability, SqliteSynchronous::Off) {
            postgres.options([("synchronous_commit", "off")])
        } else {
            postgres
        }
    });
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(durability)
            // Deleted sheets and comments leave nothing in the file.
            .pragma("secure_delete", "on")
            .busy_timeout(Duration::from_secs(10))
    });
    options
}

impl Pool {
    async fn connect(mut options: ConnectOptions, statements: &StatementCount) -> Result<Self, DbErr> {
        let suspicion = Suspicion::default();
        let suspects = suspicion.clone();
        options.map_sqlx_postgres_before_acquire(move |connection, idle| {
            let suspect = suspects.falls_on(idle.idle_for);
            Box::pin(async move {
                if suspect {
                    // An error throws the connection away; the pool tries the next or opens a new one.
                    connection.ping().await?;
                }
                Ok(true)
            })
        });
        // A commit that fails for want of disk undoes the transaction; the library then fails to undo it, believes for
        // ever that it goes on, and begins no other on that connection.
        options.map_sqlx_sqlite_before_acquire(|connection, _| {
            let usable = !connection.is_in_transaction();
            Box::pin(async move { Ok(usable) })
        });
        let mut connections = Database::connect(options).await?;
        let watch = Watch { statements: statements.clone(), suspicion };
        let seen = watch.clone();
        connections.set_metric_callback(move |statement| seen.saw(statement.failed));
        Ok(Self { connections, watch })
    }

    /// Begins a transaction; once more when the connection turned out to be dead, since nothing was done on it yet.
    async fn begin(&self, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
        match self.connections.begin_with_options(options).await {
            Err(error) if trouble::is_dead_connection(&error) => {
                self.watch.suspicion.raise();
                self.connections.begin_with_options(options).await
            }
            begun => begun,
        }
    }
}
