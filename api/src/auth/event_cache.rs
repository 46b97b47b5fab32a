//! A bounded cache of what the database said, emptied by the bus. It is asked only while the bus is connected; a
//! change told while a value is being read keeps that value out, because it may be the old one.

use std::{
    fmt,
    hash::Hash,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use moka::sync::Cache;

/// A value serves this long even when nobody says that it changed.
const LIFE: TimeDelta = TimeDelta::seconds(60);

/// The state of a cache when a value began to be read.
#[derive(Debug, Clone, Copy)]
pub struct Epoch(u64);

/// The cache.
pub struct EventCache<K, V> {
    entries: Cache<K, (V, DateTime<Utc>)>,
    epoch: AtomicU64,
}

impl<K, V> fmt::Debug for EventCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventCache")
    }
}

impl<K, V> EventCache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// A cache of at most `capacity` values.
    pub fn new(capacity: u64) -> Self {
        let entries = Cache::builder()
            .max_capacity(capacity)
            .time_to_live(Duration::from_secs(60))
            .support_invalidation_closures()
            .build();
        Self { entries, epoch: AtomicU64::new(0) }
    }

    /// The value behind `key`, unless it is older than a minute.
    pub fn get(&self, key: &K, now: DateTime<Utc>) -> Option<V> {
        let (value, read_at) = self.entries.get(key)?;
        let age = now - read_at;
        (age >= TimeDelta::zero() && age < LIFE).then_some(value)
    }

    /// To be taken before a value is read from the database.
    pub fn epoch(&self) -> Epoch {
        Epoch(self.epoch.load(Ordering::Acquire))
    }

    /// Keeps `value`, unless something was forgotten since `epoch`.
    pub fn put(&self, key: K, value: V, now: DateTime<Utc>, epoch: Epoch)
    where
        K: Clone,
    {
        if self.epoch().0 != epoch.0 {
            return;
        }
        self.entries.insert(key.clone(), (value, now));
        // Forgetting counts first and removes then: whatever slipped in between is removed here.
        if self.epoch().0 != epoch.0 {
            self.entries.invalidate(&key);
        }
    }

    /// Forgets the value behind `key`.
    pub fn forget(&self, key: &K) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.entries.invalidate(key);
    }

    /// Forgets every value that `changed` names.
    pub fn forget_where(&self, changed: impl Fn(&V) -> bool + Send + Sync + 'static) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        if self.entries.invalidate_entries_if(move |_, (value, _)| changed(value)).is_err() {
            self.entries.invalidate_all();
        }
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.entries.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::testing::noon;

    #[test]
    fn values_serve_a_minute_or_until_they_are_forgotten() {
        let cache = EventCache::<u8, &str>::new(10);
        for key in 0..4 {
            cache.put(key, if key == 2 { "two" } else { "other" }, noon(), cache.epoch());
        }
        assert_eq!(cache.get(&0, noon() + TimeDelta::seconds(59)), Some("other"));
        assert_eq!(cache.get(&0, noon() + TimeDelta::seconds(60)), None);
        assert_eq!(cache.get(&0, noon() - TimeDelta::seconds(1)), None);
        cache.forget(&1);
        cache.forget_where(|value| *value == "two");
        assert_eq!([0, 1, 2, 3].map(|key| cache.get(&key, noon()).is_some()), [true, false, false, true]);
        cache.forget_all();
        assert_eq!(cache.get(&3, noon()), None);
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let cache = EventCache::<u8, &str>::new(10);
        let epoch = cache.epoch();
        cache.forget(&1);
        cache.put(1, "old", noon(), epoch);
        assert_eq!(cache.get(&1, noon()), None);
    }
}
