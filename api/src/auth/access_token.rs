//! Access tokens of an identity provider (RFC 9068, with the advice of RFC 8725).
//!
//! A token is read in three steps whose types follow each other: [`Unverified`] is only text that has the right form;
//! [`Unverified::check`] applies every rule about header and claims for one provider; [`Checked::verify`] compares the
//! signature and is the only road to a [`VerifiedToken`]. `jsonwebtoken` does nothing but the signature: its
//! `Validation` lets absent claims pass and never looks at `typ`, `iat`, `crit` or a key's use.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::{
    key_set::{MAX_KID_BYTES, VerifyingKey, algorithm_named},
    refused::Refused,
    strict_json::StrictObject,
};
use crate::config::{Algorithm, Provider};

/// Longer tokens are not looked at.
pub const MAX_TOKEN_BYTES: usize = 8 << 10;
/// How far the provider's clock and ours may differ.
pub const LEEWAY: TimeDelta = TimeDelta::seconds(30);
/// OpenID Connect allows subjects of 255 characters.
const MAX_SUBJECT_BYTES: usize = 255;
/// The end of the year 9999: a time beyond it is a mistake (milliseconds, most likely).
const LAST_SECOND: i64 = 253_402_300_799;
/// Header parameters with which a token could bring its own key, name one elsewhere or change the rules.
const REFUSED_PARAMETERS: [&str; 8] = ["crit", "jku", "jwk", "x5u", "x5c", "b64", "zip", "enc"];
/// Claims that ID tokens and logout tokens carry and access tokens do not.
const FOREIGN_CLAIMS: [&str; 5] = ["nonce", "at_hash", "c_hash", "s_hash", "events"];

/// A token of the right form. Nothing it says is to be believed.
pub struct Unverified<'a> {
    header: Header,
    claims: StrictObject,
    message: &'a str,
    signature: &'a str,
}

/// A token that obeys every rule but whose signature nobody has looked at.
pub struct Checked<'a> {
    token: Unverified<'a>,
    verified: VerifiedToken,
}

/// What a token whose signature and rules hold says. `Debug` hides whom it is about.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedToken {
    /// The issuer.
    pub issuer: String,
    /// The account at the issuer.
    pub subject: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// When it ends; leeway not included.
    pub expires_at: DateTime<Utc>,
    /// The e-mail address, when the issuer says in the token that it has verified it.
    pub verified_email: Option<String>,
}

struct Header {
    typ: String,
    algorithm: Algorithm,
    kid: Option<String>,
}

impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedToken")
            .field("issuer", &self.issuer)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl VerifiedToken {
    /// From when on the token is refused, and what it opened closes: our clock may be ahead of the issuer's.
    pub fn refused_from(&self) -> DateTime<Utc> {
        self.expires_at + LEEWAY
    }

    /// Whether the token has ended.
    pub fn has_expired(&self, now: DateTime<Utc>) -> bool {
        now >= self.refused_from()
    }
}

impl<'a> Unverified<'a> {
    /// Reads a token: its length, its three parts, its header. Nothing it says is believed yet.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn read(token: &'a str) -> Result<Self, Refused> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Refused::TooLong);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Refused::NotThreeParts)?;
        let (header, claims) = message.split_once('.').ok_or(Refused::NotThreeParts)?;
        if claims.contains('.') || header.is_empty() || claims.is_empty() || signature.is_empty() {
            return Err(Refused::NotThreeParts);
        }
        Ok(Self {
            header: Header::read(&object(header, "header")?)?,
            claims: object(claims, "claims")?,
            message,
            signature,
        })
    }

    /// The issuer the token claims to be from, to choose the provider by.
    ///
    /// # Errors
    /// When there is none, or it is not a text.
    pub fn issuer(&self) -> Result<&str, Refused> {
        required_text(&self.claims, "iss")
    }

    /// Whether the token claims to be meant for `audience`.
    pub fn is_for(&self, audience: &str) -> bool {
        check_audience(&self.claims, audience).is_ok()
    }

    /// The key id, if the token has one.
    pub fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// The algorithm of the header.
    pub fn algorithm(&self) -> Algorithm {
        self.header.algorithm
    }

    /// Applies every rule that does not need a key.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn check(self, provider: &Provider, now: DateTime<Utc>) -> Result<Checked<'a>, Refused> {
        let claims = &self.claims;
        check_algorithm(self.header.algorithm, provider)?;
        check_issuer(self.issuer()?, provider)?;
        check_audience(claims, &provider.audience)?;
        check_kind(claims)?;
        check_type(&self.header.typ, claims, provider)?;
        check_bearer(claims)?;
        let expires_at = check_expiry(claims, now)?;
        let issued_at = check_beginning(claims, now)?;
        let subject = check_subject(claims)?;
        let verified = VerifiedToken {
            issuer: provider.issuer.clone(),
            subject: subject.to_owned(),
            issued_at,
            expires_at,
            verified_email: verified_email(claims).map(str::to_owned),
        };
        Ok(Checked { token: self, verified })
    }
}

impl Checked<'_> {
    /// The key id, if the token has one.
    pub fn kid(&self) -> Option<&str> {
        self.token.kid()
    }

    /// The algorithm of the header.
    pub fn algorithm(&self) -> Algorithm {
        self.token.algorithm()
    }

    /// Verifies the signature with `key`, by the key's own algorithm.
    ///
    /// # Errors
    /// When the header names another algorithm, or the signature does not fit.
    pub fn verify(self, key: &VerifyingKey) -> Result<VerifiedToken, Refused> {
        if self.token.header.algorithm != key.algorithm() {
            return Err(Refused::AlgorithmMismatch);
        }
        if !key.verifies(self.token.message.as_bytes(), self.token.signature) {
            return Err(Refused::Signature);
        }
        Ok(self.verified)
    }
}

impl Header {
    fn read(header: &StrictObject) -> Result<Self, Refused> {
        if let Some(refused) = REFUSED_PARAMETERS.into_iter().find(|name| header.has(name)) {
            return Err(Refused::HeaderParameter(refused));
        }
        let algorithm = header.text("alg").and_then(algorithm_named).ok_or(Refused::AlgorithmNotAllowed)?;
        let typ = header.text("typ").ok_or(Refused::Type)?.to_ascii_lowercase();
        let kid = match header.get("kid") {
            None => None,
            Some(Value::String(kid)) if (1..=MAX_KID_BYTES).contains(&kid.len()) => Some(kid.clone()),
            Some(_) => return Err(Refused::KeyId),
        };
        Ok(Self { typ, algorithm, kid })
    }
}

/// The e-mail address among `claims`, when they say that it is verified: with the boolean true, not a text.
pub fn verified_email(claims: &StrictObject) -> Option<&str> {
    let verified = claims.get("email_verified") == Some(&Value::Bool(true));
    claims.text("email").filter(|email| verified && email.contains('@') && email.len() <= 320)
}

fn object(part: &str, name: &'static str) -> Result<StrictObject, Refused> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Malformed(name))?;
    StrictObject::parse(&bytes).ok_or(Refused::Malformed(name))
}

fn check_algorithm(algorithm: Algorithm, provider: &Provider) -> Result<(), Refused> {
    if provider.algorithms.contains(&algorithm) { Ok(()) } else { Err(Refused::AlgorithmNotAllowed) }
}

fn check_issuer(issuer: &str, provider: &Provider) -> Result<(), Refused> {
    if issuer == provider.issuer { Ok(()) } else { Err(Refused::Issuer) }
}

fn check_audience(claims: &StrictObject, audience: &str) -> Result<(), Refused> {
    // An audience that was not configured is nobody's.
    if audience.is_empty() {
        return Err(Refused::Audience);
    }
    let contains = match claims.get("aud") {
        None => return Err(Refused::Missing("aud")),
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(many)) if many.iter().all(Value::is_string) => many.iter().any(|one| one == audience),
        Some(_) => return Err(Refused::WrongType("aud")),
    };
    if contains { Ok(()) } else { Err(Refused::Audience) }
}

/// ID, logout and refresh tokens are signed by the same keys, and some carry our audience.
fn check_kind(claims: &StrictObject) -> Result<(), Refused> {
    if FOREIGN_CLAIMS.into_iter().any(|name| claims.has(name)) {
        return Err(Refused::NotAnAccessToken);
    }
    // Keycloak says in the claims what kind of token it is.
    match claims.get("typ") {
        None => Ok(()),
        Some(Value::String(kind)) if kind.eq_ignore_ascii_case("bearer") || kind.eq_ignore_ascii_case("at+jwt") => {
            Ok(())
        }
        Some(_) => Err(Refused::NotAnAccessToken),
    }
}

fn check_type(typ: &str, claims: &StrictObject, provider: &Provider) -> Result<(), Refused> {
    match typ {
        "at+jwt" | "application/at+jwt" => Ok(()),
        // Providers that do not know RFC 9068 call every token "JWT": which client asked for it tells more.
        "jwt" if provider.accept_typ_jwt => {
            let client = claims.get("azp").or_else(|| claims.get("client_id")).and_then(Value::as_str);
            let listed = client.is_some_and(|client| provider.client_ids.iter().any(|listed| listed == client));
            if listed { Ok(()) } else { Err(Refused::Client) }
        }
        _ => Err(Refused::Type),
    }
}

/// A token bound to a key (DPoP) or a certificate must not be taken from somebody who merely bears it (RFC 9449, 8705).
fn check_bearer(claims: &StrictObject) -> Result<(), Refused> {
    if claims.has("cnf") { Err(Refused::SenderConstrained) } else { Ok(()) }
}

fn check_expiry(claims: &StrictObject, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refused> {
    let expires_at = date(claims, "exp")?.ok_or(Refused::Missing("exp"))?;
    if now >= expires_at + LEEWAY { Err(Refused::Expired) } else { Ok(expires_at) }
}

fn check_beginning(claims: &StrictObject, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refused> {
    let issued_at = date(claims, "iat")?.ok_or(Refused::Missing("iat"))?;
    if issued_at > now + LEEWAY {
        return Err(Refused::IssuedInFuture);
    }
    if date(claims, "nbf")?.is_some_and(|begins_at| begins_at > now + LEEWAY) {
        return Err(Refused::NotYetValid);
    }
    Ok(issued_at)
}

fn check_subject(claims: &StrictObject) -> Result<&str, Refused> {
    let subject = required_text(claims, "sub")?;
    let printable = !subject.chars().any(char::is_control);
    if printable && (1..=MAX_SUBJECT_BYTES).contains(&subject.len()) {
        Ok(subject)
    } else {
        Err(Refused::WrongType("sub"))
    }
}

fn required_text<'a>(claims: &'a StrictObject, name: &'static str) -> Result<&'a str, Refused> {
    claims.get(name).ok_or(Refused::Missing(name))?.as_str().ok_or(Refused::WrongType(name))
}

/// Seconds since 1970; RFC 7519 allows fractions, which are cut off.
fn date(claims: &StrictObject, name: &'static str) -> Result<Option<DateTime<Utc>>, Refused> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64));
    let in_range = seconds.filter(|seconds| (0..=LAST_SECOND).contains(seconds));
    let date = in_range.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    date.map(Some).ok_or(Refused::WrongType(name))
}

#[cfg(test)]
mod tests;
