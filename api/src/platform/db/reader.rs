//! Statements outside a transaction.
//!
//! The pool asks the server after each use whether the connection still lives: a round trip more for every statement. So
//! connections that have just read well stay out of the pool for a moment and read again. They go back to it, and are
//! asked, when a statement failed, when they idled, when they were out for a while, and when somebody waits at the pool.
//! Whoever takes a connection from the pool therefore says so: [`Reader::giving_way`].

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    SqlxError, Statement,
    prelude::async_trait::async_trait,
    sea_query::Values,
    sqlx::{AssertSqlSafe, PgPool, Postgres, pool::PoolConnection, query_with},
};
use sea_query_sqlx::SqlxValues;
use tokio::{runtime::Handle, sync::Semaphore, time::timeout};

use super::{ACQUIRE_WITHIN, Watch};

/// A connection goes back to the pool, which also decides when it is too old, after this time.
const LONGEST_OUT: Duration = Duration::from_mins(1);
/// A connection that nobody used for so long goes back to the pool.
const LONGEST_IDLE: Duration = Duration::from_secs(5);

/// Reads: one statement at a time, each on its own.
#[derive(Debug)]
pub struct Reader {
    pool: DatabaseConnection,
    /// For Postgres. SQLite's connections are in this process.
    kept: Option<Kept>,
    watch: Watch,
}

/// Connections that are out of the pool, though nobody uses them just now.
#[derive(Debug)]
struct Kept {
    pool: PgPool,
    idle: Mutex<Vec<Out>>,
    /// As many may read at once as the pool has connections. Whoever comes later waits here and not at the pool, to which
    /// nothing would come back.
    places: Semaphore,
    /// How many wait at the pool: who writes, and readers while those who write have most of its connections.
    waiting: AtomicUsize,
}

#[derive(Debug)]
struct Out {
    connection: PoolConnection<Postgres>,
    since: Instant,
    used: Instant,
}

impl Reader {
    pub(super) fn new(pool: DatabaseConnection, connections: u32, watch: Watch) -> Self {
        let kept = (pool.get_database_backend() == DbBackend::Postgres).then(|| Kept {
            pool: pool.get_postgres_connection_pool().clone(),
            idle: Mutex::default(),
            places: Semaphore::new(connections as usize),
            waiting: AtomicUsize::new(0),
        });
        Self { pool, kept, watch }
    }

    /// Closes the pool, as if the database were gone.
    #[cfg(test)]
    pub(crate) async fn close(&self) -> Result<(), DbErr> {
        self.pool.clone().close().await
    }

    /// Does something that takes a connection out of the pool: one that is kept goes back for it, and none is kept
    /// meanwhile.
    pub(super) async fn giving_way<T>(&self, begin: impl Future<Output = T>) -> T {
        let Some(kept) = &self.kept else { return begin.await };
        let waiting = Waiting::new(&kept.waiting);
        drop(kept.lock().pop());
        let begun = begin.await;
        drop(waiting);
        begun
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Kept {
    fn lock(&self) -> MutexGuard<'_, Vec<Out>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one used last, or one of the pool.
    async fn take(&self) -> Result<Out, DbErr> {
        let kept = self.lock().pop();
        if let Some(out) = kept {
            if out.used.elapsed() < LONGEST_IDLE {
                return Ok(out);
            }
            // The others idled for longer.
            self.lock().clear();
        }
        let waiting = Waiting::new(&self.waiting);
        let connection = self.pool.acquire().await.map_err(|error| match error {
            SqlxError::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
            SqlxError::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
            other => DbErr::Conn(RuntimeErr::SqlxError(other.into())),
        })?;
        drop(waiting);
        let now = Instant::now();
        Ok(Out { connection, since: now, used: now })
    }

    fn keep(&self, out: Out) {
        if self.waiting.load(Ordering::Relaxed) == 0 && out.since.elapsed() < LONGEST_OUT {
            self.lock().push(Out { used: Instant::now(), ..out });
        }
    }

    /// All rows of a statement. When it fails or is given up, its connection goes to the pool; when it fails, all do.
    async fn read(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let waited = timeout(ACQUIRE_WITHIN, self.places.acquire()).await;
        let Ok(Ok(_place)) = waited else { return Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) };
        let mut out = self.take().await?;
        let values = SqlxValues(statement.values.unwrap_or(Values(Vec::new())));
        let read = query_with(AssertSqlSafe(statement.sql), values).fetch_all(&mut *out.connection).await;
        match read {
            Ok(rows) => {
                self.keep(out);
                Ok(rows.into_iter().map(QueryResult::from).collect())
            }
            Err(error) => {
                self.lock().clear();
                Err(DbErr::Query(RuntimeErr::SqlxError(error.into())))
            }
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // A connection goes back to its pool by a task, which needs a runtime; at the end of the process there may be none.
        if Handle::try_current().is_err() {
            for out in self.lock().drain(..) {
                drop(out.connection.leak());
            }
        }
    }
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.giving_way(self.pool.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.giving_way(self.pool.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match &self.kept {
            Some(_) => Ok(self.query_all_raw(statement).await?.into_iter().next()),
            None => self.pool.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let Some(kept) = &self.kept else { return self.pool.query_all_raw(statement).await };
        let read = kept.read(statement).await;
        self.watch.saw(read.is_err());
        read
    }
}

/// Writes: one statement at a time, each a transaction of its own.
#[derive(Debug)]
pub struct Writer {
    pool: DatabaseConnection,
    reader: Arc<Reader>,
}

impl Writer {
    pub(super) fn new(pool: DatabaseConnection, reader: Arc<Reader>) -> Self {
        Self { pool, reader }
    }
}

#[async_trait]
impl ConnectionTrait for Writer {
    fn get_database_backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.reader.giving_way(self.pool.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.reader.giving_way(self.pool.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.reader.giving_way(self.pool.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.reader.giving_way(self.pool.query_all_raw(statement)).await
    }
}
