//! The states of a redemption.

use async_graphql::Enum;
use hearten_entity::redemption;
use hearten_policy::RedemptionFacts;

use crate::graphql::error::Exception;

/// How far a redemption has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub enum RedemptionState {
    /// Asked for: the points are held, one of the stock is kept back, somebody has to approve.
    Requested,
    /// Approved: to be handed over.
    Approved,
    /// Handed over: the points are spent.
    Fulfilled,
    /// Not approved: points and stock are back.
    Declined,
    /// Taken back by the person before it was approved: points and stock are back.
    Cancelled,
    /// Approved, but never handed over: points and stock are back.
    Refunded,
}

impl RedemptionState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Requested, Self::Approved, Self::Fulfilled, Self::Declined, Self::Cancelled, Self::Refunded];

    /// The name it is stored under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Approved => "APPROVED",
            Self::Fulfilled => "FULFILLED",
            Self::Declined => "DECLINED",
            Self::Cancelled => "CANCELLED",
            Self::Refunded => "REFUNDED",
        }
    }

    /// The state stored under a name.
    ///
    /// # Errors
    /// INTERNAL when none is.
    pub fn stored(name: &str) -> Result<Self, Exception> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == name);
        found.ok_or_else(|| Exception::internal(anyhow::anyhow!("an unknown state of a redemption")))
    }

    /// The states it can pass to.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Requested => &[Self::Approved, Self::Declined, Self::Cancelled],
            Self::Approved => &[Self::Fulfilled, Self::Refunded],
            Self::Fulfilled | Self::Declined | Self::Cancelled | Self::Refunded => &[],
        }
    }

    /// Whether points and stock go back on the way into this state.
    pub const fn gives_back(self) -> bool {
        matches!(self, Self::Declined | Self::Cancelled | Self::Refunded)
    }
}

/// As the policy takes it.
pub fn facts(row: &redemption::Model) -> RedemptionFacts {
    RedemptionFacts { organization: row.organization_id, person: row.person_id, approved: row.approved_at.is_some() }
}
