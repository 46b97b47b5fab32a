//! Decides who a bearer is. Signatures may be remembered for a minute; whether somebody may still come in is decided
//! on every request.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use hearten_entity::{api_token::Model, organization};
use hearten_ids::{ApiTokenId, OrganizationId, PersonId};
use hearten_policy::Grant;

use super::{
    access_token::{Unverified, VerifiedToken},
    accounts::{Account, Accounts},
    api_token,
    api_token_rows::ApiTokenRows,
    demo_issuer::{DemoError, DemoIssuer},
    directory::{CreatePerson, Directory, Standing},
    fetch::Fetcher,
    jwks::RemoteIssuer,
    key_set::{KeySet, VerifyingKey},
    refused::{Refused, SignInError},
    userinfo::Userinfo,
    verified_tokens::{TokenHash, VerifiedTokens},
};
use crate::{
    config::{Algorithm, Linking, Provider},
    graphql::error::Exception,
    platform::{
        bus::{Bus, Event, Listener},
        clock::Clock,
        db::Db,
        random::Random,
    },
};

/// How long the organization behind a slug is remembered.
const ORGANIZATION_LIFE: TimeDelta = TimeDelta::minutes(5);

/// How often [`Authenticator::follow`] looks whether the bus is away when it hears nothing.
const BUS_LOOKED_AT: Duration = Duration::from_secs(1);
/// How often [`Authenticator::keep_keys_fresh`] looks: several times in the last minute of keys.
const KEYS_LOOKED_AT: Duration = Duration::from_secs(20);

/// Who a bearer is, before roles and scopes are looked at.
#[derive(Debug, Clone)]
pub enum SignedIn {
    /// A person, by an access token.
    Person {
        /// The tenant.
        organization: OrganizationId,
        /// The person.
        person: PersonId,
        /// The roles granted to the person.
        grants: Vec<Grant>,
        /// From when on the token is refused: its expiry and the leeway for clocks that differ.
        expires_at: DateTime<Utc>,
    },
    /// An integration, by an API token.
    ApiToken {
        /// The token.
        token: Arc<Model>,
        /// When the secret stops working.
        expires_at: DateTime<Utc>,
    },
}

/// What an authenticator needs of the service.
#[derive(Debug)]
pub struct Parts {
    /// What time it is.
    pub clock: Clock,
    /// For the ids of linked accounts.
    pub random: Random,
    /// Whether changes made on other nodes are heard of.
    pub bus: Bus,
    /// How persons stand.
    pub directory: Arc<dyn Directory>,
    /// Creates persons where a provider's `linking` is `just_in_time`; none: nobody is created.
    pub create: Option<Arc<dyn CreatePerson>>,
}

/// Why no authenticator can be built.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticatorError {
    /// The HTTP client cannot start.
    #[error("the HTTP client for identity providers cannot start")]
    Client(#[from] reqwest::Error),
    /// The demo issuer's key cannot be used.
    #[error(transparent)]
    Demo(#[from] DemoError),
}

/// Decides who a bearer is. One for the process, shared by all workers.
#[derive(Debug)]
pub struct Authenticator {
    clock: Clock,
    bus: Bus,
    trusted: Vec<Trusted>,
    directory: Arc<dyn Directory>,
    create: Option<Arc<dyn CreatePerson>>,
    verified: VerifiedTokens,
    accounts: Accounts,
    api_tokens: ApiTokenRows,
    userinfo: Userinfo,
    // Whether the bus's events arrive here; without them nothing is remembered that could change.
    hearing: AtomicBool,
}

#[derive(Debug)]
struct Trusted {
    provider: Provider,
    keys: Keys,
    home: Home,
}

#[derive(Debug)]
enum Keys {
    Fetched(Arc<RemoteIssuer>),
    Own(KeySet),
}

/// The organization a provider's people belong to.
#[derive(Debug)]
enum Home {
    Slug(Mutex<Option<(OrganizationId, DateTime<Utc>)>>),
    Demo(OrganizationId),
}

impl Authenticator {
    /// Trusts `providers` (from the settings, and those the command line adds) and, in a demo, its own issuer; in tests
    /// one for each organization.
    ///
    /// # Errors
    /// When the HTTP client cannot start.
    pub fn new<'a>(
        providers: &[Provider],
        demo: impl IntoIterator<Item = &'a DemoIssuer>,
        parts: Parts,
    ) -> Result<Self, AuthenticatorError> {
        let Parts { clock, random, bus, directory, create } = parts;
        let fetcher = Fetcher::new()?;
        let mut issuers: HashMap<&str, Arc<RemoteIssuer>> = HashMap::new();
        let mut trusted = Vec::new();
        for provider in providers {
            // Two organizations may share a provider: its keys are fetched once.
            let issuer = issuers.entry(&provider.issuer).or_insert_with(|| {
                let algorithms = algorithms_of(providers, &provider.issuer);
                RemoteIssuer::new(provider.issuer.clone(), algorithms, fetcher.clone(), clock.clone())
            });
            let keys = Keys::Fetched(issuer.clone());
            trusted.push(Trusted { provider: provider.clone(), keys, home: Home::Slug(Mutex::default()) });
        }
        for demo in demo {
            let keys = Keys::Own(demo.key_set()?);
            trusted.push(Trusted { provider: demo.provider(), keys, home: Home::Demo(demo.organization()) });
        }
        Ok(Self {
            accounts: Accounts::new(clock.clone(), random),
            api_tokens: ApiTokenRows::new(clock.clone()),
            clock,
            bus,
            trusted,
            directory,
            create,
            verified: VerifiedTokens::default(),
            userinfo: Userinfo::default(),
            hearing: AtomicBool::new(false),
        })
    }

    /// Fetches every issuer's keys, so that the first request does not wait; returns the issuers whose keys cannot be
    /// had now.
    pub async fn warm_up(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for trusted in &self.trusted {
            if let Keys::Fetched(issuer) = &trusted.keys
                && !issuer.warm_up().await
            {
                missing.push(trusted.provider.issuer.clone());
            }
        }
        missing
    }

    /// Renews keys shortly before they lapse, also while nobody asks; never ends.
    pub async fn keep_keys_fresh(&self) {
        loop {
            tokio::time::sleep(KEYS_LOOKED_AT).await;
            self.warm_up().await;
        }
    }

    /// Forgets what the bus says has changed; runs until the bus is gone. Until it runs, nothing that could change is
    /// remembered.
    pub async fn follow(&self, mut events: Listener) {
        let _stop = StopFollowing(self);
        self.resynchronise();
        loop {
            match tokio::time::timeout(BUS_LOOKED_AT, events.next()).await {
                Ok(Some(Event::TokenChanged { token, .. })) => self.api_tokens.forget(token),
                Ok(Some(Event::PersonSignedOut { person, .. })) => self.accounts.forget(person),
                Ok(Some(Event::Resynchronise)) => self.resynchronise(),
                Ok(Some(Event::ChartChanged { .. } | Event::PublicationAppeared { .. } | Event::Happened { .. })) => {}
                Ok(None) => return,
                // A bus that is back before anybody asked was away all the same.
                Err(_) if !self.may_remember() => self.resynchronise(),
                Err(_) => {}
            }
        }
    }

    /// Forgets a token on this node at once; the bus tells the others (and this one, a moment later).
    pub fn forget_api_token(&self, token: ApiTokenId) {
        self.api_tokens.forget(token);
    }

    /// Who `bearer` is, seen at the address `peer`.
    ///
    /// # Errors
    /// The reason for the log, or that we could not find out.
    pub async fn sign_in(&self, db: &Db, bearer: &str, peer: Option<IpAddr>) -> Result<SignedIn, SignInError> {
        if api_token::looks_like_one(bearer) {
            let remember = self.may_remember();
            let (token, expires_at) = self.api_tokens.authenticate(db, bearer, peer, remember).await?;
            return Ok(SignedIn::ApiToken { token, expires_at });
        }
        let (trusted, token) = self.verify(bearer, self.clock.now()).await?;
        let (organization, person) = self.find_person(db, trusted, &token, bearer).await?;
        let standing = self.directory.find_standing(db, organization, person).await?.ok_or(Refused::NoPerson)?;
        self.check_standing(&standing, &token)?;
        Ok(SignedIn::Person { organization, person, grants: standing.grants, expires_at: token.refused_from() })
    }

    /// Whether what was read may be kept and used. Once the bus was away, only [`Self::resynchronise`] allows it again:
    /// the bus is connected a moment before its [`Event::Resynchronise`] is handled.
    fn may_remember(&self) -> bool {
        if !self.bus.is_connected() {
            self.hearing.store(false, Ordering::Release);
        }
        self.hearing.load(Ordering::Acquire)
    }

    fn resynchronise(&self) {
        self.forget_all();
        self.hearing.store(self.bus.is_connected(), Ordering::Release);
    }

    fn forget_all(&self) {
        self.accounts.forget_all();
        self.api_tokens.forget_all();
    }

    async fn verify(&self, bearer: &str, now: DateTime<Utc>) -> Result<(&Trusted, VerifiedToken), Refused> {
        let hash = TokenHash::of(bearer);
        if let Some((index, token)) = self.verified.get(hash, now)
            && let Some(trusted) = self.trusted.get(index)
        {
            return Ok((trusted, token));
        }
        let unverified = Unverified::read(bearer)?;
        let (index, trusted) = self.choose(&unverified)?;
        let checked = unverified.check(&trusted.provider, now)?;
        let key = trusted.keys.find(checked.kid(), checked.algorithm()).await?;
        let token = checked.verify(&key)?;
        self.verified.put(hash, index, &token, now);
        Ok((trusted, token))
    }

    /// The trusted provider a token says it is from; where several organizations share its issuer, the audience says
    /// which one is meant.
    fn choose(&self, token: &Unverified<'_>) -> Result<(usize, &Trusted), Refused> {
        let issuer = token.issuer()?;
        let same: Vec<_> =
            self.trusted.iter().enumerate().filter(|(_, trusted)| trusted.provider.issuer == issuer).collect();
        if let [only] = same[..] {
            return Ok(only);
        }
        if same.is_empty() {
            return Err(Refused::Issuer);
        }
        let mut meant = same.into_iter().filter(|(_, trusted)| token.is_for(&trusted.provider.audience));
        match (meant.next(), meant.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(Refused::Audience),
            (Some(_), Some(_)) => Err(Refused::AmbiguousAudience),
        }
    }

    async fn find_person(
        &self,
        db: &Db,
        trusted: &Trusted,
        token: &VerifiedToken,
        bearer: &str,
    ) -> Result<(OrganizationId, PersonId), SignInError> {
        let slot = match &trusted.home {
            Home::Demo(organization) => {
                // The demo issuer's subjects are person ids.
                return Ok((*organization, token.subject.parse().map_err(|_| Refused::NoPerson)?));
            }
            Home::Slug(slot) => slot,
        };
        let organization = self.find_organization(db, &trusted.provider.organization, slot).await?;
        let account = Account { organization, issuer: &token.issuer, subject: &token.subject };
        if let Some(person) = self.accounts.find_person(db, account, self.may_remember()).await? {
            return Ok((organization, person));
        }
        let create = match trusted.provider.linking {
            Linking::Known => return Err(Refused::NoPerson.into()),
            Linking::VerifiedEmail => None,
            Linking::JustInTime => self.create.as_deref(),
        };
        let email = match (&token.verified_email, &trusted.keys) {
            (Some(email), _) => Some(email.clone()),
            (None, Keys::Fetched(issuer)) => self.userinfo.verified_email(issuer, token, bearer).await,
            (None, Keys::Own(_)) => None,
        };
        let email = email.ok_or(Refused::NoPerson)?;
        let linked = self.accounts.link(db, account, &email, create).await?;
        Ok((organization, linked.ok_or(Refused::NoPerson)?))
    }

    async fn find_organization(
        &self,
        db: &Db,
        slug: &str,
        slot: &Mutex<Option<(OrganizationId, DateTime<Utc>)>>,
    ) -> Result<OrganizationId, SignInError> {
        let now = self.clock.now();
        let known = *slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((organization, read_at)) = known
            && now >= read_at
            && now - read_at < ORGANIZATION_LIFE
        {
            return Ok(organization);
        }
        let row = organization::Entity::by_slug(slug).one(db.read()).await.map_err(Exception::from)?;
        let Some(row) = row else {
            tracing::warn!(slug, "a provider's organization does not exist; see identity.providers");
            return Err(Refused::NoOrganization.into());
        };
        let organization = row.id;
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some((organization, now));
        Ok(organization)
    }

    fn check_standing(&self, standing: &Standing, token: &VerifiedToken) -> Result<(), Refused> {
        if !standing.is_active(&self.clock) {
            return Err(Refused::Inactive);
        }
        if standing.signed_out_before.is_some_and(|moment| moment > token.issued_at) {
            return Err(Refused::SignedOut);
        }
        Ok(())
    }
}

struct StopFollowing<'a>(&'a Authenticator);

impl Drop for StopFollowing<'_> {
    fn drop(&mut self) {
        self.0.hearing.store(false, Ordering::Release);
        self.0.forget_all();
    }
}

impl Keys {
    async fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<VerifyingKey, Refused> {
        match self {
            Self::Fetched(issuer) => issuer.find_key(kid, algorithm).await,
            Self::Own(keys) => keys.find(kid, algorithm).cloned().ok_or(Refused::UnknownKey),
        }
    }
}

fn algorithms_of(providers: &[Provider], issuer: &str) -> Vec<Algorithm> {
    let same = providers.iter().filter(|provider| provider.issuer == issuer);
    same.flat_map(|provider| provider.algorithms.iter().copied()).collect()
}

#[cfg(test)]
mod tests;
