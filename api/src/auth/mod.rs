//! From a bearer token to a [`Session`]: OpenID access tokens, API tokens, the demo issuer, revocation.
//!
//! A token passes these doors in order: its form and every rule about header and claims ([`access_token`]), its
//! issuer's key ([`jwks`]), the account's person ([`accounts`]), the person's standing ([`directory`]). API tokens have
//! a shorter way ([`api_token`]). What was verified is remembered for a minute; standing and revocation never are,
//! except while the bus tells of every change.
//!
//! Nothing here logs a token, a subject or an e-mail address. A client learns only that it is not signed in; the log
//! learns the [`Refused`] reason.

pub mod access_token;
pub mod accounts;
pub mod api_token;
pub mod api_token_rows;
mod authenticator;
pub mod demo_issuer;
pub mod directory;
pub mod event_cache;
pub mod fetch;
pub mod jwks;
pub mod key_set;
mod refused;
mod session;
mod strict_json;
#[cfg(test)]
mod testing;
pub mod userinfo;
pub mod verified_tokens;

pub use authenticator::{Authenticator, AuthenticatorError, Parts, SignedIn};
pub use refused::{Refused, SignInError};
pub use session::{Session, scopes_of};
