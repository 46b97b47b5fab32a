//! From a bearer token to a session: OpenID access tokens, API tokens, the demo issuer, revocation.
//!
//! Nothing here logs a token, a subject or an e-mail address. A client learns only that it is not signed in; the log
//! learns the [`Refused`] reason.

pub mod access_token;
pub mod api_token;
pub mod demo_issuer;
mod fetch;
pub mod jwks;
pub mod key_set;
pub mod refused;
mod strict_json;
#[cfg(test)]
mod testing;
mod verified_tokens;

pub use refused::Refused;
