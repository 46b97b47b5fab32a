//! One connection to Redis that is never waited for: it is there, or the caller goes on without it.
//!
//! A task of its own keeps the connection: it connects, prepares, pings once a second and, when the connection fails,
//! connects again. Whoever wants to ask Redis something looks whether the connection is there now, which costs a few
//! nanoseconds; while it is away nobody waits, and nobody but the task tries to connect. That is the circuit breaker.
//!
//! Why not the `ConnectionManager` of the redis crate: it reconnects inside whichever request noticed the loss, so the
//! task that drives the new connection runs in that actix worker's event loop and every other worker depends on it; and
//! while it reconnects, requests wait. Here the driver always runs where the link was made.
//!
//! A silent loss (a pulled cable, a stopped process) is noticed by the ping: after at most [`PING_EVERY`] plus the
//! time-out of the link.

use std::{
    fmt,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, FromRedisValue, IntoConnectionInfo, ProtocolVersion, PushInfo,
    PushKind, RedisError, RedisResult, ScriptInvocation, Value, aio::MultiplexedConnection,
};
use tokio::{
    runtime::Handle,
    sync::{Notify, watch},
    time::Instant,
};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How often an idle connection is tried.
pub const PING_EVERY: Duration = Duration::from_secs(1);
/// How long connecting, with the handshake, may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(1);
/// The first pause between two attempts to connect; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause between two attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How many commands may wait to be written.
const QUEUE: usize = 1024;

/// The address in the settings is not one of Redis. Says no more, because the address may hold a password.
#[derive(Debug, thiserror::Error)]
#[error(
    "cache.redis_url is not a usable address; it should look like redis://:password@host:6379/0 (TLS is not built in)"
)]
pub struct BadRedisUrl;

/// What a link is for, and what happens as it comes and goes.
pub trait Purpose: Send + Sync + 'static {
    /// Its name in the log.
    const NAME: &'static str;
    /// How long one command may take. Longer, and the connection counts as lost.
    const TIMEOUT: Duration;

    /// Called with a new connection before anybody may use it; an error drops it.
    fn prepare(&self, connection: &mut MultiplexedConnection) -> impl Future<Output = RedisResult<()>> + Send;

    /// Called once a second with a working connection; an error drops it.
    fn tick(&self, connection: &mut MultiplexedConnection) -> impl Future<Output = RedisResult<()>> + Send;

    /// Called when the connection may be used.
    fn connected(&self) {}

    /// Called with the payload of a message of a channel subscribed to. Must not block.
    fn message(&self, payload: &[u8]) {
        let _ = payload;
    }
}

/// A link to Redis. Clones share it; when the last one is dropped the connection closes.
pub struct Link<P: Purpose> {
    inner: Arc<Inner<P>>,
    _stops_when_dropped: Arc<DropGuard>,
}

struct Inner<P> {
    client: Client,
    purpose: Arc<P>,
    line: ArcSwapOption<Line>,
    phase: watch::Sender<Phase>,
    stop: CancellationToken,
}

/// One connection, from its beginning to its loss.
struct Line {
    connection: MultiplexedConnection,
    cut: Arc<Cut>,
    complained: AtomicBool,
}

/// Set as soon as anybody notices the loss of a connection; from then on nobody uses it.
#[derive(Default)]
struct Cut {
    done: AtomicBool,
    noticed: Notify,
}

impl Cut {
    fn cut(&self) {
        self.done.store(true, Ordering::Release);
        self.noticed.notify_one();
    }

    fn is_done(&self) -> bool {
        self.done.load(Ordering::Acquire)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Away,
    Connected,
    Stopped,
}

impl<P: Purpose> Link<P> {
    /// Begins to connect to `url` in the background, on `runtime`: it must be the runtime that lives as long as the
    /// process, not that of an actix worker.
    ///
    /// # Errors
    /// When `url` cannot be understood. That Redis does not answer is no error.
    pub fn start(url: &str, purpose: P, runtime: &Handle) -> Result<Self, BadRedisUrl> {
        let info = url.into_connection_info().map_err(|_| BadRedisUrl)?;
        // RESP3 (Redis 6 and later) reports a closed connection at once, and lets one connection both listen and ask.
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let client = Client::open(info.set_redis_settings(settings)).map_err(|_| BadRedisUrl)?;
        let stop = CancellationToken::new();
        let inner = Arc::new(Inner {
            client,
            purpose: Arc::new(purpose),
            line: ArcSwapOption::empty(),
            phase: watch::channel(Phase::Away).0,
            stop: stop.clone(),
        });
        runtime.spawn(keep(inner.clone()));
        Ok(Self { inner, _stops_when_dropped: Arc::new(stop.drop_guard()) })
    }

    /// What the link is for.
    pub fn purpose(&self) -> &P {
        &self.inner.purpose
    }

    /// Whether Redis answers, as far as is known.
    pub fn is_connected(&self) -> bool {
        self.line().is_some()
    }

    /// Waits until Redis answers, at most `within`; says whether it does.
    pub async fn wait_connected(&self, within: Duration) -> bool {
        let mut phase = self.inner.phase.subscribe();
        let connected = phase.wait_for(|phase| *phase != Phase::Away);
        tokio::time::timeout(within, connected).await.is_ok_and(|phase| phase.is_ok_and(|p| *p == Phase::Connected))
    }

    /// Closes the connection and ends the task.
    pub async fn stop(&self) {
        self.inner.stop.cancel();
        // An error says that the task is gone.
        let _ = self.inner.phase.subscribe().wait_for(|phase| *phase == Phase::Stopped).await;
    }

    /// The answer to `command`, or None when Redis is away, slow or refuses.
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Option<T> {
        let line = self.line()?;
        let mut connection = line.connection.clone();
        settle::<P, T>(&line, command.query_async(&mut connection).await)
    }

    /// The result of `script`, or None when Redis is away, slow or refuses.
    pub async fn call<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Option<T> {
        let line = self.line()?;
        let mut connection = line.connection.clone();
        settle::<P, T>(&line, script.invoke_async(&mut connection).await)
    }

    fn line(&self) -> Option<Arc<Line>> {
        self.inner.line.load_full().filter(|line| !line.cut.is_done())
    }
}

impl<P: Purpose> Clone for Link<P> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), _stops_when_dropped: self._stops_when_dropped.clone() }
    }
}

impl<P: Purpose> fmt::Debug for Link<P> {
    // By hand: the client knows the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("for", &P::NAME).field("connected", &self.is_connected()).finish()
    }
}

/// The value of a result; a broken connection is cut, so that the next caller does not wait for it too.
fn settle<P: Purpose, T>(line: &Line, result: RedisResult<T>) -> Option<T> {
    match result {
        Ok(value) => return Some(value),
        Err(error) if error.is_io_error() || error.is_unrecoverable_error() => line.cut.cut(),
        // Redis answers but refuses (out of memory, no permission): said once a connection, not once a request.
        Err(error) if !line.complained.swap(true, Ordering::Relaxed) => {
            tracing::warn!(redis = P::NAME, reason = reason(&error), "Redis refuses a command");
        }
        Err(_) => {}
    }
    None
}

/// What may be logged of an error: its kind and code, never its text, which can repeat what was sent.
fn reason(error: &RedisError) -> String {
    match (error.code(), error.kind()) {
        (Some(code), _) => code.to_owned(),
        (None, ErrorKind::Io) if error.is_timeout() => "timed out".to_owned(),
        (None, kind) => format!("{kind:?}"),
    }
}

/// Keeps a connection until the link is stopped.
async fn keep<P: Purpose>(inner: Arc<Inner<P>>) {
    let mut pause = FIRST_PAUSE;
    let mut told = false;
    let stop = inner.stop.clone();
    let _ = stop
        .run_until_cancelled(async {
            loop {
                match connect(&inner).await {
                    Ok(line) => {
                        (pause, told) = (FIRST_PAUSE, false);
                        tracing::info!(redis = P::NAME, "connected to Redis");
                        watch_over(&inner, &line).await;
                        tracing::warn!(redis = P::NAME, "the connection to Redis is lost");
                    }
                    Err(error) if !told => {
                        told = true;
                        tracing::warn!(redis = P::NAME, reason = reason(&error), "Redis does not answer");
                    }
                    Err(_) => {}
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        })
        .await;
    hang_up(&inner);
    inner.phase.send_replace(Phase::Stopped);
}

/// Connects, lets the purpose prepare, and hands the connection out.
async fn connect<P: Purpose>(inner: &Inner<P>) -> RedisResult<Arc<Line>> {
    let cut = Arc::new(Cut::default());
    let (cut_by_push, purpose) = (cut.clone(), inner.purpose.clone());
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_WITHIN))
        .set_response_timeout(Some(P::TIMEOUT))
        .set_pipeline_buffer_size(QUEUE)
        .set_push_sender(move |push: PushInfo| -> Result<(), ()> {
            match (push.kind, push.data.last()) {
                (PushKind::Disconnection, _) => cut_by_push.cut(),
                (PushKind::Message, Some(Value::BulkString(payload))) => purpose.message(payload),
                _ => {}
            }
            Ok(())
        });
    let mut connection = inner.client.get_multiplexed_async_connection_with_config(&config).await?;
    inner.purpose.prepare(&mut connection).await?;
    let line = Arc::new(Line { connection, cut, complained: AtomicBool::new(false) });
    inner.line.store(Some(line.clone()));
    inner.purpose.connected();
    inner.phase.send_replace(Phase::Connected);
    Ok(line)
}

/// Returns when the connection is lost.
async fn watch_over<P: Purpose>(inner: &Inner<P>, line: &Line) {
    let mut connection = line.connection.clone();
    let mut next = Instant::now();
    loop {
        next += PING_EVERY;
        tokio::select! {
            () = line.cut.noticed.notified() => break,
            () = tokio::time::sleep_until(next) => {}
        }
        let alive = async {
            redis::cmd("PING").query_async::<()>(&mut connection).await?;
            inner.purpose.tick(&mut connection).await
        };
        if alive.await.is_err() {
            break;
        }
    }
    hang_up(inner);
    inner.phase.send_replace(Phase::Away);
}

fn hang_up<P>(inner: &Inner<P>) {
    if let Some(line) = inner.line.swap(None) {
        line.cut.cut();
    }
}
