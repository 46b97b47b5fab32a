//! Roles, sets of roles, and a role as somebody holds it.

use std::{fmt, str::FromStr};

use hearten_ids::TeamId;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What somebody is to the organization, as far as rights go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Runs the installation: directory, roles, tokens, documents, settings, audit. Granted. Reads no answers.
    Admin,
    /// The people team: persons, surveys, results and comments, everywhere or in sub-trees. Granted.
    PeoplePartner,
    /// Owners and the board: aggregates. Follows from the relationship, or granted.
    Executive,
    /// Leads a team or has reports. Follows from the org chart.
    Manager,
    /// Works here. Follows from the relationship.
    Employee,
}

/// A name that is no role's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown role {0:?}")]
pub struct UnknownRole(pub String);

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Admin, Self::PeoplePartner, Self::Executive, Self::Manager, Self::Employee];

    /// The name it is stored and shown under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "ADMIN",
            Self::PeoplePartner => "PEOPLE_PARTNER",
            Self::Executive => "EXECUTIVE",
            Self::Manager => "MANAGER",
            Self::Employee => "EMPLOYEE",
        }
    }

    /// Whether it can be granted at all; the others follow from the org chart only.
    pub const fn is_grantable(self) -> bool {
        matches!(self, Self::Admin | Self::PeoplePartner | Self::Executive)
    }

    /// Whether a grant may be limited to a sub-tree.
    pub const fn is_grantable_for_team(self) -> bool {
        matches!(self, Self::PeoplePartner)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == name).ok_or_else(|| UnknownRole(name.to_owned()))
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Roles a privacy notice names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct RoleSet(u8);

impl RoleSet {
    /// No role.
    pub const NONE: Self = Self(0);

    /// Whether the role is in it.
    pub const fn contains(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// The set with one more role.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role as u8)
    }

    /// The roles in it, in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.contains(*role))
    }
}

impl FromIterator<Role> for RoleSet {
    fn from_iter<T: IntoIterator<Item = Role>>(roles: T) -> Self {
        roles.into_iter().fold(Self::NONE, Self::with)
    }
}

impl Serialize for RoleSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for RoleSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Role>::deserialize(deserializer)?.into_iter().collect())
    }
}

/// Where a role comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Somebody granted it.
    Granted,
    /// It follows from the org chart.
    Derived,
}

/// A role as an actor holds it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HeldRole {
    /// The role.
    pub role: Role,
    /// The sub-tree it is limited to; none for the whole organization (for a manager without a team: the reports).
    pub team: Option<TeamId>,
    /// Where it comes from.
    pub origin: Origin,
}
