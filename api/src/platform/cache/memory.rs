//! Values and buckets in this process.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::{Expiry, sync::Cache};

use super::bucket::Buckets;

const VALUES_BYTES: u64 = 64 << 20;

/// The cache of a single node.
#[derive(Debug, Clone)]
pub struct Memory {
    values: Cache<String, Entry>,
    buckets: Buckets,
}

#[derive(Debug, Clone)]
struct Entry {
    lifetime: Duration,
    bytes: Arc<[u8]>,
}

struct ByLifetime;

impl Expiry<String, Entry> for ByLifetime {
    fn expire_after_create(&self, _: &String, entry: &Entry, _: Instant) -> Option<Duration> {
        Some(entry.lifetime)
    }

    fn expire_after_update(&self, _: &String, entry: &Entry, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(entry.lifetime)
    }
}

impl Memory {
    pub(super) fn new() -> Self {
        let values = Cache::builder()
            .max_capacity(VALUES_BYTES)
            .weigher(|key: &String, entry: &Entry| {
                u32::try_from(key.len() + entry.bytes.len() + size_of::<Entry>()).unwrap_or(u32::MAX)
            })
            .expire_after(ByLifetime)
            .build();
        Self { values, buckets: Buckets::new() }
    }

    pub(super) fn get(&self, key: &str) -> Option<Arc<[u8]>> {
        self.values.get(key).map(|entry| entry.bytes)
    }

    pub(super) fn put(&self, key: &str, lifetime: Duration, bytes: Arc<[u8]>) {
        self.values.insert(key.to_owned(), Entry { lifetime, bytes });
    }

    pub(super) fn remove(&self, key: &str) {
        self.values.invalidate(key);
    }

    pub(super) fn buckets(&self) -> &Buckets {
        &self.buckets
    }
}
