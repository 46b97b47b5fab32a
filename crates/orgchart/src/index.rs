//! Key → slot, in shards: a copy shares all shards but those written to.
//!
//! A plain persistent hash trie (`im::HashMap`) was weighed and left: its nodes reserve 32 places each, which is some
//! 40 MB a map at 100,000 keys; 256 shards of ordinary tables take 3 MB and copy one shard for a change.

use std::{
    borrow::Borrow,
    collections::{HashMap, hash_map::RandomState},
    hash::{BuildHasher, Hash},
    sync::Arc,
};

const SHARDS: usize = 256;

/// A map from a key to a slot.
#[derive(Debug, Clone)]
pub(crate) struct Index<K> {
    shards: Vec<Arc<HashMap<K, u32, RandomState>>>,
    hasher: RandomState,
}

impl<K: Hash + Eq + Clone> Index<K> {
    pub(crate) fn new() -> Self {
        let hasher = RandomState::new();
        let shards = (0..SHARDS).map(|_| Arc::new(HashMap::with_hasher(hasher.clone()))).collect();
        Self { shards, hasher }
    }

    /// The tables inside choose buckets by the low bits and tags by the high ones: shards go by bits between.
    fn shard<Q: Hash + ?Sized>(&self, key: &Q) -> usize {
        (self.hasher.hash_one(key) >> 32) as usize % SHARDS
    }

    pub(crate) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<u32>
    where
        K: Borrow<Q>,
    {
        self.shards[self.shard(key)].get(key).copied()
    }

    /// Gives the key to a slot and returns the slot that held it before.
    pub(crate) fn insert(&mut self, key: K, slot: u32) -> Option<u32> {
        let shard = self.shard(&key);
        Arc::make_mut(&mut self.shards[shard]).insert(key, slot)
    }

    pub(crate) fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        let shard = self.shard(key);
        Arc::make_mut(&mut self.shards[shard]).remove(key);
    }
}
