//! Values and buckets in Redis.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use redis::{RedisResult, Script, aio::MultiplexedConnection};
use tokio::runtime::Handle;

use super::{
    LONGEST_LIFETIME,
    bucket::{Bucket, Buckets, Level, Terms},
};
use crate::platform::link::{BadRedisUrl, Link, Purpose};

/// How many removals are remembered while Redis is away; of more, some values may live out their lifetime.
const MOST_REMOVALS: usize = 10_000;

/// The cache shared between nodes.
#[derive(Clone)]
pub struct Remote {
    link: Link<Values>,
    prefix: Arc<str>,
    bucket_script: Arc<Script>,
    // What buckets are when Redis is away. Kept at the level last seen in Redis, so that going away opens no new one.
    buckets: Buckets,
}

/// What the link of the cache does when it connects: first make good the removals Redis missed.
#[derive(Default)]
struct Values {
    missed_removals: Mutex<BTreeSet<String>>,
    // So that a read looks into the set only when there is something in it.
    any_missed: AtomicBool,
}

impl Purpose for Values {
    const NAME: &'static str = "cache";
    // A cache that is slower than the database it stands before is of no use.
    const TIMEOUT: Duration = Duration::from_millis(200);

    async fn prepare(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        redis::cmd("PING").query_async::<()>(connection).await?;
        self.tick(connection).await
    }

    async fn tick(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        loop {
            let some: Vec<String> = self.missed().iter().take(500).cloned().collect();
            if some.is_empty() {
                return Ok(());
            }
            redis::cmd("UNLINK").arg(&some).query_async::<()>(connection).await?;
            let mut missed = self.missed();
            for key in &some {
                missed.remove(key);
            }
            self.any_missed.store(!missed.is_empty(), Ordering::Release);
        }
    }
}

impl Values {
    fn missed(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.missed_removals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn miss(&self, key: String) {
        let mut missed = self.missed();
        if missed.len() < MOST_REMOVALS {
            missed.insert(key);
            self.any_missed.store(true, Ordering::Release);
        }
    }

    fn is_missed(&self, key: &str) -> bool {
        self.any_missed.load(Ordering::Acquire) && self.missed().contains(key)
    }
}

impl Remote {
    pub(super) fn start(url: &str, prefix: &str, runtime: &Handle) -> Result<Self, BadRedisUrl> {
        Ok(Self {
            link: Link::start(url, Values::default(), runtime)?,
            prefix: prefix.into(),
            bucket_script: Arc::new(Script::new(include_str!("bucket.lua"))),
            buckets: Buckets::new(),
        })
    }

    pub(super) async fn get(&self, key: &str) -> Option<Arc<[u8]>> {
        if !self.link.is_connected() {
            return None;
        }
        let key = self.value_key(key);
        let bytes: Option<Vec<u8>> = self.link.ask(redis::cmd("GET").arg(&key)).await?;
        if self.link.purpose().is_missed(&key) { None } else { bytes.map(Into::into) }
    }

    pub(super) async fn put(&self, key: &str, lifetime: Duration, bytes: &[u8]) {
        if !self.link.is_connected() {
            return;
        }
        let millis = u64::try_from(lifetime.as_millis()).unwrap_or(1);
        let mut command = redis::cmd("SET");
        command.arg(self.value_key(key)).arg(bytes).arg("PX").arg(millis);
        let _: Option<()> = self.link.ask(&command).await;
    }

    pub(super) async fn remove(&self, key: String) {
        let key = self.value_key(&key);
        if self.link.ask::<()>(redis::cmd("UNLINK").arg(&key)).await.is_none() {
            self.link.purpose().miss(key);
        }
    }

    pub(super) async fn bucket_change(&self, key: &str, change: i64, terms: Terms) -> Bucket {
        match self.bucket_change_in_redis(key, change, terms).await {
            Some((allowed, held, at)) => {
                let level = Level { held, at };
                self.buckets.set(key, level, terms);
                Bucket::new(allowed, level)
            }
            None => self.buckets.change(key, change, terms),
        }
    }

    async fn bucket_change_in_redis(&self, key: &str, change: i64, terms: Terms) -> Option<(bool, i64, i64)> {
        if !self.link.is_connected() {
            return None;
        }
        let mut script = self.bucket_script.key(format!("{}bucket:{key}", self.prefix));
        script
            .arg(terms.capacity)
            .arg(terms.rate)
            .arg(terms.now)
            .arg(change.saturating_mul(1000))
            .arg(LONGEST_LIFETIME.as_millis().to_string());
        self.link.call(&script).await
    }

    pub(super) fn is_connected(&self) -> bool {
        self.link.is_connected()
    }

    pub(super) async fn wait_connected(&self, within: Duration) -> bool {
        self.link.wait_connected(within).await
    }

    pub(super) async fn stop(&self) {
        self.link.stop().await;
    }

    fn value_key(&self, key: &str) -> String {
        format!("{}value:{key}", self.prefix)
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("link", &self.link).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
