//! From a bearer token to an [`Session`]: OpenID access tokens, API tokens, the demo issuer, revocation.

use chrono::{DateTime, Utc};
use hearten_policy::Actor;

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who, with roles and scopes.
    pub actor: Actor,
    /// When the token that opened the session expires; sockets close then.
    pub expires_at: DateTime<Utc>,
}
