//! Tokens whose signature was verified a moment ago, so that one is not verified on every request. An entry is the
//! hash of a token, never the token. It says only that the token was genuine: whether its person may still come in is
//! decided on every request.

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use super::access_token::VerifiedToken;

/// An entry serves this long: a key the issuer withdraws stops working at most this much later.
const LIFE: TimeDelta = TimeDelta::seconds(60);
/// Entries kept; some 400 bytes each.
const CAPACITY: u64 = 50_000;

/// The SHA-256 of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of `token`.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}

/// The cache.
pub struct VerifiedTokens {
    entries: Cache<TokenHash, Arc<Entry>>,
}

// A cache prints what it holds.
impl fmt::Debug for VerifiedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifiedTokens")
    }
}

struct Entry {
    provider: usize,
    token: VerifiedToken,
    verified_at: DateTime<Utc>,
}

impl Default for VerifiedTokens {
    fn default() -> Self {
        // The injected clock decides what may serve; the cache's own clock only frees the memory.
        let entries = Cache::builder().max_capacity(CAPACITY).time_to_live(Duration::from_secs(60)).build();
        Self { entries }
    }
}

impl VerifiedTokens {
    /// The token behind `hash` and the provider it was checked for, when it was verified within the last minute and
    /// has not ended.
    pub fn get(&self, hash: TokenHash, now: DateTime<Utc>) -> Option<(usize, VerifiedToken)> {
        let entry = self.entries.get(&hash)?;
        let age = now - entry.verified_at;
        let young = age >= TimeDelta::zero() && age < LIFE;
        (young && !entry.token.has_expired(now)).then(|| (entry.provider, entry.token.clone()))
    }

    /// Remembers that the token behind `hash` was verified just now for `provider`.
    pub fn put(&self, hash: TokenHash, provider: usize, token: &VerifiedToken, now: DateTime<Utc>) {
        self.entries.insert(hash, Arc::new(Entry { provider, token: token.clone(), verified_at: now }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(now: DateTime<Utc>, life: TimeDelta) -> VerifiedToken {
        VerifiedToken {
            issuer: "https://login.example".to_owned(),
            subject: "ada".to_owned(),
            issued_at: now,
            expires_at: now + life,
            verified_email: None,
        }
    }

    #[test]
    fn an_entry_serves_a_minute_and_never_past_the_end_of_its_token() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let cache = VerifiedTokens::default();
        let (long, short) = (TokenHash::of("long"), TokenHash::of("short"));
        cache.put(long, 0, &token(now, TimeDelta::hours(1)), now);
        cache.put(short, 1, &token(now, TimeDelta::seconds(10)), now);
        assert!(cache.get(long, now + TimeDelta::seconds(59)).is_some());
        assert!(cache.get(long, now + TimeDelta::seconds(60)).is_none());
        assert!(cache.get(long, now - TimeDelta::seconds(1)).is_none(), "a clock set back proves nothing");
        assert_eq!(cache.get(short, now + TimeDelta::seconds(39)).map(|(provider, _)| provider), Some(1));
        assert!(cache.get(short, now + TimeDelta::seconds(40)).is_none());
        assert!(cache.get(TokenHash::of("other"), now).is_none());
    }

    #[test]
    fn whom_a_token_is_about_does_not_print() {
        let mut token = token(DateTime::UNIX_EPOCH, TimeDelta::hours(1));
        token.verified_email = Some("ada@example.test".to_owned());
        assert!(!format!("{token:?}").contains("ada"));
    }
}
