//! Who asks.

use hearten_ids::{ApiTokenId, OrganizationId, PersonId, TeamId};

use crate::{Role, Scope, ScopeSet};

/// Who asks, once authenticated. Nobody signed in is no actor at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The tenant, from the credential, never from an argument.
    pub organization: OrganizationId,
    /// The person or the token.
    pub principal: Principal,
    /// The roles granted to the person; a token has none, and any given here are ignored.
    pub grants: Vec<Grant>,
}

/// The person or the token that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal {
    /// A person, signed in.
    Person(PersonId),
    /// An integration.
    ApiToken {
        /// The token.
        id: ApiTokenId,
        /// What it may do.
        scopes: ScopeSet,
    },
}

/// A role somebody was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grant {
    /// The role. Only roles that [can be granted](Role::is_grantable) count.
    pub role: Role,
    /// The sub-tree it is limited to; none for the whole organization. Only people partners can be limited: any other
    /// grant with a team counts for nothing.
    pub team: Option<TeamId>,
}

impl Actor {
    /// The person who asks, if it is one.
    pub const fn person(&self) -> Option<PersonId> {
        match self.principal {
            Principal::Person(id) => Some(id),
            Principal::ApiToken { .. } => None,
        }
    }

    /// Whether it is a token with this scope; false for persons.
    pub const fn has_scope(&self, scope: Scope) -> bool {
        match self.principal {
            Principal::Person(_) => false,
            Principal::ApiToken { scopes, .. } => scopes.contains(scope),
        }
    }
}
