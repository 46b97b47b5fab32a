//! What kinds of accounts there are.

use std::fmt;

/// A stored name that stands for none of the values it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {kind} {name:?}")]
pub struct UnknownName {
    /// What was to be read.
    pub kind: &'static str,
    /// What was found.
    pub name: String,
}

macro_rules! named {
    ($(#[$doc:meta])* $type:ident, $kind:literal { $( $(#[$variant_doc:meta])* $variant:ident = $name:literal, )* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type { $( $(#[$variant_doc])* $variant, )* }

        impl $type {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name it is stored under.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::UnknownName;
            fn from_str(name: &str) -> Result<Self, Self::Err> {
                match name {
                    $($name => Ok(Self::$variant),)*
                    _ => Err($crate::UnknownName { kind: $kind, name: name.to_owned() }),
                }
            }
        }
    };
}
pub(crate) use named;

named! {
    /// What an account is for.
    AccountKind, "account kind" {
        /// Where points come from and where lapsed ones return to; one an organization. What it is below zero by is in
        /// the hands of people, or was spent.
        Issue = "ISSUE",
        /// Points that were redeemed and fulfilled; one an organization.
        Spent = "SPENT",
        /// What a person may give away this month.
        Allowance = "ALLOWANCE",
        /// What a person was given, and may redeem.
        Earned = "EARNED",
        /// What whoever leads a team may give away beside their allowance.
        Budget = "BUDGET",
        /// What a redemption holds until it is fulfilled or given back.
        Hold = "HOLD",
    }
}

impl AccountKind {
    /// Whether its balance may lie below zero: only where points come from.
    pub const fn may_be_below_zero(self) -> bool {
        matches!(self, Self::Issue)
    }
}

/// An account that knows what kind it is.
pub trait Kinded: Copy + Ord + fmt::Debug {
    /// The kind.
    fn kind(&self) -> AccountKind;
}
