//! An issuer's keys, fetched from where its discovery document says and kept for a while.
//!
//! Fetching is driven by the requests that need keys, under four rules. One flight at a time: whoever needs keys while
//! a fetch is under way waits for that one. Keys are renewed in the background before they lapse, so that requests do
//! not wait. A key id nobody published costs at most one fetch in 30 seconds, however many are invented. While the
//! provider is down its last keys serve for an hour, and not longer: a provider that withdrew a key must be heard.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{
    fetch::{Document, FetchError, Fetcher},
    key_set::{KeySet, VerifyingKey},
    refused::Refused,
};
use crate::{config::Algorithm, platform::clock::Clock};

/// Keys are kept at least this long, whatever the provider says: it shall not make us ask on every request.
const SHORTEST_LIFE: TimeDelta = TimeDelta::minutes(5);
/// Keys are kept at most this long, whatever the provider says: a withdrawn key shall not work on.
const LONGEST_LIFE: TimeDelta = TimeDelta::minutes(15);
/// Keys are kept this long when the provider says nothing.
const USUAL_LIFE: TimeDelta = TimeDelta::minutes(10);
/// This long before keys lapse they are renewed in the background.
const RENEW_AHEAD: TimeDelta = TimeDelta::minutes(1);
/// Lapsed keys serve this long while the provider is down.
const STALE_LIFE: TimeDelta = TimeDelta::hours(1);
/// An unknown key id causes at most one fetch in this time, and a failed fetch is not repeated sooner.
const PAUSE: TimeDelta = TimeDelta::seconds(30);
/// Without any keys nobody can sign in: then a failed fetch is repeated after this time.
const PAUSE_WITHOUT_KEYS: TimeDelta = TimeDelta::seconds(5);
/// The discovery document is asked for again after this time, and when keys cannot be had where it said.
const DISCOVERY_LIFE: TimeDelta = TimeDelta::hours(1);

/// What we need of an OpenID provider's discovery document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Discovery {
    issuer: String,
    jwks_uri: String,
    /// Where claims about the bearer of a token are told.
    pub userinfo_endpoint: Option<String>,
}

/// An issuer whose keys are fetched.
#[derive(Debug)]
pub struct RemoteIssuer {
    issuer: String,
    algorithms: Vec<Algorithm>,
    fetcher: Fetcher,
    clock: Clock,
    held: ArcSwapOption<Held>,
    // Whether the last fetch failed: then lapsed keys serve without waiting for another try.
    failing: AtomicBool,
    // Counts flights that landed, whether well or not: who waited for one sees that it need not fly again.
    landed: AtomicU64,
    flight: Arc<Mutex<Flight>>,
}

#[derive(Debug)]
struct Held {
    keys: KeySet,
    fetched_at: DateTime<Utc>,
    life: TimeDelta,
}

/// Held by whoever fetches.
#[derive(Debug, Default)]
struct Flight {
    discovery: Option<(Discovery, DateTime<Utc>)>,
    failed_at: Option<DateTime<Utc>>,
    unknown_kid_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    Fresh,
    RenewSoon,
    Lapsed,
    Dead,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Time,
    UnknownKid,
}

impl Held {
    fn age(&self, now: DateTime<Utc>) -> Age {
        let age = now - self.fetched_at;
        if age < TimeDelta::zero() {
            // The clock was set back: how old the keys are is anybody's guess.
            Age::Lapsed
        } else if age < self.life - RENEW_AHEAD {
            Age::Fresh
        } else if age < self.life {
            Age::RenewSoon
        } else if age < self.life + STALE_LIFE {
            Age::Lapsed
        } else {
            Age::Dead
        }
    }
}

impl RemoteIssuer {
    /// The issuer called `issuer`, exactly as in its tokens. Nothing is fetched yet.
    pub fn new(issuer: String, algorithms: Vec<Algorithm>, fetcher: Fetcher, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            issuer,
            algorithms,
            fetcher,
            clock,
            held: ArcSwapOption::empty(),
            failing: AtomicBool::new(false),
            landed: AtomicU64::new(0),
            flight: Arc::default(),
        })
    }

    /// The key that a token with this key id and algorithm was signed with; fetched when it is not known and a fetch
    /// is due.
    ///
    /// # Errors
    /// [`Refused::UnknownKey`] when the issuer does not publish it, [`Refused::KeysUnavailable`] when the issuer's keys
    /// cannot be had and the last ones are too old to serve.
    pub async fn find_key(self: &Arc<Self>, kid: Option<&str>, algorithm: Algorithm) -> Result<VerifyingKey, Refused> {
        let before = self.landed.load(Ordering::Acquire);
        let held = self.usable(before).await.ok_or(Refused::KeysUnavailable)?;
        if let Some(key) = held.keys.find(kid, algorithm) {
            return Ok(key.clone());
        }
        self.refresh(Reason::UnknownKid, before).await;
        let held = self.held.load_full().ok_or(Refused::KeysUnavailable)?;
        held.keys.find(kid, algorithm).cloned().ok_or(Refused::UnknownKey)
    }

    /// Fetches the keys unless they are there: at the start, so that the first request does not wait.
    pub async fn warm_up(self: &Arc<Self>) -> bool {
        self.usable(self.landed.load(Ordering::Acquire)).await.is_some()
    }

    /// The discovery document as last read, when it is there.
    pub async fn discovery(&self) -> Option<Discovery> {
        self.flight.lock().await.discovery.as_ref().map(|(discovery, _)| discovery.clone())
    }

    /// What fetches this issuer's documents.
    pub fn fetcher(&self) -> &Fetcher {
        &self.fetcher
    }

    /// Keys that may serve now.
    async fn usable(self: &Arc<Self>, before: u64) -> Option<Arc<Held>> {
        let age = |held: &Held| held.age(self.clock.now());
        let held = self.held.load_full();
        match held.as_deref().map(age) {
            Some(Age::Fresh) => return held,
            Some(Age::RenewSoon) => {
                self.refresh_in_background();
                return held;
            }
            Some(Age::Lapsed) if self.failing.load(Ordering::Acquire) => {
                self.refresh_in_background();
                return held;
            }
            Some(Age::Lapsed | Age::Dead) | None => self.refresh(Reason::Time, before).await,
        }
        self.held.load_full().filter(|held| age(held) != Age::Dead)
    }

    /// Fetches, or waits for the fetch under way; does nothing when one landed since `before` or none is due.
    async fn refresh(self: &Arc<Self>, reason: Reason, before: u64) {
        let mut flight = self.flight.clone().lock_owned().await;
        let now = self.clock.now();
        if self.landed.load(Ordering::Acquire) != before {
            if reason == Reason::UnknownKid {
                // The keys are newer than the question and do not have the key: that was this half minute's fetch.
                flight.unknown_kid_at = Some(now);
            }
            return;
        }
        if !self.may_fly(&flight, reason, now) {
            return;
        }
        if reason == Reason::UnknownKid {
            flight.unknown_kid_at = Some(now);
        }
        // In a task of its own: a caller who hangs up must not take the fetch with them that others wait for.
        let issuer = self.clone();
        let _ = tokio::spawn(async move { issuer.fly(flight).await }).await;
    }

    fn refresh_in_background(self: &Arc<Self>) {
        let Ok(flight) = self.flight.clone().try_lock_owned() else { return };
        if self.may_fly(&flight, Reason::Time, self.clock.now()) {
            let issuer = self.clone();
            tokio::spawn(async move { issuer.fly(flight).await });
        }
    }

    fn may_fly(&self, flight: &Flight, reason: Reason, now: DateTime<Utc>) -> bool {
        let has_keys = self.held.load().as_deref().is_some_and(|held| held.age(now) != Age::Dead);
        let pause = if has_keys { PAUSE } else { PAUSE_WITHOUT_KEYS };
        over(flight.failed_at, pause, now) && (reason == Reason::Time || over(flight.unknown_kid_at, PAUSE, now))
    }

    async fn fly(&self, mut flight: OwnedMutexGuard<Flight>) {
        let fetched = self.fetch(&mut flight).await;
        let now = self.clock.now();
        self.failing.store(fetched.is_err(), Ordering::Release);
        match fetched {
            Ok((keys, life)) => {
                tracing::debug!(issuer = %self.issuer, keys = keys.len(), "the issuer's keys were fetched");
                flight.failed_at = None;
                self.held.store(Some(Arc::new(Held { keys, fetched_at: now, life })));
            }
            Err(error) => {
                tracing::warn!(issuer = %self.issuer, %error, "the issuer's keys could not be fetched");
                flight.failed_at = Some(now);
                // It may have moved them.
                flight.discovery = None;
            }
        }
        self.landed.fetch_add(1, Ordering::AcqRel);
    }

    async fn fetch(&self, flight: &mut Flight) -> Result<(KeySet, TimeDelta), FetchError> {
        let now = self.clock.now();
        let discovery = match &flight.discovery {
            Some((discovery, read_at)) if !over(Some(*read_at), DISCOVERY_LIFE, now) => discovery.clone(),
            _ => {
                let discovery = self.discover().await?;
                flight.discovery = Some((discovery.clone(), now));
                discovery
            }
        };
        let Document { body, max_age } = self.fetcher.get(&discovery.jwks_uri, None).await?;
        let keys = KeySet::parse(&body, &self.algorithms).map_err(|_| FetchError::Content("not a JWK set"))?;
        Ok((keys, life(max_age)))
    }

    async fn discover(&self) -> Result<Discovery, FetchError> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let document = self.fetcher.get(&url, None).await?;
        let discovery: Discovery =
            serde_json::from_slice(&document.body).map_err(|_| FetchError::Content("not a discovery document"))?;
        if discovery.issuer != self.issuer {
            return Err(FetchError::Content("the discovery document names another issuer"));
        }
        let plain = !self.issuer.starts_with("https://");
        let acceptable = |url: &str| url.starts_with("https://") || (plain && url.starts_with("http://"));
        if !acceptable(&discovery.jwks_uri) || !discovery.userinfo_endpoint.as_deref().is_none_or(acceptable) {
            return Err(FetchError::Content("the discovery document leads away from https"));
        }
        Ok(discovery)
    }
}

/// Whether `pause` has passed since `then`. A clock that was set back does not lengthen a pause.
fn over(then: Option<DateTime<Utc>>, pause: TimeDelta, now: DateTime<Utc>) -> bool {
    then.is_none_or(|then| now < then || now - then >= pause)
}

fn life(max_age: Option<Duration>) -> TimeDelta {
    let wished = max_age.map(|age| TimeDelta::from_std(age).unwrap_or(LONGEST_LIFE));
    wished.unwrap_or(USUAL_LIFE).clamp(SHORTEST_LIFE, LONGEST_LIFE)
}

#[cfg(test)]
mod tests;
