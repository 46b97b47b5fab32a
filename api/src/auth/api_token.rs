//! API tokens of integrations: `hrt_<id>_<secret><checksum>`.
//!
//! The id is the token's id without its prefix (26 characters), so that the row is found by its key. The secret is 32
//! random bytes in base 62 (43 characters: one double click selects the token, and secret scanners see one word). The
//! checksum is the CRC-32 of everything before it (6 characters): a damaged or made-up token is recognised without a
//! database read, and so can a scanner recognise a leaked one.
//!
//! What is stored is the SHA-256 of the secret. A password needs a slow hash because people choose guessable ones;
//! these are 256 random bits, nobody guesses them from a fast hash either, and a slow one would cost every request.

use std::{fmt, net::IpAddr, str::FromStr};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use hearten_entity::api_token::Model;
use hearten_ids::ApiTokenId;
use ipnet::IpNet;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::refused::Refused;
use crate::platform::random::Random;

/// What every API token begins with.
pub const PREFIX: &str = "hrt_";
/// How long a token works when nobody says otherwise.
pub const DEFAULT_LIFE: TimeDelta = TimeDelta::days(90);
/// A use is recorded at most once in this time: enough to find forgotten tokens, too coarse to watch somebody with.
pub const USE_RESOLUTION: TimeDelta = TimeDelta::hours(1);
/// Networks a token's list may name.
pub const MAX_NETWORKS: usize = 50;

const ID_CHARS: usize = 26;
const SECRET_BYTES: usize = 32;
const SECRET_CHARS: usize = 43;
const CHECKSUM_CHARS: usize = 6;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A token's secret. Never prints.
#[derive(Clone)]
struct TokenSecret([u8; SECRET_BYTES]);

/// The SHA-256 of a token's secret, as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct SecretHash([u8; 32]);

/// A token as a caller presents it: well-formed, and not yet compared with anything.
pub struct PresentedToken {
    /// The id it names.
    pub id: ApiTokenId,
    secret: TokenSecret,
}

/// A new token, or a new secret of one. The text is shown once and is not kept.
pub struct NewToken {
    /// The token's text, for its owner.
    pub text: String,
    /// What is stored of it.
    pub hash: SecretHash,
}

impl fmt::Debug for PresentedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresentedToken").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for NewToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewToken(hidden)")
    }
}

impl SecretHash {
    /// As the entity stores it.
    pub fn to_vec(self) -> Vec<u8> {
        self.0.to_vec()
    }
}

/// Draws a new secret for the token `id`: for a new token, and for the rotation of one.
pub fn generate(id: ApiTokenId, random: &Random) -> NewToken {
    let secret = TokenSecret(random.bytes());
    NewToken { text: print(id, &secret), hash: secret.hash() }
}

/// Whether `bearer` means to be an API token rather than an access token.
pub fn looks_like_one(bearer: &str) -> bool {
    bearer.starts_with(PREFIX)
}

/// Reads a token and verifies its checksum. Asks nobody.
///
/// # Errors
/// [`Refused::ApiTokenDamaged`] for everything that [`generate`] cannot have printed.
pub fn parse(text: &str) -> Result<PresentedToken, Refused> {
    read(text).ok_or(Refused::ApiTokenDamaged)
}

/// Whether the stored token `row` is the one presented and works now, from `peer`; and until when it will.
///
/// The secret is compared first, and all other reasons are told only to a holder of a right secret; of the two secrets
/// of a rotation both are always compared, in constant time.
///
/// # Errors
/// Why not.
pub fn verify(
    presented: &PresentedToken,
    row: &Model,
    peer: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Refused> {
    let hash = presented.secret.hash();
    let current = hash.0.as_slice().ct_eq(&row.secret_hash);
    let overlaps = row.previous_until.is_some_and(|until| now < until);
    let previous = row.previous_hash.as_ref().map_or(Choice::from(0), |previous| hash.0.as_slice().ct_eq(previous));
    let fits = current | (previous & Choice::from(u8::from(overlaps)));
    if presented.id != row.id || !bool::from(fits) {
        return Err(Refused::ApiTokenUnknown);
    }
    if row.revoked_at.is_some() {
        return Err(Refused::ApiTokenRevoked);
    }
    if now >= row.expires_at {
        return Err(Refused::Expired);
    }
    check_network(&row.networks, peer)?;
    // Who came with the secret before the rotation is out when the overlap ends.
    let overlap = row.previous_until.filter(|_| !bool::from(current));
    Ok(overlap.map_or(row.expires_at, |until| until.min(row.expires_at)))
}

/// When the use of a token at `now` is to be recorded: the hour, or None when this hour already is.
pub fn use_to_record(last_used_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let hour = now.trunc_subsecs(0) - TimeDelta::seconds(now.timestamp().rem_euclid(USE_RESOLUTION.num_seconds()));
    (last_used_at.is_none_or(|last| last < hour)).then_some(hour)
}

/// Reads a list of networks as an owner of a token gives it: CIDR texts or single addresses, written back in one
/// spelling.
///
/// # Errors
/// The first text that is none, or the empty text when there are more than [`MAX_NETWORKS`].
pub fn parse_networks(texts: &[String]) -> Result<Vec<String>, String> {
    if texts.len() > MAX_NETWORKS {
        return Err(String::new());
    }
    texts
        .iter()
        .map(|text| network(text).map(|network| network.trunc().to_string()).ok_or_else(|| text.clone()))
        .collect()
}

fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    IpNet::from_str(text).ok().or_else(|| IpAddr::from_str(text).ok().map(IpNet::from))
}

/// An empty list allows every address. A list that cannot be read, or a caller whose address is not known, is refused:
/// somebody meant to limit this token.
fn check_network(networks: &serde_json::Value, peer: Option<IpAddr>) -> Result<(), Refused> {
    let listed = networks.as_array().ok_or(Refused::ApiTokenAddress)?;
    if listed.is_empty() {
        return Ok(());
    }
    // A caller over IPv4 may show as an IPv4 address inside IPv6 where the socket listens on both.
    let peer = peer.ok_or(Refused::ApiTokenAddress)?.to_canonical();
    let inside = listed.iter().filter_map(|text| network(text.as_str()?)).any(|network| network.contains(&peer));
    if inside { Ok(()) } else { Err(Refused::ApiTokenAddress) }
}

impl TokenSecret {
    fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0).into())
    }
}

fn print(id: ApiTokenId, secret: &TokenSecret) -> String {
    let id = id.to_string();
    let digits = id.rsplit('_').next().unwrap_or_default();
    let body = format!("{PREFIX}{digits}_{}", to_base62::<SECRET_CHARS>(&secret.0));
    let checksum = crc32fast::hash(body.as_bytes());
    format!("{body}{}", to_base62::<CHECKSUM_CHARS>(&checksum.to_be_bytes()))
}

fn read(text: &str) -> Option<PresentedToken> {
    if !text.is_ascii() || text.len() != PREFIX.len() + ID_CHARS + 1 + SECRET_CHARS + CHECKSUM_CHARS {
        return None;
    }
    let (body, checksum) = text.split_at(text.len() - CHECKSUM_CHARS);
    if from_base62::<4>(checksum)? != crc32fast::hash(body.as_bytes()).to_be_bytes() {
        return None;
    }
    let (digits, secret) = body.strip_prefix(PREFIX)?.split_at(ID_CHARS);
    let id = format!("{}_{digits}", ApiTokenId::PREFIX).parse().ok()?;
    let secret = TokenSecret(from_base62(secret.strip_prefix('_')?)?);
    Some(PresentedToken { id, secret })
}

/// Big-endian `bytes` as exactly `N` digits.
fn to_base62<const N: usize>(bytes: &[u8]) -> String {
    let mut number = bytes.to_vec();
    let mut digits = [ALPHABET[0]; N];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0u16;
        for byte in &mut number {
            let value = (rest << 8) | u16::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or_default();
            rest = value % 62;
        }
        *digit = ALPHABET[usize::from(rest)];
    }
    digits.iter().copied().map(char::from).collect()
}

/// The number that `digits` write, when it fits into `N` bytes.
fn from_base62<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let mut number = [0u8; N];
    for digit in digits.bytes() {
        let mut carry = u16::try_from(ALPHABET.iter().position(|letter| *letter == digit)?).ok()?;
        for byte in number.iter_mut().rev() {
            let value = u16::from(*byte) * 62 + carry;
            *byte = value.to_le_bytes()[0];
            carry = value >> 8;
        }
        if carry != 0 {
            return None;
        }
    }
    Some(number)
}

#[cfg(test)]
mod tests;
