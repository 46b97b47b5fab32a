//! The issuer inside `hearten demo`: real keys, a discovery document and a JWKS like any provider's, and a token for
//! each persona. Its tokens pass through the same checks as everybody's; only finding the person is shorter, because
//! the subject is the person's id.
//!
//! It cannot exist beside a real provider. A [`DemoIssuer`] needs a [`DemoMode`], and that is declared only on settings
//! without a provider, with which `hearten serve` refuses to start. A test keeps the callers of [`DemoMode::declare`]
//! to the demo command. The key is drawn at the start and never stored: yesterday's demo tokens are worth nothing.

use std::fmt;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{SubsecRound, TimeDelta};
use hearten_ids::{OrganizationId, PersonId};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::key_set::KeySet;
use crate::{
    config::{Algorithm, Config, Linking, Provider},
    platform::{clock::Clock, random::Random},
};

/// The audience of demo tokens.
pub const DEMO_AUDIENCE: &str = "urn:hearten:demo";
/// Demo tokens live at most this long.
const LONGEST_LIFE: TimeDelta = TimeDelta::days(30);

/// Proof that this process is a demo. Whoever holds one may run an issuer that vouches for anybody.
#[derive(Debug, Clone, Copy)]
pub struct DemoMode(());

/// Why a demo issuer cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Real providers are configured: real people's data is near.
    #[error("identity.providers is not empty: a demo issuer never runs beside a real provider")]
    NotADemo,
    /// The key could not be drawn or used.
    #[error("the demo issuer's key cannot be used")]
    Key,
}

impl DemoMode {
    /// Declares this process a demo. For the demo command only.
    ///
    /// # Errors
    /// When the settings name a provider.
    pub fn declare(config: &Config) -> Result<Self, DemoError> {
        if config.identity.providers.is_empty() { Ok(Self(())) } else { Err(DemoError::NotADemo) }
    }
}

/// An issuer with a key of its own.
pub struct DemoIssuer {
    issuer: String,
    organization: OrganizationId,
    key: Ed25519KeyPair,
    kid: String,
    clock: Clock,
    random: Random,
}

impl fmt::Debug for DemoIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoIssuer").field("issuer", &self.issuer).field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl DemoIssuer {
    /// An issuer at the address `issuer` (where its documents are served, without a slash at the end) for the people of
    /// `organization`, with a new key.
    ///
    /// # Errors
    /// When no key can be drawn.
    pub fn new(
        _proof: DemoMode,
        issuer: String,
        organization: OrganizationId,
        clock: Clock,
        random: Random,
    ) -> Result<Self, DemoError> {
        // From the system's own generator, also where the demo's made-up history comes from a seed.
        let key = Ed25519KeyPair::generate().map_err(|_| DemoError::Key)?;
        let digest = Sha256::digest(key.public_key().as_ref());
        let kid = format!("demo-{}", URL_SAFE_NO_PAD.encode(&digest[..9]));
        Ok(Self { issuer, organization, key, kid, clock, random })
    }

    /// Whose people it vouches for.
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// What is expected of its tokens.
    pub fn provider(&self) -> Provider {
        Provider {
            issuer: self.issuer.clone(),
            audience: DEMO_AUDIENCE.to_owned(),
            organization: String::new(),
            algorithms: vec![Algorithm::EdDSA],
            accept_typ_jwt: false,
            client_ids: Vec::new(),
            linking: Linking::Known,
        }
    }

    /// The discovery document, for `/.well-known/openid-configuration` below the issuer's address. It says only what a
    /// demo has: keys, and no way to sign in but the printed tokens.
    pub fn discovery(&self) -> Value {
        json!({
            "issuer": self.issuer,
            "jwks_uri": format!("{}/.well-known/jwks.json", self.issuer),
            "response_types_supported": [],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
        })
    }

    /// The public key, for `/.well-known/jwks.json` below the issuer's address.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [{
            "kty": "OKP",
            "crv": "Ed25519",
            "use": "sig",
            "alg": "EdDSA",
            "kid": self.kid,
            "x": URL_SAFE_NO_PAD.encode(self.key.public_key().as_ref()),
        }] })
    }

    /// The keys as the checks take them: read from the same document that others are served.
    ///
    /// # Errors
    /// Never for a key of our own; the type says so because the document is parsed.
    pub fn key_set(&self) -> Result<KeySet, DemoError> {
        KeySet::parse(self.jwks().to_string().as_bytes(), &[Algorithm::EdDSA]).map_err(|_| DemoError::Key)
    }

    /// An access token for `person`, valid from now for `lifetime` (at most 30 days).
    pub fn mint(&self, person: PersonId, lifetime: TimeDelta) -> String {
        let now = self.clock.now().trunc_subsecs(0);
        let header = json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": self.kid });
        let claims = json!({
            "iss": self.issuer,
            "aud": DEMO_AUDIENCE,
            "sub": person.to_string(),
            "client_id": "demo",
            "iat": now.timestamp(),
            "exp": (now + lifetime.min(LONGEST_LIFE)).timestamp(),
            "jti": URL_SAFE_NO_PAD.encode(self.random.bytes::<16>()),
        });
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(&header), encode(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(message.as_bytes()).as_ref());
        format!("{message}.{signature}")
    }
}

#[cfg(test)]
mod tests;
