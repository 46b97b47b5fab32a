//! Key → slot, in shards: a copy shares all shards but those written to.
//!
//! A plain persistent hash trie (`im::HashMap`) was weighed and left: its nodes reserve 32 places each, which is some
//! 40 MB a map at 100,000 keys; 256 shards of ordinary tables take 3 MB and copy one shard for a change.

use std::{
    borrow::Borrow,
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use foldhash::quality::RandomState;
use hashbrown::{HashTable, hash_table::Entry};

const SHARDS: usize = 256;

/// A map from a key to a slot. A look-up hashes once: every field of every person asked for is one.
#[derive(Debug, Clone)]
pub(crate) struct Index<K> {
    shards: Vec<Arc<HashTable<(K, u32)>>>,
    hasher: RandomState,
}

impl<K: Hash + Eq + Clone> Index<K> {
    pub(crate) fn new() -> Self {
        let shards = (0..SHARDS).map(|_| Arc::default()).collect();
        Self { shards, hasher: RandomState::default() }
    }

    /// The tables inside choose buckets by the low bits and tags by the high ones: shards go by bits between.
    const fn shard(hash: u64) -> usize {
        (hash >> 32) as usize % SHARDS
    }

    pub(crate) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<u32>
    where
        K: Borrow<Q>,
    {
        let hash = self.hasher.hash_one(key);
        let found = self.shards[Self::shard(hash)].find(hash, |(held, _)| held.borrow() == key)?;
        Some(found.1)
    }

    /// Gives the key to a slot and returns the slot that held it before.
    pub(crate) fn insert(&mut self, key: K, slot: u32) -> Option<u32> {
        let Self { shards, hasher } = self;
        let hash = hasher.hash_one(&key);
        let shard = Arc::make_mut(&mut shards[Self::shard(hash)]);
        match shard.entry(hash, |(held, _)| *held == key, |(held, _)| hasher.hash_one(held)) {
            Entry::Occupied(mut held) => Some(std::mem::replace(&mut held.get_mut().1, slot)),
            Entry::Vacant(free) => {
                free.insert((key, slot));
                None
            }
        }
    }

    pub(crate) fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        let hash = self.hasher.hash_one(key);
        let shard = Arc::make_mut(&mut self.shards[Self::shard(hash)]);
        if let Ok(held) = shard.find_entry(hash, |(held, _)| held.borrow() == key) {
            held.remove();
        }
    }
}
