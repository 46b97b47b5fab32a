//! Token buckets: the arithmetic, and the buckets of this process.
//!
//! Levels are counted in thousandths and time in milliseconds, so that restoring is exact whole-number arithmetic:
//! a unit a second is a thousandth a millisecond. The script for Redis (`bucket.lua`) does the same sums.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use moka::{Expiry, ops::compute::Op, policy::EvictionPolicy, sync::Cache};

use super::LONGEST_LIFETIME;

/// How many buckets a process keeps; then the one least recently used is forgotten, and so full again.
const MOST_BUCKETS: u64 = 100_000;

/// What a bucket answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Whether there was enough. If not, nothing was taken.
    pub allowed: bool,
    /// What is left, rounded down.
    pub available: u32,
}

/// The size of a bucket and when it is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// Thousandths.
    pub(super) capacity: i64,
    /// Thousandths a millisecond.
    pub(super) rate: i64,
    /// Milliseconds since 1970.
    pub(super) now: i64,
}

/// How full a bucket was, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Level {
    /// Thousandths.
    pub(super) held: i64,
    /// Milliseconds since 1970.
    pub(super) at: i64,
}

impl Terms {
    pub(super) fn new(capacity: u32, restore_per_second: u32, now: DateTime<Utc>) -> Self {
        Self { capacity: i64::from(capacity) * 1000, rate: i64::from(restore_per_second), now: now.timestamp_millis() }
    }
}

impl Bucket {
    pub(super) fn new(allowed: bool, level: Level) -> Self {
        Self { allowed, available: u32::try_from(level.held / 1000).unwrap_or(0) }
    }
}

impl Level {
    /// Where a bucket stands now, if it stood at `before` (or was never asked, and is full).
    fn restored(before: Option<Self>, terms: Terms) -> Self {
        let Some(before) = before else { return Self { held: terms.capacity, at: terms.now } };
        // A clock that went back, or another node's that lags, restores nothing and makes nothing restore twice.
        let passed = (terms.now - before.at).max(0);
        Self {
            held: before.held.saturating_add(passed.saturating_mul(terms.rate)).min(terms.capacity),
            at: before.at.max(terms.now),
        }
    }

    /// The level after a change of whole units, or None when too little is there.
    fn changed(self, change: i64, terms: Terms) -> Option<Self> {
        let held = self.held.saturating_add(change.saturating_mul(1000)).min(terms.capacity);
        (held >= 0).then_some(Self { held, at: self.at })
    }

    /// When it will be full again, and need not be remembered any longer.
    fn lifetime(self, terms: Terms) -> Duration {
        let missing = u64::try_from(terms.capacity - self.held).unwrap_or(0);
        match u64::try_from(terms.rate) {
            Ok(rate) if rate > 0 => Duration::from_millis(missing.div_ceil(rate) + 1000).min(LONGEST_LIFETIME),
            _ => LONGEST_LIFETIME,
        }
    }
}

/// The buckets of this process.
#[derive(Debug, Clone)]
pub(super) struct Buckets(Cache<String, (Level, Duration)>);

struct UntilFull;

impl Expiry<String, (Level, Duration)> for UntilFull {
    fn expire_after_create(&self, _: &String, value: &(Level, Duration), _: Instant) -> Option<Duration> {
        Some(value.1)
    }

    fn expire_after_update(
        &self,
        _: &String,
        value: &(Level, Duration),
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(value.1)
    }
}

impl Buckets {
    pub(super) fn new() -> Self {
        // Not the default policy: it may refuse a newcomer, whose bucket would then be full each time.
        let policy = EvictionPolicy::lru();
        Self(Cache::builder().max_capacity(MOST_BUCKETS).eviction_policy(policy).expire_after(UntilFull).build())
    }

    /// Takes (negative) or gives back (positive) whole units; nobody else changes the bucket meanwhile.
    pub(super) fn change(&self, key: &str, change: i64, terms: Terms) -> Bucket {
        let mut answer = Bucket { allowed: false, available: 0 };
        self.0.entry_by_ref(key).and_compute_with(|entry| {
            let level = Level::restored(entry.map(|entry| entry.into_value().0), terms);
            let changed = level.changed(change, terms);
            answer = Bucket::new(changed.is_some(), changed.unwrap_or(level));
            match changed {
                Some(level) if level.held >= terms.capacity => Op::Remove,
                Some(level) if change != 0 => Op::Put((level, level.lifetime(terms))),
                // Refusals are not written, so that a bucket forgotten when it should be full is forgotten on time
                // however often it is asked.
                _ => Op::Nop,
            }
        });
        answer
    }

    /// Takes over a level known from elsewhere.
    pub(super) fn set(&self, key: &str, level: Level, terms: Terms) {
        if level.held >= terms.capacity {
            self.0.invalidate(key);
        } else {
            self.0.insert(key.to_owned(), (level, level.lifetime(terms)));
        }
    }
}
