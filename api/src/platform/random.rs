//! The injected source of randomness: ids, secrets and shuffles.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use rand::{Rng, RngCore, SeedableRng, rngs::StdRng, seq::SliceRandom};
use uuid::{Builder, Uuid};

/// Draws ids, secrets and permutations: from the system, or from a seed in tests and in the demo's made-up history.
#[derive(Debug, Clone)]
pub enum Random {
    /// The operating system's generator, through a cryptographically secure one a thread.
    System,
    /// A reproducible sequence. Never used for secrets in production.
    Seeded(Arc<Mutex<StdRng>>),
}

impl Random {
    /// A source that draws the same sequence for the same seed.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    fn fill(&self, bytes: &mut [u8]) {
        match self {
            Self::System => rand::rng().fill_bytes(bytes),
            Self::Seeded(rng) => rng.lock().unwrap_or_else(std::sync::PoisonError::into_inner).fill_bytes(bytes),
        }
    }

    /// A time-ordered id (UUIDv7): rows inserted together lie together.
    pub fn id(&self, now: DateTime<Utc>) -> Uuid {
        let mut noise = [0; 10];
        self.fill(&mut noise);
        Builder::from_unix_timestamp_millis(u64::try_from(now.timestamp_millis()).unwrap_or(0), &noise).into_uuid()
    }

    /// An id that says nothing about when or in which order it was drawn (UUIDv4): for sheets and comments.
    pub fn unlinkable_id(&self) -> Uuid {
        Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// `N` random bytes, for secrets and nonces.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// Puts `items` into a uniformly random order.
    pub fn shuffle<T>(&self, items: &mut [T]) {
        let mut rng = StdRng::from_seed(self.bytes());
        items.shuffle(&mut rng);
    }

    /// A number below `bound` (0 when `bound` is 0).
    pub fn below(&self, bound: usize) -> usize {
        if bound == 0 { 0 } else { StdRng::from_seed(self.bytes()).random_range(0..bound) }
    }
}
