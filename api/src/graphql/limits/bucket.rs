//! The cost bucket of a principal: filled at a steady rate, emptied by operations.

use std::{sync::Arc, time::Instant};

use chrono::{DateTime, Utc};

use crate::platform::cache::Cache;

/// What a bucket answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Whether the cost was taken.
    pub allowed: bool,
    /// What is left.
    pub available: u32,
}

/// The contents in thousandths, so that frequent looks do not lose what comes back between them, and when it was looked
/// at.
#[derive(Clone, Copy)]
struct Level {
    thousandths: u64,
    at_millis: i64,
}

impl Level {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (level, at) = bytes.split_first_chunk::<8>()?;
        let (at, _) = at.split_first_chunk::<8>()?;
        Some(Self { thousandths: u64::from_le_bytes(*level), at_millis: i64::from_le_bytes(*at) })
    }

    fn write(self) -> Arc<[u8]> {
        [self.thousandths.to_le_bytes(), self.at_millis.to_le_bytes()].concat().into()
    }

    fn at(self, now_millis: i64, capacity: u32, restore_per_second: u32) -> Self {
        let elapsed = u64::try_from(now_millis.saturating_sub(self.at_millis)).unwrap_or(0);
        let restored = elapsed.saturating_mul(u64::from(restore_per_second));
        let thousandths = self.thousandths.saturating_add(restored).min(u64::from(capacity) * 1000);
        Self { thousandths, at_millis: now_millis.max(self.at_millis) }
    }

    fn available(self) -> u32 {
        u32::try_from(self.thousandths / 1000).unwrap_or(u32::MAX)
    }
}

impl Cache {
    /// Takes `cost` from the bucket `key`, which holds `capacity` and regains `restore_per_second`; takes nothing when
    /// less is left. A bucket nobody knows is full.
    pub async fn bucket_take(
        &self,
        key: &str,
        cost: u32,
        capacity: u32,
        restore_per_second: u32,
        now: DateTime<Utc>,
    ) -> Bucket {
        self.change(key, capacity, restore_per_second, now, |level| {
            let wanted = u64::from(cost) * 1000;
            let allowed = level.thousandths >= wanted;
            if allowed {
                level.thousandths -= wanted;
            }
            allowed
        })
    }

    /// Gives `cost` back to the bucket `key`, never over `capacity`.
    pub async fn bucket_refund(
        &self,
        key: &str,
        cost: u32,
        capacity: u32,
        restore_per_second: u32,
        now: DateTime<Utc>,
    ) -> Bucket {
        self.change(key, capacity, restore_per_second, now, |level| {
            level.thousandths = (level.thousandths + u64::from(cost) * 1000).min(u64::from(capacity) * 1000);
            true
        })
    }

    fn change(
        &self,
        key: &str,
        capacity: u32,
        restore_per_second: u32,
        now: DateTime<Utc>,
        change: impl FnOnce(&mut Level) -> bool,
    ) -> Bucket {
        let now = now.timestamp_millis();
        match self {
            Self::Memory(values) => {
                let mut bucket = Bucket { allowed: false, available: 0 };
                // Upserts of one key run one after the other, so nothing is spent twice.
                values.entry(key.to_owned()).and_upsert_with(|entry| {
                    let mut level = entry
                        .and_then(|entry| Level::read(&entry.value().1))
                        .unwrap_or(Level { thousandths: u64::from(capacity) * 1000, at_millis: now })
                        .at(now, capacity, restore_per_second);
                    bucket.allowed = change(&mut level);
                    bucket.available = level.available();
                    (Instant::now(), level.write())
                });
                bucket
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[tokio::test]
    async fn a_bucket_empties_refuses_and_fills_again() {
        let cache = Cache::memory();
        let now = DateTime::<Utc>::UNIX_EPOCH;
        let take = |cost, now| cache.bucket_take("k", cost, 100, 10, now);
        assert_eq!(take(60, now).await, Bucket { allowed: true, available: 40 });
        assert_eq!(take(41, now).await, Bucket { allowed: false, available: 40 });
        assert_eq!(take(41, now + TimeDelta::milliseconds(100)).await, Bucket { allowed: true, available: 0 });
        assert_eq!(take(1, now).await.allowed, false, "a clock that goes back restores nothing");
        assert_eq!(cache.bucket_refund("k", 500, 100, 10, now).await.available, 100);
        assert_eq!(take(100, now + TimeDelta::days(9)).await, Bucket { allowed: true, available: 0 });
    }
}
