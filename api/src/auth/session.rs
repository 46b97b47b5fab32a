//! What a signed-in bearer may be taken for: the actor, with roles or scopes.

use std::{net::IpAddr, str::FromStr};

use chrono::{DateTime, Utc};
use hearten_entity::api_token;
use hearten_policy::{Actor, Principal, Scope, ScopeSet};

use super::{
    authenticator::{Authenticator, SignedIn},
    refused::SignInError,
};
use crate::{graphql::error::Exception, platform::db::Db};

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who, with roles and scopes.
    pub actor: Actor,
    /// From when on the token that opened the session is refused; sockets and streams close then. For access tokens this
    /// is their expiry and the leeway for clocks that differ, so that one moment counts for everything.
    pub expires_at: DateTime<Utc>,
}

impl Authenticator {
    /// The session of `bearer` (the token alone, without `Bearer`), seen at the address `peer`; None without a bearer.
    ///
    /// # Errors
    /// UNAUTHENTICATED when the token is not taken, whatever the reason: that is for the log. UNAVAILABLE when the
    /// issuer's keys or the database cannot be had.
    pub async fn authenticate(
        &self,
        db: &Db,
        bearer: Option<&str>,
        peer: Option<IpAddr>,
    ) -> Result<Option<Session>, Exception> {
        let Some(bearer) = bearer else { return Ok(None) };
        match self.sign_in(db, bearer, peer).await {
            Ok(signed_in) => Ok(Some(signed_in.into())),
            Err(SignInError::Refused(reason)) => {
                tracing::info!(%reason, "a bearer token was refused");
                Err(reason.into_exception())
            }
            Err(SignInError::Exception(exception)) => Err(exception),
        }
    }
}

impl From<SignedIn> for Session {
    fn from(signed_in: SignedIn) -> Self {
        match signed_in {
            SignedIn::Person { organization, person, grants, expires_at } => {
                let actor = Actor { organization, principal: Principal::Person(person), grants };
                Self { actor, expires_at }
            }
            SignedIn::ApiToken { token, expires_at } => {
                let principal = Principal::ApiToken { id: token.id, scopes: scopes_of(&token) };
                let actor = Actor { organization: token.organization_id, principal, grants: Vec::new() };
                Self { actor, expires_at }
            }
        }
    }
}

/// The scopes of a token. A name this version does not know grants nothing.
pub fn scopes_of(token: &api_token::Model) -> ScopeSet {
    let names = token.scopes.as_array().into_iter().flatten().filter_map(|name| name.as_str());
    names.filter_map(|name| Scope::from_str(name).ok()).collect()
}
