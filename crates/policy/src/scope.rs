//! What an API token may do: scopes, one per area and verb.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One thing an API token may do, on the whole organization. There is deliberately none for roles, tokens, sessions,
/// settings or answering: no integration grants rights or speaks for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Basics of active persons, teams and headcounts.
    DirectoryRead,
    /// E-mail addresses, dates and attributes, and persons who have left; includes the basics.
    DirectoryContact,
    /// Writing and importing persons and teams. Includes no reading: a person one cannot see cannot be written by id.
    DirectoryWrite,
    /// Surveys that were launched.
    SurveysRead,
    /// Drafting, launching, closing and publishing surveys; includes reading them.
    SurveysWrite,
    /// Publications, cuts and participation.
    ResultsRead,
    /// Comments.
    CommentsRead,
    /// Cycles, and goals that are not private.
    GoalsRead,
    /// Checking in on goals of the organization and its teams that the token may also see, and importing such goals.
    GoalsWrite,
    /// Sending GraphQL documents that are not registered.
    DocumentsFree,
    /// The audit trail.
    AuditRead,
    /// Public thanks, and the values of the company.
    RecognitionRead,
    /// Rewards and approved redemptions, and saying that they were handed over.
    RewardsFulfil,
    /// Requests in queues that are open to integrations.
    RequestsRead,
    /// Working requests in such queues: answering, declining, fulfilling. Includes no reading.
    RequestsWrite,
    /// Frictions and the roadmap.
    FrictionRead,
    /// Areas of responsibility and who has which part in them.
    ResponsibilitiesRead,
    /// Writing, assigning and importing areas of responsibility; includes reading them.
    ResponsibilitiesWrite,
}

/// A name that is no scope's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown scope {0:?}")]
pub struct UnknownScope(pub String);

impl Scope {
    /// Every scope.
    pub const ALL: &[Self] = &[
        Self::DirectoryRead,
        Self::DirectoryContact,
        Self::DirectoryWrite,
        Self::SurveysRead,
        Self::SurveysWrite,
        Self::ResultsRead,
        Self::CommentsRead,
        Self::GoalsRead,
        Self::GoalsWrite,
        Self::DocumentsFree,
        Self::AuditRead,
        Self::RecognitionRead,
        Self::RewardsFulfil,
        Self::RequestsRead,
        Self::RequestsWrite,
        Self::FrictionRead,
        Self::ResponsibilitiesRead,
        Self::ResponsibilitiesWrite,
    ];

    /// The name it is stored and shown under: area, colon, verb.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DirectoryRead => "directory:read",
            Self::DirectoryContact => "directory:contact",
            Self::DirectoryWrite => "directory:write",
            Self::SurveysRead => "surveys:read",
            Self::SurveysWrite => "surveys:write",
            Self::ResultsRead => "results:read",
            Self::CommentsRead => "comments:read",
            Self::GoalsRead => "goals:read",
            Self::GoalsWrite => "goals:write",
            Self::DocumentsFree => "documents:free",
            Self::AuditRead => "audit:read",
            Self::RecognitionRead => "recognition:read",
            Self::RewardsFulfil => "rewards:fulfil",
            Self::RequestsRead => "requests:read",
            Self::RequestsWrite => "requests:write",
            Self::FrictionRead => "friction:read",
            Self::ResponsibilitiesRead => "responsibilities:read",
            Self::ResponsibilitiesWrite => "responsibilities:write",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;
    fn from_str(name: &str) -> Result<Self, UnknownScope> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == name).ok_or_else(|| UnknownScope(name.to_owned()))
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The scopes of a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ScopeSet(u32);

impl ScopeSet {
    /// No scope.
    pub const NONE: Self = Self(0);

    /// Whether the scope is in it.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u32) != 0
    }

    /// The set with one more scope.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | 1 << scope as u32)
    }

    /// The scopes in it, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.contains(*scope))
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        scopes.into_iter().fold(Self::NONE, Self::with)
    }
}

impl Serialize for ScopeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for ScopeSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Scope>::deserialize(deserializer)?.into_iter().collect())
    }
}
