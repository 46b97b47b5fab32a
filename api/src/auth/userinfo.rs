//! The verified e-mail address of somebody whose access token does not carry it: asked of the provider's userinfo
//! endpoint with the same token, once, and remembered. Only accounts that nobody here has yet are ever asked about.

use std::{fmt, time::Duration};

use moka::future::Cache;
use sha2::{Digest, Sha256};

use super::{
    access_token::{VerifiedToken, verified_email},
    jwks::RemoteIssuer,
    strict_json::StrictObject,
};

/// An answer is remembered this long, also when it is that there is no address or no answer: an account that nobody
/// here has costs its provider one question a minute.
const LIFE: Duration = Duration::from_secs(60);
/// Answers remembered.
const CAPACITY: u64 = 10_000;

/// What userinfo endpoints answered.
pub struct Userinfo {
    answers: Cache<[u8; 32], Option<String>>,
}

// A cache prints what it holds, and these are addresses.
impl fmt::Debug for Userinfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Userinfo")
    }
}

impl Default for Userinfo {
    fn default() -> Self {
        Self { answers: Cache::builder().max_capacity(CAPACITY).time_to_live(LIFE).build() }
    }
}

impl Userinfo {
    /// The verified e-mail address of `token`'s account. Requests that ask for one account at once share one question.
    pub async fn verified_email(&self, issuer: &RemoteIssuer, token: &VerifiedToken, bearer: &str) -> Option<String> {
        let account = Sha256::new().chain_update(&token.issuer).chain_update([0]).chain_update(&token.subject);
        self.answers.get_with(account.finalize().into(), Box::pin(ask(issuer, token, bearer))).await
    }
}

async fn ask(issuer: &RemoteIssuer, token: &VerifiedToken, bearer: &str) -> Option<String> {
    let endpoint = issuer.discovery().await?.userinfo_endpoint?;
    let document = match issuer.fetcher().get(&endpoint, Some(bearer)).await {
        Ok(document) => document,
        Err(error) => {
            tracing::info!(issuer = %token.issuer, %error, "the userinfo endpoint did not answer");
            return None;
        }
    };
    let claims = StrictObject::parse(&document.body)?;
    // An answer about somebody else must not be taken for this account (OpenID Connect Core, 5.3.2).
    if claims.text("sub") != Some(token.subject.as_str()) {
        return None;
    }
    verified_email(&claims).map(str::to_owned)
}
