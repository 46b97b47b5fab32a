//! The public keys of an issuer. A key brings its own algorithm; a token's header never chooses one.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use serde_json::Value;

use crate::config::Algorithm;

/// Key ids longer than this are ignored in a key set and refused in a token.
pub const MAX_KID_BYTES: usize = 128;
/// More keys than this are not read: nobody publishes so many.
const MAX_KEYS: usize = 100;
/// RSA keys below this many bits are ignored.
const MIN_RSA_BITS: usize = 2048;
/// RSA keys above this many bits are ignored: verifying would cost an anonymous caller's wish in CPU.
const MAX_RSA_BITS: usize = 8192;

/// The body is not a JWK set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a JWK set")]
pub struct NotAKeySet;

/// One public key with the one algorithm it verifies.
#[derive(Debug, Clone)]
pub struct VerifyingKey {
    kid: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// The keys of one issuer that can verify tokens here.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Vec<VerifyingKey>,
}

impl VerifyingKey {
    /// The key's own algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether `signature` (base64url) is this key's signature of `message`.
    pub fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let algorithm = match self.algorithm {
            Algorithm::RS256 => jsonwebtoken::Algorithm::RS256,
            Algorithm::ES256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::EdDSA => jsonwebtoken::Algorithm::EdDSA,
        };
        jsonwebtoken::crypto::verify(signature, message, &self.key, algorithm).unwrap_or(false)
    }

    fn read(jwk: &Value, allowed: &[Algorithm]) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if jwk.get("use").is_some_and(|usage| usage != "sig") {
            return None;
        }
        if let Some(operations) = jwk.get("key_ops") {
            operations.as_array()?.iter().find(|operation| *operation == "verify")?;
        }
        let kid = match jwk.get("kid") {
            None => None,
            Some(Value::String(kid)) if (1..=MAX_KID_BYTES).contains(&kid.len()) => Some(kid.clone()),
            Some(_) => return None,
        };
        // The key's type leaves one algorithm of those we know; a key that names another is not for us.
        let (algorithm, key) = match (text("kty")?, text("crv")) {
            ("RSA", _) => (Algorithm::RS256, rsa(text("n")?, text("e")?)?),
            ("EC", Some("P-256")) => (Algorithm::ES256, p256(text("x")?, text("y")?)?),
            ("OKP", Some("Ed25519")) => (Algorithm::EdDSA, ed25519(text("x")?)?),
            _ => return None,
        };
        if let Some(named) = jwk.get("alg")
            && named.as_str().and_then(algorithm_named) != Some(algorithm)
        {
            return None;
        }
        allowed.contains(&algorithm).then_some(Self { kid, algorithm, key })
    }
}

impl KeySet {
    /// Reads a JWK set. Keys that cannot verify here (for encryption, of other kinds, malformed, too small, not of an
    /// allowed algorithm) are skipped: a provider may publish keys for others.
    ///
    /// # Errors
    /// When the body is no JWK set at all.
    pub fn parse(body: &[u8], allowed: &[Algorithm]) -> Result<Self, NotAKeySet> {
        let document: Value = serde_json::from_slice(body).map_err(|_| NotAKeySet)?;
        let listed = document.get("keys").and_then(Value::as_array).ok_or(NotAKeySet)?;
        let keys = listed.iter().take(MAX_KEYS).filter_map(|jwk| VerifyingKey::read(jwk, allowed)).collect();
        Ok(Self { keys })
    }

    /// The key that a token with this key id and algorithm was signed with. Without a key id only a set of one key
    /// answers. Where two keys share an id (they may, when they differ in kind) the one of the token's algorithm is
    /// meant; otherwise the algorithm plays no part, and the caller compares it with the key's own.
    pub fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&VerifyingKey> {
        let Some(kid) = kid else {
            return match self.keys.as_slice() {
                [only] => Some(only),
                _ => None,
            };
        };
        let mut named = self.keys.iter().filter(|key| key.kid.as_deref() == Some(kid));
        let first = named.next()?;
        if first.algorithm == algorithm {
            return Some(first);
        }
        named.find(|key| key.algorithm == algorithm).or(Some(first))
    }

    /// How many keys can verify here.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key can verify here.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// The algorithm a JOSE name means, when it is one we verify. RFC 9864 calls EdDSA on its curve by the curve's name.
pub fn algorithm_named(name: &str) -> Option<Algorithm> {
    match name {
        "RS256" => Some(Algorithm::RS256),
        "ES256" => Some(Algorithm::ES256),
        "EdDSA" | "Ed25519" => Some(Algorithm::EdDSA),
        _ => None,
    }
}

fn rsa(n: &str, e: &str) -> Option<DecodingKey> {
    let (n, e) = (URL_SAFE_NO_PAD.decode(n).ok()?, URL_SAFE_NO_PAD.decode(e).ok()?);
    let significant = n.iter().position(|byte| *byte != 0)?;
    let bits = (n.len() - significant) * 8 - usize::try_from(n[significant].leading_zeros()).ok()?;
    if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) || e.is_empty() || e.len() > 8 {
        return None;
    }
    Some(DecodingKey::from_rsa_raw_components(&n[significant..], &e))
}

fn p256(x: &str, y: &str) -> Option<DecodingKey> {
    let lengths = [x, y].map(|part| URL_SAFE_NO_PAD.decode(part).map(|bytes| bytes.len()));
    if lengths != [Ok(32), Ok(32)] {
        return None;
    }
    DecodingKey::from_ec_components(x, y).ok()
}

fn ed25519(x: &str) -> Option<DecodingKey> {
    let bytes = URL_SAFE_NO_PAD.decode(x).ok()?;
    (bytes.len() == 32).then(|| DecodingKey::from_ed_der(&bytes))
}

#[cfg(test)]
mod tests;
