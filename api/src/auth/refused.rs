//! Why a bearer token was not taken: for the log and for counters. A client learns only that it is not signed in, so
//! that nobody can feel their way towards a token that passes. No reason carries anything out of the token.

use sea_orm::DbErr;

use crate::graphql::error::{ErrorCode, Exception};

/// Why a bearer token was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refused {
    /// Longer than 8 KiB.
    #[error("the token is longer than 8 KiB")]
    TooLong,
    /// Not three parts between dots.
    #[error("the token is not header.claims.signature")]
    NotThreeParts,
    /// A part is not base64url, or not one JSON object with unique keys.
    #[error("the {0} cannot be read")]
    Malformed(&'static str),
    /// The header holds a parameter that would let the token choose its own key or rules.
    #[error("the header carries {0}")]
    HeaderParameter(&'static str),
    /// `typ` is not that of an access token.
    #[error("the type is not that of an access token")]
    Type,
    /// The algorithm is unknown, or not allowed for this issuer.
    #[error("the algorithm is not allowed")]
    AlgorithmNotAllowed,
    /// The header names another algorithm than the key's own.
    #[error("the key is for another algorithm")]
    AlgorithmMismatch,
    /// The key id is empty, too long or not a text.
    #[error("the key id is malformed")]
    KeyId,
    /// A required claim is absent.
    #[error("the claim {0} is absent")]
    Missing(&'static str),
    /// A claim has the wrong type or is outside its range.
    #[error("the claim {0} is malformed")]
    WrongType(&'static str),
    /// Nobody trusts the issuer.
    #[error("the issuer is not trusted")]
    Issuer,
    /// The token is for somebody else.
    #[error("the audience is another one")]
    Audience,
    /// The token carries the audiences of two organizations: it does not say for which one it speaks.
    #[error("the audience names two organizations")]
    AmbiguousAudience,
    /// The client is not on the issuer's list.
    #[error("the client is not allowed")]
    Client,
    /// It is an ID token, a logout token or a refresh token.
    #[error("it is another kind of token")]
    NotAnAccessToken,
    /// It is bound to a key or certificate whose possession a bearer does not prove.
    #[error("it is bound to a key that was not shown")]
    SenderConstrained,
    /// Past its end.
    #[error("it has expired")]
    Expired,
    /// Before its beginning.
    #[error("it is not valid yet")]
    NotYetValid,
    /// Issued in the future.
    #[error("it was issued in the future")]
    IssuedInFuture,
    /// The issuer publishes no such key.
    #[error("the issuer publishes no such key")]
    UnknownKey,
    /// The issuer's keys cannot be had.
    #[error("the issuer's keys cannot be had")]
    KeysUnavailable,
    /// The signature does not fit.
    #[error("the signature does not fit")]
    Signature,
    /// Nobody in the organization has this account.
    #[error("the account belongs to nobody here")]
    NoPerson,
    /// The provider's organization does not exist.
    #[error("the provider's organization does not exist")]
    NoOrganization,
    /// The person is deactivated or has left.
    #[error("the person is deactivated or has left")]
    Inactive,
    /// The person was signed out after the token was issued.
    #[error("the person was signed out after the token was issued")]
    SignedOut,
    /// The API token's text is damaged: its checksum does not fit.
    #[error("the API token is damaged")]
    ApiTokenDamaged,
    /// There is no such API token, or its secret is another one.
    #[error("there is no such API token")]
    ApiTokenUnknown,
    /// The API token was revoked.
    #[error("the API token was revoked")]
    ApiTokenRevoked,
    /// The API token is used from an address that is not on its list.
    #[error("the API token may not be used from this address")]
    ApiTokenAddress,
}

/// Why somebody was not signed in.
#[derive(Debug)]
pub enum SignInError {
    /// The token was not taken.
    Refused(Refused),
    /// We could not find out.
    Exception(Exception),
}

impl From<Refused> for SignInError {
    fn from(reason: Refused) -> Self {
        Self::Refused(reason)
    }
}

impl From<Exception> for SignInError {
    fn from(exception: Exception) -> Self {
        Self::Exception(exception)
    }
}

impl From<DbErr> for SignInError {
    fn from(error: DbErr) -> Self {
        Self::Exception(error.into())
    }
}

impl Refused {
    /// What the client sees: that it is not signed in. Only when our side cannot decide does it hear that it may retry
    /// with the same token.
    pub fn into_exception(self) -> Exception {
        match self {
            Self::KeysUnavailable => Exception::code(ErrorCode::Unavailable),
            _ => Exception::unauthenticated(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_sees_the_same_whatever_the_reason() {
        let reasons =
            [Refused::Expired, Refused::Signature, Refused::NoPerson, Refused::Missing("exp"), Refused::Inactive];
        for reason in reasons {
            assert!(matches!(
                reason.into_exception(),
                Exception::Coded { code: ErrorCode::Unauthenticated, message } if message == ErrorCode::Unauthenticated.meaning()
            ));
        }
    }
}
