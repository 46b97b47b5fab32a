//! The cache: small values with a lifetime, in memory or in Redis. A cache may forget at any time; losing it costs
//! speed, never correctness.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde::{Serialize, de::DeserializeOwned};

/// A typed key: it knows what lies behind it and for how long.
pub trait CacheKey {
    /// What is stored.
    type Value: Serialize + DeserializeOwned;
    /// How long a value may be used.
    const LIFETIME: Duration;
    /// The key as text; begins with the area and the organization.
    fn key(&self) -> String;
}

/// The cache of this node.
#[derive(Debug, Clone)]
pub enum Cache {
    /// Within this process, bounded.
    Memory(moka::sync::Cache<String, (Instant, Arc<[u8]>)>),
}

impl Cache {
    /// A cache for a single node: at most 64 MiB.
    pub fn memory() -> Self {
        Self::Memory(
            moka::sync::Cache::builder()
                .max_capacity(64 << 20)
                .weigher(|key: &String, value: &(Instant, Arc<[u8]>)| {
                    u32::try_from(key.len() + value.1.len()).unwrap_or(u32::MAX)
                })
                .build(),
        )
    }

    /// The value behind `key`, or None when it is not there, too old, or the cache is away.
    pub async fn get<K: CacheKey>(&self, key: &K) -> Option<K::Value> {
        match self {
            Self::Memory(values) => {
                let (written, bytes) = values.get(&key.key())?;
                if written.elapsed() > K::LIFETIME { None } else { serde_json::from_slice(&bytes).ok() }
            }
        }
    }

    /// Stores `value` behind `key`; failures are ignored.
    pub async fn put<K: CacheKey>(&self, key: &K, value: &K::Value) {
        let Ok(bytes) = serde_json::to_vec(value) else { return };
        match self {
            Self::Memory(values) => values.insert(key.key(), (Instant::now(), bytes.into())),
        }
    }
}
