//! The words goals are stored and shown under.

use std::{fmt, str::FromStr};

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

            /// The name it is stored and shown under.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;
            fn from_str(name: &str) -> Result<Self, UnknownName> {
                match name {
                    $($name => Ok(Self::$variant),)*
                    _ => Err(UnknownName { kind: $kind, name: name.to_owned() }),
                }
            }
        }
    };
}

named! {
    /// Whose goal it is.
    GoalLevel, "level" {
        /// The whole organization's.
        Organization = "ORGANIZATION",
        /// A team's.
        Team = "TEAM",
        /// A person's.
        Person = "PERSON",
    }
}

named! {
    /// Who may see a goal; the narrowest last.
    Visibility, "visibility" {
        /// Everybody in the organization.
        Public = "PUBLIC",
        /// The goal's team.
        Team = "TEAM",
        /// Whoever it belongs to.
        Private = "PRIVATE",
    }
}

named! {
    /// Where a goal stands.
    GoalState, "state of a goal" {
        /// It is worked on.
        Open = "OPEN",
        /// It is scored and done with.
        Closed = "CLOSED",
        /// It was given up: kept for history, and counts nowhere.
        Archived = "ARCHIVED",
    }
}

named! {
    /// Where a cycle stands.
    CycleState, "state of a cycle" {
        /// Goals are written for it.
        Planned = "PLANNED",
        /// Goals are worked on.
        Open = "OPEN",
        /// Every goal is scored; nothing changes any more.
        Closed = "CLOSED",
    }
}

named! {
    /// How a key result is measured.
    KeyResultKind, "kind of key result" {
        /// By a number, from a start to a target above or below it.
        Metric = "METRIC",
        /// Done, or not.
        Binary = "BINARY",
        /// By milestones with weights.
        Milestones = "MILESTONES",
    }
}

named! {
    /// Where the progress of a goal comes from.
    ProgressSource, "source of progress" {
        /// Its key results.
        KeyResults = "KEY_RESULTS",
        /// The goals that support it.
        RolledUp = "ROLLED_UP",
        /// Both.
        Mixed = "MIXED",
        /// Somebody said so: it has neither key results nor goals that count.
        Manual = "MANUAL",
        /// Nowhere: there is nothing to tell it by, or nothing with a weight.
        None = "NONE",
    }
}

named! {
    /// Where the progress of a key result comes from.
    KeyResultSource, "source of a key result's progress" {
        /// Its own measure.
        Measured = "MEASURED",
        /// The goals that support it, as long as it was never measured itself.
        RolledUp = "ROLLED_UP",
        /// Nowhere yet: it stands at its start.
        None = "NONE",
    }
}

named! {
    /// How sure somebody is that a goal will be reached.
    Confidence, "confidence" {
        /// It will be.
        OnTrack = "ON_TRACK",
        /// It may not be.
        AtRisk = "AT_RISK",
        /// It will not be, as things are.
        OffTrack = "OFF_TRACK",
    }
}
