//! The cache: small values with a lifetime, and buckets that limit how much somebody may spend; in memory or in Redis.
//!
//! A cache may forget at any time; losing it costs speed, never correctness. So nothing here returns an error: a Redis
//! that is away, slow or refuses is a miss, and buckets are then kept in this process's memory. Who must never see a
//! stale value puts a version into the key or asks the database.

mod bucket;
mod memory;
mod remote;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use tokio::runtime::Handle;

pub use self::bucket::Bucket;
use self::{bucket::Terms, memory::Memory, remote::Remote};
pub use super::link::BadRedisUrl;

/// The longest a value or bucket is kept, whatever its key asks for.
pub const LONGEST_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// The largest value that is stored; a larger one is not cached.
pub const LARGEST_VALUE_BYTES: usize = 1 << 20;

/// A typed key: it knows what lies behind it and for how long.
pub trait CacheKey {
    /// What is stored.
    type Value: Serialize + DeserializeOwned;
    /// How long a value may be used; [`LONGEST_LIFETIME`] at most.
    const LIFETIME: Duration;
    /// The key as text; begins with the area and the organization.
    fn key(&self) -> String;
}

/// The cache of this node.
#[derive(Debug, Clone)]
pub enum Cache {
    /// Within this process, bounded.
    Memory(Memory),
    /// In Redis, shared between nodes; buckets fall back to this process while Redis is away.
    Redis(Remote),
}

/// Where values are kept now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheState {
    /// In this process, as configured.
    Memory,
    /// In Redis, which answers.
    Connected,
    /// Nowhere: Redis is configured and does not answer.
    Away,
}

impl Cache {
    /// A cache for a single node: at most 64 MiB of values and 100,000 buckets.
    pub fn memory() -> Self {
        Self::Memory(Memory::new())
    }

    /// A cache in Redis, connected to in the background on `runtime` (the one that outlives all requests). Every name
    /// in Redis begins with `prefix`, so that installations can share a server.
    ///
    /// # Errors
    /// When `url` cannot be understood. That Redis does not answer is no error.
    pub fn redis(url: &str, prefix: &str, runtime: &Handle) -> Result<Self, BadRedisUrl> {
        Ok(Self::Redis(Remote::start(url, prefix, runtime)?))
    }

    /// The value behind `key`, or None when it is not there, too old, unreadable, or the cache is away.
    pub async fn get<K: CacheKey>(&self, key: &K) -> Option<K::Value> {
        serde_json::from_slice(&self.get_bytes(&key.key()).await?).ok()
    }

    /// Stores `value` behind `key`; failures are ignored. Meant for filling after a miss: whoever changes what a value
    /// was computed from calls [`Cache::remove`].
    pub async fn put<K: CacheKey>(&self, key: &K, value: &K::Value) {
        if let Ok(bytes) = serde_json::to_vec(value) {
            self.put_bytes(&key.key(), K::LIFETIME, bytes.into()).await;
        }
    }

    /// Forgets what lies behind `key`. While Redis is away the removal is remembered and made good before this node
    /// reads from Redis again; other nodes may read the old value until then, its lifetime at most.
    pub async fn remove<K: CacheKey>(&self, key: &K) {
        match self {
            Self::Memory(memory) => memory.remove(&key.key()),
            Self::Redis(remote) => remote.remove(key.key()).await,
        }
    }

    /// As [`Cache::get`], for values that are bytes already.
    pub async fn get_bytes(&self, key: &str) -> Option<Arc<[u8]>> {
        match self {
            Self::Memory(memory) => memory.get(key),
            Self::Redis(remote) => remote.get(key).await,
        }
    }

    /// As [`Cache::put`], for values that are bytes already. More than [`LARGEST_VALUE_BYTES`] are not stored.
    pub async fn put_bytes(&self, key: &str, lifetime: Duration, bytes: Arc<[u8]>) {
        if bytes.len() > LARGEST_VALUE_BYTES {
            return;
        }
        let lifetime = lifetime.clamp(Duration::from_millis(1), LONGEST_LIFETIME);
        match self {
            Self::Memory(memory) => memory.put(key, lifetime, bytes),
            Self::Redis(remote) => remote.put(key, lifetime, &bytes).await,
        }
    }

    /// Takes `cost` out of the bucket `key`, all of it or nothing. A bucket holds `capacity`, is full at first, and
    /// gets back `restore_per_second`. Within one store no more than the capacity plus what was restored is ever
    /// taken; while Redis is away each node keeps its own buckets, beginning at the level it last saw.
    pub async fn bucket_take(
        &self,
        key: &str,
        cost: u32,
        capacity: u32,
        restore_per_second: u32,
        now: DateTime<Utc>,
    ) -> Bucket {
        let terms = Terms::new(capacity, restore_per_second, now);
        self.bucket_change(key, -i64::from(cost), terms).await
    }

    /// Puts `amount` back into the bucket `key`, which never holds more than `capacity`: what was taken as an
    /// estimate and not used.
    pub async fn bucket_refund(
        &self,
        key: &str,
        amount: u32,
        capacity: u32,
        restore_per_second: u32,
        now: DateTime<Utc>,
    ) -> Bucket {
        let terms = Terms::new(capacity, restore_per_second, now);
        self.bucket_change(key, i64::from(amount), terms).await
    }

    async fn bucket_change(&self, key: &str, change: i64, terms: Terms) -> Bucket {
        match self {
            Self::Memory(memory) => memory.buckets().change(key, change, terms),
            Self::Redis(remote) => remote.bucket_change(key, change, terms).await,
        }
    }

    /// Where values are kept now.
    pub fn state(&self) -> CacheState {
        match self {
            Self::Memory(_) => CacheState::Memory,
            Self::Redis(remote) if remote.is_connected() => CacheState::Connected,
            Self::Redis(_) => CacheState::Away,
        }
    }

    /// Waits until the cache can be used, at most `within`; says whether it can.
    pub async fn wait_connected(&self, within: Duration) -> bool {
        match self {
            Self::Memory(_) => true,
            Self::Redis(remote) => remote.wait_connected(within).await,
        }
    }

    /// Closes the connection, if there is one. Everything is a miss from now on.
    pub async fn stop(&self) {
        if let Self::Redis(remote) = self {
            remote.stop().await;
        }
    }
}
